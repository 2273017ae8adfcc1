"""`candor learning …`: what a site's own model has learnt, and taking it back; what is learnt is learning's affair."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from moderation.cli.speaking import Json, SiteName, lines, opened_store, result
from moderation.clock import parse_id
from moderation.errors import Invalid

if TYPE_CHECKING:
    from moderation.duties.learning import Line, Progress

_SHOWN = 20
learning = typer.Typer(help="Shows and takes back what a site's own model has learnt.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Adds these commands."""
    app.add_typer(learning, name="learning")


@learning.command("list")
def list_(
    name: SiteName,
    *,
    limit: Annotated[
        int, typer.Option(help="How many lines of the journal, newest first.", min=0, max=100_000)
    ] = _SHOWN,
    as_json: Json = False,
) -> None:
    """Show how far a site's own model is, and the newest lines of its journal; texts are not in it."""
    from moderation.duties import hosting
    from moderation.duties import learning as duty

    with opened_store() as (_, database), database.snapshot() as db:
        site_id = hosting.find_site(db, name).id
        progress = duty.look(db, site_id=site_id)
        journal = duty.history(db, site_id=site_id, limit=limit)
    shown = {"site_id": str(site_id), **_progress(progress)}
    text = "\n".join([lines(shown), *(_in_words(line) for line in journal)])
    result({**shown, "items": [_line(line) for line in journal]}, text, as_json=as_json)


@learning.command("rollback")
def rollback(
    name: SiteName,
    *,
    to: Annotated[int, typer.Option("--to", metavar="REVISION", help="The revision to go back to; 0 is the start.")],
    as_json: Json = False,
) -> None:
    """Let a site's model be what it was at an earlier revision; the journal stays, so this can be undone alike."""
    from moderation import clock
    from moderation.duties import hosting
    from moderation.duties import learning as duty

    with opened_store() as (_, database), database.transaction() as db:
        site_id = hosting.find_site(db, name).id
        duty.roll_back(db, site_id=site_id, revision=to, now=clock.now())
        _say(site_id, duty.look(db, site_id=site_id), as_json=as_json)


@learning.command("forget")
def forget(
    name: SiteName,
    *,
    comment: Annotated[str | None, typer.Option(metavar="ID", help="Only what this comment taught.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Really forget everything.")] = False,
    as_json: Json = False,
) -> None:
    """Forget what one comment taught, or start again; what is forgotten is deleted, hashes included."""
    from moderation import clock
    from moderation.duties import hosting
    from moderation.duties import learning as duty

    comment_id = parse_id(comment) if comment else None
    if comment and comment_id is None:
        raise Invalid("A comment is named by its id, as the API gives it.")
    with opened_store() as (_, database), database.transaction() as db:
        site = hosting.find_site(db, name)
        if comment_id is not None:
            duty.unlearn(db, site_id=site.id, comment_ids=[comment_id], now=clock.now())
        elif yes:
            duty.start_again(db, site_id=site.id, now=clock.now())
        else:
            raise Invalid(f"This deletes all that {site.home_url} has taught its model; add --yes if that is meant.")
        _say(site.id, duty.look(db, site_id=site.id), as_json=as_json)


@learning.command("export")
def export(
    name: SiteName,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write it; must not exist.", dir_okay=False)],
    *,
    as_json: Json = False,
) -> None:
    """Write what a site's model has learnt into a file: numbers for hashes, no texts."""
    from moderation.duties import hosting
    from moderation.duties import learning as duty

    with opened_store() as (_, database), database.snapshot() as db:
        site_id = hosting.find_site(db, name).id
        packed = duty.export(db, site_id=site_id)
        revision = duty.look(db, site_id=site_id).revision
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
            opened.write(packed)
    except OSError as error:
        raise Invalid(f"{file}: {error.strerror}") from None
    written = {"site_id": str(site_id), "revision": revision, "file": str(file), "bytes": len(packed)}
    result(written, lines(written), as_json=as_json)


def _say(site_id: object, progress: "Progress", *, as_json: bool) -> None:
    shown = {"site_id": str(site_id), **_progress(progress)}
    result(shown, lines(shown), as_json=as_json)


def _progress(found: "Progress") -> dict[str, Any]:
    return {
        "revision": found.revision,
        "lessons": found.lessons,
        "waiting": found.waiting,
        "learnt_at": found.learnt_at.isoformat(timespec="seconds") if found.learnt_at else None,
        "state": found.state,
        "drifted_at": found.drifted_at.isoformat(timespec="seconds") if found.drifted_at else None,
        "base_loss": round(found.base_loss, 4),
        "site_loss": round(found.site_loss, 4),
    }


def _line(line: "Line") -> dict[str, Any]:
    return {
        "revision": line.revision,
        "kind": line.kind.value,
        "happened_at": line.happened_at.isoformat(timespec="seconds"),
        "of_revision": line.of_revision,
        "comment_id": str(line.comment_id) if line.comment_id else None,
        "label": line.label,
        "weight": line.weight,
        "counts": line.is_active,
    }


def _in_words(line: "Line") -> str:
    of = f" of {line.of_revision}" if line.of_revision is not None else ""
    said = f"  {line.label}  {line.comment_id}" if line.comment_id else ""
    return f"{line.revision:>6}  {line.happened_at:%Y-%m-%d %H:%M}  {line.kind.value}{of}{said}"
