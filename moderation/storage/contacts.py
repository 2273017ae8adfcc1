"""How often the service spoke to other machines, per day and purpose; it knows neither whom it was about nor what."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import delete
from sqlmodel import col

from moderation.storage.bulk import upsert
from moderation.storage.database import Db
from moderation.storage.fields_of_rights import CONTACTS_KEPT
from moderation.storage.rights_tables import ContactRow


def note(db: Db, *, purpose: str, day: date) -> None:
    """Counts one contact."""
    statement: Any = upsert(db.get_bind().dialect.name, ContactRow)
    added = {"count": ContactRow.count + statement.excluded["count"]}
    counted = statement.on_conflict_do_update(index_elements=["day", "purpose"], set_=added)
    db.connection().execute(counted, [{"day": day, "purpose": purpose, "count": 1}])


def forget(db: Db, *, now: datetime) -> int:
    """Deletes what was counted before the time that such counts are kept, and returns how many days' rows."""
    old = delete(ContactRow).where(col(ContactRow.day) < (now - CONTACTS_KEPT).date())
    return db.connection().execute(old).rowcount
