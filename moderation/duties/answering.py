"""To a client that asks twice: the same answer for a day, and one effect; it does not know what was asked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from moderation.errors import ModerationError
from moderation.seal import Seal
from moderation.storage import answers
from moderation.storage.answers import Ask, Given
from moderation.storage.database import Db

__all__ = ["Ask", "Errand", "Given", "once"]


@dataclass(frozen=True, slots=True)
class Errand:
    """A write under the client's own key; `act` does it and returns the answer, or raises before it has written."""

    seal: Seal
    ask: Ask
    act: Callable[[Db], Given]
    now: datetime


def once(db: Db, batch: Sequence[Errand]) -> list[Given | ModerationError]:
    """Does each errand unless it was done in the last 24 hours, and returns the answers in order.

    The answer is looked up and kept in the transaction that does the work; where two processes do the same errand at
    once, the second fails on the key it cannot keep, is done again, and finds the first one's answer.
    """
    return [_done(db, errand) for errand in batch]


def _done(db: Db, errand: Errand) -> Given | ModerationError:
    try:
        before = answers.find(db, seal=errand.seal, ask=errand.ask, now=errand.now)
        if before is not None:
            return before
        given = errand.act(db)
    except ModerationError as error:
        return error
    answers.keep(db, seal=errand.seal, ask=errand.ask, given=given, now=errand.now)
    return given
