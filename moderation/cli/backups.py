"""`candor backup` and `candor restore`: one file that holds everything but the secret; it knows no table."""

import sys
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from moderation.cli.speaking import Json, lines, note, opened_store, result


def register(app: typer.Typer) -> None:
    """Adds these commands."""
    app.command("backup")(backup)
    app.command("restore")(restore)


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A new file, for example candor-2026-11-28.backup.")],
    *,
    as_json: Json = False,
) -> None:
    """Copy everything into one file while the service runs; the secret key is not in it: keep that apart."""
    from moderation import clock
    from moderation.duties import keeping

    with opened_store() as (settings, database):
        now, kept = clock.now(), timedelta(days=settings.backup_days) if settings.backup_days else None
        pieces = keeping.keep(database, file, now=now, kept=kept)
        rows = _counted(pieces, keeping.count(database), "copying")
    written = {"file": str(file), "rows": rows, "bytes": file.stat().st_size}
    if kept is not None:
        written["gone_by"] = f"{now + kept:%Y-%m-%dT%H:%M:%SZ}"
    note("candor: the secret key is not in the copy, and without it nobody can use its keys: keep it apart.")
    result(written, lines(written), as_json=as_json)


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `candor backup` wrote, here or elsewhere.")],
    *,
    force: Annotated[bool, typer.Option("--force", help="Overwrite what the database holds.")] = False,
    force_expired: Annotated[
        bool, typer.Option("--force-expired", help="Put back a copy that had to be gone by now.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Put a copy in the place of everything in the database, all or nothing; also from SQLite into PostgreSQL.

    What had been erased in the database stays erased, and what is due by now is deleted before anybody sees it.
    """
    from moderation import clock
    from moderation.duties import forgetting, keeping

    with opened_store() as (settings, database):
        now, terms = clock.now(), forgetting.terms_of(settings)
        pieces = keeping.put_back(
            database,
            file,
            seal=settings.seal,
            now=now,
            then=lambda db: forgetting.sweep_all(db, seal=lambda: settings.seal, terms=terms, now=now),
            force=force,
            force_expired=force_expired,
        )
        rows = _counted(pieces, 0, "restoring")
        for _ in forgetting.settle(database):
            database.give_way()
    restored = {"file": str(file), "rows": rows}
    result(restored, lines(restored), as_json=as_json)


def _counted(pieces: Iterable[int], length: int, label: str) -> int:
    """Adds pieces up behind a progress bar, which shows on a terminal only."""
    total = 0
    if not sys.stderr.isatty():
        return sum(pieces)
    bar: Any
    with typer.progressbar(length=length or None, label=label, file=sys.stderr, show_pos=not length) as bar:
        for count in pieces:
            total += count
            bar.update(count)
    return total
