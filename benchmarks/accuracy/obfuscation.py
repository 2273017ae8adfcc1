"""How much spam is still caught after it was disguised or hidden among honest words."""

import itertools
import random
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from benchmarks.accuracy import sets
from benchmarks.accuracy.cells import Figures
from models.community import layer_margin
from models.features import Reading, Sample, features_of, read
from models.online import Layer, Lesson
from training import attacks
from training.measures import threshold_at
from training.streams import Row

TRAINED_SHARE: Final = 0.7
BLOCKED: Final = 0.01
CLEAN: Final = "as written"
POOLS: Final = ("learnt", "unseen")
NAMES: Final = (CLEAN, *attacks.DISGUISES, *(f"{name}, {pool}" for name in attacks.STUFFINGS for pool in POOLS))
"""The rows of the table."""


def run(*, name: str, seed: int, rows: int | None) -> Figures:
    """Recall in % of the unseen spam, clean and under each attack, at 1 % false positives on unseen clean comments.

    Training and test rows share no cluster of near-duplicates. Honest words to hide among are taken from comments that
    were learnt (the hard case: what stands on the page for everybody to copy) and from unseen ones.
    """
    stream = sets.stream(name, rows)
    train, test = _parts(stream, seed)
    layer = _taught(train)
    ham = [layer_margin(layer, read(row.sample), 0.0) for row in test if not row.label]
    spam = [row for row in test if row.label]
    pools = {pool: _honest(part) for pool, part in zip(POOLS, (train, test), strict=True)}
    found = _recalls(layer, spam, pools, threshold_at(np.array(ham), BLOCKED), seed)
    return {"spam": len(spam), "ham": len(ham), "recall": found}


def _honest(rows: Sequence[Row]) -> list[str]:
    return [row.sample.text for row in rows if not row.label and row.sample.text.strip()]


def _parts(stream: sets.Stream, seed: int) -> tuple[list[Row], list[Row]]:
    clusters = sorted(set(stream.clusters))
    random.Random(seed).shuffle(clusters)
    trained = set(clusters[: int(TRAINED_SHARE * len(clusters))])
    parts: tuple[list[Row], list[Row]] = ([], [])
    for row, cluster in zip(stream.rows, stream.clusters, strict=True):
        parts[cluster not in trained].append(row)
    return parts


def _taught(rows: Sequence[Row]) -> Layer:
    layer = Layer.fresh(20)
    for row in rows:
        layer.learn(Lesson(features_of(read(row.sample)), is_unwelcome=bool(row.label)))
    return layer


def _recalls(
    layer: Layer, spam: Sequence[Row], pools: Mapping[str, Sequence[str]], threshold: float, seed: int
) -> dict[str, float]:
    recalls = {CLEAN: _recall(layer, [read(row.sample) for row in spam], threshold)}
    for name, disguise in attacks.DISGUISES.items():
        chance = random.Random(f"{seed} {name}")
        changed = [_with(row, disguise(row.sample.text, chance)) for row in spam]
        recalls[name] = _recall(layer, changed, threshold)
    for (name, stuff), (pool, honest) in itertools.product(attacks.STUFFINGS.items(), pools.items()):
        chance = random.Random(f"{seed} {name}")
        changed = [_with(row, stuff(row.sample.text, chance, honest)) for row in spam]
        recalls[f"{name}, {pool}"] = _recall(layer, changed, threshold)
    return recalls


def _with(row: Row, text: str) -> Reading:
    return read(Sample(text, row.sample.author, row.sample.author_url))


def _recall(layer: Layer, readings: Sequence[Reading], threshold: float) -> float:
    return float(100 * np.mean([layer_margin(layer, reading, 0.0) > threshold for reading in readings]))
