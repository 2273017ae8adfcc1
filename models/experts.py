"""The arithmetic of the online experts on the states of some slots; it knows no text, no table and no probability.

The state of a slot is ten numbers: the weights of four linear experts, what each of them remembers of
the slot's past, and how often the slot stood in unwelcome and in welcome comments. A fifth expert reads the counts.

- AROW, r = 0.1 and r = 10: K. Crammer, A. Kulesza, M. Dredze, Adaptive Regularization of Weight Vectors (2009), with
  diagonal variance. The small r learns fast, the large one survives wrong labels.
- AdaGrad, rates 0.1 and 1: logistic loss with J. Duchi, E. Hazan, Y. Singer, Adaptive Subgradient Methods (2011).
- Counts: the log ratio of G. Robinson's smoothed token probability, strength 0.45 (Linux Journal 107, 2003), summed
  with the values of the slots, so that this expert is linear as well.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float32]
States = NDArray[np.float32]
"""Shape (10, slots): what one number is for all slots lies together, which makes the arithmetic three times faster."""
Five = NDArray[np.float64]

EXPERTS: Final = 5
LINEAR: Final = 4
COLUMNS: Final = 10
WEIGHTS: Final = slice(0, 4)
AROW_WEIGHTS: Final = slice(0, 2)
ADAGRAD_WEIGHTS: Final = slice(2, 4)
VARIANCES: Final = slice(4, 6)
SQUARES: Final = slice(6, 8)
COUNTS: Final = slice(8, 10)
UNWELCOME, WELCOME = 8, 9

_AROW_R: Final = np.array((0.1, 10.0))
_ADAGRAD_RATE: Final = np.array((0.1, 1.0))
_BIAS_RATE: Final = 0.1  # biases learn at a tenth of the rate of weights
_TINY: Final = np.float32(1e-8)
_ONE, _HALF, _NOTHING = np.float32(1.0), np.float32(0.5), np.float32(1e-30)
_STRENGTH: Final = np.float32(0.45)
_INDIFFERENT: Final = np.float32(0.1)  # probabilities nearer to a half than this say nothing


def log_ratios(states: States, totals: NDArray[np.float64]) -> Values:
    """What the counts of each slot say, as log odds; 0 where they say nothing.

    ``totals`` are the (weighted) numbers of unwelcome and welcome comments learnt, shape (2,).
    """
    counts = states[COUNTS]
    shares = counts / np.maximum(totals, 1.0).astype(np.float32)[:, None]
    seen = counts[0] + counts[1]
    raw = shares[0] / np.maximum(shares[0] + shares[1], _NOTHING)
    likely = (_STRENGTH * _HALF + seen * raw) / (_STRENGTH + seen)
    ratios: Values = np.log(likely / (_ONE - likely))
    ratios[np.abs(likely - _HALF) < _INDIFFERENT] = 0.0
    return ratios


def outputs(states: States, values: Values, biases: NDArray[np.float64], totals: NDArray[np.float64]) -> Five:
    """What the five experts say about a comment, log-odds-like; the fifth is the one that counts."""
    found = np.empty(EXPERTS)
    found[:LINEAR] = states[WEIGHTS] @ values + biases
    found[LINEAR] = values @ log_ratios(states, totals)
    return found


def teach_arow(
    states: States, values: Values, said: Five, *, biases: NDArray[np.float64], sign: float, trust: float
) -> None:
    """Let both AROW experts learn, in place; ``said`` are the experts' outputs, ``sign`` is +1 for unwelcome."""
    losses = 1.0 - sign * said[AROW_WEIGHTS]
    if not (losses > 0).any():
        return
    spread = states[VARIANCES] @ (values * values)
    beta = np.where(losses > 0, trust / (spread + _AROW_R), 0.0)
    step = (sign * losses * beta).astype(np.float32)
    moved = states[VARIANCES] * values
    states[AROW_WEIGHTS] += step[:, None] * moved
    moved *= moved
    states[VARIANCES] -= beta.astype(np.float32)[:, None] * moved
    biases[AROW_WEIGHTS] += _BIAS_RATE * step


def teach_adagrad(
    states: States,
    values: Values,
    said: Five,
    *,
    biases: NDArray[np.float64],
    squares: NDArray[np.float64],
    is_unwelcome: float,
    trust: float,
) -> None:
    """Let both AdaGrad experts learn, in place; ``squares`` are the sums of squares of their biases' gradients."""
    gradient = trust * (1.0 / (1.0 + np.exp(-np.clip(said[ADAGRAD_WEIGHTS], -50, 50))) - is_unwelcome)
    pulled = gradient.astype(np.float32)[:, None] * values
    states[SQUARES] += pulled * pulled
    pulled *= _ADAGRAD_RATE.astype(np.float32)[:, None]
    pulled /= np.sqrt(states[SQUARES] + _TINY)
    states[ADAGRAD_WEIGHTS] -= pulled
    squares += gradient * gradient
    biases[ADAGRAD_WEIGHTS] -= _BIAS_RATE * _ADAGRAD_RATE * gradient / np.sqrt(squares + _TINY)
