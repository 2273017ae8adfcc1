"""One's own account: name, password, second factor, logins, keys, and what spares one; nobody else's."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from moderation import clock
from moderation.duties import signing_in
from moderation.errors import ModerationError
from moderation.judging.people import PASSWORD_LENGTH
from moderation.judging.preferences import BREAKS, KEYS, Fold
from moderation.runtime import Db
from moderation.web import problems
from moderation.web.console import shell
from moderation.web.console.access import HOME, OwnForm, Signed, SignedDep, refuse_many, sign_in_address, take_back
from moderation.web.deps import ReadDb
from moderation.web.forms import Fields, Form

router = APIRouter(include_in_schema=False)
PATH = "/console/account"


@router.get(PATH)
def account(signed: SignedDep, db: ReadDb, done: Annotated[str, Query()] = "") -> Response:
    """Returns the page."""
    return _page(db, signed, done)


@router.post(f"{PATH}/name", dependencies=[OwnForm])
def name(signed: SignedDep, form: Form) -> Response:
    """Sets the name by which the team knows one."""
    return _changed(signed, lambda db: signing_in.change_name(db, person=signed.visit.person, name=form.get("name")))


@router.post(f"{PATH}/password", dependencies=[OwnForm])
def password(request: Request, signed: SignedDep, form: Form) -> Response:
    """Sets the password; every other login ends."""
    current, new = form.get("current"), form.get("new")
    return _changed(
        signed,
        lambda db: signing_in.change_password(db, seen=signed.visit, current=current, new=new),
        tried_from=request.scope["candor.network"],
    )


@router.post(f"{PATH}/second-factor", dependencies=[OwnForm])
def begin(signed: SignedDep) -> Response:
    """Shows a fresh secret; nothing is stored before its first code is right."""
    return _second_factor(signed, *_fresh(signed))


@router.post(f"{PATH}/second-factor/confirm", dependencies=[OwnForm])
def confirm(signed: SignedDep, form: Form) -> Response:
    """Turns the second factor on; a wrong code shows a fresh secret."""
    seal, now, visit = signed.doors.runtime.settings.seal, clock.now(), signed.visit
    try:
        with signed.doors.runtime.database.transaction() as db:
            sealed, code = form.get("sealed"), form.get("code")
            signing_in.confirm_second_factor(db, seal=seal, seen=visit, sealed=sealed, code=code, now=now)
    except ModerationError as error:
        return _second_factor(signed, *_fresh(signed), problem=error)
    return _saved()


@router.post(f"{PATH}/second-factor/remove", dependencies=[OwnForm])
def remove(request: Request, signed: SignedDep, form: Form) -> Response:
    """Turns the second factor off for whoever shows a code once more."""
    seal, now, person = signed.doors.runtime.settings.seal, clock.now(), signed.visit.person
    return _changed(
        signed,
        lambda db: signing_in.remove_second_factor(db, seal=seal, person=person, code=form.get("code"), now=now),
        tried_from=request.scope["candor.network"],
    )


@router.post(f"{PATH}/preferences", dependencies=[OwnForm])
def preferences(signed: SignedDep, form: Form) -> Response:
    """Stores how one likes the console."""
    return _changed(signed, lambda db: signing_in.prefer(db, person=signed.visit.person, given=_given(form)))


@router.post(f"{PATH}/sign-out-everywhere", dependencies=[OwnForm])
def everywhere(signed: SignedDep, form: Form) -> Response:
    """Ends every other login, or every login."""
    keeps_this = not form.has("this_too")
    with signed.doors.runtime.database.transaction() as db:
        signing_in.end_everywhere(db, seen=signed.visit, keeps_this=keeps_this)
    if keeps_this:
        return _saved("ended")
    answer = RedirectResponse(sign_in_address(HOME), problems.SEE_OTHER)
    take_back(answer, signed.doors.runtime.settings)
    return answer


def _given(form: Fields) -> dict[str, Any]:
    keys = {action: key.strip() for action, key in form.beginning("key.") if action in KEYS}
    minutes = form.get("break_after")
    return {
        "keys": keys,
        "single_keys": form.has("single_keys"),
        "fold": form.get("fold") or Fold.NOTHING.value,
        "greyscale": form.has("greyscale"),
        "break_after": next((choice for choice in BREAKS if str(choice) == minutes), -1),
        "order": form.get("order"),
    }


def _changed(signed: Signed, change: Any, tried_from: str = "") -> Response:  # noqa: ANN401 - a duty's verb with its arguments
    """Does a change and leads back; what was refused is said on the page.

    `tried_from` is the network from which a secret is tried: whoever found a browser open must not guess for ever.
    """
    try:
        if tried_from:
            refuse_many(signed.doors, signed.visit.person.email, tried_from)
        with signed.doors.runtime.database.transaction() as db:
            change(db)
    except ModerationError as error:
        with signed.doors.runtime.database.snapshot() as db:
            return _page(db, signed, problem=error)
    return _saved()


def _saved(done: str = "saved") -> Response:
    return RedirectResponse(f"{PATH}?done={done}", problems.SEE_OTHER)


def _page(db: Db, signed: Signed, done: str = "", problem: ModerationError | None = None) -> Response:
    now = clock.now()
    context = {
        "part": "account",
        "problem": problem.message if problem else "",
        "logins": signing_in.logins_of(db, person=signed.visit.person, now=now),
        "this": signed.visit.login.digest,
        "orders": shell.ORDER_WORDS,
        "breaks": BREAKS,
        "password_length": PASSWORD_LENGTH,
    }
    return shell.page("account.html", shell.signed(signed, done, **context), refusal=problem)


def _fresh(signed: Signed) -> tuple[str, str, str]:
    return signing_in.begin_second_factor(seal=signed.doors.runtime.settings.seal, person=signed.visit.person)


def _second_factor(
    signed: Signed, secret: str, address: str, sealed: str, problem: ModerationError | None = None
) -> Response:
    import segno  # 50 ms of every start, for a page that is seldom asked for

    spaced = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    picture = segno.make(address, error="m").svg_data_uri(scale=5, border=4, dark="#000", light="#fff")
    context = {"secret": spaced, "picture": picture, "sealed": sealed, "problem": problem.message if problem else ""}
    return shell.page("second_factor.html", shell.signed(signed, part="account", **context), refusal=problem)
