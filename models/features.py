"""What the model may look at, and how it becomes slots of the weight table; it knows no weights and no labels."""

import functools
import re
from collections import Counter
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from models import evidence
from models.hashing import (
    GRAM_SIZES,
    PAIR_DISTANCES,
    Codes,
    Slots,
    byte_codes,
    codes,
    distinct,
    evidence_slot,
    gram_states,
    slots,
    word_states,
)
from models.links import Link, bare_address, find, shape
from models.text import LIMIT, Folded, fold
from models.topics import MANNERS, WORD_TOPIC, word_topics

SITE_SCALE: Final = 0.5
EVIDENCE_SCALE: Final = 0.15
_MOST_BYTES: Final = 4
MOST_SLOTS: Final = LIMIT * (len(GRAM_SIZES) + 1 + len(PAIR_DISTANCES) + _MOST_BYTES)
"""No block of a sample can have more slots: n-grams, words, pairs and bytes that one code point can start."""
BLANK: Final = "\x00"
_READ_ADDRESS: Final = 200
_READ_NAME: Final = 120
_PAGE_WORD: Final = 4
_FEW_PARTS: Final = 6
_MOST_PARTS: Final = 40

# Runs of letters, digits and marks; scripts written without spaces give one token for each code point.
_SINGLES: Final = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_MARKS: Final = (
    "\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0900-\u0dff\u3099\u309a"
)
_WORD: Final = re.compile(f"[{_SINGLES}]|(?:[^\\W_{_SINGLES}]+|[{_MARKS}]+)+")
_ASCII_WORD: Final = re.compile("[a-z0-9]+")

INPUTS: Final[tuple[str, ...]] = (
    "the words of the comment and the links in it",
    "the form of the author's name (its length, digits, capitals, words of advertising), not who is named",
    "the web address the author gave",
    "the title, tags and excerpt of the page the comment stands under, and words that comments published there share",
)
"""What the model reads, for the public notice; ``tests/models`` proves that nothing else changes a score."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Everything the model may look at; e-mail and IP addresses are not among it."""

    text: str
    author: str = ""
    author_url: str = ""
    page: tuple[str, ...] = ()


class Reading(NamedTuple):
    """A sample as the extractor sees it, before hashing (a tuple, because building one is on the hot path)."""

    folded: Folded
    text: str
    words: list[str]
    points: Codes
    links: list[Link]
    site: str
    tokens: list[str]


class Features(NamedTuple):
    """Distinct slots of the three blocks of a sample; ``block_values`` says which value they have."""

    text: Slots
    site: Slots
    evidence: Slots


class PageWords(NamedTuple):
    """The words of a page, those that are its subject, and the trades they belong to."""

    words: frozenset[str]
    subject: frozenset[str]
    topics: frozenset[str]


def words_of(folded: str) -> list[str]:
    """The words of a folded text in order."""
    return (_ASCII_WORD if folded.isascii() else _WORD).findall(folded)


@functools.lru_cache(maxsize=512)
def _page_words(page: tuple[str, ...]) -> PageWords:
    """The words of a page's parts and its subject.

    Where many parts are known (comments already published there), only what stands in the first or in two of them is
    the subject: one stray comment must not excuse a trade.
    """
    parts = [frozenset(words_of(fold(part).text)) for part in page[:_MOST_PARTS]]
    words = frozenset[str]().union(*parts)
    counts = Counter(word for part in parts for word in part)
    fewest = 2 if len(parts) > _FEW_PARTS else 1
    known = [word for word in words if counts[word] >= fewest or word in parts[0]]
    topics = frozenset(word_topics(known)) - evidence.EVERYDAY
    subject = frozenset(word for word in known if len(word) > _PAGE_WORD and WORD_TOPIC.get(word) not in MANNERS)
    return PageWords(words, subject, topics)


def _blank(text: str, page: PageWords) -> str:
    """The text with the page's own words and its trade's blanked out: no evidence there. Keeps all positions."""
    subject, topics = page.subject, page.topics

    def erase(match: re.Match[str]) -> str:
        word = match.group()
        return BLANK * len(word) if word in subject or WORD_TOPIC.get(word) in topics else word

    return _WORD.sub(erase, text)


def read(sample: Sample) -> Reading:
    """Fold a sample and collect its words, links and evidence tokens."""
    folded = fold(sample.text)
    page = _page_words(sample.page) if sample.page else _NO_PAGE
    text = _blank(folded.text, page) if page.words else folded.text
    points, words, links = codes(text), words_of(text), find(folded.text)
    folded_points = points if text is folded.text else codes(folded.text)
    tokens = evidence.text_tokens(folded.source, folded_points, folded.text)
    tokens += evidence.link_tokens(links, folded.text)
    tokens += evidence.disguise_tokens(folded.counts)
    site = _site_address(sample.author_url) if sample.author_url else ""
    if site:
        tokens += shape(site, "site")
    if sample.author:
        tokens += _name_tokens(sample.author)
    tokens += evidence.topic_tokens(words, page.topics, has_address=bool(links or site))
    if page.words:
        tokens += evidence.page_tokens(words_of(folded.text), page.words)
    return Reading(folded, text, words, points, links, site, tokens)


def _site_address(url: str) -> str:
    """The author's address, folded and bare, as it is hashed."""
    return bare_address(fold(url[:_READ_ADDRESS]).text)


def _name_tokens(author: str) -> list[str]:
    name = author[:_READ_NAME].strip().removeprefix("@")
    folded = fold(name).text
    return evidence.name_tokens(folded, words_of(folded)) + evidence.case_of_name(name)


_NO_PAGE: Final = PageWords(frozenset(), frozenset(), frozenset())
_NONE: Final[Slots] = np.empty(0, np.uint32)


def text_slots(reading: Reading) -> Slots:
    """Slots of all n-grams, words and pairs of the text, one for each occurrence, in this order, then of its bytes.

    Raw bytes are read only where the text as received is not plain ASCII: there they see what the fold took away.
    """
    states = gram_states(reading.points, "gram") + word_states(reading.words)
    if not reading.folded.source.isascii():
        states += gram_states(byte_codes(reading.folded.source), "byte")
    return slots(states)


def site_slots(reading: Reading) -> Slots:
    """Slots of the n-grams of the author's web address, one for each occurrence."""
    return slots(gram_states(codes(f"/{reading.site}/"), "site")) if reading.site else _NONE


def word_spans(reading: Reading) -> list[tuple[int, int]]:
    """Where the words of a reading stand in its text."""
    return [match.span() for match in (_ASCII_WORD if reading.text.isascii() else _WORD).finditer(reading.text)]


def evidence_names(reading: Reading) -> list[str]:
    """The evidence tokens, one name for each slot, so that names with a common slot count once."""
    return list({evidence_slot(token): token for token in reading.tokens}.values())


def extract(sample: Sample) -> Features:
    """The slots of a sample; training and serving both call this."""
    return features_of(read(sample))


def features_of(reading: Reading) -> Features:
    """The slots of a sample that was read already."""
    site = distinct(site_slots(reading)) if reading.site else _NONE
    tokens = {evidence_slot(token) for token in reading.tokens}
    return Features(distinct(text_slots(reading)), site, np.fromiter(tokens, np.uint32, len(tokens)))


def block_values(features: Features) -> tuple[float, float, float]:
    """The value of each slot in the text, site and evidence block.

    Texts and addresses are L2-normalised binary vectors, so that long comments weigh no more than short ones; evidence
    tokens have a constant value, so that one of them counts the same in a short and in a long comment.
    """
    return (
        len(features.text) ** -0.5 if len(features.text) else 0.0,
        SITE_SCALE * (len(features.site) ** -0.5 if len(features.site) else 0.0),
        EVIDENCE_SCALE,
    )
