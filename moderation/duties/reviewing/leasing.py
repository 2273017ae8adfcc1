"""Leases on the shown card and the next ones: two people do not read the same comment at the same time."""

from collections.abc import Sequence
from datetime import datetime

from moderation.clock import Id
from moderation.duties.reviewing.desk import Desk
from moderation.judging.capabilities import Action
from moderation.storage import claims, comments
from moderation.storage.claims import Claim
from moderation.storage.database import Db


def claim(db: Db, *, desk: Desk, comment_ids: Sequence[Id], now: datetime) -> tuple[list[Id], dict[Id, Claim]]:
    """Leases up to five comments to a moderator for three minutes, and gives the earlier ones back.

    Returns which were had, and what others are on. Raises Forbidden for whoever may not decide there.
    """
    desk.permit(Action.DECIDE)
    known = comments.find_standings(db, site_id=desk.site_id, comment_ids=comment_ids)
    waiting = [id_ for id_ in comment_ids if id_ in known and known[id_].waits_as is not None]
    had = claims.take(db, site_id=desk.site_id, moderator_id=desk.moderator_id, comment_ids=waiting, now=now)
    others = claims.of_others(db, site_id=desk.site_id, moderator_id=desk.moderator_id, now=now)
    return had, others
