"""Which rows of a stream are near copies of earlier ones; it decides by the text alone."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from models.nearness import distance, simhash
from models.text import fold

NEAR: Final = 3
"""SimHash bits (of 64) up to which two texts are copies: G. Manku and others, Detecting Near-Duplicates (2007)."""
_BLOCK: Final = 16


def firsts(texts: Sequence[str]) -> list[int]:
    """The places of texts that are no copy of a kept one before them: folded alike, or at most three bits apart.

    Texts three bits apart agree in at least one of four blocks of sixteen bits, so only those are compared.
    """
    folded: set[str] = set()
    blocks: dict[tuple[int, int], list[int]] = defaultdict(list)
    kept = []
    for at, text in enumerate(texts):
        skeleton, code = fold(text).text, simhash(text)
        keys = [(number, code >> number * _BLOCK & 0xFFFF) for number in range(64 // _BLOCK)]
        near = (other for key in keys for other in blocks[key])
        if skeleton in folded or any(distance(code, other) <= NEAR for other in near):
            continue
        folded.add(skeleton)
        kept.append(at)
        for key in keys:
            blocks[key].append(code)
    return kept
