"""The one cleaning of text, shared by training and serving; it knows characters, not meaning."""

import functools
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from models.lookalikes import CYRILLIC_TWIN, IMITATIONS, STYLED_LATIN, latin_twin, named_letter
from models.spelling import LEET_SIGNS, LEET_TRIGGER, SPACED_HINT, spelled_out, unleet, unspace

LIMIT: Final = 8_000
"""Code points of a field that are read at all: it bounds the time one comment may take."""

_IGNORABLE: Final = (
    "\x00\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff"
)
_MARK: Final = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_MARKED_SCRIPT: Final = (
    "a-z\u00df-\u024f\u0250-\u02af\u0370-\u03ff\u0400-\u052f\u1c80-\u1c8f\u1d00-\u1dbf\u1e00-\u1fff\u2c60-\u2c7f"
    "\ua640-\ua69f\ua720-\ua7ff"
)
_RIGHT_TO_LEFT: Final = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"
_CASED: Final = "A-Za-z\u00c0-\u024f\u0370-\u052f\u1e00-\u1fff"
_FLAG: Final = "\U0001f1e6-\U0001f1ff"

_IGNORABLES: Final = re.compile(f"[{_IGNORABLE}]")
# What hides a word: invisible characters beside letters that never need them, and text written in tags.
_HIDING: Final = re.compile(
    f"(?<=[{_CASED}])[{_IGNORABLE}]+|(?<![{_IGNORABLE}])[{_IGNORABLE}]+(?=[{_CASED}])"
    "|(?<![\U0001f3f4\U000e0000-\U000e007f])[\U000e0000-\U000e007f]+"
)
_DIRECTIONS: Final = re.compile("[\u061c\u200c-\u200f\u202a-\u202e\u2066-\u2069]+")
_ANY_RIGHT_TO_LEFT: Final = re.compile(f"[{_RIGHT_TO_LEFT}]")
_ALPHABETIC: Final = re.compile(f"[{_MARKED_SCRIPT}]")
_MARKS: Final = re.compile(f"[{_MARK}]+")
# Letters in costume. Not ones that honest people use: flags (pairs), signs of trade, units and numbers in circles.
_STYLED: Final = re.compile(
    "[\u0262\u026a\u0274\u0280\u028f\u0299\u029c\u029f\u1d00-\u1d2b\ua730\ua731\u2102\u210a-\u2113\u2115"
    f"\u2119-\u211d\u2124\u2128\u212c-\u2134\u249c-\u24e9"
    f"\U0001d400-\U0001d7ff\U0001f110-\U0001f189]|(?<![{_FLAG}])[{_FLAG}](?![{_FLAG}])"
)
# All that these and _WIDE look for, so that most texts are looked through once.
_COSTUME: Final = re.compile(
    f"[{_IGNORABLE}\u0262-\u029f\u1d00-\u1d2b\ua730\ua731\u2102-\u2134\u249c-\u24e9"
    "\uff10-\uff5a\U0001d400-\U0001d7ff\U0001f110-\U0001f1ff]"
)
_WIDE: Final = re.compile("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]")
_EAST_ASIAN: Final = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_LATIN: Final = re.compile("[a-z]")
_WORD: Final = re.compile("[^\\W_]+")
# A word of mixed script has somewhere a Latin letter or a digit beside a letter that is none.
_MIXED_HINT: Final = re.compile(
    "[a-z0-9][^\\W_\\x00-\u024f]|[^\\W_\\x00-\u024f][a-z0-9]|[\u16a0-\u16ff\ua4d0-\ua4ff\U00010280-\U000118ff]"
)
_FOREIGN: Final = re.compile("[^\\W_\\x00-\u024f]")
_FEWEST_GREEK: Final = 3
_CYRILLIC: Final = re.compile("[\u0400-\u052f]")
_GREEK: Final = re.compile("[\u0370-\u03ff]")
_LEET_OR_NUL: Final = f"{LEET_SIGNS}\x00".encode()
_CACHED_CHARACTERS: Final = 20_000
_ROUNDS: Final = 8
# Sorting a pile of marks takes quadratic time; no language needs more than 30 (UAX #15, stream-safe text).
_LONG: Final = 500
_PILED: Final = (
    f"[{_MARK}{_IGNORABLE}\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0730-\u074a\u07eb-\u07f3"
    "\u0816-\u082d\u0898-\u08ff\u093c\u094d\u0951-\u0954\u0e38-\u0e4e\u302a-\u302f\u3099\u309a]"
)
_PILE: Final = re.compile(f"({_PILED}{{30}}){_PILED}+")

# One source character with everything that may combine with it: the unit in which offsets are traced.
_CLUSTER: Final = re.compile(
    f"[\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff]+|.[{_MARK}{_IGNORABLE}\u3099\u309a\u0590-\u05cf\u0610-\u061a\u064b-\u065f"
    "\u0670\u06d6-\u06ed\u0900-\u0dff\u0e30-\u0e4e\u0eb0-\u0ece\u0f18-\u0fbc\u1000-\u109f\u1780-\u17ff\u1b00-\u1bff]*",
    re.DOTALL,
)
_CHUNK: Final = re.compile(r"\s+|\S+")


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
    limit: int = LIMIT

    def sources(self) -> list[tuple[int, int]]:
        """For each folded code point the half-open range of source code points it came from.

        Traced only when asked for, because scoring does not need it.
        """
        return _trace(self.source, self.text, self.limit)


def fold(text: str, limit: int = LIMIT) -> Folded:
    """Fold a text to the form in which disguises of the same words look the same.

    Steps: compatibility forms (NFKC), invisible characters, accents on alphabetic scripts, styled letters, case,
    words s p a c e d out, look-alikes in words of mixed script, digits used as letters. Idempotent, never longer than
    NFKC makes the text; at most ``limit`` code points of it are read and returned.
    """
    source = text[:limit] if len(text) > limit else text
    clean = source.lower() if source.isascii() else _clean(source)[:limit]
    if source.isascii() and not SPACED_HINT.search(clean):  # the common case; deleting bytes is the fastest search
        is_bare = len(clean.encode().translate(None, _LEET_OR_NUL)) == len(clean)
        if is_bare or not ("\x00" in clean or LEET_TRIGGER.search(clean)):
            return Folded(clean, source)
    return _fold_further(source, clean, limit)


def _fold_further(source: str, clean: str, limit: int) -> Folded:
    clean = clean.replace("\x00", "")
    joined = unspace(clean)
    plain = unleet(joined) if joined.isascii() else _latinised(joined)
    return Folded(plain, source, _count(source, clean, joined, plain), limit)


def _count(source: str, clean: str, joined: str, plain: str) -> Counts:
    if source.isascii() and plain == clean and len(clean) == len(source):
        return UNTOUCHED
    hidden, styled = (_hidden(source), _styled(source)) if _COSTUME.search(source) else (0, 0)
    leet, lookalike = 0, 0
    if plain != joined:
        changed = [before for before, after in zip(joined, plain, strict=True) if before != after]
        lookalike = sum(map(str.isalpha, changed))
        leet = len(changed) - lookalike
    counts = Counts(hidden, styled, lookalike, len(clean) - len(joined), leet)
    return UNTOUCHED if counts == UNTOUCHED else counts


def _hidden(source: str) -> int:
    """Invisible characters that hide words; joiners in Indic and Arabic words and directions beside them do not."""
    if not _IGNORABLES.search(source):
        return 0
    if _ANY_RIGHT_TO_LEFT.search(source):
        source = _DIRECTIONS.sub("", source)
    return sum(len(match.group()) for match in _HIDING.finditer(source))


def _styled(source: str) -> int:
    styled = len(_STYLED.findall(source))
    wide = 0 if _EAST_ASIAN.search(source) else len(_WIDE.findall(source))
    return styled + wide


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
    plain = _unmark(_unstyled(character))
    folded = plain.casefold()
    folded = folded if len(folded) <= len(plain) else plain.lower()  # sharp s is not two letters: never longer
    return "".join(_unstyled(c) for c in _unmark(folded))


def _unstyled(character: str) -> str:
    """The Latin letter that a character is a form of; by its name if the table, made for one Unicode, lacks it."""
    if character.isascii():
        return character
    return STYLED_LATIN.get(character) or named_letter(character) or character


def _unmark(character: str) -> str:
    """Without its accents, if the base letter belongs to an alphabet in which they are decoration."""
    parts = unicodedata.normalize("NFD", character)
    if len(parts) > 1 and _ALPHABETIC.match(parts.casefold()):
        return "".join(part for part in parts if not unicodedata.combining(part))
    return character


_CHARACTERS: Final = _CharacterTable()


def _clean(text: str) -> str:
    """Fold each character; repeated while removing some has brought together others that now compose."""
    for _ in range(_ROUNDS):
        if len(text) > _LONG:
            text = _PILE.sub(r"\1", text)
        text = _MARKS.sub("", unicodedata.normalize("NFKC", text).translate(_CHARACTERS))
        if text.isascii() or unicodedata.is_normalized("NFKC", text):
            break
    return text


def _latinised(text: str) -> str:
    """Look-alikes and digits read as letters in turn, because either can bring out the other; places are kept."""
    for _ in range(_ROUNDS):
        plain = unleet(_unmixed(text))
        if plain == text:
            break
        text = plain
    return text


def _unmixed(text: str) -> str:
    if _FOREIGN.search(text) and _LATIN.search(text) and _MIXED_HINT.search(text):
        return _WORD.sub(_unmix, text)
    return text


def _unmix(match: re.Match[str]) -> str:
    """One word in the script it imitates: Latin if it has Latin letters and every other letter has a Latin twin."""
    word = match.group()
    if word.isascii():
        return word
    if not _LATIN.search(word):
        return "".join(IMITATIONS[c] for c in word) if all(c in IMITATIONS for c in word) else word
    if len(word) < _FEWEST_GREEK and _GREEK.search(word):  # a unit or a variable, not a word
        return word
    return _unmixed_word(word)


def _unmixed_word(word: str) -> str:
    latin = "".join(map(latin_twin, word))
    if latin.isascii():
        return latin
    cyrillic = "".join(CYRILLIC_TWIN.get(c, c) for c in word)
    if _CYRILLIC.search(word) and not _LATIN.search(cyrillic):
        return cyrillic
    mostly_latin = 2 * len(_LATIN.findall(word)) >= len(word)
    return latin if mostly_latin else word


Ranges = list[tuple[int, int]]


def _trace(source: str, folded: str, limit: int) -> Ranges:
    """Source range of each folded code point: clusters are cleaned one by one, then un-spacing is replayed."""
    ranges, clean = _trace_clean(source)
    ranges, clean = ranges[:limit], clean[:limit]
    kept = [True] * len(clean)
    for start, run, joined in spelled_out(clean):
        at = 0
        for character in joined:
            following = run.index(character, at)
            kept[start + at : start + following] = [False] * (following - at)
            at = following + 1
    traced = [place for place, keep in zip(ranges, kept, strict=True) if keep]
    assert len(traced) == len(folded)
    return traced


def _trace_clean(source: str) -> tuple[Ranges, str]:
    """Ranges and text after cleaning, by the finest division of the source that gives the same text as the whole."""
    if source.isascii() and "\x00" not in source:
        return [(i, i + 1) for i in range(len(source))], source.lower()
    whole = _clean(source)
    clean_once: Callable[[str], str] = functools.cache(_clean)
    for divide in (_clusters, _careful_clusters):
        pieces = [(start, end, clean_once(source[start:end])) for start, end in divide(source)]
        if "".join(text for _, _, text in pieces) == whole:
            return [(start, end) for start, end, text in pieces for _ in text], whole
    return [(0, len(source))] * len(whole), whole


def _clusters(source: str) -> Iterator[tuple[int, int]]:
    return (match.span() for match in _CLUSTER.finditer(source))


def _careful_clusters(source: str) -> Iterator[tuple[int, int]]:
    """Clusters of the stretches without white space, but such a stretch whole where its clusters give another text."""
    for chunk in _CHUNK.finditer(source):
        text, at = chunk.group(), chunk.start()
        spans = list(_clusters(text))
        is_same = "".join(_clean(text[start:end]) for start, end in spans) == _clean(text)
        yield from ((at + start, at + end) for start, end in spans) if is_same else iter([chunk.span()])
