"""A site's keys and people, for its operators; a key and a sign-in link are shown once, on the page that made them."""

from datetime import timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Query
from fastapi.responses import RedirectResponse, Response

from moderation import clock
from moderation.clock import parse_id
from moderation.duties import hosting
from moderation.errors import Invalid, ModerationError, NotFound
from moderation.judging.capabilities import Action, permit
from moderation.runtime import Db
from moderation.vocabulary import KeyKind, Role
from moderation.web import problems
from moderation.web.console import shell
from moderation.web.console.access import Here, HereDep, OwnForm
from moderation.web.deps import ReadDb
from moderation.web.forms import Form

router = APIRouter(include_in_schema=False)
OVERLAPS: Final = {"0": "at once", "1": "in a day", "7": "in a week", "30": "in a month"}
_WORDS: Final = {KeyKind.AKISMET: "Akismet key", KeyKind.API: "API token"}


@router.get("/console/sites/{site_id}/keys")
def keys(here: HereDep, db: ReadDb, done: Annotated[str, Query()] = "") -> Response:
    """Returns the site's keys: their kinds and times, never the keys themselves."""
    permit(here.roles, Action.SITE)
    return _keys(db, here, done=done)


@router.post("/console/sites/{site_id}/keys", dependencies=[OwnForm])
def change_keys(here: HereDep, form: Form) -> Response:
    """Makes a new key and shows it once, or ends one."""
    permit(here.roles, Action.SITE)
    seal, now, database = here.doors.runtime.settings.seal, clock.now(), here.doors.runtime.database
    if form.get("revoke"):
        key_id = parse_id(form.get("revoke"))
        if key_id is None:
            raise NotFound("This site has no such key.", code="key.not_found")
        with database.transaction() as db:
            hosting.revoke_key(db, site_id=here.site.id, key_id=key_id, now=now, by=here.roles)
        return RedirectResponse(f"{here.path}/keys?done=removed", problems.SEE_OTHER)
    kind, days = form.get("kind"), form.get("overlap")
    if kind not in set(KeyKind) or days not in OVERLAPS:
        raise Invalid("Choose a kind of key, and when the old one ends.")
    overlap = timedelta(days=int(days))
    with database.transaction() as db:
        made = hosting.rotate_key(
            db, seal=seal, site_id=here.site.id, kind=KeyKind(kind), overlap=overlap, now=now, by=here.roles
        )
    with database.snapshot() as db:
        return _keys(db, here, made=made, made_kind=_WORDS[KeyKind(kind)])


@router.get("/console/sites/{site_id}/people")
def people(here: HereDep, db: ReadDb, done: Annotated[str, Query()] = "") -> Response:
    """Returns who decides at the site."""
    permit(here.roles, Action.SITE)
    return _people(db, here, done=done)


@router.post("/console/sites/{site_id}/people", dependencies=[OwnForm])
def change_people(here: HereDep, form: Form) -> Response:
    """Adds a person, or a role, and shows whoever is new here a one-time link, once; or takes roles away."""
    permit(here.roles, Action.SITE)
    try:
        if form.get("remove"):
            return _removed(here, form.get("remove"))
        return _added(here, form.get("email"), form.get("role"))
    except ModerationError as error:
        with here.doors.runtime.database.snapshot() as db:
            return _people(db, here, problem=error, written=form.get("email"), chosen=form.get("role"))


def _removed(here: Here, said: str) -> Response:
    person, _, role = said.partition(":")
    moderator_id = parse_id(person)
    if moderator_id is None or role not in set(Role):
        raise NotFound("That person has no such role at this site.", code="people.not_found")
    with here.doors.runtime.database.transaction() as db:
        hosting.remove_moderator(db, site_id=here.site.id, moderator_id=moderator_id, role=Role(role), by=here.roles)
    return RedirectResponse(f"{here.path}/people?done=removed", problems.SEE_OTHER)


def _added(here: Here, email: str, role: str) -> Response:
    if role not in set(Role):
        raise Invalid("Choose a role.")
    settings = here.doors.runtime.settings
    with here.doors.runtime.database.transaction() as db:
        _, secret = hosting.invite(
            db, site_id=here.site.id, email=email, role=Role(role), now=clock.now(), by=here.roles
        )
    if not secret:
        return RedirectResponse(f"{here.path}/people?done=added", problems.SEE_OTHER)
    link = hosting.sign_in_url(settings.base_url, secret)
    with here.doors.runtime.database.snapshot() as db:
        return _people(db, here, link=link, link_for=email.strip())


def _keys(db: Db, here: Here, *, done: str = "", made: str = "", made_kind: str = "") -> Response:
    known = hosting.list_keys(db, site_id=here.site.id, now=clock.now(), by=here.roles)
    context = {"part": "keys", "known": known, "words": _WORDS, "overlaps": OVERLAPS}
    return shell.page("keys.html", shell.at_site(db, here, done, **context, made=made, made_kind=made_kind))


def _people(
    db: Db,
    here: Here,
    *,
    done: str = "",
    problem: ModerationError | None = None,
    written: str = "",
    chosen: str = "",
    link: str = "",
    link_for: str = "",
) -> Response:
    context = {
        "part": "people",
        "people": hosting.list_moderators(db, site_id=here.site.id, by=here.roles),
        "roles": tuple(Role),
        "problem": problem.message if problem else "",
        "written": written,
        "chosen": chosen,
        "link": link,
        "link_for": link_for,
    }
    return shell.page("people.html", shell.at_site(db, here, done, **context), refusal=problem)
