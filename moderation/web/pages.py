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
from textwrap import fill
from typing import Any, Final
from urllib.parse import urlsplit

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from moderation.judging.facts import Fact, Provenance
from moderation.judging.marking import pieces
from moderation.web import language

_HOME: Final = Path(__file__).parent
_MEDIA: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
_DURATION: Final = re.compile(r"P(?=.)(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?")
_SHORT_HASH: Final = 12
_HOURS_OF_DAY: Final = 24
_IN_DAYS: Final = 48  # from here on, hours are said as days
_DAY_ALONE: Final = len("2026-11-28")
_AS_NAMED: Final = frozenset({"site.name", "site.home_url", "receipt.url"})  # names and addresses are in no language
_LINE: Final = 72
_FOR_PROGRAMS: Final = (".json", ".jsonld", ".txt")
_FOR_PEOPLE: Final = ("/receipt", "/comment-data", "/sites/", "/console")


@dataclass(frozen=True, slots=True)
class Asset:
    """A static file as it is served; `tag` changes with its bytes, so that its address can be kept for ever."""

    body: bytes
    media_type: str
    tag: str


def page(
    template: str,
    context: Mapping[str, object],
    *,
    status: int | None = None,
    headers: Mapping[str, str] | None = None,
    speaks: str | None = None,
) -> Response:
    """Returns a rendered page; no `status` stands for success, no `speaks` for the language that is spoken already."""
    told = language.headers(speaks) if speaks else {}
    markup = render(template, {**context, "switches": speaks is not None}, speaks)
    response = HTMLResponse(markup, headers={**told, **(headers or {})})
    response.status_code = status or response.status_code
    return response


def render(template: str, context: Mapping[str, object], speaks: str | None = None) -> str:
    """Returns a template's markup; every value in it is escaped, and a value that is missing is an error."""
    with language.speaking(speaks or language.current()):
        return environment().get_template(template).render(context)


def letter(template: str, context: Mapping[str, object]) -> str:
    """Returns a template's main part as a mail's plain text, its lines short enough for any mail program."""
    paragraphs = as_text(render(template, context)).strip().split("\n")
    return "\n\n".join(fill(part, _LINE, break_long_words=False, break_on_hyphens=False) for part in paragraphs) + "\n"


def dressed(request: Request, refusal: Response) -> Response:
    """Returns a problem as a page where people read pages, with the problem's status and headers; else as it is."""
    if not wants_page(request):
        return refusal
    problem = json.loads(bytes(refusal.body))
    same = {name: value for name, value in refusal.headers.items() if name not in {"content-type", "content-length"}}
    room = "console" if request.url.path.startswith("/console") else "public"
    return page(
        f"{room}/problem.html",
        {"title": problem["title"], "detail": problem["detail"]},
        status=refusal.status_code,
        headers=same | {"x-robots-tag": "noindex"},
        speaks=language.chosen(request) if room == "public" else None,
    )


def wants_page(request: Request) -> bool:
    """Returns whether a person asks: at a page's address unless for JSON, elsewhere who asks for a page by its type.

    Under `/api/v1` and at files programs ask, whatever they say that they accept.
    """
    path = request.url.path
    if is_page(path):
        return not wants_json(request)
    is_for_programs = path.startswith("/api/v") or path.endswith(_FOR_PROGRAMS)
    return not is_for_programs and "text/html" in request.headers.get("accept", "")


def is_page(path: str) -> bool:
    """Returns whether people, not programs, read what is at a path."""
    return path.startswith(_FOR_PEOPLE) and not path.endswith(_FOR_PROGRAMS)


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
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: "" if value is None else value,
    )
    made.policies["ext.i18n.trimmed"] = True
    made.install_gettext_callables(language.gettext, language.ngettext, newstyle=True)  # type: ignore[attr-defined] # the extension's
    made.filters |= {
        "say": say,
        "word": language.gettext,
        "day": language.day,
        "span": language.span,
        "stated": stated,
        "listing": listing,
        "moment": moment,
        "kept": kept,
        "lasted": lasted,
        "in_words": in_words,
        "link": link,
        "figure": language.number,
        "excerpt": excerpt,
        "signs": pieces,
        "percent": lambda share: f"{share * 100:.1f} %",
        "short": lambda digest: digest[:_SHORT_HASH],
    }
    made.globals |= {"static": static_address, "language": language.current, "languages": language.NAMES}
    made.globals |= {"is_right_to_left": lambda: language.current() in language.RIGHT_TO_LEFT, "to": to}
    made.globals |= {"review": lambda: language.review(language.current())}
    return made


@pass_context  # lest a constant's language be that of the page on which it is said first
def say(_: Context, text: str) -> Markup:
    """Says a constant of a template, too, anew on each page."""
    return spoken(text)


def spoken(text: str) -> Markup:
    """Returns a sentence of the program in the page's language; one that is missing there stays English and says so."""
    found = language.translated(text)
    return Markup("{}").format(found) if found else Markup('<span lang="en">{}</span>').format(text)


def static_address(name: str) -> str:
    """Returns where a static file is found, with its tag."""
    return f"/static/{name}?v={assets()[name].tag}"


def to(path: str) -> str:
    """Returns the address of another page here, in the language that is spoken now."""
    code = language.current()
    return path if code == language.SOURCE else f"{path}?lang={code}"


def moment(at: datetime | str) -> str:
    """Returns a moment or a day in words; facts hold them as RFC 3339 texts."""
    if isinstance(at, datetime):
        return language.day_and_time(at)
    read = datetime.fromisoformat(at).replace(tzinfo=UTC) if len(at) == _DAY_ALONE else datetime.fromisoformat(at)
    return language.day(read) if len(at) == _DAY_ALONE else language.day_and_time(read)


def stated(fact: Fact, empty: str = "none", last: str = "and") -> str:
    """Returns a fact's value in words; a missing one is said to be missing, never left out."""
    if fact.value is None:
        return spoken("not stated by the operator" if fact.provenance is Provenance.DECLARED else "not known")
    if isinstance(fact.value, tuple):
        return listing(fact.value, empty, last)
    is_named = fact.provenance is Provenance.DECLARED or fact.id in _AS_NAMED
    return str(fact.value) if is_named else in_words(fact.value)


def listing(values: Iterable[Any], empty: str = "none", last: str = "and") -> Markup:
    """Returns words joined as in a sentence, and the word for none where there is no word."""
    words = [spoken(value if isinstance(value, str) else str(value)) for value in values]
    if not words:
        return spoken(empty)
    before, end = Markup(", ").join(words[:-1]), words[-1]
    return Markup("{} {} {}").format(before, spoken(last), end) if before else end


def kept(duration: str | None) -> str:
    """Returns an ISO 8601 duration in words, 0 too; what is none as it is, and for None that no end is set."""
    if duration is None:
        return language.gettext("no end is set")
    match = _DURATION.fullmatch(duration)
    if match is None:
        return language.gettext(duration)
    days, hours = divmod(int(match[2] or 0), _HOURS_OF_DAY) if int(match[2] or 0) >= _IN_DAYS else (0, match[2] or 0)
    parts = ((int(match[1] or 0) + days, "day"), (int(hours), "hour"), (int(match[3] or 0), "minute"))
    return " ".join(language.span(number, unit) for number, unit in parts if number) or language.gettext("at once")


def lasted(duration: str | None) -> str:
    """Returns an ISO 8601 duration in words, and for None that it is not known."""
    return language.gettext("not known") if duration is None else kept(duration)


def in_words(value: Any) -> Markup | str:  # noqa: ANN401 - any plain value
    """Returns one plain value of a fact in words; a length of time stands there as ISO 8601."""
    if value is None:
        return spoken("not known")
    if isinstance(value, bool):
        return spoken("yes" if value else "no")
    if isinstance(value, str):
        return kept(value) if _DURATION.fullmatch(value) else spoken(value)
    return language.number(value)


def link(url: object) -> str:
    """Returns a web address that can be followed, or "" for any other: escaping does not stop `javascript:`."""
    try:
        parts = urlsplit(str(url))
        return str(url) if parts.scheme in {"http", "https"} and parts.hostname else ""
    except ValueError:
        return ""


def excerpt(text: str, length: int = 200) -> str:
    """Returns the beginning of a text in one line."""
    line = " ".join(text.split(None, length))  # what is left unsplit begins behind that many words
    return line if len(line) <= length else f"{line[: length - 1]}…"


def as_text(markup: str, *, is_fragment: bool = False) -> str:
    """Returns a page's main part, or the whole of a fragment, as plain text, so that both say the same."""
    reader = _TextOfPage(is_inside=is_fragment)
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

    def __init__(self, *, is_inside: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self._depth = int(is_inside)

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
