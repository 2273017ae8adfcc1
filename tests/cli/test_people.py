"""`candor moderator …`: who decides at a site is added, listed, let in anew and removed."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from moderation import clock
from moderation.runtime import Db, open_database
from moderation.storage import people, sessions

SITE = ("--site", "blog.example")
ANN = "ann@example.org"


def add(candor, email: str = ANN, *words: str, site: tuple[str, ...] = SITE, **options):
    return candor.ok("moderator", "add", email, *site, *words, **options)


def roles(candor, site: tuple[str, ...] = SITE) -> dict[str, list[str]]:
    return {each["email"]: each["roles"] for each in candor.ok("moderator", "list", *site)["items"]}


def stored(candor) -> bytes:
    return b"".join(path.read_bytes() for path in (candor.folder / "data").iterdir())


@pytest.fixture(autouse=True)
def _site(add_site):
    add_site()


def test_a_moderator_gets_a_link_that_is_stored_only_as_a_hash(candor):
    added = add(candor, ANN, "--role", "lead")
    address, _, secret = added["sign_in_url"].partition("#")
    assert added.keys() == {"moderator_id", "sign_in_url"}
    assert address == "http://127.0.0.1:8000/console/sign-in"
    assert len(secret) >= 43
    assert ANN.encode() in stored(candor)
    assert secret.encode() not in stored(candor)


def test_a_password_comes_through_standard_input_and_is_hashed(candor):
    words = ("moderator", "add", "bob@example.org", *SITE, "--password-stdin")
    assert "12 to 1,024 characters" in candor(*words, stdin="short\n").complaint
    added = candor.ok(*words, stdin="correct horse battery\n")
    assert "#" not in added["sign_in_url"]
    assert b"argon2id" in stored(candor)
    assert b"correct horse" not in stored(candor)


def test_a_moderator_is_named_by_an_address(candor):
    assert "for example ann@example.org" in candor("moderator", "add", "ann", *SITE).complaint


def test_a_command_says_nothing_but_its_result(candor):
    done = candor("moderator", "add", ANN, *SITE)
    assert (done.code, done.err) == (0, "")


def test_moderator_and_lead_take_each_others_place_and_operator_stands_beside(candor):
    for role in ("moderator", "operator", "lead"):
        add(candor, ANN, "--role", role)
    assert roles(candor) == {ANN: ["lead", "operator"]}


def test_the_list_is_of_the_one_site_and_shows_no_secret(candor, add_site):
    add_site("https://other.example")
    added = add(candor, "zoe@example.org", "--password-stdin", stdin="correct horse battery\n")
    add(candor, ANN, "--role", "operator")
    add(candor, "bob@example.org", site=("--site", "other.example"))
    listed = candor.ok("moderator", "list", *SITE)["items"]
    assert [each["email"] for each in listed] == [ANN, "zoe@example.org"]
    assert listed[1] == {
        "moderator_id": added["moderator_id"],
        "email": "zoe@example.org",
        "roles": ["moderator"],
        "has_password": True,
        "has_second_factor": False,
    }
    assert candor("moderator", "list", *SITE).out == f"{ANN}  operator\nzoe@example.org  moderator\n"


def test_a_site_without_anybody_says_how_to_add_the_first(candor):
    assert roles(candor) == {}
    assert "candor moderator add" in candor("moderator", "list", *SITE).out


def test_somebody_known_gets_a_fresh_link_each_time(candor):
    added = add(candor)
    links = [candor.ok("moderator", "link", " Ann@Example.org", *SITE) for _ in range(2)]
    assert {each["moderator_id"] for each in links} == {added["moderator_id"]}
    assert len({each["sign_in_url"] for each in (added, *links)}) == 3
    assert all("/console/sign-in#" in each["sign_in_url"] for each in links)
    assert links[1]["sign_in_url"].partition("#")[2].encode() not in stored(candor)


@pytest.fixture
def secured(candor) -> str:
    """Somebody with a second factor who is signed in."""
    moderator_id = clock.parse_id(add(candor)["moderator_id"])
    assert moderator_id
    with store(candor) as db:
        people.change(db, moderator_id, totp_secret=b"sealed", totp_used=5)
        sessions.add(db, moderator_id=moderator_id, digest="d" * 64, network="", now=clock.now())
    return ANN


@contextmanager
def store(candor) -> Iterator[Db]:
    database = open_database(f"sqlite:///{next((candor.folder / 'data').glob('*.db'))}")
    with database.transaction() as db:
        yield db
    database.close()


def second_factor_and_logins(candor) -> tuple[bool, int]:
    with store(candor) as db:
        row = people.find_row(db, email=ANN)
        assert row
        logins = sessions.of_moderator(db, moderator_id=row.id, now=clock.now())
        return row.totp_secret is not None or row.totp_used is not None, len(logins)


def test_a_link_alone_leaves_the_second_factor_and_the_logins(candor, secured):
    assert candor.ok("moderator", "link", secured, *SITE).keys() == {"moderator_id", "sign_in_url"}
    assert second_factor_and_logins(candor) == (True, 1)


def test_a_lost_second_factor_is_taken_off_and_every_login_ends(candor, secured):
    taken = candor.ok("moderator", "link", secured, *SITE, "--without-second-factor")
    assert (taken["second_factor_removed"], taken["logins_ended"]) == (True, 1)
    assert "/console/sign-in#" in taken["sign_in_url"]
    assert second_factor_and_logins(candor) == (False, 0)


def test_it_is_said_in_words_what_was_taken_off(candor, secured):
    words = ("moderator", "link", secured, *SITE, "--without-second-factor")
    assert candor(*words).out.endswith(f"\n{ANN}: second factor taken off, logins ended: 1\n")
    assert candor(*words).out.endswith(f"\n{ANN}: there was no second factor, logins ended: 0\n")


@pytest.mark.parametrize("verb", ["link", "remove"])
def test_who_is_not_of_the_site_is_not_found(candor, add_site, verb):
    add_site("https://other.example")
    add(candor, ANN, site=("--site", "other.example"))
    assert "candor moderator list" in candor("moderator", verb, ANN, *SITE).complaint
    assert "no site nowhere.example" in candor("moderator", verb, ANN, "--site", "nowhere.example").complaint
    assert roles(candor, ("--site", "other.example")) == {ANN: ["moderator"]}


def test_one_role_is_taken_or_all(candor):
    add(candor, "zoe@example.org", "--role", "operator")
    for role in ("operator", "lead"):
        add(candor, ANN, "--role", role)
    assert candor.ok("moderator", "remove", ANN, *SITE, "--role", "lead")["roles"] == ["operator"]
    assert "no such role" in candor("moderator", "remove", ANN, *SITE, "--role", "lead").complaint
    assert candor.ok("moderator", "remove", ANN, *SITE)["roles"] == []
    assert roles(candor) == {"zoe@example.org": ["operator"]}


def test_what_is_left_is_said_in_words(candor):
    for role in ("operator", "lead"):
        add(candor, ANN, "--role", role)
    add(candor, "zoe@example.org", "--role", "operator")
    assert candor("moderator", "remove", ANN, *SITE, "--role", "lead").out == f"{ANN} is operator there now\n"
    assert candor("moderator", "remove", ANN, *SITE).out == f"{ANN} has left\n"


def test_the_last_operator_stays(candor):
    for role in ("operator", "lead"):
        add(candor, ANN, "--role", role)
    for words in ((), ("--role", "operator")):
        assert "only operator" in candor("moderator", "remove", ANN, *SITE, *words).complaint
    assert roles(candor) == {ANN: ["lead", "operator"]}
    assert candor.ok("moderator", "remove", ANN, *SITE, "--role", "lead")["roles"] == ["operator"]
