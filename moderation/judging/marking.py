"""A hostile text cut into pieces that a page can show safely: plain, marked by a reason, or a sign that hides itself.

It makes no markup: whoever shows the pieces escapes each of them.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from moderation.judging.signal import Span

_HIDDEN: Final = frozenset({"Cf", "Cc", "Co", "Cn", "Cs", "Zl", "Zp"})
_VISIBLE: Final = frozenset("\n\t")
_JOINERS: Final = frozenset("\u200d\ufe0f\u200c")
_FILLERS: Final = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5")
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
            marked[start:end] = b"\x01" * max(end - start, 0)
    return tuple(_joined(_signs(text, marked)))


def hidden_name(sign: str) -> str:
    """Returns a sign that cannot be seen as `U+202E` with its name in small letters, where it has one."""
    name = unicodedata.name(sign, "").lower()
    return f"U+{ord(sign):04X} {name}".strip()


def _signs(text: str, marked: bytearray) -> Iterator[Piece]:
    """One piece for each character, an emoji's own joiners left as they are."""
    pile, extra = 0, 0
    for index, sign in enumerate(text):
        pile = pile + 1 if unicodedata.combining(sign) else 0
        if pile > _PILE:
            extra += 1
            continue
        if extra:
            yield Piece(f"{extra} more marks", bool(marked[index - 1]), is_sign=True)
            extra = 0
        if _is_hidden(text, index):
            yield Piece(hidden_name(sign), bool(marked[index]), is_sign=True)
        else:
            yield Piece(sign, bool(marked[index]))
    if extra:
        yield Piece(f"{extra} more marks", bool(marked[-1]), is_sign=True)


def _is_hidden(text: str, index: int) -> bool:
    sign = text[index]
    if sign in _VISIBLE or (sign.isascii() and sign.isprintable()):
        return False
    if sign in _JOINERS:
        beside = text[max(index - 1, 0) : index] + text[index + 1 : index + 2]
        return not any(unicodedata.category(other) in {"So", "Sk", "Mn", "Mc", "Lo"} for other in beside)
    return sign in _FILLERS or unicodedata.category(sign) in _HIDDEN


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
