"""Whether the guarantee keeps what it promises on the scores of a stream; it knows no comment."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.accuracy.cells import Figures
from models import guarantee

ALPHAS: Final = (0.01, 0.005)
DRAWS: Final = 200


def kept(scores: NDArray[np.float64], is_spam: NDArray[np.bool_], splits: int) -> Figures:
    """For each alpha: the share of samples that broke the promise, and what the threshold removes; None if too few.

    Removals are means over 200 random halvings of the good comments: one half gives the threshold, the other half
    and all spam are judged by it.
    """
    ham, spam = scores[~is_spam], scores[is_spam]
    return {f"{alpha:g}": _at(ham, spam, alpha, splits) for alpha in ALPHAS}


def _at(ham: NDArray[np.float64], spam: NDArray[np.float64], alpha: float, splits: int) -> Figures | None:
    if len(ham) // 2 < guarantee.least(alpha):
        return None
    broken = guarantee.violations(ham.tolist(), splits, alpha)
    false, caught = _removed(ham, spam, alpha)
    return {
        "violations": broken,
        "error": 2 * (guarantee.DELTA * (1 - guarantee.DELTA) / splits) ** 0.5,
        "false removals": false,
        "recall": caught,
    }


def _removed(ham: NDArray[np.float64], spam: NDArray[np.float64], alpha: float) -> tuple[float, float]:
    chance = np.random.default_rng(0)
    shares = []
    for _ in range(DRAWS):
        mixed = chance.permutation(ham)
        half = len(mixed) // 2
        found = guarantee.threshold(mixed[:half].tolist(), alpha)
        if found is not None:
            shares.append((np.mean(mixed[half:] > found.threshold), np.mean(spam > found.threshold)))
    false, caught = np.mean(shares, axis=0)
    return float(false), float(caught)
