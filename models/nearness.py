"""Whether two texts are nearly the same: SimHash-64 or MinHash to find candidates, Jaccard to confirm; no labels."""

from typing import Final

import numpy as np
import numpy.typing as npt

from models.hashing import Slots, codes
from models.text import fold

GRAM: Final = 5
NEAR_BITS: Final = 20
"""Of 64 bits. Another name and number in a comment of eighty characters change 10 to 16; of random pairs one in 500 is
as near, and ``overlap`` decides (for whole web pages, Manku et al. 2007 use 3 bits and no confirmation)."""
ALIKE: Final = 0.6
"""Least share of common slots: a campaign's copies with another name or number stay above, another comment below."""
BANDS: Final = 12
ROWS: Final = 3
Grams = npt.NDArray[np.uint64]
_MASK: Final = 2**64 - 1
_PRIMES: Final = np.array((0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB), np.uint64)
_SHIFT: Final = np.uint64(29)
_MULTIPLIERS: Final = np.random.default_rng(20261128).integers(1 << 63, size=BANDS * ROWS, dtype=np.uint64) * 2 + 1


def simhash(text: str) -> int:
    """The SimHash of a text's folded 5-grams, as a signed number of 64 bits (Charikar 2002); 0 for an empty text.

    Each distinct gram votes with the bits of its hash, so texts that share most grams differ in few bits.
    """
    state = grams_of(text)
    if not len(state):
        return 0
    bits = np.unpackbits(state.astype("<u8").view(np.uint8).reshape(-1, 8), axis=1, bitorder="little")
    votes = 2 * bits.sum(axis=0, dtype=np.int64) > len(state)
    return int(np.packbits(votes, bitorder="little").view("<i8")[0])


def grams_of(text: str) -> Grams:
    """The hashes (64 bits, each once, in no order that means anything) of a text's folded 5-grams; none for none."""
    points = codes(fold(text).text).astype(np.uint64)
    if not len(points):
        return np.zeros(0, np.uint64)
    points = np.pad(points, (0, max(0, GRAM - len(points))))
    grams = np.lib.stride_tricks.sliding_window_view(points, GRAM)
    state = np.zeros(len(grams), np.uint64)
    for column in range(GRAM):
        state = (state ^ grams[:, column]) * _PRIMES[0]
        state ^= state >> _SHIFT
    state = np.unique((state ^ (state >> _SHIFT)) * _PRIMES[1])
    return np.asarray((state ^ (state >> _SHIFT)) * _PRIMES[2], np.uint64)


def marks_of(grams: Grams) -> tuple[int, ...]:
    """Twelve signed numbers of 64 bits, of which texts that share most grams have at least one in common.

    MinHash (Broder 1997) in 12 bands of 3 rows: a mark is shared with probability 1 - (1 - j^3)^12, where j is the
    share of common grams: .9999 at .8, .99 at .7, .95 at .6, .0015 at the .05 that two unrelated comments have.
    """
    if not len(grams):
        return ()
    least = (grams[:, None] * _MULTIPLIERS[None, :] ^ (grams[:, None] >> _SHIFT)).min(axis=0).reshape(BANDS, ROWS)
    state = np.arange(1, BANDS + 1, dtype=np.uint64) * _PRIMES[1]
    for row in range(ROWS):
        state = (state ^ least[:, row]) * _PRIMES[0]
        state ^= state >> _SHIFT
    return tuple(state.view(np.int64).tolist())


def shared(one: Grams, other: Grams) -> float:
    """The share of grams that two texts have in common (Jaccard), 0..1; two empty texts are the same."""
    return overlap(np.sort(one), np.sort(other))


def distance(one: int, other: int) -> int:
    """In how many of 64 bits two SimHashes differ."""
    return ((one ^ other) & _MASK).bit_count()


def is_near(one: int, other: int) -> bool:
    """Whether two texts may be nearly the same; ``overlap`` confirms it."""
    return distance(one, other) <= NEAR_BITS


def overlap(one: Slots | Grams, other: Slots | Grams) -> float:
    """The share of slots that two texts have in common (Jaccard), 0..1; two empty texts are the same."""
    common = len(np.intersect1d(one, other, assume_unique=True))
    every = len(one) + len(other) - common
    return common / every if every else 1.0
