"""The outbox: what happened, appended in the transaction in which it happened; it does not deliver."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlmodel import col, select

from moderation.clock import Id, new_id
from moderation.storage.bulk import insert_rows
from moderation.storage.database import Db
from moderation.storage.tables import EventRow
from moderation.vocabulary import EventKind


def event(  # noqa: PLR0917 - an event's columns
    site_id: Id,
    comment_id: Id | None,
    kind: EventKind,
    at: datetime,
    facts: Mapping[str, str],
    due_at: datetime | None = None,
) -> dict[str, Any]:
    """Returns the row of an event; facts are ids, codes and words of the vocabulary, never a person's data.

    Before `due_at` nobody outside is told of it; None tells at once.
    """
    return {
        "id": new_id(),
        "site_id": site_id,
        "comment_id": comment_id,
        "kind": kind,
        "happened_at": at,
        "facts": dict(facts),
        "due_at": due_at,
    }


def of_decision(
    row: Mapping[str, Any], kind: EventKind = EventKind.DECIDED, due_at: datetime | None = None
) -> dict[str, Any]:
    """Returns the event that tells of a decision's row."""
    facts = {"decision_id": str(row["id"]), "verdict": row["verdict"].value, "actor": row["actor"].value}
    return event(row["site_id"], row["comment_id"], kind, row["decided_at"], facts, due_at)


def append(db: Db, rows: list[dict[str, Any]]) -> None:
    """Stores events in one statement."""
    insert_rows(db, EventRow, rows)


def withdraw(db: Db, *, site_id: Id, event_ids: Iterable[Id], at: datetime) -> int:
    """Takes back those of some events of a site that were not yet told at a moment, and returns how many."""
    untold = delete(EventRow).where(col(EventRow.site_id) == site_id, col(EventRow.id).in_(list(event_ids)))
    return db.connection().execute(untold.where(col(EventRow.due_at) > at)).rowcount


def of_comment(db: Db, *, site_id: Id, comment_id: Id) -> list[EventRow]:
    """Returns what happened to a comment of a site, oldest first."""
    rows = db.exec(select(EventRow).where(EventRow.comment_id == comment_id).order_by(col(EventRow.id)))
    return [row for row in rows if row.site_id == site_id]


def newest_time(db: Db, *, site_id: Id) -> datetime | None:
    """Returns when the newest event of a site happened, by the clock of that moment, or None."""
    query = select(EventRow.happened_at).where(EventRow.site_id == site_id)
    return db.exec(query.order_by(col(EventRow.id).desc()).limit(1)).first()
