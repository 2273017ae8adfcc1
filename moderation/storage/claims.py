"""Leases: which moderator looks at which waiting comment, for a few minutes; it hands out none by itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete
from sqlmodel import col, select

from moderation.clock import Id
from moderation.storage import people
from moderation.storage.bulk import upsert
from moderation.storage.database import Db
from moderation.storage.people_tables import ClaimRow, ModeratorRow

LEASE: Final = timedelta(minutes=3)
KEPT: Final = timedelta(hours=1)
MOST: Final = 5


@dataclass(frozen=True, slots=True)
class Claim:
    """Who is on a comment, by the name that the team sees, and until when if they do not go on with it."""

    comment_id: Id
    moderator_id: Id
    name: str
    until: datetime


def of_others(db: Db, *, site_id: Id, moderator_id: Id, now: datetime) -> dict[Id, Claim]:
    """Returns what other moderators of a site are on, by comment."""
    query = select(ClaimRow.comment_id, ClaimRow.moderator_id, ModeratorRow, ClaimRow.until)
    query = query.join(ModeratorRow, col(ModeratorRow.id) == ClaimRow.moderator_id)
    query = query.where(ClaimRow.site_id == site_id, ClaimRow.moderator_id != moderator_id, ClaimRow.until > now)
    return {row[0]: Claim(row[0], row[1], people.name_of(row[2]), row[3]) for row in db.exec(query)}


def take(db: Db, *, site_id: Id, moderator_id: Id, comment_ids: Iterable[Id], now: datetime) -> list[Id]:
    """Leases comments of a site to a moderator for three minutes, and gives back what that person had; returns which.

    A comment that somebody else is on stays with them, also where both take it at the same moment.
    """
    wanted = list(dict.fromkeys(comment_ids))[:MOST]
    gone = delete(ClaimRow).where(col(ClaimRow.site_id) == site_id)
    own = (col(ClaimRow.moderator_id) == moderator_id) | (col(ClaimRow.until) <= now)
    db.connection().execute(gone.where(own))
    if not wanted:
        return []
    lease = {"site_id": site_id, "moderator_id": moderator_id, "until": now + LEASE}
    in_order = sorted(wanted)  # of two who take the same ones, neither waits for the other's rest
    leases = [lease | {"comment_id": comment_id} for comment_id in in_order]
    insert = upsert(db.get_bind().dialect.name, ClaimRow).values(leases).on_conflict_do_nothing()
    had = set(db.connection().execute(insert.returning(col(ClaimRow.comment_id))).scalars())
    return [comment_id for comment_id in wanted if comment_id in had]


def give_back(db: Db, *, site_id: Id, comment_ids: Iterable[Id]) -> None:
    """Ends the leases of comments of a site, whoever holds them: they were decided, or taken over."""
    ended = delete(ClaimRow).where(col(ClaimRow.site_id) == site_id, col(ClaimRow.comment_id).in_(list(comment_ids)))
    db.connection().execute(ended)


def give_all_back(db: Db, *, moderator_id: Id) -> None:
    """Ends every lease of a moderator, at all sites: that person signs out."""
    db.connection().execute(delete(ClaimRow).where(col(ClaimRow.moderator_id) == moderator_id))


def forget(db: Db, *, now: datetime) -> int:
    """Deletes the leases of all sites that have ended, and returns how many."""
    return db.connection().execute(delete(ClaimRow).where(col(ClaimRow.until) <= now)).rowcount
