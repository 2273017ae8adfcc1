"""Sums over slots against loops in plain Python, and the most suspicious window of a long text."""

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.features import Sample, evidence_names, read, site_slots, text_slots
from models.hashing import evidence_slot
from models.linear import (
    LIFT_TO,
    STEP,
    WINDOW,
    WINDOWED_FROM,
    Caution,
    block,
    evidence_parts,
    occurrence_parts,
    sums,
    window_parts,
)

NEVER = Caution(0.0, -1e9, 0.0)
ALWAYS = Caution(0.0, 1e9, -1_000.0)
READY = Caution(0.0, 1e9, 0.0)
TEXTS = st.text(st.characters() | st.sampled_from("aab  \u200b\x00\ud8007שé字😀"), max_size=150)
LONG_TEXTS = st.lists(TEXTS, min_size=1, max_size=4).map(
    lambda texts: "some words of sixty letters, so that all texts are long enough" + " ".join(texts)
)
LONG = "and so we sat in the garden until it was dark and talked about bread and rivers "


@pytest.fixture(scope="module")
def weigher(toy):
    return toy.weights.take


def weight_of(toy, slots):
    return [float(toy.weights[slot]) for slot in slots]


@given(text=TEXTS)
def test_a_text_adds_the_weights_of_its_distinct_slots_by_the_root_of_their_number(toy, text):
    slots = set(text_slots(read(Sample(text))).tolist())
    expected = sum(weight_of(toy, slots)) / math.sqrt(len(slots)) if slots else 0.0
    assert sums(read(Sample(text)), toy.weights.take, NEVER).text == pytest.approx(expected, abs=1e-9)


def test_address_and_evidence_have_their_own_scales(toy):
    reading = read(Sample("Hello!!! http://a.example", "Cheap Pills", "http://pills.example/buy"))
    found = sums(reading, toy.weights.take, NEVER)
    site = set(site_slots(reading).tolist())
    evidence = {evidence_slot(name) for name in reading.tokens}
    assert found.site == pytest.approx(0.5 * sum(weight_of(toy, site)) / math.sqrt(len(site)))
    assert found.evidence == pytest.approx(0.15 * sum(weight_of(toy, evidence)))
    assert found.total == found.text + found.site + found.evidence
    assert sum(evidence_parts(reading, toy.weights.take).values()) == pytest.approx(found.evidence)
    assert set(evidence_parts(reading, toy.weights.take)) == set(evidence_names(reading))


def test_nothing_adds_nothing(weigher):
    assert block(np.empty(0, np.uint32), weigher) == 0.0
    assert occurrence_parts(np.empty(0, np.uint32), weigher).tolist() == []


@given(text=TEXTS)
def test_the_parts_of_all_occurrences_add_up_to_their_block(toy, text):
    occurrences = text_slots(read(Sample(text)))
    parts = occurrence_parts(occurrences, toy.weights.take)
    assert parts.sum() == pytest.approx(block(occurrences.copy(), toy.weights.take), abs=1e-9)


def test_a_slot_that_occurs_often_shares_its_part_evenly(weigher):
    occurrences = np.array([7, 3, 7, 7], np.uint32)
    parts = occurrence_parts(occurrences, weigher)
    assert parts[0] == parts[2] == parts[3]
    assert parts[0] == pytest.approx(float(weigher([7])[0]) / math.sqrt(2) / 3)


def windows_by_the_book(toy, reading):
    """The sum of the n-grams beginning in each window by the root of their number, by its first code point."""
    weights = weight_of(toy, text_slots(reading).tolist())
    length, at, beginning = len(reading.points), 0, Counter()
    number = Counter()
    for size in (1, 2, 3, 4, 5):
        for start in range(length - size + 1):
            beginning[start] += weights[at]
            number[start] += 1
            at += 1
    for start in range(0, length - WINDOW // 2, STEP):
        inside = range(start, min(start + WINDOW, length))
        yield start, sum(beginning[i] for i in inside) / math.sqrt(sum(number[i] for i in inside))


@given(text=LONG_TEXTS)
def test_the_window_is_the_one_with_the_largest_sum(toy, text):
    reading = read(Sample(text))
    found = sums(reading, toy.weights.take, ALWAYS)
    best = max(value for _, value in windows_by_the_book(toy, reading))
    assert found.window is not None
    assert dict(windows_by_the_book(toy, reading))[found.window.start] == pytest.approx(best, abs=1e-6)
    assert found.text == pytest.approx(best + 1_000, abs=1e-6)


@given(text=LONG_TEXTS, handicap=st.floats(0, 3), ceiling=st.floats(-2, 3))
def test_a_window_only_ever_lifts_and_never_above_the_ceiling(toy, text, handicap, ceiling):
    reading = read(Sample(text))
    whole = sums(reading, toy.weights.take, NEVER)
    found = sums(reading, toy.weights.take, Caution(0.25, ceiling, handicap))
    assert found.total >= whole.total - 1e-9
    assert 0.25 + found.total <= max(ceiling, 0.25 + whole.total) + 1e-9


@given(text=LONG_TEXTS)
def test_the_parts_within_a_window_add_up_to_what_it_says(toy, text):
    reading = read(Sample(text))
    found = sums(reading, toy.weights.take, Caution(0.0, LIFT_TO, -1.0))
    assert found.window is not None
    parts = window_parts(toy.weights.take(text_slots(reading)), len(reading.points), found.window)
    assert parts.sum() == pytest.approx(found.text, abs=1e-4)  # float32: they only rank the places shown


@pytest.mark.parametrize(("length", "is_tried"), [(WINDOWED_FROM - 1, False), (WINDOWED_FROM, True)])
def test_short_texts_have_no_windows(weigher, length, is_tried):
    found = sums(read(Sample((LONG * 2)[:length].replace(" ", "e"))), weigher, ALWAYS)
    assert (found.window is not None) == is_tried


def test_a_handicap_that_no_window_surpasses_leaves_the_text_as_it_is(weigher):
    reading = read(Sample(LONG))
    assert sums(reading, weigher, Caution(0.0, 1e9, 1e6)) == sums(reading, weigher, NEVER)


def test_a_megabyte_has_as_many_windows_as_the_longest_text_that_is_read(weigher):
    def rows_looked_up(text):
        asked = []
        sums(read(Sample(text)), lambda slots: asked.append(len(slots)) or weigher(slots), READY)
        return asked[:2]  # all occurrences for the windows, then the distinct ones; evidence says how long a text is

    assert rows_looked_up((LONG * 14_000)[: 2**20]) == rows_looked_up((LONG * 200)[:8_000])
