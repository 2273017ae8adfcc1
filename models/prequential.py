"""What lessons say about the model that was asked before each of them: is it worth using, and has its world changed?

Every lesson is scored before it is learnt, so its log-loss is an honest test. Nothing here knows a text or a site.
"""

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

WINDOW: Final = 64
"""How many of the newest lessons the gate looks at."""
FEWEST: Final = 16
"""With fewer lessons (of a kind) the gate says nothing."""
WORSE_BY: Final = 0.1
"""Nats of log-loss by which a layer may lose to its base on a slice before it is refused."""
WATCHED: Final = 512
"""How many of the newest lessons the drift alarm looks at."""
_LARGEST: Final = 4.0
"""Nats at which a loss is cut: one lesson, however wrong, must not decide."""
_CONFIDENT: Final = 2.0
_LEAST_PART: Final = 16
_DELTA: Final = 0.002


class Trial(NamedTuple):
    """One lesson as a test: the log-odds that base and layer gave before it, and what a person then said."""

    is_unwelcome: bool
    base: float
    layer: float


def log_loss(log_odds: float, *, is_unwelcome: bool) -> float:
    """The log-loss of a prediction in nats, 0 to 4 (cut there)."""
    against = -log_odds if is_unwelcome else log_odds
    return min(_LARGEST, max(against, 0.0) + math.log1p(math.exp(-abs(against))))


def losses(trials: Sequence[Trial]) -> tuple[float, float]:
    """The mean log-loss of base and layer over the newest lessons; zeros where there are none."""
    newest = trials[-WINDOW:]
    base = sum(log_loss(trial.base, is_unwelcome=trial.is_unwelcome) for trial in newest)
    layer = sum(log_loss(trial.layer, is_unwelcome=trial.is_unwelcome) for trial in newest)
    return base / max(1, len(newest)), layer / max(1, len(newest))


def is_worse(trials: Sequence[Trial], *, was_worse: bool = False) -> bool:
    """The gate: whether a layer does clearly worse than its base alone, on all lessons or on the welcome comments.

    Once refused it must do as well as its base to be used again, so that it does not flicker at the border.
    """
    newest = trials[-WINDOW:]
    slices = (newest, [trial for trial in newest if not trial.is_unwelcome])
    allowed = 0.0 if was_worse else WORSE_BY
    return any(_loses(part, allowed) for part in slices if len(part) >= FEWEST)


def has_drifted(trials: Sequence[Trial]) -> bool:
    """The drift alarm: whether the layer's log-loss rose within its newest lessons, beyond chance.

    As ADWIN (Bifet and Gavalda 2007, section 3.3): some cut parts them into an older and a newer part whose means
    differ by more than Bernstein's bound allows at confidence 0.2%, divided by the number of cuts.
    """
    scaled = [_scaled(trial) for trial in trials[-WATCHED:]]
    count, older, total = len(scaled), 0.0, sum(scaled)
    variance = sum(loss * loss for loss in scaled) / max(1, count) - (total / max(1, count)) ** 2
    for cut, loss in enumerate(scaled[: count - _LEAST_PART], 1):
        older += loss
        if cut < _LEAST_PART:
            continue
        rise = (total - older) / (count - cut) - older / cut
        if rise > _chance(1.0 / (1.0 / cut + 1.0 / (count - cut)), variance, count):
            return True
    return False


def _scaled(trial: Trial) -> float:
    """A loss on a scale of 0 to 1, cut early: to the alarm, one confident mistake is like another."""
    return min(1.0, log_loss(trial.layer, is_unwelcome=trial.is_unwelcome) / _CONFIDENT)


def _loses(part: Sequence[Trial], allowed: float) -> bool:
    base, layer = losses(part)
    return layer > base + allowed


def _chance(harmonic: float, variance: float, cuts: int) -> float:
    """By how much two means differ by chance; ``harmonic`` is the harmonic sum of the parts' sizes."""
    doubt = math.log(2.0 * cuts / _DELTA)
    return math.sqrt(2.0 * variance * doubt / harmonic) + 2.0 * doubt / (3.0 * harmonic)
