"""The `candor` command: every subject's commands under one name; what fails is said in one line."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from moderation.cli import (
    backups,
    checkup,
    exporting,
    forgetting,
    importing,
    learning,
    people,
    rules,
    scoring,
    serving,
    sites,
    speaking,
    stating,
)
from moderation.errors import ModerationError

app = typer.Typer(
    name="candor",
    help="Self-hosted comment moderation. Every command has --help.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["--help", "-h"]},
)
SUBJECTS = (
    *(serving, sites, people, rules, learning, scoring, importing),
    *(checkup, backups, exporting, stating, forgetting),
)
for subject in SUBJECTS:
    subject.register(app)


def _version(wanted: bool) -> None:  # noqa: FBT001 - typer calls it so
    if wanted:
        from importlib.metadata import version

        typer.echo(f"candor {version('candor')}")
        raise typer.Exit


@app.callback()
def _before(
    *,
    config: Annotated[
        Path | None, typer.Option(help="Read settings from this TOML file.", dir_okay=False, exists=True)
    ] = None,
    version: Annotated[  # noqa: ARG001 - answered before the command begins
        bool, typer.Option("--version", help="Print the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    os.umask(0o077)  # the database holds what people wrote, and the folder beside it the secret
    if config is not None:
        from moderation.settings import hand_down

        hand_down(config=config)


def main() -> None:
    """Runs the command; exits 0 on success, 1 on a failure it explains in one line, 2 on wrong usage."""
    try:
        app()
    except ModerationError as error:
        sys.exit(speaking.explained(error))
