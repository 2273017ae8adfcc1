"""What people said that comments truly were; it does not learn from them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import delete, update
from sqlmodel import col, select

from moderation.clock import Id, new_id
from moderation.storage import events
from moderation.storage.database import Db
from moderation.storage.tables import LabelRow
from moderation.vocabulary import Actor, EventKind, Label

IMPORTED: Final = "import"
"""Stands in the place of a reporter's code where a label came with an import of an earlier system's comments."""


@dataclass(frozen=True, slots=True)
class Said:
    """Who said that a comment is spam or ham; the reporter only as a keyed code."""

    comment_id: Id
    label: Label
    actor: Actor
    reporter_code: str = ""


def record(
    db: Db, *, site_id: Id, said: Said, now: datetime, due_at: datetime | None = None, is_told: bool = True
) -> bool:
    """Stores a label with its event and returns True, or False where the same reporter had already said the same.

    Before `due_at` nobody outside is told of it; None tells at once, and without `is_told` nobody ever is.
    """
    query = select(LabelRow).where(
        LabelRow.site_id == site_id,
        LabelRow.comment_id == said.comment_id,
        LabelRow.actor == said.actor,
        LabelRow.reporter_code == said.reporter_code,
    )
    row = db.exec(query).one_or_none()
    if row is not None and row.label is said.label:
        return False
    if row is None:
        row = LabelRow(
            id=new_id(),
            site_id=site_id,
            comment_id=said.comment_id,
            label=said.label,
            actor=said.actor,
            reporter_code=said.reporter_code,
            labelled_at=now,
        )
    row.label, row.labelled_at, row.learnt_in = said.label, now, None
    db.add(row)
    db.flush()
    facts = {"label": said.label.value, "actor": said.actor.value}
    if is_told:
        events.append(db, [events.event(site_id, said.comment_id, EventKind.LABELLED, now, facts, due_at)])
    return True


def of_comment(db: Db, *, site_id: Id, comment_id: Id) -> list[LabelRow]:
    """Returns what people said about a comment of a site, oldest first."""
    query = select(LabelRow).where(LabelRow.site_id == site_id, LabelRow.comment_id == comment_id)
    return list(db.exec(query.order_by(col(LabelRow.id))))


def withdraw(db: Db, *, site_id: Id, comment_id: Id, actor: Actor, reporter_code: str) -> None:
    """Deletes what one source said about a comment of a site; what others said of it is to be learnt again.

    Lessons must have been taken back before: they name their label.
    """
    about = (col(LabelRow.site_id) == site_id, col(LabelRow.comment_id) == comment_id)
    own = (col(LabelRow.actor) == actor, col(LabelRow.reporter_code) == reporter_code)
    db.connection().execute(delete(LabelRow).where(*about, *own))
    db.connection().execute(update(LabelRow).where(*about).values(learnt_in=None))


def offer_again(db: Db, *, site_id: Id, comment_id: Id) -> None:
    """Lets what was said about a comment of a site be learnt again."""
    about = (col(LabelRow.site_id) == site_id, col(LabelRow.comment_id) == comment_id)
    db.connection().execute(update(LabelRow).where(*about).values(learnt_in=None))
