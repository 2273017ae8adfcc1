"""`candor check` and `candor score`: what would be said of a comment, or of a file of them; nothing is stored."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from moderation.cli.reading import LINE_BYTES, lines, opened, shown
from moderation.cli.speaking import FAILURE, Json, SiteOption, note
from moderation.errors import Invalid, SettingFault


def register(app: typer.Typer) -> None:
    """Adds these commands."""
    app.command("check")(check)
    app.command("score")(score)


def check(*, site: SiteOption, as_json: Json = True) -> None:  # noqa: ARG001 - it prints nothing else
    """Judge one comment, given as JSON on standard input, as a site would; prints the verdict as JSON."""
    from moderation.duties import hosting, scoring
    from moderation.duties.checking import Checking
    from moderation.duties.reporting import Reporting
    from moderation.judging import rows
    from moderation.runtime import Runtime
    from moderation.settings import load_settings

    row = rows.parse(sys.stdin.buffer.read(LINE_BYTES))
    settings = load_settings()
    runtime = Runtime.open(settings)
    try:
        with runtime.database.snapshot() as db:
            found = runtime.directory.fresh(db).sites[hosting.find_site(db, site).id]
        comment = rows.to_judge(row, permalink=found.home_url)
        checking = Checking(settings.seal, runtime.shelf.scorer, runtime.directory, models=runtime.models)
        version = Reporting(settings, runtime.shelf).version(found)
        typer.echo(json.dumps(scoring.describe(checking.judge(found, comment), version)))
    finally:
        runtime.close()


def score(
    file: Annotated[
        Path | None, typer.Argument(help="JSONL, also gzipped; standard input by default.", show_default=False)
    ] = None,
    *,
    model: Annotated[Path | None, typer.Option(help="A model's folder; CANDOR_MODEL, else the shipped one.")] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Add the reasons of each score.")] = False,
    as_json: Json = True,  # noqa: ARG001 - it prints nothing else
) -> None:
    """Score comments, one JSON object a line: {"id", "text", "author", "author_url", …}; all but text may be missing.

    Prints {"id", "score", "verdict"} for each line in the same order, or {"id", "line", "error"} for a broken one, and
    then exits 1. Needs no database. Blank lines are passed over.
    """
    from moderation.duties import scoring

    classifier = _load(model)
    broken, damage = 0, list[str]()
    with opened(file) as raw:
        answers = scoring.score_lines(classifier, lines(raw, damage), explain=explain)
        for answer in shown(answers, raw, "scoring"):
            sys.stdout.write(json.dumps(answer) + "\n")
            broken += "error" in answer
        sys.stdout.flush()
    if damage:
        raise Invalid(f"{file or 'standard input'}: {damage[0]}")
    if broken:
        note(f"candor: {broken} of the lines could not be read; they stand in the output with their number and error")
        raise typer.Exit(FAILURE)


def _load(model: Path | None) -> Any:  # noqa: ANN401 - a Classifier, whose room is imported late
    from models import artifact
    from moderation.settings import load_settings

    try:
        return artifact.load(model or load_settings().model or artifact.shipped_folder())
    except artifact.ArtifactError as error:
        raise SettingFault(f"{error}") from None
