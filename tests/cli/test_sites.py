"""Sites, keys, people and rules, as an operator manages them with the command."""

from datetime import UTC, datetime, timedelta

import pytest

from moderation.duties.hosting import key_digest
from moderation.errors import Unauthenticated
from moderation.seal import Seal
from moderation.storage.database import open_database
from moderation.storage.directory import Directory, DirectoryCache
from moderation.vocabulary import KeyKind

SITE_FIELDS = {"site_id", "home_url", "akismet_key", "api_token", "notice_url"}


def secret_of(candor) -> Seal:
    return Seal(bytes.fromhex((candor.folder / "data/secret.key").read_text().strip()))


def directory_of(candor) -> Directory:
    database = open_database(f"sqlite:///{candor.folder}/data/candor.db")
    try:
        with database.snapshot() as db:
            return DirectoryCache().fresh(db)
    finally:
        database.close()


def opens(candor, kind: KeyKind, key: str, at: datetime) -> bool:
    try:
        directory_of(candor).grant(key_digest(secret_of(candor), kind, key), kind, at)
    except Unauthenticated:
        return False
    return True


def test_adding_a_site_shows_its_keys_once(candor):
    added = candor.ok("site", "add", "https://blog.example", "--name", "The blog")
    assert added.keys() == SITE_FIELDS
    assert len(added["akismet_key"]) == 12
    assert added["api_token"].startswith("cdr_")
    assert added["notice_url"] == f"http://127.0.0.1:8000/sites/{added['site_id']}/comment-data"
    listed = candor.ok("site", "list")["items"]
    assert [(site["site_id"], site["name"]) for site in listed] == [(added["site_id"], "The blog")]
    later = candor("site", "list").out + candor("site", "set", "blog.example", "name=Other").out + str(listed)
    stored = b"".join(path.read_bytes() for path in candor.folder.rglob("*") if path.is_file())
    for key in (added["akismet_key"], added["api_token"]):
        assert key not in later
        assert key.encode() not in stored


def test_in_words_the_same_is_shown_as_in_json(candor):
    done = candor("site", "add", "https://blog.example")
    shown = dict(line.split(maxsplit=1) for line in done.out.splitlines())
    assert (done.code, done.err, shown.keys()) == (0, "", SITE_FIELDS)


def test_what_the_command_makes_is_for_its_own_account_alone(candor, add_site):
    add_site()
    made = [candor.folder / "data", *(candor.folder / "data").iterdir()]
    assert {path.name for path in made} >= {"data", "candor.db", "secret.key"}
    assert [path.name for path in made if path.stat().st_mode & 0o077] == []


@pytest.mark.parametrize("url", ["blog.example", "ftp://blog.example", "https://", "https://[", "javascript:alert(1)"])
def test_a_home_that_is_no_web_address_is_refused(candor, url):
    assert "for example https://blog.example" in candor("site", "add", url).complaint


def test_settings_of_a_site_change_all_or_none(candor, add_site):
    add_site()
    changed = candor.ok("site", "set", "blog.example", "hold_at=0.5", "name=My blog", "removal_by_program=yes")
    assert (changed["hold_at"], changed["name"], changed["removal_by_program"]) == (0.5, "My blog", True)
    assert "(hold_at) takes a number" in candor("site", "set", "blog.example", "name=New", "hold_at=much").complaint
    assert candor.ok("site", "list")["items"] == [changed]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("hold_at=nan", "none is lower than the one before"),
        ("hold_at=0.99", "none is lower than the one before"),
        ("discards=perhaps", "takes true or false"),
        ("is_guaranteed=true", "There is no site setting is_guaranteed"),
        ("home_url=nowhere", "for example https://blog.example"),
    ],
)
def test_a_bad_site_setting_is_named(candor, add_site, change, said):
    add_site()
    assert said in candor("site", "set", "blog.example", change).complaint


def test_a_site_is_named_by_id_host_or_home_as_long_as_that_is_one_site(candor, add_site):
    one, other = add_site("https://blog.example"), add_site("https://blog.example/en/")
    for name in (one["site_id"], other["site_id"].upper(), "https://blog.example/en", "https://blog.example"):
        assert candor("rule", "list", name).code == 0
    assert "2 sites are called blog.example" in candor("rule", "list", "blog.example").complaint
    assert "There is no site other.example" in candor("rule", "list", "other.example").complaint


def test_removing_a_site_wants_to_be_meant_and_ends_its_keys(candor, add_site):
    added = add_site()
    now = datetime.now(UTC)
    assert "add --yes" in candor("site", "remove", "blog.example").complaint
    assert opens(candor, KeyKind.API, added["api_token"], now)
    assert candor.ok("site", "remove", "blog.example", "--yes") == {"site_id": added["site_id"], "removed": True}
    assert not opens(candor, KeyKind.API, added["api_token"], now)
    assert candor.ok("site", "list") == {"items": []}


@pytest.mark.parametrize(
    ("option", "kind", "name"), [("--api", KeyKind.API, "api_token"), ("--akismet", KeyKind.AKISMET, "akismet_key")]
)
def test_a_rotated_key_works_until_its_overlap_ends(candor, add_site, option, kind, name):
    old = add_site()
    before = datetime.now(UTC)
    new = candor.ok("key", "rotate", "blog.example", option)
    after = datetime.now(UTC)
    assert new.keys() == {"site_id", name, "old_key_ends_at"}
    assert opens(candor, kind, old[name], before + timedelta(days=7, seconds=-1))
    assert not opens(candor, kind, old[name], after + timedelta(days=7))
    assert opens(candor, kind, new[name], after + timedelta(days=700))
    other, other_name = (KeyKind.AKISMET, "akismet_key") if kind is KeyKind.API else (KeyKind.API, "api_token")
    assert opens(candor, other, old[other_name], after + timedelta(days=700))


def test_without_an_overlap_the_old_keys_of_both_kinds_end_at_once(candor, add_site):
    old = add_site()
    new = candor.ok("key", "rotate", "blog.example", "--overlap", "0")
    now = datetime.now(UTC)
    for kind, name in ((KeyKind.API, "api_token"), (KeyKind.AKISMET, "akismet_key")):
        assert not opens(candor, kind, old[name], now)
        assert opens(candor, kind, new[name], now)


def test_a_second_rotation_cannot_lengthen_the_life_of_the_first_key(candor, add_site):
    old = add_site()
    candor.ok("key", "rotate", "blog.example", "--api", "--overlap", "30m")
    candor.ok("key", "rotate", "blog.example", "--api", "--overlap", "7d")
    assert not opens(candor, KeyKind.API, old["api_token"], datetime.now(UTC) + timedelta(minutes=31))


def test_rules_are_added_listed_and_removed(candor, add_site):
    add_site()
    added = candor.ok("rule", "add", "blog.example", "--kind", "word", "--pattern", "casino", "--verdict", "hold")
    assert candor.ok("rule", "list", "blog.example") == {"items": [added]}
    judged = candor("check", "--site", "blog.example", stdin='{"text": "A casino?"}').json
    assert [reason["code"] for reason in judged["reasons"]] == [f"rule.{added['rule_id']}"]
    candor.ok("rule", "remove", "blog.example", added["rule_id"])
    assert candor.ok("rule", "list", "blog.example") == {"items": []}
    assert "no such rule" in candor("rule", "remove", "blog.example", added["rule_id"]).complaint


@pytest.mark.parametrize(("kind", "pattern"), [("pattern", "(?<=a)b"), ("links_over", "many"), ("word", "")])
def test_a_rule_that_cannot_be_used_is_refused(candor, add_site, kind, pattern):
    add_site()
    done = candor("rule", "add", "blog.example", "--kind", kind, "--pattern", pattern)
    assert "rule" in done.complaint or "pattern" in done.complaint or "links_over" in done.complaint


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("nonsense",),
        ("site", "add"),
        ("site", "set", "blog.example", "hold_at"),
        ("key", "rotate", "blog.example", "--overlap", "soon"),
        ("key", "rotate", "blog.example", "--overlap", "7"),
        ("key", "rotate", "blog.example", "--overlap", "999999d"),
        ("moderator", "add", "ann@example.org"),
        ("moderator", "add", "ann@example.org", "--site", "x", "--role", "king"),
        ("serve", "--port", "99999"),
        ("--config", "missing.toml", "site", "list"),
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_with_two_and_touches_nothing(candor, words):
    done = candor(*words)
    assert (done.code, "Traceback" in done.err) == (2, False)
    assert list(candor.folder.iterdir()) == []
