"""A site's thresholds, and what follows from a score under them; it knows neither comments nor rules."""

from dataclasses import dataclass, replace
from typing import Final

from moderation.vocabulary import Band, Verdict

HOLD_AT: Final = 0.70
REMOVE_AT: Final = 0.95
DISCARD_AT: Final = 0.99
_RISING: Final = (
    "The scores lie above 0 and at most at 1, and none is lower than the one before it: "
    "hold from (hold_at), remove from (remove_at), discard from (discard_at)"
)


@dataclass(frozen=True, slots=True)
class Policy:
    """Thresholds on the score, 0..1, each belonging to the stricter side: a score of exactly `hold_at` is held.

    A program removes only where the site switched that on (`removal_by_program`) and its guarantee holds
    (`is_guaranteed`: at most the promised share of good comments is removed, classifier.md 8) for the scores of the
    very model that judged (`calibrated_model`, its name and version; empty for any); else it holds.
    """

    hold_at: float = HOLD_AT
    remove_at: float = REMOVE_AT
    discard_at: float = DISCARD_AT
    removal_by_program: bool = False
    is_guaranteed: bool = False
    discards: bool = False
    trusts_administrators: bool = True
    version: int = 1
    calibrated_model: str = ""

    def __post_init__(self) -> None:
        if not 0.0 < self.hold_at <= self.remove_at <= self.discard_at <= 1.0:
            raise ValueError(_RISING)

    @property
    def program_may_remove(self) -> bool:
        """Whether a program alone may remove a comment here."""
        return self.removal_by_program and self.is_guaranteed

    def for_model(self, model: str) -> "Policy":
        """Returns the policy for scores of a model: after an upgrade the promise about the old one's says nothing."""
        return replace(self, is_guaranteed=False) if self.calibrated_model not in {"", model} else self

    def guaranteed(self, removes_from: float | None, model: str = "") -> "Policy":
        """Returns the policy in force under a guarantee about a model's scores from `removes_from`, None for none.

        Where a program removes, it does so from the stricter of the site's own threshold and the guarantee's.
        """
        if removes_from is None:
            return replace(self, is_guaranteed=False)
        if not self.removal_by_program:
            return replace(self, is_guaranteed=True, calibrated_model=model)
        remove_at = max(self.remove_at, removes_from)
        discard_at = max(self.discard_at, remove_at)
        covered = replace(self, is_guaranteed=True, calibrated_model=model)
        return replace(covered, remove_at=remove_at, discard_at=discard_at)

    def verdict_of(self, score: float) -> Verdict:
        """Returns what a score in 0..1 leads to."""
        if score >= self.remove_at and self.program_may_remove:
            return Verdict.REMOVE
        return Verdict.HOLD if score >= self.hold_at else Verdict.PUBLISH

    def band_of(self, score: float) -> Band:
        """Returns a score in words."""
        if score >= self.remove_at:
            return Band.LIKELY_SPAM
        return Band.UNSURE if score >= self.hold_at else Band.LIKELY_FINE

    def is_discardable(self, score: float) -> bool:
        """Returns whether a client may drop the comment without showing it to anyone."""
        return self.discards and score >= self.discard_at and self.verdict_of(score) is Verdict.REMOVE

    def reachable_by_program(self) -> frozenset[Verdict]:
        """Returns every verdict that a program alone can reach here, for the notice to state."""
        reachable = {Verdict.PUBLISH, Verdict.HOLD}
        return frozenset(reachable | {Verdict.REMOVE} if self.program_may_remove else reachable)
