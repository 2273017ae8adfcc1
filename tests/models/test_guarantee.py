"""The promise about good comments is kept, told apart from luck by exact sums and by simulation with fixed seeds."""

import math
from itertools import pairwise

import numpy as np
import pytest

from models.guarantee import Guarantee, Watchdog, cautious, least, rank, threshold, violations, watched


def tail(count: int, place: int, alpha: float) -> float:
    """P(Bin(count, 1 - alpha) >= place), added up term by term."""
    return sum(
        math.comb(count, good) * (1 - alpha) ** good * alpha ** (count - good) for good in range(place, count + 1)
    )


def brute_rank(count: int, alpha: float, delta: float) -> int | None:
    return next((place for place in range(1, count + 1) if tail(count, place, alpha) <= delta), None)


@pytest.mark.parametrize("alpha", [0.003, 0.05, 0.2, 0.5, 0.9])
@pytest.mark.parametrize("delta", [0.011, 0.07, 0.31])
def test_the_rank_is_the_one_that_trying_all_finds(alpha: float, delta: float):
    assert [rank(count, alpha, delta) for count in range(61)] == [
        brute_rank(count, alpha, delta) for count in range(61)
    ]


@pytest.mark.parametrize("alpha", [0.001, 0.005, 0.01, 0.05])
def test_the_rank_agrees_with_scipy_on_large_samples(alpha: float):
    binomial = pytest.importorskip("scipy.stats", reason="SciPy is not installed").binom
    for count in (299, 300, 598, 1_000, 2_995, 3_000, 20_000):
        place = rank(count, alpha, 0.05)
        if place is None:
            assert binomial.sf(count - 1, count, 1 - alpha) > 0.05
        else:
            assert binomial.sf(place - 1, count, 1 - alpha) <= 0.05 < binomial.sf(place - 2, count, 1 - alpha)


@pytest.mark.parametrize(("alpha", "count"), [(0.05, 59), (0.02, 149), (0.01, 299), (0.005, 598), (0.001, 2_995)])
def test_the_fewest_good_comments_are_those_of_the_table(alpha: float, count: int):
    assert least(alpha, 0.05) == count
    assert rank(count, alpha, 0.05) == count
    assert rank(count - 1, alpha, 0.05) is None


@pytest.mark.parametrize(
    ("count", "alpha", "place"), [(299, 0.01, 299), (1_000, 0.01, 996), (3_000, 0.005, 2_992), (1_000, 0.05, 962)]
)
def test_the_ranks_are_those_of_the_table(count: int, alpha: float, place: int):
    assert rank(count, alpha, 0.05) == place


def test_the_threshold_is_the_score_at_its_rank_whatever_the_order():
    scores = np.random.default_rng(1).random(1_000)
    found = threshold(list(scores))
    assert found is not None
    assert (found.threshold, found.rank, found.count) == (np.sort(scores)[995], 996, 1_000)


def test_one_good_comment_too_few_gives_nothing():
    assert threshold([0.5] * 298) is None
    assert threshold([]) is None
    assert threshold([0.5] * 299) is not None


def test_a_score_equal_to_the_threshold_is_not_above_it():
    found = threshold([0.1] * 200 + [0.7] * 99)
    assert found is not None
    assert found.remove_at is not None
    assert found.threshold == 0.7 < found.remove_at
    assert math.nextafter(found.remove_at, 0) == 0.7


def test_good_comments_at_the_highest_score_leave_nothing_to_remove():
    found = threshold([0.1] * 298 + [1.0])
    assert found is not None
    assert found.remove_at is None


@pytest.mark.parametrize("bad", [math.nan, math.inf, -0.01, 1.01])
def test_what_is_no_score_is_refused(bad: float):
    good = threshold([0.5] * 299)
    assert good is not None
    for act in (
        lambda: threshold([0.5] * 298 + [bad]),
        lambda: watched(good, [bad]),
        lambda: violations([0.5] * 999 + [bad], 1),
        lambda: Guarantee(bad, 299, 299, 0.01, 0.05),
    ):
        with pytest.raises(ValueError, match="a score must be a number from 0 to 1"):
            act()


@pytest.mark.parametrize("bad", [0.0, 1.0, -0.1, math.nan])
def test_what_is_no_share_is_refused(bad: float):
    for act in (lambda: threshold([0.5], bad), lambda: least(0.01, bad), lambda: Watchdog(alpha=bad)):
        with pytest.raises(ValueError, match="shares between 0 and 1"):
            act()


def test_a_promise_that_its_figures_do_not_keep_cannot_be_made():
    with pytest.raises(ValueError, match=r"rank 298 of 299 does not keep 0\.01"):
        Guarantee(0.9, 298, 299, 0.01, 0.05)
    with pytest.raises(ValueError, match="one finite logarithm for each bet"):
        Watchdog(log_bets=(0.0, 0.0, 0.0, math.nan))


def test_a_picked_comment_that_nobody_looked_at_can_only_raise_the_threshold():
    ham = list(np.random.default_rng(2).beta(1, 9, 1_000))
    alone = threshold(ham)
    assert alone is not None
    assert cautious(ham, [0.0] * 5_000) == alone
    raised = [cautious(ham, [0.99] * count) for count in range(40)]
    assert all(found is not None and found.threshold >= alone.threshold for found in raised)
    assert raised[-1] is not None
    assert raised[-1].threshold == 0.99
    assert cautious([0.1] * 298, [0.9]) is None, "what nobody looked at never makes up the number"


def test_the_promise_is_kept_in_2000_samples():
    """Scores are uniform, so the share above a threshold is known exactly, without a second sample's error."""
    chance = np.random.default_rng(3)
    broken = sum(_share_above(chance.random(3_000)) > 0.005 for _ in range(2_000))
    assert broken / 2_000 <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / 2_000)
    assert broken / 2_000 >= 0.02, "far fewer would mean that the threshold is higher than it has to be"


def _share_above(scores: np.ndarray) -> float:
    found = threshold(list(scores), 0.005)
    assert found is not None
    return 1 - found.threshold


@pytest.mark.parametrize("alpha", [0.01, 0.05])
def test_random_samples_of_a_stream_keep_the_promise(alpha: float):
    scores = list(np.random.default_rng(4).beta(1, 9, 30_000))
    share = violations(scores, 2_000, alpha, 0.05, seed=5, count=1_000)
    assert 0.02 <= share <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / 2_000)


def test_samples_are_the_same_for_the_same_seed_and_too_few_are_refused():
    scores = list(np.random.default_rng(4).beta(1, 9, 3_000))
    shares = [violations(scores, 300, 0.05, 0.2, seed=seed, count=500) for seed in (5, 5, 6)]
    assert shares[0] == shares[1] != shares[2]
    with pytest.raises(ValueError, match="299 are needed"):
        violations([0.1] * 298, 10)
    assert violations([0.1] * 400, 10) == 0, "equal scores are never above one another"


def above(share: float, count: int, seed: int) -> list[bool]:
    return list(np.random.default_rng(seed).random(count) < share)


def alarm_after(found: list[bool]) -> int | None:
    state = Watchdog()
    for number, is_above in enumerate(found, 1):
        state = state.after(is_above=is_above)
        if state.has_alarmed:
            return number
    return None


def test_the_watchdog_barks_without_reason_in_at_most_one_of_a_hundred_lives():
    barked = sum(alarm_after(above(0.01, 1_000, seed)) is not None for seed in range(300))
    assert barked / 300 <= 0.01 + 3 * math.sqrt(0.01 * 0.99 / 300)


def test_three_times_the_promised_share_is_noticed_soon():
    alarms = [alarm_after(above(0.03, 3_000, seed)) for seed in range(100)]
    found = sorted(number for number in alarms if number is not None)
    assert len(found) >= 98
    assert found[len(found) // 2] <= 800


def test_a_flood_of_good_comments_above_the_threshold_is_noticed_at_once():
    assert alarm_after([True] * 10) == 2


def test_the_watchdogs_wealth_is_the_mean_of_its_bets():
    found = above(0.05, 60, 7)
    state = Watchdog()
    for is_above in found:
        state = state.after(is_above=is_above)
    bets = [math.prod(1 + share / 0.01 * (is_above - 0.01) for is_above in found) for share in (0.01, 0.03, 0.1, 0.3)]
    assert math.exp(state.log_wealth) == pytest.approx(sum(bets) / 4)
    assert state.seen == 60


def test_an_alarm_does_not_end_and_long_lives_stay_numbers():
    state = Watchdog()
    for is_above in [True] * 1_000 + [False] * 9_000:
        state = state.after(is_above=is_above)
    assert state.has_alarmed
    assert math.isfinite(state.log_wealth)


def test_watching_counts_only_what_is_above_the_threshold():
    found = threshold([0.5] * 299)
    assert found is not None
    assert watched(found, [0.5] * 10) == watched(found, [0.0] * 10)
    assert watched(found, [0.51] * 3).has_alarmed
    wealths = [watched(found, [0.6] * count).log_wealth for count in range(4)]
    assert all(less < more for less, more in pairwise(wealths))
