"""Who decided is part of the history: it is chained like the rest, and histories without it stay whole."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from moderation.clock import Id, new_id
from moderation.judging.moderating import taken_back
from moderation.storage import comments, decisions
from moderation.storage.decisions import Hand
from moderation.storage.ledger import Ledger
from moderation.storage.tables import CommentRow, DecisionRow
from moderation.vocabulary import Actor, Verdict
from tests.support.desk import Desk
from tests.support.factories import NOW
from tests.support.old_chain import COLUMNS, old_digest
from tests.support.seats import APPROVE, SPAM


def decide(desk: Desk, comment_id: Id, hand: Hand, choice=APPROVE, now=NOW) -> DecisionRow:
    """A decision by hand, past what a console would permit."""
    ledger = Ledger(desk.seal)
    with desk.database.transaction() as db:
        standing = comments.find_standing(db, site_id=desk.site.site.id, comment_id=comment_id)
        decision = taken_back(Verdict.HOLD) if hand.undoes else choice.decision()
        ledger.decide(standing, decision, now, hand=hand)
        ledger.write(db)
    return desk.history(comment_id)[-1]


@pytest.fixture
def by_hand(desk: Desk) -> Id:
    """A comment held by the program, approved by a moderator in a batch, and taken back by the same one."""
    comment_id, moderator = desk.held(), desk.seat().id
    made = decide(desk, comment_id, Hand(moderator, batch_id=new_id()))
    decide(desk, comment_id, Hand(moderator, undoes=made.id))
    return comment_id


def test_the_hand_is_kept_with_the_decision(desk: Desk, by_hand: Id):
    first, made, undone = desk.history(by_hand)
    assert (first.moderator_id, first.undoes, first.batch_id, first.actor) == (None, None, None, Actor.POLICY)
    assert made.moderator_id == undone.moderator_id != None  # noqa: E711 - one comparison of three
    assert (made.undoes, undone.undoes, undone.batch_id) == (None, made.id, None)
    assert made.batch_id is not None
    assert desk.broken_chains() == []


@pytest.mark.parametrize("name", ["moderator_id", "undoes", "batch_id"])
@pytest.mark.parametrize("version", [1, 2, 3])
@pytest.mark.parametrize("value", [None, new_id()], ids=["taken away", "another"])
def test_a_hand_put_in_taken_away_or_exchanged_is_noticed(desk: Desk, by_hand: Id, name: str, version: int, value):
    had = getattr(desk.history(by_hand)[version - 1], name)
    row = (col(DecisionRow.comment_id) == by_hand) & (col(DecisionRow.comment_version) == version)
    with desk.database.transaction() as db:
        db.connection().execute(update(DecisionRow).where(row).values({name: value}))
    assert desk.broken_chains() == ([] if had is value is None else [by_hand])


def test_a_history_as_the_first_release_wrote_it_is_still_whole(desk: Desk):
    """The formula stands in tests/support/old_chain.py; the rows get no digest from the code that is tested."""
    comment_id = desk.held()
    desk.decide(comment_id, Verdict.PUBLISH)
    desk.decide(comment_id, Verdict.REMOVE)
    digest = ""
    for row in desk.history(comment_id):
        digest = old_digest(desk.seal, digest, row.model_dump())
        with desk.database.transaction() as db:
            old = update(DecisionRow).where(col(DecisionRow.id) == row.id).values(digest=digest)
            db.connection().execute(old)
    with desk.database.transaction() as db:
        db.connection().execute(
            update(CommentRow).where(col(CommentRow.id) == comment_id).values(decision_digest=digest)
        )
    assert desk.broken_chains() == []


def test_a_moderator_goes_on_with_a_history_of_the_first_release(desk: Desk):
    comment_id = desk.held()
    (first,) = desk.history(comment_id)
    assert first.digest == old_digest(desk.seal, "", first.model_dump())
    made = decide(desk, comment_id, Hand(desk.seat().id))
    assert made.digest != old_digest(desk.seal, first.digest, made.model_dump()), "the hand is in the digest"
    assert desk.broken_chains() == []


def test_the_first_release_had_every_other_column():
    assert set(DecisionRow.model_fields) - set(COLUMNS) == {"digest", "moderator_id", "undoes", "batch_id"}


def test_a_decision_is_taken_back_once(desk: Desk, by_hand: Id):
    made = desk.history(by_hand)[1]
    again = desk.history(by_hand)[2].model_dump() | {"id": new_id(), "undoes": made.id}
    with pytest.raises(IntegrityError), desk.database.transaction() as db:
        db.connection().execute(insert(DecisionRow).values(again))


def test_only_decisions_that_stand_can_be_taken_back_the_newest_first(desk: Desk):
    ana, ben = desk.seat("ana"), desk.seat("ben")
    first, second, third = (desk.held(f"words {number}") for number in range(3))
    ana.choose(first)
    ana.choose(second, now=NOW + timedelta(minutes=1))
    ben.choose(second, SPAM, now=NOW + timedelta(minutes=2))
    ana.choose(third, now=NOW + timedelta(minutes=3))
    who = {"site_id": desk.site.site.id, "moderator_id": ana.id, "limit": 9}
    with desk.database.snapshot() as db:
        standing = decisions.standing_of(db, **who, since=NOW)
        assert [own.comment_id for own in standing] == [third, first]
        assert [own.comment_id for own in decisions.standing_of(db, **who, since=NOW + timedelta(minutes=3))] == [third]
    ana.undo()
    with desk.database.snapshot() as db:
        assert [own.comment_id for own in decisions.standing_of(db, **who, since=NOW)] == [first]


def test_a_batch_is_what_was_decided_together_and_stands(desk: Desk):
    batch, other, moderator = new_id(), new_id(), desk.seat().id
    ids = [desk.held(f"words {number}") for number in range(4)]
    for comment_id, name in zip(ids, (batch, batch, batch, other), strict=True):
        decide(desk, comment_id, Hand(moderator, batch_id=name))
    decide(desk, ids[1], Hand(moderator), SPAM)
    with desk.database.snapshot() as db:
        who = {"site_id": desk.site.site.id, "moderator_id": moderator}
        found = decisions.of_batch(db, **who, batch_id=batch, limit=9)
        assert [own.comment_id for own in found] == [ids[2], ids[0]]
        for name in who:
            assert decisions.of_batch(db, **who | {name: new_id()}, batch_id=batch, limit=9) == []
