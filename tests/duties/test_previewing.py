"""Other thresholds are shown before they hold: how many recent comments they would have changed, counted one by one."""

from dataclasses import replace
from random import Random

import pytest

from moderation.duties import previewing
from moderation.duties.previewing import BINS, Preview
from moderation.judging.policy import Policy
from moderation.storage import comments
from moderation.storage.tables import CommentRow
from moderation.vocabulary import PEOPLE, State, Verdict
from tests.support.desk import Desk
from tests.support.factories import NOW, comment
from tests.support.fakes import FixedScorer
from tests.support.seats import APPROVE, INSULT

CURRENT = Policy()
REMOVING = replace(Policy(), removal_by_program=True, is_guaranteed=True)


def preview(desk: Desk, wanted: Policy, current: Policy = CURRENT) -> Preview:
    with desk.database.snapshot() as db:
        return previewing.preview(db, seal=desk.seal, site_id=desk.site.site.id, current=current, wanted=wanted)


def scored(desk: Desk, scores: list[float]) -> Desk:
    """A site at which comments got these scores, in this order."""
    words = {f"word{number}end": score for number, score in enumerate(scores)}
    site = Desk(desk.database, desk.seal, FixedScorer(0.1, words))
    for word in words:
        site.check(f"{word} {word}")
    return site


def rows_of(site: Desk) -> list[CommentRow]:
    with site.database.snapshot() as db:
        return comments.page(db, site_id=site.site.site.id, limit=1_000)


def test_moving_the_line_says_how_many_would_have_been_held_and_how_many_of_them_are_good(desk: Desk):
    site = scored(desk, [0.55] * 9 + [0.65] * 5 + [0.8] * 4 + [0.1] * 6)
    ana = site.seat()
    ids = [row.id for row in sorted(rows_of(site), key=lambda row: row.id)]
    for id_ in ids[:3]:
        ana.choose(id_, APPROVE)
    ana.choose(ids[3], INSULT)
    found = preview(site, replace(CURRENT, hold_at=0.5))
    assert (found.count, found.held_before, found.held_after) == (24, 4, 18)
    assert len(found.changes) == 14  # would have been held
    assert (found.good, found.bad) == (3, 0)
    assert {(one.before, one.after) for one in found.changes} == {(Verdict.PUBLISH, Verdict.HOLD)}


@pytest.mark.parametrize("current", [CURRENT, REMOVING], ids=["holding", "removing"])
@pytest.mark.parametrize("seed", range(4))
def test_every_figure_is_what_counting_one_by_one_gives(desk: Desk, seed: int, current: Policy):
    chance = Random(seed)
    site = scored(desk, [round(chance.random(), 2) for _ in range(60)] + [0.0, 1.0, 0.7, 0.95])
    ana = site.seat()
    for row in rows_of(site):
        if chance.random() < 0.4:
            ana.choose(row.id, chance.choice([APPROVE, INSULT]))
    low, high = sorted(chance.choice([0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99]) for _ in range(2))
    wanted = replace(current, hold_at=low, remove_at=high, discard_at=1.0)
    rows = rows_of(site)
    judged = [(row, current.verdict_of(row.score), wanted.verdict_of(row.score)) for row in rows]
    changed = [each for each in judged if each[1] is not each[2]]
    found = preview(site, wanted, current)
    assert {(one.row.id, one.before, one.after) for one in found.changes} == {
        (row.id, before, after) for row, before, after in changed
    }
    by_people = [each for each in changed if each[0].decided_by in PEOPLE]
    assert found.good == sum(before is Verdict.PUBLISH and row.state is State.PUBLISHED for row, before, _ in by_people)
    assert found.bad == sum(after is Verdict.PUBLISH and row.state is State.REMOVED for row, _, after in by_people)
    assert found.held_before == sum(row.score >= current.hold_at for row in rows)
    assert found.held_after == sum(row.score >= low for row in rows)
    for index, count in enumerate(found.histogram):
        top = 1.1 if index == BINS - 1 else (index + 1) / BINS
        assert count == sum(index / BINS <= row.score < top for row in rows), index
    assert sum(found.histogram) == found.count == len(rows)


def test_what_would_be_removed_instead_of_held_is_not_called_published(desk: Desk):
    site = scored(desk, [0.92])
    (row,) = rows_of(site)
    site.seat().choose(row.id, INSULT)
    found = preview(site, replace(REMOVING, remove_at=0.9), REMOVING)
    assert [(one.before, one.after) for one in found.changes] == [(Verdict.HOLD, Verdict.REMOVE)]
    assert (found.good, found.bad) == (0, 0)


def test_a_site_without_comments_and_thresholds_that_change_nothing_are_no_fault(desk: Desk):
    assert preview(desk, replace(CURRENT, hold_at=0.1)).count == 0
    site = scored(desk, [0.2, 0.8])
    assert preview(site, CURRENT).changes == ()


def test_tests_and_other_sites_are_not_counted(desk: Desk):
    desk.check(comment("pills", is_test=True))
    desk.check("pills", caller=desk.caller(desk.add_site("https://other.example")), now=NOW)
    assert preview(desk, CURRENT).count == 0
