"""Stand-ins for what a test must steer, with the same contract as the real thing."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from moderation.judging.comment import Comment
from moderation.judging.signal import ModelRef, Reason, Signal

_MODEL = ModelRef("fixed", "1")


@dataclass(frozen=True)
class FixedScorer:
    """A scorer whose scores the test chooses: one for certain words in the text, another for all the rest."""

    score: float = 0.1
    of_words: Mapping[str, float] = field(default_factory=dict)
    model: ModelRef = _MODEL

    def weigh(self, comment: Comment) -> Signal:
        found = [score for word, score in self.of_words.items() if word in comment.content]
        return Signal(found[0] if found else self.score, (Reason("model.text", "The test says so.", 1.0),), self.model)
