"""Shares with their intervals and Cohen's kappa, against values that were published or worked out by hand."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.judging.agreement import Rate, kappa


@pytest.mark.parametrize(
    ("hits", "count", "low", "high"),
    [  # Newcombe 1998, Statistics in Medicine 17:857, table I, method 3 (score, without continuity correction)
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (20, 20, 0.8389, 1.0000),
    ],
)
def test_intervals_are_wilson_s(hits: int, count: int, low: float, high: float):
    rate = Rate(hits, count)
    assert rate.interval == pytest.approx((low, high), abs=5e-5)
    assert rate.share == hits / count


def test_of_nothing_counted_nothing_is_said():
    assert (Rate(0, 0).share, Rate(0, 0).interval) == (None, None)


@pytest.mark.parametrize(("hits", "count"), [(1, 0), (5, 4), (-1, 4), (0, -1)])
def test_more_hits_than_were_counted_are_refused(hits: int, count: int):
    with pytest.raises(ValueError, match="contains what hits"):
        Rate(hits, count)


@given(st.integers(1, 10_000).flatmap(lambda count: st.tuples(st.integers(0, count), st.just(count))))
def test_the_share_lies_within_its_interval_and_that_within_0_and_1(counted: tuple[int, int]):
    rate = Rate(*counted)
    low, high = rate.interval
    assert 0 <= low <= rate.share + 1e-12
    assert rate.share - 1e-12 <= high <= 1
    assert high > low


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ({("yes", "yes"): 20, ("yes", "no"): 5, ("no", "yes"): 10, ("no", "no"): 15}, 0.4),
        ({("a", "a"): 45, ("a", "b"): 15, ("b", "a"): 25, ("b", "b"): 15}, 0.1304),
        ({("a", "a"): 25, ("a", "b"): 35, ("b", "a"): 5, ("b", "b"): 35}, 0.2593),
        (dict(zip(product("abc", "abc"), (88, 14, 18, 10, 40, 10, 2, 6, 12), strict=True)), 0.4915),  # Cohen 1960
        ({("a", "a"): 7, ("b", "b"): 3}, 1.0),
        ({("a", "b"): 5, ("b", "a"): 5}, -1.0),
        ({("a", "a"): 1, ("a", "b"): 1, ("b", "a"): 1, ("b", "b"): 1}, 0.0),
        ({("a", "b"): 4}, 0.0),
    ],
)
def test_kappa_is_cohen_s(pairs: dict, expected: float):
    assert kappa(pairs) == pytest.approx(expected, abs=5e-5)


@pytest.mark.parametrize("pairs", [{}, {("a", "b"): 0}, {("a", "a"): 9}])
def test_kappa_of_nothing_or_of_one_word_is_not_said(pairs: dict):
    assert kappa(pairs) is None


words = st.sampled_from("abc")


@given(st.dictionaries(st.tuples(words, words), st.integers(0, 50)))
def test_kappa_is_the_same_from_either_side_and_at_most_1(pairs: dict):
    value = kappa(pairs)
    turned = kappa({(other, one): count for (one, other), count in pairs.items()})
    assert value == turned or value == pytest.approx(turned)
    assert value is None or -1 - 1e-9 <= value <= 1 + 1e-9


@pytest.mark.parametrize("count", [9, 10, 33, 412])
def test_the_interval_that_is_shown_tells_no_small_number(count: int):
    assert len({Rate(hits, count).interval_shown for hits in range(min(10, count + 1))}) == 1
    low, high = Rate(3, count).interval_shown or (1.0, 0.0)
    exact = Rate(3, count).interval
    assert exact
    assert low <= exact[0] <= exact[1] <= high
    if count > 20:
        assert Rate(20, count).interval_shown == Rate(20, count).interval
