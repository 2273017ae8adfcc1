"""The queue as a moderator sees it: tabs with true counts, and a page of items that say why they stand there."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from moderation.duties.reviewing.desk import Desk, lasted
from moderation.judging.capabilities import Action
from moderation.storage import alike, browsing, claims, queue
from moderation.storage.database import Db
from moderation.storage.queue import Ask, Place
from moderation.storage.sites import Site
from moderation.storage.tables import CommentRow
from moderation.vocabulary import Order, Waiting

DEFAULT: Final = (Waiting.HELD, Waiting.REPORTED, Waiting.EDITED, Waiting.DEFERRED)
"""What the whole queue shows; what was handed to a lead stands in it for leads only."""


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the list: the comment, for how many it stands, why it stands there, and who is on it."""

    row: CommentRow
    alike: int
    why: str
    waits: str
    on_it: str
    place: Place

    @property
    def is_free(self) -> bool:
        """Whether nobody else is on it."""
        return not self.on_it


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of the queue; `next` is where the next one begins, None on the last."""

    items: tuple[Item, ...]
    next: Place | None


def tabs(desk: Desk) -> tuple[Waiting, ...]:
    """Returns what the whole queue holds for a person."""
    return (*DEFAULT, Waiting.ESCALATED) if desk.may(Action.DECIDE_MANY) else DEFAULT


def place_in(said: str) -> Place:
    """Returns the place in a queue that an address carries; raises Invalid for any other text."""
    return queue.place_in(said)


def counts(db: Db, *, desk: Desk) -> dict[Waiting, int]:
    """Returns how many comments of the site wait for each reason; raises Forbidden for whoever may not read there."""
    desk.permit(Action.READ)
    return queue.counts(db, site_id=desk.site_id)


def look(
    db: Db,
    *,
    desk: Desk,
    kinds: tuple[Waiting, ...],
    order: Order,
    after: Place | None,
    limit: int,
    now: datetime,
) -> Listing:
    """Returns a page of a site's queue; raises Forbidden for whoever may not read there."""
    desk.permit(Action.READ)
    ask = _ask(desk.site, kinds, order, now)
    places = queue.page(db, site_id=desk.site_id, ask=ask, limit=limit + 1, after=after)
    more = places[limit - 1] if len(places) > limit else None
    items = _items(db, desk, places[:limit], now)
    return Listing(items, more)


def _ask(site: Site, kinds: tuple[Waiting, ...], order: Order, now: datetime) -> Ask:
    policy = site.policy
    thresholds = (policy.hold_at, policy.remove_at) if policy.program_may_remove else (policy.hold_at,)
    return Ask(kinds, order, tuple(sorted(set(thresholds))), now - timedelta(hours=site.answer_within_hours))


def _items(db: Db, desk: Desk, places: list[Place], now: datetime) -> tuple[Item, ...]:
    ids = [place.comment_id for place in places]
    rows = browsing.get_many(db, site_id=desk.site_id, comment_ids=ids)
    groups = alike.counts(db, site_id=desk.site_id, heads=ids)
    others = claims.of_others(db, site_id=desk.site_id, moderator_id=desk.moderator_id, now=now)
    late = now - timedelta(hours=desk.site.answer_within_hours)
    return tuple(
        Item(
            row=rows[id_],
            alike=groups.get(id_, 1),
            why=_why(rows[id_], late),
            waits=lasted(now - (rows[id_].waits_since or now)),
            on_it=others[id_].name if id_ in others else "",
            place=place,
        )
        for id_, place in zip(ids, places, strict=True)
        if id_ in rows
    )


def _why(row: CommentRow, late: datetime) -> str:
    """One phrase, the most pressing reason first."""
    if row.waits_since is not None and row.waits_since < late:
        return "overdue"
    if row.reports:
        return f"reported by {row.reports} reader{'s' if row.reports > 1 else ''}"
    return {
        Waiting.EDITED: "edited after it was approved",
        Waiting.ESCALATED: "handed to a lead",
        Waiting.DEFERRED: "put off",
    }.get(row.waits_as or Waiting.HELD, "held")
