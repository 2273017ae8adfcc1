"""Feature specification 1 is frozen: a changed slot silently breaks every trained model."""

import json
from pathlib import Path

import numpy as np
import pytest

from models.features import Sample, evidence_names, read, site_slots, text_slots
from models.hashing import (
    FEATURE_SPEC,
    SEEDS,
    TABLE_BITS,
    distinct,
    evidence_slot,
    word_state,
)

VECTORS = json.loads((Path(__file__).parent / "hash_vectors.json").read_text(encoding="utf-8"))
OFFSET, PRIME, MIXER, WRAP = 14695981039346656037, 0x100000001B3, 0xFF51AFD7ED558CCD, 2**64
PAIR = 0x51ED270B


def slot_by_the_book(points, seed):
    """The specification read aloud, without NumPy."""
    return finish(state_by_the_book(points, seed))


def state_by_the_book(points, seed):
    state = OFFSET ^ seed
    for point in points:
        state = ((state ^ point) * PRIME) % WRAP
    return (state + len(points) - 1) % WRAP


def grams_by_the_book(points, seed, sizes):
    return [slot_by_the_book(points[at : at + size], seed) for size in sizes for at in range(len(points) - size + 1)]


def pairs_by_the_book(words, distance):
    """The state of a pair is left * 31 + right + distance * constant, from the finished states of its words."""
    states = [state_by_the_book([ord(character) for character in word[:64]], SEEDS["word"]) for word in words]
    return [
        finish((left * 31 + right + distance * PAIR) % WRAP)
        for left, right in zip(states, states[distance:], strict=False)
    ]


def text_by_the_book(reading):
    """N-grams of 1 to 5, words, pairs of neighbours, pairs with one word between; 4 raw bytes unless plain ASCII."""
    points = [ord(character) for character in reading.text]
    words = [[ord(character) for character in word[:64]] for word in reading.words]
    source = reading.folded.source
    raw = [] if source.isascii() else list(source.encode("utf-8", "surrogatepass"))
    return [
        *grams_by_the_book(points, SEEDS["gram"], (1, 2, 3, 4, 5)),
        *(slot_by_the_book(word, SEEDS["word"]) for word in words),
        *pairs_by_the_book(reading.words, 1),
        *pairs_by_the_book(reading.words, 2),
        *grams_by_the_book(raw, SEEDS["byte"], (4,)),
    ]


def finish(state):
    state ^= state >> 33
    state = (state * MIXER) % WRAP
    state ^= state >> 33
    return state % 2**TABLE_BITS


def test_the_specification_has_its_number_and_one_seed_for_each_view():
    assert FEATURE_SPEC == 1
    assert len(set(SEEDS.values())) == len(SEEDS) == 5


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: ascii(vector["text"])[:30])
def test_the_slots_of_frozen_texts_have_not_moved(vector):
    reading = read(Sample(vector["text"], vector["author"], vector["author_url"]))
    assert text_slots(reading).tolist() == vector["text_slots"]
    assert site_slots(reading).tolist() == vector["site_slots"]
    assert {name: evidence_slot(name) for name in evidence_names(reading)} == vector["evidence"]


def test_there_are_fifty_frozen_texts():
    assert len(VECTORS) >= 50


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: ascii(vector["text"])[:30])
def test_the_frozen_slots_follow_the_specification(vector):
    reading = read(Sample(vector["text"], vector["author"], vector["author_url"]))
    site = [ord(character) for character in f"/{reading.site}/"] if reading.site else []
    assert text_by_the_book(reading) == vector["text_slots"]
    assert grams_by_the_book(site, SEEDS["site"], (3, 4, 5)) == vector["site_slots"]
    assert {
        name: slot_by_the_book(name.encode("utf-8", "surrogatepass"), SEEDS["evidence"]) for name in vector["evidence"]
    } == vector["evidence"]


def test_the_frozen_texts_show_every_view():
    assert any(vector["site_slots"] for vector in VECTORS)
    assert any(not vector["text"].isascii() for vector in VECTORS)
    assert any(len(vector["text"]) == 1 for vector in VECTORS)


def test_words_and_evidence_follow_the_same_specification():
    word = [ord(character) for character in "casino"]
    assert finish(word_state("casino")) == slot_by_the_book(word, SEEDS["word"])
    assert evidence_slot("text.run") == slot_by_the_book(b"text.run", SEEDS["evidence"])


def test_distinct_is_unique():
    repeated = np.random.default_rng(1).integers(0, 50, 200).astype(np.uint32)
    assert distinct(repeated.copy()).tolist() == np.unique(repeated).tolist()
    assert distinct(repeated[:0]).tolist() == []
