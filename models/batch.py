"""The margins of many samples at once: the same sums as one by one, with the arrays of a chunk laid end to end."""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Final, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from models.features import EVIDENCE_SCALE, SITE_SCALE, Reading, Sample, read, site_slots
from models.hashing import (
    GRAM_SIZES,
    PAIR_DISTANCES,
    TABLE_BITS,
    Slots,
    byte_codes,
    distinct,
    evidence_slot,
    gram_states,
    pair_states,
    slots,
    word_state,
)
from models.linear import WINDOWED_FROM, Caution, Weigher, block, plan

CHUNK: Final = 64
"""Samples handled together: their arrays still fit into the cache of one core."""

Sums = NDArray[np.float64]
_ROW: Final = np.uint32(TABLE_BITS)
_SLOT: Final = np.uint32(2**TABLE_BITS - 1)


class _Laid(NamedTuple):
    """Items laid end to end: the sample of each (shifted to stand above a slot), and how many are left to its end."""

    rows: NDArray[np.uint32]
    left: NDArray[np.intp]

    @classmethod
    def of(cls, lengths: Sequence[int]) -> Self:
        rows = np.repeat(np.arange(len(lengths)), lengths)
        return cls(rows.astype(np.uint32) << _ROW, np.cumsum(lengths).take(rows) - np.arange(len(rows)))

    def keys(self, found: Slots, span: int) -> NDArray[np.uint32]:
        """Sample and slot of each item that spans so many neighbours, without those that reach into the next sample."""
        return (self.rows[: len(found)] | found)[self.left[: len(found)] >= span]


class Parts(NamedTuple):
    """Margins of samples, shape (n,): of the whole text, and of its most suspicious window less the handicap.

    The second is minus infinity for texts too short for windows.
    """

    whole: Sums
    window: Sums

    def margins(self, ceiling: float) -> Sums:
        """The margins as ``linear.sums`` gives them one by one, to 1e-9: a window lifts a text up to the ceiling."""
        return np.maximum(self.whole, np.minimum(self.window, ceiling))


def margins(samples: Sequence[Sample], weigher: Weigher, caution: Caution) -> Iterator[float]:
    """The margin of each sample in order."""
    for found in _in_chunks(samples, weigher, caution):
        yield from found.margins(caution.ceiling).tolist()


def parts(samples: Sequence[Sample], weigher: Weigher, caution: Caution) -> Parts:
    """The margins of all samples before any ceiling, for a calibration that is yet to be found."""
    found = list(_in_chunks(samples, weigher, caution))
    return Parts(np.concatenate([each.whole for each in found]), np.concatenate([each.window for each in found]))


def _in_chunks(samples: Sequence[Sample], weigher: Weigher, caution: Caution) -> Iterator[Parts]:
    for at in range(0, len(samples), CHUNK):
        yield _chunk([read(sample) for sample in samples[at : at + CHUNK]], weigher, caution)


def _chunk(readings: list[Reading], weigher: Weigher, caution: Caution) -> Parts:
    grams, pushes = _grams(readings, weigher)
    keys = np.concatenate((*grams, *_words(readings), *_bytes(readings)))
    tokens = [(row, slot) for row, reading in enumerate(readings) for slot in set(map(evidence_slot, reading.tokens))]
    evidence = np.array([row << TABLE_BITS | slot for row, slot in tokens], np.uint32)
    rest = caution.constant + EVIDENCE_SCALE * _sums(evidence, len(readings), weigher)[0] + _sites(readings, weigher)
    total, count = _sums(distinct(keys), len(readings), weigher)
    return Parts(rest + total / np.sqrt(np.maximum(count, 1)), rest + _windows(readings, pushes) - caution.handicap)


def _grams(readings: list[Reading], weigher: Weigher) -> tuple[list[NDArray[np.uint32]], Sums]:
    """The keys of all n-grams, and the running sum of what those that begin at each code point weigh."""
    points = np.concatenate([reading.points for reading in readings])
    laid = _Laid.of([len(reading.points) for reading in readings])
    pushes, keys = np.zeros(len(points) + 1), []
    states = gram_states(points, "gram") if len(points) else []
    for size, state in zip(GRAM_SIZES, states, strict=False):
        found = slots([state])
        pushes[1 : len(found) + 1] += np.where(laid.left[: len(found)] >= size, weigher(found), 0.0)
        keys.append(laid.keys(found, size))
    return keys, pushes.cumsum()


def _words(readings: list[Reading]) -> list[NDArray[np.uint32]]:
    words = list(chain.from_iterable(reading.words for reading in readings))
    laid = _Laid.of([len(reading.words) for reading in readings])
    states = np.fromiter(map(word_state, words), np.uint64, len(words))
    spans = (1, *(distance + 1 for distance in PAIR_DISTANCES))
    return [laid.keys(slots([found]), span) for span, found in zip(spans, [states, *pair_states(states)], strict=False)]


def _bytes(readings: list[Reading]) -> list[NDArray[np.uint32]]:
    """Raw bytes of the few texts that have more than ASCII."""
    return [
        np.uint32(row << TABLE_BITS) | slots(gram_states(byte_codes(reading.folded.source), "byte"))
        for row, reading in enumerate(readings)
        if not reading.folded.source.isascii()
    ]


def _sites(readings: list[Reading], weigher: Weigher) -> Sums:
    """What the n-grams of the authors' addresses add, for the few that have one."""
    added = np.zeros(len(readings))
    for row, reading in enumerate(readings):
        if reading.site:
            added[row] = SITE_SCALE * block(site_slots(reading), weigher)
    return added


def _sums(keys: NDArray[np.uint32], count: int, weigher: Weigher) -> tuple[Sums, NDArray[np.intp]]:
    """The sum of the weights of each sample's slots, and how many slots it has."""
    rows = (keys >> _ROW).astype(np.intp)
    total: Sums = np.bincount(rows, weigher(keys & _SLOT), count).astype(np.float64)
    return total, np.bincount(rows, minlength=count)


def _windows(readings: list[Reading], pushes: Sums) -> Sums:
    """The largest window of each sample; minus infinity where it is too short for windows."""
    best = np.full(len(readings), -np.inf)
    lengths = np.array([len(reading.points) for reading in readings])
    offsets = np.cumsum(lengths) - lengths
    rows = np.flatnonzero(lengths >= WINDOWED_FROM)
    if not len(rows):
        return best
    plans = [plan(length) for length in lengths[rows].tolist()]
    sizes = [len(each.starts) for each in plans]
    shift = np.repeat(offsets[rows], sizes)
    starts, ends = (np.concatenate(parts) + shift for parts in zip(*((p.starts, p.ends) for p in plans), strict=True))
    found = (pushes.take(ends) - pushes.take(starts)) * np.concatenate([each.values for each in plans])
    best[rows] = np.maximum.reduceat(found, np.cumsum([0, *sizes[:-1]]))
    return best
