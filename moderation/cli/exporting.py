"""`candor export`: what is stored about a person's comments at a site, or about all of them, one comment a line."""

import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from moderation.cli.speaking import Json, SiteOption, note, opened_store

if TYPE_CHECKING:
    from moderation.runtime import Database, Db
    from moderation.settings import Settings

_EVERY: Final = 100


def register(app: typer.Typer) -> None:
    """Adds this command."""
    app.command("export")(export)


def export(
    *,
    site: SiteOption,
    subject: Annotated[
        str | None,
        typer.Option(metavar="EMAIL", help="Only the comments that came with this address.", show_default=False),
    ] = None,
    as_json: Json = False,
) -> None:
    """Print everything stored about comments at a site, signed, as JSON: a line for each comment.

    With --subject those of one person, found by a keyed code of the address, which itself is not stored; with --json as
    well as one object: {"site_id", "count", "comments"}.
    """
    from moderation.duties import hosting
    from moderation.judging.people import refuse_no_address

    if subject is not None:
        refuse_no_address(subject)
    with opened_store() as (settings, database):
        with database.snapshot() as db:
            site_id = hosting.find_site(db, site, with_closed=True).id
            count = _printed(
                _counted(_told(db, settings, site_id, subject)), site_id, as_one=as_json and subject is not None
            )
        if subject is not None:
            _note(database, site_id)
    note(f"{count} comments")


def _printed(told: Iterator[dict[str, Any]], site_id: object, *, as_one: bool) -> int:
    """Prints comments as they come, or as one object, and returns how many."""
    count = 0
    if as_one:
        found = list(told)
        sys.stdout.write(json.dumps({"site_id": str(site_id), "count": len(found), "comments": found}) + "\n")
        return len(found)
    for one in told:
        sys.stdout.write(json.dumps(one) + "\n")
        count += 1
    return count


def _note(database: "Database", site_id: Any) -> None:  # noqa: ANN401 - an id
    """Writes down that somebody's data was asked for, without saying whose."""
    from moderation import clock
    from moderation.duties import exporting

    with database.transaction() as db:
        exporting.note_export(db, site_id=site_id, now=clock.now())


def _told(db: "Db", settings: "Settings", site_id: Any, subject: str | None) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - an id
    from datetime import timedelta

    from moderation import clock
    from moderation.duties import exporting

    seal, now, appeal_for = settings.seal, clock.now(), timedelta(days=settings.appeal_days)
    for row in exporting.comments_of(db, seal=seal, site_id=site_id, email=subject):
        yield exporting.export(db, seal=seal, row=row, now=now, appeal_for=appeal_for)


def _counted(told: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The same, with the count so far on a terminal's standard error, and nothing elsewhere."""
    is_watched = sys.stderr.isatty()
    for number, one in enumerate(told, 1):
        yield one
        if is_watched and number % _EVERY == 0:
            typer.echo(f"\r{number:,} comments", nl=False, err=True)
    if is_watched:
        typer.echo("\r", nl=False, err=True)
