"""Counts as everyone may see them: small ones can point to a person, so they are not shown, nor can be worked out."""

from collections.abc import Sequence
from typing import Final

SMALLEST_COUNT: Final = 10
TOO_FEW: Final = f"fewer than {SMALLEST_COUNT}"
NOT_SHOWN: Final = "not shown"


def shown(number: int) -> int | str:
    """Returns a count, or that it is a small one."""
    return number if number >= SMALLEST_COUNT else TOO_FEW


def sum_of(parts: Sequence[int]) -> int | str:
    """Returns the sum of counts that stand beside it; not shown where it would tell a small one of them.

    What is hidden among the parts is their sum less the others. That must not be a small number itself, nor the most
    that they can come to, which would tell each; none at all points to nobody.
    """
    hidden = [part for part in parts if part < SMALLEST_COUNT]
    rest, most = sum(hidden), (SMALLEST_COUNT - 1) * len(hidden)
    tells = 0 < rest < SMALLEST_COUNT or 0 < rest == most
    return NOT_SHOWN if tells and sum(parts) >= SMALLEST_COUNT else shown(sum(parts))
