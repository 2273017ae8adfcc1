"""Taking decisions back: the newest first, each by another decision, so that the history stays whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from moderation.clock import Id
from moderation.duties.reviewing.desk import Desk
from moderation.duties.reviewing.retracing import retrace
from moderation.errors import NotFound
from moderation.judging.capabilities import Action
from moderation.judging.moderating import label_behind, taken_back
from moderation.storage import comments, decisions, events
from moderation.storage.comments import Standing
from moderation.storage.database import Db
from moderation.storage.decisions import Hand, Own
from moderation.storage.ledger import Ledger
from moderation.storage.tables import DecisionRow, EventRow
from moderation.vocabulary import EventKind, Label

STEPS: Final = 50
"""Decisions of one login that can be taken back one after another, at the least."""
AT_ONCE: Final = 50
"""Decisions taken back in one transaction, so that nobody else waits long for the database."""


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back; `withdrawn` are comments whose label the model must not keep, with the one before it.

    `rest_of` is the batch of which more is still to be taken back.
    """

    comment_ids: tuple[Id, ...]
    withdrawn: tuple[tuple[Id, Label | None], ...]
    rest_of: Id | None = None


def undo(db: Db, *, desk: Desk, since: datetime, now: datetime) -> Undone:
    """Takes back the newest decision of a moderator at a site, since a moment, that still stands.

    What was decided together is taken back together, at most 50 at once; the caller goes on with `undo_rest`. Within
    ten seconds nobody outside hears of either.

    Raises:
        Forbidden: for whoever may not decide there.
        NotFound: where nothing is left to take back.
    """
    desk.permit(Action.DECIDE)
    own = decisions.standing_of(db, site_id=desk.site_id, moderator_id=desk.moderator_id, since=since, limit=1)
    if not own:
        raise NotFound("There is nothing left to take back: others have decided since, or it is another login's.")
    last = own[0]
    if last.batch_id is None:
        return _taken_back(db, desk, [last], now)
    return undo_rest(db, desk=desk, batch_id=last.batch_id, now=now)


def undo_rest(db: Db, *, desk: Desk, batch_id: Id, now: datetime) -> Undone:
    """Takes back what still stands of a moderator's batch, at most 50 decisions.

    Raises:
        Forbidden: for whoever may not decide there.
    """
    desk.permit(Action.DECIDE)
    mine = {"site_id": desk.site_id, "moderator_id": desk.moderator_id}
    batch = decisions.of_batch(db, **mine, batch_id=batch_id, limit=AT_ONCE + 1)
    return _taken_back(db, desk, batch[:AT_ONCE], now, rest_of=batch_id if len(batch) > AT_ONCE else None)


def _taken_back(db: Db, desk: Desk, made: Sequence[Own], now: datetime, *, rest_of: Id | None = None) -> Undone:
    ledger = Ledger(desk.seal)
    standings = comments.find_standings(db, site_id=desk.site_id, comment_ids=[one.comment_id for one in made])
    withdrawn = []
    for one in made:
        withdrawn += _reverse(db, desk, ledger, standing=standings[one.comment_id], undone=one.id, now=now)
    ledger.write(db)
    return Undone(tuple(one.comment_id for one in made), tuple(withdrawn), rest_of)


def _reverse(
    db: Db, desk: Desk, ledger: Ledger, *, standing: Standing, undone: Id, now: datetime
) -> list[tuple[Id, Label | None]]:
    """Enters what held before, and returns the label to withdraw with the one before it, if there is any.

    What nobody outside has been told of is not told, nor is its end.
    """
    history = decisions.history(db, site_id=desk.site_id, comment_id=standing.id)
    happened = events.of_comment(db, site_id=desk.site_id, comment_id=standing.id)
    made = next(one for one in history if one.id == undone)
    was = retrace(history, happened, but=undone, is_test=standing.is_test)
    telling = [one.id for one in happened if _tells_of(one, made)]
    is_unheard = events.withdraw(db, site_id=desk.site_id, event_ids=telling, at=now) > 0
    hand = Hand(desk.moderator_id, undoes=undone)
    ledger.decide(standing, taken_back(was.verdict), now, hand=hand, is_told=not is_unheard, waiting=was.waiting)
    had, before = label_behind(made.reasons[0]["code"]), was.labels.get(desk.moderator_id)
    return [(standing.id, before)] if had not in {None, before} else []


def _tells_of(one: EventRow, made: DecisionRow) -> bool:
    """Whether an event tells of a decision, or of the label that came with it."""
    if one.kind is EventKind.LABELLED:
        return one.happened_at == made.decided_at and one.facts["actor"] == made.actor.value
    return one.kind is EventKind.DECIDED and one.facts["decision_id"] == str(made.id)
