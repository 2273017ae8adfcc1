"""Fit the linear model: examples in, rounded weights out; it reads no files and judges no quality."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it ships no types

from models.features import Features, Sample, block_values, extract
from models.hashing import TABLE_BITS
from training.datasets import SOURCES, Example
from training.recipe import Recipe

Progress = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Linear:
    """A fitted model before calibration: float32 weights that fit into float16, and a bias."""

    weights: NDArray[np.float32]
    bias: float


def matrix(samples: Sequence[Sample], progress: Progress = lambda: None) -> scipy.sparse.csr_matrix:
    """Feature matrix of shape (samples, 2**TABLE_BITS), with the very features that serving computes."""
    rows: list[Features] = []
    for sample in samples:
        rows.append(extract(sample))
        progress()
    parts = [part for row in rows for part in (row.text, row.site, row.evidence)]
    values = [np.full(len(part), value) for row in rows for part, value in _valued(row)]
    ends = np.cumsum([0, *(len(row.text) + len(row.site) + len(row.evidence) for row in rows)])
    shape = (len(rows), 2**TABLE_BITS)
    if not parts:
        return scipy.sparse.csr_matrix(shape)
    found = scipy.sparse.csr_matrix((np.concatenate(values), np.concatenate(parts).astype(np.int32), ends), shape)
    found.sum_duplicates()
    return found


def _valued(row: Features) -> list[tuple[NDArray[np.uint32], float]]:
    return list(zip((row.text, row.site, row.evidence), block_values(row), strict=True))


def sample_weights(examples: Sequence[Example], recipe: Recipe) -> NDArray[np.float64]:
    """The weight of each example: every set's spam and ham share a fixed mass, so that no set decides everything."""
    masses = {(s.name, spam): mass for s in SOURCES for spam, mass in ((True, s.spam_mass), (False, s.ham_mass))}
    masses |= {("synthetic", True): recipe.synthetic_spam_mass, ("synthetic", False): recipe.synthetic_ham_mass}
    counts: dict[tuple[str, bool], int] = {}
    for example in examples:
        counts[example.source, example.is_spam] = counts.get((example.source, example.is_spam), 0) + 1
    return np.array([_weight(example, masses, counts) for example in examples])


def _weight(
    example: Example, masses: Mapping[tuple[str, bool], float], counts: Mapping[tuple[str, bool], int]
) -> float:
    key = (example.source, example.is_spam)
    return example.weight * masses.get(key, 0.0) / counts[key]


def fit(
    rows: scipy.sparse.csr_matrix, is_spam: NDArray[np.bool_], weights: NDArray[np.float64], recipe: Recipe
) -> Linear:
    """Logistic regression with L2 penalty on one thread, so that sums are always added in the same order.

    Slots seen in fewer than ``fewest_rows`` examples get no weight: they cannot generalise, and leaving them out makes
    the artifact smaller and the fit faster.
    """
    used = weights > 0
    rows = rows[used]
    slots = np.flatnonzero(np.bincount(rows.indices, minlength=rows.shape[1]) >= recipe.fewest_rows)
    regression: Any = LogisticRegression(
        C=recipe.inverse_penalty, max_iter=recipe.iterations, tol=recipe.tolerance, solver="lbfgs"
    )
    with threadpool_limits(1):
        regression.fit(rows[:, slots], is_spam[used], sample_weight=weights[used])
    found = np.zeros(rows.shape[1], np.float32)
    found[slots] = regression.coef_[0].astype(np.float16)
    return Linear(found, float(np.float32(regression.intercept_[0])))
