"""Words spelled out letter by letter and digits written for letters, undone in folded text; it knows no meaning."""

import itertools
import re
from collections.abc import Callable, Iterator
from typing import Final

from models.lookalikes import LATIN_TWIN

_SEPARATORS: Final = r" .\-_*·•|"
_SINGLE: Final = "a-z0-9@$\u0370-\u03ff\u0400-\u052f" + "".join(c for c in LATIN_TWIN if not "\u0370" <= c <= "\u052f")
# Inside a run of four single characters there are two with separators on both sides: quick to find out.
SPACED_HINT: Final = re.compile(f"[{_SEPARATORS}].[{_SEPARATORS}]{{1,2}}.[{_SEPARATORS}]")
_RUN: Final = re.compile(f"(?<![^\\W_])(?:[{_SINGLE}][{_SEPARATORS}]{{1,2}}){{3,}}[{_SINGLE}](?![^\\W_])")
_SEPARATOR: Final = re.compile(f"[{_SEPARATORS}]")
_VOWELS: Final = frozenset("aeiou0134@аеиоуыэюяієαεηιουω")
_RUSSIAN_WORDS: Final = frozenset("аявоискуж")  # single letters that are whole words; four in a row are a sentence
_FEWEST_LETTERS: Final = 3
_SENTENCE: Final = 6

LEET_SIGNS: Final = "430157@$!"
_LEET_MAP: Final = str.maketrans(LEET_SIGNS, "aeoistasi")
_LEET: Final = f"[{LEET_SIGNS}]"
_LEET_HINT: Final = re.compile(_LEET)
LEET_TRIGGER: Final = re.compile(f"(?<=[a-z])(?:{_LEET}{{1,2}}[a-z]|(?:0|33)(?![^\\W_]))|\\$[aeiou][a-z]")
_LEET_TOKEN: Final = re.compile(r"(?<!\S)[^\s430157@$!]*[430157@$!]\S*")
_ADDRESS: Final = re.compile(r"https?|www\.|[^@\s]@[^@\s]+\.[a-z]|[a-z0-9]\.[a-z]{2}|\A\W*@|0x[0-9a-f]|\?[a-z]+=|\A/")
_WORD: Final = re.compile(r"(?<![#&a-z0-9@$!])[a-z0-9@$!]+")
_PARTS: Final = re.compile(r"([0-9$@]*)(.*?)([0-9$@]*)(!*)")
# A digit before a final s or d is itself (mp3s, 3d), as is a number of more than two signs (rtx3070ti); a call before
# letters is the end of a sentence, unless only consonants stand before it (sh!t).
_INNER: Final = re.compile(
    r"(?<=[a-z])(?![3457]s\Z|[34]d\Z)[430157@$]{1,2}(?=[a-z])|(?<![a-z0-9])(?P<start>[^aeiouy\W\d_]{1,2})!(?=[a-z])"
)
_ONE_NUMBER: Final = re.compile(r"(?![^aeiouy\W\d_]{1,2}\d)\D*([0-9])(?!\1)[0-9]\D*")
_NOT_LEET: Final = re.compile("[2689]")
_HEXADECIMAL: Final = re.compile("(?=.*[0-9].*[0-9])[0-9a-f]{6,}")
_ALTERNATING: Final = re.compile("[$05]?[a-z][430157@$]{1,2}[a-z][430@$]")  # l0v3, but not h1n1
_SHORT: Final = re.compile("[^aeiouy\\W\\d_](?:[03@]|00|33)[^aeiouy\\W\\d_]")
_DOLLAR_WORD: Final = re.compile("[aeiou][^aeiouy]y?")
_NAMES: Final = frozenset({"c3po", "ps4pro", "ps5pro", "w3schools"})
_FEWEST_DISGUISED: Final = 2
_DIALECT_SHARE: Final = 8
_LONGEST_WORD: Final = 24
_LETTERS: Final = re.compile("[a-z]")


def spelled_out(text: str) -> Iterator[tuple[int, str, str]]:
    """The runs of single characters in a folded text that spell words: where each starts, it, and it joined."""
    if SPACED_HINT.search(text):
        for run in _RUN.finditer(text):
            joined = _join(run.group())
            if joined != run.group():
                yield run.start(), run.group(), joined


def unspace(text: str) -> str:
    """Join words that are s p e l l e d out; lists, formulas, versions and series of letters stay."""
    return _RUN.sub(lambda run: _join(run.group()), text) if SPACED_HINT.search(text) else text


def _join(run: str) -> str:
    """The run without separators; two spaces stand between words if each has letters enough to be one."""
    parts = run.split("  ")
    if min(len(_SEPARATOR.sub("", part)) for part in parts) < _FEWEST_LETTERS:
        parts = [run]
    return "  ".join(_SEPARATOR.sub("", part) if _is_word(part) else part for part in parts)


def _is_word(run: str) -> bool:
    """Whether single characters spell a word: letters enough, vowels and consonants, not a b c d, not я и в с."""
    singles = "".join(LATIN_TWIN.get(c, c) if c > "\u052f" else c for c in _SEPARATOR.sub("", run))
    letters = [c for c in singles if c.isalpha()]
    if len(letters) < _FEWEST_LETTERS or 2 * len(letters) < len(singles):
        return False
    if all(ord(after) - ord(before) == 1 for before, after in itertools.pairwise(letters)):
        return False
    if len(singles) < _SENTENCE and _RUSSIAN_WORDS.issuperset(singles):
        return False
    return not _VOWELS.isdisjoint(singles) and not _VOWELS.issuperset(letters)


def unleet(text: str) -> str:
    """Read digits and signs as the letters they stand for, inside words that have letters; addresses stay.

    Each code point keeps its place.
    """
    if not (_LEET_HINT.search(text) and LEET_TRIGGER.search(text)):
        return text
    plain = _read_tokens(text, _unleet_word)
    return _read_tokens(plain, _translate) if _is_dialect(text, plain) else plain


def _read_tokens(text: str, read: Callable[[str], str]) -> str:
    return _LEET_TOKEN.sub(lambda token: _read_token(token.group(), read), text)


def _is_dialect(text: str, plain: str) -> bool:
    """Whether so many words of a text were disguised that its other words are read as boldly."""
    if text == plain:
        return False
    words = text.split()
    changed = sum(map(str.__ne__, words, plain.split()))
    return changed >= _FEWEST_DISGUISED and changed * _DIALECT_SHARE >= len(words)


def _read_token(token: str, read: Callable[[str], str]) -> str:
    return token if _ADDRESS.search(token) else _WORD.sub(lambda word: read(word.group()), token)


def _translate(word: str) -> str:
    """A word with all its signs read as letters, if it has letters and no other digits."""
    body = word.rstrip("!")
    if len(word) > _LONGEST_WORD or _NOT_LEET.search(word) or _LETTERS.search(word) is None:
        return word
    return body.translate(_LEET_MAP) + word[len(body) :]


def _unleet_word(word: str) -> str:
    """One word, read until nothing changes: a letter that was a digit is a neighbour for the next."""
    if len(word) > _LONGEST_WORD:
        return word
    while (plain := _unleet_once(word)) != word:  # each round leaves fewer signs, so it ends
        word = plain
    return word


def _unleet_once(word: str) -> str:
    """One word; at its edges digits are letters only if others inside it are, or in a few telling shapes."""
    head, core, tail, calls = _match_parts(word)
    if _is_itself(word, core):
        return word
    if head == "$" and not tail and _DOLLAR_WORD.fullmatch(core):
        return "s" + core + calls
    is_long = len(_LETTERS.findall(core)) >= _FEWEST_LETTERS
    is_short = _SHORT.fullmatch(core) or _ALTERNATING.fullmatch(word)
    plain = _INNER.sub(_read, core) if is_long or is_short else core
    if plain != core:
        head, tail = _edge(head, 1), _edge(tail, 2)
    elif _ends_in_letters(core, tail):
        tail = tail.translate(_LEET_MAP)
    return head + plain + tail + calls


def _is_itself(word: str, core: str) -> bool:
    """Whether a word's digits are digits: a known name, other digits between letters, one number (max10mins), hex."""
    is_number = _NOT_LEET.search(core) or _ONE_NUMBER.fullmatch(word)
    return bool(is_number or word in _NAMES or _HEXADECIMAL.fullmatch(word))


def _match_parts(word: str) -> tuple[str, str, str, str]:
    match = _PARTS.fullmatch(word)
    assert match is not None
    return match.group(1), match.group(2), match.group(3), match.group(4)


def _read(leet: re.Match[str]) -> str:
    return leet.group().translate(_LEET_MAP)


def _edge(edge: str, longest: int) -> str:
    return edge if len(edge) > longest or _NOT_LEET.search(edge) else edge.translate(_LEET_MAP)


def _ends_in_letters(core: str, tail: str) -> bool:
    """Whether the digits after a word without others are letters: fr33 and casin0, but not mp3 or win10."""
    if not core.isalpha():
        return False
    has_vowel = not _VOWELS.isdisjoint(core)
    if tail == "0":
        return has_vowel and len(core) > _FEWEST_LETTERS
    return tail == "33" and not has_vowel and 1 < len(core) <= _FEWEST_LETTERS
