"""The one template environment, and the only maker of markup; it knows filters and files, no route and no fact."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from moderation.judging.facts import Fact, Provenance

_HOME: Final = Path(__file__).parent
_MEDIA: Final = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
_DURATION: Final = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?")
_SHORT_HASH: Final = 12
_FOR_PEOPLE: Final = ("/receipt", "/comment-data", "/sites/", "/console")


@dataclass(frozen=True, slots=True)
class Asset:
    """A static file as it is served; `tag` changes with its bytes, so that its address can be kept for ever."""

    body: bytes
    media_type: str
    tag: str


def page(
    template: str, context: Mapping[str, object], *, status: int | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """Returns a rendered page; no `status` stands for success."""
    response = HTMLResponse(render(template, context), headers=headers)
    response.status_code = status or response.status_code
    return response


def render(template: str, context: Mapping[str, object]) -> str:
    """Returns a template's markup; every value in it is escaped, and a value that is missing is an error."""
    return environment().get_template(template).render(context)


def dressed(request: Request, refusal: Response) -> Response:
    """Returns a problem as a page where people read pages, with the problem's status and headers; else as it is."""
    if not is_page(request.url.path) or wants_json(request):
        return refusal
    problem = json.loads(bytes(refusal.body))
    same = {name: value for name, value in refusal.headers.items() if name not in {"content-type", "content-length"}}
    room = "console" if request.url.path.startswith("/console") else "public"
    return page(
        f"{room}/problem.html",
        {"title": problem["title"], "detail": problem["detail"]},
        status=refusal.status_code,
        headers=same | {"x-robots-tag": "noindex"},
    )


def is_page(path: str) -> bool:
    """Returns whether people, not programs, read what is at a path."""
    return path.startswith(_FOR_PEOPLE) and not path.endswith((".json", ".txt"))


def wants_json(request: Request) -> bool:
    """Returns whether a script, not a person, asks."""
    return request.headers.get("accept", "").startswith("application/json")


@lru_cache(maxsize=1)
def assets() -> dict[str, Asset]:
    """Returns every static file by its name."""
    return {path.name: _asset(path) for path in (_HOME / "static").iterdir() if path.suffix in _MEDIA}


def _asset(path: Path) -> Asset:
    body = path.read_bytes()
    return Asset(body, _MEDIA[path.suffix], hashlib.sha256(body).hexdigest()[:_SHORT_HASH])


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Returns the environment: everything is escaped, nothing may be undefined, and None is never printed."""
    made = Environment(
        loader=FileSystemLoader(_HOME / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: "" if value is None else value,
    )
    made.filters |= {
        "stated": stated,
        "listing": listing,
        "moment": moment,
        "kept": kept,
        "link": link,
        "figure": figure,
        "excerpt": excerpt,
        "percent": lambda share: f"{share * 100:.1f} %",
        "short": lambda digest: digest[:_SHORT_HASH],
    }
    made.globals["static"] = static_address
    return made


def static_address(name: str) -> str:
    """Returns where a static file is found, with its tag."""
    return f"/static/{name}?v={assets()[name].tag}"


def stated(fact: Fact, empty: str = "none", last: str = "and") -> str:
    """Returns a fact's value in words; a missing one is said to be missing, never left out."""
    if fact.value is None:
        return "not stated by the operator" if fact.provenance is Provenance.DECLARED else "not known"
    if isinstance(fact.value, bool):
        return "yes" if fact.value else "no"
    return listing(fact.value, empty, last) if isinstance(fact.value, tuple) else figure(fact.value)


def listing(values: Iterable[Any], empty: str = "none", last: str = "and") -> str:
    """Returns words joined as in a sentence, and the word for none where there is no word."""
    words = [str(value) for value in values]
    if not words:
        return empty
    return f"{', '.join(words[:-1])} {last} {words[-1]}" if len(words) > 1 else words[0]


def moment(at: datetime) -> str:
    """Returns a time in words, in UTC."""
    return f"{at.astimezone(UTC):%d %B %Y, %H:%M} UTC".lstrip("0")


def kept(duration: str | None) -> str:
    """Returns an ISO 8601 duration of hours and minutes in words, other words as they are, and the lack of an end."""
    if duration is None:
        return "no end is set: this version deletes nothing here by itself, ask the operator"
    match = _DURATION.fullmatch(duration)
    if match is None:
        return duration
    parts = ((match[1], "hour"), (match[2], "minute"))
    return " ".join(f"{number} {unit}{'' if number == '1' else 's'}" for number, unit in parts if number)


def link(url: object) -> str:
    """Returns a web address that can be followed, or "" for any other: escaping does not stop `javascript:`."""
    try:
        parts = urlsplit(str(url))
        return str(url) if parts.scheme in {"http", "https"} and parts.hostname else ""
    except ValueError:
        return ""


def excerpt(text: str, length: int = 200) -> str:
    """Returns the beginning of a text in one line."""
    line = " ".join(text[: 4 * length].split())
    return line if len(line) <= length else f"{line[: length - 1]}…"


def figure(value: object) -> str:
    """Returns a number with at most four digits that count, anything else as text."""
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def as_text(markup: str) -> str:
    """Returns a page's main part as plain text, so that both say the same."""
    reader = _TextOfPage()
    reader.feed(markup)
    reader.close()
    lines = [re.sub(r"\s+", " ", line).rstrip() if line.strip() else "" for line in "".join(reader.said).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.strip(" |") for line in lines)).strip() + "\n"


class _TextOfPage(HTMLParser):
    """Collects what stands inside `main`, a line for each block."""

    _BREAKS: Final = {
        "h1": "\n\n",
        "h2": "\n\n\n",
        "h3": "\n\n",
        "p": "\n",
        "li": "\n- ",
        "tr": "\n",
        "th": " | ",
        "td": " | ",
        "code": " ",
        "span": " ",
        "dt": "\n",
        "dd": ": ",
        "caption": "\n\n",
        "summary": "\n  ",
        "details": "\n",
        "pre": "\n",
    }

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the parser's signature
        """Begins a block."""
        self._depth += tag == "main"
        if self._depth:
            self.said.append(self._BREAKS.get(tag, ""))

    def handle_endtag(self, tag: str) -> None:
        """Ends the main part."""
        self._depth -= tag == "main"

    def handle_data(self, data: str) -> None:
        """Takes text down, its own line breaks as spaces."""
        if self._depth:
            self.said.append(re.sub(r"\s+", " ", data))
