"""A commenter's own comment, opened by the token that a receipt's address carries; it changes nothing."""

from typing import Final
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from moderation import clock
from moderation.duties import explaining
from moderation.errors import NotFound, TooLarge, TooMany
from moderation.web import pages, problems
from moderation.web.deps import Doors, DoorsDep
from moderation.web.public.notice import TITLES

router = APIRouter(include_in_schema=False)
LONGEST_FORM: Final = 8_192
_PRIVATE: Final = {"cache-control": "no-store", "referrer-policy": "no-referrer", "x-robots-tag": "noindex"}


@router.api_route("/receipt", methods=["GET", "HEAD"])
async def ask_for_token() -> Response:
    """Returns the page that explains receipts and takes a token."""
    return _asking(None)


@router.post("/receipt")
async def open_receipt(request: Request, doors: DoorsDep) -> Response:
    """Returns what a token opens; the same answer for tokens that are none, unknown or wrong."""
    if not doors.limits.allows_receipt(request.scope["candor.network"]):
        return _asking(TooMany("Too many receipts were tried from your network. Wait a minute, then try again."))
    try:
        pasted = await _token_in(request)
        return await run_in_threadpool(_opened, doors, pasted)
    except (NotFound, TooLarge) as error:
        return _asking(error)


def _opened(doors: Doors, pasted: str) -> Response:
    with doors.runtime.database.snapshot() as db:
        sites = doors.runtime.directory.fresh(db).sites
        explanation = explaining.explain(db, pasted=pasted, sites=sites, now=clock.now())
    site = explanation.site
    context = {
        "it": explanation,
        "titles": TITLES,
        "version_now": doors.reporting.version(site) if site else "",
        "contact": doors.reporting.contact,
    }
    return pages.page("public/opened.html", context, headers=_PRIVATE)


def _asking(error: NotFound | TooLarge | TooMany | None) -> Response:
    status = problems.KINDS[error.code].status if error else None
    context = {"problem": error.message if error else ""}
    return pages.page("public/receipt.html", context, status=status, headers=_PRIVATE)


async def _token_in(request: Request) -> str:
    """The form's one field; the whole form is read within a bound of its own, far below the service's."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_FORM:
            raise TooLarge("This is far longer than a receipt's address. Copy the address alone and try again.")
    try:
        fields = dict(parse_qsl(body.decode("utf-8", "replace"), max_num_fields=16))
    except ValueError:
        return ""
    return fields.get("token", "")
