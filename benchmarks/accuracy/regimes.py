"""Our learner over the streams, from nothing, under each regime of feedback."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.accuracy import promise, sets
from benchmarks.accuracy.cells import Figures
from benchmarks.accuracy.duplicates import firsts
from training import streams
from training.measures import measure, roca

POINTS: Final = 40
_FIRST_POINT: Final = 100


def run(
    *, name: str, feedback: str, seed: int, rows: int | None, splits: int, is_deduplicated: bool, text_only: bool
) -> Figures:
    """Score each row before learning it; the figures of ``training.measures``, a curve, and the promise's.

    ``splits`` above 0 asks for the promise; ``rows`` are the first so many, None for all.
    """
    stream = sets.stream(name, rows, text_only=text_only)
    if is_deduplicated:
        stream = stream.of(firsts([row.sample.text for row in stream.rows]))
    scores = np.fromiter(streams.run(stream.rows, streams.Feedback.parse(feedback), seed=seed), np.float64)
    figures: Figures = dict(measure(scores, stream.truth).as_dict())
    figures["curve"] = curve(scores, stream.truth)
    if splits:
        figures["promise"] = promise.kept(scores, stream.truth, splits)
    return figures


def curve(scores: NDArray[np.float64], truth: NDArray[np.bool_]) -> list[list[float]]:
    """Pairs of rows so far and (1-ROCA)% over all of them, at even steps of the logarithm."""
    ends = np.unique(np.geomspace(min(_FIRST_POINT, len(truth)), len(truth), POINTS).astype(int))
    both = [end for end in ends.tolist() if 0 < truth[:end].sum() < end]
    return [[end, roca(scores[:end], truth[:end])] for end in both]
