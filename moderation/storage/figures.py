"""What is counted for a site's notice; it words nothing, suppresses nothing, and changes nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, Final

from sqlalchemy import and_, case, exists, func, text
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.sql.expression import Select

from moderation.clock import Id
from moderation.judging.waiting import Wait
from moderation.storage.database import Db
from moderation.storage.rights_tables import AppealRow, BackupRow, ContactRow, RetentionRunRow, SubjectRequestRow
from moderation.storage.tables import CommentRow, DecisionRow, LessonRow
from moderation.vocabulary import Actor, Outcome, RequestKind, State, Verdict

JUDGES: Final = (Actor.MODERATOR, Actor.APPEAL, Actor.BLOG)
"""People who look at comments; a writer's word about the own comment is no look."""
_select: Callable[..., Select[Any]] = select  # whose types count to four columns


@dataclass(frozen=True, slots=True)
class Share:
    """How many of a number."""

    hits: int
    count: int


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the retention sweep."""

    at: datetime
    deleted: int


@dataclass(frozen=True, slots=True)
class Late:
    """Comments past their date: such as nothing holds, such as an appeal holds, such as the writer had frozen."""

    overdue: int
    appeals: int
    frozen: int


@dataclass(frozen=True, slots=True)
class Copies:
    """When the last backup was taken, and by when every one is gone."""

    last_at: datetime
    gone_by: datetime | None


def first_verdicts(db: Db, *, site_id: Id) -> dict[Verdict, int]:
    """Returns how many of a site's comments the program first decided how, tests left out."""
    query = _select(DecisionRow.verdict, func.count()).join(CommentRow, col(CommentRow.id) == DecisionRow.comment_id)
    query = query.where(DecisionRow.site_id == site_id, DecisionRow.comment_version == 1)
    query = query.where(DecisionRow.actor == Actor.POLICY, col(CommentRow.is_test).is_(False))
    return {row[0]: row[1] for row in db.connection().execute(query.group_by(col(DecisionRow.verdict)))}


def automatic_restrictions(db: Db, *, site_id: Id, since: datetime) -> Share:
    """Returns how many of the decisions that stop a comment were a program's, with no person's decision before them."""
    automatic = func.sum(case((_is_automatic(), 1), else_=0))
    query = _select(automatic, func.count()).join(CommentRow, col(CommentRow.id) == DecisionRow.comment_id)
    query = query.where(DecisionRow.site_id == site_id, DecisionRow.decided_at >= since)
    query = query.where(DecisionRow.verdict != Verdict.PUBLISH, col(CommentRow.is_test).is_(False))
    hits, count = db.connection().execute(query).one()
    return Share(int(hits or 0), count)


def reversed_restrictions(db: Db, *, site_id: Id, since: datetime) -> Share:
    """Returns how many of the comments that a program stopped, and a person then looked at, that person publishes."""
    stopped = _select(
        col(DecisionRow.comment_id).label("comment"), func.min(DecisionRow.comment_version).label("first")
    )
    stopped = stopped.where(DecisionRow.site_id == site_id, DecisionRow.decided_at >= since, _is_automatic())
    stopped = stopped.where(DecisionRow.verdict != Verdict.PUBLISH).group_by(col(DecisionRow.comment_id))
    looked = _select(col(DecisionRow.comment_id).label("comment"), func.max(DecisionRow.comment_version).label("last"))
    looked = looked.where(DecisionRow.site_id == site_id, col(DecisionRow.actor).in_(JUDGES))
    one, other = stopped.subquery(), looked.group_by(col(DecisionRow.comment_id)).subquery()
    published = func.sum(case((col(DecisionRow.verdict) == Verdict.PUBLISH, 1), else_=0))
    query = _select(published, func.count()).join(CommentRow, col(CommentRow.id) == DecisionRow.comment_id)
    query = query.join(one, one.c.comment == DecisionRow.comment_id).join(other, other.c.comment == one.c.comment)
    query = query.where(DecisionRow.site_id == site_id, other.c.last > one.c.first)
    query = query.where(DecisionRow.comment_version == other.c.last, col(CommentRow.is_test).is_(False))
    hits, count = db.connection().execute(query).one()
    return Share(int(hits or 0), count)


def _is_automatic() -> Any:  # noqa: ANN401 - a condition of SQLAlchemy's
    earlier = aliased(DecisionRow)
    before = exists().where(
        col(earlier.site_id) == DecisionRow.site_id, col(earlier.comment_id) == DecisionRow.comment_id
    )
    before = before.where(col(earlier.comment_version) < DecisionRow.comment_version, col(earlier.actor).in_(JUDGES))
    return (col(DecisionRow.actor) == Actor.POLICY) & ~before


def waits(db: Db, *, site_id: Id, since: datetime, now: datetime) -> list[Wait]:
    """Returns how long each comment waited that a program has held since a moment, those that still wait included.

    A comment that the program itself let go again, or that was erased, was only seen waiting until then.
    """
    held = aliased(DecisionRow)
    began = _select(held.comment_id).where(col(held.site_id) == site_id, col(held.decided_at) >= since)
    began = began.where(col(held.actor) == Actor.POLICY, col(held.verdict) == Verdict.HOLD)
    columns = (DecisionRow.comment_id, DecisionRow.decided_at, DecisionRow.verdict, DecisionRow.actor, CommentRow.state)
    query = _select(*columns).join(CommentRow, col(CommentRow.id) == DecisionRow.comment_id)
    query = query.where(DecisionRow.site_id == site_id, col(DecisionRow.comment_id).in_(began))
    query = query.where(col(CommentRow.is_test).is_(False))
    rows = db.connection().execute(query.order_by(col(DecisionRow.comment_id), col(DecisionRow.comment_version)))
    found = (_wait([row[1:] for row in group], since, now) for _, group in groupby(rows, key=lambda row: row[0]))
    return [wait for wait in found if wait is not None]


def _wait(history: list[Any], since: datetime, now: datetime) -> Wait | None:
    """From the first hold by a program to the first look of a person; None where nobody can know the end."""
    began: datetime | None = None
    for at, verdict, actor, _ in history:
        if began is None:
            is_hold = actor is Actor.POLICY and verdict is Verdict.HOLD and at >= since
            began = at if is_hold else None
        elif actor is not Actor.POLICY or verdict is not Verdict.HOLD:
            return Wait(max(0.0, (at - began).total_seconds()), ended=actor in JUDGES)
    if began is None or history[-1][3] is not State.HELD:
        return None
    return Wait(max(0.0, (now - began).total_seconds()), ended=False)


def oldest_wait(db: Db, *, site_id: Id) -> datetime | None:
    """Returns since when the comment has waited that has waited longest, None where none waits."""
    query = _select(func.min(CommentRow.waits_since)).where(CommentRow.site_id == site_id)
    query = query.where(CommentRow.state == State.HELD, col(CommentRow.waits_as).is_not(None))
    oldest: datetime | None = db.connection().execute(query).scalar_one()
    return oldest


def appeals(db: Db, *, site_id: Id) -> dict[Outcome | None, int]:
    """Returns how many appeals at a site ended how; None for those that are open."""
    query = _select(AppealRow.outcome, func.count()).where(AppealRow.site_id == site_id)
    return {row[0]: row[1] for row in db.connection().execute(query.group_by(col(AppealRow.outcome)))}


def requests(db: Db, *, site_id: Id) -> list[tuple[RequestKind, float | None]]:
    """Returns each request about own data at a site: its kind, and after how many seconds it was done, None for not."""
    query = _select(SubjectRequestRow.kind, SubjectRequestRow.made_at, SubjectRequestRow.done_at)
    rows = db.connection().execute(query.where(SubjectRequestRow.site_id == site_id))
    return [(kind, (done - made).total_seconds() if done else None) for kind, made, done in rows]


def contacts(db: Db, *, since: date) -> dict[str, int]:
    """Returns how often this service spoke to other machines since a day, by what for."""
    query = _select(ContactRow.purpose, func.sum(ContactRow.count)).where(ContactRow.day >= since)
    return {row[0]: int(row[1]) for row in db.connection().execute(query.group_by(col(ContactRow.purpose)))}


def last_run(db: Db) -> Run | None:
    """Returns the last run of the retention sweep, None before the first."""
    query = _select(RetentionRunRow.ran_at, RetentionRunRow.deleted).order_by(col(RetentionRunRow.ran_at).desc())
    row = db.connection().execute(query.limit(1)).first()
    return Run(*row) if row is not None else None


def late(db: Db, *, site_id: Id, now: datetime) -> Late:
    """Returns how many of a site's comments are past the date on which they were to go."""
    found: dict[str, int] = {}
    for state in DATED:
        appealed = exists().where(col(AppealRow.comment_id) == CommentRow.id, col(AppealRow.heard_at).is_(None))
        frozen = col(CommentRow.frozen_at).is_not(None)
        held = case((appealed, "appeals"), (frozen, "frozen"), else_="overdue").label("why")
        query = _select(held, func.count()).where(CommentRow.site_id == site_id, _is_past(state, now)).group_by(held)
        for why, count in db.connection().execute(query):
            found[why] = found.get(why, 0) + count
    return Late(found.get("overdue", 0), found.get("appeals", 0), found.get("frozen", 0))


def _is_past(state: State, now: datetime) -> Any:  # noqa: ANN401 - a condition of SQLAlchemy's
    """In the words of the partial indexes, which hold the few comments that have a date at all."""
    date = getattr(CommentRow, f"delete_{state.value}_after")
    return and_(text(f"comments.state = '{state.value}' AND comments.{date.key} IS NOT NULL"), col(date) <= now)


DATED: Final = (State.PUBLISHED, State.HELD, State.REMOVED)


def copies(db: Db) -> Copies | None:
    """Returns what is known of the backups, None where none was taken; one without an end leaves all without one."""
    ends = (func.max(BackupRow.gone_by), func.count(), func.count(col(BackupRow.gone_by)))
    query = _select(func.max(BackupRow.taken_at), *ends)
    last_at, gone_by, every, ending = db.connection().execute(query).one()
    return Copies(last_at, gone_by if ending == every else None) if last_at is not None else None


def traces(db: Db, *, site_id: Id) -> int:
    """Returns how many comments are still in a site's model though they were erased, or their writer objected."""
    gone = (col(CommentRow.state) == State.ERASED) | (
        col(CommentRow.objected_at).is_not(None) & col(LessonRow.is_active).is_(True)
    )
    query = _select(func.count(col(LessonRow.comment_id).distinct())).select_from(LessonRow)
    query = query.join(CommentRow, col(CommentRow.id) == LessonRow.comment_id).where(LessonRow.site_id == site_id)
    counted: int = db.connection().execute(query.where(gone)).scalar_one()
    return counted


def days_before(now: datetime, days: int) -> date:
    """Returns the day that many days before a moment."""
    return (now - timedelta(days=days)).date()
