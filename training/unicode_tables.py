"""Makes the table of look-alikes from Unicode's confusables.txt; it fits nothing and is not needed to train."""

import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from models.lookalikes import named_letter

TABLE: Final = Path(__file__).parent.parent / "models" / "data" / "lookalikes.txt"
_BEYOND_ASCII: Final = range(0x80, sys.maxunicode + 1)
_ROW_FIELDS: Final = 3
_CODES_A_LINE: Final = 18

# Scripts written without spaces or with Latin words in them, and marks of their own kind: nothing is a twin there.
_NEVER: Final = frozenset({"CJK", "KATAKANA", "HIRAGANA", "HANGUL", "BOPOMOFO", "IDEOGRAPHIC", "YI", "TANGUT", "NUSHU"})
# Symbols made of a letter; those of chemistry, tables and programming are themselves.
_ENCLOSING: Final = frozenset({"CROSSED", "ESTIMATED", "NEGATIVE", "REGIONAL", "SQUARED"})
# Their bars (alef, vav) are the article and the word "and", which honest people write before Latin names.
_PREFIXING: Final = frozenset({"HEBREW", "ARABIC", "SYRIAC", "NKO", "THAANA"})
# Drawn like Latin capitals (Lisu) or read by nobody today: nobody comments in them, spam does.
_IMITATING: Final = frozenset(
    {"LISU", "OLD", "CARIAN", "LYCIAN", "LYDIAN", "GOTHIC", "DESERET", "ELBASAN", "RUNIC", "WARANG"}
)
# What the confusables leave out because they compare single glyphs of one case: a reader sees these twins in a word.
_OWN_TWINS: Final = dict(
    zip(
        "\u044c\u043f\u0432\u043d\u043a\u043c\u0442\u04cf\u0493\u0491\u04d9"
        "\u03b5\u03b7\u03b9\u03ba\u03bc\u03c4\u03c5\u03c7\u03c9\u03bd\u03b6\u0564\u0563\u0584\u0572",
        "bnbhkmtlfreenikutuxwvzngph",
        strict=True,
    )
)
_OWN_STYLED: Final = {"\u0259": "e", "\u025b": "e", "\u0254": "o", "\u0269": "i", "\u212e": "e", "\u1d7d": "p"}


class TableError(Exception):
    """The file is not a confusables.txt of Unicode."""


def confusables(source: str) -> Iterator[tuple[str, str]]:
    """Pairs of single character and what it looks like, out of the text of confusables.txt (UTS #39, section 4)."""
    for line in source.splitlines():
        fields = line.lstrip("\ufeff").partition("#")[0].split(";")
        if len(fields) >= _ROW_FIELDS and len(fields[0].split()) == 1:
            yield _text(fields[0]), _text(fields[1])


def _text(codes: str) -> str:
    return "".join(chr(int(code, 16)) for code in codes.split())


def version(source: str) -> str:
    """The Unicode version that a confusables.txt states in its head; raises TableError if it states none."""
    for line in source.splitlines():
        if line.startswith("# Version:"):
            return line.partition(":")[2].strip()
    raise TableError("no line '# Version:' in it; is it confusables.txt of Unicode?")


def _plain(text: str) -> str:
    """Without marks and case: how a prototype is compared with ASCII letters."""
    parts = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    plain = "".join(part for part in parts if not unicodedata.combining(part))
    return "m" if plain == "rn" else plain


def _letter(character: str, target: str) -> str:
    """The Latin letter a character imitates, or empty. The tables write l for I, so that of a capital is read as i."""
    letter = _plain(target)
    if len(letter) != 1 or not "a" <= letter <= "z":
        return ""
    return "i" if target == "l" and unicodedata.category(character) in {"Lu", "Lo"} else letter


def _kind(character: str, letter: str) -> str:
    """The kind of row a look-alike belongs to, or empty if it must stay what it is."""
    family, category = unicodedata.name(character, "").partition(" ")[0], unicodedata.category(character)
    if (
        family in _NEVER
        or (category == "So" and family not in _ENCLOSING)
        or category not in {"Ll", "Lu", "Lo", "Lm", "So"}
    ):
        return ""
    if family in _PREFIXING and letter in "il":
        return ""
    if family in _IMITATING:
        return "imitation"
    return "styled" if family == "LATIN" or category == "So" else "twin"


def lookalikes(source: str) -> dict[str, tuple[str, str]]:
    """Character, case-folded -> (kind, letter), small letters before capitals and our own rows before all."""
    rows = {c: ("twin", letter) for c, letter in _OWN_TWINS.items()}
    rows |= {c: ("styled", letter) for c, letter in _OWN_STYLED.items()}
    pairs = sorted(confusables(source), key=lambda pair: (unicodedata.category(pair[0]) != "Ll", pair))
    for character, target in pairs:
        letter = _letter(character, target)
        kind = _kind(character, letter) if letter else ""
        if kind:
            rows.setdefault(_folded(character), (kind, letter))
    for character in map(chr, _BEYOND_ASCII):
        letter = named_letter(character)
        if letter and unicodedata.category(character) != "Cf":  # tags are invisible
            rows.setdefault(_folded(character), ("styled", letter))
    return {c: row for c, row in rows.items() if len(c) == 1 and len(_plain(c)) == 1 and not _plain(c).isascii()}


def _folded(character: str) -> str:
    return unicodedata.normalize("NFKC", character).casefold()


def table(source: str) -> str:
    """The text of the table: what it is, where it is from, and one row for each kind and letter."""
    groups: dict[tuple[str, str], list[str]] = {}
    for character, row in sorted(lookalikes(source).items()):
        groups.setdefault(row, []).append(f"{ord(character):04x}")
    head = (
        "# Characters that look like Latin letters. Made by training/unicode_tables.py; do not edit.\n"
        f"# Derived from confusables.txt {version(source)} (UTS #39) and character names of Unicode "
        f"{unicodedata.unidata_version},\n"
        "# Copyright Unicode, Inc., under the Unicode License (unicode_license.txt beside this file);\n"
        "# changed as its maker says.\n"
        "# kind letter code-points\n"
    )
    return head + "".join(_rows(kind, letter, codes) for (kind, letter), codes in sorted(groups.items()))


def _rows(kind: str, letter: str, codes: list[str]) -> str:
    starts = range(0, len(codes), _CODES_A_LINE)
    return "".join(f"{kind} {letter} {' '.join(codes[at : at + _CODES_A_LINE])}\n" for at in starts)


def write(source: Path, to: Path = TABLE) -> int:
    """Write the table made of a confusables.txt; returns its number of characters, raises TableError or OSError."""
    made = table(source.read_text(encoding="utf-8-sig"))
    to.write_text(made, encoding="ascii", newline="\n")
    return sum(len(line.split()) - 2 for line in made.splitlines() if not line.startswith("#"))
