"""Other people's filters over the same rows with the same feedback; a filter that is absent is named, not guessed."""

from typing import Final

import numpy as np

from benchmarks.accuracy import sets
from benchmarks.accuracy.cells import Figures
from benchmarks.peers import registry
from benchmarks.peers.peer import Step
from benchmarks.peers.peer import run as run_peer
from training import streams
from training.measures import missed_at, roca

REGIMES: Final = ("immediate", "noisy:0.2", "delayed:200")


def run(*, name: str, peer: str, feedback: str, rows: int | None) -> Figures:
    """(1-ROCA)% and missed spam of a peer, which is given the text alone; seed 0."""
    stream = sets.stream(name, rows, text_only=True)
    labels = [row.label for row in stream.rows]
    plan = streams.schedule(labels, streams.Feedback.parse(feedback), 0)
    steps: list[Step] = [(step.scored, step.taught) for step in plan]
    filter_ = next(kind for kind in registry.KINDS if kind.name == peer).make()
    try:
        scores = np.array(run_peer(filter_, [row.sample.text for row in stream.rows], steps))
        version = filter_.version
    finally:
        filter_.close()
    truth = stream.truth
    return {
        "version": version,
        "rows": len(truth),
        "roca": roca(scores, truth),
        "missed": missed_at(scores, truth, 0.001),
    }
