"""Whether two texts are nearly the same: SimHash-64 to find candidates, Jaccard to confirm; it knows no labels."""

from typing import Final

import numpy as np

from models.hashing import Slots, codes
from models.text import fold

GRAM: Final = 5
NEAR_BITS: Final = 20
"""Of 64 bits. Another name and number in a comment of eighty characters change 10 to 16; of random pairs one in 500 is
as near, and ``overlap`` decides (for whole web pages, Manku et al. 2007 use 3 bits and no confirmation)."""
ALIKE: Final = 0.6
"""Least share of common slots: a campaign's copies with another name or number stay above, another comment below."""
_MASK: Final = 2**64 - 1
_PRIMES: Final = np.array((0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB), np.uint64)
_SHIFT: Final = np.uint64(29)


def simhash(text: str) -> int:
    """The SimHash of a text's folded 5-grams, as a signed number of 64 bits (Charikar 2002); 0 for an empty text.

    Each distinct gram votes with the bits of its hash, so texts that share most grams differ in few bits.
    """
    points = codes(fold(text).text).astype(np.uint64)
    if not len(points):
        return 0
    points = np.pad(points, (0, max(0, GRAM - len(points))))
    grams = np.lib.stride_tricks.sliding_window_view(points, GRAM)
    state = np.zeros(len(grams), np.uint64)
    for column in range(GRAM):
        state = (state ^ grams[:, column]) * _PRIMES[0]
        state ^= state >> _SHIFT
    state = np.unique((state ^ (state >> _SHIFT)) * _PRIMES[1])
    state = (state ^ (state >> _SHIFT)) * _PRIMES[2]
    bits = np.unpackbits(state.astype("<u8").view(np.uint8).reshape(-1, 8), axis=1, bitorder="little")
    votes = 2 * bits.sum(axis=0, dtype=np.int64) > len(state)
    return int(np.packbits(votes, bitorder="little").view("<i8")[0])


def distance(one: int, other: int) -> int:
    """In how many of 64 bits two SimHashes differ."""
    return ((one ^ other) & _MASK).bit_count()


def is_near(one: int, other: int) -> bool:
    """Whether two texts may be nearly the same; ``overlap`` confirms it."""
    return distance(one, other) <= NEAR_BITS


def overlap(one: Slots, other: Slots) -> float:
    """The share of slots that two texts have in common (Jaccard), 0..1; two empty texts are the same."""
    common = len(np.intersect1d(one, other, assume_unique=True))
    every = len(one) + len(other) - common
    return common / every if every else 1.0
