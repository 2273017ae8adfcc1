"""A comment is erased because its writer or the website wants it; erasing it again changes nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from moderation.clock import Id
from moderation.duties.forgetting.proving import Proof, remaining, signed
from moderation.judging.retention import RECEIPT_AFTER
from moderation.seal import Seal
from moderation.storage import erasing, requests, sites
from moderation.storage.answers import KEPT
from moderation.storage.database import Db
from moderation.storage.erasing import Horizon
from moderation.storage.ledger import email_code
from moderation.storage.tables import CommentRow
from moderation.vocabulary import ErasedBy, RequestKind, State

PIECE: Final = 50
"""Comments that are erased in one transaction, so that whoever stores one meanwhile waits a moment only."""


def erase(db: Db, *, seal: Seal, row: CommentRow, by: ErasedBy, now: datetime) -> Proof:
    """Erases a comment and returns the proof; of one that is erased already, what its tombstone still tells.

    The texts of replies, the website's copy and copies elsewhere are not reached; the proof says what stays. That its
    writer asked for it is counted among the requests.
    """
    return _Act(db, seal, row.site_id, by, now).erase([row.id])[0]


def find_address(db: Db, *, seal: Seal, site_id: Id, email: str) -> int:
    """Returns how many comments of a site came with an address, through either door."""
    code = email_code(seal, site_id, email)
    return erasing.count_of_address(db, site_id=site_id, email_code=code) if code else 0


def erase_some(db: Db, *, seal: Seal, site_id: Id, email: str, now: datetime) -> list[Proof]:
    """Erases some of the comments that came with an address, the oldest first; no proof means that none is left."""
    code = email_code(seal, site_id, email)
    ids = erasing.of_address(db, site_id=site_id, email_code=code, limit=PIECE) if code else []
    return _Act(db, seal, site_id, ErasedBy.SITE, now).erase(ids)


def note_erasure(db: Db, *, site_id: Id, now: datetime) -> None:
    """Notes that somebody's comments were erased on their request; it names neither person nor comment."""
    requests.note_done(db, site_id=site_id, comment_id=None, kind=RequestKind.ERASURE, now=now)


@dataclass(frozen=True, slots=True)
class _Act:
    """Who has comments of one site erased, and when."""

    db: Db
    seal: Seal
    site_id: Id
    by: ErasedBy
    now: datetime

    def erase(self, ids: Iterable[Id]) -> list[Proof]:
        rows = erasing.lock(self.db, site_id=self.site_id, comment_ids=ids)
        home_url = sites.home_url_of(self.db, self.site_id)
        copies = erasing.horizon(self.db, now=self.now)
        return [self._one(row, home_url, copies) for row in rows]

    def _one(self, row: CommentRow, home_url: str, copies: Horizon) -> Proof:
        is_new = row.state is not State.ERASED
        by, at, receipt = (self.by, self.now, row.receipt_locator) if is_new else _of_tombstone(row)
        until = self.now + RECEIPT_AFTER if is_new else row.reduce_after
        traces = erasing.count_traces(self.db, site_id=row.site_id, comment_id=row.id)
        return signed(
            self.seal,
            receipt=receipt,
            comment_id=row.id,
            site=home_url,
            erased_by=by,
            erased_at=at,
            removed=self._removed(row) if is_new else {},
            remains=remaining(by, receipt_until=until, copies=copies, traces=traces, answers_until=at + KEPT),
        )

    def _removed(self, row: CommentRow) -> dict[str, int]:
        if self.by is ErasedBy.AUTHOR:
            note_erasure(self.db, site_id=self.site_id, now=self.now)
        gone = erasing.erase(self.db, seal=self.seal, site_id=row.site_id, rows=[row], by=self.by, now=self.now)
        return {"comments": 1, **gone}


def _of_tombstone(row: CommentRow) -> tuple[ErasedBy, datetime, str]:
    """Who had it erased, the month, and the receipt's first part, while it has one."""
    locator = "" if row.receipt_locator.startswith(erasing.ENDED) else row.receipt_locator
    return row.erased_by or ErasedBy.SITE, row.changed_at, locator
