"""Logins end by themselves: twelve hours unused, fourteen days in all; each by itself, or all but one."""

from datetime import timedelta

import pytest

from moderation.clock import Id
from moderation.storage import sessions
from moderation.storage.database import Db
from moderation.storage.people_tables import SessionRow
from moderation.storage.sessions import IDLE, LONGEST, Login
from tests.support.desk import Desk
from tests.support.factories import NOW

MOMENT = timedelta(microseconds=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def ana(desk: Desk) -> Id:
    return desk.seat("ana").id


def begin(db: Db, moderator_id: Id, digest: str, after: timedelta = timedelta(0)) -> None:
    sessions.add(db, moderator_id=moderator_id, digest=digest, network="192.0.2.0/24", now=NOW + after)


def is_in(db: Db, digest: str, after: timedelta) -> bool:
    return sessions.find(db, digest=digest, now=NOW + after) is not None


def test_a_login_is_found_by_its_hash_with_what_its_owner_is_told(desk: Desk, ana: Id):
    with desk.database.transaction() as db:
        begin(db, ana, "one")
    with desk.database.snapshot() as db:
        assert sessions.find(db, digest="one", now=NOW) == Login("one", ana, NOW, NOW, "192.0.2.0/24")
        assert sessions.find(db, digest="two", now=NOW) is None


def test_a_login_ends_twelve_hours_after_it_was_last_used(desk: Desk, ana: Id):
    assert timedelta(hours=12) == IDLE
    with desk.database.transaction() as db:
        begin(db, ana, "one")
    with desk.database.transaction() as db:
        assert [is_in(db, "one", after) for after in (IDLE - MOMENT, IDLE)] == [True, False]
        sessions.note_seen(db, digest="one", now=NOW + 11 * HOUR)
    with desk.database.snapshot() as db:
        assert [is_in(db, "one", 11 * HOUR + after) for after in (IDLE - MOMENT, IDLE)] == [True, False]


def test_a_login_ends_fourteen_days_after_it_began_however_much_it_is_used(desk: Desk, ana: Id):
    assert timedelta(days=14) == LONGEST
    with desk.database.transaction() as db:
        begin(db, ana, "one")
        sessions.note_seen(db, digest="one", now=NOW + LONGEST)
    with desk.database.snapshot() as db:
        assert [is_in(db, "one", after) for after in (LONGEST - MOMENT, LONGEST)] == [True, False]


def test_a_person_sees_the_own_logins_that_have_not_ended_the_last_used_first(desk: Desk, ana: Id):
    ben = desk.seat("ben").id
    with desk.database.transaction() as db:
        for digest, after in {"old": -LONGEST, "unused": -IDLE, "first": -2 * HOUR, "second": -HOUR}.items():
            begin(db, ana, digest, after)
        begin(db, ben, "another's")
        sessions.note_seen(db, digest="old", now=NOW)
        sessions.note_seen(db, digest="first", now=NOW)
    with desk.database.snapshot() as db:
        found = sessions.of_moderator(db, moderator_id=ana, now=NOW)
    assert [login.digest for login in found] == ["first", "second"]
    assert {login.moderator_id for login in found} == {ana}


def test_one_login_or_all_but_one_are_ended_at_once(desk: Desk, ana: Id):
    ben = desk.seat("ben").id
    with desk.database.transaction() as db:
        for digest in ("one", "two", "three", "four"):
            begin(db, ana, digest)
        begin(db, ben, "another's")
    with desk.database.transaction() as db:
        sessions.end(db, digest="one")
        sessions.end(db, digest="none such")
        assert sessions.end_all(db, moderator_id=ana, but="two") == 2
    with desk.database.transaction() as db:
        left = [digest for digest in ("one", "two", "three", "four", "another's") if is_in(db, digest, HOUR)]
        assert left == ["two", "another's"]
        assert sessions.end_all(db, moderator_id=ana) == 1
    with desk.database.snapshot() as db:
        assert [is_in(db, digest, HOUR) for digest in ("two", "another's")] == [False, True]


def test_another_s_login_does_not_shield_one_s_own(desk: Desk, ana: Id):
    ben = desk.seat("ben").id
    with desk.database.transaction() as db:
        begin(db, ana, "one")
        begin(db, ben, "another's")
        assert sessions.end_all(db, moderator_id=ana, but="another's") == 1


def test_logins_that_have_ended_are_deleted_and_no_others(desk: Desk, ana: Id):
    with desk.database.transaction() as db:
        for digest, begun, seen in (
            ("unused", -IDLE, -IDLE),
            ("old", -LONGEST, timedelta(0)),
            ("nearly unused", -IDLE + MOMENT, -IDLE + MOMENT),
            ("nearly old", -LONGEST + MOMENT, timedelta(0)),
        ):
            begin(db, ana, digest, begun)
            sessions.note_seen(db, digest=digest, now=NOW + seen)
        assert sessions.forget(db, now=NOW) == 2
        assert sessions.forget(db, now=NOW) == 0
    assert desk.count(SessionRow) == 2
