"""What a program does with a comment, told to people in the order in which `judge` does it; it judges nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from moderation.judging.comment import JUDGED_CODE_POINTS
from moderation.judging.policy import Policy
from moderation.judging.rules import Rule
from moderation.judging.said import Said
from moderation.vocabulary import Actor, ErasedBy, State, Verdict


@dataclass(frozen=True, slots=True)
class Step:
    """One step of `judge`, by the code its reasons begin with, as a sentence for readers."""

    code: str
    text: str


ACTOR_WORDS: Final = {
    Actor.POLICY: "a program",
    Actor.MODERATOR: "a person",
    Actor.APPEAL: "a person",
    Actor.BLOG: "the website",
    Actor.AUTHOR: "the writer",
}
VERDICT_WORDS: Final = {Verdict.PUBLISH: "publish", Verdict.HOLD: "hold", Verdict.REMOVE: "refuse"}
STATE_SENTENCES: Final = {
    State.PUBLISHED: "This comment is published: this service tells the website to show it.",
    State.HELD: "This comment is held: this service tells the website not to show it before a person has looked at it.",
    State.REMOVED: "This comment is refused: this service tells the website not to show it.",
    State.ERASED: "This comment is erased. Its text is gone from this service, and so is what it kept of its writer.",
}
ERASED_SENTENCES: Final = {
    ErasedBy.AUTHOR: "The writer removed this comment.",
    ErasedBy.SITE: "The website removed this comment.",
    ErasedBy.RETENTION: "A scheduled deletion removed this comment.",
}
CLOSED: Final = "The website is closed here. Nobody decides about its comments any more."
NEXT_SENTENCES: Final = {
    State.PUBLISHED: "Nothing more has to happen. The website can still decide otherwise.",
    State.HELD: "A person at the website decides next. No date is set for that.",
    State.REMOVED: "Nothing more happens by itself. You can ask for another look.",
    State.ERASED: "Nothing more happens.",
}


_FORM: Final = (
    "A comment is held if a field that people cannot see was filled in. So is one that was sent within a second after "
    "its form was loaded."
)
_CONTENT: Final = (
    "A comment without text, name and web address is published, because there is nothing to judge. Of a long comment "
    "the program reads the first %(most)s characters and does not publish it by itself."
)
_HOLDS: Final = (
    "A model reads the comment and gives it a score from 0 to 1. A score of %(hold_at)s or more is held for a person "
    "to look at; anything lower is published."
)
_HOLDS_AND_REMOVES: Final = (
    "A model reads the comment and gives it a score from 0 to 1. A score of %(hold_at)s or more is held for a person "
    "to look at; a score of %(remove_at)s or more is refused; anything lower is published."
)


def steps(policy: Policy, rules: Sequence[Rule]) -> tuple[Step, ...]:
    """Returns the steps that are in force at a site, in order; the first one that has an answer gives it."""
    said = (
        _role(policy),
        Step("test", "A comment whose name or e-mail address is a published test value is held."),
        Step("content", Said(_CONTENT, most=f"{JUDGED_CODE_POINTS:,}")),
        _rules(rules),
        Step("form", _FORM),
        Step("model", _thresholds(policy)),
    )
    return tuple(step for step in said if step is not None)


def _role(policy: Policy) -> Step | None:
    text = "If the website says that its own administrator wrote the comment, it is published without being judged."
    return Step("role", text) if policy.trusts_administrators else None


def _rules(rules: Sequence[Rule]) -> Step | None:
    if not rules:
        return None
    return Step("rule", "The website's own rules are tried. If some apply, the strictest of them decides.")


def _thresholds(policy: Policy) -> Said:
    if policy.program_may_remove:
        return Said(_HOLDS_AND_REMOVES, hold_at=policy.hold_at, remove_at=policy.remove_at)
    return Said(_HOLDS, hold_at=policy.hold_at)
