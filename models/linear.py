"""The arithmetic of a linear model: sums of table weights over slots; it knows no text and no probability."""

import functools
from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.features import EVIDENCE_SCALE, MOST_SLOTS, SITE_SCALE, Reading, evidence_names, site_slots, text_slots
from models.hashing import GRAM_SIZES, Slots, distinct, evidence_slot

Table = NDArray[np.float32]
Weigher = Callable[[Slots], NDArray[np.floating]]
"""The weight of each of some slots."""

WINDOW: Final = 30
"""Code points of one window. Against honest words stuffed around spam, 30 found more than 40, 60 or 80."""
STEP: Final = 10
LIFT_TO: Final = 2.0
"""Log odds up to which the base lets a window lift a comment (a score of 0.88): enough to hold it, not to remove it."""
WINDOWED_FROM: Final = 45
"""Code points of text from which windows are tried: one and a half windows."""

_ONES: Final = np.ones(MOST_SLOTS)


class Window(NamedTuple):
    """The most suspicious stretch of a folded text, the value of each n-gram beginning in it, and what is taken off."""

    start: int
    end: int
    value: float
    deduction: float = 0.0


class Caution(NamedTuple):
    """How readily a window is believed instead of the whole text.

    ``constant`` is what is added to a sample's sums, ``ceiling`` the margin up to which a window may lift it, and
    ``handicap`` what is taken off first: without, honest long comments were held.
    """

    constant: float
    ceiling: float
    handicap: float


class Sums(NamedTuple):
    """What each block of a sample adds to the margin; ``window`` is set where it speaks for the text instead."""

    text: float
    site: float
    evidence: float
    window: Window | None = None

    @property
    def total(self) -> float:
        """All of them together."""
        return self.text + self.site + self.evidence


def sums(reading: Reading, weigher: Weigher, caution: Caution, occurrences: Slots | None = None) -> Sums:
    """The value-weighted sums over the distinct slots of a reading: of its text or of its most suspicious window.

    Spam among many honest words has a small margin as a whole; its own few words still have their full one. Whoever
    has the ``text_slots`` already can give a copy, which is sorted.
    """
    occurrences = text_slots(reading) if occurrences is None else occurrences
    length = len(reading.points)
    best = _window(weigher(occurrences), length) if length >= WINDOWED_FROM else None
    text = block(occurrences, weigher)
    site = SITE_SCALE * block(site_slots(reading), weigher) if reading.site else 0.0
    tokens = {evidence_slot(token) for token in reading.tokens}
    evidence = EVIDENCE_SCALE * float(weigher(np.fromiter(tokens, np.uint32, len(tokens))).sum(dtype=np.float64))
    if best is None:
        return Sums(text, site, evidence)
    lifted = min(best[0] - caution.handicap, caution.ceiling - caution.constant - site - evidence)
    if lifted <= text:
        return Sums(text, site, evidence)
    return Sums(lifted, site, evidence, best[1]._replace(deduction=best[0] - lifted))


def evidence_parts(reading: Reading, weigher: Weigher) -> dict[str, float]:
    """What each evidence token adds to the margin."""
    names = evidence_names(reading)
    slots = np.array([evidence_slot(name) for name in names], np.uint32)
    return dict(zip(names, (EVIDENCE_SCALE * weigher(slots).astype(np.float64)).tolist(), strict=True))


def block(occurrences: Slots, weigher: Weigher) -> float:
    """The L2-normalised sum over distinct slots (sorts its argument in place).

    A dot product with ones is the fastest float64 sum of a short array.
    """
    if not len(occurrences):
        return 0.0
    once = distinct(occurrences)
    return float(weigher(once).dot(_ONES[: len(once)])) * float(len(once) ** -0.5)


def occurrence_parts(occurrences: Slots, weigher: Weigher) -> NDArray[np.float64]:
    """What each occurrence of a slot adds to its block: the slot's part split evenly among its occurrences."""
    parts = np.zeros(len(occurrences))
    if not len(occurrences):
        return parts
    order = np.argsort(occurrences)
    ordered = occurrences.take(order)
    number = np.zeros(len(ordered), np.intp)
    np.cumsum(ordered[1:] != ordered[:-1], out=number[1:])
    counts = np.bincount(number)
    parts[order] = weigher(ordered).astype(np.float64) * len(counts) ** -0.5 / counts.take(number)
    return parts


def window_parts(weights: NDArray[np.floating], length: int, window: Window) -> NDArray[np.float64]:
    """What each occurrence adds where a window speaks for the text; its deduction is shared by all that are in it."""
    inside = np.zeros(len(weights), np.bool_)
    at = 0
    for size in GRAM_SIZES:
        inside[at + window.start : at + min(window.end, length - size + 1)] = True
        at += length - size + 1
    return np.where(inside, weights * window.value - window.deduction / max(1, int(inside.sum())), 0.0)


def _window(weights: NDArray[np.floating], length: int) -> tuple[float, Window]:
    """The window with the largest sum of the n-grams that begin in it, divided by the root of their number."""
    windows = plan(length)
    running = np.zeros(windows.grams + 1)
    weights[: windows.grams].cumsum(dtype=np.float64, out=running[1:])
    bounds = running.take(windows.bounds)
    found = (bounds[1] - bounds[0]).sum(axis=0) * windows.values
    best = int(found.argmax())
    start, end, value = windows.starts.item(best), windows.ends.item(best), windows.values.item(best)
    return found.item(best), Window(start, end, value)


class Plan(NamedTuple):
    """All windows of a text of one length, and which n-grams begin in each.

    ``starts`` and ``ends`` are code points, ``values`` what each n-gram of a window counts; ``bounds``, of shape (2,
    sizes, windows), numbers the first n-gram of a window and the first one after it, among the ``grams`` of all sizes
    in the order of ``text_slots``.
    """

    starts: NDArray[np.intp]
    ends: NDArray[np.intp]
    values: NDArray[np.float64]
    bounds: NDArray[np.intp]
    grams: int


@functools.lru_cache(maxsize=512)
def plan(length: int) -> Plan:
    """The windows of a text of so many code points; near its end the longer n-grams are missing."""
    starts = np.arange(0, length - WINDOW // 2, STEP)
    ends = np.minimum(starts + WINDOW, length)
    counts = np.array([length - size + 1 for size in GRAM_SIZES])[:, None]
    before = np.cumsum(counts, axis=0) - counts
    bounds = np.stack([before + np.minimum(starts, counts), before + np.minimum(ends, counts)])
    values = (bounds[1] - bounds[0]).sum(axis=0) ** -0.5
    return Plan(starts, ends, values, bounds, int(counts.sum()))
