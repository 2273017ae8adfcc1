"""What people asked for about their own data, and when it was done; it does nothing of it itself, and names nobody."""

from datetime import datetime

from sqlmodel import col, select

from moderation.clock import Id, new_id
from moderation.storage.database import Db
from moderation.storage.rights_tables import SubjectRequestRow
from moderation.vocabulary import RequestKind


def note_done(db: Db, *, site_id: Id, comment_id: Id | None, kind: RequestKind, now: datetime) -> None:
    """Stores a request that was done as it was made."""
    row = SubjectRequestRow(id=new_id(), site_id=site_id, comment_id=comment_id, kind=kind, made_at=now, done_at=now)
    db.add(row)
    db.flush()


def of_comment(db: Db, *, site_id: Id, comment_id: Id) -> list[SubjectRequestRow]:
    """Returns what was asked for about a comment of a site, oldest first."""
    query = select(SubjectRequestRow).where(SubjectRequestRow.site_id == site_id)
    return list(db.exec(query.where(SubjectRequestRow.comment_id == comment_id).order_by(col(SubjectRequestRow.id))))
