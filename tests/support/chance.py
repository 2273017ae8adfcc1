"""Lets chance have drawn what a test needs, also where it had drawn some of it by itself: one comment in fifty."""

from collections.abc import Iterable

from sqlalchemy import delete

from moderation.seal import Seal
from moderation.storage import audits
from moderation.storage.audits import Fresh
from moderation.storage.database import Db
from moderation.storage.tables import AuditRow


def draw(db: Db, *, seal: Seal, judged: Iterable[Fresh]) -> None:
    """Draws each of these comments."""
    fresh = list(judged)
    db.connection().execute(delete(AuditRow).where(AuditRow.comment_id.in_([one.comment_id for one in fresh])))
    audits.draw(db, seal=seal, judged=fresh, rate=1.0)
