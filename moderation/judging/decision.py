"""What was concluded about a comment, by whom and why; it does not know how it is stored."""

from dataclasses import dataclass
from typing import Final

from moderation.judging.signal import ModelRef, Reason
from moderation.vocabulary import Actor, Band, Label, Verdict


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict with its actor and reasons; `score` and `band` only where a program judged, `label` from people."""

    verdict: Verdict
    actor: Actor
    reasons: tuple[Reason, ...]
    score: float | None = None
    band: Band | None = None
    model: ModelRef | None = None
    policy_version: int | None = None
    label: Label | None = None
    is_discardable: bool = False

    def __post_init__(self) -> None:
        if not self.reasons:
            raise ValueError("a verdict never travels without its reasons")
        if self.score is not None and not 0.0 <= self.score <= 1.0:
            raise ValueError("a score must be a number from 0 to 1")
        if self.is_discardable and self.verdict is not Verdict.REMOVE:
            raise ValueError("only what is removed can be discarded")

    @property
    def main_reason(self) -> Reason:
        """The reason to show when there is room for one."""
        return self.reasons[0]


SAID: Final = {
    Label.SPAM: Decision(
        Verdict.REMOVE,
        Actor.BLOG,
        (Reason("blog.spam", "The website says that this is spam."),),
        label=Label.SPAM,
    ),
    Label.HAM: Decision(
        Verdict.PUBLISH,
        Actor.BLOG,
        (Reason("blog.ham", "The website says that this is not spam."),),
        label=Label.HAM,
    ),
}
"""What a website decides when it says what a comment was."""
