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
    codes,
    distinct,
    evidence_slot,
    gram_states,
    slots,
    word_state,
)

VECTORS = json.loads((Path(__file__).parent / "hash_vectors.json").read_text(encoding="utf-8"))
OFFSET, PRIME, MIXER, WRAP = 14695981039346656037, 0x100000001B3, 0xFF51AFD7ED558CCD, 2**64


def slot_by_the_book(points, seed):
    """The specification read aloud, without NumPy."""
    state = OFFSET ^ seed
    for point in points:
        state = ((state ^ point) * PRIME) % WRAP
    return finish((state + len(points) - 1) % WRAP)


def finish(state):
    state ^= state >> 33
    state = (state * MIXER) % WRAP
    state ^= state >> 33
    return state % 2**TABLE_BITS


def test_the_specification_has_its_number_and_one_seed_for_each_view():
    assert FEATURE_SPEC == 1
    assert len(set(SEEDS.values())) == 4


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: ascii(vector["text"])[:30])
def test_the_slots_of_frozen_texts_have_not_moved(vector):
    reading = read(Sample(vector["text"], vector["author"], vector["author_url"]))
    assert text_slots(reading).tolist() == vector["text_slots"]
    assert site_slots(reading).tolist() == vector["site_slots"]
    assert {name: evidence_slot(name) for name in evidence_names(reading)} == vector["evidence"]


def test_there_are_fifty_frozen_texts():
    assert len(VECTORS) >= 50


@pytest.mark.parametrize("text", ["abcdef", "привет", "写得很好", "a\ud800b😀"])
def test_vectorised_grams_agree_with_the_specification(text):
    found = slots(gram_states(codes(text), "gram")).tolist()
    points = [ord(character) for character in text]
    expected = [
        slot_by_the_book(points[at : at + size], SEEDS["gram"])
        for size in (3, 4, 5)
        for at in range(len(points) - size + 1)
    ]
    assert found == expected


def test_words_and_evidence_follow_the_same_specification():
    word = [ord(character) for character in "casino"]
    assert finish(word_state("casino")) == slot_by_the_book(word, SEEDS["word"])
    assert evidence_slot("text.run") == slot_by_the_book(b"text.run", SEEDS["evidence"])


def test_distinct_is_unique():
    repeated = np.random.default_rng(1).integers(0, 50, 200).astype(np.uint32)
    assert distinct(repeated.copy()).tolist() == np.unique(repeated).tolist()
    assert distinct(repeated[:0]).tolist() == []
