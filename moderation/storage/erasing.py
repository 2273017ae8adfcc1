"""Comments are emptied: all that was stored about them goes, and a tombstone without personal data stays.

Everything here works on some comments of one site at once, inside the caller's transaction. What the tombstone keeps is
its id, the comment it answers, who had it erased and in which month; its receipt opens for a while and says so, and for
that while the moment is kept as well. A mailed pass opens it too, until the pass ends by itself.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import bindparam, delete, func, or_, update
from sqlmodel import SQLModel, col, select

from moderation.clock import Id
from moderation.judging.retention import COLUMN_OF, RECEIPT_AFTER, month_of
from moderation.seal import Seal
from moderation.storage import decisions, events, search, tallies
from moderation.storage.database import Db
from moderation.storage.people_tables import ClaimRow, NoteRow, SecondLookRow
from moderation.storage.rights_tables import AppealRow, BackupRow, SubjectRequestRow
from moderation.storage.tables import (
    AlikeMarkRow,
    AuditRow,
    CommentRow,
    DecisionRow,
    EventRow,
    LabelRow,
    LessonRow,
    ReportRow,
)
from moderation.vocabulary import Actor, Channel, ErasedBy, EventKind, State

ENDED: Final = "erased-"
"""How the locator of a receipt begins that has ended: no token can have it, so it opens nothing any more."""
PLACES: Final[tuple[tuple[str, type[Any]], ...]] = (  # in the order that foreign keys want
    ("appeals", AppealRow),
    ("second_looks", SecondLookRow),
    ("audits", AuditRow),
    ("reports", ReportRow),
    ("notes", NoteRow),
    ("claims", ClaimRow),
    ("alike_marks", AlikeMarkRow),
    ("events", EventRow),
    ("labels", LabelRow),
    ("decisions", DecisionRow),
)
_ACTOR_OF: Final = {
    ErasedBy.AUTHOR: Actor.AUTHOR,
    ErasedBy.SITE: Actor.BLOG,
    ErasedBy.RETENTION: Actor.POLICY,
}
_NOTHING: Final[dict[str, Any]] = {
    "state": State.ERASED,
    "channel": Channel.API,
    "external_id": None,
    "page_external_id": None,
    "parent_external_id": None,
    "permalink": "",
    "page_digest": "",
    "type": "",
    "content": "",
    "author_name": "",
    "author_url": "",
    "author_email_code": None,
    "author_ip_prefix": None,
    "author_roles": [],
    "language": "",
    "submitted_at": None,
    "fingerprint": "",
    "likeness": "",
    "notice_version": "",
    "version": 0,
    "score": None,
    "reason": None,
    "waits_as": None,
    "waits_since": None,
    "deferrals": 0,
    "reports": 0,
    "alike_to": None,
    "objected_at": None,
    "frozen_at": None,
} | dict.fromkeys(COLUMN_OF.values())
KEPT: Final = frozenset({"id", "site_id", "parent_id", "is_test", "receipt_locator", "receipt_digest"})
"""What a tombstone has of the comment; everything else is emptied, cut to the month, or about the erasure."""


@dataclass(frozen=True, slots=True)
class Horizon:
    """Until when copies of everything may hold what was erased: none is known, a day, or a day that nobody stated."""

    copies: int
    until: datetime | None


def lock(db: Db, *, site_id: Id, comment_ids: Iterable[Id]) -> list[CommentRow]:
    """Returns comments of a site as they stand now, erased ones too, in one order; nobody changes them meanwhile."""
    query = select(CommentRow).where(CommentRow.site_id == site_id, col(CommentRow.id).in_(list(comment_ids)))
    locked = query.order_by(col(CommentRow.id)).with_for_update()
    return list(db.exec(locked.execution_options(populate_existing=True)))


def of_address(db: Db, *, site_id: Id, email_code: str, limit: int) -> list[Id]:
    """Returns comments of a site that came with an address, oldest first; erased ones have none any more."""
    query = select(CommentRow.id).where(CommentRow.site_id == site_id, CommentRow.author_email_code == email_code)
    return list(db.exec(query.order_by(col(CommentRow.id)).limit(limit)))


def count_of_address(db: Db, *, site_id: Id, email_code: str) -> int:
    """Returns how many comments of a site came with an address."""
    query = select(func.count()).select_from(CommentRow).where(CommentRow.site_id == site_id)
    return db.exec(query.where(CommentRow.author_email_code == email_code)).one()


def count_traces(db: Db, *, site_id: Id, comment_id: Id) -> int:
    """Returns how many lines of a site's journal of lessons a comment taught."""
    query = select(func.count()).select_from(LessonRow).where(LessonRow.site_id == site_id)
    return db.exec(query.where(LessonRow.comment_id == comment_id)).one()


def moment_of(stone: CommentRow) -> datetime | None:
    """Returns when a comment was erased, while its receipt opens, whose end is counted from then; later None."""
    if stone.reduce_after is None or stone.receipt_locator.startswith(ENDED):
        return None
    return stone.reduce_after - RECEIPT_AFTER


def horizon(db: Db, *, erased_at: datetime, now: datetime) -> Horizon:
    """Returns until when copies that were taken before a moment, and are not gone by now, may hold what was erased."""
    living = or_(col(BackupRow.gone_by).is_(None), col(BackupRow.gone_by) > now)
    until = list(db.exec(select(BackupRow.gone_by).where(BackupRow.taken_at <= erased_at, living)))
    return Horizon(len(until), None if None in until else max((day for day in until if day), default=None))


def erase(
    db: Db, *, seal: Seal, site_id: Id, rows: Sequence[CommentRow], by: ErasedBy, now: datetime
) -> dict[str, int]:
    """Empties comments of a site that are not erased yet, and returns how many rows went from each table.

    What a comment taught is cut loose from it where its time is over, and else left for the background loop to take
    back, which finds it by the tombstone.
    """
    ids = [row.id for row in rows]
    if not ids:
        return {}
    _count(db, site_id, rows, by, now)
    _let_lessons_go(db, site_id, ids, by)
    _adopt(db, site_id, rows)
    _regroup(db, site_id, ids)
    gone = {name: _delete(db, table, site_id, ids) for name, table in PLACES}
    _let_requests_go(db, site_id, ids)
    search.drop_many(db, site_id=site_id, comment_ids=ids)
    _bury(db, site_id, rows, [tombstone(seal, row, by, now) for row in rows])
    events.append(db, [events.event(site_id, id_, EventKind.ERASED, now, {}) for id_ in ids])
    return {"search": len(ids), **gone}


def drop_strays(db: Db, *, stones: Iterable[CommentRow]) -> int:
    """Deletes what somebody stored about comments in the moment in which they were erased, and returns how much.

    On PostgreSQL two transactions can do that at once: each sees the other's comment as it was before.
    """
    by_site: dict[Id, list[Id]] = defaultdict(list)
    for stone in stones:
        by_site[stone.site_id].append(stone.id)
    return sum(_delete_strays(db, site_id, ids) for site_id, ids in by_site.items())


def _delete_strays(db: Db, site_id: Id, ids: Sequence[Id]) -> int:
    places: list[type[Any]] = [table for name, table in PLACES if name != "events"]
    strays = delete(EventRow).where(col(EventRow.site_id) == site_id, col(EventRow.comment_id).in_(ids))
    count = db.connection().execute(strays.where(col(EventRow.kind) != EventKind.ERASED)).rowcount
    unnamed = (col(LessonRow.site_id) == site_id, col(LessonRow.comment_id).in_(ids))
    db.connection().execute(update(LessonRow).where(*unnamed).values(label_id=None))
    _let_requests_go(db, site_id, ids)
    return count + sum(_delete(db, table, site_id, ids) for table in places)


def tombstone(seal: Seal, row: CommentRow, by: ErasedBy, now: datetime) -> dict[str, Any]:
    """Returns what is written over a comment; its mark proves that this service wrote it."""
    return _NOTHING | {
        "erased_by": by,
        "decided_by": _ACTOR_OF[by],
        "received_at": month_of(row.received_at),
        "changed_at": month_of(now),
        "decision_id": row.id,
        "decision_digest": decisions.erased_mark(seal, row.site_id, row.id, by.value),
        "reduce_after": now + RECEIPT_AFTER,
    }


def _bury(db: Db, site_id: Id, rows: Sequence[CommentRow], stones: Sequence[dict[str, Any]]) -> None:
    """One statement for all: building one for each would take longer than running it."""
    places: dict[str, Any] = {name: bindparam(f"new_{name}") for name in stones[0]}
    about = update(CommentRow).where(col(CommentRow.site_id) == site_id, col(CommentRow.id) == bindparam("which"))
    values = [
        {"which": row.id} | {f"new_{name}": value for name, value in stone.items()}
        for row, stone in zip(rows, stones, strict=True)
    ]
    db.connection().execute(about.values(places), values)


def _delete(db: Db, table: type[SQLModel], site_id: Id, ids: Sequence[Id]) -> int:
    row: Any = table
    about = delete(table).where(col(row.site_id) == site_id, col(row.comment_id).in_(ids))
    return db.connection().execute(about).rowcount


def _let_lessons_go(db: Db, site_id: Id, ids: Sequence[Id], by: ErasedBy) -> None:
    """Labels go, so no lesson names one any more."""
    values: dict[str, Any] = {"label_id": None}
    if by is ErasedBy.RETENTION:
        values["comment_id"] = None
    about = (col(LessonRow.site_id) == site_id, col(LessonRow.comment_id).in_(ids))
    db.connection().execute(update(LessonRow).where(*about).values(**values))


def _let_requests_go(db: Db, site_id: Id, ids: Sequence[Id]) -> None:
    """That something was asked for is counted on, without the comment that it was about."""
    named = update(SubjectRequestRow).where(col(SubjectRequestRow.site_id) == site_id)
    db.connection().execute(named.where(col(SubjectRequestRow.comment_id).in_(ids)).values(comment_id=None))


def _adopt(db: Db, site_id: Id, rows: Sequence[CommentRow]) -> None:
    """Replies that knew a comment by the blog's id for it know it by its own, which the tombstone keeps."""
    named = [{"which": row.id, "page": row.page_digest, "named": row.external_id} for row in rows if row.external_id]
    if not named:
        return
    replies = update(CommentRow).where(col(CommentRow.site_id) == site_id, col(CommentRow.id) > bindparam("which"))
    replies = replies.where(col(CommentRow.page_digest) == bindparam("page"), col(CommentRow.state) != State.ERASED)
    replies = replies.where(col(CommentRow.parent_external_id) == bindparam("named"))
    replies = replies.where(col(CommentRow.parent_id).is_(None))
    db.connection().execute(replies.values(parent_id=bindparam("which")), named)


def _regroup(db: Db, site_id: Id, ids: Sequence[Id]) -> None:
    """Comments for which an erased one stood are compared anew: its marks go with it."""
    led = update(CommentRow).where(col(CommentRow.site_id) == site_id, col(CommentRow.alike_to).in_(ids))
    db.connection().execute(led.values(alike_to=None))


def _count(db: Db, site_id: Id, rows: Sequence[CommentRow], by: ErasedBy, now: datetime) -> None:
    """Adds what the comments were to figures that outlive them."""
    month = {row.id: row.received_at.date().replace(day=1) for row in rows if not row.is_test}
    counts: Counter[tuple[date, str]] = Counter()
    for row in rows:
        if row.id in month:
            counts.update({(month[row.id], "received"): 1, (month[row.id], f"state.{row.state.value}"): 1})
    for comment_id, name in _said(db, site_id, list(month)):
        counts[month[comment_id], name] += 1
    counts[now.date().replace(day=1), f"erased.{by.value}"] += len(month)
    tallies.add(db, site_id=site_id, counts=counts)


def _said(db: Db, site_id: Id, ids: Sequence[Id]) -> Iterable[tuple[Id, str]]:
    """What happened to comments, as the names of figures."""
    if not ids:
        return
    yield from _decided(db, site_id, ids)
    columns: Any = (LabelRow.comment_id, LabelRow.actor, LabelRow.label)
    said = select(*columns).where(LabelRow.site_id == site_id, col(LabelRow.comment_id).in_(ids))
    yield from ((id_, f"labelled.{actor.value}.{label.value}") for id_, actor, label in db.exec(said))
    reports = select(ReportRow.comment_id).where(ReportRow.site_id == site_id, col(ReportRow.comment_id).in_(ids))
    yield from ((id_, "reported") for id_ in db.exec(reports))
    audits = select(AuditRow.comment_id, AuditRow.found, AuditRow.said).where(AuditRow.site_id == site_id)
    for id_, found, word in db.exec(audits.where(col(AuditRow.comment_id).in_(ids))):
        yield id_, "audited"
        if found and word:
            yield id_, f"audited.{found}.{word}"
    appeals = select(AppealRow.comment_id, AppealRow.outcome).where(AppealRow.site_id == site_id)
    for id_, outcome in db.exec(appeals.where(col(AppealRow.comment_id).in_(ids))):
        yield id_, "appealed"
        yield id_, f"appeal.{outcome or 'withdrawn'}"


def _decided(db: Db, site_id: Id, ids: Sequence[Id]) -> Iterable[tuple[Id, str]]:
    columns: Any = (DecisionRow.comment_id, DecisionRow.comment_version, DecisionRow.actor, DecisionRow.verdict)
    query = select(*columns).where(DecisionRow.site_id == site_id, col(DecisionRow.comment_id).in_(ids))
    first: dict[Id, tuple[int, str]] = defaultdict(lambda: (0, ""))
    for id_, version, actor, verdict in db.exec(query):
        yield id_, f"decided.{actor.value}.{verdict.value}"
        if actor is Actor.POLICY and (id_ not in first or version < first[id_][0]):
            first[id_] = (version, f"first.{verdict.value}")
    yield from ((id_, name) for id_, (_, name) in first.items())
