"""Feature specification 1: how pieces of text become slots of the weight table; it knows no weights.

All arithmetic is modulo 2**64. A piece of k code points c1..ck in a view starts at h = OFFSET xor seed(view); each
code point does h = (h xor c) * PRIME (FNV-1a over code points). The finaliser adds k - 1, then h ^= h >> 33,
h *= MIXER, h ^= h >> 33 (half of MurmurHash3's fmix64); the slot is the low TABLE_BITS bits.
"""

import functools
import sys
from collections.abc import Sequence
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Codes: TypeAlias = NDArray[np.uint64]
Slots: TypeAlias = NDArray[np.uint32]

FEATURE_SPEC: Final = 1
TABLE_BITS: Final = 20
GRAM_SIZES: Final = (1, 2, 3, 4, 5)
"""Lengths in code points: 1 and 2 carry scripts without spaces, 3 to 5 alphabets."""
PAIR_DISTANCES: Final = (1, 2)
SEEDS: Final[dict[str, int]] = {
    "gram": 0x8D794FA52EEED0AA,
    "word": 0x8FC66BC06FBECFBB,
    "byte": 0x4F2A97C0D1B35E68,
    "evidence": 0x6DE3CF34523EAB7A,
    "site": 0xD485BE1D11670484,
}

_OFFSET: Final = 14695981039346656037
_PRIME: Final = 0x100000001B3
_MIXER: Final = 0xFF51AFD7ED558CCD
_PAIR: Final = 0x51ED270B
_WRAP: Final = 2**64 - 1
_LONGEST_WORD: Final = 64

_PRIME64: Final = np.uint64(_PRIME)
_MIXER64: Final = np.uint64(_MIXER)
_SHIFT64: Final = np.uint64(33)
_MASK32: Final = np.uint32(2**TABLE_BITS - 1)
_LOW_HALF: Final = slice(0 if sys.byteorder == "little" else 1, None, 2)
_EXTRA64: Final = tuple(np.uint64(size) for size in range(GRAM_SIZES[-1]))
_THIRTY_ONE: Final = np.uint64(31)
_PAIR64: Final = tuple(np.uint64(distance * _PAIR) for distance in PAIR_DISTANCES)
_STARTS64: Final = {view: np.uint64(_OFFSET ^ seed) for view, seed in SEEDS.items()}
SIZES: Final[dict[str, tuple[int, ...]]] = {"gram": GRAM_SIZES, "site": (3, 4, 5), "byte": (4,)}
"""Lengths of the n-grams of each view; of raw UTF-8 only 4 bytes, which see odd blocks of Unicode."""


def codes(text: str) -> Codes:
    """The code points of a text, lone surrogates included."""
    if text.isascii():
        return np.frombuffer(text.encode("ascii"), np.uint8).astype(np.uint64)
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4").astype(np.uint64)


def gram_states(points: Codes, view: str) -> list[Codes]:
    """Hash states of all n-grams of a view, one array for each size, each in the order of their positions."""
    sizes = SIZES[view]
    state = points ^ _STARTS64[view]
    state *= _PRIME64
    chain = [state]
    for shift in range(1, min(sizes[-1], len(points))):
        state = state[:-1] ^ points[shift:]
        state *= _PRIME64
        chain.append(state)
    for extra, longer in zip(_EXTRA64, chain, strict=False):  # only now: each state is the beginning of the next
        np.add(longer, extra, out=longer)
    return [chain[size - 1] for size in sizes if size <= len(chain)]


def byte_codes(text: str) -> Codes:
    """The UTF-8 bytes of a text, lone surrogates included."""
    return np.frombuffer(text.encode("utf-8", "surrogatepass"), np.uint8).astype(np.uint64)


@functools.lru_cache(maxsize=1 << 16)
def word_state(word: str) -> int:
    """Hash state of one word (at most its first 64 code points)."""
    state = _OFFSET ^ SEEDS["word"]
    for character in word[:_LONGEST_WORD]:
        state = ((state ^ ord(character)) * _PRIME) & _WRAP
    return (state + len(word[:_LONGEST_WORD]) - 1) & _WRAP


def word_states(words: Sequence[str]) -> list[Codes]:
    """Hash states of the words, then of the pairs at each distance."""
    if not words:
        return []
    states = np.fromiter(map(word_state, words), np.uint64, len(words))
    return [states, *pair_states(states)]


def pair_states(states: Codes) -> list[Codes]:
    """Hash states of the pairs of words at each distance: left * 31 + right + distance * constant."""
    left = states * _THIRTY_ONE
    return [
        left[:-distance] + states[distance:] + extra
        for distance, extra in zip(PAIR_DISTANCES, _PAIR64, strict=True)
        if len(states) > distance
    ]


def slots(states: list[Codes]) -> Slots:
    """Finalise hash states to slots, in the given order, repetitions kept."""
    if not states:
        return np.empty(0, np.uint32)
    mixed = np.concatenate(states)
    mixed ^= mixed >> _SHIFT64
    mixed *= _MIXER64
    mixed ^= mixed >> _SHIFT64
    found: Slots = mixed.view(np.uint32)[_LOW_HALF] & _MASK32
    return found


def distinct(repeated: Slots) -> Slots:
    """The different slots in ascending order (np.unique does the same, seven times slower on short arrays).

    Sorts its argument in place.
    """
    ordered = repeated
    ordered.sort()
    if len(ordered) < 2:  # noqa: PLR2004 - nothing to compare
        return ordered
    first = np.empty(len(ordered), np.bool_)
    first[0] = True
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    return ordered[first]


@functools.lru_cache(maxsize=1 << 16)
def evidence_slot(name: str) -> int:
    """Slot of an evidence token, from the UTF-8 bytes of its name."""
    state = _OFFSET ^ SEEDS["evidence"]
    data = name.encode("utf-8", "surrogatepass")
    for byte in data:
        state = ((state ^ byte) * _PRIME) & _WRAP
    state = (state + len(data) - 1) & _WRAP
    state ^= state >> 33
    state = (state * _MIXER) & _WRAP
    return (state ^ (state >> 33)) & (2**TABLE_BITS - 1)
