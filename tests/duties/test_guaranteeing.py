"""A program removes only above what good comments drawn by chance allow, in every process, and stops when they rise."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import update
from sqlmodel import col

from models.guarantee import least
from moderation import worker
from moderation.clock import Id, new_id
from moderation.duties import guaranteeing
from moderation.judging.signal import ModelRef
from moderation.storage.audits import Welcome
from moderation.storage.bulk import insert_rows
from moderation.storage.directory import DirectoryCache
from moderation.storage.guarantees import REVIEW_WITHIN, Anchor, Look, weigh
from moderation.storage.tables import AuditRow, CommentRow, DecisionRow
from moderation.vocabulary import Actor, State, Verdict
from tests.support.desk import SPAM_WORD, Desk
from tests.support.factories import NOW
from tests.support.fakes import FixedScorer

MINUTE = timedelta(minutes=1)
CHANCE = np.random.default_rng(1)


def said(scores: Sequence[float], start: int = 0) -> list[Welcome]:
    return [Welcome(NOW + number * MINUTE, score) for number, score in enumerate(scores, start)]


def low(count: int) -> list[float]:
    """Scores of good comments, all below one half."""
    return [float(score) for score in CHANCE.random(count) / 2]


def approve(desk: Desk, scores: Sequence[float], *, at: datetime = NOW, by: Actor = Actor.BLOG) -> list[Id]:
    """Stores drawn comments that a person published, copied from one that came the usual way."""
    pattern = desk.check(f"pattern {new_id()}")
    row, history = desk.row(pattern.comment_id).model_dump(), desk.history(pattern.comment_id)[0].model_dump()
    ids = [new_id() for _ in scores]
    moments = [at + (number + 1) * MINUTE for number in range(len(scores))]
    copies = [
        row | {"id": id_, "changed_at": moment, "decided_by": by, "receipt_locator": str(id_)}
        for id_, moment in zip(ids, moments, strict=True)
    ]
    judged = [
        history | {"id": new_id(), "comment_id": id_, "score": score} for id_, score in zip(ids, scores, strict=True)
    ]
    site_id = desk.site.site.id
    drawn = [{"comment_id": id_, "site_id": site_id, "propensity": 0.02, "drawn_at": at} for id_ in ids]
    with desk.database.transaction() as db:
        insert_rows(db, CommentRow, copies)
        insert_rows(db, DecisionRow, judged)
        insert_rows(db, AuditRow, drawn)
    return ids


def refresh(desk: Desk, now: datetime = NOW) -> bool:
    with desk.database.transaction() as db:
        return guaranteeing.refresh(db, site_id=desk.site.site.id, now=now)


def look(desk: Desk, now: datetime = NOW) -> Look:
    with desk.database.snapshot() as db:
        return guaranteeing.look(db, site_id=desk.site.site.id, now=now)


@pytest.fixture
def removing(desk: Desk) -> Desk:
    """A site that lets its program remove from a score of 0.8, spam that scores 0.9, and none drawn but by the test."""
    desk.checking = replace(desk.checking, audit_rate=0.0)
    desk.set_site(removal_by_program="true", hold_at="0.5", remove_at="0.8")
    return desk


def test_until_there_are_enough_it_says_how_many_are_missing():
    found = weigh(Anchor("m"), said(low(112)), ())
    assert found.text == "needs 299 approved comments, you have 112"
    assert (found.holds, found.guarantee, found.anchor.calibrated_at, found.is_alarmed) == (False, None, None, False)


def test_with_enough_it_holds_from_just_above_the_threshold():
    found = weigh(Anchor("m"), said(scores := low(least())), ())
    assert found.guarantee is not None
    assert found.guarantee.threshold == max(scores)
    assert found.removes_from is not None
    assert found.removes_from > max(scores)
    assert found.anchor.calibrated_at == NOW + 298 * MINUTE
    assert found.text == (
        "holds, from 299 approved comments: with 95% confidence at most 1% of good comments can be removed"
    )


def test_only_the_last_three_thousand_count():
    old, new = [0.9] * 3_000, [0.3] * 3_000
    found = weigh(Anchor("m"), said(old + new), ())
    assert found.guarantee is not None
    assert (found.guarantee.count, found.guarantee.threshold) == (3_000, 0.3)


def test_the_threshold_stays_while_few_came_since():
    first = low(300)
    found = weigh(weigh(Anchor("m"), said(first), ()).anchor, said(first + [0.0] * 299), ())
    assert found.guarantee is not None
    assert (found.guarantee.count, found.watchdog.seen, found.have) == (300, 299, 599)


def test_it_is_worked_out_anew_when_as_many_came_since():
    first = [0.4] * 300
    anchor = weigh(Anchor("m"), said(first), ()).anchor
    found = weigh(anchor, said(first + [0.2] * 300), ())
    assert found.guarantee is not None
    assert (found.guarantee.count, found.watchdog.seen) == (600, 0)
    assert found.anchor.calibrated_at == NOW + 599 * MINUTE


def test_good_comments_above_the_threshold_raise_the_alarm_and_the_count_begins_anew():
    first = low(300)
    anchor = weigh(Anchor("m"), said(first), ()).anchor
    alarmed = weigh(anchor, said([*first, 0.9, 0.9]), ())
    assert (alarmed.is_alarmed, alarmed.removes_from, alarmed.have) == (True, None, 0)
    assert alarmed.anchor.alarmed_at == NOW + 301 * MINUTE
    assert alarmed.text == "needs 299 approved comments, you have 0"
    still = weigh(alarmed.anchor, said(low(298), start=302), ())
    assert (still.is_alarmed, still.text) == (True, "needs 299 approved comments, you have 298")
    again = weigh(alarmed.anchor, said(low(299), start=302), ())
    assert (again.is_alarmed, again.holds) == (False, True)


def test_drawn_spam_that_nobody_looked_at_raises_the_threshold():
    scores = low(400)
    alone, passed_over = (weigh(Anchor("m"), said(scores), open_) for open_ in ((), [0.97] * 40))
    assert alone.guarantee is not None
    assert passed_over.guarantee is not None
    assert alone.guarantee.threshold < 0.5 < passed_over.guarantee.threshold == 0.97
    assert passed_over.waiting == 40


def test_good_comments_with_the_highest_score_leave_nothing_to_remove():
    found = weigh(Anchor("m"), said([1.0] * 299), ())
    assert (found.holds, found.removes_from) == (False, None)
    assert "nothing can be removed" in found.text


def test_a_program_removes_once_enough_were_approved_and_not_before(removing: Desk):
    approve(removing, low(298))
    refresh(removing)
    assert removing.check(f"{SPAM_WORD} 1").verdict is Verdict.HOLD
    approve(removing, low(1), at=NOW + timedelta(days=1))
    assert refresh(removing)
    assert removing.check(f"{SPAM_WORD} 2").verdict is Verdict.REMOVE
    assert removing.check("kind words").verdict is Verdict.PUBLISH


def test_it_removes_only_above_the_highest_good_scores(removing: Desk):
    approve(removing, [*low(298), 0.9])  # as high as the spam word scores
    refresh(removing)
    assert look(removing).holds
    assert removing.check(SPAM_WORD).verdict is Verdict.HOLD


def test_a_site_that_did_not_switch_it_on_removes_nothing(desk: Desk):
    approve(desk, low(400))
    refresh(desk)
    assert look(desk).holds
    assert desk.check(SPAM_WORD).verdict is Verdict.HOLD


def test_every_process_learns_of_it(removing: Desk):
    other = DirectoryCache()
    with removing.database.snapshot() as db:
        before = other.fresh(db)
    approve(removing, low(300))
    refresh(removing)
    with removing.database.snapshot() as db:
        after = other.fresh(db)
    site_id = removing.site.site.id
    assert after.revision > before.revision
    assert not before.sites[site_id].policy.program_may_remove
    assert after.sites[site_id].policy.program_may_remove


def test_nothing_is_told_to_the_processes_when_nothing_changed(removing: Desk):
    approve(removing, low(300))
    assert refresh(removing)
    cache = DirectoryCache()
    with removing.database.snapshot() as db:
        before = cache.fresh(db).revision
    assert not refresh(removing)
    with removing.database.snapshot() as db:
        assert cache.fresh(db).revision == before


def test_an_alarm_turns_removals_into_holds_until_it_is_worked_out_anew(removing: Desk):
    approve(removing, low(300))
    refresh(removing)
    approve(removing, [0.95] * 2, at=NOW + timedelta(days=1))
    assert refresh(removing)
    assert look(removing).is_alarmed
    assert removing.check(f"{SPAM_WORD} 1").verdict is Verdict.HOLD
    assert not refresh(removing), "an alarm is raised once"
    approve(removing, low(299), at=NOW + timedelta(days=2))
    assert refresh(removing)
    assert not look(removing).is_alarmed
    assert removing.check(f"{SPAM_WORD} 2").verdict is Verdict.REMOVE


def test_settings_can_be_changed_without_touching_the_guarantee(removing: Desk):
    approve(removing, low(300))
    refresh(removing)
    before = look(removing)
    removing.set_site(hold_at="0.6")
    assert look(removing) == before
    assert removing.check(SPAM_WORD).verdict is Verdict.REMOVE


def test_erased_comments_take_the_guarantee_with_them(removing: Desk):
    ids = approve(removing, low(299))
    refresh(removing)
    with removing.database.transaction() as db:
        db.connection().execute(update(CommentRow).where(col(CommentRow.id) == ids[0]).values(state=State.ERASED))
    assert refresh(removing)
    assert look(removing).text == "needs 299 approved comments, you have 298"
    assert removing.check(SPAM_WORD).verdict is Verdict.HOLD


def test_another_model_has_to_earn_its_own(removing: Desk):
    approve(removing, low(300))
    refresh(removing)
    spam = {SPAM_WORD: 0.9}
    removing.checking = replace(
        removing.checking, scorer=FixedScorer(0.1, spam, ModelRef("fixed", "2")), audit_rate=1.0
    )
    removing.check("the new model's first")
    refresh(removing)
    assert removing.check(SPAM_WORD).verdict is Verdict.HOLD
    assert look(removing).text == "needs 299 approved comments, you have 0"


def test_what_nobody_looks_at_counts_after_two_weeks(removing: Desk):
    approve(removing, low(300))
    approve(removing, [0.9] * 40, by=Actor.POLICY)
    refresh(removing)
    assert (look(removing).waiting, removing.check(f"{SPAM_WORD} 1").verdict) == (0, Verdict.REMOVE)
    late = NOW + REVIEW_WITHIN + MINUTE
    refresh(removing, late)
    assert look(removing, late).waiting == 40
    assert removing.check(f"{SPAM_WORD} 2").verdict is Verdict.HOLD


def test_the_background_loop_keeps_it_up_to_date_where_it_matters(removing: Desk):
    approve(removing, low(300))
    assert worker.run_once(removing.database)["refresh_guarantees"] == 1
    assert removing.check(SPAM_WORD).verdict is Verdict.REMOVE
    assert worker.run_once(removing.database)["refresh_guarantees"] == 0


def test_a_word_about_a_comment_that_was_not_drawn_costs_nothing(removing: Desk):
    ids = approve(removing, low(300))
    plain = removing.check("not drawn").comment_id
    with removing.database.transaction() as db:
        site_id = removing.site.site.id
        assert not guaranteeing.follow(db, site_id=site_id, comment_id=plain, now=NOW)
        assert guaranteeing.follow(db, site_id=site_id, comment_id=ids[0], now=NOW)
        assert not guaranteeing.follow(db, site_id=site_id, comment_id=ids[0], now=NOW)


def test_the_history_stays_unbroken(removing: Desk):
    removing.checking = replace(removing.checking, audit_rate=1.0)
    removing.decide(removing.check().comment_id, Verdict.PUBLISH)
    refresh(removing)
    assert removing.broken_chains() == []
