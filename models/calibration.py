"""The map from the classifier's margin to a probability; it knows no features."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Calibration:
    """Platt scaling: score = 1 / (1 + exp(-(slope * margin + offset))).

    ``prior`` states the share of unwelcome comments for which the scores are probabilities; ``at`` moves to another.
    """

    slope: float
    offset: float
    prior: float

    def __post_init__(self) -> None:
        """Refuse values that would turn the order of scores round or make them meaningless."""
        if not (math.isfinite(self.slope) and math.isfinite(self.offset) and self.slope > 0):
            message = f"a calibration needs a positive slope and finite numbers, not {self.slope} and {self.offset}"
            raise ValueError(message)
        if not 0 < self.prior < 1:
            message = f"the prior is a share between 0 and 1, not {self.prior}"
            raise ValueError(message)

    def score(self, margin: float) -> float:
        """The calibrated probability, always within 0..1, without overflow."""
        return probability(self.log_odds(margin))

    def log_odds(self, margin: float) -> float:
        """The same as log odds: what a site's own learning starts from."""
        return self.slope * margin + self.offset

    def margin(self, log_odds: float) -> float:
        """The margin that has these log odds."""
        return (log_odds - self.offset) / self.slope

    def at(self, prior: float) -> "Calibration":
        """The same evidence under another share of unwelcome comments (Bayes' rule on the odds)."""
        return Calibration(self.slope, self.offset + log_odds(prior) - log_odds(self.prior), prior)


def probability(logit: float) -> float:
    """1 / (1 + exp(-x)), always within 0..1, without overflow."""
    if logit >= 0:
        return 1.0 / (1.0 + math.exp(-min(logit, 700.0)))
    grown = math.exp(max(logit, -700.0))
    return grown / (1.0 + grown)


def log_odds(share: float) -> float:
    """log(p / (1 - p)) of a share between 0 and 1."""
    return math.log(share / (1.0 - share))
