"""Until when a writer can ask for another look at the decision that stands, or why not; it takes no wish."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

ERASED: Final = "This comment is erased: there is nothing left to look at."
PUBLISHED: Final = "This comment is published: there is nothing to put back."
OPEN: Final = "You have asked already. A person answers here."
HEARD: Final = "A person has answered already. The decision that stands can be looked at once more only once."
LATE: Final = "The time in which you could ask for another look is over."
OVER: Final = "It is not in force any more."


@dataclass(frozen=True, slots=True)
class Redress:
    """Until when another look can be asked for; where it cannot, `why_not` says so and there is no end."""

    until: datetime | None = None
    why_not: str = ""


def redress(decided_at: datetime, *, open_for: timedelta, deleted_at: datetime | None, now: datetime) -> Redress:
    """Returns until when a restriction can be looked at again that nobody has asked about: never longer than it stays.

    Args:
        decided_at: when the decision was made that stands.
        open_for: how long after a decision its writer can ask.
        deleted_at: when the comment goes by itself, None where it does not.
        now: the present moment.
    """
    until = min(decided_at + open_for, deleted_at or datetime.max.replace(tzinfo=decided_at.tzinfo))
    return Redress(until) if now <= until else Redress(why_not=LATE)


def days_to_ask(appeal_days: int, kept_days: int) -> int:
    """Returns for how many days at the most a writer can ask, where comments are kept for so many; 0 is no end."""
    return min(appeal_days, kept_days or appeal_days)
