"""`candor moderator …`: who decides at a site; it knows no page of the console."""

import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated

import typer

from moderation.cli.speaking import Json, SiteOption, lines, note, opened_store, result
from moderation.vocabulary import Role

if TYPE_CHECKING:
    from moderation.settings import Settings

moderator = typer.Typer(help="Adds moderators.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Adds these commands."""
    app.add_typer(moderator, name="moderator")


def sign_in_url(settings: "Settings", secret: str) -> str:
    """Returns where a moderator signs in; the secret of a one-time link stands in the fragment, which no log sees."""
    return f"{settings.base_url}/console/sign-in" + (f"#{secret}" if secret else "")


def has_console() -> bool:
    """Returns whether this program already contains the moderators' console."""
    return find_spec("moderation.web.console") is not None


@moderator.command("add")
def add(
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="The address that names the person.")],
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
    if not has_console():
        note("candor: the moderators' console comes with a later release; until then this address answers 404.")
    added = {"moderator_id": str(moderator_id), "sign_in_url": sign_in_url(settings, secret)}
    result(added, lines(added), as_json=as_json)
