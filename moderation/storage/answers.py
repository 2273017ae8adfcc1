"""Answers kept for a day under the client's idempotency key; only that key opens them again."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert
from sqlmodel import col, select

from moderation.clock import Id
from moderation.errors import Conflict
from moderation.seal import Seal
from moderation.storage.database import Db
from moderation.storage.tables import AnswerRow

KEPT = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Ask:
    """One write as the client named it: its idempotency key, and the digest of route and body."""

    site_id: Id
    key: str
    request_digest: str


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as it was given: HTTP-neutral status word is the web's affair, so a number and bytes."""

    status: int
    body: bytes


def find(db: Db, *, seal: Seal, ask: Ask, now: datetime) -> Given | None:
    """Returns the answer given before to the same key and request, or None.

    Raises:
        Conflict: when the key was used for another request.
    """
    row = db.get(AnswerRow, (ask.site_id, _code(seal, ask)))
    if row is None or row.answered_at < now - KEPT:
        return None
    if row.request_digest != ask.request_digest:
        raise Conflict(
            "This Idempotency-Key was used for another request in the last 24 hours; choose a new one.",
            code="idempotency.reused",
        )
    body = seal.open("answer", row.sealed_body, to=ask.key)
    return Given(row.status, body) if body is not None else None


def keep(db: Db, *, seal: Seal, ask: Ask, given: Given, now: datetime) -> None:
    """Stores an answer, in the place of one under the same key that is past its day.

    Raises:
        IntegrityError: when another process has kept an answer under this key meanwhile; nothing may be stored then.
    """
    past = db.get(AnswerRow, (ask.site_id, _code(seal, ask)))
    if past is not None and past.answered_at < now - KEPT:
        db.delete(past)
        db.flush()
    row = {
        "site_id": ask.site_id,
        "key_code": _code(seal, ask),
        "request_digest": ask.request_digest,
        "status": given.status,
        "sealed_body": seal.close("answer", given.body, to=ask.key),
        "answered_at": now,
    }
    db.connection().execute(insert(AnswerRow), row)  # never a merge, which would overwrite the other process's answer


def forget(db: Db, *, now: datetime) -> int:
    """Deletes the answers of all sites that are past their day and returns how many: the retention of this table."""
    result = db.connection().execute(delete(AnswerRow).where(col(AnswerRow.answered_at) < now - KEPT))
    return result.rowcount


def oldest_time(db: Db, *, site_id: Id) -> datetime | None:
    """Returns when the oldest answer that is still kept for a site was given, or None."""
    query = select(AnswerRow.answered_at).where(AnswerRow.site_id == site_id)
    return db.exec(query.order_by(col(AnswerRow.answered_at)).limit(1)).first()


def _code(seal: Seal, ask: Ask) -> str:
    return seal.code("idempotency", str(ask.site_id), ask.key)
