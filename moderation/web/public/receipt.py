"""A commenter's own comment, opened by the token that a receipt's address carries; looking changes nothing."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from moderation import clock
from moderation.duties import appealing, explaining, exporting, reporting
from moderation.duties.explaining import Judges, Row
from moderation.duties.exporting import Veil
from moderation.errors import Invalid, ModerationError, NotFound, TooLarge, TooMany
from moderation.judging.comment import LIMITS
from moderation.runtime import Db, Site
from moderation.vocabulary import State
from moderation.web import language, pages, problems
from moderation.web.deps import Doors, DoorsDep
from moderation.web.forms import Fields, parsed
from moderation.web.public.notice import TITLES

router = APIRouter(include_in_schema=False)
LONGEST_FORM: Final = 8_192
PRIVATE: Final = {"cache-control": "no-store", "referrer-policy": "no-referrer", "x-robots-tag": "noindex"}
_NOTHING: Final = Fields({}, b"")
_TITLES: Final = {**TITLES, "lessons": "What a program learnt from it"}


@router.api_route("/receipt", methods=["GET", "HEAD"])
async def ask_for_token(request: Request) -> Response:
    """Returns the page that explains receipts and takes a token."""
    return asking(request)


@router.post("/receipt")
async def open_receipt(request: Request, doors: DoorsDep) -> Response:
    """Returns what a token opens; the same answer for tokens that are none, unknown or wrong."""
    try:
        fields = await fields_of(request, doors, LONGEST_FORM)
        return await run_in_threadpool(opened, request, doors, fields.get("token"))
    except (NotFound, TooLarge, TooMany, Invalid) as error:
        return asking(request, error)


async def fields_of(request: Request, doors: Doors, longest: int) -> Fields:
    """Returns a form's fields; it is read within a bound of its own, far below the service's.

    Raises:
        TooMany: where a network opens more receipts than it may.
        TooLarge: for a longer form.
        Invalid: for one that is no form.
    """
    if not doors.limits.allows_receipt(request.scope["candor.network"]):
        raise TooMany("Too many receipts were tried from your network. Wait a minute, then try again.")
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > longest:
            raise TooLarge("This is far longer than this form takes. Shorten it and try again.")
    try:
        return parsed(body)
    except Invalid:
        if longest == LONGEST_FORM:
            return _NOTHING  # it opens nothing, like any other wrong token
        raise


def opened(
    request: Request,
    doors: Doors,
    token: str,
    *,
    done: str = "",
    problem: ModerationError | None = None,
    written: Mapping[str, str] | None = None,
) -> Response:
    """Returns the page of what a token opens, with a word about what was done or refused; raises NotFound."""
    with doors.runtime.database.snapshot() as db:
        row = explaining.opened(db, pasted=token, now=clock.now())
        context = _context(doors, db, row) | {"token": token, "done": done, "written": dict(written or {})}
    said = {"problem": problem.message if problem else ""}
    status = problems.status_of(problem) if problem else None
    return page(request, "public/opened.html", context | said, status=status)


def asking(request: Request, error: ModerationError | None = None) -> Response:
    """Returns the page that takes a token, with what was wrong with the last one."""
    status = problems.KINDS[error.code].status if error else None
    return page(request, "public/receipt.html", {"problem": error.message if error else ""}, status=status)


def page(request: Request, template: str, context: Mapping[str, Any], *, status: int | None = None) -> Response:
    """Returns a page that nobody keeps, in the reader's language; its forms stay in a language that was asked for.

    Only what answers a look at the address offers other languages: a link would lose the token that a form carried.
    """
    asked, speaks = language.asked(request), language.chosen(request)
    told = {"stays": f"?lang={asked}" if asked else "", **context}
    if request.method in {"GET", "HEAD"}:
        return pages.page(template, told, status=status, headers=PRIVATE, speaks=speaks)
    with language.speaking(speaks):
        return pages.page(template, told, status=status, headers={**language.headers(speaks), **PRIVATE})


def veil_of(doors: Doors, db: Db, row: Row) -> Veil:
    """Returns what of a comment the service does not tell yet."""
    settings = doors.runtime.settings
    delay = timedelta(minutes=settings.receipt_delay_minutes)
    return exporting.veil_of(db, seal=settings.seal, row=row, delay=delay, now=clock.now())


def open_for(doors: Doors) -> timedelta:
    """Returns how long after a decision its writer can ask for another look."""
    return timedelta(days=doors.runtime.settings.appeal_days)


def site_of(doors: Doors, db: Db, row: Row) -> Site | None:
    """Returns the site of a comment, None where it is closed here."""
    return doors.runtime.directory.fresh(db).sites.get(row.site_id)


def _context(doors: Doors, db: Db, row: Row) -> dict[str, Any]:
    site, veil, now = site_of(doors, db, row), veil_of(doors, db, row), clock.now()
    is_veiled = row.decision_id in veil.early
    redress = appealing.redress_of(db, row=row, open_for=open_for(doors), now=now, is_veiled=is_veiled)
    judges, early = _judges(doors, row), dict(veil.early)
    it = explaining.explain(db, row=row, site=site, judges=judges, early=early, redress=redress)
    first_by = it.open_appeal.first_by if it.open_appeal else None
    return {
        "it": it,
        "stored": exporting.stored(db, row=row, veil=veil),
        "statements": exporting.statements_of(db, row=row, veil=veil, appeal_for=open_for(doors), now=now),
        "told_from": max(veil.early.values(), default=None),
        "can_act": row.state is not State.ERASED,
        "redress": redress,
        "appeal_hours": doors.runtime.settings.appeal_hours,
        "has_hearer": appealing.has_another_hearer(db, site_id=row.site_id, first_by=first_by),
        "longest": {"appeal": appealing.LONGEST, "content": LIMITS["content"], "name": LIMITS["name"]},
        "titles": _TITLES,
        "recorded_as": reporting.number_of(db, site_id=row.site_id, version=row.notice_version, at=row.received_at),
        "version_now": doors.reporting.version(site) if site else "",
        "contact": doors.reporting.contact,
        "authority": doors.runtime.settings.authority,
    }


def _judges(doors: Doors, row: Row) -> Judges:
    models = doors.runtime.models
    base = models.classifier
    return Judges(models.taught_of(row.site_id) or base, f"{base.name} {base.version}")
