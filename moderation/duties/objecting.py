"""To writers: nothing is learnt from their comment, or it is kept just as it is, as long as they want it so."""

from datetime import datetime

from moderation.clock import Id
from moderation.errors import Conflict
from moderation.storage import comments, events, labels, requests
from moderation.storage.database import Db
from moderation.storage.tables import CommentRow
from moderation.vocabulary import EventKind, RequestKind, State


def object_(db: Db, *, row: CommentRow, now: datetime) -> None:
    """Lets nothing more be learnt from a comment; what it taught is taken back by the background loop.

    Raises:
        Conflict: for an erased comment.
    """
    _mark(db, row, "objected_at", now, is_wanted=True)


def withdraw(db: Db, *, row: CommentRow, now: datetime) -> None:
    """Takes an objection back: what people said about the comment can be learnt again."""
    if _mark(db, row, "objected_at", now, is_wanted=False):
        labels.offer_again(db, site_id=row.site_id, comment_id=row.id)


def freeze(db: Db, *, row: CommentRow, now: datetime) -> None:
    """Keeps a comment from being deleted on its date, and from teaching, until its writer says otherwise."""
    _mark(db, row, "frozen_at", now, is_wanted=True)


def thaw(db: Db, *, row: CommentRow, now: datetime) -> None:
    """Lets a comment be deleted on its date again."""
    _mark(db, row, "frozen_at", now, is_wanted=False)


_KINDS = {
    "objected_at": (RequestKind.OBJECTION, EventKind.OBJECTED),
    "frozen_at": (RequestKind.RESTRICTION, EventKind.RESTRICTED),
}


def _mark(db: Db, row: CommentRow, column: str, now: datetime, *, is_wanted: bool) -> bool:
    """Writes the wish down, with its event, and returns whether it is new; a wish is a request, its end is none."""
    if row.state is State.ERASED:
        raise Conflict("This comment is erased: nothing of it is left.", code="comment.erased")
    if (getattr(row, column) is not None) is is_wanted:
        return False
    kind, happened = _KINDS[column]
    comments.move(db, site_id=row.site_id, comment_id=row.id, values={column: now if is_wanted else None})
    if is_wanted:
        requests.note_done(db, site_id=row.site_id, comment_id=row.id, kind=kind, now=now)
    _tell(db, row.site_id, row.id, happened, now, is_wanted=is_wanted)
    return True


def _tell(db: Db, site_id: Id, comment_id: Id, kind: EventKind, now: datetime, *, is_wanted: bool) -> None:
    facts = {"asked": "yes" if is_wanted else "no longer"}
    events.append(db, [events.event(site_id, comment_id, kind, now, facts)])
