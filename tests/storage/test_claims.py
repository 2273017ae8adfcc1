"""Leases: five for three minutes, others keep theirs, and two who take the same comment at once both go on."""

from datetime import timedelta
from functools import partial

import pytest

from moderation.clock import Id
from moderation.storage import claims
from moderation.storage.claims import LEASE, MOST
from moderation.storage.database import open_database
from moderation.storage.people_tables import ClaimRow
from tests.support.desk import Desk
from tests.support.factories import NOW
from tests.support.seats import Seat
from tests.support.together import at_once


@pytest.fixture
def ana(desk: Desk) -> Seat:
    return desk.seat("ana")


@pytest.fixture
def ben(desk: Desk) -> Seat:
    return desk.seat("ben")


@pytest.fixture
def held(desk: Desk) -> list[Id]:
    return [desk.held(f"words {number}") for number in range(8)]


def take(seat: Seat, *comment_ids: Id, after: timedelta = timedelta(0)) -> list[Id]:
    who = {"site_id": seat.place.site_id, "moderator_id": seat.id}
    return seat.write(lambda db: claims.take(db, **who, comment_ids=comment_ids, now=NOW + after))


def on(seat: Seat, after: timedelta = timedelta(0)) -> dict[Id, str]:
    """What this person sees others on, by their names."""
    who = {"site_id": seat.place.site_id, "moderator_id": seat.id}
    found = seat.read(lambda db: claims.of_others(db, **who, now=NOW + after))
    assert all(id_ == claim.comment_id for id_, claim in found.items())
    return {id_: claim.name for id_, claim in found.items()}


def test_five_are_leased_and_no_more_in_the_order_asked_for(ana: Seat, ben: Seat, held: list[Id]):
    asked = [held[3], held[3], *reversed(held)]
    assert take(ana, *asked) == [held[3], held[7], held[6], held[5], held[4]]
    assert len(on(ben)) == MOST == 5
    assert set(on(ben).values()) == {"ana"}
    assert on(ana) == {}, "one's own are not others'"


def test_taking_others_gives_back_what_one_had(ana: Seat, ben: Seat, held: list[Id]):
    take(ana, *held[:5])
    assert take(ana, held[4], held[5]) == [held[4], held[5]]
    assert set(on(ben)) == {held[4], held[5]}
    assert take(ana) == []
    assert on(ben) == {}


def test_what_somebody_else_is_on_stays_with_them(ana: Seat, ben: Seat, held: list[Id]):
    take(ana, *held[:3])
    assert take(ben, *held[1:5]) == held[3:5]
    assert on(ben) == dict.fromkeys(held[:3], "ana")
    assert on(ana) == dict.fromkeys(held[3:5], "ben")


def test_a_lease_ends_after_three_minutes_to_the_moment(ana: Seat, ben: Seat, held: list[Id]):
    take(ana, held[0])
    moment = timedelta(microseconds=1)
    assert timedelta(minutes=3) == LEASE
    assert set(on(ben, LEASE - moment)) == {held[0]}
    assert take(ben, held[0], after=LEASE - moment) == []
    assert on(ben, LEASE) == {}
    assert take(ben, held[0], after=LEASE) == [held[0]]
    assert set(on(ana, LEASE)) == {held[0]}


def test_activity_renews_a_lease(ana: Seat, ben: Seat, held: list[Id]):
    take(ana, held[0])
    assert take(ana, held[0], after=timedelta(minutes=2)) == [held[0]]
    assert set(on(ben, timedelta(minutes=4))) == {held[0]}
    assert on(ben, timedelta(minutes=5)) == {}


@pytest.mark.parametrize("attempt", range(5))
def test_two_who_take_the_same_at_once_have_each_comment_once_and_no_fault(
    desk: Desk, ana: Seat, ben: Seat, held: list[Id], attempt: int
):
    had = at_once(partial(take, ana, *held[:5]), partial(take, ben, *reversed(held[:5])))
    assert sorted([*had[0], *had[1]]) == sorted(held[:5])
    assert desk.count(ClaimRow) == 5
    assert set(on(ben)) == set(had[0])
    assert set(on(ana)) == set(had[1])


def test_who_comes_second_within_another_s_transaction_is_told_what_is_left(postgres_url: str, seal):
    database = open_database(postgres_url)
    desk = Desk(database, seal)
    ana, ben, held = desk.seat("ana"), desk.seat("ben"), [desk.held(f"words {number}") for number in range(2)]
    who = {"site_id": desk.site.site.id, "now": NOW}
    with database.transaction() as first:
        claims.take(first, **who, moderator_id=ana.id, comment_ids=held[:1])
        with database.transaction() as second:
            assert claims.take(second, **who, moderator_id=ben.id, comment_ids=held[1:]) == held[1:]
    assert take(ben, *held) == held[1:]
    database.close()


def test_leases_are_given_back_whoever_holds_them(ana: Seat, ben: Seat, held: list[Id]):
    take(ana, *held[:2])
    take(ben, *held[2:4])
    ana.write(lambda db: claims.give_back(db, site_id=ana.place.site_id, comment_ids=held[1:3]))
    assert (set(on(ben)), set(on(ana))) == ({held[0]}, {held[3]})


def test_who_signs_out_is_on_nothing_at_any_site(desk: Desk, ana: Seat, ben: Seat, held: list[Id]):
    other = desk.add_site("https://other.example")
    elsewhere = desk.seat("ana", at=other)
    assert elsewhere.id == ana.id
    theirs = desk.check("pills there", caller=desk.caller(other)).comment_id
    take(ana, held[0])
    take(elsewhere, theirs)
    take(ben, held[1])
    ana.write(lambda db: claims.give_all_back(db, moderator_id=ana.id))
    assert on(ben) == {}
    assert set(on(ana)) == {held[1]}
    assert desk.count(ClaimRow) == 1


def test_one_site_s_leases_are_not_another_s(desk: Desk, ana: Seat, held: list[Id]):
    other = desk.seat("eve", at=desk.add_site("https://other.example"))
    take(ana, held[0])
    assert on(other) == {}
    take(other)
    other.write(lambda db: claims.give_back(db, site_id=other.place.site_id, comment_ids=held))
    assert desk.count(ClaimRow) == 1


def test_leases_that_have_ended_are_forgotten(desk: Desk, ana: Seat, ben: Seat, held: list[Id]):
    take(ana, *held[:2])
    take(ben, held[2], after=timedelta(minutes=1))
    for after, gone in ((timedelta(minutes=2), 0), (LEASE, 2), (LEASE, 0), (timedelta(minutes=4), 1)):
        assert ana.write(lambda db, now=NOW + after: claims.forget(db, now=now)) == gone
    assert desk.count(ClaimRow) == 0


def test_a_person_without_a_name_is_called_by_the_address_before_the_at(desk: Desk, ana: Seat, ben: Seat, held):
    take(ana, held[0])
    assert on(ben) == {held[0]: "ana"}
