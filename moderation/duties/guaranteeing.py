"""To readers: a program removes no more good comments than promised; it works out where that holds, and judges none."""

from datetime import datetime

from moderation.clock import Id
from moderation.storage import audits, guarantees
from moderation.storage.database import Db
from moderation.storage.guarantees import Look

__all__ = ["Look", "follow", "look", "refresh", "refresh_all"]


def look(db: Db, *, site_id: Id, now: datetime) -> Look:
    """Returns how the guarantee of a site stands; nothing is stored. Raises NotFound."""
    return guarantees.look(db, site_id=site_id, now=now)


def refresh(db: Db, *, site_id: Id, now: datetime) -> bool:
    """Lets a site's guarantee follow what people said, for every process, and returns whether it changed.

    Raises:
        NotFound: for a site that is not there.
    """
    return guarantees.keep(db, site_id=site_id, now=now)


def refresh_all(db: Db, *, now: datetime) -> int:
    """Does so for each site whose program removes, or would if it were switched on, and returns how many changed."""
    return sum([refresh(db, site_id=site_id, now=now) for site_id in guarantees.removing_sites(db)])


def follow(db: Db, *, site_id: Id, comment_id: Id, now: datetime) -> bool:
    """Does so after a person's word about one comment, at the cost of one small question where it was not drawn."""
    return audits.is_audited(db, site_id=site_id, comment_id=comment_id) and refresh(db, site_id=site_id, now=now)
