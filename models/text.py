"""The one cleaning of text, shared by training and serving; it knows characters, not meaning."""

import functools
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from models.lookalikes import CYRILLIC_TWIN, LATIN_TWIN, STYLED_LATIN

LIMIT: Final = 8_000
"""Code points of a field that are read at all: it bounds the time one comment may take."""

_IGNORABLE: Final = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff"
)
_MARK: Final = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_MARKED_SCRIPT: Final = (
    "a-z\u00df-\u024f\u0250-\u02af\u0370-\u03ff\u0400-\u052f\u1c80-\u1c8f\u1d00-\u1dbf\u1e00-\u1fff\u2c60-\u2c7f"
    "\ua640-\ua69f\ua720-\ua7ff"
)
_SPACEABLE: Final = "a-z0-9\u0370-\u03ff\u0400-\u052f"

_IGNORABLES: Final = re.compile(f"[{_IGNORABLE}]")
_ALPHABETIC: Final = re.compile(f"[{_MARKED_SCRIPT}]")
_ANY_MARK: Final = re.compile(f"[{_MARK}]")
_LOOSE_MARKS: Final = re.compile(f"(?<=[{_MARKED_SCRIPT}])[{_MARK}]+")
_STYLED: Final = re.compile(
    "[\u1d00-\u1d2b\u2100-\u214f\u2460-\u24ff\uff10-\uff19\uff21-\uff3a\uff41-\uff5a"
    "\U0001d400-\U0001d7ff\U0001f100-\U0001f1ff]"
)
_TWINS: Final = "".join(LATIN_TWIN)
_MIXED: Final = re.compile(f"[^\\W_]*(?:[a-z][^\\W_]*[{_TWINS}]|[{_TWINS}][^\\W_]*[a-z])[^\\W_]*")
_ANY_TWIN: Final = re.compile(f"[{_TWINS}]")
_LATIN: Final = re.compile("[a-z]")
# Inside a run of four single characters there are two with separators on both sides: quick to find out.
_SPACED_HINT: Final = re.compile(f"[ .\\-_*·•|][{_SPACEABLE}][ .\\-_*·•|]{{1,2}}[{_SPACEABLE}][ .\\-_*·•|]")
_SPACED: Final = re.compile(f"(?<![^\\W_])(?:[{_SPACEABLE}][ .\\-_*·•|]{{1,2}}){{3,}}[{_SPACEABLE}](?![^\\W_])")
_SEPARATOR: Final = re.compile(r"[ .\-_*·•|]")
_LEET_HINT: Final = re.compile("[430157@$!]")
_LEET: Final = re.compile("(?<=[a-z])[430157@$!]+(?=[a-z])")
_TOKEN: Final = re.compile(r"\S+")
_LEET_MAP: Final = str.maketrans("430157@$!", "aeoistasi")
_ADDRESS: Final = re.compile(r"https?|www\.|[^@\s]@[^@\s]+\.[a-z]")
_FEWEST_LETTERS: Final = 3
_CACHED_CHARACTERS: Final = 20_000

# One source character with everything that may combine with it: the unit in which offsets are traced.
_CLUSTER: Final = re.compile(
    f"[\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff]+|.[{_MARK}{_IGNORABLE}\u3099\u309a\u0590-\u05cf\u0610-\u061a\u064b-\u065f"
    "\u0670\u06d6-\u06ed\u0900-\u0dff\u0e30-\u0e4e\u0eb0-\u0ece\u0f18-\u0fbc\u1000-\u109f\u1780-\u17ff\u1b00-\u1bff]*",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many characters each step of the fold took away or replaced: evidence of disguise."""

    ignorable: int = 0
    styled: int = 0
    lookalike: int = 0
    spaced: int = 0
    leet: int = 0


UNTOUCHED: Final = Counts()


class Folded(NamedTuple):
    """A folded text, the (bounded) source it came from, and what the fold had to undo.

    A tuple, because building several for each comment is on the hot path.
    """

    text: str
    source: str
    counts: Counts = UNTOUCHED

    def sources(self) -> list[tuple[int, int]]:
        """For each folded code point the half-open range of source code points it came from.

        Traced only when asked for, because scoring does not need it.
        """
        return _trace(self.source, self.text)


def fold(text: str) -> Folded:
    """Fold a text to the form in which disguises of the same words look the same.

    Steps: compatibility forms (NFKC), invisible characters, accents on alphabetic scripts, styled letters, case,
    look-alikes in words of mixed script, words s p a c e d out, digits used as letters. Idempotent; at most
    ``LIMIT`` code points of the text are read and returned.
    """
    source = text[:LIMIT] if len(text) > LIMIT else text
    if source.isascii():
        clean, counts = source.lower(), UNTOUCHED
    else:
        clean, counts = _fold_beyond_ascii(source)
    if _SPACED_HINT.search(clean):
        clean, counts = _unspace(clean, counts)
    if _LEET_HINT.search(clean) and _LEET.search(clean):
        clean, counts = _unleet(clean, counts)
    return Folded(clean, source, counts)


class _CharacterTable(dict[int, str]):
    """What each single character folds to, filled as characters are met (``str.translate`` asks by code point)."""

    def __missing__(self, code: int) -> str:
        folded = _fold_character(chr(code))
        if len(self) < _CACHED_CHARACTERS:
            self[code] = folded
        return folded


def _fold_character(character: str) -> str:
    """One character folded until nothing changes any more."""
    folded = _fold_once(character)
    while (again := "".join(map(_fold_once, unicodedata.normalize("NFKC", folded)))) != folded:
        folded = again
    return folded


def _fold_once(character: str) -> str:
    if _IGNORABLES.match(character):
        return ""
    plain = _unmark(STYLED_LATIN.get(character, character))
    return "".join(STYLED_LATIN.get(c, c) for c in _unmark(plain.casefold()))


def _unmark(character: str) -> str:
    """Without its accents, if the base letter belongs to an alphabet in which they are decoration."""
    parts = unicodedata.normalize("NFD", character)
    if len(parts) > 1 and _ALPHABETIC.match(parts.casefold()):
        return "".join(part for part in parts if not unicodedata.combining(part))
    return character


_CHARACTERS: Final = _CharacterTable()


def _clean(text: str) -> str:
    """Fold each character; repeated while removing some has brought together others that now compose."""
    for _ in range(4):
        text = unicodedata.normalize("NFKC", text).translate(_CHARACTERS)
        if _ANY_MARK.search(text):
            text = _LOOSE_MARKS.sub("", text)
        if unicodedata.is_normalized("NFKC", text):
            break
    return text


def _fold_beyond_ascii(source: str) -> tuple[str, Counts]:
    clean = _clean(source)[:LIMIT]
    ignorable = len(_IGNORABLES.findall(source))
    styled = len(_STYLED.findall(source))
    unmixed = _unmixed(clean)
    lookalike = sum(map(str.__ne__, clean, unmixed)) if unmixed != clean else 0
    if ignorable or styled or lookalike:
        return unmixed, Counts(ignorable=ignorable, styled=styled, lookalike=lookalike)
    return unmixed, UNTOUCHED


def _unmixed(text: str) -> str:
    return _MIXED.sub(_unmix, text) if _ANY_TWIN.search(text) and _LATIN.search(text) else text


def _unmix(token: re.Match[str]) -> str:
    """One word of mixed script in the script it imitates: Latin if every foreign letter has a Latin twin."""
    word = token.group()
    latin = "".join(LATIN_TWIN.get(c, c) for c in word)
    if latin.isascii():
        return latin
    cyrillic = "".join(CYRILLIC_TWIN.get(c, c) for c in word)
    if not _LATIN.search(cyrillic):
        return cyrillic
    mostly_latin = 2 * len(_LATIN.findall(word)) >= len(word)
    return latin if mostly_latin else word


def _is_spelled_out(run: str) -> bool:
    """Whether single characters spell a word; 1 2 3 4 is a list."""
    return sum(map(str.isalpha, run)) >= _FEWEST_LETTERS


def _join(run: re.Match[str]) -> str:
    spaced = run.group()
    return _SEPARATOR.sub("", spaced) if _is_spelled_out(spaced) else spaced


def _unspace(text: str, counts: Counts) -> tuple[str, Counts]:
    joined = _SPACED.sub(_join, text)
    removed = len(text) - len(joined)
    return joined, _with(counts, spaced=removed) if removed else counts


def _unleet_token(token: re.Match[str]) -> str:
    word = token.group()
    if _ADDRESS.search(word) or len(_LATIN.findall(word)) < _FEWEST_LETTERS:
        return word
    return _LEET.sub(lambda digits: digits.group().translate(_LEET_MAP), word)


def _unleet(text: str, counts: Counts) -> tuple[str, Counts]:
    plain = _TOKEN.sub(_unleet_token, text)
    if not plain.isascii():  # a digit read as a letter can make a word of mixed script
        plain = _unmixed(plain)
    changed = sum(map(str.__ne__, text, plain)) if plain != text else 0
    return plain, _with(counts, leet=changed) if changed else counts


def _with(counts: Counts, *, spaced: int = 0, leet: int = 0) -> Counts:
    return Counts(counts.ignorable, counts.styled, counts.lookalike, counts.spaced + spaced, counts.leet + leet)


def _trace(source: str, folded: str) -> list[tuple[int, int]]:
    """Source range of each folded code point: clusters are cleaned one by one, then un-spacing is replayed."""
    ranges, clean = _trace_clean(source)
    unmixed = _unmixed(clean)
    kept = [True] * len(unmixed)
    for run in _SPACED.finditer(unmixed):
        if _is_spelled_out(run.group()):
            kept[run.start() : run.end()] = [not _SEPARATOR.match(c) for c in run.group()]
    traced = [place for place, keep in zip(ranges, kept, strict=True) if keep]
    return traced if len(traced) == len(folded) else [(0, len(source))] * len(folded)


def _trace_clean(source: str) -> tuple[list[tuple[int, int]], str]:
    """Ranges and text after cleaning, by the finest division of the source that gives the same text as the whole."""
    if source.isascii():
        return [(i, i + 1) for i in range(len(source))], source.lower()
    whole = _clean(source)[:LIMIT]
    for divide in (_clusters, _chunks):
        ranges, text = _trace_pieces(divide(source))
        if text[:LIMIT] == whole:
            return ranges[:LIMIT], whole
    return [(0, len(source))] * len(whole), whole


def _trace_pieces(pieces: Sequence[str]) -> tuple[list[tuple[int, int]], str]:
    clean_once: Callable[[str], str] = functools.cache(_clean)
    ranges: list[tuple[int, int]] = []
    texts: list[str] = []
    at = 0
    for piece in pieces:
        clean = clean_once(piece)
        texts.append(clean)
        ranges.extend([(at, at + len(piece))] * len(clean))
        at += len(piece)
    return ranges, "".join(texts)


def _clusters(source: str) -> list[str]:
    return _CLUSTER.findall(source)


def _chunks(source: str) -> list[str]:
    return re.findall(r"\s+|\S+", source)
