"""A comment is erased because its writer or the website wants it; erasing it again changes nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from moderation.clock import Id
from moderation.duties.forgetting.proving import Proof, remaining, signed
from moderation.judging.retention import next_month
from moderation.seal import Seal
from moderation.storage import erasing, requests, sites
from moderation.storage.database import Db
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
        return [self._again(row, home_url) if row.state is State.ERASED else self._first(row, home_url) for row in rows]

    def _first(self, row: CommentRow, home_url: str) -> Proof:
        receipt = row.receipt_locator
        said = self._said(row, home_url, self.by, self.now, self.now)
        return signed(self.seal, **said, receipt=receipt, removed=self._removed(row))

    def _again(self, row: CommentRow, home_url: str) -> Proof:
        """What the tombstone still tells, and no more."""
        at = erasing.moment_of(row)
        said = self._said(row, home_url, row.erased_by or ErasedBy.SITE, at, row.changed_at)
        return signed(self.seal, **said, receipt=row.receipt_locator if at else "", removed=None)

    def _said(
        self, row: CommentRow, home_url: str, by: ErasedBy, at: datetime | None, month: datetime
    ) -> dict[str, Any]:
        """What is said whenever it is said; copies count that may have been taken before the erasure."""
        traces = erasing.count_traces(self.db, site_id=row.site_id, comment_id=row.id)
        copies = erasing.horizon(self.db, erased_at=at or next_month(month), now=self.now)
        return {
            "comment_id": row.id,
            "site": home_url,
            "erased_by": by,
            "erased_at": at,
            "erased_in": month,
            "stated_at": self.now,
            "remains": remaining(by, erased_at=at, copies=copies, traces=traces, now=self.now),
        }

    def _removed(self, row: CommentRow) -> dict[str, int]:
        if self.by is ErasedBy.AUTHOR:
            note_erasure(self.db, site_id=self.site_id, now=self.now)
        gone = erasing.erase(self.db, seal=self.seal, site_id=row.site_id, rows=[row], by=self.by, now=self.now)
        return {"comments": 1, **gone}
