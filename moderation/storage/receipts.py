"""What opens a comment for its writer: the receipt's own secret, or a pass for a short time; it changes no comment."""

from datetime import datetime
from typing import Final

from sqlmodel import select

from moderation.errors import NotFound
from moderation.judging.receipt import token_in
from moderation.seal import Receipt, digest, equal, new_receipt
from moderation.storage import comments
from moderation.storage.database import Db
from moderation.storage.fields_of_rights import PASS_LIFE
from moderation.storage.rights_tables import PassRow
from moderation.storage.tables import CommentRow

_NOBODY: Final = digest("")


def opened(db: Db, *, pasted: str, now: datetime) -> CommentRow:
    """Returns the comment that a token opens, whichever site's: its secret is its own key.

    Raises:
        NotFound: in the same words, after the same work, whether the token is no token, unknown, wrong or ended.
    """
    locator, secret = token_in(pasted)
    row = comments.find_by_receipt(db, locator=locator)
    held = digest(secret)
    passed = db.exec(select(PassRow).where(PassRow.digest == held, PassRow.ends_at > now)).one_or_none()
    fits = equal(held, row.receipt_digest if row is not None else _NOBODY)
    passes = row is not None and passed is not None and passed.comment_id == row.id and passed.site_id == row.site_id
    if row is None or not secret or not (fits or passes):
        raise unknown()
    return row


def unknown() -> NotFound:
    """Returns the one answer to every token that opens nothing."""
    return NotFound("This is not the token of a receipt, or not all of it. Copy it whole and try again.")


def add_pass(db: Db, *, row: CommentRow, now: datetime) -> Receipt:
    """Returns a further token for a comment's receipt, which works for an hour."""
    token = Receipt(row.receipt_locator, new_receipt().secret)
    db.add(PassRow(digest=digest(token.secret), site_id=row.site_id, comment_id=row.id, ends_at=now + PASS_LIFE))
    db.flush()
    return token
