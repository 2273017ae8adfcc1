"""To the public: statements of reasons in the DSA Transparency Database's schema; it writes and sends nothing."""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum

from moderation.clock import Id
from moderation.errors import ModerationError
from moderation.judging import dsa
from moderation.judging.dsa import Record
from moderation.judging.statement import statements
from moderation.seal import Seal
from moderation.storage import restrictions
from moderation.storage.database import Db


class LeftOut(StrEnum):
    """Why no statement is owed for a restriction."""

    SPAM = "spam"
    HELD = "held"


def records(
    db: Db,
    *,
    seal: Seal,
    site_id: Id,
    base_url: str,
    since: datetime,
    with_spam: bool = False,
) -> Iterator[Record | LeftOut]:
    """Yields the record of each restriction of a site decided since a moment, or why it has none; oldest comment first.

    The id of a record is a keyed code of its decision: the same each time, and no way back to the comment.
    """
    reference = f"{base_url}/sites/{site_id}/comment-data/history"
    for comment in restrictions.of_site(db, site_id=site_id, since=since):
        found = statements(comment.history, complaints=comment.complaints, reference=reference)
        for statement in found:
            if statement.decided_at < since:
                continue
            if not dsa.is_restriction(statement):
                yield LeftOut.HELD
            elif dsa.is_bulk(statement) and not with_spam:
                yield LeftOut.SPAM
            else:
                puid = seal.code("statement", str(statement.decision_id))
                made = dsa.record(statement, puid=puid, received_at=comment.received_at, language=comment.language)
                yield _checked(made)


def _checked(made: Record) -> Record:
    wrong = dsa.faults(made)
    if wrong:
        raise ModerationError(f"A statement would be refused: {'; '.join(wrong)}. This is a fault of the program.")
    return made
