"""The score-then-learn loop over labelled rows in their order, under a regime of feedback; it trains no base."""

import gzip
import itertools
import json
import random
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from models.calibration import probability
from models.classifier import Classifier
from models.community import Community
from models.features import Reading, Sample, read


class StreamError(Exception):
    """A file or a regime that cannot be run; the text is one line."""


@dataclass(frozen=True, slots=True)
class Row:
    """A labelled comment of a stream; ``label`` is None where the file gives none: then it is scored, never learnt."""

    id: str
    sample: Sample
    label: bool | None
    site: str | None


@dataclass(frozen=True, slots=True)
class Feedback:
    """When labels come, and how wrong or rare they are.

    ``immediate``; ``none``; ``delayed:N``: a label comes after N further rows; ``noisy:P``: each label is turned round
    with probability P; ``partial:P``: each comes with probability P. Draws are ``random.Random(seed)`` in file order.
    """

    kind: str = "immediate"
    amount: float = 0.0

    @classmethod
    def parse(cls, text: str) -> Self:
        """The regime that a text names; raises StreamError for one that there is not."""
        kind, _, amount = text.partition(":")
        if kind in {"immediate", "none"} and not amount:
            return cls(kind)
        if kind == "delayed" and amount.isdecimal():
            return cls(kind, int(amount))
        if kind in {"noisy", "partial"} and _is_share(amount):
            return cls(kind, float(amount))
        raise StreamError(
            f"feedback {text!r} is none of immediate, none, delayed:N, noisy:P, partial:P (P from 0 to 1)"
        )


@dataclass(frozen=True, slots=True)
class Step:
    """The row to score, then the rows to learn, each with what the feedback says of it."""

    scored: int
    taught: tuple[tuple[int, bool], ...]


def schedule(labels: Sequence[bool | None], feedback: Feedback, seed: int = 0) -> Iterator[Step]:
    """The steps of a stream: every row is scored once, before anything is learnt from it or from a later one."""
    said = _said(labels, feedback, seed)
    delay = int(feedback.amount) if feedback.kind == "delayed" else 0
    for at in range(len(labels)):
        known = at - delay
        label = said[known] if known >= 0 else None
        yield Step(at, ((known, label),) if label is not None else ())


def _said(labels: Sequence[bool | None], feedback: Feedback, seed: int) -> list[bool | None]:
    """What the feedback will say of each row; None: nothing."""
    if feedback.kind == "none":
        return [None] * len(labels)
    if feedback.kind not in {"noisy", "partial"}:
        return list(labels)
    chance = random.Random(seed)  # noqa: S311 - repeatable draws; nothing secret hangs on them
    drawn = [chance.random() < feedback.amount for _ in labels]
    if feedback.kind == "partial":
        return [label if kept else None for label, kept in zip(labels, drawn, strict=True)]
    return [label if label is None else label ^ turned for label, turned in zip(labels, drawn, strict=True)]


def run(rows: Sequence[Row], feedback: Feedback, *, base: Classifier | None = None, seed: int = 0) -> Iterator[float]:
    """The score of each row in order, each given before its label was learnt; rows with a site are that site's."""
    community = Community()
    may_learn = feedback.kind != "none"
    waiting: dict[int, tuple[Reading, float]] = {}
    for step in schedule([row.label for row in rows], feedback, seed):
        row = rows[step.scored]
        reading = read(row.sample)
        offset = base.log_odds_of(reading) if base else 0.0
        if may_learn:
            waiting[step.scored] = reading, offset
        yield probability(community.margin(reading, offset, row.site))
        for at, label in step.taught:
            reading, offset = waiting.pop(at)
            community.learn(reading, offset, rows[at].site, is_unwelcome=label)


def rows_of(path: Path) -> list[Row]:
    """The rows of a JSONL file, plain or gzip; raises StreamError with the number of a line that cannot be read."""
    try:
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
            return [_row(line, number) for number, line in zip(itertools.count(1), lines) if line.strip()]
    except (OSError, EOFError, UnicodeDecodeError, zlib.error) as error:
        raise StreamError(f"{path} cannot be read: {error}") from error


def _row(line: str, number: int) -> Row:
    try:
        row = json.loads(line)
        text, label = row["text"], row.get("label")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise StreamError(f"line {number} is not a JSON object with a text") from error
    if not isinstance(text, str):
        raise StreamError(f"line {number}: text is not a string")
    sample = Sample(text, _word(row.get("author")), _word(row.get("author_url")), page_of(row.get("context")))
    is_spam = {"spam": True, "ham": False}.get(label) if isinstance(label, str) else None
    site = row.get("site")
    return Row(str(row.get("id", number)), sample, is_spam, None if site is None else str(site))


def page_of(context: object) -> tuple[str, ...]:
    """The title, tags and excerpt of a row's context, as a sample has them; anything else counts as none."""
    if not isinstance(context, dict):
        return ()
    tags = context.get("tags")
    parts = [context.get("title"), *(tags if isinstance(tags, list) else []), context.get("excerpt")]
    return tuple(part for part in parts if isinstance(part, str) and part)


def _word(value: object) -> str:
    return value if isinstance(value, str) else ""


def _is_share(text: str) -> bool:
    try:
        return 0.0 <= float(text) <= 1.0
    except ValueError:
        return False
