"""A comment written as one JSON object: flat, as files of history hold it, or nested, as the native API takes it."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final, NoReturn, cast

from moderation.errors import Invalid
from moderation.judging.comment import JUDGED_CODE_POINTS, LIMITS, Author, Comment, Form, Page
from moderation.judging.network import normal_ip
from moderation.vocabulary import Label

LINE_BYTES: Final = 1_048_576
_TAGS: Final = 50
_TITLE: Final = 500
_TAG: Final = 100
_YEARS: Final = range(1970, 3000)
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:[0-5]\d)", re.ASCII)


def parse(line: bytes) -> dict[str, Any]:
    """Returns the JSON object that a line holds.

    Raises:
        Invalid: for anything else; the message quotes nothing of the line.
    """
    if len(line) > LINE_BYTES:
        raise Invalid(f"the line is longer than {LINE_BYTES} bytes")
    try:
        text = line.decode("utf-8-sig")
        row = json.loads(text, object_pairs_hook=_once_each, parse_constant=_refuse_constant, parse_float=_finite)
    except UnicodeDecodeError:
        raise Invalid("the line is not UTF-8") from None
    except (ValueError, RecursionError):
        raise Invalid("the line is not JSON") from None
    if not isinstance(row, dict):
        raise Invalid("the line is not a JSON object")
    return cast("dict[str, Any]", row)


def to_judge(row: Mapping[str, Any], *, permalink: str = "") -> Comment:
    """Returns the comment of a row with all that judging looks at, refused where the service would refuse it.

    Raises:
        Invalid: for a field that is missing, of the wrong type, too long, or holds NUL; names the field.
    """
    author = _author(row)
    form = _object(row.get("form"), "form")
    return Comment(
        permalink=_text(row.get("permalink"), "permalink", LIMITS["permalink"]) or permalink,
        content=_text(_content(row), "content", LIMITS["content"]),
        type=_text(row.get("type"), "type", LIMITS["type"]) or "comment",
        author=author,
        form=Form(honeypot_filled=bool(_text(form.get("honeypot"), "form.honeypot", LIMITS["content"]))),
        page=_page(row.get("context")),
    )


def to_store(row: Mapping[str, Any], *, permalink: str) -> Comment:
    """Returns the comment of a row with all that is stored of it, refused where the native door would refuse it.

    Raises:
        Invalid: as `to_judge`, and for an id, an address or a time that is none.
    """
    judged, author = to_judge(row, permalink=permalink), row.get("author")
    ip = author.get("ip") if isinstance(author, Mapping) else row.get("user_ip")
    return replace(
        judged,
        external_id=_id(_first(row, "id", "external_id")),
        author=replace(judged.author, ip=_ip(_text(ip, "user_ip", LIMITS["type"]))),
        submitted_at=_time(_first(row, "created_at", "submitted_at")),
        language=_text(row.get("language"), "language", LIMITS["language"]),
    )


def label_of(row: Mapping[str, Any]) -> Label | None:
    """Returns what a row says that its comment was; raises Invalid for another word than ham and spam."""
    given = row.get("label")
    if given is None:
        return None
    if given not in tuple(Label):
        raise Invalid(f"label must be one of {', '.join(Label)}")
    return Label(given)


def moment_of(text: object) -> datetime | None:
    """Returns an RFC 3339 time with its zone, in years that a comment can be from, or None for anything cleverer."""
    try:
        moment = datetime.fromisoformat(text.upper()) if isinstance(text, str) and _MOMENT.fullmatch(text) else None
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment is not None and moment.year in _YEARS else None


def to_score(row: Mapping[str, Any]) -> Comment:
    """Returns the comment of a row with what a model looks at, over-long fields cut where the model stops reading.

    Raises:
        Invalid: for a missing text or a field of the wrong type; names the field.
    """
    author = row.get("author")
    named = author if isinstance(author, Mapping) else {"name": author, "url": row.get("author_url")}
    return Comment(
        permalink="",
        content=_cut(_content(row), "text", JUDGED_CODE_POINTS),
        author=Author(
            name=_cut(named.get("name"), "author", LIMITS["name"]),
            url=_cut(named.get("url"), "author_url", LIMITS["url"]),
        ),
        page=_page(row.get("context")),
    )


def _first(row: Mapping[str, Any], *names: str) -> object:
    return next((row[name] for name in names if row.get(name) is not None), None)


def _id(value: object) -> str | None:
    """An id as a text; a number is one, too, as databases number comments."""
    text = str(value) if type(value) is int else value
    return _text(text, "id", LIMITS["external_id"]) or None


def _ip(text: str) -> str:
    ip = normal_ip(text)
    if text.strip() and not ip:
        raise Invalid("user_ip must be an IPv4 or IPv6 address")
    return ip


def _time(value: object) -> datetime | None:
    moment = moment_of(value)
    if moment is None and value is not None:
        raise Invalid("created_at must be an RFC 3339 time with its zone, such as 2026-11-22T10:00:00Z")
    return moment


def _content(row: Mapping[str, Any]) -> str:
    value = row.get("text", row.get("content"))
    if not isinstance(value, str):
        raise Invalid("there is no text" if value is None else "text must be a string")
    return value


def _author(row: Mapping[str, Any]) -> Author:
    nested = row.get("author")
    if isinstance(nested, Mapping):
        given = dict(nested)
    else:
        given = {"name": nested, "email": row.get("author_email"), "url": row.get("author_url")}
    role = _text(given.get("role"), "author.role", LIMITS["type"])
    return Author(
        name=_text(given.get("name"), "author.name", LIMITS["name"]),
        email=_text(given.get("email"), "author.email", LIMITS["email"]),
        url=_text(given.get("url"), "author.url", LIMITS["url"]),
        roles=frozenset({role}) if role else frozenset(),
    )


def _page(context: object) -> Page:
    """What the comment stands under: an object as the native API takes it, a list of words, or one text."""
    if isinstance(context, str):
        return Page(excerpt=_cut(context, "context", JUDGED_CODE_POINTS))
    if isinstance(context, list):
        return Page(tags=_tags(context))
    given = _object(context, "context")
    return Page(
        title=_cut(given.get("title"), "context.title", _TITLE),
        tags=_tags(given.get("tags") or []),
        excerpt=_cut(given.get("excerpt"), "context.excerpt", JUDGED_CODE_POINTS),
    )


def _tags(given: object) -> tuple[str, ...]:
    if not isinstance(given, list):
        raise Invalid("context.tags must be a list of strings")
    return tuple(_cut(tag, "context.tags", _TAG) for tag in given[:_TAGS])


def _object(value: object, name: str) -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise Invalid(f"{name} must be an object")
    return value


def _text(value: object, name: str, limit: int) -> str:
    text = _string(value, name)
    if len(text) > limit:
        raise Invalid(f"{name} is longer than {limit} characters")
    if "\x00" in text:
        raise Invalid(f"{name} holds a NUL character")
    return text


def _cut(value: object, name: str, limit: int) -> str:
    return _string(value, name)[:limit].replace("\x00", "\ufffd")


def _string(value: object, name: str) -> str:
    """Half of a surrogate pair is no character and becomes U+FFFD, as everywhere else in the service."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Invalid(f"{name} must be a string")
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Invalid("an object in the line has the same name twice")
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number
