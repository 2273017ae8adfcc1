"""How a site's model does on its own lessons, and what follows: it is paused, works again, or is said to drift."""

from datetime import datetime

from models.prequential import WATCHED, Trial, has_drifted, is_worse
from moderation.clock import Id
from moderation.storage import events, lessons
from moderation.storage.database import Db
from moderation.storage.tables import SiteModelRow
from moderation.vocabulary import EventKind


def trials_of(db: Db, *, site_id: Id, after: int = 0) -> list[Trial]:
    """Returns what both models had thought of the newest lessons on which a site's model rests, oldest first."""
    recent = lessons.recent(db, site_id=site_id, after=after, limit=WATCHED)
    return [Trial(is_unwelcome, base, layer) for _, is_unwelcome, base, layer in recent]


def watch(db: Db, head: SiteModelRow, now: datetime) -> None:
    """Pauses a model that does worse than the base alone, lets it work again, and notes where its world has changed.

    While it is paused the base judges, and it goes on learning, so that it can show that it has recovered.
    """
    was_paused = head.paused_at is not None
    if is_worse(trials_of(db, site_id=head.site_id), was_worse=was_paused) is not was_paused:
        head.paused_at = None if was_paused else now
        _tell(db, head.site_id, EventKind.MODEL_RESUMED if was_paused else EventKind.MODEL_PAUSED, now)
    if has_drifted(trials_of(db, site_id=head.site_id, after=head.watched_from)):
        head.drifted_at, head.watched_from = now, head.revision
        _tell(db, head.site_id, EventKind.MODEL_DRIFTED, now)


def _tell(db: Db, site_id: Id, kind: EventKind, now: datetime) -> None:
    events.append(db, [events.event(site_id, None, kind, now, {})])
