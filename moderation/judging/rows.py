"""A comment written as one JSON object: flat, as files of history hold it, or nested, as the native API takes it."""

import json
import math
from collections.abc import Mapping
from typing import Any, Final, NoReturn, cast

from moderation.errors import Invalid
from moderation.judging.comment import JUDGED_CODE_POINTS, LIMITS, Author, Comment, Form, Page

LINE_BYTES: Final = 1_048_576
_TAGS: Final = 50
_TITLE: Final = 500
_TAG: Final = 100


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
