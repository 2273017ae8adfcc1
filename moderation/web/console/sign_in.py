"""The way in and out: a password or a one-time link, and a code where one is set up; a GET signs nobody in."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from moderation import clock
from moderation.duties import signing_in
from moderation.duties.signing_in import Secrets
from moderation.errors import ModerationError
from moderation.judging.receipt import LONGEST_PASTE
from moderation.web import problems
from moderation.web.console import shell
from moderation.web.console.access import (
    HOME,
    SIGN_IN,
    OwnForm,
    SignedDep,
    hand_out,
    refuse_foreign,
    refuse_many,
    safe_path,
    sign_in_address,
    take_back,
    visit_of,
)
from moderation.web.deps import Doors, DoorsDep
from moderation.web.forms import Fields, Form

router = APIRouter(include_in_schema=False)
_SEE_OTHER: Final = problems.SEE_OTHER
_OWN_FRAGMENT: Final = "#main"
"""A browser carries the fragment that it was asked with along to wherever it is led, unless that has one itself."""


@router.get(SIGN_IN)
def ask(request: Request, doors: DoorsDep, next: Annotated[str, Query()] = HOME) -> Response:  # noqa: A002 - its name in the address
    """Returns the form; whoever is signed in already goes on, and leaves an unused link's secret behind."""
    if visit_of(request, doors) is not None:
        return RedirectResponse(f"{safe_path(next)}{_OWN_FRAGMENT}", _SEE_OTHER)
    return _form(safe_path(next), None)


@router.post(SIGN_IN)
def sign_in(request: Request, doors: DoorsDep, form: Form) -> Response:
    """Signs in, under a login that did not exist before; refuses everything that does not fit in the same words."""
    refuse_foreign(request)
    back = safe_path(form.get("next") or HOME)
    try:
        secret = _enter(doors, request.scope["candor.network"], _shown(form))
    except ModerationError as error:
        return _form(back, error)
    answer = RedirectResponse(back, _SEE_OTHER)
    hand_out(answer, doors.runtime.settings, secret)
    return answer


@router.post("/console/sign-out", dependencies=[OwnForm])
def sign_out(signed: SignedDep, form: Form) -> Response:
    """Ends this login, or all of them."""
    with signed.doors.runtime.database.transaction() as db:
        signing_in.leave(db, seen=signed.visit)
        if form.has("everywhere"):
            signing_in.end_everywhere(db, seen=signed.visit, keeps_this=False)
    answer = RedirectResponse(sign_in_address(HOME), _SEE_OTHER)
    take_back(answer, signed.doors.runtime.settings)
    return answer


def _shown(form: Fields) -> Secrets:
    """A link may be pasted whole: its secret stands in the fragment."""
    link = form.get("link")[:LONGEST_PASTE].rpartition("#")[2].strip()
    code = form.get("code")[:LONGEST_PASTE]
    if link:
        return Secrets(link=link, code=code)  # what a browser filled in beside it was not checked, so it must not count
    return Secrets(form.get("email")[:LONGEST_PASTE], form.get("password"), code=code)


def _enter(doors: Doors, network: str, shown: Secrets) -> str:
    """Passwords are checked outside of any transaction: the hash is slow on purpose."""
    refuse_many(doors, "" if shown.link else shown.email, network)
    now, database, seal = clock.now(), doors.runtime.database, doors.runtime.settings.seal
    with database.snapshot() as db:
        if shown.link:
            claimant = signing_in.claimant_of_link(db, shown, now=now)
        else:
            claimant = signing_in.claimant_of_password(db, shown)
    if not signing_in.is_right(seal, claimant, shown, now=now):
        raise signing_in.refused()
    with database.transaction() as db:
        return signing_in.enter(db, seal=seal, claimant=claimant, shown=shown, network=network, now=now)


def _form(back: str, error: ModerationError | None) -> Response:
    return shell.page("sign_in.html", {"next": back, "problem": error.message if error else ""}, refusal=error)
