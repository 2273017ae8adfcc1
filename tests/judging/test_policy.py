"""Thresholds belong to the stricter side, and a program removes only where it was allowed and its promise holds."""

import math
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.judging.policy import DISCARD_AT, HOLD_AT, REMOVE_AT, Policy
from moderation.vocabulary import STRICTNESS, Band, Verdict

PUBLISH, HOLD, REMOVE = Verdict.PUBLISH, Verdict.HOLD, Verdict.REMOVE


def below(score: float) -> float:
    return math.nextafter(score, 0)


def policy(**changes) -> Policy:
    return Policy(**{"hold_at": 0.5, "remove_at": 0.8, "discard_at": 0.9} | changes)


REMOVING = {"removal_by_program": True, "is_guaranteed": True}


@pytest.mark.parametrize(
    ("score", "verdict"),
    [(0.0, PUBLISH), (below(0.5), PUBLISH), (0.5, HOLD), (below(0.8), HOLD), (0.8, REMOVE), (1.0, REMOVE)],
)
def test_a_score_on_the_threshold_belongs_to_the_stricter_side(score: float, verdict: Verdict):
    assert policy(**REMOVING).verdict_of(score) is verdict


@pytest.mark.parametrize(
    ("score", "band"),
    [
        (0.0, Band.LIKELY_FINE),
        (below(0.5), Band.LIKELY_FINE),
        (0.5, Band.UNSURE),
        (below(0.8), Band.UNSURE),
        (0.8, Band.LIKELY_SPAM),
        (1.0, Band.LIKELY_SPAM),
    ],
)
def test_bands_change_where_verdicts_do_whatever_the_program_may(score: float, band: Band):
    assert {policy(**REMOVING).band_of(score), policy().band_of(score)} == {band}


@pytest.mark.parametrize(("switched_on", "guaranteed"), list(product([False, True], repeat=2)))
def test_a_program_removes_only_where_switched_on_and_guaranteed(switched_on: bool, guaranteed: bool):
    site = policy(removal_by_program=switched_on, is_guaranteed=guaranteed)
    may = switched_on and guaranteed
    assert site.program_may_remove is may
    assert site.verdict_of(1.0) is (REMOVE if may else HOLD)
    assert site.reachable_by_program() == ({PUBLISH, HOLD, REMOVE} if may else {PUBLISH, HOLD})


@pytest.mark.parametrize(
    ("score", "changes", "is_discardable"),
    [
        (0.9, REMOVING | {"discards": True}, True),
        (below(0.9), REMOVING | {"discards": True}, False),
        (1.0, REMOVING, False),
        (1.0, {"discards": True}, False),
        (1.0, {"discards": True, "removal_by_program": True}, False),
    ],
)
def test_only_what_is_removed_at_a_site_that_discards_may_be_dropped(score, changes, is_discardable):
    assert policy(**changes).is_discardable(score) is is_discardable


@pytest.mark.parametrize(
    ("hold_at", "remove_at", "discard_at"),
    [
        (0.0, 0.8, 0.9),
        (-0.1, 0.8, 0.9),
        (0.9, 0.8, 0.95),
        (0.5, 0.95, 0.9),
        (0.5, 0.8, 1.1),
        (math.nan, 0.8, 0.9),
        (0.5, math.nan, 0.9),
        (0.5, 0.8, math.nan),
        (0.5, 0.8, math.inf),
    ],
)
def test_thresholds_out_of_order_or_range_are_refused(hold_at: float, remove_at: float, discard_at: float):
    with pytest.raises(ValueError, match="none is lower than the one before"):
        Policy(hold_at, remove_at, discard_at)


def test_all_thresholds_may_be_one():
    assert Policy(1.0, 1.0, 1.0, **REMOVING).verdict_of(1.0) is REMOVE


def test_by_default_a_program_publishes_or_holds_and_nothing_else():
    assert (HOLD_AT, REMOVE_AT, DISCARD_AT) == (0.70, 0.95, 0.99)
    assert Policy().reachable_by_program() == {PUBLISH, HOLD}


@pytest.mark.parametrize(
    ("switched_on", "removes_from", "lowest_removed"),
    [(True, None, None), (True, 0.85, 0.85), (True, 0.5, 0.8), (True, 0.97, 0.97), (False, 0.85, None)],
)
def test_a_guarantee_lets_a_program_remove_from_the_stricter_threshold(switched_on, removes_from, lowest_removed):
    site = policy(removal_by_program=switched_on, discards=True).guaranteed(removes_from)
    assert site.program_may_remove is (lowest_removed is not None)
    if lowest_removed is not None:
        assert site.verdict_of(lowest_removed) is REMOVE
        assert site.verdict_of(below(lowest_removed)) is HOLD
        assert not site.is_discardable(below(lowest_removed))


def test_a_guarantee_changes_nothing_where_no_program_removes():
    assert policy().guaranteed(0.99) == policy(is_guaranteed=True)
    assert policy(**REMOVING).guaranteed(None) == policy(removal_by_program=True)


thresholds = st.tuples(*[st.floats(0, 1, exclude_min=True)] * 3).map(sorted)
policies = st.tuples(thresholds, st.booleans(), st.booleans(), st.booleans()).map(
    lambda drawn: Policy(*drawn[0], *drawn[1:])
)


@given(policies, st.floats(0, 1), st.floats(0, 1))
def test_a_higher_score_is_never_treated_more_mildly(site: Policy, one: float, other: float):
    mild, strict = sorted((one, other))
    assert STRICTNESS[site.verdict_of(mild)] <= STRICTNESS[site.verdict_of(strict)]
    assert site.is_discardable(strict) or not site.is_discardable(mild)


@given(policies, st.floats(0, 1))
def test_every_verdict_is_one_that_the_notice_states(site: Policy, score: float):
    assert site.verdict_of(score) in site.reachable_by_program()
