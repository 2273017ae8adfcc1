"""An answer kept under an idempotency key is forgotten when its day is over."""

from datetime import datetime

from moderation.storage import answers
from moderation.storage.database import Db


def forget_answers(db: Db, *, now: datetime) -> int:
    """Deletes the kept answers of every site that are older than a day and returns how many."""
    return answers.forget(db, now=now)
