"""A counterfactual is shown only if the comment without it really passes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models import artifact
from models.counterfactual import counterfactual, without
from models.explanation import Span
from models.features import Sample

SPAM = Sample(
    "Lovely soup, we ate it twice. Buy cheap viagra online at http://cheap-pills.example.com/buy now! Greetings, Ann",
    "cheap viagra",
    "http://cheap-pills.example.com/",
)
HOLD_AT = 0.7


@pytest.fixture(scope="module")
def shipped():
    return artifact.load(artifact.shipped_folder())


def test_without_its_places_the_comment_passes_and_each_of_them_is_needed(shipped):
    found = counterfactual(shipped, SPAM, HOLD_AT)
    assert found is not None
    assert found.score == shipped.score(without(SPAM, found.spans)) < HOLD_AT
    for span in found.spans:
        rest = tuple(other for other in found.spans if other is not span)
        assert shipped.score(without(SPAM, rest)) >= HOLD_AT


def test_what_passes_already_needs_nothing(shipped):
    assert counterfactual(shipped, Sample("Thanks, the second loaf was gone in an hour."), HOLD_AT) is None


def test_where_nothing_suffices_nothing_is_shown(shipped):
    assert counterfactual(shipped, SPAM, 1e-12) is None


def test_places_are_cut_from_the_original_text_and_a_field_goes_as_a_whole():
    spans = (Span("content", 0, 7), Span("author.url", 0, 4), Span("content", 12, 17))
    assert without(Sample("Lovely soup, yes.", "Ann", "http://a.example"), spans) == Sample("soup,", "Ann", "")


@given(st.text(max_size=80))
@settings(max_examples=60, deadline=None)
def test_of_any_text_a_counterfactual_is_true_or_absent(shipped, text):
    sample = Sample(f"{text} casino bonus http://casino.example.com {text}")
    found = counterfactual(shipped, sample, HOLD_AT)
    assert found is None or shipped.score(without(sample, found.spans)) < HOLD_AT <= shipped.score(sample)
