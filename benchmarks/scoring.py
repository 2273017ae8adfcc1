"""Scoring one comment, as a ratio to scikit-learn's stock pipeline in the same process on the same comments."""

import itertools
import statistics
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from benchmarks.material import Row
from models import artifact
from models.classifier import Classifier
from models.features import Sample, extract
from models.hashing import TABLE_BITS
from models.online import Layer, Lesson
from models.site import SiteClassifier
from moderation.clock import stopwatch

COMMENTS = 2_000
BLOCK = 100
CHARACTERS = range(60, 140)  # around the 94 characters that the design's figures were measured with


@dataclass(frozen=True, slots=True)
class Scoring:
    """Median seconds for one comment."""

    stock: float
    score: float
    score_with_author: float
    explain: float
    score_of_site: float
    learn: float
    stock_in_bulk: float
    bulk: float
    load_seconds: float
    mean_characters: float

    @property
    def ratio(self) -> float:
        """Our time for the score of a text over the stock pipeline's for the same text."""
        return self.score / self.stock


def measure(rows: list[Row]) -> Scoring:
    """Times each comment once in each way, one call a comment, block by block; the first block is a warm-up."""
    chosen = [row for row in rows if len(row.text) in CHARACTERS][:COMMENTS]
    started = stopwatch()
    classifier = artifact.load(artifact.shipped_folder())
    load_seconds = stopwatch() - started
    samples = [Sample(row.text, row.author, row.author_url) for row in chosen]
    stock = _stock(chosen)
    ways: list[tuple[Callable[[Any], Any], list[Any]]] = [
        (lambda text: stock.predict_proba([text]), [row.text for row in chosen]),
        (classifier.score, [Sample(row.text) for row in chosen]),
        (classifier.score, samples),
        (classifier.explain, samples),
        (_site(classifier, samples).score, [Sample(row.text) for row in chosen]),
        (_learner(Layer.fresh(TABLE_BITS)), [Sample(row.text) for row in chosen]),
    ]
    times: list[list[float]] = [[] for _ in ways]
    for start in range(0, len(chosen), BLOCK):  # in turn, so that the machine's mood is the same for all
        for way, (call, items) in enumerate(ways):
            times[way] += [_seconds(call, item) for item in items[start : start + BLOCK]]
    stock_s, score_s, whole_s, explain_s, site_s, learn_s = (statistics.median(found[BLOCK:]) for found in times)
    texts = [row.text for row in chosen]
    return Scoring(
        stock=stock_s,
        score=score_s,
        score_with_author=whole_s,
        explain=explain_s,
        score_of_site=site_s,
        learn=learn_s,
        stock_in_bulk=_bulk(stock.predict_proba, texts),
        bulk=_bulk(classifier.scores, [Sample(text) for text in texts]),
        load_seconds=load_seconds,
        mean_characters=statistics.mean(map(len, texts)),
    )


def _site(classifier: Classifier, samples: list[Sample]) -> SiteClassifier:
    """The classifier of a site that taught a hundred labels, the half of them spam."""
    layer = Layer.fresh()
    for index, sample in enumerate(samples[:BLOCK]):
        layer.learn(Lesson(extract(sample), is_unwelcome=index % 2 == 1, offset=classifier.log_odds(sample)))
    return SiteClassifier.of(classifier, layer, BLOCK)


def _learner(layer: Layer) -> Callable[[Sample], None]:
    """Learning one labelled comment from its text on: features, mixture and experts."""
    labels = itertools.cycle((True, False))
    return lambda sample: layer.learn(Lesson(extract(sample), is_unwelcome=next(labels)))


def _bulk(call: Callable[[Any], Any], items: list[Any]) -> float:
    """Seconds for one comment when all are given at once: the median of five times."""
    return statistics.median(_seconds(call, items) for _ in range(5)) / len(items)


def _seconds(call: Callable[[Any], Any], item: object) -> float:
    started = stopwatch()
    call(item)
    return stopwatch() - started


def _stock(rows: list[Row]) -> Any:  # noqa: ANN401 - scikit-learn ships no types
    from sklearn.feature_extraction.text import HashingVectorizer
    from sklearn.linear_model import SGDClassifier
    from sklearn.pipeline import make_pipeline

    pipeline = make_pipeline(HashingVectorizer(analyzer="char_wb", ngram_range=(3, 5)), SGDClassifier(loss="log_loss"))
    texts = [row.text for row in rows]
    return pipeline.fit(texts, [index % 2 for index in range(len(texts))])
