"""The sample is drawn by chance alone, is recorded with the comment, and counts only what people said of it."""

import math
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from moderation.clock import Id, new_id
from moderation.judging.signal import ModelRef
from moderation.seal import Seal, new_secret
from moderation.storage import audits
from moderation.storage.audits import RATE, Fresh, Welcome, is_drawn
from moderation.storage.tables import AuditRow, CommentRow
from moderation.vocabulary import Actor, Channel, Label, State, Verdict
from tests.support.desk import SPAM_WORD, Desk
from tests.support.factories import NOW, comment
from tests.support.fakes import FixedScorer

MODEL = ("fixed", "1")
LATER = NOW + timedelta(days=30)


def drawn(desk: Desk) -> list[AuditRow]:
    with desk.database.snapshot() as db:
        return list(db.exec(select(AuditRow).where(AuditRow.site_id == desk.site.site.id)))


def welcome(desk: Desk, model: tuple[str, str] = MODEL) -> list[Welcome]:
    with desk.database.snapshot() as db:
        return audits.welcome(db, site_id=desk.site.site.id, model=model, since=None, limit=100)


def waiting(desk: Desk) -> list[float]:
    with desk.database.snapshot() as db:
        return audits.waiting(db, site_id=desk.site.site.id, model=MODEL, before=LATER, limit=100)


@pytest.fixture
def all_drawn(desk: Desk) -> Desk:
    """A site at which every comment is in the sample."""
    desk.checking = replace(desk.checking, audit_rate=1.0)
    return desk


def test_about_one_in_fifty_is_drawn_and_the_same_ones_again():
    seal, fresh = Seal(bytes(32)), [Fresh(new_id(), new_id(), NOW) for _ in range(20_000)]
    first = [is_drawn(seal, one) for one in fresh]
    assert abs(sum(first) / 20_000 - RATE) < 4 * math.sqrt(RATE * (1 - RATE) / 20_000)
    assert first == [is_drawn(seal, one) for one in fresh]


def test_who_does_not_know_the_secret_cannot_tell_what_is_drawn():
    fresh = [Fresh(new_id(), new_id(), NOW) for _ in range(5_000)]
    one, other = (
        {fresh_.comment_id for fresh_ in fresh if is_drawn(Seal(secret), fresh_)}
        for secret in (bytes(32), new_secret())
    )
    assert one != other


@pytest.mark.parametrize(("rate", "are_drawn"), [(0.0, False), (1.0, True)])
def test_a_rate_of_none_or_all_is_kept_exactly(rate: float, are_drawn: bool):
    assert {is_drawn(Seal(bytes(32)), Fresh(new_id(), new_id(), NOW), rate) for _ in range(500)} == {are_drawn}


def test_published_and_held_comments_are_drawn_alike_with_their_propensity(all_drawn: Desk):
    ids = {all_drawn.check(words).comment_id for words in ("kind words", SPAM_WORD)}
    rows = drawn(all_drawn)
    assert {row.comment_id for row in rows} == ids
    assert {(row.propensity, row.drawn_at) for row in rows} == {(1.0, NOW)}


def test_a_batch_draws_each_of_its_comments_once(all_drawn: Desk):
    words = ["one", "two", "one"]
    all_drawn.record(*[all_drawn.submission(comment(text)) for text in words])
    all_drawn.check("two")
    assert len(drawn(all_drawn)) == 2 == all_drawn.count(CommentRow)


def test_tests_and_what_no_program_judged_are_in_no_sample(all_drawn: Desk):
    all_drawn.check(replace(comment("a test"), is_test=True))
    all_drawn.feedback("never seen before", Label.SPAM)
    assert drawn(all_drawn) == []


def test_by_default_most_comments_are_not_drawn(desk: Desk):
    for number in range(20):
        desk.check(f"words {number}")
    assert len(drawn(desk)) < 10


@pytest.mark.parametrize(
    ("verdict", "label", "counts"),
    [
        (Verdict.PUBLISH, None, True),
        (Verdict.PUBLISH, Label.HAM, True),
        (Verdict.HOLD, Label.HAM, True),
        (Verdict.PUBLISH, Label.SPAM, False),
        (Verdict.HOLD, None, False),
        (Verdict.REMOVE, Label.HAM, False),
        (Verdict.REMOVE, None, False),
    ],
)
def test_welcome_is_what_a_person_calls_so(all_drawn: Desk, verdict: Verdict, label: Label | None, counts: bool):
    checked = all_drawn.check(SPAM_WORD)
    assert welcome(all_drawn) == []
    said_at = NOW + timedelta(hours=1)
    all_drawn.decide(checked.comment_id, verdict, label=label, now=said_at)
    assert welcome(all_drawn) == ([Welcome(said_at, 0.9)] if counts else [])
    assert waiting(all_drawn) == []


def test_what_was_not_drawn_does_not_count_whatever_people_say(desk: Desk):
    desk.checking = replace(desk.checking, audit_rate=0.0)
    desk.decide(desk.check().comment_id, Verdict.PUBLISH, label=Label.HAM)
    assert welcome(desk) == []


def test_a_later_word_overtakes_an_earlier_one(all_drawn: Desk):
    all_drawn.check(SPAM_WORD)
    for hour, label in enumerate([Label.HAM, Label.SPAM, Label.HAM], 1):
        all_drawn.feedback(SPAM_WORD, label, now=NOW + timedelta(hours=hour), reporter=f"person {hour}")
        assert [one.score for one in welcome(all_drawn)] == ([0.9] if label is Label.HAM else [])


def test_a_program_s_word_is_no_person_s(all_drawn: Desk):
    all_drawn.check("kind words")
    assert (welcome(all_drawn), waiting(all_drawn)) == ([], [0.1])


@pytest.mark.parametrize("actor", [Actor.MODERATOR, Actor.APPEAL, Actor.BLOG, Actor.AUTHOR, Actor.POLICY])
def test_writers_and_programs_cannot_approve(all_drawn: Desk, actor: Actor):
    set_on_comment(all_drawn, all_drawn.check().comment_id, decided_by=actor)
    assert bool(welcome(all_drawn)) is (actor in {Actor.MODERATOR, Actor.APPEAL, Actor.BLOG})


def test_the_score_is_the_one_recorded_when_the_comment_came(all_drawn: Desk):
    checked = all_drawn.check("kind words")
    all_drawn.checking = replace(all_drawn.checking, scorer=FixedScorer(0.6))
    all_drawn.check("kind words")  # the Akismet dialect judges it anew
    all_drawn.decide(checked.comment_id, Verdict.PUBLISH)
    assert [one.score for one in welcome(all_drawn)] == [0.1]


def test_another_model_s_scores_are_no_measure_of_this_one(all_drawn: Desk):
    all_drawn.decide(all_drawn.check("old").comment_id, Verdict.PUBLISH)
    all_drawn.checking = replace(all_drawn.checking, scorer=FixedScorer(0.2, model=ModelRef("fixed", "2")))
    all_drawn.decide(all_drawn.check("new").comment_id, Verdict.PUBLISH)
    with all_drawn.database.snapshot() as db:
        assert audits.newest_model(db, site_id=all_drawn.site.site.id) == ("fixed", "2")
    assert [one.score for one in welcome(all_drawn, ("fixed", "2"))] == [0.2]


def test_what_was_judged_without_a_score_has_none_to_count(all_drawn: Desk):
    checked = all_drawn.check(replace(comment("x"), author=replace(comment().author, name="viagra-test-123")))
    all_drawn.decide(checked.comment_id, Verdict.PUBLISH)
    assert (len(drawn(all_drawn)), welcome(all_drawn), waiting(all_drawn)) == (1, [], [])


def test_erased_and_edited_comments_no_longer_count(all_drawn: Desk):
    kept, erased = (all_drawn.check(words).comment_id for words in ("kept", "erased"))
    native = {"channel": Channel.API, "is_edit": True}
    edited = all_drawn.check(comment("edited", external_id="1"), **native).comment_id
    for comment_id in (kept, erased, edited):
        all_drawn.decide(comment_id, Verdict.PUBLISH)
    assert len(welcome(all_drawn)) == 3
    set_on_comment(all_drawn, erased, state=State.ERASED)
    all_drawn.check(comment("with other words", external_id="1"), **native)
    assert len(welcome(all_drawn)) == 1


def test_another_site_s_sample_is_not_this_one_s(all_drawn: Desk):
    all_drawn.decide(all_drawn.check().comment_id, Verdict.PUBLISH)
    other = all_drawn.add_site("https://other.example").site
    with all_drawn.database.snapshot() as db:
        assert audits.newest_model(db, site_id=other.id) is None
        assert audits.welcome(db, site_id=other.id, model=MODEL, since=None, limit=9) == []
        assert audits.page(db, site_id=other.id, limit=9, state=None, page_digest=None, after=None) == []
        assert not audits.is_audited(db, site_id=other.id, comment_id=drawn(all_drawn)[0].comment_id)


def test_the_sample_holds_no_words():
    drawn, looked_at = {"comment_id", "site_id", "propensity", "drawn_at"}, {"found", "said", "said_by", "said_at"}
    assert set(AuditRow.model_fields) == drawn | looked_at
    assert {kind.annotation for name, kind in AuditRow.model_fields.items() if name in looked_at} == {
        Verdict | None,
        Label | None,
        Id | None,
        datetime | None,
    }


def set_on_comment(desk: Desk, comment_id, **values) -> None:
    """Stands in for what a later version does by itself: other actors, and erasing."""
    with desk.database.transaction() as db:
        row = db.get(CommentRow, comment_id)
        for name, value in values.items():
            setattr(row, name, value)
        db.add(row)
