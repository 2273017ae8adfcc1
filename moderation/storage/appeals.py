"""Appeals: a writer's wish for a second look at a decision, and how it ended; it hears none."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, update
from sqlmodel import col, select

from moderation.clock import Id, new_id
from moderation.storage.database import Db
from moderation.storage.rights_tables import AppealRow
from moderation.vocabulary import Outcome


@dataclass(frozen=True, slots=True)
class Hearing:
    """How an appeal ends: who heard it, with which outcome, and what the writer is answered."""

    heard_by: Id
    outcome: Outcome
    reply: str


def add(
    db: Db, *, site_id: Id, comment_id: Id, decision_id: Id, first_by: Id | None, text: str, now: datetime
) -> AppealRow:
    """Stores an appeal against a decision, with the moderator who made that, if one did."""
    row = AppealRow(
        id=new_id(),
        site_id=site_id,
        comment_id=comment_id,
        decision_id=decision_id,
        first_by=first_by,
        opened_at=now,
        text=text,
    )
    db.add(row)
    db.flush()
    return row


def of_comment(db: Db, *, site_id: Id, comment_id: Id) -> list[AppealRow]:
    """Returns the appeals about a comment of a site, oldest first."""
    query = select(AppealRow).where(AppealRow.site_id == site_id, AppealRow.comment_id == comment_id)
    return list(db.exec(query.order_by(col(AppealRow.id))))


def waiting(db: Db, *, site_id: Id, limit: int) -> list[AppealRow]:
    """Returns the oldest appeals of a site that nobody has heard."""
    query = select(AppealRow).where(AppealRow.site_id == site_id, col(AppealRow.heard_at).is_(None))
    return list(db.exec(query.order_by(col(AppealRow.opened_at), col(AppealRow.id)).limit(limit)))


def heard(db: Db, *, site_id: Id, limit: int) -> list[AppealRow]:
    """Returns the appeals of a site that were heard last, the last one first."""
    query = select(AppealRow).where(AppealRow.site_id == site_id, col(AppealRow.heard_at).is_not(None))
    return list(db.exec(query.order_by(col(AppealRow.heard_at).desc()).limit(limit)))


def count_waiting(db: Db, *, site_id: Id) -> int:
    """Returns how many appeals of a site nobody has heard."""
    query = select(func.count()).select_from(AppealRow).where(AppealRow.site_id == site_id)
    return db.exec(query.where(col(AppealRow.heard_at).is_(None))).one()


def end(db: Db, *, site_id: Id, appeal_id: Id, hearing: Hearing, now: datetime) -> bool:
    """Ends an open appeal of a site and returns whether it was open; the database refuses the first decider."""
    ended = update(AppealRow).where(col(AppealRow.site_id) == site_id, col(AppealRow.id) == appeal_id)
    values = {"heard_at": now, "heard_by": hearing.heard_by, "outcome": hearing.outcome, "reply": hearing.reply}
    return db.connection().execute(ended.where(col(AppealRow.heard_at).is_(None)).values(**values)).rowcount == 1
