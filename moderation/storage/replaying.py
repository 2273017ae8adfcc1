"""What was erased stays erased when an older copy is put back: tombstones are carried over; it reads no file."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import update
from sqlmodel import col, select

from moderation.clock import Id
from moderation.seal import Seal
from moderation.storage import erasing
from moderation.storage.bulk import insert_rows
from moderation.storage.database import Db
from moderation.storage.rights_tables import BackupRow
from moderation.storage.tables import CommentRow, SiteRow
from moderation.vocabulary import ErasedBy, State

_PIECE: Final = 500
_OF_STONE: Final = ("receipt_locator", "receipt_digest", "changed_at", "reduce_after")


@dataclass(frozen=True, slots=True)
class Carried:
    """What a database knows that an older copy does not: which comments were erased, and which copies were taken."""

    stones: tuple[dict[str, Any], ...]
    copies: tuple[dict[str, Any], ...]


def carried(db: Db) -> Carried:
    """Returns what is to be carried over, before everything is replaced."""
    stones = db.exec(select(CommentRow).where(CommentRow.state == State.ERASED).order_by(col(CommentRow.id)))
    copies = db.exec(select(BackupRow).order_by(col(BackupRow.taken_at)))
    return Carried(tuple(row.model_dump() for row in stones), tuple(row.model_dump() for row in copies))


def replay(db: Db, *, seal: Seal, known: Carried, now: datetime) -> int:
    """Erases in what was put back what had been erased before, and returns how many comments that were."""
    have = set(db.exec(select(BackupRow.id)))
    insert_rows(db, BackupRow, [copy for copy in known.copies if copy["id"] not in have])
    site_ids = set(db.exec(select(SiteRow.id)))
    stones = [stone for stone in known.stones if stone["site_id"] in site_ids]
    pieces = [stones[start : start + _PIECE] for start in range(0, len(stones), _PIECE)]
    return sum(_replayed(db, seal, piece, now) for piece in pieces)


def _replayed(db: Db, seal: Seal, stones: Sequence[dict[str, Any]], now: datetime) -> int:
    groups: dict[tuple[Id, ErasedBy], list[dict[str, Any]]] = defaultdict(list)
    for stone in stones:
        groups[stone["site_id"], stone["erased_by"] or ErasedBy.SITE].append(stone)
    count, there = 0, set[Id]()
    for (site_id, by), group in groups.items():
        rows = erasing.lock(db, site_id=site_id, comment_ids=[stone["id"] for stone in group])
        there |= {row.id for row in rows}
        living = [row for row in rows if row.state is not State.ERASED]
        erasing.erase(db, seal=seal, site_id=site_id, rows=living, by=by, now=now)
        count += len(living)
    for stone in stones:
        if stone["id"] in there:
            _set_dates(db, stone)
    _insert_missing(db, [stone for stone in stones if stone["id"] not in there])
    return count


def _set_dates(db: Db, stone: dict[str, Any]) -> None:
    """The receipt ends when it would have ended, or has ended already."""
    site_id = stone["site_id"]
    statement = update(CommentRow).where(col(CommentRow.site_id) == site_id, col(CommentRow.id) == stone["id"])
    db.connection().execute(statement.values({name: stone[name] for name in _OF_STONE}))


def _insert_missing(db: Db, stones: Iterable[dict[str, Any]]) -> None:
    """A comment that came after the copy is in none of its rows; a later copy may hold it."""
    for stone in stones:
        parent = stone["parent_id"] and db.get(CommentRow, (stone["parent_id"]))
        insert_rows(db, CommentRow, [stone | {"parent_id": parent.id if parent else None}])
