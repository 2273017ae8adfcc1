"""Mails that wait and the links in them: locked addresses, hashes and codes; it neither opens nor sends any."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, update
from sqlmodel import col, select

from moderation.clock import Id
from moderation.seal import digest
from moderation.storage.database import Db
from moderation.storage.fields_of_rights import LINK_LIFE, MAIL_LIFE
from moderation.storage.rights_tables import MailedLinkRow, MailRow


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose comments at a site are meant: the site's keyed code of an e-mail address."""

    site_id: Id
    email_code: str


_FRESH: Final = timedelta(hours=1)


def add(db: Db, *, id_: Id, sealed_to: bytes, language: str, now: datetime) -> None:
    """Stores a mail to be sent at once."""
    db.add(MailRow(id=id_, sealed_to=sealed_to, language=language, asked_at=now, due_at=now, tries=0))
    db.flush()


def count(db: Db) -> int:
    """Returns how many mails wait."""
    return db.exec(select(func.count()).select_from(MailRow)).one()


def is_due(db: Db, *, now: datetime) -> bool:
    """Returns whether a mail is to be tried now."""
    return db.exec(select(MailRow.id).where(MailRow.due_at <= now).limit(1)).first() is not None


def next_due(db: Db, *, now: datetime) -> MailRow | None:
    """Returns the mail that has been due the longest, locked against others who look at the same time, or None."""
    due = select(MailRow).where(MailRow.due_at <= now).order_by(col(MailRow.due_at)).limit(1)
    return db.exec(due.with_for_update(skip_locked=True)).first()


def postpone(db: Db, *, id_: Id, due_at: datetime) -> None:
    """Counts a try and says when the next one is due."""
    later = update(MailRow).where(col(MailRow.id) == id_).values(due_at=due_at, tries=MailRow.tries + 1)
    db.connection().execute(later)


def drop(db: Db, *, id_: Id) -> None:
    """Deletes a mail."""
    db.connection().execute(delete(MailRow).where(col(MailRow.id) == id_))


def add_links(db: Db, *, secret: str, owners: Iterable[Owner], now: datetime) -> None:
    """Stores what a mailed secret opens."""
    held, ends_at = digest(secret), now + LINK_LIFE
    for owner in owners:
        row = MailedLinkRow(digest=held, site_id=owner.site_id, email_code=owner.email_code, ends_at=ends_at)
        db.add(row)
    db.flush()


def drop_links(db: Db, *, secret: str) -> None:
    """Deletes what a secret opens that was not mailed after all."""
    db.connection().execute(delete(MailedLinkRow).where(col(MailedLinkRow.digest) == digest(secret)))


def links_lately(db: Db, *, owners: Iterable[Owner], now: datetime) -> int:
    """Returns how many links were mailed within the hour to the person behind these codes and are not used yet."""
    codes = [owner.email_code for owner in owners]
    made = select(func.count(func.distinct(col(MailedLinkRow.digest)))).where(col(MailedLinkRow.email_code).in_(codes))
    return db.exec(made.where(MailedLinkRow.ends_at > now + LINK_LIFE - _FRESH)).one()


def take_link(db: Db, *, secret: str, now: datetime) -> tuple[Owner, ...]:
    """Uses a mailed secret up and returns what it opened; nothing for one that is unknown, used or over."""
    used = delete(MailedLinkRow).where(col(MailedLinkRow.digest) == digest(secret), col(MailedLinkRow.ends_at) > now)
    rows = db.connection().execute(used.returning(col(MailedLinkRow.site_id), col(MailedLinkRow.email_code)))
    return tuple(Owner(site_id, code) for site_id, code in rows)


def forget(db: Db, *, now: datetime) -> int:
    """Deletes links that have ended and mails that are too old to be sent, and returns how many."""
    over = delete(MailedLinkRow).where(col(MailedLinkRow.ends_at) <= now)
    old = delete(MailRow).where(col(MailRow.asked_at) <= now - MAIL_LIFE)
    return sum(db.connection().execute(statement).rowcount for statement in (over, old))
