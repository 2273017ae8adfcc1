"""To whoever moves a threshold: what it would have meant for this site's own recent comments; nothing is stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from moderation.clock import Id
from moderation.judging.policy import Policy
from moderation.seal import Seal
from moderation.storage import browsing
from moderation.storage.browsing import Filters
from moderation.storage.database import Db
from moderation.storage.tables import CommentRow
from moderation.vocabulary import PEOPLE, State, Verdict

RECENT: Final = 1_000
BINS: Final = 20
SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class Change:
    """A recent comment whose verdict would have been another."""

    row: CommentRow
    before: Verdict
    after: Verdict


@dataclass(frozen=True, slots=True)
class Preview:
    """What other thresholds would have meant: the scores in twenty steps, what would have changed, how often.

    `good` and `bad` are those of the changed comments of which a person said that they are published, or removed.
    """

    count: int
    histogram: tuple[int, ...]
    changes: tuple[Change, ...]
    held_before: int
    held_after: int

    @property
    def good(self) -> int:
        """How many would have been held that people published."""
        return sum(_stricter(one) and _by_person(one.row, State.PUBLISHED) for one in self.changes)

    @property
    def bad(self) -> int:
        """How many would have been published that people removed."""
        return sum(one.after is Verdict.PUBLISH and _by_person(one.row, State.REMOVED) for one in self.changes)


def preview(db: Db, *, seal: Seal, site_id: Id, current: Policy, wanted: Policy) -> Preview:
    """Returns what other thresholds would have meant for the site's newest 1,000 scored comments.

    The scores are those which the comments got when they came.
    """
    rows = browsing.found(db, seal=seal, site_id=site_id, filters=Filters(score_from=0.0), limit=RECENT)
    scored = [(row, row.score) for row in rows if row.score is not None and not row.is_test]
    changes = [Change(row, current.verdict_of(score), wanted.verdict_of(score)) for row, score in scored]
    return Preview(
        count=len(scored),
        histogram=_histogram([score for _, score in scored]),
        changes=tuple(one for one in changes if one.before is not one.after),
        held_before=sum(one.before is not Verdict.PUBLISH for one in changes),
        held_after=sum(one.after is not Verdict.PUBLISH for one in changes),
    )


def _histogram(scores: Sequence[float]) -> tuple[int, ...]:
    counts = [0] * BINS
    for score in scores:
        counts[min(int(score * BINS), BINS - 1)] += 1
    return tuple(counts)


def _stricter(one: Change) -> bool:
    return one.before is Verdict.PUBLISH


def _by_person(row: CommentRow, state: State) -> bool:
    return row.decided_by in PEOPLE and row.state is state
