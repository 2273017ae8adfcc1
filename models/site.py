"""A base model together with what one site taught it: a comment in, a calibrated probability out; it learns nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from models.calibration import probability
from models.classifier import Classifier
from models.explanation import Explanation, Part, places_of, text_shares, text_spans
from models.features import Reading, Sample, read, text_slots
from models.hashing import Slots
from models.linear import Caution, Sums, Table, Weigher, sums
from models.online import Layer
from models.stacking import OFFSET_LIMIT, limited

HANDICAP: Final = 1.5
LIFT_TO: Final = 3.5
"""How much a window must surpass the whole text in a layer, and the log odds up to which it lifts a comment (0.97).

More is believed of a window here than in the base, whose spam is other sites' spam. Chosen on stuffed YouTube comments:
with 2.0 and 1.0 recall among honest words fell from 95 % to 49 %, with 3.5 and 1.5 to 83 %, and streams stayed alike.
"""
GROUP: Final = "site"


def weigher_of(weights: Table) -> Weigher:
    """Looks slots up in a table that may be smaller than the one they were made for."""
    mask = np.uint32(len(weights) - 1)

    def weigh(slots: Slots) -> NDArray[np.float32]:
        return weights.take(slots & mask)

    return weigh


@dataclass(frozen=True, slots=True)
class SiteClassifier:
    """margin = offset_weight * the base's (limited) log odds + bias + the site's own weights; score = its logistic.

    ``weights`` are the site's experts fused into one read-only float32 table of a power of two rows; ``revision``
    counts what the site has taught.
    """

    base: Classifier
    revision: int
    weights: Table
    bias: float
    offset_weight: float

    @classmethod
    def of(cls, base: Classifier, layer: Layer, revision: int) -> Self:
        """The classifier that a layer's state makes of a base."""
        weights, bias = layer.fused()
        weights.setflags(write=False)
        return cls(base, revision, weights, bias, layer.stacker.offset_weight)

    def base_log_odds(self, sample: Sample) -> float:
        """What the base alone says: the offset of a lesson."""
        return self.base.log_odds(sample)

    def margin(self, sample: Sample) -> float:
        """The log odds that a comment is unwelcome at this site."""
        reading = read(sample)
        occurrences = text_slots(reading)
        constant, own = self._own(self.base.log_odds_of(reading, occurrences.copy()), reading, occurrences)
        return constant + own.total

    def score(self, sample: Sample) -> float:
        """The calibrated probability, 0..1, that a comment is unwelcome at this site."""
        return probability(self.margin(sample))

    def scores(self, samples: Sequence[Sample]) -> NDArray[np.float64]:
        """The scores of many samples, in order."""
        return np.fromiter(map(self.score, samples), np.float64, len(samples))

    def explain(self, sample: Sample) -> Explanation:
        """The base's parts as far as the site trusts them, and the part of its own learning, with places."""
        reading = read(sample)
        occurrences = text_slots(reading)
        base = self.base.explain_of(sample, reading, occurrences)
        _, own = self._own(self.base.calibration.log_odds(base.margin), reading, occurrences.copy())
        shares = text_shares(occurrences, reading, weigher_of(self.weights), own)
        spans = text_spans(reading, shares, places_of(reading.folded), own.total)
        return self._joined(base, Part(GROUP, own.total, spans))

    def outline(self, sample: Sample) -> Explanation:
        """The same parts without places."""
        reading = read(sample)
        occurrences = text_slots(reading)
        base = self.base.outline_of(reading, occurrences)
        _, own = self._own(self.base.calibration.log_odds(base.margin), reading, occurrences)
        return self._joined(base, Part(GROUP, own.total, ()))

    def _own(self, said: float, reading: Reading, occurrences: Slots) -> tuple[float, Sums]:
        """What base (its log odds) and bias add up to, and the site's own sums on top; sorts ``occurrences``."""
        constant = self.offset_weight * limited(said) + self.bias
        return constant, sums(reading, weigher_of(self.weights), Caution(constant, LIFT_TO, HANDICAP), occurrences)

    def _joined(self, base: Explanation, own: Part) -> Explanation:
        """Base and site on one scale, log odds; beyond its limit the base's parts are all made smaller alike."""
        said = self.base.calibration.log_odds(base.margin)
        shrink = min(1.0, OFFSET_LIMIT / abs(said)) if said else 1.0
        scale = self.offset_weight * shrink * self.base.calibration.slope
        parts = [replace(part, weight=scale * part.weight) for part in base.parts]
        parts = sorted((part for part in (*parts, own) if part.weight), key=lambda part: -abs(part.weight))
        bias = scale * base.bias + self.offset_weight * shrink * self.base.calibration.offset + self.bias
        margin = bias + sum(part.weight for part in parts)
        return Explanation(probability(margin), margin, bias, tuple(parts))
