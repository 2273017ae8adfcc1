"""Copies of a campaign are near each other, other comments are not, and every text has a fingerprint."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.features import Sample, extract
from models.nearness import ALIKE, distance, is_near, overlap, simhash

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


def shared(one: str, other: str) -> float:
    return overlap(extract(Sample(one)).text, extract(Sample(other)).text)


@pytest.mark.parametrize("copy", COPIES)
def test_copies_with_another_name_and_number_are_near(copy: str):
    assert is_near(simhash(COPIES[0]), simhash(copy))
    assert shared(COPIES[0], copy) >= ALIKE


def test_other_comments_are_not():
    texts = [COPIES[0], *OTHERS]
    pairs = [(one, other) for one in texts for other in texts if one != other]
    assert [pair for pair in pairs if is_near(simhash(pair[0]), simhash(pair[1])) and shared(*pair) >= ALIKE] == []


def test_case_and_disguise_do_not_make_a_text_another():
    assert simhash("BUY CHEAP PILLS") == simhash("buy cheap p\u0456lls")


@given(st.text(max_size=300))
def test_every_text_has_a_fingerprint_of_64_bits_and_is_like_itself(text: str):
    assert -(2**63) <= simhash(text) < 2**63
    assert distance(simhash(text), simhash(text)) == 0
    assert shared(text, text) == 1.0


def test_the_fingerprint_is_the_same_in_every_version_and_on_every_machine():
    assert simhash("Thank you for the recipe, my children loved the soup.") == PINNED


def test_distance_counts_bits_whatever_their_sign():
    assert [distance(0, -1), distance(-1, -2), distance(5, 6), distance(0, 0)] == [64, 1, 2, 0]


PINNED = 8796607014722797874
