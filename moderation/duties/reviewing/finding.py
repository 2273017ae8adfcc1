"""Search: any comment of the site by its words and filters, newest first, page by page."""

from dataclasses import dataclass

from moderation.clock import Id
from moderation.duties.reviewing.desk import Desk
from moderation.judging.capabilities import Action
from moderation.storage import browsing
from moderation.storage.browsing import COUNTED, Filters
from moderation.storage.database import Db
from moderation.storage.search import Wanted
from moderation.storage.tables import CommentRow

__all__ = ["COUNTED", "Filters", "Found", "Wanted", "find"]


@dataclass(frozen=True, slots=True)
class Found:
    """A page of what a search finds; `count` stops at 1,000, `next` is the last id of the page where more follow."""

    rows: tuple[CommentRow, ...]
    count: int
    next: Id | None


def find(db: Db, *, desk: Desk, filters: Filters, limit: int, after: Id | None = None) -> Found:
    """Returns a page of a site's comments that fit, newest first; raises Forbidden for whoever may not read there."""
    desk.permit(Action.READ)
    rows = browsing.found(db, seal=desk.seal, site_id=desk.site_id, filters=filters, limit=limit + 1, after=after)
    count = browsing.count(db, seal=desk.seal, site_id=desk.site_id, filters=filters)
    return Found(tuple(rows[:limit]), count, rows[limit - 1].id if len(rows) > limit else None)
