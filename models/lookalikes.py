"""Which characters look like Latin letters, from Unicode's own tables; it knows no words and decides nothing."""

import re
import unicodedata
from pathlib import Path
from typing import Final

_TABLE: Final = Path(__file__).parent / "data" / "lookalikes.txt"
_SINGLE_LETTER: Final = re.compile(
    r"(?:.* )?(?:LATIN|REGIONAL INDICATOR)\b.* LETTER (?:SMALL CAPITAL |BARRED |OPEN |CLOSED |REVERSED |SIDEWAYS "
    r"|TURNED |SCRIPT |INSULAR |DOTLESS |STRETCHED |BLACKLETTER |ANGLICANA |INVERTED |HALF |LENIS |OLD POLISH )*"
    r"([A-Z])(?: WITH .+)?"
)
_KINDS: Final = ("styled", "twin", "imitation")


def named_letter(character: str) -> str:
    """The Latin letter, in lower case, that a character's Unicode name says it is a form of; empty if none."""
    name = unicodedata.name(character, "")
    match = _SINGLE_LETTER.fullmatch(name) if " LETTER " in name else None
    return match.group(1).lower() if match else ""


def read_table(table: str) -> dict[str, dict[str, str]]:
    """The rows ``KIND LETTER CODE-POINTS…`` of a table as KIND -> character -> letter; # starts a comment."""
    kinds: dict[str, dict[str, str]] = {kind: {} for kind in _KINDS}
    for line in table.splitlines():
        if line and not line.startswith("#"):
            kind, letter, *codes = line.split()
            kinds[kind].update((chr(int(code, 16)), letter) for code in codes)
    return kinds


_READ: Final = read_table(_TABLE.read_text(encoding="ascii"))

STYLED_LATIN: Final[dict[str, str]] = _READ["styled"]
"""Letters and symbols that are only ever a form of a Latin letter and that NFKC leaves alone."""

IMITATIONS: Final[dict[str, str]] = _READ["imitation"]
"""Letters of scripts drawn like Latin capitals or read by nobody today: Latin in texts with Latin letters, always."""

LATIN_TWIN: Final[dict[str, str]] = _READ["twin"] | IMITATIONS
"""Case-folded letters of other scripts with a Latin twin: Latin in words of mixed script only.

Folding happens after case-folding, so the twins of capitals (В as B, Н as H) stand by their small letters.
"""

# The other direction, for a Russian word written with a few Latin letters. Only exact twins.
_CYRILLIC_FOR: Final = "aаeеoоpрcсyуxхiіsѕkкmмhнtтbв"
CYRILLIC_TWIN: Final[dict[str, str]] = dict(zip(_CYRILLIC_FOR[::2], _CYRILLIC_FOR[1::2], strict=True))


def latin_twin(character: str) -> str:
    """The Latin twin of a case-folded character or of its base (KA WITH DESCENDER looks like KA); itself if none."""
    if character in LATIN_TWIN or character.isascii():
        return LATIN_TWIN.get(character, character)
    base, _, addition = unicodedata.name(character, "").partition(" WITH ")
    if not addition:
        return character
    try:
        return LATIN_TWIN.get(unicodedata.lookup(base), character)
    except KeyError:  # the base has no character of its own
        return character
