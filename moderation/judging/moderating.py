"""What a moderator can say of a comment, and the sentence that the writer is told for it; it records nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from moderation.judging.comment import is_storable
from moderation.judging.decision import Decision
from moderation.judging.signal import Reason
from moderation.vocabulary import Actor, Category, Label, Verdict

CATEGORY_WORDS: Final[Mapping[Category, str]] = {
    Category.SPAM: "Spam",
    Category.INSULT: "Insult",
    Category.HARASSMENT: "Harassment",
    Category.HATE: "Hate",
    Category.THREAT: "Threat",
    Category.SEXUAL: "Sexual content",
    Category.OFF_TOPIC: "Off topic",
    Category.MISINFORMATION: "Misinformation",
    Category.PERSONAL_DATA: "Someone's personal data",
    Category.OTHER: "Other",
}
DIGITS: Final[Mapping[str, Category]] = dict(zip("123456789", tuple(Category)[1:], strict=True))
"""The key that chooses each reason, after the key that removes."""
NOTE_LENGTH: Final = 2_000
_APPROVED: Final = Reason("moderator.approved", "A moderator looked at this and approved it.")
_HELD: Final = Reason("moderator.held", "A moderator holds this for another look.")
_UNDONE: Final = Reason("moderator.undo", "A moderator took the last decision back.")
_LABELS: Final = {"moderator.approved": Label.HAM, "moderator.spam": Label.SPAM}


@dataclass(frozen=True, slots=True)
class Choice:
    """A moderator's word: publish it, hold it, or remove it for a reason, with a sentence of their own if they like."""

    verdict: Verdict
    category: Category | None = None
    sentence: str = ""

    def __post_init__(self) -> None:
        if (self.verdict is Verdict.REMOVE) is not (self.category is not None):
            raise ValueError("what is removed has a reason, and nothing else has")
        if len(self.sentence) > NOTE_LENGTH or not is_storable(self.sentence):
            raise ValueError(f"a sentence has at most {NOTE_LENGTH:,} characters, and no NUL")

    @property
    def label(self) -> Label | None:
        """What the model learns from it: approved is ham, spam is spam; what is bad otherwise is not its subject."""
        if self.verdict is Verdict.PUBLISH:
            return Label.HAM
        return Label.SPAM if self.category is Category.SPAM else None

    def decision(self) -> Decision:
        """Returns the choice as a decision with its reason."""
        reason = self._reason()
        if self.sentence:
            reason = Reason(reason.code, f"{reason.text} {self.sentence}")
        return Decision(self.verdict, Actor.MODERATOR, (reason,), label=self.label)

    def _reason(self) -> Reason:
        if self.category is None:
            return _APPROVED if self.verdict is Verdict.PUBLISH else _HELD
        said = CATEGORY_WORDS[self.category].lower()
        return Reason(f"moderator.{self.category.value}", f"A moderator removed this. The reason: {said}.")


def taken_back(verdict: Verdict) -> Decision:
    """Returns the decision that gives a comment the verdict back that it had before."""
    return Decision(verdict, Actor.MODERATOR, (_UNDONE,))


def label_behind(code: str) -> Label | None:
    """Returns the label that came with a moderator's decision, by its reason's code; None where none did."""
    return _LABELS.get(code)


def welcome_or_not(verdict: Verdict) -> Label | None:
    """Returns what a verdict says about a comment for comparing people: ham, spam for unwelcome, None for undecided."""
    return {Verdict.PUBLISH: Label.HAM, Verdict.REMOVE: Label.SPAM}.get(verdict)
