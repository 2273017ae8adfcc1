"""A site's layer brought back from the database: the newest snapshot and the lessons since; it decides no lesson.

What can change the past (a withdrawal, an erasure, a rollback) is followed by a snapshot of the state worked out anew,
so a snapshot and the active lessons after it always give the newest state, bit for bit.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import delete
from sqlmodel import col, select

from models.delta import DeltaError, pack_layer, unpack_features, unpack_layer
from models.hashing import FEATURE_SPEC
from models.online import Layer, Lesson
from moderation.clock import Id
from moderation.errors import SettingFault
from moderation.storage import lessons
from moderation.storage.database import Db
from moderation.storage.tables import LessonRow, SiteModelRow, SnapshotRow

EVERY: Final = 64
"""Lessons between snapshots: what a process replays at most when it loads a site's model."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A site's layer as of a revision. The layer must not be changed: whoever teaches it copies it first."""

    revision: int
    layer: Layer


def load(db: Db, *, site_id: Id, head: SiteModelRow, known: Loaded | None = None) -> Loaded:
    """Returns the layer at a site's newest revision; from what is known already, it replays only the lessons since.

    Raises:
        SettingFault: where what is stored cannot be read, for example because a newer version of the program wrote it.
    """
    if head.feature_spec != FEATURE_SPEC:
        return Loaded(head.revision, Layer.fresh())  # what was learnt of other features says nothing about these
    if known is None or known.revision < head.rebuilt_in or known.revision > head.revision:
        known = _newest(db, site_id, head.revision)
    rows = lessons.active(db, site_id=site_id, after=known.revision, until=head.revision)
    return Loaded(head.revision, _taught(known.layer, rows) if rows else known.layer)


def rebuild(db: Db, *, site_id: Id, head: SiteModelRow) -> Layer:
    """Returns the layer that the active lessons give, from the newest snapshot that rests on none but these.

    Raises:
        SettingFault: as for `load`.
    """
    journal = lessons.lines(db, site_id=site_id, until=head.revision)
    now = lessons.resting_on(journal, head.revision)
    for revision in _revisions(db, site_id):
        if lessons.resting_on(journal, revision) == frozenset(each for each in now if each <= revision):
            start = _read(db, site_id, revision)
            break
    else:
        start = Loaded(0, Layer.fresh())
    return _taught(start.layer, lessons.active(db, site_id=site_id, after=start.revision, until=head.revision))


def renew(db: Db, *, head: SiteModelRow, now: datetime) -> Loaded:
    """Works a site's layer out anew after a change of its past, and keeps it.

    Raises:
        SettingFault: as for `load`.
    """
    loaded = Loaded(head.revision, rebuild(db, site_id=head.site_id, head=head))
    head.rebuilt_in = head.revision
    keep(db, site_id=head.site_id, loaded=loaded, now=now)
    return loaded


def keep(db: Db, *, site_id: Id, loaded: Loaded, now: datetime) -> None:
    """Stores a snapshot, in place of one of the same revision, and deletes those that are not worth keeping.

    One that has learnt nothing is not worth storing: replaying nothing gives the same.
    """
    drop(db, site_id=site_id, since=loaded.revision)
    if loaded.layer.lessons:
        db.add(SnapshotRow(site_id=site_id, revision=loaded.revision, taken_at=now, layer=pack_layer(loaded.layer)))
        db.flush()
    old = thinned(_revisions(db, site_id))
    where = delete(SnapshotRow).where(col(SnapshotRow.site_id) == site_id, col(SnapshotRow.revision).in_(old))
    db.connection().execute(where)


def thinned(revisions: Sequence[int]) -> list[int]:
    """Returns which snapshots, given newest first, to delete: the older they are, the fewer are kept.

    An old lesson is seldom taken back, and then what follows it is replayed from the last snapshot before it. Of each
    span of ages (each four times the one before) the oldest is kept, so that there is one for every span later on.
    """
    if not revisions:
        return []
    oldest = {((revisions[0] - revision) // EVERY).bit_length() // 2: revision for revision in revisions}
    return sorted(set(revisions[1:]) - set(oldest.values()))


def drop(db: Db, *, site_id: Id, since: int) -> None:
    """Deletes a site's snapshots from a revision on, since they hold what must go."""
    where = delete(SnapshotRow).where(col(SnapshotRow.site_id) == site_id, col(SnapshotRow.revision) >= since)
    db.connection().execute(where)


def lesson_of(row: LessonRow) -> Lesson:
    """Returns the lesson that a line of the journal holds; raises SettingFault for bytes that cannot be read."""
    try:
        features = unpack_features(row.features or b"")
    except DeltaError as error:
        raise SettingFault(f"{error}") from None
    return Lesson(features, bool(row.is_unwelcome), row.weight or 1.0, row.base_log_odds or 0.0)


def _taught(layer: Layer, rows: Iterable[LessonRow]) -> Layer:
    taught = layer.copy()
    for row in rows:
        taught.learn(lesson_of(row))
    return taught


def _newest(db: Db, site_id: Id, until: int) -> Loaded:
    usable = [revision for revision in _revisions(db, site_id) if revision <= until]
    return _read(db, site_id, usable[0]) if usable else Loaded(0, Layer.fresh())


def _revisions(db: Db, site_id: Id) -> list[int]:
    """The revisions of a site's snapshots, newest first."""
    query = select(SnapshotRow.revision).where(SnapshotRow.site_id == site_id)
    return list(db.exec(query.order_by(col(SnapshotRow.revision).desc())))


def _read(db: Db, site_id: Id, revision: int) -> Loaded:
    query = select(SnapshotRow.layer).where(SnapshotRow.site_id == site_id, SnapshotRow.revision == revision)
    try:
        return Loaded(revision, unpack_layer(db.exec(query).one()))
    except DeltaError as error:
        raise SettingFault(f"{error}") from None
