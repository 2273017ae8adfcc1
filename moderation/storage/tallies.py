"""Figures of a month that outlive the comments they were counted from; no id leads back to one.

A comment adds to the month in which it came, the moment it is erased: `received`, `state.<where it was>`,
`first.<verdict>` (what a program had decided first), `decided.<actor>.<verdict>`, `labelled.<actor>.<label>`,
`reported`, `audited` and `audited.<what was decided>.<what a person said>`, `appealed` and `appeal.<outcome>`. The
erasure itself is counted in its own month: `erased.<by whom>`. Tests are in no figure.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlmodel import col, select

from moderation.clock import Id
from moderation.storage.bulk import upsert
from moderation.storage.database import Db
from moderation.storage.rights_tables import TallyRow

Key = tuple[date, str]


def add(db: Db, *, site_id: Id, counts: Mapping[Key, int]) -> None:
    """Adds to a site's figures, in one order for all callers, so that two never wait for each other in a ring."""
    rows = [
        {"site_id": site_id, "month": month, "name": name, "count": count}
        for (month, name), count in sorted(counts.items())
        if count
    ]
    if not rows:
        return
    statement: Any = upsert(db.get_bind().dialect.name, TallyRow)
    added = {"count": col(TallyRow.count) + statement.excluded["count"]}
    change = statement.on_conflict_do_update(index_elements=["site_id", "month", "name"], set_=added)
    db.connection().execute(change, rows)


def sums(db: Db, *, site_id: Id, since: date, until: date) -> dict[str, int]:
    """Returns a site's figures by name, added up over the months that begin between two days, the last left out."""
    query = select(TallyRow.name, TallyRow.count).where(TallyRow.site_id == site_id)
    found: dict[str, int] = {}
    for name, count in db.exec(query.where(TallyRow.month >= since, TallyRow.month < until)):
        found[name] = found.get(name, 0) + count
    return found


def by_month(db: Db, *, site_id: Id) -> dict[Key, int]:
    """Returns every figure of a site."""
    rows: Iterable[TallyRow] = db.exec(select(TallyRow).where(TallyRow.site_id == site_id))
    return {(row.month, row.name): row.count for row in rows}
