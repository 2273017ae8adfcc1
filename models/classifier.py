"""The classifier: a comment in, a calibrated probability out; it knows no files, sites or thresholds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from models.batch import margins
from models.calibration import Calibration
from models.card import ModelCard
from models.explanation import Explanation, explain, outline
from models.features import Reading, Sample, read, text_slots
from models.hashing import Slots
from models.linear import LIFT_TO, Caution, Table, sums

HANDICAP: Final = 2.0
"""How much a window must surpass the whole text: more than at a site, whose own labels say what is spam there."""


@dataclass(frozen=True, slots=True)
class Classifier:
    """A linear model over hashed features: margin = bias + sum of slot weight times slot value.

    ``weights`` has one float32 for each of the 2**20 slots (read-only; sums are float64); ``digest`` is the SHA-256
    of the manifest the model was loaded from, empty for one that has not been saved.
    """

    name: str
    version: str
    digest: str
    card: ModelCard
    weights: Table
    bias: float
    calibration: Calibration

    def margin(self, sample: Sample) -> float:
        """The raw linear output; larger means more likely unwelcome."""
        return self._margin(read(sample))

    def score(self, sample: Sample) -> float:
        """The calibrated probability, 0..1, that a comment is unwelcome."""
        return self.calibration.score(self.margin(sample))

    def log_odds(self, sample: Sample) -> float:
        """The calibrated margin: the log odds that a comment is unwelcome, before a site has a say."""
        return self.log_odds_of(read(sample))

    def log_odds_of(self, reading: Reading, occurrences: Slots | None = None) -> float:
        """The same for a sample that was read already; a copy of its ``text_slots`` may be given to be sorted."""
        return self.calibration.log_odds(self._margin(reading, occurrences))

    def scores(self, samples: Sequence[Sample]) -> NDArray[np.float64]:
        """The scores of many samples, in order."""
        found = margins(samples, self.weights.take, self._caution())
        return np.fromiter(map(self.calibration.score, found), np.float64, len(samples))

    def explain(self, sample: Sample) -> Explanation:
        """The exact parts the margin of a sample is the sum of, with the places in it that pushed most."""
        reading = read(sample)
        return self.explain_of(sample, reading, text_slots(reading))

    def explain_of(self, sample: Sample, reading: Reading, occurrences: Slots) -> Explanation:
        """The same for a sample that was read already."""
        score = self.calibration.score
        return explain(sample, reading, occurrences, self.weights.take, caution=self._caution(), score=score)

    def outline(self, sample: Sample) -> Explanation:
        """The same parts without places, at about the price of a score."""
        reading = read(sample)
        return self.outline_of(reading, text_slots(reading))

    def outline_of(self, reading: Reading, occurrences: Slots) -> Explanation:
        """The same for a sample that was read already."""
        score = self.calibration.score
        return outline(reading, occurrences, self.weights.take, caution=self._caution(), score=score)

    def _margin(self, reading: Reading, occurrences: Slots | None = None) -> float:
        return self.bias + sums(reading, self.weights.take, self._caution(), occurrences).total

    def _caution(self) -> Caution:
        return Caution(self.bias, self.calibration.margin(LIFT_TO), HANDICAP)
