"""Tables and numbers as Markdown; it knows no figures."""

from collections.abc import Sequence
from typing import Any, Final

NONE: Final = "–"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table; raises ValueError for a row of another width."""
    if any(len(row) != len(head) for row in rows):
        raise ValueError("every row of a table has as many cells as its head")
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def number(value: float | None, digits: int = 3) -> str:
    """A value to three significant digits, or a dash for none."""
    if value is None:
        return NONE
    return f"{value:.{digits}g}" if abs(value) < 100 else f"{value:,.0f}"  # noqa: PLR2004 - three digits either way


def percent(share: float | None, digits: int = 1) -> str:
    """A share (0..1) in per cent, or a dash for none."""
    return NONE if share is None else f"{100 * share:.{digits}f} %"


def pair(figures: dict[str, Any] | None) -> str:
    """(1-ROCA)% / spam missed at 0.1 % false positives."""
    return NONE if figures is None else f"{number(figures['roca'])} / {figures['missed']:.1f}"
