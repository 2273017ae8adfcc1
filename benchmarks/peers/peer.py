"""What a peer can do, and what stands in its place where it is not installed; it knows no peer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

Step = tuple[int, Sequence[tuple[int, bool]]]
"""The row to score now, then the rows to learn with what was said of each: true for spam."""


class Peer(Protocol):
    """A filter that scores a text and learns a label; higher scores are more like spam."""

    @property
    def name(self) -> str:
        """What tables call it."""

    @property
    def version(self) -> str:
        """The program's or library's own version."""

    def score(self, text: str) -> float:
        """How much like spam a text is; only the order of scores means something across peers."""

    def learn(self, text: str, is_spam: bool) -> None:  # noqa: FBT001 - the label is what is learnt
        """Learns one labelled text."""

    def close(self) -> None:
        """Ends processes and removes files; the peer is not used again."""


@dataclass(frozen=True, slots=True)
class Absent:
    """A peer that cannot run here, and why; it is named in the tables, without figures."""

    name: str
    reason: str


class PeerFailure(Exception):
    """A peer's program that failed; the text is one line and holds no comment."""


def run(peer: Peer, texts: Sequence[str], steps: Iterable[Step]) -> list[float]:
    """The scores of ``texts`` in their order, each taken before its own label is learnt.

    ``steps`` says when which label comes, so that every filter gets the very same feedback. Raises ``ValueError``
    where a row is scored twice, never, or after its label was learnt.
    """
    scores: dict[int, float] = {}
    learnt: set[int] = set()
    for index, lessons in steps:
        if index in scores or index in learnt:
            raise ValueError(f"row {index} was scored or learnt before")
        scores[index] = peer.score(texts[index])
        for lesson, said in lessons:
            peer.learn(texts[lesson], said)
            learnt.add(lesson)
    if len(scores) != len(texts):
        raise ValueError(f"{len(scores)} of {len(texts)} rows were scored")
    return [scores[index] for index in range(len(texts))]
