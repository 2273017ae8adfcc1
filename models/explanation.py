"""Why a score is what it is: the margin taken apart exactly, and traced back to the original characters."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from models.calibration import Calibration
from models.features import (
    EVIDENCE_SCALE,
    SITE_SCALE,
    Reading,
    Sample,
    evidence_names,
    read,
    site_text,
    site_slots,
    text_slots,
    word_spans,
)
from models.hashing import GRAM_SIZES, PAIR_DISTANCES, Slots, evidence_slot

SHOWN_SPANS: Final = 5
_GROUP_OF_PREFIX: Final = {
    "text": "text",
    "topic": "text",
    "contact": "text",
    "link": "link",
    "site": "link",
    "fold": "obfuscation",
    "name": "author",
    "page": "page",
}


@dataclass(frozen=True, slots=True)
class Span:
    """Code points start to end (half-open) of an original field: ``content``, ``author.name`` or ``author.url``."""

    field: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Part:
    """One group's share of the margin, and the places that pushed most in its direction."""

    group: str
    weight: float
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """A score taken apart: the weights of the parts and the bias add up to the margin."""

    score: float
    margin: float
    bias: float
    parts: tuple[Part, ...]


def explain(sample: Sample, weights: NDArray[np.float64], bias: float, calibration: Calibration) -> Explanation:
    """Take the margin of a sample apart into groups; exact to rounding (1e-9)."""
    reading = read(sample)
    text = _shares(text_slots(reading), weights, 1.0)
    site = _shares(site_slots(reading), weights, SITE_SCALE)
    tokens = {name: float(weights[evidence_slot(name)]) * EVIDENCE_SCALE for name in evidence_names(reading)}
    groups = _group_weights(float(text.sum()), float(site.sum()), tokens)
    spans = _spans(sample, reading, text, groups)
    parts = [Part(group, weight, spans.get(group, ())) for group, weight in groups.items() if weight]
    parts.sort(key=lambda part: -abs(part.weight))
    margin = bias + sum(part.weight for part in parts)
    return Explanation(calibration.score(margin), margin, bias, tuple(parts))


def _shares(occurrences: Slots, weights: NDArray[np.float64], scale: float) -> NDArray[np.float64]:
    """What each occurrence of a slot adds to the margin: the slot's contribution split evenly among them."""
    if not len(occurrences):
        return np.zeros(0)
    _, inverse, counts = np.unique(occurrences, return_inverse=True, return_counts=True)
    value = scale * len(counts) ** -0.5
    return weights.take(occurrences) * value / counts.take(inverse)


def _group_weights(text: float, site: float, tokens: dict[str, float]) -> dict[str, float]:
    groups = {"text": text, "link": site}
    for name, weight in tokens.items():
        group = _GROUP_OF_PREFIX[name.partition(".")[0]]
        groups[group] = groups.get(group, 0.0) + weight
    return groups


def _spans(
    sample: Sample, reading: Reading, text: NDArray[np.float64], groups: dict[str, float]
) -> dict[str, tuple[Span, ...]]:
    """The places of each group. Groups with one field to speak of get the whole field."""
    places = reading.folded.sources()
    spans = {
        "text": _text_spans(reading, text, places, groups.get("text", 0.0)),
        "link": tuple(_content(places, link.start, link.end) for link in reading.links[:SHOWN_SPANS]),
        "obfuscation": _disguise_spans(reading, places),
        "author": (Span("author.name", 0, len(sample.author)),) if sample.author else (),
    }
    if site_text(reading):
        spans["link"] = (Span("author.url", 0, len(sample.author_url)), *spans["link"])[:SHOWN_SPANS]
    return spans


def _content(places: Sequence[tuple[int, int]], start: int, end: int) -> Span:
    return Span("content", places[start][0], places[end - 1][1])


def _character_shares(reading: Reading, shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Contribution of each folded code point: every n-gram, word and pair spread evenly over what it covers."""
    length = len(reading.text)
    change = np.zeros(length + 1)
    at = 0
    for size in (size for size in GRAM_SIZES if size <= length):
        count = length - size + 1
        even = shares[at : at + count] / size
        change[:count] += even
        change[size : size + count] -= even
        at += count
    words = word_spans(reading)
    for distance in (0, *(d for d in PAIR_DISTANCES if d < len(words))):
        for left, right in zip(words, words[distance:], strict=False):
            start, end = left[0], right[1]
            change[start] += shares[at] / (end - start)
            change[end] -= shares[at] / (end - start)
            at += 1
    return np.cumsum(change[:length])


def _text_spans(
    reading: Reading, shares: NDArray[np.float64], places: Sequence[tuple[int, int]], direction: float
) -> tuple[Span, ...]:
    """The strongest words in the direction of the whole part, neighbours merged."""
    if not len(shares):
        return ()
    pushes = np.concatenate(([0.0], np.cumsum(_character_shares(reading, shares)))) * np.sign(direction)
    words = [(float(pushes[end] - pushes[start]), start, end) for start, end in word_spans(reading)]
    strong = sorted((word for word in words if word[0] > 0), reverse=True)[: 2 * SHOWN_SPANS]
    merged = _merge(sorted((start, end, push) for push, start, end in strong), reading.text)
    best = sorted(merged, key=lambda run: -run[2])[:SHOWN_SPANS]
    return tuple(_content(places, start, end) for start, end, _ in sorted(best))


def _merge(runs: list[tuple[int, int, float]], text: str) -> list[tuple[int, int, float]]:
    """Join runs with nothing but a few separators between them."""
    merged: list[tuple[int, int, float]] = []
    for start, end, push in runs:
        if merged and not any(map(str.isalnum, text[merged[-1][1] : start])) and start - merged[-1][1] <= 3:  # noqa: PLR2004
            first, _, before = merged.pop()
            merged.append((first, end, before + push))
        else:
            merged.append((start, end, push))
    return merged


def _disguise_spans(reading: Reading, places: Sequence[tuple[int, int]]) -> tuple[Span, ...]:
    """Where the fold changed more than case: source characters that are gone or became another letter."""
    source, folded = reading.folded.source, reading.folded.text
    same = bytearray(len(source))
    for character, (start, end) in zip(folded, places, strict=True):
        if end - start == 1 and source[start].casefold() == character:
            same[start] = 1
    changed = [(i, i + 1, 1.0) for i, kept in enumerate(same) if not kept and not source[i].isspace()]
    runs = _merge(changed, source)
    longest = sorted(runs, key=lambda run: run[0] - run[1])[:SHOWN_SPANS]
    return tuple(Span("content", start, end) for start, end, _ in sorted(longest))
