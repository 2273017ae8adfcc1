"""To a site's client: how often its key was asked and corrected, added up from what is stored."""

import calendar
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from moderation.clock import Id
from moderation.storage import usage
from moderation.storage.database import Db
from moderation.storage.usage import Tally

__all__ = ["Statistics", "Tally", "blogs_in", "calls_this_month", "first_day_of", "last_day_of", "month_days", "since"]

SECONDS_SAVED = 5  # per spam answer; the real service's formula is unknown (akismet.md 5.5)


@dataclass(frozen=True, slots=True)
class Statistics:
    """Sums over some months, oldest first."""

    months: tuple[Tally, ...]

    def total(self, name: str) -> int:
        """Returns the sum of one counter: calls, spam, ham, missed_spam or false_positives."""
        return sum(getattr(month, name) for month in self.months)

    @property
    def accuracy(self) -> str:
        """100 × (1 − corrected / answered), two decimals, because the protocol has the field; 20 of 391 give 94.88."""
        answered = self.total("spam") + self.total("ham")
        wrong = self.total("missed_spam") + self.total("false_positives")
        return f"{max(0.0, 100 * (1 - wrong / answered)):.2f}" if answered else "100.00"


def since(db: Db, *, site_id: Id, first: date, last: date) -> Statistics:
    """Returns a site's sums by month between two days, both counted."""
    return Statistics(tuple(usage.by_month(db, site_id=site_id, first=first, last=last)))


def calls_this_month(db: Db, *, site_id: Id, now: datetime) -> int:
    """Returns how many checks the site's key answered in the month of `now`."""
    first, last = month_days(f"{now:%Y-%m}")
    return usage.calls(db, site_id=site_id, first=first, last=last)


def blogs_in(db: Db, *, site_id: Id, month: str) -> list[Tally]:
    """Returns the sums of a month (`2026-11`) for each blog that used the site's key."""
    first, last = month_days(month)
    return usage.by_blog(db, site_id=site_id, first=first, last=last)


def month_days(month: str) -> tuple[date, date]:
    """Returns the first and last day of a month written `2026-11`; raises ValueError for anything else."""
    first = datetime.strptime(month, "%Y-%m").date()  # noqa: DTZ007 - a month has no zone
    return first, first.replace(day=calendar.monthrange(first.year, first.month)[1])


def first_day_of(period: str, now: datetime) -> date:
    """Returns where a period of the dialect begins: `60-days`, `6-months`, a year such as `2025`, else everything."""
    if period == "60-days":
        return now.date() - timedelta(days=60)
    if period == "6-months":
        month = now.month - 6
        return date(now.year + (month - 1) // 12, (month - 1) % 12 + 1, 1)
    return date(int(period), 1, 1) if _is_year(period) else date.min


def last_day_of(period: str, now: datetime) -> date:
    """Returns where a period of the dialect ends: a year on its last day, anything else today."""
    return date(int(period), 12, 31) if _is_year(period) else now.date()


def _is_year(period: str) -> bool:
    return period.isdecimal() and len(period) == len("2026") and int(period) > 0
