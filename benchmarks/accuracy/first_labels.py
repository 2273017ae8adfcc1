"""The first labels of a new site: the base that never saw its comments, what they teach, and both together."""

from dataclasses import replace
from typing import Final

import numpy as np

from benchmarks.accuracy import sets
from benchmarks.accuracy.cells import Figures
from models.calibration import probability
from models.classifier import Classifier
from models.community import layer_margin
from models.features import Reading, features_of, read
from models.online import Layer, Lesson
from training import corpus as corpora
from training import datasets, fitting, synthetic
from training.measures import Scores, Truth, roca
from training.recipe import Recipe

LABELS: Final = (0, 20, 50, 100, 200)
SETS: Final = ("youtube_spam_uci", "sms_spam_uci")
WAYS: Final = ("base and labels", "base alone", "labels alone")


def run(*, name: str, rows: int | None, synthetic_per_family: int | None = None) -> Figures:
    """(1-ROCA)% and Brier score on all rows after the 200th, after the first 0 to 200 labels, in three ways.

    The base is the recipe's, fitted without the set. Its calibration is that of the shipped model, two numbers to
    which the set contributed. ``synthetic_per_family`` shrinks the recipe for a trial.
    """
    from benchmarks.accuracy.shipped import model

    recipe = Recipe() if synthetic_per_family is None else replace(Recipe(), synthetic_per_family=synthetic_per_family)
    linear = without(name, recipe)
    base = replace(model(), weights=linear.weights, bias=linear.bias)
    return after_labels(base, sets.stream(name, rows))


def without(name: str, recipe: Recipe) -> fitting.Linear:
    """The recipe's linear model, fitted on everything but one set."""
    folder = datasets.data_folder()
    sources = [source for source in corpora.admitted(recipe) if source.name != name]
    real = [example for source in sources for example in datasets.read(folder, source)]
    examples = [*synthetic.dress_all(real, folder, recipe.seed + 1)]
    examples += synthetic.corpus(folder, recipe.synthetic_per_family, recipe.seed)
    rows = fitting.matrix([example.sample for example in examples])
    return corpora.fit(corpora.corpus_of(examples, rows, rows), recipe)


def after_labels(base: Classifier, stream: sets.Stream) -> Figures:
    """The figures of all three ways after each number of labels."""
    readings = [read(row.sample) for row in stream.rows]
    offsets = [base.log_odds_of(reading) for reading in readings]
    truth, tested = stream.truth, slice(LABELS[-1], None)
    alone = np.array([probability(offset) for offset in offsets])[tested]
    found: Figures = {"tested": len(truth[tested]), "spam": int(truth[tested].sum()), "labels": {}}
    for labels in LABELS:
        joined = _taught(readings, offsets, truth, labels)[tested]
        own = _taught(readings, [0.0] * len(offsets), truth, labels)[tested]
        lines = zip(WAYS, (joined, alone, own), strict=True)
        found["labels"][str(labels)] = {way: _line(scores, truth[tested]) for way, scores in lines}
    return found


def _taught(readings: list[Reading], offsets: list[float], truth: Truth, labels: int) -> Scores:
    """Scores of all rows by a layer that has learnt the first so many."""
    layer = Layer.fresh()
    for reading, offset, label in list(zip(readings, offsets, truth.tolist(), strict=True))[:labels]:
        layer.learn(Lesson(features_of(reading), label, offset=offset))
    both = zip(readings, offsets, strict=True)
    return np.array([probability(layer_margin(layer, reading, offset)) for reading, offset in both])


def _line(scores: Scores, truth: Truth) -> Figures:
    return {"roca": roca(scores, truth), "brier": float(np.mean((scores - truth) ** 2))}
