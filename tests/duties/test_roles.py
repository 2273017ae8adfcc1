"""Each verb of the desk with every role, at the own site and at another: as the one table says, nothing stored."""

from collections.abc import Callable
from contextlib import suppress
from itertools import combinations

import pytest

from moderation.clock import Id, new_id
from moderation.duties import rechecking, reviewing
from moderation.duties.reviewing import Batch, Chosen, Filters
from moderation.errors import Conflict, Forbidden, NotFound
from moderation.judging.capabilities import MAY, Action, may
from moderation.storage.people_tables import ClaimRow, NoteRow, SecondLookRow
from moderation.storage.tables import LabelRow
from moderation.vocabulary import Label, Order, Role, Waiting
from tests.support.desk import Desk
from tests.support.factories import NOW
from tests.support.seats import SPAM, Seat

Verb = Callable[[Seat, Id], object]
EVERY = [frozenset(some) for size in range(4) for some in combinations(Role, size)]
FIFTY_ONE = tuple(new_id() for _ in range(51))


def recheck(decision_id: Id | None) -> Verb:
    def act(seat: Seat, id_: Id) -> object:
        names = {"site_id": seat.place.site_id, "moderator_id": seat.id, "roles": seat.place.roles, "now": NOW}
        return seat.write(
            lambda db: rechecking.answer(db, **names, comment_id=id_, decision_id=decision_id, label=Label.HAM)
        )

    return act


def gather(seat: Seat, id_: Id, chosen: Chosen, typed: str = "") -> Batch:
    return seat.gather(chosen, SPAM, typed)


ON_ONE: dict[str, tuple[Action, Verb]] = {
    "choose": (Action.DECIDE, lambda seat, id_: seat.choose(id_, SPAM)),
    "defer": (Action.DECIDE, lambda seat, id_: seat.defer(id_)),
    "escalate": (Action.DECIDE, lambda seat, id_: seat.escalate(id_, "why")),
    "escalate in silence": (Action.DECIDE, lambda seat, id_: seat.escalate(id_)),
    "note": (Action.DECIDE, lambda seat, id_: seat.note(id_)),
    "note on the author": (Action.DECIDE, lambda seat, id_: seat.note(id_, about_author=True)),
    "take over": (Action.TAKE_OVER, lambda seat, id_: seat.take_over(id_)),
    "card": (Action.READ, lambda seat, id_: seat.card(id_)),
    "look blindly": (Action.DECIDE, recheck(None)),
    "look a second time": (Action.DECIDE, recheck(new_id())),
}
ON_SITE: dict[str, tuple[Action, Verb]] = {
    "look": (Action.READ, lambda seat, _: seat.look(Waiting.HELD)),
    "counts": (Action.READ, lambda seat, _: seat.read(lambda db: reviewing.counts(db, desk=seat.place))),
    "samples": (
        Action.READ,
        lambda seat, id_: seat.read(lambda db: reviewing.samples(db, desk=seat.place, head=id_, but=new_id())),
    ),
    "find": (
        Action.READ,
        lambda seat, _: seat.read(lambda db: reviewing.find(db, desk=seat.place, filters=Filters(), limit=10)),
    ),
    "meant": (
        Action.READ,
        lambda seat, id_: seat.read(lambda db: reviewing.meant(db, desk=seat.place, chosen=Chosen((id_,)), limit=3)),
    ),
    "claim": (Action.DECIDE, lambda seat, id_: seat.claim(id_)),
    "gather": (Action.DECIDE, lambda seat, id_: gather(seat, id_, Chosen((id_,)))),
    "gather many": (Action.DECIDE_MANY, lambda seat, id_: gather(seat, id_, Chosen(FIFTY_ONE), "51")),
    "decide many": (Action.DECIDE, lambda seat, id_: seat.decide_many(Batch(new_id(), (id_,), (1,)), SPAM)),
    "undo": (Action.DECIDE, lambda seat, _: seat.undo()),
    "undo_rest": (
        Action.DECIDE,
        lambda seat, _: seat.write(lambda db: reviewing.undo_rest(db, desk=seat.place, batch_id=new_id(), now=NOW)),
    ),
    "blind tasks": (
        Action.DECIDE,
        lambda seat, _: seat.read(
            lambda db: rechecking.tasks(
                db, site_id=seat.place.site_id, moderator_id=seat.id, roles=seat.place.roles, now=NOW
            )
        ),
    ),
}


def stored(desk: Desk) -> tuple[object, ...]:
    tables = (ClaimRow, NoteRow, SecondLookRow, LabelRow)
    return desk.counts(), tuple(desk.count(table) for table in tables)


@pytest.mark.parametrize("roles", EVERY, ids=lambda roles: "+".join(sorted(roles)) or "nobody")
@pytest.mark.parametrize("verb", ON_ONE | ON_SITE)
def test_a_verb_is_for_the_roles_that_the_table_names(desk: Desk, verb: str, roles: frozenset[Role]):
    action, act = (ON_ONE | ON_SITE)[verb]
    held, seat = desk.held(), desk.seat("ana", *(roles or {Role.MODERATOR}))
    seat.place = reviewing.Desk(desk.seal, desk.site.site, seat.id, roles)
    before = (stored(desk), desk.row(held))
    if may(roles, action):
        with suppress(NotFound, Conflict):  # allowed, where there is nothing to take back or to look at
            act(seat, held)
    else:
        with pytest.raises(Forbidden) as refused:
            act(seat, held)
        assert refused.value.code == "role.forbidden"
        assert (stored(desk), desk.row(held)) == before


def test_whoever_has_two_roles_may_what_either_may():
    for action in Action:
        for roles in EVERY:
            assert may(roles, action) == any(may({role}, action) for role in roles)
    assert set(MAY) == set(Action)


@pytest.mark.parametrize("verb", ON_ONE)
def test_a_comment_of_another_site_is_not_found_and_stays_as_it_is(desk: Desk, verb: str):
    other = desk.add_site("https://other.example")
    theirs = desk.check("pills", caller=desk.caller(other)).comment_id
    ana = desk.seat("ana", *Role)
    before = stored(desk)
    with pytest.raises(NotFound) as refused:
        ON_ONE[verb][1](ana, theirs)
    assert refused.value.code == "comment.not_found"
    assert stored(desk) == before
    with pytest.raises(NotFound) as unknown:
        ON_ONE[verb][1](ana, new_id())
    assert (unknown.value.code, unknown.value.message) == (refused.value.code, refused.value.message)


def test_nothing_of_another_site_is_listed_found_leased_or_decided(desk: Desk):
    other = desk.add_site("https://other.example")
    theirs = desk.check("pills", caller=desk.caller(other)).comment_id
    ana, eve = desk.seat("ana", *Role), desk.seat("eve", at=other)
    assert eve.claim(theirs) == [theirs]
    assert ana.look(*Waiting, order=Order.OLDEST).items == ()
    assert ana.read(lambda db: reviewing.counts(db, desk=ana.place)) == {}
    assert ana.read(lambda db: reviewing.samples(db, desk=ana.place, head=theirs, but=new_id())) == []
    found = ana.read(lambda db: reviewing.find(db, desk=ana.place, filters=Filters(), limit=10))
    assert (found.rows, found.count) == ((), 0)
    assert ana.claim(theirs) == []
    assert ana.decide_many(Batch(new_id(), (theirs,), (1,)), SPAM) == 0
    assert eve.claim(theirs) == [theirs]
    assert [item.row.id for item in eve.look().items] == [theirs]


def test_a_person_of_two_sites_takes_back_only_what_they_decided_at_the_one(desk: Desk):
    other = desk.add_site("https://other.example")
    theirs = desk.check("pills", caller=desk.caller(other)).comment_id
    mine, here, there = desk.held(), desk.seat("ana"), desk.seat("ana", at=other)
    assert here.id == there.id
    here.choose(mine)
    there.choose(theirs)
    assert here.undo().comment_ids == (mine,)
    with pytest.raises(NotFound):
        here.undo()
    assert there.undo().comment_ids == (theirs,)


def test_a_verb_that_is_new_has_its_line_here():
    tested = {"choose", "defer", "escalate", "note", "take_over", "card", "look", "counts", "samples", "find", "meant"}
    tested |= {"claim", "gather", "decide_many", "undo", "undo_rest"}
    free_of_sites = {"parts", "place_in", "report", "tabs", "words_of_author"}
    verbs = {name for name in reviewing.__all__ if name.islower()}
    assert verbs == tested | free_of_sites
