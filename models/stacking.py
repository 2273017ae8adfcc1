"""How the experts' outputs become one margin, and how that mixture learns; it knows no slots."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from models.experts import EXPERTS, Five

OFFSET_LIMIT: Final = 6.0
"""Log-odds beyond which a base's certainty counts no more: a site's own labels must be able to answer it."""
_START: Final = (0.3, 0.2, 0.3, 0.3, 0.2)
_USUAL: Final = (1.0, 0.5, 2.5, 9.0, 25.0)
_IMAGINED: Final = 5.0
"""A mixture starts as if it had seen so many outputs of the usual size (root mean squares on three streams, rounded).

Divided by the few outputs seen so far, which are tiny, the first lessons of a site moved unrelated comments by up to
14 log odds; so they move the same words by 1 or 2 and others hardly.
"""
_RATE: Final = 0.3
_BIAS_RATE: Final = 0.075
_OFFSET: Final = EXPERTS
_BIAS: Final = EXPERTS + 1


@dataclass(slots=True)
class Stacker:
    """An online logistic regression over the experts' outputs, each divided by its root mean square so far.

    ``weights`` has one entry for each expert, then that of the base's log-odds, then the bias; all but the bias stay at
    or above 0. ``squares`` are the sums of squared gradients (AdaGrad), ``powers`` the sums of squared outputs,
    ``seen`` of how many.
    """

    weights: NDArray[np.float64] = field(default_factory=lambda: np.array((*_START, 1.0, 0.0)))
    squares: NDArray[np.float64] = field(default_factory=lambda: np.ones(EXPERTS + 2))
    powers: NDArray[np.float64] = field(default_factory=lambda: _IMAGINED * np.square(_USUAL))
    seen: float = _IMAGINED

    def copy(self) -> "Stacker":
        """The same state, to go on from without changing this one."""
        return Stacker(self.weights.copy(), self.squares.copy(), self.powers.copy(), self.seen)

    def coefficients(self) -> Five:
        """What each expert's output is multiplied with."""
        return self.weights[:EXPERTS] * self._scale()

    def _scale(self) -> Five:
        """One over each expert's root mean square output."""
        return np.sqrt(self.seen / self.powers)

    def offset_part(self, offset: float) -> float:
        """What the base's log-odds add to the margin."""
        return self.offset_weight * limited(offset)

    @property
    def offset_weight(self) -> float:
        """What the base's log-odds are multiplied with."""
        return float(self.weights[_OFFSET])

    @property
    def bias(self) -> float:
        """The constant part of the margin that the mixture itself has learnt."""
        return float(self.weights[_BIAS])

    def margin(self, said: Five, offset: float) -> float:
        """The log-odds that a comment is unwelcome, from the experts' outputs and the base's (limited) log-odds."""
        return self.offset_part(offset) + self.bias + float(self.coefficients() @ said)

    def learn(self, said: Five, offset: float, is_unwelcome: float, trust: float) -> None:
        """Move the mixture towards a label; to be called before the experts learn it."""
        surprise = trust * (1.0 / (1.0 + np.exp(-np.clip(self.margin(said, offset), -50, 50))) - is_unwelcome)
        gradient = surprise * np.array((*(said * self._scale()), limited(offset), 1.0))
        self.squares += gradient * gradient
        rates = np.full(EXPERTS + 2, _RATE)
        rates[_BIAS] = _BIAS_RATE
        self.weights -= rates * gradient / np.sqrt(self.squares)
        self.weights[:_BIAS] = np.maximum(self.weights[:_BIAS], 0.0)
        self.powers += trust * said * said
        self.seen += trust


def limited(offset: float) -> float:
    """A base's log-odds within the limits up to which they count."""
    return min(OFFSET_LIMIT, max(-OFFSET_LIMIT, offset))
