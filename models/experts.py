"""The arithmetic of the online experts on the rows of a table; it knows no text, no table and no probability.

A row holds the state of one slot in ten columns: the weights of four linear experts, what each of them remembers of
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
Rows = NDArray[np.float32]
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
_TINY: Final = 1e-8
_STRENGTH: Final = np.float32(0.45)
_INDIFFERENT: Final = np.float32(0.1)  # probabilities nearer to a half than this say nothing


def log_ratios(rows: Rows, totals: NDArray[np.float64]) -> Values:
    """What the counts of each slot say, as log odds; 0 where they say nothing.

    ``totals`` are the (weighted) numbers of unwelcome and welcome comments learnt, shape (2,).
    """
    shares = rows[:, COUNTS] / np.maximum(totals, 1.0).astype(np.float32)
    seen = rows[:, UNWELCOME] + rows[:, WELCOME]
    raw = shares[:, 0] / np.maximum(shares.sum(axis=1), np.float32(1e-30))
    likely = (_STRENGTH * np.float32(0.5) + seen * raw) / (_STRENGTH + seen)
    ratios = np.log(likely / (np.float32(1.0) - likely))
    ratios[np.abs(likely - np.float32(0.5)) < _INDIFFERENT] = 0.0
    found: Values = ratios.astype(np.float32, copy=False)
    return found


def outputs(rows: Rows, values: Values, biases: NDArray[np.float64], totals: NDArray[np.float64]) -> Five:
    """What the five experts say about a comment, log-odds-like; the fifth is the one that counts."""
    found = np.empty(EXPERTS)
    found[:LINEAR] = values @ rows[:, WEIGHTS] + biases
    found[LINEAR] = float(values @ log_ratios(rows, totals))
    return found


def teach_arow(
    rows: Rows, values: Values, said: Five, *, biases: NDArray[np.float64], sign: float, trust: float
) -> None:
    """Let both AROW experts learn, in place; ``said`` are the experts' outputs, ``sign`` is +1 for unwelcome."""
    losses = 1.0 - sign * said[AROW_WEIGHTS]
    if not (losses > 0).any():
        return
    spread = (values * values) @ rows[:, VARIANCES]
    beta = np.where(losses > 0, trust / (spread + _AROW_R), 0.0)
    step = (sign * losses * beta).astype(np.float32)
    moved = rows[:, VARIANCES] * values[:, None]
    rows[:, AROW_WEIGHTS] += step * moved
    rows[:, VARIANCES] -= beta.astype(np.float32) * moved * moved
    biases[AROW_WEIGHTS] += _BIAS_RATE * step


def teach_adagrad(
    rows: Rows,
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
    pulled = values[:, None] * gradient.astype(np.float32)
    rows[:, SQUARES] += pulled * pulled
    rows[:, ADAGRAD_WEIGHTS] -= (
        _ADAGRAD_RATE.astype(np.float32) * pulled / np.sqrt(rows[:, SQUARES] + np.float32(_TINY))
    )
    squares += gradient * gradient
    biases[ADAGRAD_WEIGHTS] -= _BIAS_RATE * _ADAGRAD_RATE * gradient / np.sqrt(squares + _TINY)
