"""What spammers do to a text so that filters miss it and people still read it; it is for measuring, never for fitting.

Nothing here is shared with the fold: the look-alikes were picked by eye from Unicode's charts, not from its table.
Links stay as they are unless the attack is on links, because a broken link sells nothing.
"""

import random
import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

Chance = random.Random
Disguise = Callable[[str, Chance], str]
Stuffing = Callable[[str, Chance, Sequence[str]], str]
"""The third argument are honest comments to hide among; none of them may be empty."""

SHARE: Final = 0.3
"""The share of letters that look-alikes replace, and of gaps that invisible characters fill."""
_LEET: Final = {"a": "4@", "e": "3", "i": "1!", "o": "0", "s": "5$", "t": "7"}
_INVISIBLE: Final = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
_EMOJI: Final = "\U0001f525\u2728\U0001f4b0\U0001f381\u2b50\U0001f48e"
_LONG_WORD: Final = 4
_GOOD_WORDS: Final = 20
_LINK: Final = re.compile(r"\S*(?:://|www\.|\w\.\w+/)\S*")
_SCHEME: Final = re.compile(r"\bhttp(?=s?://)", re.IGNORECASE)
_DOT_IN_LINK: Final = re.compile(r"(?<=\w)\.(?=\w{2,})")

LOOKALIKES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "a": "\u0430\u0251\u03b1\u1d00\u237a",
        "b": "\u042c\u0184\u13cf\u15af\u1472",
        "c": "\u0441\u03f2\u217d\u1d04\u2ca5",
        "d": "\u0501\u217e\u13e7\u146f\ua4d2",
        "e": "\u0435\u04bd\u212e\u1d07\uab32",
        "f": "\u03dd\u0584\uab35\ua799\u0192",
        "g": "\u0261\u0581\u018d\u1d83\u0262",
        "h": "\u04bb\u0570\u13c2\u029c\u210e",
        "i": "\u0456\u03b9\u0131\u2170\u04cf",
        "j": "\u0458\u03f3\u029d\u0575\u1d0a",
        "k": "\u043a\u03ba\u1d0b\u2c95\u049b",
        "l": "\u04cf\u217c\u01c0\u0406\u2113",
        "m": "\u043c\u217f\u1d0d\u2c99\ua4df",
        "n": "\u0578\u057c\u03b7\u0274\u0273",
        "o": "\u043e\u03bf\u0585\u1d0f\u0ed0",
        "p": "\u0440\u03c1\u2374\u2ca3\u1d18",
        "q": "\u051b\u0563\u0566\u02a0\ua757",
        "r": "\u0433\u1d26\u2c85\uab47\u0280",
        "s": "\u0455\u01bd\ua731\U00010448\u0282",
        "t": "\u0442\u03c4\u1d1b\u2ca7\u04ad",
        "u": "\u03c5\u057d\u028b\u1d1c\U000118d8",
        "v": "\u03bd\u0475\u2174\u1d20\u05d8",
        "w": "\u0461\u051d\u0561\u026f\u1d21",
        "x": "\u0445\u03c7\u2179\u1541\u166e",
        "y": "\u0443\u04af\u03b3\u10e7\u1eff",
        "z": "\u1d22\u0290\U000118c4\ua641\u0225",
    }
)
"""Five characters for each small Latin letter: Cyrillic, Greek, Armenian, Cherokee, Coptic, phonetic and others."""

_ALPHABETS: Final = (0x1D400, 0x1D468, 0x1D4D0, 0x1D56C, 0x1D5D4, 0x1D63C, 0x1D670)
"""Where mathematical alphabets without gaps begin: bold, bold italic, script, Fraktur, two sans-serifs, monospace."""


def leet(text: str, chance: Chance) -> str:
    """Digits and signs for all letters that have one."""
    return _words(text, lambda word: "".join(chance.choice(_LEET.get(c.lower(), c)) for c in word))


def homoglyphs(text: str, chance: Chance) -> str:
    """Look-alikes for three letters of ten."""
    return _words(text, lambda word: "".join(_lookalike(c, chance) for c in word))


def _lookalike(character: str, chance: Chance) -> str:
    known = LOOKALIKES.get(character.lower())
    return chance.choice(known) if known and chance.random() < SHARE else character


def zero_width(text: str, chance: Chance) -> str:
    """An invisible character after three letters of ten."""
    return _words(text, lambda word: "".join(c + _invisible(c, chance) for c in word))


def _invisible(character: str, chance: Chance) -> str:
    return chance.choice(_INVISIBLE) if character.isalnum() and chance.random() < SHARE else ""


def spaced(text: str, _chance: Chance) -> str:
    """Blanks between all letters, three where a word ends."""
    return "   ".join(word if _LINK.fullmatch(word) else " ".join(word) for word in text.split())


def swapped(text: str, chance: Chance) -> str:
    """Two neighbours inside each longer word change places."""
    return _words(text, lambda word: _swap(word, chance))


def _swap(word: str, chance: Chance) -> str:
    if len(word) < _LONG_WORD:
        return word
    at = chance.randrange(1, len(word) - 2)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def mathematical(text: str, chance: Chance) -> str:
    """Letters of one of the mathematical alphabets."""
    start = chance.choice(_ALPHABETS)
    table = {ord("A") + i: start + i for i in range(26)} | {ord("a") + i: start + 26 + i for i in range(26)}
    return _words(text, lambda word: word.translate(table))


def emoji_between(text: str, chance: Chance) -> str:
    """An emoji between all letters of longer words."""
    sign = chance.choice(_EMOJI)
    return _words(text, lambda word: sign.join(word) if len(word) >= _LONG_WORD else word)


def broken_links(text: str, _chance: Chance) -> str:
    """`hxxp` for `http` and `[.]` for the dots of an address: people mend it, programs do not."""
    changed = _LINK.sub(lambda link: _DOT_IN_LINK.sub("[.]", link.group()), text)
    return _SCHEME.sub(lambda scheme: scheme.group()[0] + "xx" + scheme.group()[3], changed)


def html_split(text: str, chance: Chance) -> str:
    """An empty element or a comment of HTML inside each longer word."""
    return _words(text, lambda word: _parted(word, chance.choice(("<b></b>", "<!-- -->", "<span></span>")), chance))


def _parted(word: str, mark: str, chance: Chance) -> str:
    at = chance.randrange(1, len(word)) if len(word) >= _LONG_WORD else 0
    return word[:at] + mark + word[at:] if at else word


def appended(text: str, chance: Chance, honest: Sequence[str]) -> str:
    """One honest comment after the spam."""
    return f"{text} {chance.choice(honest)}"


def surrounded(text: str, chance: Chance, honest: Sequence[str]) -> str:
    """Honest comments before and after the spam, together at least twice as long as it."""
    before, after = (_filler(len(text), chance, honest) for _ in range(2))
    return f"{before} {text} {after}"


def _filler(length: int, chance: Chance, honest: Sequence[str]) -> str:
    parts = [chance.choice(honest)]
    while sum(map(len, parts)) < length:
        parts.append(chance.choice(honest))
    return " ".join(parts)


def good_words(text: str, chance: Chance, honest: Sequence[str]) -> str:
    """Twenty words of honest comments after the spam."""
    words = [chance.choice(chance.choice(honest).split() or [""]) for _ in range(_GOOD_WORDS)]
    return f"{text} {' '.join(words)}"


DISGUISES: Final[Mapping[str, Disguise]] = MappingProxyType(
    {
        "leet": leet,
        "homoglyphs 30%": homoglyphs,
        "zero-width 30%": zero_width,
        "mathematical letters": mathematical,
        "s p a c e d letters": spaced,
        "neighbours swapped": swapped,
        "emoji between letters": emoji_between,
        "hxxp and [.]": broken_links,
        "split by HTML": html_split,
    }
)
STUFFINGS: Final[Mapping[str, Stuffing]] = MappingProxyType(
    {
        "an honest comment appended": appended,
        "between honest comments": surrounded,
        "20 honest words appended": good_words,
    }
)


def _words(text: str, change: Callable[[str], str]) -> str:
    """The text with each word changed that is no link; blanks stay as they are."""
    parts = re.split(r"(\s+)", text)
    return "".join(part if not part.strip() or _LINK.fullmatch(part) else change(part) for part in parts)
