"""Each site's journal of lessons: what its own model learnt, from which label, and what was taken back; append-only.

A revision is one line of the journal. Lines that only add to a model are `learnt`; what changes the past (`withdrawn`,
`erased`, `rolled_back`) names the line it is about, and the model is then worked out anew from the lessons that count.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, exists, func, or_, update
from sqlmodel import col, select

from models.hashing import FEATURE_SPEC
from moderation.clock import Id
from moderation.storage.bulk import insert_rows, upsert
from moderation.storage.database import Db
from moderation.storage.tables import CommentRow, LabelRow, LessonRow, SiteModelRow
from moderation.vocabulary import Actor, LessonKind, State

EMPTY: Final[dict[str, Any]] = {
    "of_revision": None,
    "comment_id": None,
    "label_id": None,
    "is_active": False,
    "is_unwelcome": None,
    "weight": None,
    "base_log_odds": None,
    "site_log_odds": None,
    "simhash": None,
    "features": None,
}


_SPARED: Final = exists().where(
    col(CommentRow.id) == LabelRow.comment_id,
    or_(col(CommentRow.objected_at).is_not(None), col(CommentRow.frozen_at).is_not(None)),
)
"""Of a comment whose writer objected to learning, or had it kept as it is, nothing is learnt."""
_TEACHABLE: Final = (col(LabelRow.learnt_in).is_(None), ~_SPARED)


@dataclass(frozen=True, slots=True)
class Head:
    """Where a site's model is: its newest line, and the line that last changed the past."""

    revision: int
    is_paused: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a journal without its slots; `of_revision` is the line that it is about."""

    revision: int
    kind: LessonKind
    of_revision: int | None


def heads(db: Db) -> dict[Id, Head]:
    """Returns where the model of every site is that was ever taught; each process asks this about once a second."""
    found = db.exec(select(SiteModelRow.site_id, SiteModelRow.revision, SiteModelRow.paused_at)).all()
    return {site_id: Head(revision, paused_at is not None) for site_id, revision, paused_at in found}


def find(db: Db, *, site_id: Id) -> SiteModelRow | None:
    """Returns how far a site's model is, or None for a site that was never taught."""
    return db.exec(select(SiteModelRow).where(SiteModelRow.site_id == site_id)).one_or_none()


def lock(db: Db, *, site_id: Id) -> SiteModelRow:
    """Returns how far a site's model is, and keeps everybody else from teaching it until this transaction ends."""
    first = {"site_id": site_id, "revision": 0, "rebuilt_in": 0, "feature_spec": FEATURE_SPEC}
    first |= {"lessons": 0, "watched_from": 0}
    add = upsert(db.get_bind().dialect.name, SiteModelRow).values(**first)
    db.connection().execute(add.on_conflict_do_nothing(index_elements=["site_id"]))
    query = select(SiteModelRow).where(SiteModelRow.site_id == site_id).with_for_update()
    return db.exec(query.execution_options(populate_existing=True)).one()


def line(site_id: Id, revision: int, kind: LessonKind, at: datetime, **values: Any) -> dict[str, Any]:  # noqa: ANN401 - columns of a row
    """Returns the row of a line; what is not given is empty."""
    return {"site_id": site_id, "revision": revision, "kind": kind, "happened_at": at, **EMPTY, **values}


def append(db: Db, rows: Sequence[dict[str, Any]]) -> None:
    """Adds lines to a journal; fails as a whole where another process has written one of these revisions first."""
    insert_rows(db, LessonRow, rows)


def waiting(db: Db, *, site_id: Id, limit: int) -> list[LabelRow]:
    """Returns the oldest labels of a site that its model does not know yet and may learn."""
    query = select(LabelRow).where(LabelRow.site_id == site_id, *_TEACHABLE)
    return list(db.exec(query.order_by(col(LabelRow.id)).limit(limit)))


def sites_waiting(db: Db) -> list[Id]:
    """Returns the sites with labels that no model knows yet and one may learn."""
    return list(db.exec(select(LabelRow.site_id).where(*_TEACHABLE).distinct()))


def is_waiting(db: Db, *, site_id: Id) -> bool:
    """Returns whether a site has labels that its model does not know yet and may learn."""
    query = select(LabelRow.id).where(LabelRow.site_id == site_id, *_TEACHABLE)
    return db.exec(query.limit(1)).first() is not None


def sites_hashed_otherwise(db: Db) -> list[Id]:
    """Returns the sites whose model was learnt from comments hashed in another way than this program's."""
    return list(db.exec(select(SiteModelRow.site_id).where(SiteModelRow.feature_spec != FEATURE_SPEC)))


def count_waiting(db: Db, *, site_id: Id) -> int:
    """Returns how many labels of a site its model does not know yet and may learn."""
    query = select(func.count()).select_from(LabelRow).where(LabelRow.site_id == site_id)
    return db.exec(query.where(*_TEACHABLE)).one()


def note_learnt(db: Db, *, site_id: Id, rows: Iterable[LabelRow], revision: int) -> None:
    """Marks labels as known to a site's model from a revision on, but for those that were changed meanwhile."""
    for row in rows:
        statement = update(LabelRow).where(col(LabelRow.site_id) == site_id, col(LabelRow.id) == row.id)
        statement = statement.where(col(LabelRow.label) == row.label, col(LabelRow.labelled_at) == row.labelled_at)
        db.connection().execute(statement.values(learnt_in=revision))


def note_unlearnt(db: Db, *, site_id: Id) -> None:
    """Lets every label of a site be learnt again."""
    db.connection().execute(update(LabelRow).where(col(LabelRow.site_id) == site_id).values(learnt_in=None))


def of_comment(db: Db, *, site_id: Id, comment_id: Id) -> list[LessonRow]:
    """Returns the lines about a comment of a site, oldest first."""
    query = select(LessonRow).where(LessonRow.site_id == site_id, LessonRow.comment_id == comment_id)
    return list(db.exec(query.order_by(col(LessonRow.revision))))


def active(db: Db, *, site_id: Id, after: int, until: int) -> list[LessonRow]:
    """Returns the lessons on which a site's model rests, of the revisions after one and up to another, in order."""
    query = select(LessonRow).where(LessonRow.site_id == site_id, col(LessonRow.is_active))
    query = query.where(LessonRow.revision > after, LessonRow.revision <= until)
    return list(db.exec(query.order_by(col(LessonRow.revision))))


def get_many(db: Db, *, site_id: Id, revisions: Iterable[int]) -> list[LessonRow]:
    """Returns lines of a site's journal by their revisions, in order."""
    query = select(LessonRow).where(LessonRow.site_id == site_id, col(LessonRow.revision).in_(list(revisions)))
    return list(db.exec(query.order_by(col(LessonRow.revision))))


def lines(db: Db, *, site_id: Id, until: int) -> list[Line]:
    """Returns a site's journal up to a revision, oldest first, without what was learnt."""
    query = select(LessonRow.revision, LessonRow.kind, LessonRow.of_revision).where(LessonRow.site_id == site_id)
    found = db.exec(query.where(LessonRow.revision <= until).order_by(col(LessonRow.revision)))
    return [Line(*row) for row in found.all()]


def page(db: Db, *, site_id: Id, limit: int, before: int | None = None) -> list[LessonRow]:
    """Returns the newest lines of a site's journal, or the newest before a revision, newest first."""
    query = select(LessonRow).where(LessonRow.site_id == site_id)
    if before is not None:
        query = query.where(LessonRow.revision < before)
    return list(db.exec(query.order_by(col(LessonRow.revision).desc()).limit(limit)))


def resting_on(journal: Sequence[Line], at: int) -> frozenset[int]:
    """Returns the lessons on which a site's model rested after the line `at`: a pure fold over its journal."""
    now: set[int] = set()
    for each in _path(journal, at):
        if each.kind is LessonKind.LEARNT:
            now.add(each.revision)
        elif each.kind is LessonKind.WITHDRAWN and each.of_revision is not None:
            now.discard(each.of_revision)
    return frozenset(now)


def _path(journal: Sequence[Line], at: int) -> list[Line]:
    """The lines that led to a state, oldest first: behind a rollback one goes on at the line that it went back to."""
    path: list[Line] = []
    for each in reversed(journal):
        if each.revision > at:
            continue
        if each.kind is LessonKind.ROLLED_BACK:
            at = each.of_revision or 0
        else:
            path.append(each)
    return path[::-1]


def alike(db: Db, *, site_id: Id, is_unwelcome: bool, since: datetime, limit: int) -> list[tuple[int, int]]:
    """Returns revision and simhash of a site's newest lessons with this label, for finding a text's like."""
    query = select(LessonRow.revision, col(LessonRow.simhash)).where(LessonRow.site_id == site_id)
    query = query.where(col(LessonRow.is_active), LessonRow.is_unwelcome == is_unwelcome)
    query = query.where(LessonRow.happened_at >= since, col(LessonRow.simhash).is_not(None))
    found = db.exec(query.order_by(col(LessonRow.revision).desc()).limit(limit)).all()
    return [(revision, simhash) for revision, simhash in found if simhash is not None]


def erased_with_traces(db: Db) -> dict[Id, list[Id]]:
    """Returns the comments of each site whose hashes its journal must not hold, and still does.

    They are erased, or their writers objected to learning.
    """
    query = select(LessonRow.site_id, LessonRow.comment_id).join(CommentRow, col(CommentRow.id) == LessonRow.comment_id)
    found: dict[Id, list[Id]] = {}
    unwanted = or_(col(CommentRow.state) == State.ERASED, col(CommentRow.objected_at).is_not(None))
    for site_id, comment_id in db.exec(query.where(unwanted).distinct()):
        if comment_id is not None:
            found.setdefault(site_id, []).append(comment_id)
    return found


def counted_with(db: Db, *, site_id: Id, revision: int) -> list[LessonRow]:
    """Returns the lines of a site that were counted with a lesson, oldest first."""
    query = select(LessonRow).where(LessonRow.site_id == site_id, LessonRow.of_revision == revision)
    return list(db.exec(query.where(LessonRow.kind == LessonKind.COUNTED).order_by(col(LessonRow.revision))))


def taught_since(db: Db, *, site_id: Id, since: datetime) -> dict[tuple[Actor, str], int]:
    """Returns how many lessons each source taught a site since a moment."""
    query = select(LabelRow.actor, LabelRow.reporter_code, func.count()).select_from(LessonRow)
    query = query.join(LabelRow, col(LabelRow.id) == LessonRow.label_id).where(LessonRow.site_id == site_id)
    query = query.where(LessonRow.kind == LessonKind.LEARNT, LessonRow.happened_at >= since)
    counted = db.exec(query.group_by(col(LabelRow.actor), col(LabelRow.reporter_code))).all()
    return {(Actor(actor), code): count for actor, code, count in counted}


def recent(db: Db, *, site_id: Id, after: int, limit: int) -> list[tuple[int, bool, float, float]]:
    """Returns revision, label, and both models' log-odds before the lesson of a site's newest lessons, oldest first."""
    columns: Any = (LessonRow.revision, LessonRow.is_unwelcome, LessonRow.base_log_odds, LessonRow.site_log_odds)
    query: Any = select(*columns).where(LessonRow.site_id == site_id, col(LessonRow.is_active))
    query = query.where(LessonRow.revision > after).order_by(col(LessonRow.revision).desc()).limit(limit)
    return [tuple(row) for row in db.exec(query).all()][::-1]


def change(db: Db, *, site_id: Id, revisions: Iterable[int], values: Mapping[str, Any]) -> None:
    """Writes values into lines of a site's journal."""
    statement = update(LessonRow).where(col(LessonRow.site_id) == site_id)
    db.connection().execute(statement.where(col(LessonRow.revision).in_(list(revisions))).values(**values))


def retire(db: Db, row: LessonRow, *, is_learnt: bool) -> None:
    """Lets a lesson count no longer; one that was only counted with another keeps no slots either."""
    values: dict[str, Any] = {"is_active": False}
    if not is_learnt:
        values |= {"kind": LessonKind.PASSED, "of_revision": None, "features": None, "simhash": None}
    change(db, site_id=row.site_id, revisions=[row.revision], values=values)


def activate(db: Db, *, site_id: Id, revisions: frozenset[int]) -> None:
    """Lets a site's model rest on these lessons and no others."""
    everywhere = update(LessonRow).where(col(LessonRow.site_id) == site_id, col(LessonRow.is_active))
    db.connection().execute(everywhere.values(is_active=False))
    change(db, site_id=site_id, revisions=revisions, values={"is_active": True})


def clear(db: Db, *, site_id: Id) -> None:
    """Deletes a site's journal."""
    db.connection().execute(delete(LessonRow).where(col(LessonRow.site_id) == site_id))
