"""`candor erase` and `candor retention run`: what was stored about people goes; it knows no table."""

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from moderation.cli.speaking import Json, SiteOption, lines, note, opened_store, result

if TYPE_CHECKING:
    from datetime import datetime

    from moderation.clock import Id
    from moderation.runtime import Database
    from moderation.settings import Settings

retention = typer.Typer(help="What is deleted when its time is over.", no_args_is_help=True, rich_markup_mode=None)
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would go, and change nothing.")]


def register(app: typer.Typer) -> None:
    """Adds these commands."""
    app.command("erase")(erase)
    app.add_typer(retention, name="retention")


def erase(
    *,
    site: SiteOption,
    subject: Annotated[str, typer.Option("--subject", metavar="EMAIL", help="The person's e-mail address.")],
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Erase every comment that came with an address at a site, through either door, and print the signed proofs."""
    from moderation import clock
    from moderation.duties import forgetting, hosting
    from moderation.judging.people import refuse_no_address

    refuse_no_address(subject)
    with opened_store() as (settings, database):
        with database.snapshot() as db:
            site_id = hosting.find_site(db, site, with_closed=True).id
            count = forgetting.find_address(db, seal=settings.seal, site_id=site_id, email=subject)
        proofs = [] if dry_run else _erased(settings, database, site_id, subject, count)
        if proofs:
            for _ in forgetting.settle(database):
                database.give_way()
            with database.transaction() as db:
                forgetting.note_erasure(db, site_id=site_id, now=clock.now())
    told: dict[str, Any] = {"site_id": str(site_id), "found": count, "erased": len(proofs)}
    if dry_run:
        told["dry_run"] = True
    text = "\n\n".join([lines(told), *(lines(_in_short(proof)) for proof in proofs)])
    result(told | {"proofs": proofs}, text, as_json=as_json)
    if not count:
        note("candor: no comment of this site came with that address; addresses are compared as they were given.")


def _erased(
    settings: "Settings", database: "Database", site_id: "Id", subject: str, count: int
) -> list[dict[str, Any]]:
    """In pieces, so that whoever stores a comment meanwhile waits a moment only."""
    from moderation import clock
    from moderation.duties import forgetting

    proofs: list[dict[str, Any]] = []
    with _bar(count, "erasing") as bar:
        while True:
            with database.transaction() as db:
                some = forgetting.erase_some(db, seal=settings.seal, site_id=site_id, email=subject, now=clock.now())
            if not some:
                return proofs
            proofs += [proof.as_json() for proof in some]
            bar.update(len(some))
            database.give_way()


@retention.command("run")
def run(*, dry_run: DryRun = False, as_json: Json = False) -> None:
    """Delete what is due now; the background loop does the same by itself every minute."""
    from moderation import clock
    from moderation.duties import forgetting

    with opened_store() as (settings, database):
        terms, now = forgetting.terms_of(settings), clock.now()
        with database.snapshot() as db:
            due = forgetting.look(db, terms=terms, now=now)
        if not dry_run:
            _swept(settings, database, now)
    told = {"deleted": due.deleted, "reduced": due.reduced} | ({"dry_run": True} if dry_run else {})
    result(told, lines(told), as_json=as_json)


def _swept(settings: "Settings", database: "Database", now: "datetime") -> None:
    from moderation.duties import forgetting

    terms = forgetting.terms_of(settings)
    shortening = forgetting.Shortening(terms)
    steps = (
        shortening.piece,
        lambda db: forgetting.sweep(db, seal=lambda: settings.seal, terms=terms, now=now),
    )
    for step in steps:
        is_left = True
        while is_left:
            with database.transaction() as db:
                is_left = bool(step(db))
            database.give_way()
    for _ in forgetting.settle(database):
        database.give_way()


def _bar(length: int, label: str) -> Any:  # noqa: ANN401 - typer's own
    """A progress bar, which shows on a terminal only."""
    return typer.progressbar(length=length, label=label, file=sys.stderr, hidden=not sys.stderr.isatty())


def _in_short(proof: dict[str, Any]) -> dict[str, object]:
    """A proof as lines; `--json` has all of it, with the signature."""
    stays = "; ".join(f"{one['what']} {one['until'] or ''}".strip() for one in proof["remains"])
    places = "; ".join(proof.get("removed", ()))
    said = {
        name: proof[name] for name in ("comment_id", "receipt", "erased_at", "erased_in", "erased_by") if name in proof
    }
    return said | {"removed": places, "remains": stays, "signature": proof["signature"]["value"]}
