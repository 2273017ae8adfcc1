"""A raw mail as words: subject, sender's name, time and text parts, whatever is broken about it."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.policy import Compat32
from email.utils import parseaddr, parsedate_to_datetime
from typing import Final

from training.loaders.markup import words
from training.loaders.reading import decoded

REFUSED_CODECS: Final = frozenset({"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined"})
"""Python's own codecs that no mail is written in and that are slow or loud on hostile bytes."""


WORDS: Final = frozenset({"text", "multipart", "message"})
"""Kinds of parts that are words; the last two where the parts they promise are not there."""

LONGEST_HEADER: Final = 2_000
"""Characters of a header that are kept: the standard parsers' time grows with the square of a hostile one."""


class _Bounded(Compat32):
    """The policy that raises nothing, with bounded headers."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[:LONGEST_HEADER]


@dataclass(frozen=True, slots=True)
class Mail:
    """What a person reads of a mail; ``sender`` is a display name, never an address, ``sent_at`` RFC 3339 in UTC."""

    subject: str
    text: str
    sender: str | None
    sent_at: str | None


def parsed(raw: bytes) -> Mail:
    """A mail out of its raw bytes; it never fails: what cannot be parsed is taken as plain text."""
    try:
        message = message_from_bytes(raw, policy=_Bounded())
        text = "\n".join(part for part in _parts(message) if part)
    except (RecursionError, ValueError, TypeError, LookupError):  # nested a thousand deep, or a parameter that lies
        _, _, body = decoded(raw).replace("\r\n", "\n").partition("\n\n")
        return Mail("", body.strip(), None, None)
    return Mail(_field(message, "subject"), text, _sender(message), _time(message))


def _parts(message: Message) -> Iterator[str]:
    """Every text part: plain and HTML alternatives both, since spam hides behind the one that is not shown."""
    for part in message.walk():
        if part.is_multipart() or part.get_content_maintype() not in WORDS:
            continue
        payload = part.get_payload(decode=True)
        text = _decode(payload if isinstance(payload, bytes) else b"", part.get_content_charset())
        yield (words(text) if part.get_content_subtype() == "html" else text).strip()


def _decode(raw: bytes, charset: str | None) -> str:
    """Bytes in a stated charset; where that is unknown, refused or wrong, the usual guess."""
    try:
        if charset and codecs.lookup(charset).name not in REFUSED_CODECS:
            return raw.decode(charset)
    except (LookupError, ValueError):
        pass
    return decoded(raw)


def _field(message: Message, name: str) -> str:
    """A header on one line, its encoded words decoded; raw bytes in it, which no header may hold, are guessed."""
    raw = next((value for field, value in message.raw_items() if field.lower() == name), "")
    value = " ".join(decoded(raw.encode("utf-8", "surrogateescape")).split())
    try:
        pieces = decode_header(value)
    except (HeaderParseError, ValueError):
        return value
    text = "".join(_piece(piece, charset) for piece, charset in pieces)
    return " ".join(text.split())


def _piece(piece: str | bytes, charset: str | None) -> str:
    """An encoded word, or what stands between two: the standard parser hands the latter out as escaped bytes."""
    if isinstance(piece, str):
        return piece
    return _decode(piece, charset) if charset else piece.decode("raw-unicode-escape", "replace")


def _sender(message: Message) -> str | None:
    """The name that the sender gave; where there is only an address, none."""
    try:
        name, _ = parseaddr(_field(message, "from"))
    except RecursionError:  # brackets nested a thousand deep
        return None
    return name if name and "@" not in name else None


def _time(message: Message) -> str | None:
    """The time that the sender claims; spam often lies, so it orders nothing."""
    try:
        sent = parsedate_to_datetime(_field(message, "date"))
        return sent.replace(tzinfo=sent.tzinfo or UTC).astimezone(UTC).isoformat()
    except (ValueError, TypeError, OverflowError, IndexError, RecursionError):
        return None
