"""One sitting of a site's model: the labels that it does not know yet become lessons, each once; it judges no comment.

One comment teaches one lesson: the newest label of the strongest source. What contradicts an earlier lesson takes it
back; nearly the same text with the same label counts once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from models import nearness
from models.classifier import Classifier
from models.delta import pack_features, unpack_features
from models.features import extract
from models.hashing import FEATURE_SPEC
from models.online import Layer, Lesson
from moderation.clock import Id
from moderation.duties.learning.watching import watch
from moderation.storage import comments, labels, lessons, site_layers
from moderation.storage.database import Db
from moderation.storage.labels import IMPORTED
from moderation.storage.model_shelf import sample_of_row
from moderation.storage.site_layers import EVERY, Loaded
from moderation.storage.site_shelf import Taught
from moderation.storage.tables import CommentRow, LabelRow, LessonRow, SiteModelRow
from moderation.vocabulary import Actor, Label, LessonKind, State

RELIABILITY: Final = {Actor.MODERATOR: 1.0, Actor.APPEAL: 1.0, Actor.BLOG: 0.8}
"""How far each source of labels is trusted: a lesson's weight. Who is not named here (the writer) teaches nothing."""
BATCH: Final = 256
SITE_DAY: Final = 2_000
"""Lessons that a site learns in 24 hours; labels beyond are kept and noted in the journal, and teach nothing."""
SOURCE_DAY: Final = 500
"""The same for one reporter whom the blog names, so that one hijacked account cannot fill the site's share."""
CAMPAIGN: Final = timedelta(days=30)
"""For how long nearly the same text with the same label counts as one."""
_CANDIDATES: Final = 2_000
_DAY: Final = timedelta(days=1)


def learn(db: Db, *, classifier: Classifier, site_id: Id, now: datetime, known: Loaded | None = None) -> Taught | None:
    """Learns the labels of a site that its model does not know yet, at most a batch, and returns the newer model.

    None means that there was nothing to learn. Whoever teaches the same site at the same time waits for this
    transaction, and then finds the labels known. `known` is the layer that the process has of the site.

    Raises:
        SettingFault: where the site's model cannot be read; its labels go on waiting.
    """
    if not lessons.is_waiting(db, site_id=site_id):
        return None
    head = begin_anew(db, site_id=site_id, now=now)
    waiting = lessons.waiting(db, site_id=site_id, limit=BATCH)
    if not waiting:  # whoever had the lock has learnt them
        return None
    sitting = _Sitting(db, classifier, head, now, known)
    named = dict.fromkeys(row.comment_id for row in waiting if row.actor in RELIABILITY)
    sitting.hear([_heard(db, site_id, comment_id) for comment_id in named])
    lessons.note_learnt(db, site_id=site_id, rows=waiting, revision=head.revision)
    return sitting.ended()


def begin_anew(db: Db, *, site_id: Id, now: datetime) -> SiteModelRow:
    """Locks a site's model; one of comments hashed in another way is forgotten, and its labels are learnt again."""
    head = lessons.lock(db, site_id=site_id)
    if head.feature_spec != FEATURE_SPEC:
        lessons.clear(db, site_id=site_id)
        site_layers.drop(db, site_id=site_id, since=0)
        lessons.note_unlearnt(db, site_id=site_id)
        head.revision += 1
        head.feature_spec, head.rebuilt_in, head.lessons = FEATURE_SPEC, head.revision, 0
        line = lessons.line(site_id, head.revision, LessonKind.ROLLED_BACK, now, of_revision=0)
        lessons.append(db, [line])
        db.flush()
    return head


@dataclass(frozen=True, slots=True)
class _Heard:
    """What stands about one comment: the comment, the label that counts, and the lesson that it gave before."""

    comment: CommentRow
    label: LabelRow
    before: LessonRow | None

    @property
    def teaches(self) -> bool:
        """Whether there is something to learn: not of a test or an erased comment, nor the same once more.

        Nor against the writer's will, which may have come since the label was read.
        """
        if self.comment.is_test or self.comment.state is State.ERASED:
            return False
        if self.comment.objected_at is not None or self.comment.frozen_at is not None:
            return False
        return self.before is None or self.before.is_unwelcome is not self.is_unwelcome

    @property
    def is_unwelcome(self) -> bool:
        """What the label says."""
        return self.label.label is Label.SPAM


@dataclass(slots=True)
class _Sitting:
    """One sitting of a site's model: first takes back what is contradicted, then learns, then looks at how it does."""

    db: Db
    classifier: Classifier
    head: SiteModelRow
    now: datetime
    known: Loaded | None
    layer: Layer = field(init=False)
    taught: dict[tuple[Actor, str], int] = field(init=False)
    alike: dict[bool, list[tuple[int, int]]] = field(default_factory=dict)
    count: int = 0

    @property
    def site_id(self) -> Id:
        """The site that learns."""
        return self.head.site_id

    def hear(self, said: Sequence[_Heard]) -> None:
        """Takes in what stands about some comments."""
        new = [each for each in said if each.teaches]
        self.taught = lessons.taught_since(self.db, site_id=self.site_id, since=self.now - _DAY)
        contradicted = [each.before for each in new if each.before is not None]
        _withdraw(self.db, self.head, contradicted, self.now)
        if any(row.kind is LessonKind.LEARNT for row in contradicted):
            self.layer = site_layers.renew(self.db, head=self.head, now=self.now).layer.copy()
        else:
            loaded = site_layers.load(self.db, site_id=self.site_id, head=self.head, known=self.known)
            self.layer = loaded.layer.copy()
        for each in new:
            self._take(each)

    def ended(self) -> Taught:
        """Looks at how the model does and returns it as it is now."""
        self.head.lessons = self.layer.lessons
        self.head.learnt_at = self.now
        watch(self.db, self.head, self.now)
        self.db.add(self.head)
        self.db.flush()
        loaded = Loaded(self.head.revision, self.layer)
        return Taught(self.site_id, loaded, self.head.paused_at is not None, self.count)

    def _take(self, said: _Heard) -> None:
        """A label beyond a cap is noted, one that repeats a campaign is counted with it, any other one is learnt."""
        if self._is_full(said.label) or not said.comment.content.strip():
            self._write(LessonKind.PASSED, said)
            return
        lesson, facts = self._read(said)
        twin = self._twin(lesson, facts["simhash"])
        if twin is not None:
            self._write(LessonKind.COUNTED, said, of_revision=twin, **facts)
            return
        self._write(LessonKind.LEARNT, said, is_active=True, **facts)
        self.alike[said.is_unwelcome].append((self.head.revision, facts["simhash"]))
        self.layer.learn(lesson)
        self.count += 1
        source = said.label.actor, said.label.reporter_code
        self.taught[source] = self.taught.get(source, 0) + 1
        if self.layer.lessons % EVERY == 0:
            self._keep_snapshot()

    def _read(self, said: _Heard) -> tuple[Lesson, dict[str, Any]]:
        """A comment as a lesson, and as the columns of its line; both models are asked before it is learnt."""
        sample = sample_of_row(said.comment)
        packed, offset = pack_features(extract(sample)), self.classifier.log_odds(sample)
        features = unpack_features(packed)  # in the order in which a replay will find them
        facts = {
            "simhash": nearness.simhash(sample.text),
            "features": packed,
            "base_log_odds": offset,
            "site_log_odds": self.layer.margin(features, offset),
        }
        return Lesson(features, said.is_unwelcome, RELIABILITY[said.label.actor], offset), facts

    def _write(self, kind: LessonKind, said: _Heard, **values: Any) -> None:  # noqa: ANN401 - columns of a row
        self.head.revision += 1
        values |= {"comment_id": said.comment.id, "label_id": said.label.id, "is_unwelcome": said.is_unwelcome}
        values |= {"weight": RELIABILITY[said.label.actor]}
        lessons.append(self.db, [lessons.line(self.site_id, self.head.revision, kind, self.now, **values)])

    def _is_full(self, label: LabelRow) -> bool:
        """An import is the operator's own act: no flood, and it takes nothing from what people teach that day."""
        if label.reporter_code == IMPORTED:
            return False
        named = self.taught.get((label.actor, label.reporter_code), 0) if label.reporter_code else 0
        said = sum(count for (_, reporter), count in self.taught.items() if reporter != IMPORTED)
        return named >= SOURCE_DAY or said >= SITE_DAY

    def _twin(self, lesson: Lesson, simhash: int) -> int | None:
        """The newest lesson from nearly the same text with the same label."""
        near = [revision for revision, other in self._alike(lesson.is_unwelcome) if nearness.is_near(simhash, other)]
        for row in reversed(lessons.get_many(self.db, site_id=self.site_id, revisions=near)):
            other = unpack_features(row.features or b"")
            if nearness.overlap(lesson.features.text, other.text) >= nearness.ALIKE:
                return row.revision
        return None

    def _alike(self, is_unwelcome: bool) -> list[tuple[int, int]]:  # noqa: FBT001 - a label
        """Revision and simhash of the lessons with a label, read once and then kept up."""
        if is_unwelcome not in self.alike:
            since = self.now - CAMPAIGN
            self.alike[is_unwelcome] = lessons.alike(
                self.db, site_id=self.site_id, is_unwelcome=is_unwelcome, since=since, limit=_CANDIDATES
            )
        return self.alike[is_unwelcome]

    def _keep_snapshot(self) -> None:
        loaded = Loaded(self.head.revision, self.layer)
        site_layers.keep(self.db, site_id=self.site_id, loaded=loaded, now=self.now)


def _heard(db: Db, site_id: Id, comment_id: Id) -> _Heard:
    comment = comments.get(db, site_id=site_id, comment_id=comment_id)
    said = [row for row in labels.of_comment(db, site_id=site_id, comment_id=comment_id) if row.actor in RELIABILITY]
    label = max(said, key=lambda row: (RELIABILITY[row.actor], row.labelled_at, row.id))
    before = [
        row for row in lessons.of_comment(db, site_id=site_id, comment_id=comment_id) if _counts(db, site_id, row)
    ]
    return _Heard(comment, label, before[-1] if before else None)


def _counts(db: Db, site_id: Id, row: LessonRow) -> bool:
    """Whether a site's model rests on a line, or on the one that it was counted with."""
    if row.kind is not LessonKind.COUNTED or row.of_revision is None:
        return row.is_active
    return any(twin.is_active for twin in lessons.get_many(db, site_id=site_id, revisions=[row.of_revision]))


def _withdraw(db: Db, head: SiteModelRow, rows: Iterable[LessonRow], now: datetime) -> None:
    """Takes lessons back; what was counted with one of them takes its place, unless it is taken back as well."""
    for row in sorted(rows, key=lambda row: row.kind is LessonKind.LEARNT):
        if row.kind is LessonKind.LEARNT:
            head.revision += 1
            lessons.append(
                db, [lessons.line(head.site_id, head.revision, LessonKind.WITHDRAWN, now, of_revision=row.revision)]
            )
        lessons.retire(db, row, is_learnt=row.kind is LessonKind.LEARNT)
        _let_follow(db, head, row, now)


def _let_follow(db: Db, head: SiteModelRow, row: LessonRow, now: datetime) -> None:
    """The oldest lesson that was counted with one taken back is learnt in its place."""
    followers = lessons.counted_with(db, site_id=head.site_id, revision=row.revision)
    if not followers:
        return
    first, *others = followers
    head.revision += 1
    values = first.model_dump(exclude={"site_id", "revision", "kind", "happened_at", "of_revision", "is_active"})
    line = lessons.line(head.site_id, head.revision, LessonKind.LEARNT, now, is_active=True, **values)
    lessons.append(db, [line])
    lessons.retire(db, first, is_learnt=False)
    revisions = [other.revision for other in others]
    lessons.change(db, site_id=head.site_id, revisions=revisions, values={"of_revision": head.revision})
