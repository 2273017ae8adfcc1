"""What `make serve` says on a machine: where things are, and, once, the first site's keys; it serves nothing."""

import json
import shlex
from typing import TYPE_CHECKING, Final

from moderation import clock
from moderation.cli.people import has_console, sign_in_url
from moderation.cli.sites import notice_url
from moderation.cli.speaking import lines
from moderation.duties import hosting
from moderation.vocabulary import Role

if TYPE_CHECKING:
    from moderation.runtime import Database, Site
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
        known = hosting.list_sites(db)
        if known:
            return _again(settings, known)
        now = clock.now()
        new = hosting.add_site(db, seal=settings.seal, home_url=_HOME, name=None, now=now)
        _, secret = hosting.add_moderator(
            db, site_id=new.site.id, email=_OPERATOR, role=Role.OPERATOR, password=None, now=now
        )
    facts = {
        "Service": settings.base_url,
        "Site": f"{_HOME} ({new.site.id})",
        "Akismet key": new.akismet_key,
        "API token": new.api_token,
        "Notice": notice_url(settings, new.site.id),
        "Console": _console(sign_in_url(settings, secret)),
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


def _again(settings: "Settings", known: "list[Site]") -> str:
    facts = {"Service": settings.base_url}
    facts |= {f"Notice of {site.name}": notice_url(settings, site.id) for site in known[:20]}
    if len(known) > len(facts) - 1:
        facts["More sites"] = "candor site list"
    return f"{lines(facts)}\n\nLost a key? `candor key rotate SITE` makes a new one.\n"


def _console(url: str) -> str:
    if has_console():
        return f"{url} (works once, within 15 minutes, for {_OPERATOR})"
    return f"comes with a later release; {_OPERATOR} is its operator then"


def _curl(settings: "Settings", token: str) -> str:
    """One line that can be copied as it stands."""
    headers = (f"Authorization: Bearer {token}", "Content-Type: application/json")
    words = ["curl", "-sS", f"{settings.base_url}/api/v1/comments"]
    words += [word for header in headers for word in ("-H", header)]
    return shlex.join([*words, "-d", json.dumps(_EXAMPLE)])
