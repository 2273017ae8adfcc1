"""How the command talks: results to standard output, everything else to standard error; it knows no subject."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from moderation.errors import ModerationError

if TYPE_CHECKING:
    from moderation.runtime import Database
    from moderation.settings import Settings

FAILURE = 1
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
SiteName = Annotated[
    str, typer.Argument(metavar="SITE", help="A site's id, or its home address or host.", show_default=False)
]
SiteOption = Annotated[str, typer.Option("--site", metavar="SITE", help="A site's id, or its home address or host.")]


def result(value: Mapping[str, Any], text: str, *, as_json: bool) -> None:
    """Prints a result, as one line of JSON or in words."""
    typer.echo(json.dumps(value) if as_json else text)


def lines(facts: Mapping[str, object]) -> str:
    """Returns named values as aligned lines."""
    width = max(len(name) for name in facts) + 2
    return "\n".join(f"{name:<{width}}{_word(value)}".rstrip() for name, value in facts.items())


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def note(text: str) -> None:
    """Says something that is no result."""
    typer.echo(text, err=True)


def explained(error: ModerationError) -> int:
    """Says in one line why a command failed, and returns its exit code."""
    faults = "; ".join(f"{fault.field}: {fault.message}" for fault in error.faults)
    said = " ".join(f"{error.message} {faults}".split())
    note(f"candor: {said}")
    return FAILURE


@contextmanager
def opened_store() -> Iterator[tuple["Settings", "Database"]]:
    """Opens the settings and the database alone, its schema checked; no model is loaded."""
    from moderation.settings import load_settings

    settings = load_settings()
    # after the settings, whose faults are quick to tell
    from moderation.runtime import open_database, prepare_schema, refuse_lost_secret

    database = open_database(settings.database_url)
    try:
        prepare_schema(settings, database, migrate=False)
        refuse_lost_secret(settings, database)
        yield settings, database
    finally:
        database.close()
