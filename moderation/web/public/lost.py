"""A lost receipt: asking for a link by mail, and using it; the same answer whether or not anything is found."""

from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from moderation import clock, egress
from moderation.duties.mailing import asking, opening
from moderation.errors import ModerationError, TooMany
from moderation.web import language, pages, problems
from moderation.web.deps import Doors, DoorsDep
from moderation.web.forms import Form

router = APIRouter(include_in_schema=False)
_PRIVATE: Final = {"cache-control": "no-store", "referrer-policy": "no-referrer", "x-robots-tag": "noindex"}
_SUBJECT: Final = "Your lost receipt"


@router.api_route("/receipt/lost", methods=["GET", "HEAD"])
async def ask_for_address(request: Request, doors: DoorsDep) -> Response:
    """Returns the page that takes an e-mail address, or says that this operator sends no mail."""
    return _asking(request, doors, None)


@router.post("/receipt/lost")
async def take_address(request: Request, doors: DoorsDep, form: Form) -> Response:
    """Stores that a mail is wanted; nobody is looked up before the answer has left."""
    try:
        if not doors.limits.allows_mail(request.scope["candor.network"]):
            raise TooMany("Too many mails were asked for from your network. Wait a minute, then try again.")
        address = asking.address_in(form.get("email"))
        if egress.mailer(doors.runtime.settings) is None:
            return _asking(request, doors, None)
        await run_in_threadpool(_ask, doors, _draft(request, doors, address))
    except ModerationError as error:
        return _asking(request, doors, error)
    return _page(request, "public/asked.html", {"life": opening.LIFE, "contact": doors.reporting.contact})


@router.api_route("/receipt/mailed", methods=["GET", "HEAD"])
async def show_button(request: Request) -> Response:
    """Returns the page with a field and a button; nothing is used up before it is pressed."""
    return _page(request, "public/mailed.html", {"problem": ""})


@router.post("/receipt/mailed")
async def use_link(request: Request, doors: DoorsDep, form: Form) -> Response:
    """Uses a mailed link up and returns the comments of the address it was mailed to."""
    try:
        if not doors.limits.allows_receipt(request.scope["candor.network"]):
            raise TooMany("Too many receipts were tried from your network. Wait a minute, then try again.")
        found = await run_in_threadpool(_opened, doors, form.get("token"))
    except ModerationError as error:
        status = problems.status_of(error)
        return _page(request, "public/mailed.html", {"problem": error.message}, status=status)
    return _page(request, "public/found.html", {"found": found, "life": opening.OPEN_FOR})


def _ask(doors: Doors, draft: asking.Draft) -> None:
    with doors.runtime.database.transaction() as db:
        asking.ask(db, seal=doors.runtime.settings.seal, draft=draft, now=clock.now())


def _opened(doors: Doors, pasted: str) -> tuple[opening.Found, ...]:
    with doors.runtime.database.transaction() as db:
        sites = doors.runtime.directory.fresh(db).sites
        return opening.open_link(db, pasted=pasted, sites=sites, now=clock.now())


def _draft(request: Request, doors: Doors, address: str) -> asking.Draft:
    """The letter is written now, while the reader's language is known, with room for what is not."""
    context = {"base": doors.runtime.settings.base_url, "link": asking.LINK, "secret": asking.SECRET}
    with language.speaking(language.chosen(request)):
        text = pages.letter("public/letter.html", context | {"life": opening.LIFE})
        return asking.Draft(address, language.say(_SUBJECT), text, language.current())


def _asking(request: Request, doors: Doors, error: ModerationError | None) -> Response:
    context = {
        "problem": error.message if error else "",
        "sends": egress.mailer(doors.runtime.settings) is not None,
        "contact": doors.reporting.contact,
    }
    return _page(request, "public/lost.html", context, status=problems.status_of(error) if error else None)


def _page(request: Request, template: str, context: dict[str, object], *, status: int | None = None) -> Response:
    """A page that answers a form offers no other language: following such a link would lose the answer."""
    chosen = language.chosen(request)
    if request.method != "POST":
        return pages.page(template, context, status=status, headers=_PRIVATE, speaks=chosen)
    with language.speaking(chosen):
        return pages.page(template, context, status=status, headers=_PRIVATE)
