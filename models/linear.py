"""The arithmetic of a linear model: sums of table weights over slots; it knows no text and no probability."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from models.features import EVIDENCE_SCALE, MOST_SLOTS, SITE_SCALE, Reading, evidence_names, site_slots, text_slots
from models.hashing import Slots, evidence_slot

Table = NDArray[np.float32]

_ONES: Final = np.ones(MOST_SLOTS)


def margin(reading: Reading, weights: Table, bias: float) -> float:
    """The bias plus the value-weighted sum over all distinct slots of a reading."""
    evidence = sum(map(weights.item, {evidence_slot(token) for token in reading.tokens}))
    total = bias + EVIDENCE_SCALE * evidence + text_part(reading, weights)
    return total + site_part(reading, weights) if reading.site else total


def text_part(reading: Reading, weights: Table) -> float:
    """What the n-grams, words and pairs of the text add to the margin."""
    return _block(text_slots(reading), weights)


def site_part(reading: Reading, weights: Table) -> float:
    """What the n-grams of the author's address add to the margin."""
    return SITE_SCALE * _block(site_slots(reading), weights)


def evidence_parts(reading: Reading, weights: Table) -> dict[str, float]:
    """What each evidence token adds to the margin."""
    return {name: EVIDENCE_SCALE * weights.item(evidence_slot(name)) for name in evidence_names(reading)}


def _block(occurrences: Slots, weights: Table) -> float:
    """The L2-normalised sum over distinct slots (sorts its argument in place).

    The first slot is summed apart, so that the others need only differ from their left neighbour; a dot product with
    ones is the fastest float64 sum of a short array.
    """
    if not len(occurrences):
        return 0.0
    occurrences.sort()
    others = occurrences[1:]
    others = others[others != occurrences[:-1]]
    total = weights.item(occurrences[0]) + float(weights.take(others).dot(_ONES[: len(others)]))
    return total * float((len(others) + 1) ** -0.5)


def occurrence_parts(occurrences: Slots, weights: Table) -> NDArray[np.float64]:
    """What each occurrence of a slot adds to its block: the slot's part split evenly among its occurrences."""
    parts = np.zeros(len(occurrences))
    if not len(occurrences):
        return parts
    order = np.argsort(occurrences)
    ordered = occurrences.take(order)
    number = np.zeros(len(ordered), np.intp)
    np.cumsum(ordered[1:] != ordered[:-1], out=number[1:])
    counts = np.bincount(number)
    parts[order] = weights.take(ordered).astype(np.float64) * len(counts) ** -0.5 / counts.take(number)
    return parts
