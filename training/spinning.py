"""What article spinners do to a text: words replaced by synonyms, fitting or not; it knows no comments."""

import random
import re
from collections.abc import Mapping, Sequence
from typing import Final

_WORD: Final = re.compile(r"[A-Za-z]+")


def spin(text: str, synonyms: Mapping[str, Sequence[str]], chance: random.Random, share: float) -> str:
    """The text with about ``share`` (0..1) of the words that have synonyms replaced by one of them."""

    def swap(match: re.Match[str]) -> str:
        known = synonyms.get(match.group())
        return chance.choice(known) if known and chance.random() < share else match.group()

    return _WORD.sub(swap, text)
