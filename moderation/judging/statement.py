"""Why a comment was restricted, as a statement (candour.md 4.5): derived from its decisions, never written by hand.

Its texts hold no personal data: what a person wrote with a decision is not in them, only which kind of reason it was.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import Any, Final

from moderation.clock import Id
from moderation.judging.decision import Decision
from moderation.judging.redress import OVER, Redress
from moderation.vocabulary import Actor, Category, Verdict


class Measure(StrEnum):
    """What was done to the comment; `removed` had been shown before, `refused` had not."""

    HELD = "held"
    REFUSED = "refused"
    REMOVED = "removed"


class Source(StrEnum):
    """What drew attention to the comment."""

    PROGRAM = "program"
    REPORT = "report"
    OWN = "own"


class Automation(StrEnum):
    """How far a program decided: alone, before a person who could see what it thought, or not at all."""

    FULLY = "fully"
    PARTIALLY = "partially"
    NOT = "not"


@dataclass(frozen=True, slots=True)
class Made:
    """One decision of a comment's history."""

    id: Id
    decision: Decision
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of reasons for one restriction; every text in it is one of this module's or of the program's own.

    `ended_at` is when another decision took its place: from then on it speaks of the past.
    """

    decision_id: Id
    measure: Measure
    ground: str
    reference: str
    explanation: tuple[str, ...]
    source: Source
    automated_detection: bool
    automated_decision: Automation
    model: str
    category: Category
    decided_at: datetime
    ended_at: datetime | None = None
    redress: Redress = field(default_factory=Redress)

    @property
    def scope(self) -> str:
        """For whom and how long."""
        return SCOPE_THEN if self.ended_at else SCOPE

    @property
    def facts(self) -> tuple[str, ...]:
        """What was done, how the comment was found, and how far a program decided."""
        done = (WHAT_HAD_BEEN_DONE if self.ended_at else WHAT_WAS_DONE)[self.measure]
        return (done, HOW_IT_WAS_FOUND[self.source], HOW_IT_WAS_DECIDED[self.automated_decision])

    def as_json(self) -> dict[str, Any]:
        """Returns the statement as JSON types."""
        return {
            "decision_id": str(self.decision_id),
            "measure": self.measure.value,
            "scope": self.scope,
            "facts": list(self.facts),
            "ground": self.ground,
            "reference": self.reference,
            "explanation": list(self.explanation),
            "source": self.source.value,
            "automated_detection": self.automated_detection,
            "automated_decision": self.automated_decision.value,
            "model": self.model,
            "category": self.category.value,
            "decided_at": self.decided_at.isoformat(),
            "ended_at": self.ended_at and self.ended_at.isoformat(),
            "redress_until": self.redress.until and self.redress.until.isoformat(),
            "why_no_redress": self.redress.why_not,
        }


SCOPE: Final = "It is not shown on the website's page, for everybody and without an end date."
SCOPE_THEN: Final = "While this was in force, it was not shown on the website's page."
WHAT_WAS_DONE: Final[Mapping[Measure, str]] = {
    Measure.HELD: "The comment is kept back until a person has looked at it.",
    Measure.REFUSED: "The comment was refused before anybody saw it.",
    Measure.REMOVED: "The comment had been shown and was taken off the page.",
}
WHAT_HAD_BEEN_DONE: Final[Mapping[Measure, str]] = {
    **WHAT_WAS_DONE,
    Measure.HELD: "The comment was kept back for a person to look at.",
}
HOW_IT_WAS_FOUND: Final[Mapping[Source, str]] = {
    Source.PROGRAM: "A program picked it out.",
    Source.REPORT: "A reader had complained of it.",
    Source.OWN: "The website looked at it by itself.",
}
HOW_IT_WAS_DECIDED: Final[Mapping[Automation, str]] = {
    Automation.FULLY: "A program decided this alone.",
    Automation.PARTIALLY: "A person decided this, and could see what a program had thought of it.",
    Automation.NOT: "A person decided this without a program's opinion.",
}
GROUNDS: Final[Mapping[Category, str]] = {
    Category.SPAM: "The website does not show spam or advertising.",
    Category.INSULT: "The website does not show insults.",
    Category.HARASSMENT: "The website does not show harassment.",
    Category.HATE: "The website does not show hate.",
    Category.THREAT: "The website does not show threats.",
    Category.SEXUAL: "The website does not show sexual content.",
    Category.OFF_TOPIC: "The website does not show what is not about the page.",
    Category.MISINFORMATION: "The website does not show what it takes for false.",
    Category.PERSONAL_DATA: "The website does not show other people's personal data.",
    Category.OTHER: "The website does not show what does not fit its own rules.",
}
_RULE: Final = "A rule of the website's own applies to it."
_SAID: Final[Mapping[Actor, str]] = {
    Actor.MODERATOR: "A moderator looked at it.",
    Actor.APPEAL: "Another person looked at it after the writer had asked.",
    Actor.BLOG: "The website decided it.",
    Actor.AUTHOR: "The writer decided it.",
}
_PROGRAMS_WORDS: Final = ("model.", "form.", "test.", "content.")
_SPAM: Final = ("model.", "form.", "test.", "blog.spam", "moderator.spam")
_MEASURE: Final = {Verdict.HOLD: Measure.HELD, Verdict.REMOVE: Measure.REFUSED}


def statements(
    history: Sequence[Made], *, complaints: Sequence[datetime], reference: str, redress: Redress | None = None
) -> tuple[Statement, ...]:
    """Returns the statement of each restriction in a comment's history, oldest first.

    A program that judges the same comment again and comes to the same end restricts nothing anew, and ends nothing.

    Args:
        history: the decisions, oldest first.
        complaints: when readers complained of the comment.
        reference: where the rules stand that were in force.
        redress: until when the writer can ask for another look at the decision that stands, or why not.
    """
    again = {
        later.id
        for before, later in pairwise(history)
        if before.decision.actor is later.decision.actor is Actor.POLICY
        and before.decision.verdict is later.decision.verdict
    }
    return tuple(
        _in_time(_statement(history[: place + 1], complaints, reference), _end(history[place + 1 :], again), redress)
        for place, made in enumerate(history)
        if made.decision.verdict is not Verdict.PUBLISH and made.id not in again
    )


def category_of(code: str) -> Category:
    """Returns which kind of harm a reason's code speaks of; `other` where it names none."""
    if code.startswith(_SPAM):
        return Category.SPAM
    word = code.removeprefix("moderator.")
    return Category(word) if word in set(Category) else Category.OTHER


def _end(later: Sequence[Made], again: Collection[Id]) -> datetime | None:
    """When another decision took the place of one, of whose successors these are."""
    return next((made.decided_at for made in later if made.id not in again), None)


def _in_time(statement: Statement, ended_at: datetime | None, redress: Redress | None) -> Statement:
    """Another look is at the decision that stands: what is over can be asked about no more."""
    standing = redress or Redress()
    return replace(statement, ended_at=ended_at, redress=Redress(why_not=OVER) if ended_at else standing)


def _statement(until: Sequence[Made], complaints: Sequence[datetime], reference: str) -> Statement:
    made = until[-1]
    decision, run = made.decision, _run(until)
    is_detected = run[0].decision.actor is Actor.POLICY
    category = category_of(decision.main_reason.code)
    return Statement(
        decision_id=made.id,
        measure=_measure(until),
        ground=GROUNDS[category],
        reference=reference,
        explanation=_explanation(decision),
        source=_source(until, run, complaints, is_detected=is_detected),
        automated_detection=is_detected,
        automated_decision=_automation(until),
        model=decision.model.title if decision.model else "",
        category=category,
        decided_at=made.decided_at,
    )


def _run(until: Sequence[Made]) -> Sequence[Made]:
    """The restrictions since the comment was last published: the first of them drew attention to it."""
    published = [place for place, made in enumerate(until) if made.decision.verdict is Verdict.PUBLISH]
    return until[published[-1] + 1 :] if published else until


def _source(until: Sequence[Made], run: Sequence[Made], complaints: Sequence[datetime], *, is_detected: bool) -> Source:
    if is_detected:
        return Source.PROGRAM
    shown_at = until[len(until) - len(run) - 1].decided_at if len(run) < len(until) else None
    complained = any(shown_at is not None and shown_at <= at <= run[0].decided_at for at in complaints)
    return Source.REPORT if complained else Source.OWN


def _automation(until: Sequence[Made]) -> Automation:
    *before, made = until
    if made.decision.actor is Actor.POLICY:
        return Automation.FULLY
    if made.decision.actor is Actor.APPEAL:
        return Automation.NOT
    return Automation.PARTIALLY if any(one.decision.actor is Actor.POLICY for one in before) else Automation.NOT


def _measure(until: Sequence[Made]) -> Measure:
    was_shown = any(made.decision.verdict is Verdict.PUBLISH for made in until)
    measure = _MEASURE[until[-1].decision.verdict]
    return Measure.REMOVED if measure is Measure.REFUSED and was_shown else measure


def _explanation(decision: Decision) -> tuple[str, ...]:
    """The program's own sentences; of a rule and of a person only that it was one, since theirs can name somebody."""
    if decision.actor is not Actor.POLICY:
        return (_SAID[decision.actor],)
    said = [reason.text if reason.code.startswith(_PROGRAMS_WORDS) else _RULE for reason in decision.reasons]
    return tuple(dict.fromkeys(said))
