"""What is past its time: found, reduced, ended and deleted, always at most so much in one transaction.

These questions are about every site at once. A comment with an open appeal, or one that its writer had frozen, is kept
past its date; nothing else is.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, bindparam, delete, exists, or_, update
from sqlmodel import SQLModel, col, select

from moderation.clock import Id, new_id
from moderation.errors import Unavailable
from moderation.judging.retention import (
    COLUMN_OF,
    LATE_AFTER,
    RECEIPT_AFTER,
    REDUCED,
    Dates,
    Terms,
    next_month,
    shortened,
)
from moderation.storage.database import Db
from moderation.storage.erasing import ENDED, drop_strays
from moderation.storage.fields_of_rights import CONTACTS_KEPT, MAIL_LIFE, REQUESTS_KEPT, RUNS_KEPT
from moderation.storage.rights_tables import (
    AppealRow,
    BackupRow,
    ContactRow,
    MailedLinkRow,
    MailRow,
    NetworkKeyRow,
    PassRow,
    RetentionRunRow,
    SubjectRequestRow,
)
from moderation.storage.tables import CommentRow, EventRow, LessonRow
from moderation.vocabulary import State

MINUTE: Final = timedelta(minutes=1)
_AGAIN: Final = timedelta(days=30)
"""When to look again whether copies that nobody set an end for are still listed."""
_RACE: Final = timedelta(hours=1)
"""Longer than any transaction lasts."""
_SOON: Final = timedelta(days=1)
_DATES: Final = (*COLUMN_OF.values(), REDUCED)


def newest_moment(db: Db) -> datetime | None:
    """Returns when the newest event of all happened, by the clock of that moment."""
    return db.exec(select(EventRow.happened_at).order_by(col(EventRow.id).desc()).limit(1)).first()


def due(db: Db, *, now: datetime, limit: int) -> dict[Id, list[CommentRow]]:
    """Returns comments, by site, whose date has come in the state that they are in; those longest due first."""
    found: dict[Id, list[CommentRow]] = defaultdict(list)
    left = limit
    for state in COLUMN_OF:
        query = select(CommentRow).where(_is_due(state, now), _is_free()).order_by(_date(state)).limit(left)
        for row in db.exec(query.with_for_update(skip_locked=True)) if left else ():
            found[row.site_id].append(row)
            left -= 1
    return found


def is_late(db: Db, *, before: datetime) -> bool:
    """Returns whether a comment that nothing holds should have been gone before a moment; reads one at most."""
    queries = [select(CommentRow.id).where(_is_due(state, before), _is_free()).limit(1) for state in COLUMN_OF]
    return any(db.exec(query).first() is not None for query in queries)


def refuse_late(db: Db, *, now: datetime) -> None:
    """Raises Unavailable where what should be gone is not: a service that cannot delete takes nothing in (strict mode).

    Raises:
        Unavailable: so that the website tries again; its code says why.
    """
    if is_late(db, before=now - LATE_AFTER):
        raise Unavailable(
            "Comments past their date are not being deleted, so no new ones are taken in. Nothing was stored; try "
            "again later. The operator has to start the background loop (`candor work`).",
            code="retention.late",
        )


def _is_due(state: State, now: datetime) -> ColumnElement[bool]:
    """In the words of the partial index; the state is its constant."""
    return and_(col(CommentRow.state) == state, _date(state).is_not(None), _date(state) <= now)


def _date(state: State) -> Any:  # noqa: ANN401 - SQLModel's columns are typed as their values
    return col(getattr(CommentRow, COLUMN_OF[state]))


def _is_free() -> ColumnElement[bool]:
    return and_(col(CommentRow.frozen_at).is_(None), ~_is_appealed())


def _is_appealed() -> ColumnElement[bool]:
    return exists().where(col(AppealRow.comment_id) == CommentRow.id, col(AppealRow.heard_at).is_(None))


def reduce(db: Db, *, now: datetime, limit: int) -> int:
    """Lets network addresses go whose time is over, with the code of the whole comment, which covers them."""
    past = (col(CommentRow.reduce_after) <= now, col(CommentRow.state) != State.ERASED)
    ids = list(db.exec(select(CommentRow.id).where(*past).order_by(col(CommentRow.reduce_after)).limit(limit)))
    if ids:
        less = {"author_ip_prefix": None, "fingerprint": "", "reduce_after": None}
        db.connection().execute(update(CommentRow).where(col(CommentRow.id).in_(ids)).values(**less))
    return len(ids)


def drop_new_strays(db: Db, *, now: datetime, limit: int) -> int:
    """Deletes what was stored about comments while they were erased, for those erased within the last hour."""
    fresh = (col(CommentRow.reduce_after) > now + RECEIPT_AFTER - _RACE, col(CommentRow.state) == State.ERASED)
    query = select(CommentRow).where(*fresh).order_by(col(CommentRow.reduce_after).desc()).limit(limit)
    return drop_strays(db, stones=db.exec(query))


def end_tombstones(db: Db, *, now: datetime, limit: int) -> int:
    """Ends receipts of erased comments, and deletes tombstones that nothing needs any more; returns how many.

    With the receipt goes the event of the erasure, and so the moment: of a tombstone that stays only the month is left.

    A tombstone is needed by a reply that names it, by what its comment taught until that is taken back, and by copies
    taken before it: putting one of those back, its id is how the comment is known as erased.
    """
    past = (col(CommentRow.reduce_after) <= now, col(CommentRow.state) == State.ERASED)
    rows = list(db.exec(select(CommentRow).where(*past).order_by(col(CommentRow.reduce_after)).limit(limit)))
    if rows:
        _end(db, rows, now)
    return len(rows)


def _end(db: Db, rows: Sequence[CommentRow], now: datetime) -> None:
    """All at once: one statement of each kind, however many tombstones there are."""
    drop_strays(db, stones=rows)
    ids = [row.id for row in rows]
    for table in (EventRow, PassRow):
        db.connection().execute(delete(table).where(col(table.comment_id).in_(ids)))
    learnt = set(db.exec(select(LessonRow.comment_id).where(col(LessonRow.comment_id).in_(ids))))
    answered = set(db.exec(select(CommentRow.parent_id).where(col(CommentRow.parent_id).in_(ids))))
    copies = {month: _copies_until(db, month, now) for month in {row.changed_at for row in rows}}
    staying: list[dict[str, Any]] = []
    going: list[CommentRow] = []
    for row in rows:
        dates = [date for date in (copies[row.changed_at], now + _SOON if row.id in learnt else None) if date]
        if dates or row.id in answered:
            again = min(dates, default=None)
            staying.append({"which": row.id, "locator": f"{ENDED}{row.id.hex}", "again": again})
        else:
            going.append(row)
    _end_receipts(db, staying)
    _go(db, going, now)


def _copies_until(db: Db, month: datetime, now: datetime) -> datetime | None:
    """When to look again whether copies that may hold what was erased in a month are gone; None where there is none."""
    living = or_(col(BackupRow.gone_by).is_(None), col(BackupRow.gone_by) > now)
    held = list(db.exec(select(BackupRow.gone_by).where(BackupRow.taken_at < next_month(month), living)))
    if not held:
        return None
    return now + _AGAIN if None in held else max(date for date in held if date)


def _end_receipts(db: Db, staying: Sequence[dict[str, Any]]) -> None:
    if staying:
        stones = update(CommentRow).where(col(CommentRow.id) == bindparam("which"))
        ended = {"receipt_locator": bindparam("locator"), "receipt_digest": "", "reduce_after": bindparam("again")}
        db.connection().execute(stones.values(ended), list(staying))


def _go(db: Db, going: Sequence[CommentRow], now: datetime) -> None:
    """Tombstones that only these replies had kept are looked at again."""
    if not going:
        return
    ids = [row.id for row in going]
    db.connection().execute(delete(CommentRow).where(col(CommentRow.id).in_(ids)))
    parents = {row.parent_id for row in going if row.parent_id} - set(ids)
    waiting = update(CommentRow).where(col(CommentRow.id).in_(parents), col(CommentRow.state) == State.ERASED)
    db.connection().execute(waiting.where(col(CommentRow.reduce_after).is_(None)).values(reduce_after=now))


def forget_ended(db: Db, *, now: datetime, key_life: timedelta, limit: int) -> int:
    """Deletes what has an end of its own and is past it: passes, mails, links, counts, requests, runs, copies, keys."""
    ended: tuple[tuple[type[SQLModel], Any, ColumnElement[bool]], ...] = (
        (PassRow, PassRow.digest, col(PassRow.ends_at) <= now),
        (MailedLinkRow, MailedLinkRow.digest, col(MailedLinkRow.ends_at) <= now),
        (MailRow, MailRow.id, col(MailRow.asked_at) <= now - MAIL_LIFE),
        (ContactRow, ContactRow.day, col(ContactRow.day) < (now - CONTACTS_KEPT).date()),
        (SubjectRequestRow, SubjectRequestRow.id, col(SubjectRequestRow.made_at) <= now - REQUESTS_KEPT),
        (RetentionRunRow, RetentionRunRow.id, col(RetentionRunRow.ran_at) <= now - RUNS_KEPT),
        (BackupRow, BackupRow.id, col(BackupRow.gone_by) <= now),
        (NetworkKeyRow, NetworkKeyRow.began_at, col(NetworkKeyRow.began_at) <= now - key_life),
    )
    return sum(_delete_some(db, table, col(key), past, limit) for table, key, past in ended)


def _delete_some(db: Db, table: type[SQLModel], key: Any, past: ColumnElement[bool], limit: int) -> int:  # noqa: ANN401 - a column
    some = list(db.exec(select(key).where(past).limit(limit)))
    return db.connection().execute(delete(table).where(key.in_(some), past)).rowcount if some else 0


def shorten(db: Db, *, terms: Terms, after: Id | None, limit: int) -> tuple[Id | None, int]:
    """Brings dates forward where today's terms are shorter, for some comments in the order of their ids.

    Returns behind which id to go on, None at the end, and how many dates were changed.
    """
    read = 0
    changes: list[dict[str, Any]] = []
    for row in _dated(db, after, limit):
        read, after = read + 1, row["id"]
        dates = _today(terms, row)
        if dates:
            changes.append({"which": row["id"]} | {f"new_{name}": dates.get(name, row[name]) for name in _DATES})
    if changes:
        statement = update(CommentRow).where(col(CommentRow.id) == bindparam("which"))
        statement = statement.values({name: bindparam(f"new_{name}") for name in _DATES})
        db.connection().execute(statement, changes)
    return (after if read == limit else None), len(changes)


def count_due_under(db: Db, *, terms: Terms, now: datetime, limit: int) -> tuple[int, int]:
    """Returns how many comments a run under these terms would delete, and of how many the network address goes."""
    deleted = reduced = 0
    held = set(db.exec(select(AppealRow.comment_id).where(col(AppealRow.heard_at).is_(None))))
    after: Id | None = None
    while rows := _dated(db, after, limit):
        after = rows[-1]["id"]
        for row in rows:
            dates = {name: row[name] for name in _DATES} | _today(terms, row)
            date, reduce_after = dates[COLUMN_OF[row["state"]]], dates[REDUCED]
            if date is not None and date <= now and row["frozen_at"] is None and row["id"] not in held:
                deleted += 1
            elif reduce_after is not None and reduce_after <= now:
                reduced += 1
    return deleted, reduced


def _today(terms: Terms, row: Mapping[str, Any]) -> Dates:
    has_network = row["author_ip_prefix"] is not None
    return shortened(row, terms.dates(row["channel"], row["received_at"], has_network=has_network))


def _dated(db: Db, after: Id | None, limit: int) -> list[Mapping[str, Any]]:
    """Comments with what their dates rest on, in the order of their ids; erased ones have none."""
    names = ("id", "state", "channel", "received_at", "frozen_at", "author_ip_prefix", *_DATES)
    query: Any = select(*(col(getattr(CommentRow, name)) for name in names)).where(CommentRow.state != State.ERASED)
    query = query if after is None else query.where(CommentRow.id > after)
    found: Iterable[Any] = db.connection().execute(query.order_by(col(CommentRow.id)).limit(limit)).mappings()
    return list(found)


def newest_run(db: Db) -> RetentionRunRow | None:
    """Returns the last run of the sweep."""
    query = select(RetentionRunRow).order_by(col(RetentionRunRow.ran_at).desc(), col(RetentionRunRow.id).desc())
    return db.exec(query.limit(1)).first()


def note_run(db: Db, *, now: datetime, deleted: int, reduced: int) -> None:
    """Notes a run: one row for each minute in which something was done, and one for all idle runs in a row."""
    last = newest_run(db)
    is_idle = not (deleted or reduced)
    is_same = last is not None and timedelta(0) <= now - last.ran_at < MINUTE
    if last is not None and (is_same or (is_idle and not (last.deleted or last.reduced))):
        last.ran_at, last.deleted, last.reduced = now, last.deleted + deleted, last.reduced + reduced
        db.add(last)
    else:
        db.add(RetentionRunRow(id=new_id(), ran_at=now, deleted=deleted, reduced=reduced))
    db.flush()
