"""The queue: the first card stands in the first answer, the next ones are fetched by the script, or by a click."""

from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from fastapi.responses import RedirectResponse, Response

from moderation import clock
from moderation.clock import parse_id
from moderation.duties import reviewing
from moderation.duties.reviewing import Card, Item, Listing
from moderation.errors import NotFound
from moderation.judging.preferences import SEVERE, Fold
from moderation.judging.receipt import BAND_WORDS
from moderation.runtime import Db
from moderation.vocabulary import Order, Waiting
from moderation.web import problems
from moderation.web.console import shell
from moderation.web.console.access import HOME, Here, HereDep, SignedDep
from moderation.web.deps import ReadDb

router = APIRouter(include_in_schema=False)
PAGE: Final = 50
_WORDS: Final = {"all", *(kind.value for kind in Waiting)}


@router.get("/console")
@router.get(HOME)
def home(signed: SignedDep) -> Response:
    """Leads to the queue of the only site, or shows the sites."""
    sites = signed.sites
    if len(sites) == 1:
        return RedirectResponse(f"/console/sites/{sites[0].id}/queue", problems.SEE_OTHER)
    return shell.page("home.html", shell.signed(signed))


@router.get("/console/help")
def help_(signed: SignedDep) -> Response:
    """Lists every key."""
    return shell.page("help.html", shell.signed(signed))


@router.get("/console/sites/{site_id}")
def site(here: HereDep) -> Response:
    """Leads to the site's queue."""
    return RedirectResponse(f"{here.path}/queue", problems.SEE_OTHER)


@router.get("/console/sites/{site_id}/queue")
def queue(  # noqa: PLR0917 - what the address may say
    here: HereDep,
    db: ReadDb,
    tab: Annotated[str, Query()] = "all",
    order: Annotated[str, Query()] = "",
    after: Annotated[str, Query()] = "",
    card: Annotated[str, Query()] = "",
    done: Annotated[str, Query()] = "",
    left: Annotated[str, Query()] = "",
) -> Response:
    """Returns a page of the queue with one card open: the wanted one, or the first that nobody else is on."""
    tab = tab if tab in _WORDS else "all"
    chosen = Order(order) if order in set(Order) else here.signed.preferences.order
    kinds = reviewing.tabs(here.desk) if tab == "all" else (Waiting(tab),)
    place = reviewing.place_in(after) if after else None
    listing = reviewing.look(db, desk=here.desk, kinds=kinds, order=chosen, after=place, limit=PAGE, now=clock.now())
    open_ = _opened(listing, card)
    asked = {"tab": tab, "order": chosen.value, "after": after}
    context = {
        "done": shell.said(done, left),
        "tab": tab,
        "listing": listing,
        "order": chosen,
        "orders": shell.ORDER_WORDS,
        "here": urlencode({name: value for name, value in asked.items() if value}),
        "asked": asked,
        **(card_context(db, here, open_) if open_ else {"card": None}),
    }
    return shell.page("queue.html", shell.at_site(db, here, done, **context))


@router.get("/console/sites/{site_id}/comments/{comment_id}/card")
def card_alone(here: HereDep, db: ReadDb, comment_id: str, back: Annotated[str, Query()] = "") -> Response:
    """Returns one card without the page around it, for the script that shows it next."""
    context = {"here": back if back.isprintable() else "", **card_context(db, here, comment_id)}
    return shell.page("card_alone.html", shell.at_site(db, here, **context))


def card_context(db: Db, here: Here, comment_id: str) -> dict[str, Any]:
    """Returns what a card's template shows; raises NotFound for a comment that the site does not have."""
    wanted = parse_id(comment_id)
    if wanted is None:
        raise NotFound("This site has no such comment.", code="comment.not_found")
    desk, scorer = here.desk, here.doors.runtime.models.scorer_of(here.site.id)
    shown = reviewing.card(db, desk=desk, comment_id=wanted, scorer=scorer, now=clock.now())
    head = shown.row.alike_to if shown.alike > 1 else None
    alike = reviewing.samples(db, desk=desk, head=head, but=shown.row.id) if head else []
    return {
        "card": shown,
        "alike_samples": alike,
        "band": BAND_WORDS[shown.program.band] if shown.program and shown.program.band else "",
        "author_words": reviewing.words_of_author(shown.author, shown.row),
        "is_folded": _is_folded(here, shown),
        "sending": shell.new_key(),
    }


def _is_folded(here: Here, shown: Card) -> bool:
    fold = here.signed.preferences.fold
    return fold is Fold.EVERYTHING or (fold is Fold.REPORTED and not SEVERE.isdisjoint(shown.reports))


def _opened(listing: Listing, wanted: str) -> str:
    if parse_id(wanted) is not None:
        return wanted
    first: Item | None = next((item for item in listing.items if item.is_free), None)
    return str(first.row.id) if first else ""
