"""What one model is trained and judged on, gathered by a recipe: real and synthetic examples as feature matrices."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import scipy.sparse
from numpy.typing import NDArray

from training import datasets, fitting, synthetic
from training.datasets import SOURCES, Example, Source
from training.recipe import Recipe

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Corpus:
    """Examples with two feature matrices of the same row order.

    ``plain`` has the real rows as they are in their sets (synthetic rows keep their own author fields); it is what
    figures are computed on. ``dressed`` has made-up author fields where a set has none; it is what is fitted.
    """

    examples: list[Example]
    plain: scipy.sparse.csr_matrix
    dressed: scipy.sparse.csr_matrix
    is_spam: NDArray[np.bool_]
    source: NDArray[np.str_]


def admitted(recipe: Recipe) -> list[Source]:
    """The sets a recipe uses."""
    return [source for source in SOURCES if recipe.with_share_alike or not source.is_share_alike]


def gather(recipe: Recipe, folder: Path, progress: Progress = lambda _: None) -> Corpus:
    """Read, dress, generate and featurise everything a recipe asks for."""
    progress("reading data sets")
    real = [example for source in admitted(recipe) for example in datasets.read(folder, source)]
    made = synthetic.corpus(folder, recipe.synthetic_per_family, recipe.seed)
    progress(f"features of {len(real):,} comments as they are")
    plain = fitting.matrix([example.sample for example in real])
    progress("features of the same with author fields")
    dressed = fitting.matrix([e.sample for e in synthetic.dress_all(real, folder, recipe.seed + 1)])
    progress(f"features of {len(made):,} synthetic comments")
    extra = fitting.matrix([example.sample for example in made])
    return corpus_of([*real, *made], _stack(plain, extra), _stack(dressed, extra))


def corpus_of(examples: list[Example], plain: scipy.sparse.csr_matrix, dressed: scipy.sparse.csr_matrix) -> Corpus:
    """A corpus of examples and their matrices."""
    is_spam = np.array([example.is_spam for example in examples], bool)
    source = np.array([example.source for example in examples], str)
    return Corpus(examples, plain, dressed, is_spam, source)


def select(corpus: Corpus, wanted: NDArray[np.bool_]) -> Corpus:
    """The part of a corpus for which ``wanted`` is true."""
    examples = [example for example, keep in zip(corpus.examples, wanted, strict=True) if keep]
    part = replace(corpus, examples=examples, is_spam=corpus.is_spam[wanted], source=corpus.source[wanted])
    return replace(part, plain=corpus.plain[wanted], dressed=corpus.dressed[wanted])


def _stack(upper: scipy.sparse.csr_matrix, lower: scipy.sparse.csr_matrix) -> scipy.sparse.csr_matrix:
    return scipy.sparse.vstack([upper, lower]).tocsr()


def fit(corpus: Corpus, recipe: Recipe) -> fitting.Linear:
    """The linear model of a corpus."""
    weights = fitting.sample_weights(corpus.examples, recipe)
    return fitting.fit(corpus.dressed, corpus.is_spam, weights, recipe)
