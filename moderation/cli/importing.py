"""`candor import`: brings the comments of an earlier system, and what people said of them; it judges none itself."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, TypeAlias

import typer

from moderation.cli.reading import lines, opened, shown
from moderation.cli.speaking import FAILURE, Json, SiteOption, note, result
from moderation.cli.speaking import lines as as_lines
from moderation.errors import Invalid, ModerationError

if TYPE_CHECKING:
    from datetime import datetime

    from moderation.clock import Id
    from moderation.duties.checking import Checked, Submission
    from moderation.judging.comment import Comment
    from moderation.runtime import Runtime, Site
    from moderation.vocabulary import Label

    Row: TypeAlias = tuple[Comment, Label | None]

Line: TypeAlias = tuple[int, bytes]

BATCH: Final = 256
"""Rows in one transaction: a label of each is one sitting of the site's model."""
_TOLD: Final = 20


class Format(StrEnum):
    """What an earlier system's comments are written in."""

    JSONL = "jsonl"


@dataclass(slots=True)
class Counts:
    """What became of the rows; `known` ones were stored before."""

    read: int = 0
    stored: int = 0
    known: int = 0
    labelled: int = 0
    broken: int = 0


def register(app: typer.Typer) -> None:
    """Adds this command."""
    app.command("import")(import_)


def import_(
    form: Annotated[Format, typer.Argument(metavar="FORMAT", help="How the file is written: jsonl.")],  # noqa: ARG001 - the only one there is
    file: Annotated[
        Path | None, typer.Argument(help="JSONL, also gzipped; standard input by default.", show_default=False)
    ] = None,
    *,
    site: SiteOption,
    as_json: Json = False,
) -> None:
    """Store the comments of an earlier system at a site, one JSON object a line, as `candor score` takes them.

    A row without a label is judged; the label spam or ham is the website's word, and teaches. A row whose id is known
    is the same comment, so an import that was interrupted is run again. Broken lines are told, and the exit code is 1.
    """
    counts, damage = Counts(), list[str]()
    with opened(file) as raw, _opened_import(site, counts) as importing:
        for batch in _batches(shown(lines(raw, damage), raw, "importing")):
            importing.take(batch)
    result(asdict(counts), as_lines(asdict(counts)), as_json=as_json)
    if damage:
        raise Invalid(f"{file or 'standard input'}: {damage[0]}")
    if counts.broken:
        note(f"candor: {counts.broken} of the lines could not be read; the others are stored")
        raise typer.Exit(FAILURE)


@contextmanager
def _opened_import(site: str, counts: Counts) -> Iterator["_Import"]:
    from moderation.duties import hosting
    from moderation.runtime import Runtime
    from moderation.settings import load_settings

    runtime = Runtime.open(load_settings())
    try:
        with runtime.database.snapshot() as db:
            found = hosting.find_site(db, site).id
        yield _Import(runtime, found, counts)
    finally:
        runtime.close()


class _Import:
    """Stores batches of rows at a site, each in a transaction of its own, and lets the site's model learn each."""

    def __init__(self, runtime: "Runtime", site_id: "Id", counts: Counts) -> None:
        from moderation.duties.checking import Checking
        from moderation.duties.forgetting import terms_of
        from moderation.duties.reporting import Recording, Reporting

        settings = runtime.settings
        self._runtime, self._site_id, self._counts = runtime, site_id, counts
        self._checking = Checking(
            settings.seal,
            runtime.shelf.scorer,
            runtime.directory,
            models=runtime.models,
            terms=terms_of(settings),
            is_strict=settings.strict_retention,
            notices=Recording(Reporting(settings, runtime.shelf), runtime.directory),
        )

    def take(self, batch: Sequence[Line]) -> None:
        """Stores what can be read of some lines; all of it or nothing."""
        rows = [row for line in batch if (row := self._read(line)) is not None]
        if not rows:
            return
        for checked in self._stored(rows):
            if isinstance(checked, ModerationError):
                raise checked
            self._counts.stored += checked.receipt is not None
            self._counts.known += checked.receipt is None
            self._counts.labelled += checked.is_labelled
        self._learn()
        self._runtime.database.give_way()

    def _read(self, line: Line) -> "Row | None":
        from moderation.judging import rows

        self._counts.read += 1
        try:
            row = rows.parse(line[1])
            return rows.to_store(row, permalink=self._site.home_url), rows.label_of(row)
        except Invalid as fault:
            self._counts.broken += 1
            if self._counts.broken <= _TOLD:
                note(f"candor: line {line[0]}: {fault.message}")
        return None

    def _stored(self, rows: Sequence["Row"]) -> "list[Checked | ModerationError]":
        from moderation import clock

        now = clock.now()
        submissions = [self._submission(row, now) for row in rows]
        with self._runtime.database.transaction() as db:
            return self._checking.record(db, submissions)

    def _submission(self, row: "Row", now: "datetime") -> "Submission":
        from moderation.duties.checking import Caller
        from moderation.vocabulary import Channel, KeyKind

        comment, label = row
        caller = Caller(self._site, KeyKind.API, "", self._runtime.directory.latest.revision, self._site.host)
        return self._checking.submission(
            caller,
            comment,
            channel=Channel.API,
            now=now,
            is_edit=comment.external_id is not None,
            label=label,
        )

    def _learn(self) -> None:
        from moderation import clock
        from moderation.duties import learning

        models = self._runtime.models
        known = models.known(self._site_id)
        with self._runtime.database.transaction() as db:
            taught = learning.learn(
                db, classifier=models.classifier, site_id=self._site_id, now=clock.now(), known=known
            )
        if taught is not None:
            models.take(taught)

    @property
    def _site(self) -> "Site":
        return self._runtime.directory.latest.sites[self._site_id]


def _batches(numbered: Iterable[Line]) -> Iterator[list[Line]]:
    """Lines that hold something, in batches."""
    filled = (line for line in numbered if line[1].strip())
    while batch := list(islice(filled, BATCH)):
        yield batch
