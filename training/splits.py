"""Leak-free splits: near-duplicates, templates and equal folded texts stay together; it fits nothing."""

import hashlib
from collections.abc import Sequence

from models.text import fold
from training.datasets import Example


def blocks(examples: Sequence[Example]) -> list[int]:
    """The block of each example: examples joined by a common group or a common folded text, also across sets."""
    leader = list(range(len(examples)))
    first: dict[str, int] = {}
    for i, example in enumerate(examples):
        for key in (f"group {example.group}", f"text {_skeleton(example)}"):
            _join(leader, first.setdefault(key, i), i)
    return [_find(leader, i) for i in range(len(examples))]


def _skeleton(example: Example) -> str:
    """The folded text without anything but letters and digits; very short texts are told apart by their id."""
    letters = "".join(filter(str.isalnum, fold(example.sample.text).text))
    return letters or example.id


def _find(leader: list[int], i: int) -> int:
    while leader[i] != i:
        leader[i] = leader[leader[i]]
        i = leader[i]
    return i


def _join(leader: list[int], left: int, right: int) -> None:
    left, right = _find(leader, left), _find(leader, right)
    leader[max(left, right)] = min(left, right)


def held_out(examples: Sequence[Example], share: float, salt: int) -> list[bool]:
    """Which examples are kept apart: whole blocks, picked by a digest so that adding data moves no other block."""
    return [_draw(f"{salt} {examples[block].id} {examples[block].source}") < share for block in blocks(examples)]


def _draw(key: str) -> float:
    return int.from_bytes(hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()[:8], "big") / 2**64
