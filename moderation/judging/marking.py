"""A hostile text cut into pieces that a page can show safely: plain, marked by a reason, or a sign that hides itself.

It makes no markup: whoever shows the pieces escapes each of them.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from moderation.judging.signal import Span

_PLAIN: Final = re.compile(
    "[ -~\n\t\u00c0-\u024f\u0391-\u03a1\u03a3-\u03ff\u0400-\u0481\u048a-\u052f\u3041-\u3096\u30a1-\u30fa"
    "\u4e00-\u9fff\uac00-\ud7a3]+"
)
"""Letters and signs that are neither hidden nor pile up: nearly all of nearly every comment, so it is quick."""
_HIDDEN: Final = frozenset({"Cf", "Cc", "Co", "Cn", "Cs", "Zl", "Zp"})
_VISIBLE: Final = frozenset("\n\t")
_JOINERS: Final = frozenset("\u200d\u200c")
_STYLES: Final = frozenset("\ufe0e\ufe0f")
"""Which of an emoji's two shapes is meant; said of signs of punctuation and mathematics as well."""
_KEYCAP: Final = "\u20e3"
_VARIANTS: Final = frozenset(map(chr, (*range(0xFE00, 0xFE0E), *range(0xE0100, 0xE01F0))))
"""Which shape of a letter is meant; after any sign but those that have such shapes they only carry something hidden."""
_SHAPING: Final = _JOINERS | _STYLES | _VARIANTS
_FLAG: Final = re.compile("\U0001f3f4[\U000e0061-\U000e007a]{5}\U000e007f")
"""The flag of a part of a country, spelt in tags: England's is `gbeng`."""
_PICTURES: Final = range(0x1F000, 0x1FB00)
"""Where Unicode keeps places for emoji to come: this program may know fewer of them than a moderator's browser."""
_FILLERS: Final = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5")
_STACKED: Final = frozenset({"Mn", "Me"})
_PILE: Final = 4
"""Marks on one letter that are shown; what stands above is told as a number, since it would cover other lines."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text: `is_marked` where a reason points at it, `is_sign` where it names what cannot be seen."""

    text: str
    is_marked: bool = False
    is_sign: bool = False


def pieces(text: str, spans: Iterable[Span] = (), field: str = "content") -> tuple[Piece, ...]:
    """Returns a field's text in pieces, in order; `spans` are places in it as received, in code points."""
    marked = bytearray(len(text))
    for span in spans:
        if span.field == field:
            start, end = max(span.start, 0), min(span.end, len(text))
            if start < end:
                marked[start:end] = b"\x01" * (end - start)
    return tuple(_joined(_signs(text, marked)))


def hidden_name(sign: str) -> str:
    """Returns a sign that cannot be seen as `U+202E` with its name in small letters, where it has one."""
    name = unicodedata.name(sign, "").lower()
    return f"U+{ord(sign):04X} {name}".strip()


def _signs(text: str, marked: bytearray) -> Iterator[Piece]:
    """Plain letters in stretches, all else sign by sign; an emoji's own joiners are left as they are."""
    pile, extra, at = 0, 0, 0
    while at < len(text):
        plain = _PLAIN.match(text, at)
        if plain is not None:
            pile = 0
        elif text[at] not in _JOINERS:  # which lift no pile off the line
            pile = pile + 1 if unicodedata.category(text[at]) in _STACKED else 0
        if pile > _PILE:
            extra, at = extra + 1, at + 1
            continue
        if extra:
            yield Piece(f"{extra} more marks", bool(marked[at - 1]), is_sign=True)
            extra = 0
        end = plain.end() if plain is not None else at + 1
        yield from _stretch(text, marked, at, end) if plain is not None else (_sign(text, marked, at),)
        at = end
    if extra:
        yield Piece(f"{extra} more marks", bool(marked[-1]), is_sign=True)


def _stretch(text: str, marked: bytearray, at: int, end: int) -> Iterator[Piece]:
    """What can be seen as it is, cut where a mark begins or ends."""
    while at < end:
        other = marked.find(1 - marked[at], at, end)
        stop = end if other < 0 else other
        yield Piece(text[at:stop], bool(marked[at]))
        at = stop


def _sign(text: str, marked: bytearray, at: int) -> Piece:
    if _is_hidden(text, at):
        return Piece(hidden_name(text[at]), bool(marked[at]), is_sign=True)
    return Piece(text[at], bool(marked[at]))


def _is_hidden(text: str, index: int) -> bool:
    sign = text[index]
    if sign in _VISIBLE or (sign.isascii() and sign.isprintable()):
        return False
    if sign == "\r" or sign in _SHAPING:
        return not _has_use(sign, text[max(index - 1, 0) : index], text[index + 1 : index + 2])
    if ord(sign) in _PICTURES or _is_in_flag(text, index):
        return False
    return sign in _FILLERS or unicodedata.category(sign) in _HIDDEN


def _has_use(sign: str, before: str, after: str) -> bool:
    """Whether an invisible sign does between these what it is for, rather than part or carry something unseen."""
    kind = unicodedata.category(before) if before else ""
    if sign == "\r":
        return after == "\n"
    if sign in _STYLES:
        return after == _KEYCAP or before == "\u2139" or kind in {"So", "Sk", "Sm", "Po", "Pd", "Cn"}
    if sign in _VARIANTS:
        return kind in {"Lo", "Sm"}
    return bool({kind, unicodedata.category(after) if after else ""} & {"So", "Sk", "Mn", "Mc", "Lo"})


def _is_in_flag(text: str, index: int) -> bool:
    if text[index] < "\U000e0061":
        return False
    return any(_FLAG.match(text, start) for start in range(max(index - 6, 0), index))


def _joined(single: Iterable[Piece]) -> Iterator[Piece]:
    """Neighbours of one kind as one piece; the same hidden sign in a row once, with its number."""
    run: list[Piece] = []
    for piece in single:
        if run and not _belongs(run[-1], piece):
            yield _one(run)
            run = []
        run.append(piece)
    if run:
        yield _one(run)


def _belongs(one: Piece, other: Piece) -> bool:
    same = (one.is_marked, one.is_sign) == (other.is_marked, other.is_sign)
    return same and (not one.is_sign or one.text == other.text)


def _one(run: list[Piece]) -> Piece:
    first = run[0]
    if first.is_sign:
        said = first.text if len(run) == 1 else f"{len(run)} × {first.text}"
        return Piece(said, first.is_marked, is_sign=True)
    return Piece("".join([piece.text for piece in run]), first.is_marked)
