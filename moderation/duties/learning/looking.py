"""What a site's model has learnt, for whoever may see it: figures and the journal, never a text."""

from dataclasses import dataclass
from datetime import datetime

from models.delta import pack_layer
from models.online import Layer
from models.prequential import losses
from moderation.clock import Id
from moderation.duties.learning.watching import trials_of
from moderation.storage import lessons, site_layers
from moderation.storage.database import Db
from moderation.vocabulary import Label, LessonKind


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a site's model is; losses are means in nats over the newest lessons, each scored before it was learnt."""

    revision: int
    lessons: int
    waiting: int
    learnt_at: datetime | None
    paused_at: datetime | None
    drifted_at: datetime | None
    base_loss: float
    site_loss: float

    @property
    def state(self) -> str:
        """Which model judges: the `base` alone, one that is `learning`, or the base while that one is `paused`."""
        if self.paused_at is not None:
            return "paused"
        return "learning" if self.lessons else "base"

    @property
    def is_measured(self) -> bool:
        """Whether any comment was scored before it was learnt: without one the losses are zeros that say nothing."""
        return self.base_loss > 0


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a journal as people see it; `of_revision` is the line that it is about."""

    revision: int
    kind: LessonKind
    happened_at: datetime
    of_revision: int | None
    comment_id: Id | None
    is_unwelcome: bool | None
    weight: float | None
    is_active: bool

    @property
    def label(self) -> str | None:
        """What a person had said."""
        return None if self.is_unwelcome is None else (Label.SPAM if self.is_unwelcome else Label.HAM).value


def look(db: Db, *, site_id: Id) -> Progress:
    """Returns how far a site's model is; for one that was never taught, zeros."""
    head = lessons.find(db, site_id=site_id)
    waiting = lessons.count_waiting(db, site_id=site_id)
    if head is None:
        return Progress(0, 0, waiting, None, None, None, 0.0, 0.0)
    base, site = losses(trials_of(db, site_id=site_id))
    return Progress(head.revision, head.lessons, waiting, head.learnt_at, head.paused_at, head.drifted_at, base, site)


def history(db: Db, *, site_id: Id, limit: int, before: int | None = None) -> list[Line]:
    """Returns the newest lines of a site's journal, or the newest before a revision, newest first."""
    return [
        Line(
            row.revision,
            row.kind,
            row.happened_at,
            row.of_revision,
            row.comment_id,
            row.is_unwelcome,
            row.weight,
            row.is_active,
        )
        for row in lessons.page(db, site_id=site_id, limit=limit, before=before)
    ]


def export(db: Db, *, site_id: Id) -> bytes:
    """Returns what a site's model has learnt, packed with its format's number and digest.

    Raises:
        SettingFault: where it cannot be read.
    """
    head = lessons.find(db, site_id=site_id)
    return pack_layer(site_layers.load(db, site_id=site_id, head=head).layer if head else Layer.fresh())
