"""Moderators' logins, found by the hash of what the browser holds; it checks no password."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, or_, update
from sqlmodel import col, select

from moderation.clock import Id
from moderation.storage.database import Db
from moderation.storage.people_tables import SessionRow

IDLE: Final = timedelta(hours=12)
LONGEST: Final = timedelta(days=14)
NOTED_EVERY: Final = timedelta(minutes=1)
"""How exactly it is noted when a login was last used: a write for each page would be one too many."""


@dataclass(frozen=True, slots=True)
class Login:
    """A login as its owner sees it in the list."""

    digest: str
    moderator_id: Id
    created_at: datetime
    seen_at: datetime
    network: str


def add(db: Db, *, moderator_id: Id, digest: str, network: str, now: datetime) -> None:
    """Stores a new login."""
    db.add(SessionRow(digest=digest, moderator_id=moderator_id, created_at=now, seen_at=now, network=network))
    db.flush()


def find(db: Db, *, digest: str, now: datetime) -> Login | None:
    """Returns a login that has not ended: used within 12 hours, begun within 14 days."""
    row = db.get(SessionRow, digest)
    if row is None or row.seen_at <= now - IDLE or row.created_at <= now - LONGEST:
        return None
    return Login(row.digest, row.moderator_id, row.created_at, row.seen_at, row.network)


def note_seen(db: Db, *, digest: str, now: datetime) -> None:
    """Notes that a login is used."""
    db.connection().execute(update(SessionRow).where(col(SessionRow.digest) == digest).values(seen_at=now))


def of_moderator(db: Db, *, moderator_id: Id, now: datetime) -> list[Login]:
    """Returns a person's logins that have not ended, the newest first."""
    query = select(SessionRow).where(SessionRow.moderator_id == moderator_id, SessionRow.seen_at > now - IDLE)
    rows = db.exec(query.where(SessionRow.created_at > now - LONGEST).order_by(col(SessionRow.seen_at).desc()))
    return [Login(row.digest, row.moderator_id, row.created_at, row.seen_at, row.network) for row in rows]


def end(db: Db, *, digest: str) -> None:
    """Ends one login."""
    db.connection().execute(delete(SessionRow).where(col(SessionRow.digest) == digest))


def end_all(db: Db, *, moderator_id: Id, but: str = "") -> int:
    """Ends a person's logins, but for one by its digest, and returns how many."""
    own = delete(SessionRow).where(col(SessionRow.moderator_id) == moderator_id, col(SessionRow.digest) != but)
    return db.connection().execute(own).rowcount


def forget(db: Db, *, now: datetime) -> int:
    """Deletes the logins that have ended, and returns how many."""
    over = or_(col(SessionRow.seen_at) <= now - IDLE, col(SessionRow.created_at) <= now - LONGEST)
    return db.connection().execute(delete(SessionRow).where(over)).rowcount
