"""How often each site's key was asked and corrected, per day and calling blog; it holds no person's data."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import func
from sqlmodel import col, select

from moderation.clock import Id
from moderation.storage.bulk import upsert
from moderation.storage.database import Db
from moderation.storage.tables import UsageRow

COUNTS = ("calls", "spam", "ham", "missed_spam", "false_positives")


@dataclass(frozen=True, slots=True)
class Used:
    """One thing to count: a call answered spam or ham, or a correction."""

    site_id: Id
    day: date
    blog: str
    counts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """Sums over some days; `key` is the month (`2026-11`) or the calling blog."""

    key: str
    first_day: date
    blogs: int
    calls: int
    spam: int
    ham: int
    missed_spam: int
    false_positives: int


def add(db: Db, used: Iterable[Used]) -> None:
    """Adds to the counters, in one order for all callers, so that two writers never wait for each other in a ring."""
    sums: Counter[tuple[str, date, str, str]] = Counter()
    sites = {}
    for use in used:
        sites[str(use.site_id)] = use.site_id
        sums.update((str(use.site_id), use.day, use.blog, name) for name in use.counts)
    rows: dict[tuple[str, date, str], dict[str, Any]] = {}
    for (site, day, blog, name), count in sums.items():
        row = rows.setdefault(
            (site, day, blog), {"site_id": sites[site], "day": day, "blog": blog} | dict.fromkeys(COUNTS, 0)
        )
        row[name] = count
    _upsert(db, [rows[key] for key in sorted(rows)])


def _upsert(db: Db, rows: list[dict[str, Any]]) -> None:
    if rows:
        db.connection().execute(_upsert_statement(db.get_bind().dialect.name), rows)


@lru_cache
def _upsert_statement(dialect_name: str) -> Any:  # noqa: ANN401 - each dialect has its own class
    statement = upsert(dialect_name, UsageRow)
    added = {name: getattr(UsageRow, name) + statement.excluded[name] for name in COUNTS}
    return statement.on_conflict_do_update(index_elements=["site_id", "day", "blog"], set_=added)


def by_blog(db: Db, *, site_id: Id, first: date, last: date) -> list[Tally]:
    """Returns the sums of a site between two days (inclusive), one tally for each calling blog."""
    return _tallies(db, site_id, first, last, lambda row: row.blog)


def by_month(db: Db, *, site_id: Id, first: date, last: date) -> list[Tally]:
    """Returns the sums of a site between two days (inclusive), one tally for each month, oldest first."""
    return _tallies(db, site_id, first, last, lambda row: f"{row.day:%Y-%m}")


def calls(db: Db, *, site_id: Id, first: date, last: date) -> int:
    """Returns how many checks a site's key answered between two days (inclusive)."""
    query = select(func.coalesce(func.sum(UsageRow.calls), 0)).where(UsageRow.site_id == site_id)
    return int(db.exec(query.where(UsageRow.day >= first, UsageRow.day <= last)).one())


def _tallies(db: Db, site_id: Id, first: date, last: date, key_of: Any) -> list[Tally]:  # noqa: ANN401 - a row in, a text out
    query = select(UsageRow).where(UsageRow.site_id == site_id, UsageRow.day >= first, UsageRow.day <= last)
    groups: dict[str, list[UsageRow]] = {}
    for row in db.exec(query.order_by(col(UsageRow.day))):
        groups.setdefault(key_of(row), []).append(row)
    return [_tally(key, rows) for key, rows in sorted(groups.items())]


def _tally(key: str, rows: list[UsageRow]) -> Tally:
    sums = {name: sum(getattr(row, name) for row in rows) for name in COUNTS}
    return Tally(key, min(row.day for row in rows), len({row.blog for row in rows}), **sums)
