"""Moderators' decisions drawn by chance for a second pair of eyes, and what those said; it compares nobody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, func, update
from sqlmodel import col, select

from moderation.clock import Id
from moderation.seal import Seal
from moderation.storage.database import Db
from moderation.storage.people_tables import SecondLookRow
from moderation.storage.tables import CommentRow
from moderation.vocabulary import Label, State

RATE: Final = 0.03
_CODES: Final = 1 << 64


@dataclass(frozen=True, slots=True)
class First:
    """A moderator's decision as a word: welcome or not."""

    decision_id: Id
    comment_id: Id
    label: Label
    moderator_id: Id


@dataclass(frozen=True, slots=True)
class Open:
    """A decision that waits for a second pair of eyes, with what was said first."""

    decision_id: Id
    comment_id: Id
    first: Label


def is_drawn(seal: Seal, site_id: Id, decision_id: Id, rate: float = RATE) -> bool:
    """Returns whether a decision is in the sample, by a keyed code of its id, as `audits.is_drawn`."""
    code = seal.code("second-look", str(site_id), str(decision_id))
    return int(code[:16], 16) < int(rate * _CODES)


def draw(db: Db, *, site_id: Id, firsts: Sequence[First], now: datetime) -> None:
    """Stores decisions that were drawn."""
    for one in firsts:
        db.add(
            SecondLookRow(
                decision_id=one.decision_id,
                site_id=site_id,
                comment_id=one.comment_id,
                drawn_at=now,
                first=one.label,
                first_by=one.moderator_id,
            )
        )
    db.flush()


def waiting(db: Db, *, site_id: Id, moderator_id: Id, limit: int) -> list[Open]:
    """Returns decisions of others at a site that wait for this moderator's eyes, the oldest first.

    One that no longer stands waits no more: whoever decided anew has looked already.
    """
    query = select(SecondLookRow.decision_id, SecondLookRow.comment_id, SecondLookRow.first)
    query = query.join(CommentRow, col(CommentRow.id) == SecondLookRow.comment_id)
    query = (
        query.where(SecondLookRow.site_id == site_id, *_waits_for(moderator_id))
        .order_by(col(SecondLookRow.decision_id))
        .limit(limit)
    )
    return [Open(decision_id, comment_id, Label(first)) for decision_id, comment_id, first in db.exec(query)]


def count_waiting(db: Db, *, site_id: Id, moderator_id: Id) -> int:
    """Returns how many decisions of others at a site wait for this moderator's eyes."""
    query = select(func.count()).select_from(SecondLookRow)
    query = query.join(CommentRow, col(CommentRow.id) == SecondLookRow.comment_id)
    return db.exec(query.where(SecondLookRow.site_id == site_id, *_waits_for(moderator_id))).one()


def _waits_for(moderator_id: Id) -> tuple[ColumnElement[bool], ...]:
    return (
        col(SecondLookRow.looked_at).is_(None),
        col(SecondLookRow.first_by) != moderator_id,
        col(CommentRow.decision_id) == SecondLookRow.decision_id,
        col(CommentRow.state) != State.ERASED,
    )


def note(db: Db, *, site_id: Id, decision_id: Id, second: Label, moderator_id: Id, now: datetime) -> bool:
    """Stores what the second pair of eyes said and returns whether it was the first to say so."""
    unseen = update(SecondLookRow).where(col(SecondLookRow.site_id) == site_id, col(SecondLookRow.looked_at).is_(None))
    unseen = unseen.where(col(SecondLookRow.decision_id) == decision_id, col(SecondLookRow.first_by) != moderator_id)
    return db.connection().execute(unseen.values(second=second, second_by=moderator_id, looked_at=now)).rowcount == 1


def is_by(db: Db, *, site_id: Id, decision_id: Id, moderator_id: Id) -> bool:
    """Returns whether a drawn decision of a site is this moderator's own."""
    query = select(SecondLookRow.decision_id).where(SecondLookRow.site_id == site_id)
    own = query.where(SecondLookRow.decision_id == decision_id, SecondLookRow.first_by == moderator_id)
    return db.exec(own).first() is not None


def pairs(db: Db, *, site_id: Id, since: datetime) -> dict[tuple[Label, Label], int]:
    """Returns how often the first and the second said what at a site since a moment."""
    query = select(SecondLookRow.first, SecondLookRow.second, func.count()).where(SecondLookRow.site_id == site_id)
    query = query.where(col(SecondLookRow.looked_at) >= since).group_by(SecondLookRow.first, col(SecondLookRow.second))
    return {(Label(first), Label(second)): count for first, second, count in db.exec(query) if second is not None}


def rows_about(db: Db, *, site_id: Id, comment_id: Id) -> list[SecondLookRow]:
    """Returns the rows about a comment of a site, as they are stored."""
    return list(
        db.exec(select(SecondLookRow).where(SecondLookRow.site_id == site_id, SecondLookRow.comment_id == comment_id))
    )
