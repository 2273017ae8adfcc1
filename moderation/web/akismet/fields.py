"""A bounded body becomes known fields; everything else a client sends is dropped here and seen by nobody."""

import codecs
import re
from base64 import b64decode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote_from_bytes, unquote_to_bytes, urlsplit

from python_multipart import create_form_parser
from python_multipart.multipart import Field, File, MultipartState

from moderation.errors import Invalid, TooLarge
from moderation.judging.comment import LIMITS, Author, Comment, Form, Page
from moderation.judging.network import normal_ip

FIELD_LIMIT = 500
NAME_BYTES = 128
_DAMAGED = "The form is damaged or not whole. Nothing was stored; send it again."
_IN_MEMORY = {"MAX_MEMORY_FILE_SIZE": float("inf")}  # the body is bounded, and nothing of it belongs on a disk
_KNOWN = {
    name: name.decode()
    for name in b"""
    api_key key blog user_ip permalink comment_type content_type comment_author comment_author_email
    comment_author_url comment_content content comment_date_gmt comment_parent comment_post_ID comment_ID
    comment_context blog_lang blog_charset user_role is_test recheck_reason honeypot_field_name honeypot
    akismet_api_honeypot_field POST_ak_hp_textarea test_discard reporter comment_check_response guid
    month filter format order limit offset extended from candor_receipt
    """.split()
}
_CONTEXT = re.compile(rb"comment_context(\[\d*\])?")
_TEXT_ENCODINGS = frozenset(  # without UTF-16, which no form arrives in: browsers send such a page's forms as UTF-8
    [
        "utf-8",
        "utf8",
        "us-ascii",
        "ascii",
        "big5",
        "big5-hkscs",
        "euc-jp",
        "euc-kr",
        "gb2312",
        "gbk",
        "gb18030",
        "iso-2022-jp",
        "koi8-r",
        "koi8-u",
        "shift_jis",
        "windows-31j",
        "tis-620",
    ]
)
_TABLE_ENCODING = re.compile(r"(iso-8859-\d{1,2}|windows-125\d|cp125\d)")
_NO_HOST = re.compile(r"[^/]*//[^/?#]*[\s\x00-\x1f\x7f-\x9f]")  # Python's parser passes over some of these
_BASIC = re.compile(rb"basic\s+(\S+)", re.IGNORECASE)
_KEYS = frozenset({b"api_key", b"key"})
_KEY_LABEL = re.compile(r"[0-9a-f]{12}")
_TAGS = 50


@dataclass(frozen=True, slots=True)
class Fields:
    """The known fields of one request, the first value of each, decoded; `context` holds the page's tags.

    `keys` are all the keys it names, in lower case: where they differ, no order among them would be safe.
    """

    values: dict[str, str]
    context: tuple[str, ...] = ()
    honeypot_filled: bool = False
    keys: frozenset[str] = frozenset()

    def get(self, name: str) -> str:
        """Returns a field's text, "" where it is missing."""
        return self.values.get(name, "")

    def is_true(self, name: str) -> bool:
        """Returns a switch: `0`, `false` and nothing are false, everything else is true (akismet.md 1)."""
        return self.get(name).strip().lower() not in {"", "0", "false"}


@dataclass(slots=True)
class _Pairs:
    """Names and values as bytes; those are counted too whose name is too long to be kept."""

    found: list[tuple[bytes, bytes]] = field(default_factory=list)
    count: int = 0

    def add(self, name: bytes, value: bytes) -> None:
        self.count += 1
        if self.count > FIELD_LIMIT:
            raise TooLarge(f"The request has more than {FIELD_LIMIT} fields.")
        if len(name) <= NAME_BYTES:
            self.found.append((name, value))


def parse(content_type: bytes, body: bytes, query: bytes) -> Fields:
    """Returns the known fields of a form body and a query, the form's first.

    Raises:
        TooLarge: for more fields than any client sends.
        Invalid: for a form that is damaged or not whole.
    """
    pairs = _Pairs()
    kind = content_type.partition(b";")[0].strip().lower()
    if kind == b"multipart/form-data":
        _read_multipart(pairs, content_type, body)
    elif kind != b"application/json":  # the real service does not read it either
        _read_urlencoded(pairs, body)
    _read_urlencoded(pairs, query)
    return _decoded(pairs.found)


def key_of(fields: Fields, authorization: bytes, host: bytes, bases: Iterable[str]) -> str | None:
    """Returns the one key of a request, "" where there is none, None where two differ (akismet.md 1)."""
    keys = fields.keys | ({_basic_key(authorization), _host_key(host, bases)} - {""})
    return None if len(keys) > 1 else next(iter(keys), "")


def blog_host(blog: str) -> str | None:
    """Returns the host of the calling blog in lower case, or None for what is no http address."""
    address = blog.strip()
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port  # a port that is none is noticed only when it is asked for
    except ValueError:
        return None
    if not host or parts.scheme not in {"http", "https"} or _NO_HOST.match(address):
        return None
    return host.lower()[:255]


def comment_of(fields: Fields) -> Comment:
    """Returns the comment that the fields describe, cut to what is stored; nothing in it can fail."""
    return Comment(
        permalink=_cut(fields.get("permalink"), "permalink"),
        content=_cut(fields.get("comment_content") or fields.get("content"), "content"),
        type=_cut(fields.get("comment_type") or fields.get("content_type"), "type"),
        external_id=_cut(fields.get("comment_ID"), "external_id") or None,
        parent_external_id=_cut(fields.get("comment_parent"), "external_id") or None,
        page_external_id=_cut(fields.get("comment_post_ID"), "external_id") or None,
        author=_author_of(fields),
        submitted_at=_time_of(fields.get("comment_date_gmt")),
        language=_language_of(fields.get("blog_lang")),
        form=Form(honeypot_filled=fields.honeypot_filled),
        page=Page(tags=fields.context),
        is_test=fields.is_true("is_test"),
    )


def _author_of(fields: Fields) -> Author:
    return Author(
        name=_cut(fields.get("comment_author"), "name"),
        email=_cut(fields.get("comment_author_email"), "email"),
        url=_cut(fields.get("comment_author_url"), "url"),
        ip=normal_ip(fields.get("user_ip")),
        roles=frozenset(role.strip().lower()[:64] for role in fields.get("user_role").split(",")[:20] if role.strip()),
    )


def _cut(text: str, limit: str) -> str:
    return text[: LIMITS[limit]]


def _read_urlencoded(pairs: _Pairs, body: bytes) -> None:
    for part in body.split(b"&") if body else ():
        name, _, value = part.partition(b"=")
        if name:
            pairs.add(_unquoted(name) if b"%" in name or b"+" in name else name, value)


def _read_multipart(pairs: _Pairs, content_type: bytes, body: bytes) -> None:
    """Values arrive unquoted and are quoted, so that all pairs have one form until the wanted ones are decoded.

    Half a comment must not be judged as if it were whole: what is damaged, or ends before its end, is refused.
    """

    def on_part(part: Any) -> None:  # noqa: ANN401 - the parser's own protocols are bare
        pairs.add(part.field_name, quote_from_bytes(_value_of(part)).encode())

    try:
        parser = create_form_parser({"Content-Type": content_type}, on_part, on_part, _IN_MEMORY)
        parser.write(body)
    except ValueError:  # among them FormParserError
        raise Invalid(_DAMAGED) from None
    if getattr(parser.parser, "state", None) is not MultipartState.END:
        raise Invalid(_DAMAGED)


def _value_of(part: Field | File) -> bytes:
    """What a part holds; under a known name a file is a value like any other, for dropping it would pass its words."""
    if not isinstance(part, File):
        return part.value or b""
    part.file_object.seek(0)
    return part.file_object.read()


def _decoded(pairs: list[tuple[bytes, bytes]]) -> Fields:
    raw: dict[bytes, bytes] = {}
    context: list[bytes] = []
    traps = {_unquoted(value) for name, value in pairs if name == b"honeypot_field_name"} - {b""}
    for name, value in pairs:
        if name in _KNOWN or name in traps:
            raw.setdefault(name, value)
        elif len(context) < _TAGS and _CONTEXT.fullmatch(name):
            context.append(value)
    if b"comment_context" in raw:
        context.insert(0, raw.pop(b"comment_context"))
    encoding = _encoding(raw.get(b"blog_charset", b""))
    values = {_KNOWN.get(name) or name.decode("latin-1"): _text(value, encoding) for name, value in raw.items()}
    keys = frozenset(_text(value, "utf-8").strip().lower() for name, value in pairs if name in _KEYS) - {""}
    tags = tuple(text[:200] for text in (_text(value, encoding) for value in context[:_TAGS]) if text)
    return Fields(values, tags, _honeypot_filled(values), keys)


def _honeypot_filled(values: dict[str, str]) -> bool:
    """Whether a field that people cannot see has something in it: the named one, WordPress's, or npm's alias."""
    named = values.get("honeypot_field_name", "")
    traps = {named, "POST_ak_hp_textarea", "akismet_api_honeypot_field", "honeypot"} - {""}
    return any(values.get(trap, "").strip() for trap in traps)


def _unquoted(value: bytes) -> bytes:
    if b"+" in value:
        value = value.replace(b"+", b" ")
    return unquote_to_bytes(value) if b"%" in value else value


def _text(value: bytes, encoding: str) -> str:
    """Decoded, with NUL replaced: it cannot be stored, and refusing it would let it pass where clients fail open."""
    text = _unquoted(value).decode(encoding, "replace")
    return text.replace("\x00", "\ufffd") if "\x00" in text else text


def _encoding(charset: bytes) -> str:
    """An allow-list, because Python's codecs hold more than text encodings (style.md, trap 15)."""
    name = _unquoted(charset).decode("ascii", "replace").strip().lower()
    known = name in _TEXT_ENCODINGS or _TABLE_ENCODING.fullmatch(name)
    try:
        return codecs.lookup(name).name if known else "utf-8"
    except LookupError:
        return "utf-8"


def _time_of(text: str) -> datetime | None:
    """ISO 8601 or WordPress's `YYYY-MM-DD HH:MM:SS`, both UTC; what cannot be read is absent, never an error."""
    try:
        moment = datetime.fromisoformat(text.strip())
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _language_of(text: str) -> str:
    first = text.strip()[:2].lower()
    return first if len(first) == 2 and first.isascii() and first.isalpha() else ""  # noqa: PLR2004 - ISO 639-1


def _basic_key(authorization: bytes) -> str:
    """The user name up to its first dot, where that is a key: a proxy before us may have users of its own."""
    match = _BASIC.fullmatch(authorization.strip())
    if match is None:
        return ""
    try:
        user = b64decode(match[1], validate=True).decode("latin-1")
    except ValueError:
        return ""
    label = user.partition(":")[0].partition(".")[0].lower()
    return label if _KEY_LABEL.fullmatch(label) else ""


def _host_key(host: bytes, bases: Iterable[str]) -> str:
    """`<12 hex>.<base>`, port stripped, lower-cased; an unknown host names no key."""
    name = host.decode("latin-1").partition(":")[0].lower().rstrip(".")
    label, _, base = name.partition(".")
    return label if base in bases and _KEY_LABEL.fullmatch(label) else ""


def split_path(path: str) -> Iterator[str]:
    """Yields the parts of a path, repeated slashes collapsed, scheme and host of an absolute form left out."""
    _, is_absolute, rest = path.partition("://")
    parts = (rest if is_absolute else path).split("/")
    yield from (part for part in (parts[1:] if is_absolute else parts) if part)
