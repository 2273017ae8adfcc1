"""Nobody's name is evidence: given names of many cultures, swapped as authors and inside the text."""

import json
from pathlib import Path

import pytest

from models import artifact
from models.features import Sample, read

TEXT = "I agree with the second point, but the numbers are from 2009."
NAMES_OF = json.loads((Path(__file__).parent / "given_names.json").read_text(encoding="utf-8"))
NAMES = [name for names in NAMES_OF.values() for name in names]
SENTENCES = (
    "I agree with {}, the numbers are from 2009.",
    "Thanks {}, that helped a lot!",
    "My daughter {} loved the recipe.",
    "{} said the same last week and nobody listened.",
)
MOST_MOVED = 0.15
"""How far a name inside a text may move a score between 0 and 1."""
HOLD_AT = 0.7


@pytest.fixture(scope="module")
def shipped():
    return artifact.load(artifact.shipped_folder())


def test_the_names_are_of_many_cultures():
    assert len(NAMES_OF) >= 15
    assert len(set(NAMES)) >= 60


@pytest.mark.parametrize("form", ["{}", "{} {}", "@{}"])
def test_swapping_one_author_s_name_for_another_leaves_the_score_as_it_is_bit_for_bit(toy, form):
    scores = {toy.score(Sample(TEXT, form.format(name, "Okonkwo"))) for name in NAMES}
    assert len(scores) == 1


@pytest.mark.parametrize("name", ["buy viagra online", "payday loans", "seo backlinks", "online casino", "slot judi"])
def test_words_of_trade_in_a_name_are_evidence(name):
    assert any(token.startswith("name.topic:") for token in read(Sample(TEXT, name)).tokens)


def test_a_long_name_of_several_words_is_a_name_like_any_other(toy):
    long_name = "María Fernanda Gutiérrez de la Vega"
    assert toy.score(Sample(TEXT, long_name)) == toy.score(Sample(TEXT, "Bo Li"))


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_name_inside_the_text_hardly_moves_the_score_and_never_the_verdict(shipped, sentence):
    scores = [shipped.score(Sample(sentence.format(name))) for name in NAMES]
    assert max(scores) - min(scores) <= MOST_MOVED
    assert max(scores) < HOLD_AT
