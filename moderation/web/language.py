"""In which language a page speaks: the catalogues, the reader's choice, and dates and numbers; it knows no page.

English is the source: its texts are the catalogues' keys. Babel is loaded by the first page in another language.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from fastapi import Request

from moderation.judging.said import Said

SOURCE: Final = "en"
NAMES: Final = {"en": "English", "de": "Deutsch"}
RIGHT_TO_LEFT: Final = frozenset({"ar", "fa", "he", "ur"})
_HOME: Final = Path(__file__).parent / "locales"
_ONLY_PLACES: Final = re.compile(r"(\s*%\(\w+\)s\s*)+")
_REVIEWED: Final = "# Review: "
_spoken: ContextVar[str] = ContextVar("candor_language", default=SOURCE)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One language's texts by their English ones; `review` says who has looked at them."""

    texts: dict[str, str]
    plurals: dict[tuple[str, str], tuple[str, ...]]
    review: str


def current() -> str:
    """Returns the language that is spoken now, a code such as `de`."""
    return _spoken.get()


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Lets everything that is said inside be said in a language; one that is not there is English."""
    token = _spoken.set(code if code in NAMES else SOURCE)
    try:
        yield
    finally:
        _spoken.reset(token)


def chosen(request: Request) -> str:
    """Returns the reader's language: `?lang=`, then what the browser prefers, never the network's country."""
    wanted = [asked(request), *(_code(part.partition(";")[0]) for part in _by_weight(request))]
    return next((code for code in wanted if code in NAMES), SOURCE)


def asked(request: Request) -> str:
    """Returns the language that the address asks for, `de` for `DE` and `de-AT` too; "" for none that is there."""
    code = _code(request.query_params.get("lang", ""))
    return code if code in NAMES else ""


def _code(tag: str) -> str:
    return re.split("[-_]", tag.strip().lower(), maxsplit=1)[0]


def headers(code: str) -> dict[str, str]:
    """Returns what an answer in a language says of it to browsers and caches."""
    return {"content-language": code, "vary": "Accept-Language"}


def _by_weight(request: Request) -> list[str]:
    parts = request.headers.get("accept-language", "")[:512].split(",")
    return sorted((part for part in parts if _weight(part) > 0), key=_weight, reverse=True)


def _weight(part: str) -> float:
    try:
        return float(part.partition("q=")[2] or 1)
    except ValueError:
        return 0.0


def gettext(message: str) -> str:
    """Returns a text in the language spoken now; one that is missing there is returned in English."""
    return translated(message) or message


def ngettext(one: str, many: str, count: int) -> str:
    """Returns the form of a text that fits a number; German and English have the same two."""
    forms = _catalogue(current()).plurals.get((one, many)) if current() != SOURCE else None
    place = 0 if count == 1 else 1
    return (forms or (one, many))[place]


def translated(message: str) -> str | None:
    """Returns a text in the language spoken now, or None where the catalogue lacks it; values keep their places."""
    if current() == SOURCE:
        return message
    if not isinstance(message, Said):
        return _found(message)
    is_joined = _ONLY_PLACES.fullmatch(message.pattern) is not None
    if is_joined and not all(translated(part) for part in message.facts.values() if isinstance(part, str)):
        return None
    found = message.pattern if is_joined else _found(message.pattern)
    return found % {name: _local(value) for name, value in message.facts.items()} if found and message.facts else found


def _found(text: str) -> str | None:
    return _catalogue(current()).texts.get(" ".join(text.split())) or None


def _local(value: object) -> str:
    """A value in the language spoken now; a name, an address or a number written out is in no language."""
    if not isinstance(value, str):
        return number(value)
    return gettext(value) if " " in value or value.rstrip(".").isalpha() else value


def say(message: str, **facts: object) -> str:
    """Returns a text in the language spoken now, with facts in the places of `%(name)s`."""
    text = gettext(message)
    return text % facts if facts else text


def review(code: str) -> str:
    """Returns who has looked at a language's texts; "" for English, in which they are written."""
    return "" if code == SOURCE else _catalogue(code).review


@lru_cache
def _catalogue(code: str) -> Catalogue:
    from babel.messages.pofile import read_po

    with (_HOME / f"{code}.po").open("rb") as file:
        read = read_po(file, locale=code)
    texts, plurals = {}, {}
    for message in read:
        said: Any = message.string
        if message.pluralizable:
            plurals[message.id[0], message.id[1]] = tuple(said)
        elif message.id and said and not message.fuzzy:
            texts[" ".join(str(message.id).split())] = str(said)
    heads = read.header_comment.splitlines()
    reviews = [line.removeprefix(_REVIEWED) for line in heads if line.startswith(_REVIEWED)]
    return Catalogue(texts, plurals, reviews[0] if reviews else "not reviewed")


def day_and_time(at: datetime) -> str:
    """Returns a moment in words, in UTC."""
    if current() == SOURCE:
        return f"{at.astimezone(UTC):%d %B %Y, %H:%M} UTC".lstrip("0")
    from babel.dates import format_datetime

    return f"{format_datetime(at.astimezone(UTC), 'd. MMMM y, HH:mm', locale=current())} UTC"


def day(at: datetime) -> str:
    """Returns a moment's day in words, in UTC."""
    if current() == SOURCE:
        return f"{at.astimezone(UTC):%d %B %Y}".lstrip("0")
    from babel.dates import format_date

    return format_date(at.astimezone(UTC), "d. MMMM y", locale=current())


def span(count: float, unit: str) -> str:
    """Returns a length of time in words: `span(3, "day")` is `3 days`; units are second, minute, hour, day, month."""
    if current() == SOURCE:
        return f"{count:g} {unit}{'' if count == 1 else 's'}"
    from babel.units import format_unit

    return format_unit(count, f"duration-{unit}", length="long", locale=current())


def number(value: Any) -> str:  # noqa: ANN401 - any fact's value
    """Returns a number with at most four digits that count, anything else as text."""
    text = f"{value:.4g}" if isinstance(value, float) else str(value)
    return text.replace(".", ",") if isinstance(value, float) and current() == "de" else text
