"""Tables of characters that look like others; it knows no text and decides nothing."""

from typing import Final

# Lower-case Cyrillic, Greek and Armenian letters with a Latin twin. Folding happens after case-folding, so the
# twins of capitals (В as B, Н as H) stand here by their small letters, as a reader of capitals would see them.
_CYRILLIC: Final = "аaвbеeкkмmнhоoрpсcтtуyхxіiѕsјjһhԁdԛqԝwґrәeɡgѵvӏlьbпn"
_GREEK: Final = "αaβbγyεeηnιiκkμuνvοoρpτtυuχxωwϲcϳjζz"
_OTHER: Final = "աwոnսuօoհhցgքpғfңhүyұyҝkꭰdꭱrꮪsꮃwꓐbꓒpꓓdꓔtꓖgꓗkꓘkꓝfꓟmꓠnꓡlꓢsꓣrꓥvꓦvꓧhꓨgꓪwꓫxꓬyꓮaꓰeꓲiꓳoꓴu"


def _pairs(row: str) -> dict[str, str]:
    return dict(zip(row[::2], row[1::2], strict=True))


LATIN_TWIN: Final[dict[str, str]] = _pairs(_CYRILLIC) | _pairs(_GREEK) | _pairs(_OTHER)

# The other direction, for a Russian word written with a few Latin letters. Only exact twins.
CYRILLIC_TWIN: Final[dict[str, str]] = _pairs("aаeеoоpрcсyуxхiіsѕkкmмhнtтbв")

# Letters that are only ever a styled Latin letter; NFKC leaves them alone.
_SMALL_CAPITALS: Final = _pairs("ᴀaʙbᴄcᴅdᴇeꜰfɢgʜhɪiᴊjᴋkʟlᴍmɴnᴏoᴘpꞯqʀrꜱsᴛtᴜuᴠvᴡwʏyᴢz")
_BARRED: Final = _pairs("ɑaɡgıiɩiłløođdŧtħhƀbǥgɨiɫlʉuɏyƶzɛeɔoʂsᶄkᵽp")


def _enclosed() -> dict[str, str]:
    """Negative circled and squared capitals and regional indicators, which NFKC keeps as symbols."""
    starts = (0x1F150, 0x1F170, 0x1F1E6)
    return {chr(start + i): chr(ord("a") + i) for start in starts for i in range(26)}


STYLED_LATIN: Final[dict[str, str]] = _SMALL_CAPITALS | _BARRED | _enclosed()
