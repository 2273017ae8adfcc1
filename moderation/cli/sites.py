"""`candor site …` and `candor key …`: sites, their settings and their keys; what they cost is hosting's affair."""

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from moderation.cli.speaking import Json, SiteName, lines, note, opened_store, result
from moderation.errors import Invalid
from moderation.vocabulary import KeyKind

if TYPE_CHECKING:
    from moderation.runtime import Site
    from moderation.settings import Settings

_UNITS = {"": "seconds", "s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_LONGEST = timedelta(days=366)
_POLICY = ("hold_at", "remove_at", "discard_at", "removal_by_program", "discards", "trusts_administrators")
site = typer.Typer(help="Adds, lists, changes and removes sites.", no_args_is_help=True)
key = typer.Typer(help="Rotates a site's keys.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Adds these commands."""
    app.add_typer(site, name="site")
    app.add_typer(key, name="key")


def notice_url(settings: "Settings", site_id: object) -> str:
    """Returns the address of a site's notice for readers."""
    return f"{settings.base_url}/sites/{site_id}/comment-data"


@site.command("add")
def add(
    url: Annotated[str, typer.Argument(metavar="URL", help="The site's home, for example https://blog.example.")],
    *,
    name: Annotated[str | None, typer.Option(help="What to call the site; its host by default.")] = None,
    as_json: Json = False,
) -> None:
    """Add a site; its keys are shown this once and stored only as hashes."""
    from moderation import clock
    from moderation.duties import hosting

    with opened_store() as (settings, database), database.transaction() as db:
        known = [other for other in hosting.list_sites(db) if other.home_url.rstrip("/") == url.rstrip("/")]
        new = hosting.add_site(db, seal=settings.seal, home_url=url, name=name, now=clock.now())
    if known:
        note(f"candor: {len(known)} more with this address; from now on name each by its id.")
    added = {
        "site_id": str(new.site.id),
        "home_url": new.site.home_url,
        "akismet_key": new.akismet_key,
        "api_token": new.api_token,
        "notice_url": notice_url(settings, new.site.id),
    }
    result(added, lines(added), as_json=as_json)


@site.command("list")
def list_(*, as_json: Json = False) -> None:
    """List the sites, oldest first."""
    from moderation.duties import hosting

    with opened_store() as (settings, database), database.snapshot() as db:
        sites = hosting.list_sites(db)
    rows = [f"{one.id}  {one.home_url}  {one.name}{'  (suspended)' if one.is_suspended else ''}" for one in sites]
    result({"items": [_shown(settings, one) for one in sites]}, "\n".join(rows), as_json=as_json)


@site.command("set")
def set_(
    name: SiteName,
    changes: Annotated[list[str], typer.Argument(metavar="KEY=VALUE…", help="For example hold_at=0.8.")],
    *,
    as_json: Json = False,
) -> None:
    """Change a site's settings, all or none: name, home_url, is_listed, suspended, answer_within_hours, and the policy.

    Thresholds and switches: hold_at, remove_at, discard_at, removal_by_program, discards, trusts_administrators.
    """
    from moderation import clock
    from moderation.duties import hosting

    wanted = dict(_pair(change) for change in changes)
    with opened_store() as (settings, database), database.transaction() as db:
        found = hosting.find_site(db, name)
        changed = hosting.set_site(db, site_id=found.id, changes=wanted, now=clock.now())
    shown = _shown(settings, changed)
    result(shown, lines(shown), as_json=as_json)


@site.command("remove")
def remove(
    name: SiteName,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Really remove it.")] = False,
    as_json: Json = False,
) -> None:
    """Close a site: its keys stop working at once; what it stored stays in the database."""
    from moderation import clock
    from moderation.duties import hosting

    with opened_store() as (_, database), database.transaction() as db:
        found = hosting.find_site(db, name)
        if not yes:
            raise Invalid(f"This closes {found.home_url} and its keys for good; add --yes if that is meant.")
        hosting.remove_site(db, site_id=found.id, now=clock.now())
    result({"site_id": str(found.id), "removed": True}, f"removed {found.id}  {found.home_url}", as_json=as_json)


@key.command("rotate")
def rotate(
    name: SiteName,
    *,
    akismet: Annotated[bool, typer.Option("--akismet", help="Only the Akismet key.")] = False,
    api: Annotated[bool, typer.Option("--api", help="Only the API token.")] = False,
    overlap: Annotated[
        str, typer.Option(metavar="TIME", help="How long the old key still works: 0, 30m, 12h, 7d.")
    ] = "7d",
    as_json: Json = False,
) -> None:
    """Make a new key (both kinds where none is named); the old one works until the overlap ends."""
    from moderation import clock
    from moderation.duties import hosting

    kept, now = _duration(overlap), clock.now()
    kinds = [kind for kind, named in ((KeyKind.AKISMET, akismet), (KeyKind.API, api)) if named or akismet is api]
    with opened_store() as (settings, database), database.transaction() as db:
        found = hosting.find_site(db, name)
        made = {
            {KeyKind.AKISMET: "akismet_key", KeyKind.API: "api_token"}[kind]: hosting.rotate_key(
                db, seal=settings.seal, site_id=found.id, kind=kind, overlap=kept, now=now
            )
            for kind in kinds
        }
    until = f"{now + kept:%Y-%m-%dT%H:%M:%SZ}"
    rotated = {"site_id": str(found.id), **made, "old_key_ends_at": until}
    result(rotated, lines(rotated), as_json=as_json)


def _shown(settings: "Settings", one: "Site") -> dict[str, Any]:
    return {
        "site_id": str(one.id),
        "home_url": one.home_url,
        "name": one.name,
        "notice_url": notice_url(settings, one.id),
        "is_listed": one.is_listed,
        "suspended": one.is_suspended,
        "answer_within_hours": one.answer_within_hours,
        **{name: getattr(one.policy, name) for name in _POLICY},
    }


def _pair(change: str) -> tuple[str, str]:
    name, equals, value = change.partition("=")
    if not (name and equals):
        raise typer.BadParameter("write each change as KEY=VALUE, for example hold_at=0.8")
    return name, value


def _duration(text: str) -> timedelta:
    match = re.fullmatch(r"(\d{1,6})([smhd]?)", text)
    if match is None or (not match[2] and match[1].strip("0")):
        raise typer.BadParameter("write a time such as 0, 30m, 12h or 7d", param_hint="--overlap")
    duration = timedelta(**{_UNITS[match[2]]: int(match[1])})
    if duration > _LONGEST:
        raise typer.BadParameter(f"an old key may work for at most {_LONGEST.days} days", param_hint="--overlap")
    return duration
