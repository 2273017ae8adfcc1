"""How long comments wait for a person, counting those that still wait; formulas only, it reads no clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

HALF = 0.5
MOST = 0.9


@dataclass(frozen=True, slots=True)
class Wait:
    """Seconds that a comment waited, and whether a person came, or it was only seen waiting that long."""

    seconds: float
    ended: bool

    def __post_init__(self) -> None:
        if not self.seconds >= 0:
            raise ValueError("nobody waits less than no time")


def still_waiting(waits: Iterable[Wait]) -> list[tuple[float, float]]:
    """Returns the times at which somebody came, each with the share that waits longer than that.

    The product-limit estimate of Kaplan and Meier (1958, "Nonparametric estimation from incomplete observations",
    JASA 53, 457-481): at each time, of those still seen waiting just before it, the share that goes on waiting, all
    multiplied. Whoever was seen waiting for just that long counts among those who waited.
    """
    ordered = sorted(waits, key=lambda wait: wait.seconds)
    left, share, curve = len(ordered), 1.0, []
    for seconds, group in groupby(ordered, key=lambda wait: wait.seconds):
        here = list(group)
        came = sum(wait.ended for wait in here)
        if came:
            share *= 1 - came / left
            curve.append((seconds, share))
        left -= len(here)
    return curve


def within(waits: Iterable[Wait], share: float) -> float | None:
    """Returns the seconds within which a share of comments is looked at; None where that has not been seen yet."""
    return next((seconds for seconds, rest in still_waiting(waits) if rest <= 1 - share + _ROUNDING), None)


def median(values: Iterable[float]) -> float | None:
    """Returns the middle value, the lower of two, None of none."""
    ordered = sorted(values)
    return ordered[(len(ordered) - 1) // 2] if ordered else None


_ROUNDING = 1e-12  # products of shares: 1 - 0.9 is no tenth in binary
