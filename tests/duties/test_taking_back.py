"""Taking a decision back restores state, queue, reports and since when it waits; within ten seconds it is unheard."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import text

from moderation.clock import Id
from moderation.duties import reviewing
from moderation.duties.reviewing import Chosen, Undone
from moderation.errors import NotFound
from moderation.judging.moderating import Choice
from moderation.storage import events
from moderation.vocabulary import Actor, Category, EventKind, Label, Role, State, Verdict, Waiting
from tests.support.desk import Desk
from tests.support.factories import NOW, comment
from tests.support.seats import APPROVE, HOLD, INSULT, SPAM, Seat

SOON, LATE = NOW + timedelta(seconds=9), NOW + timedelta(seconds=10)
CHOICES = (APPROVE, HOLD, SPAM, INSULT, Choice(Verdict.REMOVE, Category.OFF_TOPIC))


def standing(desk: Desk, comment_id: Id) -> tuple[Any, ...]:
    row = desk.row(comment_id)
    return row.state, row.score, row.alike_to, *desk.waiting(comment_id)


def at(second: int) -> datetime:
    return NOW + timedelta(minutes=second)


def nothing_left(seat: Seat, **when: Any) -> None:
    with pytest.raises(NotFound, match="nothing left to take back"):
        seat.undo(**when)


@pytest.mark.parametrize("choice", CHOICES, ids=lambda choice: choice.category or choice.verdict)
@pytest.mark.parametrize("kind", [None, *Waiting])
def test_a_comment_is_again_what_it_was(desk: Desk, choice: Choice, kind: Waiting | None):
    ana, lead = desk.seat(), desk.seat("lead", Role.LEAD)
    posted = desk.edit("7", "Buy pills" if kind in {Waiting.HELD, Waiting.DEFERRED} else "Buy soup").comment_id
    if kind is Waiting.REPORTED:
        desk.report(posted, "one", now=at(1))
        desk.report(posted, "two", now=at(2))
    if kind is Waiting.DEFERRED:
        lead.defer(posted, at(1))
        lead.defer(posted, at(2))
    if kind is Waiting.ESCALATED:
        lead.escalate(posted, now=at(1))
    if kind is Waiting.EDITED:
        lead.choose(posted, now=at(1))
        desk.edit("7", "Buy broth", now=at(2))
    before = standing(desk, posted)
    assert desk.row(posted).waits_as == kind
    ana.choose(posted, choice, now=at(3))
    undone = ana.undo(now=at(4))
    assert (undone.comment_ids, standing(desk, posted)) == ((posted,), before)
    assert desk.history(posted)[-1].undoes == desk.history(posted)[-2].id
    assert desk.broken_chains() == []


def test_fifty_steps_back_restore_every_state_and_queue_in_the_reverse_order(desk: Desk):
    chance, ana, lead = Random(7), desk.seat(), desk.seat("lead", Role.LEAD)
    ids = [
        *(desk.held(str(number), now=at(number)) for number in range(12)),
        *(desk.published(f"Soup {number}") for number in range(6)),
    ]
    desk.report(ids[-1], now=at(20))
    desk.report(ids[-2], now=at(21))
    ana.defer(ids[0], at(22))
    lead.escalate(ids[1], now=at(23))
    trail, minute = [], 30
    for _ in range(reviewing.STEPS + 10):
        id_ = chance.choice(ids)
        trail.append((id_, standing(desk, id_)))
        minute += 1
        ana.choose(id_, chance.choice(CHOICES), now=at(minute))
    for id_, before in reversed(trail):
        minute += 1
        assert ana.undo(now=at(minute)).comment_ids == (id_,)
        assert standing(desk, id_) == before
    nothing_left(ana, now=at(minute))
    assert desk.broken_chains() == []


def test_deciding_anew_and_taking_that_back_too_forgets_nothing(desk: Desk):
    ana, held = desk.seat(), desk.held()
    for step, choice in enumerate((APPROVE, SPAM, HOLD)):
        ana.choose(held, choice, now=at(2 * step))
        ana.undo(now=at(2 * step + 1))
        assert standing(desk, held) == (State.HELD, 0.9, None, Waiting.HELD, NOW, 0, 0)


def test_what_happened_in_between_is_kept(desk: Desk):
    ana, one, other = desk.seat(), desk.held("one"), desk.held("other")
    ana.choose(one, APPROVE)
    desk.report(one, now=at(1))
    ana.choose(other, SPAM, now=at(2))
    desk.seat("lead", Role.LEAD).escalate(other, now=at(3))
    ana.undo(now=at(4))
    ana.undo(now=at(5))
    assert desk.waiting(one) == (Waiting.HELD, NOW, 1, 0)
    assert desk.waiting(other) == (Waiting.ESCALATED, NOW, 0, 0)


def test_words_that_changed_while_they_were_removed_are_read_when_they_come_back(desk: Desk):
    ana, posted = desk.seat(), desk.edit("7", "Buy soup").comment_id
    ana.choose(posted, INSULT)
    desk.edit("7", "Buy broth", now=at(1))
    ana.undo(now=at(2))
    assert standing(desk, posted) == (State.PUBLISHED, 0.1, None, Waiting.EDITED, at(1), 0, 0)


def kinds(desk: Desk, comment_id: Id) -> list[EventKind]:
    return [kind for kind in desk.events(comment_id) if kind is not EventKind.RECEIVED]


def test_within_ten_seconds_nobody_outside_hears_of_either(desk: Desk):
    ana, held = desk.seat(), desk.held()
    ana.choose(held, SPAM)
    ana.undo(now=SOON)
    assert kinds(desk, held) == []
    assert [made.verdict for made in desk.history(held)] == [Verdict.HOLD, Verdict.REMOVE, Verdict.HOLD]


def test_after_ten_seconds_both_are_told(desk: Desk):
    ana, held = desk.seat(), desk.held()
    ana.choose(held, INSULT)
    ana.undo(now=LATE)
    assert kinds(desk, held) == [EventKind.DECIDED, EventKind.DECIDED]
    with desk.database.snapshot() as db:
        last = events.of_comment(db, site_id=desk.site.site.id, comment_id=held)[-1]
    assert (last.facts["verdict"], last.due_at) == ("hold", None)


def test_what_still_stands_is_still_told(desk: Desk):
    ana, held = desk.seat(), desk.held()
    ana.choose(held, APPROVE)
    ana.choose(held, INSULT, now=NOW + timedelta(seconds=1))
    ana.undo(now=SOON)
    assert set(kinds(desk, held)) == {EventKind.DECIDED, EventKind.LABELLED}
    assert desk.row(held).state is State.PUBLISHED


def test_nobody_takes_back_what_others_decided_nor_what_others_decided_upon_since(desk: Desk):
    ana, bob, one, other = desk.seat(), desk.seat("bob"), desk.held("one"), desk.held("other")
    ana.choose(one, APPROVE)
    ana.choose(other, APPROVE)
    desk.decide(other, Verdict.REMOVE)
    bob.choose(one, SPAM)
    nothing_left(ana)
    assert bob.undo().comment_ids == (one,)
    nothing_left(bob)
    assert (desk.row(one).state, desk.row(other).state) == (State.PUBLISHED, State.REMOVED)
    assert ana.undo().comment_ids == (one,)  # which stands again, since bob's was taken back


def test_an_earlier_login_is_out_of_reach(desk: Desk):
    ana, held = desk.seat(), desk.held()
    ana.choose(held, APPROVE)
    nothing_left(ana, since=NOW + timedelta(seconds=1))
    assert ana.undo(since=NOW).comment_ids == (held,)


def test_taking_back_is_not_taken_back(desk: Desk):
    ana, held = desk.seat(), desk.held()
    ana.choose(held, APPROVE)
    ana.undo()
    nothing_left(ana)
    assert len(desk.history(held)) == 3


def test_an_erased_comment_stays_erased_and_blocks_nothing(desk: Desk):
    ana, one, other = desk.seat(), desk.held("one"), desk.held("other")
    ana.choose(one)
    ana.choose(other)
    with desk.database.transaction() as db:
        hexed = other.hex if desk.database.is_embedded else str(other)
        db.connection().execute(text("UPDATE comments SET state = 'erased' WHERE id = :id"), {"id": hexed})
    assert ana.undo().comment_ids == (one,)


def test_what_was_decided_together_is_taken_back_together_but_for_what_others_decided_since(desk: Desk):
    ana, bob = desk.seat("ana", Role.LEAD), desk.seat("bob")
    alone, ids = desk.held("alone"), desk.flood(40)
    ana.choose(alone, SPAM)
    assert ana.decide_many(ana.gather(Chosen(ids), SPAM, "40"), SPAM, now=at(1)) == 40
    bob.choose(ids[7], APPROVE, now=at(2))
    undone = ana.undo(now=at(3))
    assert set(undone.comment_ids) == set(ids) - {ids[7]}
    assert undone.rest_of is None
    assert desk.row(ids[7]).state is State.PUBLISHED
    assert {desk.waiting(id_) for id_ in (ids[0], ids[-1])} == {(Waiting.HELD, NOW, 0, 0)}
    assert ana.undo(now=at(4)).comment_ids == (alone,)


def test_a_batch_of_somebody_else_is_not_gone_on_with(desk: Desk):
    ana, bob, ids = desk.seat("ana", Role.LEAD), desk.seat("bob", Role.LEAD), desk.flood(3)
    ana.decide_many(ana.gather(Chosen(ids), SPAM), SPAM)
    batch_id = desk.history(ids[0])[-1].batch_id
    gone = bob.write(lambda db: reviewing.undo_rest(db, desk=bob.place, batch_id=batch_id, now=NOW))
    assert gone == Undone((), ())
    assert {desk.row(id_).state for id_ in ids} == {State.REMOVED}


def test_a_long_batch_is_taken_back_in_pieces(desk: Desk):
    ana, ids = desk.seat("ana", Role.LEAD), desk.flood(51)
    ana.decide_many(ana.gather(Chosen(ids), INSULT, "51"), INSULT)
    first, rest = ana.undo(), ana.undo()
    assert (len(first.comment_ids), len(rest.comment_ids)) == (50, 1)
    assert (first.rest_of is None, rest.rest_of) == (False, None)
    assert set(first.comment_ids + rest.comment_ids) == set(ids)
    nothing_left(ana)


def test_the_label_goes_with_its_decision_and_the_one_before_it_comes_back(desk: Desk):
    ana, held = desk.seat(), desk.held()
    ana.choose(held, APPROVE)
    ana.choose(held, INSULT)
    ana.choose(held, SPAM)
    assert desk.labels(held) == [(Actor.MODERATOR, Label.SPAM)]
    assert ana.undo().withdrawn == ((held, Label.HAM),)
    assert desk.labels(held) == [(Actor.MODERATOR, Label.HAM)]
    assert ana.undo().withdrawn == ()
    assert ana.undo().withdrawn == ((held, None),)
    assert desk.labels(held) == []


def test_what_others_said_of_it_is_left_alone(desk: Desk):
    ana, bob, held = desk.seat(), desk.seat("bob"), desk.held()
    desk.feedback(comment("Buy pills pills"), Label.SPAM)
    bob.choose(held, SPAM)
    ana.choose(held, APPROVE)
    ana.undo()
    assert sorted(desk.labels(held)) == [(Actor.BLOG, Label.SPAM), (Actor.MODERATOR, Label.SPAM)]
    assert desk.row(held).state is State.REMOVED


def test_the_same_word_twice_is_withdrawn_with_the_first(desk: Desk):
    ana, held = desk.seat(), desk.held()
    ana.choose(held, APPROVE)
    ana.choose(held, APPROVE)
    assert ana.undo().withdrawn == ()
    assert desk.labels(held) == [(Actor.MODERATOR, Label.HAM)]
    assert ana.undo().withdrawn == ((held, None),)
