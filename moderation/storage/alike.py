"""Which waiting comments are nearly the same: one stands in the queue for all of them; it decides about none.

`alike_to` is the comment that stands for a group, its own id where a comment stands for itself, and None where nobody
has looked yet or the comment does not wait. All of a group wait for the same reason: what is reported must not hide
behind what was put off.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, func, update
from sqlmodel import col, select
from sqlmodel.sql.expression import Select

from moderation.clock import Id
from moderation.storage.bulk import insert_rows
from moderation.storage.comments import Standing
from moderation.storage.database import Db
from moderation.storage.tables import AlikeMarkRow, CommentRow, SiteRow
from moderation.vocabulary import Waiting

_MARKS_AT_ONCE = 2_000
_select: Callable[..., Select[Any]] = select  # whose types tell more than is needed here
_CANDIDATE: Any = (col(CommentRow.id), col(CommentRow.content), col(CommentRow.waits_as))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A waiting comment that is compared: one at whose likeness nobody has looked, or one that stands for others."""

    id: Id
    content: str
    waits_as: Waiting


def sites_with_ungrouped(db: Db) -> list[Id]:
    """Returns the sites where comments wait at whose likeness nobody has looked; reads one of each site at most."""
    query = select(CommentRow.id).where(CommentRow.site_id == SiteRow.id, col(CommentRow.waits_as).is_not(None))
    first = query.where(col(CommentRow.alike_to).is_(None)).order_by(col(CommentRow.id)).limit(1)
    return list(db.exec(select(SiteRow.id).where(first.scalar_subquery().is_not(None)).order_by(col(SiteRow.id))))


def ungrouped(db: Db, *, site_id: Id, limit: int) -> list[Candidate]:
    """Returns a site's waiting comments at whose likeness nobody has looked, oldest first, locked on PostgreSQL.

    What somebody decides about at this moment is passed over: grouped with it, others would be hidden behind it.
    """
    query = (
        select(*_CANDIDATE)
        .where(CommentRow.site_id == site_id)
        .where(col(CommentRow.waits_as).is_not(None), col(CommentRow.alike_to).is_(None))
    )
    ordered = query.order_by(col(CommentRow.id)).limit(limit).with_for_update(skip_locked=True)
    return [Candidate(*row) for row in db.connection().execute(ordered)]


def sharing(db: Db, *, site_id: Id, marks: Iterable[int]) -> dict[int, list[Id]]:
    """Returns which comments of a site, standing for a group, have each of some marks; the oldest first."""
    found: dict[int, list[Id]] = {}
    wanted = list(marks)
    for start in range(0, len(wanted), _MARKS_AT_ONCE):
        some = wanted[start : start + _MARKS_AT_ONCE]
        query = select(AlikeMarkRow.mark, AlikeMarkRow.comment_id).where(AlikeMarkRow.site_id == site_id)
        for mark, comment_id in db.exec(
            query.where(col(AlikeMarkRow.mark).in_(some)).order_by(col(AlikeMarkRow.comment_id))
        ):
            found.setdefault(mark, []).append(comment_id)
    return found


def heads(db: Db, *, site_id: Id, comment_ids: Iterable[Id]) -> dict[Id, Candidate]:
    """Returns those of a site's comments that still stand for a group, locked as `ungrouped` does."""
    query = _select(*_CANDIDATE, col(CommentRow.site_id)).where(col(CommentRow.id).in_(list(comment_ids)))
    standing = query.where(col(CommentRow.waits_as).is_not(None), col(CommentRow.alike_to) == CommentRow.id)
    found = db.connection().execute(standing.order_by(col(CommentRow.id)).with_for_update(skip_locked=True))
    return {row[0]: Candidate(*row[:3]) for row in found if row.site_id == site_id}


def group(db: Db, *, site_id: Id, heads: Mapping[Id, Id], marks: Mapping[Id, Sequence[int]]) -> None:
    """Stores which comment stands for each comment of a site, and the marks of those that stand for themselves."""
    each = update(CommentRow).where(col(CommentRow.site_id) == site_id, col(CommentRow.id) == bindparam("member"))
    pairs = [{"member": member, "head": head} for member, head in heads.items()]
    db.connection().execute(each.values(alike_to=bindparam("head")), pairs)
    rows = [{"site_id": site_id, "mark": mark, "comment_id": head} for head, own in marks.items() for mark in set(own)]
    insert_rows(db, AlikeMarkRow, rows)


def counts(db: Db, *, site_id: Id, heads: Iterable[Id]) -> dict[Id, int]:
    """Returns how many comments of a site each of some comments stands for, itself counted."""
    query = select(CommentRow.alike_to, func.count()).where(CommentRow.site_id == site_id)
    query = query.where(col(CommentRow.alike_to).in_(list(heads))).group_by(col(CommentRow.alike_to))
    return {head: count for head, count in db.exec(query) if head is not None}


def members(db: Db, *, site_id: Id, head: Id, limit: int) -> list[Id]:
    """Returns the waiting comments of a site for which one stands, itself among them, oldest first."""
    query = select(CommentRow.id).where(CommentRow.site_id == site_id, CommentRow.alike_to == head)
    return list(db.exec(query.order_by(col(CommentRow.id)).limit(limit)))


def leave(db: Db, left: Iterable[Standing]) -> None:
    """Lets the oldest comment that is left in a group stand for it, where the one that did waits no longer."""
    for standing in left:
        if standing.alike_to == standing.id:
            _hand_over(db, standing.site_id, standing.id)


def _hand_over(db: Db, site_id: Id, head: Id) -> None:
    """Whoever takes over is locked on PostgreSQL: it must not be decided about meanwhile."""
    waiting = select(CommentRow.id).where(CommentRow.site_id == site_id, CommentRow.alike_to == head)
    next_ones = waiting.where(CommentRow.id != head).order_by(col(CommentRow.id)).limit(1).with_for_update()
    others = list(db.exec(next_ones))
    marked = (col(AlikeMarkRow.site_id) == site_id, col(AlikeMarkRow.comment_id) == head)
    if not others:
        db.connection().execute(delete(AlikeMarkRow).where(*marked))
        return
    db.connection().execute(update(AlikeMarkRow).where(*marked).values(comment_id=others[0]))
    of_group = update(CommentRow).where(col(CommentRow.site_id) == site_id, col(CommentRow.alike_to) == head)
    db.connection().execute(of_group.values(alike_to=others[0]))
