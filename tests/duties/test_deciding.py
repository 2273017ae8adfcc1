"""A moderator's word about one comment: recorded once, with its reason and its lesson, never over unseen changes."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from moderation.duties import hosting, reviewing
from moderation.duties.reviewing import Chosen
from moderation.errors import VersionMismatch
from moderation.judging.moderating import CATEGORY_WORDS, Choice
from moderation.storage import events, people
from moderation.storage.people_tables import SecondLookRow
from moderation.storage.second_looks import is_drawn
from moderation.storage.tables import DecisionRow, EventRow, LabelRow
from moderation.vocabulary import Actor, Category, EventKind, Label, Role, State, Verdict, Waiting
from tests.support.desk import Desk
from tests.support.factories import NOW, comment
from tests.support.seats import APPROVE, HOLD, INSULT, SPAM

SOON = NOW + timedelta(seconds=4)


def outbox(desk: Desk, comment_id) -> list[EventRow]:
    with desk.database.snapshot() as db:
        return events.of_comment(db, site_id=desk.site.site.id, comment_id=comment_id)


def refused(desk: Desk, act) -> str:
    """What a moderator is told who decides over something unseen; nothing is stored."""
    before = (desk.counts(), desk.count(LabelRow))
    with pytest.raises(VersionMismatch) as refusal:
        act()
    assert (desk.counts(), desk.count(LabelRow)) == before
    return refusal.value.message


@pytest.mark.parametrize(
    ("choice", "state", "label", "reason"),
    [
        (APPROVE, State.PUBLISHED, Label.HAM, "moderator.approved"),
        (HOLD, State.HELD, None, "moderator.held"),
        *(
            (
                Choice(Verdict.REMOVE, category),
                State.REMOVED,
                Label.SPAM if category is Category.SPAM else None,
                f"moderator.{category.value}",
            )
            for category in Category
        ),
    ],
    ids=lambda value: value.category or value.verdict if isinstance(value, Choice) else None,
)
def test_a_word_is_recorded_with_its_reason_its_lesson_and_who_said_it(desk: Desk, choice, state, label, reason):
    ana, held = desk.seat(), desk.held()
    decided = ana.choose(held, choice, version=1, now=SOON)
    row, made = desk.row(held), desk.history(held)[-1]
    assert (decided.state, decided.version, decided.is_lesson) == (state, 2, label is not None)
    assert (row.state, row.decided_by, row.reason, row.score) == (state, Actor.MODERATOR, reason, 0.9)
    assert (made.moderator_id, made.verdict, made.comment_version, made.decided_at) == (ana.id, choice.verdict, 2, SOON)
    assert desk.labels(held) == ([(Actor.MODERATOR, label)] if label else [])
    assert desk.broken_chains() == []


@pytest.mark.parametrize("category", Category)
def test_what_is_removed_tells_its_writer_why_in_words_and_the_moderators_own_sentence(desk: Desk, category: Category):
    ana, held = desk.seat(), desk.held()
    ana.choose(held, Choice(Verdict.REMOVE, category, "Please stay with the soup."))
    (said,) = desk.history(held)[-1].reasons
    assert CATEGORY_WORDS[category].lower() in said["text"]
    assert said["text"].endswith(" Please stay with the soup.")
    assert "ana" not in said["text"].lower()


def test_what_was_decided_waits_no_longer_and_what_is_held_again_goes_on_waiting(desk: Desk):
    ana, one, other = desk.seat(), desk.held("one"), desk.held("other")
    ana.choose(one, INSULT, now=SOON)
    ana.choose(other, HOLD, now=SOON)
    assert desk.waiting(one) == (None, None, 0, 0)
    assert desk.waiting(other) == (Waiting.HELD, NOW, 0, 0)


def test_a_decision_ends_the_lease_on_its_comment_and_no_other(desk: Desk):
    ana, one, other = desk.seat(), desk.held("one"), desk.held("other")
    assert ana.claim(one, other) == [one, other]
    ana.choose(one, HOLD)
    assert desk.seat("eve").claim(one, other) == [one]


def test_the_reporter_code_of_a_label_differs_from_person_to_person_and_names_nobody(desk: Desk):
    ana, bob, held = desk.seat(), desk.seat("bob"), desk.held()
    ana.choose(held, SPAM)
    bob.choose(held, APPROVE)
    with desk.database.snapshot() as db:
        codes = [row.reporter_code for row in db.exec(select(LabelRow)).scalars()]
    assert len(set(codes)) == 2
    assert all(str(seat.id) not in code and seat.id.hex not in code for seat in (ana, bob) for code in codes)


def test_what_a_decision_means_outside_waits_ten_seconds(desk: Desk):
    ana, held = desk.seat(), desk.held()
    ana.choose(held, SPAM, now=SOON)
    due = {row.kind: row.due_at for row in outbox(desk, held)}
    assert due.pop(EventKind.RECEIVED) is None
    assert due == dict.fromkeys((EventKind.DECIDED, EventKind.LABELLED), SOON + timedelta(seconds=10))
    assert timedelta(seconds=10) == reviewing.OUTWARD_AFTER


@pytest.mark.parametrize(
    ("later", "ago"),
    [
        (timedelta(seconds=4), "4 s ago"),
        (timedelta(seconds=59), "59 s ago"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(hours=2), "2 hours ago"),
        (timedelta(days=3), "3 days ago"),
        (timedelta(seconds=-5), "0 s ago"),
    ],
    ids=str,
)
@pytest.mark.parametrize(("choice", "done"), [(APPROVE, "approved"), (HOLD, "held"), (SPAM, "removed")])
def test_whoever_comes_second_is_told_who_did_what_and_when(desk: Desk, later, ago, choice, done):
    ana, bob, held = desk.seat("ana"), desk.seat("bob"), desk.held()
    with desk.database.transaction() as db:
        people.change(db, ana.id, name="Ana of the kitchen")
    ana.choose(held, choice, version=1)
    said = refused(desk, lambda: bob.choose(held, SPAM, version=1, now=NOW + later))
    assert said.startswith(f"Ana of the kitchen {done} it {ago}.")
    assert desk.row(held).state is {"approved": State.PUBLISHED, "held": State.HELD, "removed": State.REMOVED}[done]


def test_a_person_without_a_name_is_called_by_the_address_before_its_sign(desk: Desk):
    ana, bob, held = desk.seat("ana"), desk.seat("bob"), desk.held()
    ana.choose(held)
    assert refused(desk, lambda: bob.choose(held, version=1)).startswith("ana approved it")


def test_somebody_who_has_left_the_site_is_still_named(desk: Desk):
    ana, bob, held = desk.seat("ana"), desk.seat("bob"), desk.held()
    ana.choose(held)
    with desk.database.transaction() as db:
        hosting.remove_moderator(db, site_id=desk.site.site.id, moderator_id=ana.id)
    assert refused(desk, lambda: bob.choose(held, version=1)).startswith("ana approved it")


def test_a_decision_of_the_website_in_between_is_not_overwritten(desk: Desk):
    ana, held = desk.seat(), desk.held()
    desk.decide(held, Verdict.PUBLISH)
    said = refused(desk, lambda: ana.choose(held, SPAM, version=1, now=SOON))
    assert said.startswith("The website approved it 4 s ago.")
    assert desk.row(held).state is State.PUBLISHED


def test_new_words_in_between_are_read_before_they_are_decided(desk: Desk):
    ana = desk.seat()
    posted = desk.edit("7", "Buy pills")
    ana.choose(posted.comment_id, SPAM, version=1)
    desk.edit("7", "Buy my soup")
    said = refused(desk, lambda: ana.choose(posted.comment_id, APPROVE, version=2, now=SOON))
    assert said.startswith("The writer has changed the words since this card was made.")
    assert desk.row(posted.comment_id).state is State.REMOVED


def test_new_words_of_a_comment_that_nobody_has_decided_are_read_first_as_well(desk: Desk):
    ana, posted = desk.seat(), desk.edit("7", "Buy pills")
    desk.edit("7", "Buy more pills", now=SOON)
    said = refused(desk, lambda: ana.choose(posted.comment_id, version=1, now=SOON))
    assert said.startswith("The writer has changed the words since this card was made.")


def test_a_decision_taken_back_in_between_is_told_as_that(desk: Desk):
    ana, bob, held = desk.seat("ana"), desk.seat("bob"), desk.held()
    ana.choose(held)
    ana.undo(now=SOON)
    said = refused(desk, lambda: bob.choose(held, version=1, now=SOON))
    assert said.startswith("ana held it by taking a decision back 0 s ago.")


def test_whoever_names_no_version_decides_what_stands(desk: Desk):
    ana, bob, held = desk.seat("ana"), desk.seat("bob"), desk.held()
    ana.choose(held)
    assert bob.choose(held, SPAM).version == 3
    assert desk.row(held).state is State.REMOVED


def test_three_in_a_hundred_decisions_are_drawn_for_a_second_look_and_no_undecided_one_is(desk: Desk):
    ana = desk.seat("ana", Role.LEAD)
    ids = desk.flood(200)
    batch = ana.gather(Chosen(ids), typed="200")
    ana.decide_many(batch, HOLD)
    assert desk.count(SecondLookRow) == 0
    ana.decide_many(ana.gather(Chosen(ids), SPAM, "200"), SPAM)
    with desk.database.snapshot() as db:
        drawn = list(db.exec(select(SecondLookRow)).scalars())
        made = {row.id for row in db.exec(select(DecisionRow)).scalars() if row.verdict is Verdict.REMOVE}
    assert {row.decision_id for row in drawn} == {id_ for id_ in made if is_drawn(desk.seal, desk.site.site.id, id_)}
    assert {(row.first, row.first_by, row.drawn_at) for row in drawn} == {(Label.SPAM, ana.id, NOW)}


def test_a_comment_of_a_blogs_own_test_teaches_nobody_and_waits_for_nobody(desk: Desk):
    ana = desk.seat()
    test = desk.check(comment("Buy pills", is_test=True)).comment_id
    ana.choose(test, HOLD)
    assert desk.waiting(test) == (None, None, 0, 0)
