"""Ways spammers disguise words, applied to synthetic spam so that disguise is learned apart from any one trade."""

import random
from collections.abc import Callable
from typing import Final

_LEET: Final = str.maketrans("aeiost", "431057")
_CYRILLIC: Final = str.maketrans("aeopcxy", "аеорсху")
_SPAM_SHARE: Final = 0.06
_HONEST_SHARE: Final = 0.02


def disguise(text: str, chance: random.Random) -> str:
    """The text with some or all of its longer words disguised, for a small share of texts; links stay usable."""
    return _change(text, chance.choice(_WAYS), chance) if chance.random() < _SPAM_SHARE else text


def decorate(text: str, chance: random.Random) -> str:
    """The same for honest people who like fancy letters: without the ways that only hide."""
    return _change(text, chance.choice(_DECORATIONS), chance) if chance.random() < _HONEST_SHARE else text


def _change(text: str, change: Callable[[str], str], chance: random.Random) -> str:
    share = chance.choice((0.2, 0.5, 1.0))
    words = [change(word) if _is_plain(word) and chance.random() < share else word for word in text.split(" ")]
    return " ".join(words)


def _is_plain(word: str) -> bool:
    return len(word) > 3 and word.isalpha()  # noqa: PLR2004 - short words carry nothing worth hiding


def _spaced(word: str) -> str:
    return " ".join(word)


def _dotted(word: str) -> str:
    return ".".join(word)


def _with_digits(word: str) -> str:
    return word[0] + word[1:-1].translate(_LEET) + word[-1]


def _with_cyrillic(word: str) -> str:
    return word.translate(_CYRILLIC)


def _with_zero_width(word: str) -> str:
    return "\u200b".join(word)


def _shifted(start_upper: int, start_lower: int) -> Callable[[str], str]:
    """Letters replaced by an alphabet of styled capitals and small letters, each in alphabetical order."""
    table = {ord("A") + i: start_upper + i for i in range(26)} | {ord("a") + i: start_lower + i for i in range(26)}
    return lambda word: word.translate(table)


_DECORATIONS: Final[tuple[Callable[[str], str], ...]] = (
    _spaced,
    _shifted(0x1D400, 0x1D41A),  # mathematical bold
    _shifted(0x1D4D0, 0x1D4EA),  # mathematical bold script
    _shifted(0x1D63C, 0x1D656),  # mathematical sans-serif bold italic
    _shifted(0xFF21, 0xFF41),  # full width
    _shifted(0x24B6, 0x24D0),  # circled
)
_WAYS: Final[tuple[Callable[[str], str], ...]] = (
    *_DECORATIONS,
    _dotted,
    _with_digits,
    _with_cyrillic,
    _with_zero_width,
    _shifted(0x1F170, 0x1F170),  # negative squared
)
