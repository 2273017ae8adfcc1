"""`candor moderator …`: who decides at a site; it knows no page of the console."""

import sys
from collections.abc import Collection
from typing import Annotated

import typer

from moderation.cli.speaking import Json, SiteOption, lines, opened_store, result
from moderation.vocabulary import Role

moderator = typer.Typer(help="Adds, lists and removes moderators.", no_args_is_help=True)
Email = Annotated[str, typer.Argument(metavar="EMAIL", help="The address that names the person.")]


def register(app: typer.Typer) -> None:
    """Adds these commands."""
    app.add_typer(moderator, name="moderator")


@moderator.command("add")
def add(
    email: Email,
    *,
    site: SiteOption,
    role: Annotated[Role, typer.Option(help="What they may do at the site.")] = Role.MODERATOR,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read a password from the first line of standard input.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Make a person a moderator of a site; without a password, prints a one-time link valid for 15 minutes."""
    from moderation import clock
    from moderation.duties import hosting

    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    with opened_store() as (settings, database), database.transaction() as db:
        found = hosting.find_site(db, site)
        moderator_id, secret = hosting.add_moderator(
            db, site_id=found.id, email=email, role=role, password=password, now=clock.now()
        )
    added = {"moderator_id": str(moderator_id), "sign_in_url": hosting.sign_in_url(settings.base_url, secret)}
    result(added, lines(added), as_json=as_json)


@moderator.command("list")
def list_(*, site: SiteOption, as_json: Json = False) -> None:
    """List who decides at a site, and as what."""
    from moderation.duties import hosting

    with opened_store() as (_, database), database.snapshot() as db:
        found = hosting.find_site(db, site)
        people = hosting.list_moderators(db, site_id=found.id)
    rows = [f"{person.email}  {', '.join(_roles(person.roles_at(found.id)))}" for person in people]
    items = [
        {
            "moderator_id": str(person.id),
            "email": person.email,
            "roles": _roles(person.roles_at(found.id)),
            "has_password": person.has_password,
            "has_second_factor": person.has_second_factor,
        }
        for person in people
    ]
    said = "\n".join(rows) or "nobody yet; `candor moderator add` names the first"
    result({"items": items}, said, as_json=as_json)


@moderator.command("link")
def link(
    email: Email,
    *,
    site: SiteOption,
    without_second_factor: Annotated[
        bool, typer.Option("--without-second-factor", help="Take off their second factor too, and end their logins.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Print a fresh one-time link, valid for 15 minutes, for somebody who decides at a site."""
    from moderation import clock
    from moderation.duties import hosting

    with opened_store() as (settings, database), database.transaction() as db:
        found = hosting.find_site(db, site)
        person = hosting.find_moderator(db, site_id=found.id, email=email)
        ended = hosting.take_second_factor(db, moderator_id=person.id) if without_second_factor else None
        secret = hosting.sign_in_secret(db, moderator_id=person.id, now=clock.now())
    made = {"moderator_id": str(person.id), "sign_in_url": hosting.sign_in_url(settings.base_url, secret)}
    if ended is None:
        result(made, lines(made), as_json=as_json)
        return
    what = "second factor taken off" if person.has_second_factor else "there was no second factor"
    taken = {"second_factor_removed": person.has_second_factor, "logins_ended": ended}
    result(made | taken, f"{lines(made)}\n{person.email}: {what}, logins ended: {ended}", as_json=as_json)


@moderator.command("remove")
def remove(
    email: Email,
    *,
    site: SiteOption,
    role: Annotated[Role | None, typer.Option(help="Take only this role.", show_default="all")] = None,
    as_json: Json = False,
) -> None:
    """Take a person's roles at a site; what they decided stays, under their name."""
    from moderation.duties import hosting

    with opened_store() as (_, database), database.transaction() as db:
        found = hosting.find_site(db, site)
        person = hosting.find_moderator(db, site_id=found.id, email=email)
        hosting.remove_moderator(db, site_id=found.id, moderator_id=person.id, role=role)
        left = person.roles_at(found.id) - (set(Role) if role is None else {role})
    removed = {"moderator_id": str(person.id), "email": person.email, "roles": _roles(left)}
    said = f"{person.email} is {' and '.join(_roles(left))} there now" if left else f"{person.email} has left"
    result(removed, said, as_json=as_json)


def _roles(given: Collection[Role]) -> list[str]:
    return [role.value for role in Role if role in given]
