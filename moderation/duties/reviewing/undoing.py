"""Taking decisions back: the newest first, each by another decision, so that the history stays whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from moderation.clock import Id
from moderation.duties.reviewing.desk import Desk
from moderation.errors import NotFound
from moderation.judging.capabilities import Action
from moderation.judging.moderating import label_behind, taken_back
from moderation.storage import comments, decisions, events
from moderation.storage.comments import Standing
from moderation.storage.database import Db
from moderation.storage.decisions import Hand, Own
from moderation.storage.ledger import Ledger
from moderation.vocabulary import Label

STEPS: Final = 50
"""Decisions of one login that can be taken back one after another, at the least."""
AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back; `withdrawn` are comments whose label the model must not keep, with the one before it.

    `is_more` where the rest of what had been decided together is still to be taken back.
    """

    comment_ids: tuple[Id, ...]
    withdrawn: tuple[tuple[Id, Label | None], ...]
    is_more: bool = False


def undo(db: Db, *, desk: Desk, since: datetime, now: datetime) -> Undone:
    """Takes back the newest decision of a moderator at a site, since a moment, that still stands.

    What was decided together is taken back together. Within ten seconds nobody outside hears of either.

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
    batch = decisions.of_batch(db, site_id=desk.site_id, batch_id=last.batch_id, limit=AT_ONCE + 1)
    return _taken_back(db, desk, batch[:AT_ONCE], now, is_more=len(batch) > AT_ONCE)


def _taken_back(db: Db, desk: Desk, made: Sequence[Own], now: datetime, *, is_more: bool = False) -> Undone:
    ledger = Ledger(desk.seal)
    standings = comments.find_standings(db, site_id=desk.site_id, comment_ids=[one.comment_id for one in made])
    withdrawn = []
    for one in made:
        events.withdraw(db, site_id=desk.site_id, comment_id=one.comment_id, at=now)
        withdrawn += _reverse(db, desk, ledger, standing=standings[one.comment_id], made=one, now=now)
    ledger.write(db)
    return Undone(tuple(one.comment_id for one in made), tuple(withdrawn), is_more)


def _reverse(
    db: Db, desk: Desk, ledger: Ledger, *, standing: Standing, made: Own, now: datetime
) -> list[tuple[Id, Label | None]]:
    """Enters what was decided before; what had been waiting waits again since then."""
    earlier = decisions.before(db, site_id=desk.site_id, comment_id=standing.id, decision_id=made.id)
    if earlier is None:  # only a decision that came first has none before it, and those are never a moderator's
        raise NotFound("There is no decision before this one to go back to.")
    hand = Hand(desk.moderator_id, undoes=made.id)
    ledger.decide(standing, taken_back(earlier.verdict), now, hand=hand, waits_since=earlier.decided_at)
    undone = decisions.get(db, site_id=desk.site_id, decision_id=made.id)
    had = label_behind(undone.reasons[0]["code"])
    was_own = earlier.moderator_id == desk.moderator_id
    return [(standing.id, label_behind(earlier.reasons[0]["code"]) if was_own else None)] if had else []
