"""Figures that scores deserve, given the truth; it knows no model."""

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

Scores = NDArray[np.float64]
Truth = NDArray[np.bool_]

_BINS = 15


@dataclass(frozen=True, slots=True)
class Measures:
    """Figures of one list of scores.

    ``roca`` is (1-ROCA)%, 100 times one minus the area under the ROC curve; ``missed`` the % of spam that is not caught
    where 0.1 % of ham is blocked; ``lam`` the logistic average of the misclassified shares at 0.5, in % (the three
    figures of the TREC spam tracks: G. Cormack, TREC 2005 to 2007); ``ece`` the expected calibration error over 15
    equal bins; ``brier`` the mean squared error of the probabilities.
    """

    rows: int
    spam: int
    roca: float
    missed: float
    lam: float
    ece: float
    brier: float

    def as_dict(self) -> dict[str, float]:
        """The figures as plain values."""
        return asdict(self)


def measure(scores: Scores, is_spam: Truth) -> Measures:
    """All figures of scores (probabilities); raises ValueError where a class is missing."""
    if not is_spam.any() or is_spam.all():
        raise ValueError("figures need spam and ham")
    return Measures(
        len(scores),
        int(is_spam.sum()),
        roca(scores, is_spam),
        missed_at(scores, is_spam, 0.001),
        lam(scores, is_spam),
        calibration_error(scores, is_spam),
        float(np.mean((scores - is_spam) ** 2)),
    )


def roca(scores: Scores, is_spam: Truth) -> float:
    """100 * (1 - AUC), ties counted half (Mann-Whitney)."""
    spam, ham = int(is_spam.sum()), int((~is_spam).sum())
    ranks = rankdata(scores)[is_spam].sum() - spam * (spam + 1) / 2
    return float(100 * (1 - ranks / (spam * ham)))


def missed_at(scores: Scores, is_spam: Truth, blocked: float) -> float:
    """The % of spam at or below the threshold above which at most a share ``blocked`` of the ham lies."""
    return float(100 * np.mean(scores[is_spam] <= threshold_at(scores[~is_spam], blocked)))


def threshold_at(ham_scores: Scores, blocked: float) -> float:
    """The smallest score of a ham such that at most a share ``blocked`` of the ham lies above it."""
    descending = np.sort(ham_scores)[::-1]
    return float(descending[min(int(blocked * len(descending)), len(descending) - 1)])


def lam(scores: Scores, is_spam: Truth) -> float:
    """100 * logistic((logit(ham blocked) + logit(spam missed)) / 2) at 0.5; half a row is added against log 0."""
    blocked = (np.sum(scores[~is_spam] >= 0.5) + 0.5) / (np.sum(~is_spam) + 1)  # noqa: PLR2004 - the natural threshold
    missed = (np.sum(scores[is_spam] < 0.5) + 0.5) / (np.sum(is_spam) + 1)  # noqa: PLR2004 - same
    mean = (np.log(blocked / (1 - blocked)) + np.log(missed / (1 - missed))) / 2
    return float(100 / (1 + np.exp(-mean)))


def calibration_error(scores: Scores, is_spam: Truth) -> float:
    """Expected calibration error: the mean distance of score and share of spam over 15 equal bins, by their rows."""
    bins = np.minimum((scores * _BINS).astype(int), _BINS - 1)
    gaps = [abs(scores[bins == i].mean() - is_spam[bins == i].mean()) * np.mean(bins == i) for i in np.unique(bins)]
    return float(np.sum(gaps))
