"""Moderators, what they may do where, and their one-time links; passwords and links only as hashes."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import select

from moderation.clock import Id, new_id
from moderation.storage.database import Db
from moderation.storage.tables import MembershipRow, ModeratorRow, SignInLinkRow
from moderation.vocabulary import Role


@dataclass(frozen=True, slots=True)
class NewModerator:
    """Who is to be added: the address that names them, and a password's hash or None."""

    email: str
    password_hash: str | None
    role: Role


def add(db: Db, *, site_id: Id, person: NewModerator, now: datetime) -> Id:
    """Makes a person a moderator of a site, or changes their role there, and returns the person's id."""
    row = db.exec(select(ModeratorRow).where(ModeratorRow.email == person.email)).one_or_none()
    if row is None:
        row = ModeratorRow(id=new_id(), email=person.email, created_at=now)
    row.password_hash = person.password_hash or row.password_hash
    db.add(row)
    db.flush()
    db.merge(MembershipRow(moderator_id=row.id, site_id=site_id, role=person.role))
    return row.id


def add_link(db: Db, *, moderator_id: Id, digest: str, expires_at: datetime) -> None:
    """Stores a one-time link by its hash."""
    db.add(SignInLinkRow(digest=digest, moderator_id=moderator_id, expires_at=expires_at))
