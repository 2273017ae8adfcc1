"""Copies of a campaign are near each other, other comments are not, and every text has a fingerprint."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.features import Sample, extract
from models.nearness import ALIKE, BANDS, distance, grams_of, is_near, marks_of, overlap, shared, simhash

COPIES = [
    f"Buy cheap watches online at https://watches-{number}.example today, best price for {name}!"
    for number, name in [(1, "Anna"), (2, "Bernd"), (7, "Carla"), (9, "Dieter"), (4, "Emil"), (55, "Friederike")]
]
OTHERS = [
    "Thank you for the recipe, my children loved the soup.",
    "Thank you for the article, my students liked the text.",
    "I disagree: the figures on page two say the opposite of what you conclude from them.",
    "\u0421\u043f\u0430\u0441\u0438\u0431\u043e \u0437\u0430 \u0441\u0442\u0430\u0442\u044c\u044e",
]


FLOOD = [
    f"Hello dear {name}, buy the best cheap watches online at https://watches-{number}.example today, delivered in two "
    f"days to any place in the world; only {number} of them are left, says {name}!"
    for number in range(40)
    for name in ("Anna", "Bernd", "Friederike", "\u674e\u5a1c", "Jo")
]


def slots_shared(one: str, other: str) -> float:
    return overlap(extract(Sample(one)).text, extract(Sample(other)).text)


def grams_shared(one: str, other: str) -> float:
    return shared(grams_of(one), grams_of(other))


@pytest.mark.parametrize("copy", COPIES)
def test_copies_with_another_name_and_number_are_near(copy: str):
    assert is_near(simhash(COPIES[0]), simhash(copy))
    assert slots_shared(COPIES[0], copy) >= ALIKE


def test_other_comments_are_not():
    texts = [COPIES[0], *OTHERS]
    pairs = [(one, other) for one in texts for other in texts if one != other]
    assert [
        pair for pair in pairs if is_near(simhash(pair[0]), simhash(pair[1])) and slots_shared(*pair) >= ALIKE
    ] == []


def test_case_and_disguise_do_not_make_a_text_another():
    assert simhash("BUY CHEAP PILLS") == simhash("buy cheap p\u0456lls")


@given(st.text(max_size=300))
def test_every_text_has_a_fingerprint_of_64_bits_and_is_like_itself(text: str):
    assert -(2**63) <= simhash(text) < 2**63
    assert distance(simhash(text), simhash(text)) == 0
    assert slots_shared(text, text) == 1.0


def test_the_fingerprint_is_the_same_in_every_version_and_on_every_machine():
    assert simhash("Thank you for the recipe, my children loved the soup.") == PINNED


def test_distance_counts_bits_whatever_their_sign():
    assert [distance(0, -1), distance(-1, -2), distance(5, 6), distance(0, 0)] == [64, 1, 2, 0]


def test_copies_have_most_of_their_grams_in_common_and_nearly_all_of_them_a_mark():
    """Of two hundred copies with other names and numbers, the first finds all but a few; those find each other."""
    marks = [set(marks_of(grams_of(copy))) for copy in FLOOD]
    assert min(grams_shared(FLOOD[0], copy) for copy in FLOOD) >= ALIKE
    assert sum(bool(marks[0] & own) for own in marks) >= 0.99 * len(FLOOD)
    assert all(any(own & other for other in marks if other is not own) for own in marks)


def test_other_comments_have_no_mark_in_common():
    texts = [COPIES[0], FLOOD[0], *OTHERS]
    marks = [set(marks_of(grams_of(text))) for text in texts]
    assert all(not one & other for one, other in itertools.combinations(marks, 2))
    assert max(grams_shared(*pair) for pair in itertools.combinations(texts, 2)) < ALIKE


@pytest.mark.parametrize("share", [0.9, 0.8, 0.6, 0.3, 0.05])
def test_marks_are_shared_as_often_as_their_bands_promise(share: float):
    """1 - (1 - j^3)^12 for a share j of common grams, told from 400 pairs of sets of chance."""
    chance, found, pairs, size = np.random.default_rng(5), 0, 400, 400
    common = round(size * 2 * share / (1 + share))
    for _ in range(pairs):
        every = chance.integers(1 << 63, size=2 * size - common, dtype=np.uint64)
        found += bool(set(marks_of(every[:size])) & set(marks_of(every[size - common :])))
    promised = 1 - (1 - share**3) ** 12
    assert abs(found / pairs - promised) < 4 * math.sqrt(max(promised * (1 - promised), 0.002) / pairs)


@given(st.text(max_size=200))
def test_every_text_but_an_empty_one_has_its_marks(text: str):
    grams = grams_of(text)
    marks = marks_of(grams)
    assert len(marks) == (BANDS if len(grams) else 0)
    assert all(-(2**63) <= mark < 2**63 for mark in marks)
    assert len(np.unique(grams)) == len(grams)
    assert marks == marks_of(grams[::-1])
    assert shared(grams, grams[::-1]) == 1.0


def test_a_text_without_grams_has_no_marks_and_is_like_its_own_kind_only():
    nothing = grams_of("")
    assert (len(nothing), marks_of(nothing)) == (0, ())
    assert [shared(nothing, nothing), shared(nothing, grams_of("soup"))] == [1.0, 0.0]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("abcde", "abcde", 1.0), ("abcde", "vwxyz", 0.0), ("abcdef", "abcdeg", 1 / 3), ("ABCDEF", "abcdef", 1.0)],
)
def test_the_share_of_common_grams_is_jaccard_s(one: str, other: str, expected: float):
    assert grams_shared(one, other) == grams_shared(other, one) == pytest.approx(expected)


def test_marks_are_the_same_in_every_version_and_on_every_machine():
    """They are stored: others would find nothing that came before."""
    assert marks_of(grams_of("Thank you for the recipe, my children loved the soup.")) == PINNED_MARKS


PINNED = 8796607014722797874
PINNED_MARKS = (
    8548555082574660588,
    4972556437189243849,
    -5271969536511270862,
    4712372449775371558,
    8160857749310884244,
    7715744528138083362,
    -5480047875988014805,
    3548736748455484894,
    8021250093775363645,
    -818743649481997720,
    -5056979564148714307,
    4792832935664298572,
)
