"""Who is signed in at the console, and whether a form is its own: cookies, tokens, origins; it checks no password."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final
from urllib.parse import quote, unquote, urlsplit

from fastapi import Depends, Request, Response

from moderation import clock
from moderation.clock import Id, parse_id
from moderation.duties import signing_in
from moderation.duties.reviewing import Desk
from moderation.duties.signing_in import Visit
from moderation.errors import Forbidden, NotFound, TooMany
from moderation.judging.capabilities import Action, may
from moderation.judging.people import address_of
from moderation.judging.preferences import Preferences
from moderation.runtime import Site
from moderation.seal import digest, equal
from moderation.settings import Settings
from moderation.vocabulary import Role
from moderation.web import problems
from moderation.web.deps import Doors, DoorsDep
from moderation.web.forms import Form

HOME: Final = "/console/"
SIGN_IN: Final = "/console/sign-in"
TOKEN: Final = "token"  # noqa: S105 - the name of a form's field
_LONGEST: Final = 14 * 24 * 3_600
_STEERING: Final = re.compile(r"//|/\.|[\\#]")
"""What lets a browser read another path than the one that was written."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A request of somebody who is signed in.

    `known` are the sites of that moment: to ask again while a page is made would take a second connection beside the
    page's own, and as many requests at once as there are connections would wait for each other.
    """

    doors: Doors
    visit: Visit
    known: Mapping[Id, Site]

    @property
    def token(self) -> str:
        """What every form of this login carries, and no other site can know."""
        return self.doors.runtime.settings.seal.code("form", self.visit.login.digest)

    @property
    def preferences(self) -> Preferences:
        """How the person likes the console; as it is delivered, where an earlier version stored what this cannot do."""
        try:
            return Preferences.of(self.visit.person.preferences)
        except (ValueError, TypeError):
            return Preferences()

    @property
    def sites(self) -> list[Site]:
        """The sites where the person has a role, by name."""
        mine = [self.known[id_] for id_ in self.visit.person.roles if id_ in self.known]
        return sorted(mine, key=lambda site: (site.name.casefold(), site.id))

    def roles_at(self, site_id: Id) -> frozenset[Role]:
        """Returns the person's roles at a site."""
        return self.visit.person.roles_at(site_id)


@dataclass(frozen=True, slots=True)
class Here:
    """A request of somebody who is signed in, at one of their sites."""

    signed: Signed
    site: Site

    @property
    def doors(self) -> Doors:
        """The service's doors."""
        return self.signed.doors

    @property
    def roles(self) -> frozenset[Role]:
        """The person's roles here."""
        return self.signed.roles_at(self.site.id)

    @property
    def desk(self) -> Desk:
        """The person at work here."""
        return Desk(self.doors.runtime.settings.seal, self.site, self.signed.visit.person.id, self.roles)

    @property
    def path(self) -> str:
        """Where this site's pages begin."""
        return f"/console/sites/{self.site.id}"

    def may(self, action: Action) -> bool:
        """Returns whether the person may do something here."""
        return may(self.roles, action)


def cookie_name(settings: Settings) -> str:
    """Returns the cookie's name: bound to this host and to TLS, but where there is no TLS (security.md 3)."""
    return "__Host-candor" if _is_secure(settings) else "candor"


def hand_out(response: Response, settings: Settings, secret: str) -> None:
    """Lets a browser keep a login's secret, out of reach of scripts and of other sites' requests."""
    response.set_cookie(
        cookie_name(settings),
        secret,
        max_age=_LONGEST,
        path="/",
        secure=_is_secure(settings),
        httponly=True,
        samesite="lax",
    )


def take_back(response: Response, settings: Settings) -> None:
    """Lets a browser forget its login."""
    response.delete_cookie(cookie_name(settings), path="/", secure=_is_secure(settings), httponly=True, samesite="lax")


def _is_secure(settings: Settings) -> bool:
    return settings.base_url.startswith("https://")


def visit_of(request: Request, doors: Doors) -> Visit | None:
    """Returns who is signed in, or None; notes that the login is used, at most once a minute."""
    secret, now = request.cookies.get(cookie_name(doors.runtime.settings), ""), clock.now()
    with doors.runtime.database.snapshot() as db:
        visit = signing_in.visit(db, secret=secret, now=now)
    if visit is not None and signing_in.is_to_be_noted(visit, now=now):
        with doors.runtime.database.transaction() as db:
            signing_in.note_seen(db, seen=visit, now=now)
    return visit


def _signed_in(request: Request, doors: DoorsDep) -> Signed:
    visit = visit_of(request, doors)
    if visit is None:
        asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        raise problems.SignInFirst(sign_in_address(safe_path(asked)))
    return Signed(doors, visit, doors.refresh().sites)


SignedDep = Annotated[Signed, Depends(_signed_in)]


def _here(site_id: str, signed: SignedDep) -> Here:
    """A site of another is told from one that does not exist by nobody."""
    wanted = parse_id(site_id)
    site = signed.known.get(wanted) if wanted else None
    if site is None or not signed.roles_at(site.id):
        raise NotFound("You have no such site.", code="site.not_found")
    return Here(signed, site)


HereDep = Annotated[Here, Depends(_here)]


def refuse_foreign(request: Request) -> None:
    """Refuses a form that another site's page sent (the checks of Go's CrossOriginProtection, security.md 2.3).

    Raises:
        Forbidden: where the browser says so, or where the origin is not the host that was asked.
    """
    fetched = request.headers.get("sec-fetch-site")
    if fetched is not None:
        if fetched in {"same-origin", "none"}:
            return
    else:
        origin = request.headers.get("origin")
        if origin is None or _host_of(origin) == request.headers.get("host", "").lower():
            return
    raise Forbidden("This form did not come from the console's own page. Nothing was stored.", code="form.foreign")


def refuse_many(doors: Doors, email: str, network: str) -> None:
    """Counts a try at a password or a code; raises TooMany for too many of one account or network."""
    account = digest(address_of(email)) if email else ""
    if not doors.limits.allows_sign_in(account, network):
        raise TooMany("Too many tries. Wait a quarter of an hour, then try again.", code="limit.sign_in")


def _host_of(origin: str) -> str | None:
    """`null`, which a sandbox or a redirect sends, is no host."""
    try:
        return urlsplit(origin).netloc.lower() or None
    except ValueError:
        return None


def _own_form(request: Request, signed: SignedDep, form: Form) -> None:
    refuse_foreign(request)
    if not equal(form.get(TOKEN), signed.token):
        raise Forbidden(
            "This form belongs to another login, or was changed. Nothing was stored; open the page again.",
            code="form.foreign",
        )


OwnForm = Depends(_own_form)
"""Demanded by every address that changes something."""


def safe_path(wanted: str) -> str:
    """Returns a path of the console as it was wanted after signing in, or the console's first page for any other."""
    path = unquote(wanted.partition("?")[0])  # browsers take `%2e%2e` for `..` as well
    is_clean = wanted.isascii() and wanted.isprintable() and path.isprintable() and not _STEERING.search(path)
    return wanted if is_clean and path.startswith(HOME) and not path.startswith(SIGN_IN) else HOME


def sign_in_address(back: str) -> str:
    """Returns where to sign in to come back to a page."""
    return SIGN_IN if back == HOME else f"{SIGN_IN}?next={quote(back, safe='')}"
