"""Search: the query stands in the address, so that it can be kept and shared within the team."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from moderation.clock import parse_id
from moderation.duties import reviewing
from moderation.duties.reviewing import Filters, Wanted
from moderation.errors import FieldFault, Invalid
from moderation.vocabulary import Actor, State
from moderation.web import problems
from moderation.web.console import shell
from moderation.web.console.access import HereDep
from moderation.web.deps import ReadDb

router = APIRouter(include_in_schema=False)
PAGE: Final = 50
NAMES: Final = ("q", "author", "host", "state", "reason", "by", "from", "to", "since", "until", "page")
REASONS: Final[Mapping[str, str]] = {
    "model": "the model",
    "rule": "a rule",
    "form": "the form",
    "content": "its content",
    "test": "a test value",
    "role": "the author's role",
    "moderator": "a moderator",
    "blog": "the website",
}
_LONGEST: Final = 400


@dataclass(frozen=True, slots=True)
class Query:
    """A search as it stands in the address."""

    said: Mapping[str, str]

    @property
    def address(self) -> str:
        """The query for the address of the same search."""
        return urlencode(dict(self.said))

    def filters(self) -> Filters:
        """Returns what to look for; raises Invalid that names the field which cannot be read."""
        said = self.said
        author = said.get("author", "")
        return Filters(
            words=Wanted(_words("q", said), "" if "@" in author else _words("author", said), _words("host", said)),
            email=author if "@" in author else "",
            state=_word("state", said.get("state", ""), State),
            reason=said.get("reason", ""),
            decided_by=_word("by", said.get("by", ""), Actor),
            score_from=_score("from", said.get("from", "")),
            score_to=_score("to", said.get("to", "")),
            since=_day("since", said.get("since", "")),
            until=_day("until", said.get("until", ""), days=1),
            permalink=said.get("page", ""),
        )


def query_of(given: Mapping[str, str]) -> Query:
    """Returns the search that an address or a form names; what is empty is left out, and NUL, which no text holds."""
    said = {name: given.get(name, "").replace("\x00", "").strip()[:_LONGEST] for name in NAMES}
    return Query({name: text for name, text in said.items() if text})


def _asked(request: Request) -> Query:
    return query_of(request.query_params)


@router.get("/console/sites/{site_id}/search")
def search(
    here: HereDep, db: ReadDb, query: Annotated[Query, Depends(_asked)], after: str = "", done: str = ""
) -> Response:
    """Returns what fits, newest first; an id or a page's address that was pasted leads there at once."""
    pasted = query.said.get("q", "")
    if parse_id(pasted) is not None:
        return RedirectResponse(f"{here.path}/comments/{parse_id(pasted)}", problems.SEE_OTHER)
    if pasted.startswith(("http://", "https://")) and len(pasted.split()) == 1:
        query = query_of({**query.said, "q": "", "page": pasted})
    context: dict[str, Any] = {
        "query": query.said,
        "address": query.address,
        "reasons": REASONS,
        "found": None,
        "here": "",  # what is decided here leads to the queue
    }
    try:
        found = reviewing.find(db, desk=here.desk, filters=query.filters(), limit=PAGE, after=parse_id(after))
        context |= {"found": found, "most": reviewing.COUNTED}
    except Invalid as error:
        words = f"{error.message} {error.faults[0].message}" if error.faults else error.message
        return shell.page("search.html", shell.at_site(db, here, problem=words, **context), refusal=error)
    return shell.page("search.html", shell.at_site(db, here, done, **context))


def _words(name: str, said: Mapping[str, str]) -> str:
    """Signs alone would look for no word at all, and so find everything, and let everything be decided."""
    text = said.get(name, "")
    if text and Wanted(text).is_empty:
        raise _unreadable(name, "Write at least one letter or digit.")
    return text


def _word(name: str, text: str, kind: Any) -> Any:  # noqa: ANN401 - an enum and its member
    if not text:
        return None
    if text not in set(kind):
        raise _unreadable(name, f"Choose one of {', '.join(kind)}.")
    return kind(text)


def _score(name: str, text: str) -> float | None:
    if not text:
        return None
    try:
        score = float(text)
    except ValueError:
        score = -1.0
    if not 0.0 <= score <= 1.0:
        raise _unreadable(name, "A score is a number from 0 to 1, such as 0.8.")
    return score


def _day(name: str, text: str, days: int = 0) -> datetime | None:
    if not text:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC) + timedelta(days=days)
    except (ValueError, OverflowError):
        raise _unreadable(name, "Write a day as 2026-11-28.") from None


def _unreadable(name: str, words: str) -> Invalid:
    return Invalid("This search cannot be read.", faults=(FieldFault(name, words),))
