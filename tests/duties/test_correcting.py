"""What people say about a comment: found, recorded once, counted as the mistake it was, and guarded by versions."""

from datetime import timedelta

import pytest

from moderation.clock import new_id
from moderation.errors import NotFound, VersionMismatch
from moderation.storage import labels, usage
from moderation.storage.comments import MATCH_WINDOW
from moderation.storage.labels import Said
from moderation.storage.tables import CommentRow, LabelRow
from moderation.vocabulary import Actor, EventKind, Label, State, Verdict
from tests.support.desk import Desk
from tests.support.factories import KIND_WORDS, NOW, author, comment

PILLS = "Cheap pills for you"
LATER = NOW + timedelta(hours=1)
HAM, SPAM = Label.HAM, Label.SPAM


def mistakes(desk: Desk) -> tuple[int, int]:
    """How much missed spam and how many false positives the site's counters show."""
    with desk.database.snapshot() as db:
        tallies = usage.by_month(db, site_id=desk.site.site.id, first=NOW.date().replace(day=1), last=LATER.date())
    return sum(tally.missed_spam for tally in tallies), sum(tally.false_positives for tally in tallies)


@pytest.mark.parametrize(
    ("label", "state", "code"), [(SPAM, State.REMOVED, "blog.spam"), (HAM, State.PUBLISHED, "blog.ham")]
)
def test_feedback_is_a_decision_of_the_blog_with_a_label_and_events(desk: Desk, label, state, code):
    checked = desk.check(PILLS)
    desk.feedback(PILLS, label, now=LATER)
    row, history = desk.row(checked.comment_id), desk.history(checked.comment_id)
    assert (row.state, row.decided_by, row.version, row.changed_at) == (state, Actor.BLOG, 2, LATER)
    assert [(entry.actor, entry.comment_version) for entry in history] == [(Actor.POLICY, 1), (Actor.BLOG, 2)]
    assert history[-1].reasons[0]["code"] == code
    assert sorted(desk.events(checked.comment_id)) == [EventKind.DECIDED, EventKind.LABELLED, EventKind.RECEIVED]
    assert desk.count(LabelRow) == 1
    assert desk.broken_chains() == []


def test_feedback_finds_a_comment_by_id_before_anything_else(desk: Desk):
    meant, alike = desk.check("one"), desk.check("two")
    desk.feedback("two", SPAM, comment_id=meant.comment_id)
    assert (desk.row(meant.comment_id).state, desk.row(alike.comment_id).state) == (State.REMOVED, State.PUBLISHED)


def test_feedback_finds_a_comment_by_author_network_words_and_page(desk: Desk):
    other = desk.check(comment(author=author(name="Bea")))
    meant = desk.check()
    desk.check(comment(author=author(name="Cid")))
    desk.feedback(comment(), SPAM)
    assert desk.row(meant.comment_id).state is State.REMOVED
    assert desk.row(other.comment_id).state is State.PUBLISHED


def test_feedback_finds_the_newest_comment_with_the_same_words_on_the_page(desk: Desk):
    older, newer = desk.check(comment(author=author(name="Bea"))), desk.check(comment(author=author(name="Cid")))
    spaced = f"  {KIND_WORDS.replace(' ', '  ')}\n"
    desk.feedback(comment(spaced, author=author(name="Moderator", ip="203.0.113.9")), SPAM)
    assert (desk.row(newer.comment_id).state, desk.row(older.comment_id).state) == (State.REMOVED, State.PUBLISHED)
    assert desk.count(CommentRow) == 2


@pytest.mark.parametrize(
    "unlike",
    [comment("other words"), comment(permalink="https://blog.example/post/2")],
    ids=["other words", "other page"],
)
def test_feedback_on_a_comment_never_seen_stores_it_with_that_label(desk: Desk, unlike):
    seen = desk.check()
    desk.feedback(unlike, SPAM)
    assert desk.row(seen.comment_id).state is State.PUBLISHED
    assert desk.counts() == {"comments": 2, "decisions": 2, "events": 3}
    assert desk.count(LabelRow) == 1
    again = desk.check(unlike, now=LATER)
    assert (again.verdict, again.decision.actor, again.decision.score) == (Verdict.REMOVE, Actor.BLOG, None)
    assert desk.broken_chains() == []


def test_feedback_older_than_the_window_means_a_comment_never_seen(desk: Desk):
    desk.check()
    desk.feedback(comment(), SPAM, now=NOW + MATCH_WINDOW + timedelta(seconds=1))
    assert desk.count(CommentRow) == 2


def test_an_id_of_another_site_or_of_nothing_means_a_comment_never_seen(desk: Desk):
    other = desk.add_site("https://other.example")
    foreign = desk.check(caller=desk.caller(other))
    for wrong in (foreign.comment_id, new_id()):
        desk.feedback(comment(f"words {wrong}"), SPAM, comment_id=wrong)
    with desk.database.snapshot() as db:
        assert db.get(CommentRow, foreign.comment_id).state is State.PUBLISHED
    assert desk.count(CommentRow) == 3


def test_feedback_of_one_site_never_reaches_the_same_comment_at_another(desk: Desk):
    other = desk.add_site("https://other.example")
    theirs = desk.check(caller=desk.caller(other))
    desk.feedback(comment(), SPAM)
    with desk.database.snapshot() as db:
        assert db.get(CommentRow, theirs.comment_id).state is State.PUBLISHED


def test_the_same_word_from_the_same_reporter_counts_once(desk: Desk):
    checked = desk.check()
    for _ in range(3):
        desk.feedback(comment(), SPAM, reporter="mod")
    assert (desk.row(checked.comment_id).version, desk.count(LabelRow), mistakes(desk)) == (2, 1, (1, 0))
    assert len(desk.events(checked.comment_id)) == 3


def test_two_reporters_give_two_labels_and_a_changed_mind_replaces_ones_own(desk: Desk):
    checked = desk.check()
    desk.feedback(comment(), SPAM, reporter="ann")
    desk.feedback(comment(), SPAM, reporter="bea")
    desk.feedback(comment(), HAM, reporter="ann")
    with desk.database.snapshot() as db:
        said = sorted(
            label for (label,) in db.connection().execute(LabelRow.__table__.select().with_only_columns(LabelRow.label))
        )
    assert said == [HAM, SPAM]
    assert (desk.row(checked.comment_id).state, desk.row(checked.comment_id).version) == (State.PUBLISHED, 4)
    assert desk.broken_chains() == []


def test_a_reporter_is_kept_only_as_a_code(desk: Desk):
    desk.feedback(comment(), SPAM, reporter="ann@example.org")
    with desk.database.snapshot() as db:
        (row,) = db.connection().execute(LabelRow.__table__.select()).all()
    assert row.reporter_code == desk.seal.code("reporter", str(desk.site.site.id), "ann@example.org")
    assert "ann" not in str(row)


def test_feedback_on_a_test_changes_nothing(desk: Desk):
    checked = desk.check(comment(is_test=True))
    before = desk.counts()
    desk.feedback(comment(is_test=True), SPAM)
    assert (desk.counts(), desk.row(checked.comment_id).state, mistakes(desk)) == (before, State.PUBLISHED, (0, 0))


@pytest.mark.parametrize(
    ("words", "label", "answered_spam", "expected"),
    [
        (KIND_WORDS, SPAM, None, (1, 0)),
        (KIND_WORDS, HAM, None, (0, 0)),
        (PILLS, HAM, None, (0, 1)),
        (PILLS, SPAM, None, (0, 0)),
        (KIND_WORDS, SPAM, True, (0, 0)),
        (PILLS, SPAM, False, (1, 0)),
        (KIND_WORDS, HAM, True, (0, 1)),
        (PILLS, HAM, False, (0, 0)),
    ],
)
def test_a_correction_counts_as_the_mistake_it_corrects(desk: Desk, words, label, answered_spam, expected):
    desk.check(words)
    desk.feedback(words, label, answered_spam=answered_spam)
    assert mistakes(desk) == expected


@pytest.mark.parametrize(
    ("label", "answered_spam", "expected"),
    [(SPAM, None, (0, 0)), (HAM, None, (0, 0)), (SPAM, False, (1, 0)), (HAM, True, (0, 1)), (SPAM, True, (0, 0))],
)
def test_on_a_comment_never_seen_only_what_the_client_says_it_was_told_counts(desk, label, answered_spam, expected):
    desk.feedback(comment(), label, answered_spam=answered_spam)
    assert mistakes(desk) == expected


def test_a_person_s_own_earlier_word_is_no_mistake_of_the_program(desk: Desk):
    desk.check(KIND_WORDS)
    desk.feedback(KIND_WORDS, SPAM)
    desk.feedback(KIND_WORDS, HAM)
    assert mistakes(desk) == (1, 0)


@pytest.mark.parametrize(("label", "code"), [(SPAM, "blog.spam"), (HAM, "blog.decision"), (None, "blog.decision")])
def test_a_statement_can_tell_spam_from_another_ground(desk: Desk, label: Label | None, code: str):
    checked = desk.check()
    desk.decide(checked.comment_id, Verdict.REMOVE, label=label, reason="We know her.", now=LATER)
    reason = desk.history(checked.comment_id)[-1].reasons[0]
    assert (reason["code"], reason["text"]) == (code, "We know her.")


@pytest.mark.parametrize("verdict", Verdict)
def test_a_decision_moves_the_comment_and_says_why(desk: Desk, verdict: Verdict):
    checked = desk.check()
    standing = desk.decide(checked.comment_id, verdict, reason="Off topic.", now=LATER)
    row, history = desk.row(checked.comment_id), desk.history(checked.comment_id)
    assert (standing.verdict, standing.version, row.state, row.version) == (verdict, 2, standing.state, 2)
    assert (row.decided_by, history[-1].actor) == (Actor.BLOG, Actor.BLOG)
    assert history[-1].reasons[0] | {"weight": 0, "spans": []} == {
        "code": "blog.decision",
        "text": "Off topic.",
        "weight": 0,
        "spans": [],
    }
    assert desk.events(checked.comment_id) == [EventKind.RECEIVED, EventKind.DECIDED]
    assert desk.broken_chains() == []


def test_a_decision_can_carry_a_label(desk: Desk):
    checked = desk.check()
    desk.decide(checked.comment_id, Verdict.REMOVE, label=SPAM)
    desk.decide(checked.comment_id, Verdict.REMOVE, label=SPAM)
    assert (desk.count(LabelRow), desk.row(checked.comment_id).version) == (1, 3)


def test_a_decision_that_expected_another_version_stores_nothing(desk: Desk):
    checked = desk.check()
    desk.decide(checked.comment_id, Verdict.HOLD, expected_version=1)
    before = desk.counts()
    for stale in (1, 3, 0, -1):
        with pytest.raises(VersionMismatch, match="at version 2 now"):
            desk.decide(checked.comment_id, Verdict.PUBLISH, expected_version=stale, label=HAM)
    assert (desk.counts(), desk.count(LabelRow), desk.row(checked.comment_id).state) == (before, 0, State.HELD)


def test_only_a_comment_of_the_site_can_be_decided(desk: Desk):
    other = desk.add_site("https://other.example")
    foreign = desk.check(caller=desk.caller(other))
    for wrong in (foreign.comment_id, new_id()):
        with pytest.raises(NotFound) as refusal:
            desk.decide(wrong, Verdict.REMOVE)
        assert refusal.value.code == "comment.not_found"
    with desk.database.snapshot() as db:
        assert db.get(CommentRow, foreign.comment_id).version == 1


def test_a_label_said_again_is_stored_once_and_answered_false(desk: Desk):
    checked = desk.check()
    said, site_id = Said(checked.comment_id, SPAM, Actor.BLOG, "code"), desk.site.site.id
    with desk.database.transaction() as db:
        answers = [labels.record(db, site_id=site_id, said=said, now=NOW) for _ in range(2)]
    assert (answers, desk.count(LabelRow)) == ([True, False], 1)
