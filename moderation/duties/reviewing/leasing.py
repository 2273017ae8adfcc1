"""Leases on the shown card and the next ones: two people neither read nor decide the same comment at the same time."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from moderation.clock import Id
from moderation.duties.reviewing.desk import Desk
from moderation.errors import Conflict
from moderation.judging.capabilities import Action
from moderation.storage import claims, comments
from moderation.storage.claims import Claim
from moderation.storage.database import Db

_MINUTE: Final = timedelta(minutes=1)


def claim(db: Db, *, desk: Desk, comment_ids: Sequence[Id], now: datetime) -> tuple[list[Id], dict[Id, Claim]]:
    """Leases up to five comments to a moderator for three minutes, and gives the earlier ones back.

    Returns which were had, and what others are on. Raises Forbidden for whoever may not decide there.
    """
    desk.permit(Action.DECIDE)
    known = comments.find_standings(db, site_id=desk.site_id, comment_ids=comment_ids)
    waiting = [id_ for id_ in comment_ids if id_ in known and known[id_].waits_as is not None]
    had = claims.take(db, site_id=desk.site_id, moderator_id=desk.moderator_id, comment_ids=waiting, now=now)
    return had, on_others(db, desk=desk, now=now)


def on_others(db: Db, *, desk: Desk, now: datetime) -> dict[Id, Claim]:
    """Returns what somebody else at the site is on, by comment."""
    return claims.of_others(db, site_id=desk.site_id, moderator_id=desk.moderator_id, now=now)


def refuse_taken(db: Db, *, desk: Desk, comment_id: Id, now: datetime) -> None:
    """Raises Conflict where somebody else is on a comment: says who, until when, and what can be done instead."""
    theirs = on_others(db, desk=desk, now=now).get(comment_id)
    if theirs is None:
        return
    until = f"{theirs.until + _MINUTE:%H:%M} UTC"  # the minute that has ended by then
    instead = (
        "Take another, or take this one over" if desk.may(Action.TAKE_OVER) else "Take another; a lead may take it over"
    )
    words = f"{theirs.name} is on it until {until}, or for as long as they go on with it. {instead}."
    raise Conflict(f"{words} Nothing of yours was stored.", code="queue.taken")
