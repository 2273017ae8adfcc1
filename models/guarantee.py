"""How high a score must be so that few good comments are above it, and the watch over that; it knows no comment."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

ALPHA: Final = 0.01
DELTA: Final = 0.05
WINDOW: Final = 3_000
FALSE_ALARM: Final = 0.01
_BETS: Final = (0.01, 0.03, 0.1, 0.3)


@dataclass(frozen=True, slots=True)
class Guarantee:
    """With confidence 1 - ``delta`` at most a share ``alpha`` of good comments scores above ``threshold``.

    It is the ``rank``-th smallest of ``count`` scores of good comments, which must have been picked at random.
    """

    threshold: float
    rank: int
    count: int
    alpha: float
    delta: float

    def __post_init__(self) -> None:
        """Refuse a promise that its own figures do not keep."""
        _refuse_bad_scores([self.threshold])
        if self.rank != rank(self.count, self.alpha, self.delta):
            message = f"rank {self.rank} of {self.count} does not keep {self.alpha:g} at {self.delta:g}"
            raise ValueError(message)

    @property
    def remove_at(self) -> float | None:
        """The lowest score above the threshold, since policies compare with >=; None where there is none up to 1."""
        return math.nextafter(self.threshold, 1.0) if self.threshold < 1.0 else None


@dataclass(frozen=True, slots=True)
class Watchdog:
    """Bets that more than ``alpha`` of good comments score above a threshold; wealth is kept as logarithms.

    Each bet starts at 1 and is multiplied by 1 + lambda * (X - alpha), X = 1 for a good comment above the threshold;
    lambda * alpha is one of 0.01, 0.03, 0.1, 0.3. While the promise is kept, the mean of the bets is a supermartingale:
    it ever reaches 1 / ``delta`` with probability at most ``delta`` (Ville's inequality). An alarm does not end.
    """

    alpha: float = ALPHA
    delta: float = FALSE_ALARM
    log_bets: tuple[float, ...] = (0.0,) * len(_BETS)
    seen: int = 0
    has_alarmed: bool = False

    def __post_init__(self) -> None:
        """Refuse shares outside 0..1 and bets that are no numbers."""
        _refuse_bad_shares(self.alpha, self.delta)
        if len(self.log_bets) != len(_BETS) or not all(map(math.isfinite, self.log_bets)) or self.seen < 0:
            message = "a watchdog holds one finite logarithm for each bet and a count"
            raise ValueError(message)

    @property
    def log_wealth(self) -> float:
        """The natural logarithm of the mean of the bets."""
        return _log_mean(self.log_bets)

    def after(self, *, is_above: bool) -> "Watchdog":
        """The state after one more good comment that was picked at random, above the threshold or not."""
        gains = (math.log1p(share / self.alpha - share) if is_above else math.log1p(-share) for share in _BETS)
        bets = tuple(bet + gain for bet, gain in zip(self.log_bets, gains, strict=True))
        has_alarmed = self.has_alarmed or _log_mean(bets) >= -math.log(self.delta)
        return Watchdog(self.alpha, self.delta, bets, self.seen + 1, has_alarmed)


def threshold(ham_scores: Sequence[float], alpha: float = ALPHA, delta: float = DELTA) -> Guarantee | None:
    """The guarantee that scores (0..1) of randomly picked good comments give, or None for too few of them.

    The Neyman-Pearson umbrella rule: Tong, Feng and Li 2018, Science Advances 4(2), proposition 1. It holds for every
    distribution of scores, with ties on the safe side, as long as good comments to come resemble those picked.

    Raises:
        ValueError: for a score or share outside its range, or not a number.
    """
    _refuse_bad_scores(ham_scores)
    place = rank(len(ham_scores), alpha, delta)
    if place is None:
        return None
    return Guarantee(float(sorted(ham_scores)[place - 1]), place, len(ham_scores), alpha, delta)


def cautious(
    ham_scores: Sequence[float], open_scores: Sequence[float], alpha: float = ALPHA, delta: float = DELTA
) -> Guarantee | None:
    """The guarantee where some picked comments stay without a person's word (``open_scores``).

    Each of them that scores above the threshold counts as good, so that passing over bad news never lowers it.
    """
    found = threshold(ham_scores, alpha, delta)
    if found is None:
        return None
    above = [score for score in open_scores if score > found.threshold]
    raised = threshold([*ham_scores, *above], alpha, delta)
    return found if raised is None or raised.threshold < found.threshold else raised


@lru_cache(maxsize=1024)
def rank(count: int, alpha: float, delta: float) -> int | None:
    """The smallest k with P(Bin(count, 1 - alpha) >= k) <= delta, or None where no k <= count has it."""
    _refuse_bad_shares(alpha, delta)
    place, log_tail = count + 1, -math.inf
    while place > 1:
        log_tail = _log_sum(log_tail, _log_chance(count, place - 1, alpha))
        if log_tail > math.log(delta):
            break
        place -= 1
    return place if place <= count else None


def least(alpha: float = ALPHA, delta: float = DELTA) -> int:
    """The fewest good comments that give a guarantee: the smallest n with (1 - alpha) ** n <= delta."""
    _refuse_bad_shares(alpha, delta)
    count = max(1, int(math.log(delta) / math.log1p(-alpha)))
    while rank(count, alpha, delta) is None:
        count += 1
    return count


def watched(found: Guarantee, ham_scores: Iterable[float], delta: float = FALSE_ALARM) -> Watchdog:
    """The watchdog over a guarantee after the scores of good comments picked since, in their order."""
    state = Watchdog(found.alpha, delta)
    for score in ham_scores:
        _refuse_bad_scores([score])
        state = state.after(is_above=score > found.threshold)
    return state


def violations(
    ham_scores: Sequence[float],
    splits: int,
    alpha: float = ALPHA,
    delta: float = DELTA,
    *,
    seed: int = 0,
    count: int = WINDOW,
) -> float:
    """The share of ``splits`` random samples whose threshold lets more than ``alpha`` of all ``ham_scores`` above it.

    At most ``delta`` is promised, plus the error of counting ``splits`` times. ``count`` scores are drawn each time,
    with replacement: so all scores are the very population of the promise. Measured on what a draw left over, the
    leftover's own error would be added; measured on all after a draw without replacement, some would be taken away.

    Raises:
        ValueError: for too few scores or samples, or bad ones.
    """
    _refuse_bad_scores(ham_scores)
    everyone = np.sort(np.asarray(ham_scores, dtype=np.float64))
    size = min(count, len(everyone))
    place = rank(size, alpha, delta)
    if place is None or splits < 1:
        message = f"{size} scores in {splits} samples cannot tell; {least(alpha, delta)} are needed"
        raise ValueError(message)
    chance = np.random.default_rng(seed)
    bounds = [np.partition(chance.choice(everyone, size), place - 1)[place - 1] for _ in range(splits)]
    above = 1.0 - np.searchsorted(everyone, bounds, side="right") / len(everyone)
    return float(np.mean(above > alpha))


def _log_chance(count: int, good: int, alpha: float) -> float:
    """The logarithm of P(Bin(count, 1 - alpha) = good)."""
    bad = count - good
    ways = math.lgamma(count + 1) - math.lgamma(good + 1) - math.lgamma(bad + 1)
    return ways + good * math.log1p(-alpha) + bad * math.log(alpha)


def _log_mean(logs: Sequence[float]) -> float:
    most = max(logs)
    return most + math.log(sum(math.exp(log - most) for log in logs) / len(logs))


def _log_sum(left: float, right: float) -> float:
    high, low = max(left, right), min(left, right)
    return high + math.log1p(math.exp(low - high))


def _refuse_bad_scores(scores: "Sequence[float] | np.ndarray") -> None:
    values = np.asarray(scores, dtype=np.float64)
    if not np.all((values >= 0.0) & (values <= 1.0)):  # NaN is in no range
        message = "a score must be a number from 0 to 1"
        raise ValueError(message)


def _refuse_bad_shares(*shares: float) -> None:
    if not all(0.0 < share < 1.0 for share in shares):
        message = f"alpha and delta are shares between 0 and 1, not {shares}"
        raise ValueError(message)
