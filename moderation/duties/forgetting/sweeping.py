"""What is past its time goes by itself, in pieces that keep nobody waiting; what an appeal or a freeze holds stays.

Each comment carries the dates that were promised when it came. Today's settings can bring them forward and never put
them off.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from weakref import WeakKeyDictionary

from moderation.clock import Id
from moderation.errors import Unavailable
from moderation.judging.retention import LATE_AFTER, Terms
from moderation.seal import Seal
from moderation.settings import Settings
from moderation.storage import emptying, erasing, network_keys, retaining
from moderation.storage.database import Database, Db
from moderation.vocabulary import ErasedBy

PIECE: Final = 50
"""Comments that are deleted in one transaction, so that whoever stores one meanwhile waits a moment only."""
_LIGHT: Final = 500
"""Rows of which little changes, in one transaction."""
_SLACK: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Due:
    """What a run would do now."""

    deleted: int
    reduced: int


def terms_of(settings: Settings) -> Terms:
    """Returns how long comments are kept, as the settings say; no days means until somebody has them erased."""

    def days(count: int) -> timedelta | None:
        return timedelta(days=count) if count else None

    return Terms(
        published=days(settings.keep_published_days),
        checked=days(settings.keep_checked_days),
        held=days(settings.keep_held_days),
        removed=days(settings.keep_removed_days),
        network=days(settings.keep_network_days),
        form=settings.network_form,
        key_life=timedelta(days=settings.network_key_days),
    )


def sweep(db: Db, *, seal: Callable[[], Seal], terms: Terms, now: datetime) -> int:
    """Does one piece of what is due, notes it, and returns how much there was; 0 means that nothing is left.

    Raises:
        Unavailable: where the clock is behind the newest event: it cannot say what is due (security.md 6).
    """
    refuse_wrong_clock(db, now=now)
    deleted = _delete_due(db, seal, now)
    reduced = retaining.reduce(db, now=now, limit=_LIGHT)
    ended = retaining.drop_new_strays(db, now=now, limit=_LIGHT) + retaining.end_tombstones(db, now=now, limit=PIECE)
    gone = retaining.forget_ended(db, now=now, key_life=network_keys.life_of(terms), limit=_LIGHT)
    retaining.note_run(db, now=now, deleted=deleted, reduced=reduced)
    return deleted + reduced + ended + gone


def sweep_all(db: Db, *, seal: Callable[[], Seal], terms: Terms, now: datetime) -> int:
    """Does all that is due in one transaction, for a database that nobody else uses; returns how much that was."""
    shortening = Shortening(terms)
    while shortening.piece(db):
        pass
    total = 0
    while piece := sweep(db, seal=seal, terms=terms, now=now):
        total += piece
    return total


def refuse_wrong_clock(db: Db, *, now: datetime) -> None:
    """Raises Unavailable where the newest event happened later than now."""
    newest = retaining.newest_moment(db)
    if newest is not None and now < newest - _SLACK:
        raise Unavailable("The clock is behind the newest event, so nothing is deleted; set the clock right.")


def look(db: Db, *, terms: Terms, now: datetime) -> Due:
    """Returns what a run would do now; changes nothing."""
    refuse_wrong_clock(db, now=now)
    return Due(*retaining.count_due_under(db, terms=terms, now=now, limit=_LIGHT))


def is_late(db: Db, *, now: datetime) -> bool:
    """Returns whether something that nothing holds should have been gone two rounds ago."""
    return retaining.is_late(db, before=now - LATE_AFTER)


def is_unsettled(db: Db) -> bool:
    """Returns whether bytes of what was deleted are still in the files."""
    return emptying.is_due(db)


def settle(database: Database) -> Iterator[int]:
    """Lets the bytes of what was deleted leave the files, in pieces."""
    return emptying.empty(database)


def _delete_due(db: Db, seal: Callable[[], Seal], now: datetime) -> int:
    found = retaining.due(db, now=now, limit=PIECE)
    for site_id in sorted(found):
        erasing.erase(db, seal=seal(), site_id=site_id, rows=found[site_id], by=ErasedBy.RETENTION, now=now)
    return sum(map(len, found.values()))


@dataclass(slots=True)
class Shortening:
    """One pass over all stored dates under today's terms; a process makes one, since its settings do not change."""

    terms: Terms
    _passed: WeakKeyDictionary[Any, Id | None] = field(default_factory=WeakKeyDictionary)

    def is_due(self, db: Db) -> bool:
        """Returns whether comments are left at which this pass has not looked."""
        pool = db.get_bind().pool  # type: ignore[union-attr] # a transaction's bind is an engine
        return self._passed.get(pool, _FIRST) is not None

    def piece(self, db: Db) -> int:
        """Looks at some more comments and returns 0 at the end."""
        pool: Any = db.get_bind().pool  # type: ignore[union-attr] # a transaction's bind is an engine
        after = self._passed.get(pool, _FIRST)
        if after is None:
            return 0
        reached, changed = retaining.shorten(db, terms=self.terms, after=after, limit=_LIGHT)
        self._passed[pool] = reached
        return max(changed, int(reached is not None))


_FIRST: Final = Id(int=0)
