"""Logins end by themselves, by their owner and with a new password; what else a person sets of their own account."""

from datetime import timedelta

import pytest

from moderation.duties import hosting, reviewing, signing_in
from moderation.duties.signing_in import Visit
from moderation.errors import Invalid
from moderation.judging.people import PASSWORD_LENGTH
from moderation.judging.preferences import KEYS, Fold
from moderation.seal import is_password, new_session_secret, totp_address
from moderation.storage import people, sessions
from moderation.vocabulary import Order, Role
from tests.support.desk import Desk
from tests.support.entrance import OTHER, PASSWORD, STEP, add, code, let_in, refusal, seen, sign_in, visit, write
from tests.support.factories import NOW

ANA = {"email": "ana@example.org", "password": PASSWORD}
SECOND = timedelta(seconds=1)


@pytest.fixture
def ana(desk: Desk) -> str:
    """The secret of a login of somebody without a password."""
    add(desk, password=None)
    return let_in(desk)


@pytest.fixture
def with_password(desk: Desk) -> str:
    """The same of somebody with one."""
    add(desk)
    return let_in(desk)


@pytest.mark.parametrize(
    ("unused", "is_there"),
    [(timedelta(hours=12) - SECOND, True), (timedelta(hours=12), False), (timedelta(days=30), False)],
    ids=str,
)
def test_a_login_ends_when_it_is_not_used_for_twelve_hours(desk: Desk, ana: str, unused: timedelta, is_there: bool):
    assert (visit(desk, ana, NOW + unused) is not None) is is_there


def test_a_login_ends_after_fourteen_days_however_much_it_is_used(desk: Desk, ana: str):
    for hours in range(6, 24 * 14, 6):
        now = NOW + timedelta(hours=hours)
        write(desk, signing_in.note_seen, seen=visit(desk, ana, now), now=now)
    assert visit(desk, ana, NOW + timedelta(days=14) - SECOND) is not None
    assert visit(desk, ana, NOW + timedelta(days=14)) is None


def test_use_is_noted_once_a_minute(desk: Desk, ana: str):
    login = seen(desk, ana)
    assert [signing_in.is_to_be_noted(login, now=NOW + timedelta(seconds=s)) for s in (0, 59, 60)] == [
        False,
        False,
        True,
    ]


@pytest.mark.parametrize("secret", ["", "unknown", "\ud800", "\x00"])
def test_no_other_secret_is_a_login(desk: Desk, ana: str, secret: str):
    assert visit(desk, secret) is None
    assert visit(desk, new_session_secret()) is None


def test_the_hash_of_a_login_opens_nothing(desk: Desk, ana: str):
    assert visit(desk, seen(desk, ana).login.digest) is None


def test_signing_out_ends_this_login_and_gives_back_what_its_owner_was_on(desk: Desk, ana: str):
    other, held = let_in(desk), desk.held()
    seat, bob = desk.seat("ana"), desk.seat("bob")
    assert seat.id == seen(desk, ana).person.id
    seat.claim(held)
    assert bob.claim(held) == []
    write(desk, signing_in.leave, seen=seen(desk, ana))
    assert visit(desk, ana) is None
    assert visit(desk, other) is not None
    assert bob.claim(held) == [held]


@pytest.mark.parametrize("keeps_this", [False, True])
def test_signing_out_everywhere_ends_ones_own_logins_and_nobody_elses(desk: Desk, ana: str, keeps_this: bool):
    add(desk, "bob@example.org", None)
    bob = let_in(desk, "bob@example.org")
    others = [let_in(desk) for _ in range(2)]
    ended = write(desk, signing_in.end_everywhere, seen=seen(desk, ana), keeps_this=keeps_this)
    assert ended == 2 + (not keeps_this)
    assert [visit(desk, secret) for secret in others] == [None, None]
    assert (visit(desk, ana) is not None) is keeps_this
    assert visit(desk, bob) is not None


@pytest.mark.parametrize("keeps_this", [False, True])
def test_whoever_signs_out_everywhere_gives_back_what_they_were_on(desk: Desk, ana: str, keeps_this: bool):
    seat, bob, held = desk.seat("ana"), desk.seat("bob"), desk.held()
    assert seat.id == seen(desk, ana).person.id
    seat.claim(held)
    write(desk, signing_in.end_everywhere, seen=seen(desk, ana), keeps_this=keeps_this)
    assert bob.claim(held) == ([] if keeps_this else [held])


def test_the_list_of_logins_holds_ones_own_that_have_not_ended(desk: Desk, ana: str):
    add(desk, "bob@example.org", None)
    let_in(desk, "bob@example.org")
    later = NOW + timedelta(hours=11)
    let_in(desk, now=later, network="2001:db8::/48")
    person = seen(desk, ana).person
    listed = [write(desk, signing_in.logins_of, person=person, now=now) for now in (later, NOW + timedelta(hours=12))]
    assert [[login.network for login in logins] for logins in listed] == [
        ["2001:db8::/48", "192.0.2.0/24"],
        ["2001:db8::/48"],
    ]


def test_what_has_ended_is_forgotten_and_nothing_else(desk: Desk, ana: str):
    desk.seat("bob").claim(desk.held())
    assert write(desk, signing_in.forget_ended, now=NOW + timedelta(minutes=2)) == 0
    assert write(desk, signing_in.forget_ended, now=NOW + timedelta(minutes=3)) == 1
    assert write(desk, signing_in.forget_ended, now=NOW + sessions.IDLE - SECOND) == 0
    assert write(desk, signing_in.forget_ended, now=NOW + sessions.IDLE) == 1
    assert visit(desk, ana) is None


def test_a_person_who_lost_a_role_is_known_without_it_at_once(desk: Desk, ana: str):
    desk.seat("other", Role.OPERATOR)
    write(desk, hosting.remove_moderator, site_id=desk.site.site.id, moderator_id=seen(desk, ana).person.id)
    assert seen(desk, ana).person.roles_at(desk.site.site.id) == frozenset()


def test_a_new_password_ends_every_other_login(desk: Desk, with_password: str):
    other = let_in(desk)
    write(desk, signing_in.change_password, seen=seen(desk, with_password), current=PASSWORD, new=OTHER)
    assert (visit(desk, other), visit(desk, with_password) is not None) == (None, True)
    refusal(desk, **ANA)
    assert sign_in(desk, email="ana@example.org", password=OTHER)


@pytest.mark.parametrize(
    ("current", "new"),
    [("", OTHER), (OTHER, OTHER), (PASSWORD, "x" * (PASSWORD_LENGTH - 1)), (PASSWORD, "x" * 1_025), ("\ud800", OTHER)],
    ids=["none", "wrong", "short", "long", "surrogate"],
)
def test_a_password_is_not_changed_without_the_present_one_nor_to_a_bad_one(
    desk: Desk, with_password: str, current, new
):
    other = let_in(desk)
    with pytest.raises(Invalid):
        write(desk, signing_in.change_password, seen=seen(desk, with_password), current=current, new=new)
    assert visit(desk, other) is not None
    assert sign_in(desk, **ANA)


def test_who_came_by_a_link_sets_a_first_password_without_another(desk: Desk):
    moderator_id, link = add(desk, password=None)
    secret = sign_in(desk, link=link)
    write(desk, signing_in.change_password, seen=seen(desk, secret), current="", new=f"\ud800{PASSWORD}")
    with desk.database.snapshot() as db:
        assert is_password(people.get_row(db, moderator_id).password_hash, f"\ud800{PASSWORD}")


def begun(desk: Desk, found: Visit) -> tuple[str, str]:
    secret, address, sealed = signing_in.begin_second_factor(seal=desk.seal, person=found.person)
    assert address == totp_address(secret, email="ana@example.org", issuer="Candor")
    assert secret not in sealed
    return secret, sealed


def confirm(desk: Desk, found: Visit, sealed: str, said: str, now=NOW) -> None:
    write(desk, signing_in.confirm_second_factor, seal=desk.seal, seen=found, sealed=sealed, code=said, now=now)


def test_a_second_factor_is_on_once_its_first_code_was_right_and_ends_other_logins(desk: Desk, with_password: str):
    other, (secret, sealed) = let_in(desk), begun(desk, seen(desk, with_password))
    assert not seen(desk, with_password).person.has_second_factor
    confirm(desk, seen(desk, with_password), sealed, code(secret))
    assert seen(desk, with_password).person.has_second_factor
    assert visit(desk, other) is None
    refusal(desk, **ANA)
    refusal(desk, **ANA, code=code(secret))  # the code that confirmed it is used
    assert sign_in(desk, **ANA, code=code(secret, NOW + STEP))


@pytest.mark.parametrize("broken", ["code", "sealed", "hex", "foreign"])
def test_what_does_not_fit_turns_no_second_factor_on(desk: Desk, ana: str, broken: str):
    secret, sealed = begun(desk, seen(desk, ana))
    said = code(secret)
    if broken == "code":
        said = "000000" if said != "000000" else "111111"
    if broken == "foreign":
        add(desk, "bob@example.org", None)
        bob = seen(desk, let_in(desk, "bob@example.org"))
        sealed = signing_in.begin_second_factor(seal=desk.seal, person=bob.person)[2]
    sealed = {"sealed": sealed[:-2] + "00", "hex": "no hexadecimal"}.get(broken, sealed)
    if broken == "sealed" and sealed.endswith("0000"):
        sealed = sealed[:-2] + "11"
    with pytest.raises(Invalid):
        confirm(desk, seen(desk, ana), sealed, said)
    assert not seen(desk, ana).person.has_second_factor


def test_a_second_factor_is_not_replaced_by_whoever_sits_at_an_open_login(desk: Desk, with_password: str):
    secret, sealed = begun(desk, seen(desk, with_password))
    confirm(desk, seen(desk, with_password), sealed, code(secret))
    other, other_sealed = begun(desk, seen(desk, with_password))
    with pytest.raises(Invalid, match="already"):
        confirm(desk, seen(desk, with_password), other_sealed, code(other))
    assert sign_in(desk, **ANA, code=code(secret, NOW + STEP))


def test_a_second_factor_goes_with_a_fresh_code_and_not_without(desk: Desk, with_password: str):
    secret, sealed = begun(desk, seen(desk, with_password))
    confirm(desk, seen(desk, with_password), sealed, code(secret))
    remove = {"seal": desk.seal, "person": seen(desk, with_password).person, "now": NOW}
    for said in ("", "000000", code(secret)):
        with pytest.raises(Invalid):
            write(desk, signing_in.remove_second_factor, **remove, code=said)
    write(desk, signing_in.remove_second_factor, **remove, code=code(secret, NOW + STEP))
    assert not seen(desk, with_password).person.has_second_factor
    assert sign_in(desk, **ANA)
    with pytest.raises(Invalid):
        write(desk, signing_in.remove_second_factor, **remove, code=code(secret, NOW + STEP))


@pytest.mark.parametrize(
    ("name", "shown"), [("  Ana   of the  kitchen ", "Ana of the kitchen"), ("", "ana"), ("Åsa 👩‍🍳", None)]
)
def test_a_person_is_called_by_the_name_they_chose(desk: Desk, ana: str, name: str, shown: str | None):
    if shown is None:
        with pytest.raises(Invalid):  # a joiner cannot be seen
            write(desk, signing_in.change_name, person=seen(desk, ana).person, name=name)
    else:
        write(desk, signing_in.change_name, person=seen(desk, ana).person, name=name)
        assert seen(desk, ana).person.name == shown


@pytest.mark.parametrize("name", ["a" * 251, "a\x00", "\ud800", "a\u202eb", "a\u200bb"], ids=ascii)
def test_a_name_that_cannot_be_shown_is_refused(desk: Desk, ana: str, name: str):
    with pytest.raises(Invalid):
        write(desk, signing_in.change_name, person=seen(desk, ana).person, name=name)


def test_preferences_are_kept_and_what_is_missing_is_as_delivered(desk: Desk, ana: str):
    given = {"keys": {"approve": "p"}, "fold": "reported", "break_after": 45, "order": "oldest"}
    kept = write(desk, signing_in.prefer, person=seen(desk, ana).person, given=given)
    assert kept == signing_in.Preferences.of(seen(desk, ana).person.preferences)
    assert kept.keys == {**KEYS, "approve": "p"}
    assert (kept.fold, kept.break_after, kept.order, kept.greyscale) == (Fold.REPORTED, 45, Order.OLDEST, False)


@pytest.mark.parametrize(
    "given",
    [
        {"keys": {"approve": "s"}},
        {"keys": {"approve": "1"}},
        {"keys": {"approve": "A"}},
        {"keys": {"approve": ""}},
        {"keys": {"approve": "ä"}},
        {"keys": {"approve": None}},
        {"keys": ["a"]},
        {"keys": None},
        {"fold": "some"},
        {"fold": []},
        {"order": "random"},
        {"break_after": 7},
        {"break_after": "45"},
        {"single_keys": "no"},
        {"greyscale": None},
    ],
    ids=str,
)
def test_preferences_that_cannot_be_are_refused_in_words(desk: Desk, ana: str, given):
    with pytest.raises(Invalid) as refused:
        write(desk, signing_in.prefer, person=seen(desk, ana).person, given=given)
    assert refused.value.code == "preferences.invalid"
    assert not seen(desk, ana).person.preferences


def test_the_ten_seconds_of_a_decision_and_the_minutes_of_a_lease_outlive_no_login():
    assert reviewing.OUTWARD_AFTER < sessions.NOTED_EVERY < sessions.IDLE < sessions.LONGEST
