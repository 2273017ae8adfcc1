"""What a site's model learnt is taken back: one comment's part, everything since a revision, or all of it."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from moderation.clock import Id
from moderation.duties.learning.watching import watch
from moderation.errors import NotFound
from moderation.judging.capabilities import COMMAND, Action, permit
from moderation.storage import labels, lessons, site_layers
from moderation.storage.database import Db
from moderation.storage.labels import Said
from moderation.storage.site_shelf import Taught
from moderation.storage.tables import LessonRow, SiteModelRow
from moderation.vocabulary import Actor, Label, LessonKind, Role


def unlearn(db: Db, *, site_id: Id, comment_ids: Iterable[Id], now: datetime) -> Taught | None:
    """Removes all that comments of a site taught, hashes included, as if they had never been seen.

    What was counted with one of them is learnt in its place. Returns the newer model, None where they taught nothing.

    Raises:
        SettingFault: where the site's model cannot be read.
    """
    head = lessons.lock(db, site_id=site_id)
    rows = [row for id_ in comment_ids for row in lessons.of_comment(db, site_id=site_id, comment_id=id_)]
    if not rows:
        return None
    for row in sorted(rows, key=lambda row: row.kind is LessonKind.LEARNT):  # lest one of them takes another's place
        _erase(db, row)
    site_layers.drop(db, site_id=site_id, since=min(row.revision for row in rows))
    return _renewed(db, head, now, LessonKind.ERASED, of_revision=rows[0].revision)


def withdraw(
    db: Db, *, site_id: Id, said: Sequence[tuple[Id, Label | None]], actor: Actor, reporter_code: str, now: datetime
) -> Taught | None:
    """Takes back what one source said about comments, as if it had not been said; a label beside it takes its place.

    What others said about the same comments is learnt again. Returns the newer model, None where nothing was learnt.

    Raises:
        SettingFault: where the site's model cannot be read.
    """
    comment_ids = [comment_id for comment_id, _ in said]
    taught = unlearn(db, site_id=site_id, comment_ids=comment_ids, now=now)
    for comment_id, label in said:
        labels.withdraw(db, site_id=site_id, comment_id=comment_id, actor=actor, reporter_code=reporter_code)
        if label is not None:
            labels.record(db, site_id=site_id, said=Said(comment_id, label, actor, reporter_code), now=now)
    return taught


def roll_back(db: Db, *, site_id: Id, revision: int, now: datetime, by: Collection[Role] = COMMAND) -> Taught:
    """Lets a site's model be what it was at a revision, bit for bit but for comments erased since.

    `by` are the roles of whoever asks; the command has them all.

    Raises:
        Forbidden: for whoever may not.
        NotFound: for a revision that the journal does not have, or not any more.
        SettingFault: where the site's model cannot be read.
    """
    permit(by, Action.ROLL_BACK)
    head = lessons.lock(db, site_id=site_id)
    journal = lessons.lines(db, site_id=site_id, until=head.revision)
    oldest = journal[0].revision - 1 if journal else head.revision
    if not oldest <= revision < head.revision:
        raise NotFound(
            f"There is no earlier revision {revision} of this site's model; `candor learning list` shows them."
        )
    return _renewed(db, head, now, LessonKind.ROLLED_BACK, of_revision=revision)


def start_again(db: Db, *, site_id: Id, now: datetime) -> Taught:
    """Forgets all that a site taught, its journal included; labels that were learnt once are not learnt again."""
    head = lessons.lock(db, site_id=site_id)
    lessons.clear(db, site_id=site_id)
    site_layers.drop(db, site_id=site_id, since=0)
    head.paused_at = head.drifted_at = None
    return _renewed(db, head, now, LessonKind.ROLLED_BACK, of_revision=0)


def _renewed(db: Db, head: SiteModelRow, now: datetime, kind: LessonKind, **values: Any) -> Taught:  # noqa: ANN401 - columns of a row
    """Notes in the journal what was done, and works the model out anew from the lessons that count now."""
    head.revision += 1
    lessons.append(db, [lessons.line(head.site_id, head.revision, kind, now, **values)])
    journal = lessons.lines(db, site_id=head.site_id, until=head.revision)
    lessons.activate(db, site_id=head.site_id, revisions=lessons.resting_on(journal, head.revision))
    loaded = site_layers.renew(db, head=head, now=now)
    head.lessons, head.watched_from = loaded.layer.lessons, head.revision
    watch(db, head, now)
    db.add(head)
    db.flush()
    return Taught(head.site_id, loaded, head.paused_at is not None)


def _erase(db: Db, row: LessonRow) -> None:
    """Empties a line; the oldest one that was counted with it becomes the lesson that it would have been."""
    followers = lessons.counted_with(db, site_id=row.site_id, revision=row.revision)
    values = lessons.EMPTY | {"kind": LessonKind.ERASED}
    lessons.change(db, site_id=row.site_id, revisions=[row.revision], values=values)
    if row.kind is not LessonKind.LEARNT or not followers:
        return
    first, *others = followers
    promoted = {"kind": LessonKind.LEARNT, "of_revision": None}
    lessons.change(db, site_id=row.site_id, revisions=[first.revision], values=promoted)
    others_revisions = [other.revision for other in others]
    lessons.change(db, site_id=row.site_id, revisions=others_revisions, values={"of_revision": first.revision})
