"""`candor statements`: statements of reasons as a file for the DSA Transparency Database; sending them is not built."""

import json
import os
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from moderation.cli.speaking import Json, SiteOption, note, opened_store
from moderation.errors import Invalid

_ALWAYS: Final = datetime(2000, 1, 1, tzinfo=UTC)


def register(app: typer.Typer) -> None:
    """Adds this command."""
    app.command("statements")(statements)


def statements(
    *,
    site: SiteOption,
    since: Annotated[
        str | None, typer.Option(metavar="DATE", help="Only decisions from this day on (UTC), as 2026-11-28.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="A new file: one object for .json, else one statement a line.", dir_okay=False
        ),
    ] = None,
    with_spam: Annotated[
        bool, typer.Option("--with-spam", help="Also spam, for which the law asks no statement.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Write a statement of reasons for each comment that was refused or taken down; nothing is sent anywhere."""
    from moderation.duties import hosting, stating

    moment = _moment(since)
    made: list[dict[str, Any]] = []
    left: Counter[str] = Counter(dict.fromkeys(stating.LeftOut, 0))
    with opened_store() as (settings, database), database.snapshot() as db:
        site_id = hosting.find_site(db, site, with_closed=True).id
        found = stating.records(
            db,
            seal=settings.seal,
            site_id=site_id,
            base_url=settings.base_url,
            since=moment,
            with_spam=with_spam,
        )
        for one in found:
            if isinstance(one, stating.LeftOut):
                left[one.value] += 1
            else:
                made.append(one)
    told = {"site_id": str(site_id), "count": len(made), "left_out": {str(why): count for why, count in left.items()}}
    if out is not None:
        _write(out, made)
        told["file"] = str(out)
    _say(told, made, is_written=out is not None, as_json=as_json)


def _say(told: dict[str, Any], made: list[dict[str, Any]], *, is_written: bool, as_json: bool) -> None:
    left = told["left_out"]
    if as_json:
        typer.echo(json.dumps(told if is_written else {**told, "statements": made}))
        return
    if not is_written:
        for one in made:
            typer.echo(json.dumps(one))
    note(
        f"candor: {told['count']} statements; left out: {left['spam']} about spam, for which none is owed, "
        f"{left['held']} about comments that are held and not decided. Nothing was sent."
    )


def _write(file: Path, made: list[dict[str, Any]]) -> None:
    """A file that its owner alone can read; one that is there already is not overwritten."""
    try:
        descriptor = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except OSError as error:
        raise Invalid(f"--out: {file}: {error.strerror}.") from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        if file.suffix == ".json":
            json.dump({"statements": made}, stream)
            stream.write("\n")
        else:
            stream.writelines(json.dumps(one) + "\n" for one in made)


def _moment(since: str | None) -> datetime:
    if since is None:
        return _ALWAYS
    try:
        day = date.fromisoformat(since)
    except ValueError:
        raise Invalid("--since: this is no day; for example --since 2026-11-28.") from None
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
