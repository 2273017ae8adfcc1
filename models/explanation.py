"""Why a score is what it is: the margin taken apart exactly, and traced back to the original characters."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from models.features import Reading, Sample, word_spans
from models.hashing import GRAM_SIZES, PAIR_DISTANCES, Slots
from models.linear import Caution, Sums, Weigher, evidence_parts, occurrence_parts, sums, window_parts
from models.text import Folded

SHOWN_SPANS: Final = 5
_NEAR: Final = 3
_GROUP_OF_PREFIX: Final = {
    "text": "text",
    "topic": "text",
    "contact": "text",
    "link": "link",
    "site": "author",
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


def explain(
    sample: Sample,
    reading: Reading,
    occurrences: Slots,
    weigher: Weigher,
    *,
    caution: Caution,
    score: Callable[[float], float],
) -> Explanation:
    """Take the margin of a sample apart into groups; exact to rounding (1e-9). ``score`` maps a margin to 0..1.

    ``reading`` and ``occurrences`` are the sample's own (``read``, ``text_slots``); the bias is the constant of
    ``caution``.
    """
    found = sums(reading, weigher, caution, occurrences.copy())
    groups = _groups(found, reading, weigher)
    spans = _spans(sample, reading, text_shares(occurrences, reading, weigher, found), groups)
    return _explanation(groups, spans, caution.constant, score)


def outline(
    reading: Reading, occurrences: Slots, weigher: Weigher, *, caution: Caution, score: Callable[[float], float]
) -> Explanation:
    """The same parts without their places: all that most comments need, at about the price of a score."""
    found = sums(reading, weigher, caution, occurrences.copy())
    return _explanation(_groups(found, reading, weigher), {}, caution.constant, score)


def text_shares(occurrences: Slots, reading: Reading, weigher: Weigher, found: Sums) -> NDArray[np.float64]:
    """What each occurrence of an n-gram, word or pair adds to the text's sum, in the order of ``text_slots``."""
    if found.window is None:
        return occurrence_parts(occurrences, weigher)
    return window_parts(weigher(occurrences), len(reading.points), found.window)


def _explanation(
    groups: dict[str, float], spans: dict[str, tuple[Span, ...]], bias: float, score: Callable[[float], float]
) -> Explanation:
    parts = [Part(group, weight, spans.get(group, ())) for group, weight in groups.items() if weight]
    parts.sort(key=lambda part: -abs(part.weight))
    margin = bias + sum(part.weight for part in parts)
    return Explanation(score(margin), margin, bias, tuple(parts))


def _groups(found: Sums, reading: Reading, weigher: Weigher) -> dict[str, float]:
    """The weight of each group: the sums, with each evidence token where it belongs."""
    groups = {"text": found.text, "author": found.site}
    for name, weight in evidence_parts(reading, weigher).items():
        group = _GROUP_OF_PREFIX[name.partition(".")[0]]
        groups[group] = groups.get(group, 0.0) + weight
    return groups


Places = Sequence[tuple[int, int]] | None
"""Source range of each folded code point; None when every code point kept its place."""


def _spans(
    sample: Sample, reading: Reading, text: NDArray[np.float64], groups: dict[str, float]
) -> dict[str, tuple[Span, ...]]:
    """The places of each group: words for the text, otherwise what the group is about as a whole."""
    places = places_of(reading.folded)
    whole = {"author.name": sample.author, "author.url": sample.author_url}
    return {
        "text": text_spans(reading, text, places, groups["text"]),
        "link": tuple(_content(places, link.start, link.end) for link in reading.links[:SHOWN_SPANS]),
        "obfuscation": _disguise_spans(reading.folded, places) if "obfuscation" in groups else (),
        "author": tuple(Span(field, 0, len(value)) for field, value in whole.items() if value),
    }


def places_of(folded: Folded) -> Places:
    """Where each folded code point came from; None where all kept their places."""
    is_aligned = folded.source.isascii() and len(folded.source) == len(folded.text)
    return None if is_aligned else folded.sources()


def _content(places: Places, start: int, end: int) -> Span:
    if places is None:
        return Span("content", start, end)
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
    starts, ends = np.array(word_spans(reading)).T
    for distance in (0, *(d for d in PAIR_DISTANCES if d < len(starts))):
        left, right = starts[: len(starts) - distance], ends[distance:]
        even = shares[at : at + len(left)] / (right - left)
        change[left] += even
        change[right] -= even
        at += len(left)
    return np.cumsum(change[:length])


def text_spans(reading: Reading, shares: NDArray[np.float64], places: Places, direction: float) -> tuple[Span, ...]:
    """The strongest words in the direction of the whole part, neighbours merged, as places in the original text."""
    words = word_spans(reading)
    if not words:
        return ()
    pushes = np.zeros(len(reading.text) + 1)
    np.cumsum(_character_shares(reading, shares), out=pushes[1:])
    starts, ends = np.array(words).T
    strength = (pushes[ends] - pushes[starts]) * np.sign(direction)
    strongest = np.argsort(-strength, kind="stable")[: 2 * SHOWN_SPANS].tolist()
    runs = [(*words[i], float(strength[i])) for i in sorted(strongest) if strength[i] > 0]
    best = sorted(_merge(runs, reading.text), key=lambda run: -run[2])[:SHOWN_SPANS]
    return tuple(_content(places, start, end) for start, end, _ in sorted(best))


def _merge(runs: list[tuple[int, int, float]], text: str) -> list[tuple[int, int, float]]:
    """Join runs with nothing but a few separators between them."""
    merged: list[tuple[int, int, float]] = []
    for start, end, push in runs:
        if merged and not any(map(str.isalnum, text[merged[-1][1] : start])) and start - merged[-1][1] <= _NEAR:
            first, _, before = merged.pop()
            merged.append((first, end, before + push))
        else:
            merged.append((start, end, push))
    return merged


def _disguise_spans(folded: Folded, places: Places) -> tuple[Span, ...]:
    """Where the fold changed more than case: source characters that are gone or became another letter."""
    source = folded.source
    kept = bytearray(len(source))
    for at, character in enumerate(folded.text):
        start, end = (at, at + 1) if places is None else places[at]
        if end - start == 1 and source[start].casefold() == character:
            kept[start] = 1
    changed = [(at, at + 1, 1.0) for at, is_kept in enumerate(kept) if not is_kept]
    longest = sorted(_merge(changed, source), key=lambda run: run[0] - run[1])[:SHOWN_SPANS]
    return tuple(Span("content", start, end) for start, end, _ in sorted(longest))
