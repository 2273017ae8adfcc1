"""What is stored about a comment says whether its writer can ask for another look; it stores no wish."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from moderation.judging import redress
from moderation.judging.procedure import CLOSED
from moderation.judging.redress import Redress
from moderation.judging.retention import COLUMN_OF
from moderation.storage import appeals, decisions, sites
from moderation.storage.database import Db
from moderation.storage.tables import CommentRow, DecisionRow
from moderation.vocabulary import State

_NOTHING_TO_ASK: Final[Mapping[State, str]] = {State.ERASED: redress.ERASED, State.PUBLISHED: redress.PUBLISHED}


def of_comment(
    db: Db, *, row: CommentRow, open_for: timedelta, now: datetime, tells_states_apart: bool = True
) -> Redress:
    """Returns until when the writer can ask for another look, or why not.

    Args:
        db: the database.
        row: the comment.
        open_for: how long after a decision its writer can ask.
        now: the present moment.
        tells_states_apart: whether the day can be that of the comment's own state, where held and refused comments go
            on different days; else it is the earlier of both.
    """
    why_not = _why_not(db, row)
    if why_not:
        return Redress(why_not=why_not)
    states = (row.state,) if tells_states_apart else (State.HELD, State.REMOVED)
    dates = () if row.frozen_at else tuple(getattr(row, COLUMN_OF[state]) for state in states)
    deleted_at = min((date for date in dates if date is not None), default=None)
    decided_at = standing(db, row=row).decided_at
    return redress.redress(decided_at, open_for=open_for, deleted_at=deleted_at, now=now)


def standing(db: Db, *, row: CommentRow) -> DecisionRow:
    """Returns the decision that stands on a comment that is not erased."""
    history = decisions.history(db, site_id=row.site_id, comment_id=row.id)
    return next(one for one in history if one.id == row.decision_id)


def _why_not(db: Db, row: CommentRow) -> str:
    """Why there is nothing to ask for, whatever the time; "" where only the time can be over."""
    if row.state in _NOTHING_TO_ASK:
        return _NOTHING_TO_ASK[row.state]
    if sites.is_closed(db, row.site_id):
        return CLOSED
    asked = appeals.of_comment(db, site_id=row.site_id, comment_id=row.id)
    if any(one.heard_at is None for one in asked):
        return redress.OPEN
    return redress.HEARD if any(one.decision_id == row.decision_id for one in asked) else ""
