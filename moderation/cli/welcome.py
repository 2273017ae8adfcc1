"""What `make serve` says on a machine: where things are, and, once, the first site's keys; it serves nothing."""

import json
import shlex
from datetime import datetime
from typing import TYPE_CHECKING, Final

from moderation import clock
from moderation.cli.sites import notice_url
from moderation.cli.speaking import lines
from moderation.duties import hosting
from moderation.vocabulary import Role

if TYPE_CHECKING:
    from moderation.clock import Id
    from moderation.runtime import Database, Db, Site
    from moderation.settings import Settings

_HOME: Final = "http://localhost"
_OPERATOR: Final = "operator@candor.localhost"
_EXAMPLE: Final = {
    "permalink": f"{_HOME}/first-post",
    "content": "Buy cheap pills online, no prescription! 80% off today only: http://cheap-pills.example/buy",
    "author": {"name": "Cheap Pills", "url": "http://cheap-pills.example"},
}


def welcome(settings: "Settings", database: "Database") -> str:
    """Returns what to show at the start; adds a first site, with keys and an operator, where there is none."""
    with database.transaction() as db:
        known, now = hosting.list_sites(db), clock.now()
        if known:
            return _again(db, settings, known, now)
        new = hosting.add_site(db, seal=settings.seal, home_url=_HOME, name=None, now=now)
        for role in (Role.OPERATOR, Role.LEAD):  # an operator alone decides about no comment
            operator = hosting.enrol(db, site_id=new.site.id, email=_OPERATOR, role=role, password=None, now=now)
        secret = hosting.sign_in_secret(db, moderator_id=operator, now=now)
    facts = {
        "Service": settings.base_url,
        "Site": f"{_HOME} ({new.site.id})",
        "Akismet key": new.akismet_key,
        "API token": new.api_token,
        "Notice": notice_url(settings, new.site.id),
        "Console": _console(hosting.sign_in_url(settings.base_url, secret)),
    }
    return "\n".join(
        (
            "Candor made a first site. Its keys are shown only now:",
            "",
            lines(facts),
            "",
            "Ask it about a comment:",
            "",
            _curl(settings, new.api_token),
            "",
        )
    )


def _again(db: "Db", settings: "Settings", known: "list[Site]", now: datetime) -> str:
    facts = {"Service": settings.base_url}
    facts |= {f"Notice of {site.name}": notice_url(settings, site.id) for site in known[:20]}
    if len(known) > len(facts) - 1:
        facts["More sites"] = "candor site list"
    facts["Console"] = _way_in(db, settings, known[0].id, now)
    return f"{lines(facts)}\n\nLost a key? `candor key rotate SITE` makes a new one.\n"


def _way_in(db: "Db", settings: "Settings", site_id: "Id", now: datetime) -> str:
    """For an operator of the first site: whoever starts the service on this machine could add one as well."""
    people = hosting.list_moderators(db, site_id=site_id)
    operators = [person for person in people if Role.OPERATOR in person.roles_at(site_id)]
    if not operators:
        url = hosting.sign_in_url(settings.base_url)
        return f"{url} (nobody operates the first site; see `candor moderator add --help`)"
    first = min(operators, key=lambda person: person.id)
    secret = hosting.sign_in_secret(db, moderator_id=first.id, now=now)
    return _console(hosting.sign_in_url(settings.base_url, secret), first.email)


def _console(url: str, email: str = _OPERATOR) -> str:
    return f"{url} (works once, within 15 minutes, for {email})"


def _curl(settings: "Settings", token: str) -> str:
    """One line that can be copied as it stands."""
    headers = (f"Authorization: Bearer {token}", "Content-Type: application/json")
    words = ["curl", "-sS", f"{settings.base_url}/api/v1/comments"]
    words += [word for header in headers for word in ("-H", header)]
    return shlex.join([*words, "-d", json.dumps(_EXAMPLE)])
