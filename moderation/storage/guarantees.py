"""What the drawn comments of a site promise about removing by program, as it stands and as it is kept."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import or_
from sqlmodel import col, select

from models.guarantee import ALPHA, DELTA, WINDOW, Guarantee, Watchdog, cautious, least, watched
from moderation.clock import Id
from moderation.judging.said import Said
from moderation.storage import audits
from moderation.storage.audits import Welcome
from moderation.storage.database import Db
from moderation.storage.sites import get_row, touch_directory
from moderation.storage.tables import SiteRow

REVIEW_WITHIN: Final = timedelta(days=14)
RENEWED_AFTER: Final = 1_000
_READ: Final = 2 * WINDOW
_NEEDS: Final = "needs %(needed)s approved comments, you have %(have)s"
_CANNOT: Final = (
    "worked out from %(count)s approved comments; some of them have the highest score there is, so nothing can be "
    "removed"
)
_HOLDS: Final = (
    "holds, from %(count)s approved comments: with %(sure)s%% confidence at most %(share)s%% of good comments can be "
    "removed"
)


@dataclass(frozen=True, slots=True)
class Anchor:
    """Which words of people a threshold was worked out from: up to `calibrated_at`; none up to the last alarm count."""

    model: str | None = None
    calibrated_at: datetime | None = None
    alarmed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """The guarantee of one site: how many good comments it rests on, whether it holds, what the watchdog says."""

    have: int = 0
    waiting: int = 0
    anchor: Anchor = field(default_factory=Anchor)
    guarantee: Guarantee | None = None
    watchdog: Watchdog = field(default_factory=Watchdog)
    alpha: float = ALPHA
    delta: float = DELTA

    @property
    def needed(self) -> int:
        """How many good comments are needed at least."""
        return least(self.alpha, self.delta)

    @property
    def removes_from(self) -> float | None:
        """The lowest score at which a program may remove, None for none."""
        return self.guarantee.remove_at if self.guarantee is not None else None

    @property
    def holds(self) -> bool:
        """Whether there is a score above which a program may remove."""
        return self.removes_from is not None

    @property
    def is_alarmed(self) -> bool:
        """Whether the promise was found broken and is not worked out anew yet."""
        return self.guarantee is None and self.anchor.alarmed_at is not None

    @property
    def text(self) -> str:
        """How it stands, in the words that are used everywhere."""
        return self.said(self.have)

    def said(self, have: int | str) -> Said:
        """Returns how it stands; `have` as it may be told, since small numbers are not shown to everyone."""
        if self.guarantee is None:
            return Said(_NEEDS, needed=self.needed, have=have)
        if not self.holds:
            return Said(_CANNOT, count=self.guarantee.count)
        share, sure = self.guarantee.alpha * 100, (1 - self.guarantee.delta) * 100
        return Said(_HOLDS, count=self.guarantee.count, sure=sure, share=share)


def look(db: Db, *, site_id: Id, now: datetime) -> Look:
    """Returns how the guarantee of a site stands by its rows; nothing is stored. Raises NotFound."""
    return _look(db, get_row(db, site_id, with_closed=True), now)


def keep(db: Db, *, site_id: Id, now: datetime) -> bool:
    """Works out the guarantee of a site, stores what is in force, and returns whether that changed. Raises NotFound."""
    db.exec(select(SiteRow.id).where(SiteRow.id == site_id).with_for_update())  # on PostgreSQL one at a time
    row = get_row(db, site_id)
    db.refresh(row)
    found = _look(db, row, now)
    before = (row.removes_from, row.calibrated_at, row.calibrated_model, row.alarmed_at)
    after = (found.removes_from, found.anchor.calibrated_at, found.anchor.model, found.anchor.alarmed_at)
    if before == after:
        return False
    row.removes_from, row.calibrated_at, row.calibrated_model, row.alarmed_at = after
    db.add(row)
    db.flush()
    if before[0] != after[0]:
        touch_directory(db)
    return True


def removing_sites(db: Db) -> list[Id]:
    """Returns the sites whose program removes, or would if it were switched on, oldest first."""
    is_meant = or_(col(SiteRow.removal_by_program), col(SiteRow.calibrated_at).is_not(None))
    query = select(SiteRow.id).where(is_meant, col(SiteRow.removed_at).is_(None))
    return list(db.exec(query.order_by(col(SiteRow.id))))


def _look(db: Db, row: SiteRow, now: datetime) -> Look:
    model = audits.newest_model(db, site_id=row.id)
    if model is None:
        return Look()
    name = " ".join(model)
    anchor = Anchor(name, row.calibrated_at if row.calibrated_model == name else None, row.alarmed_at)
    ham = audits.welcome(db, site_id=row.id, model=model, since=row.alarmed_at, limit=_READ)
    passed_over = audits.waiting(db, site_id=row.id, model=model, before=now - REVIEW_WITHIN, limit=WINDOW)
    return weigh(anchor, ham, passed_over)


def weigh(anchor: Anchor, ham: Sequence[Welcome], passed_over: Sequence[float]) -> Look:
    """Returns what follows from good comments since the last alarm, in the order of people's words.

    The threshold rests on the words up to the anchor, the watchdog on those that came later. It is worked out anew
    when as many came later as it rests on, at the latest after 1,000; after an alarm only from later words.
    """
    later = [one for one in ham if anchor.calibrated_at is not None and one.said_at > anchor.calibrated_at]
    counted = ham[: len(ham) - len(later)]
    found = _promise(counted, passed_over) if anchor.calibrated_at is not None else None
    if found is None:
        return _anew(anchor, ham, passed_over)
    watchdog = watched(found, [one.score for one in later])
    if watchdog.has_alarmed:
        return Look(0, len(passed_over), Anchor(anchor.model, None, later[-1].said_at), None, watchdog)
    if len(later) >= min(len(counted), RENEWED_AFTER):
        return _anew(anchor, ham, passed_over)
    return Look(len(ham), len(passed_over), anchor, found, watchdog)


def _anew(anchor: Anchor, ham: Sequence[Welcome], passed_over: Sequence[float]) -> Look:
    found = _promise(ham, passed_over)
    calibrated_at = ham[-1].said_at if found is not None else None
    return Look(len(ham), len(passed_over), Anchor(anchor.model, calibrated_at, anchor.alarmed_at), found)


def _promise(ham: Sequence[Welcome], passed_over: Sequence[float]) -> Guarantee | None:
    return cautious([one.score for one in ham[-WINDOW:]], passed_over, ALPHA, DELTA)
