"""What would have to be missing for a comment to pass: proposed from its explanation, shown if re-scoring agrees."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Protocol

from models.explanation import Explanation, Span
from models.features import Sample

_MOST: Final = 12


class Explains(Protocol):
    """A classifier, as far as it is needed here."""

    def score(self, sample: Sample) -> float:
        """The probability that a comment is unwelcome."""
        ...

    def explain(self, sample: Sample) -> Explanation:
        """The parts of its margin, with places."""
        ...


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """Without these places the comment would have had this score; none of them can be left in."""

    spans: tuple[Span, ...]
    score: float


def counterfactual(model: Explains, sample: Sample, threshold: float) -> Counterfactual | None:
    """The places without which the score is below the threshold; None where it is already, or where none suffice.

    N-grams overlap and the remaining ones weigh more when text is cut, so every proposal is scored again: taken away
    are, one by one, those places that lower the score most, and put back whatever proves unnecessary.
    """
    if model.score(sample) < threshold:
        return None
    found = _enough(_places(model.explain(sample)), lambda spans: model.score(without(sample, spans)), threshold)
    return Counterfactual(found, model.score(without(sample, found))) if found else None


def without(sample: Sample, spans: tuple[Span, ...]) -> Sample:
    """A sample with places of its content cut out; a field of the author goes as a whole."""
    text = sample.text
    for span in sorted((s for s in spans if s.field == "content"), key=lambda s: -s.start):
        text = text[: span.start] + text[span.end :]
    fields = {span.field for span in spans}
    author = "" if "author.name" in fields else sample.author
    return replace(sample, text=text, author=author, author_url="" if "author.url" in fields else sample.author_url)


def _places(explanation: Explanation) -> list[Span]:
    """The places that spoke against the comment; of two that overlap, the one of the weightier part."""
    chosen: list[Span] = []
    for span in (span for part in explanation.parts if part.weight > 0 for span in part.spans):
        if all(span.field != other.field or span.end <= other.start or other.end <= span.start for other in chosen):
            chosen.append(span)
    return chosen[:_MOST]


def _enough(
    places: list[Span], score: Callable[[tuple[Span, ...]], float], threshold: float
) -> tuple[Span, ...] | None:
    """The fewest places found greedily whose absence brings the score below the threshold."""
    cut: tuple[Span, ...] = ()
    while places and score(cut) >= threshold:
        best = min(places, key=lambda place: score((*cut, place)))
        cut, places = (*cut, best), [place for place in places if place is not best]
    if score(cut) >= threshold:
        return None
    for span in cut:
        fewer = tuple(other for other in cut if other is not span)
        if score(fewer) < threshold:
            cut = fewer
    return cut
