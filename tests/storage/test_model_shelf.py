"""The shelf's scorer keeps judging's contract: a probability, one to three reasons, nothing but permitted inputs."""

from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.features import Sample
from moderation.errors import SettingFault
from moderation.judging.comment import JUDGED_CODE_POINTS, Comment, Page
from moderation.judging.signal import Signal
from moderation.storage.model_shelf import ModelShelf, sample_of
from tests.support.factories import KIND_WORDS, SPAM_WORDS, author, comment
from tests.support.fakes import FixedScorer


@pytest.fixture(scope="module")
def shelf() -> ModelShelf:
    return ModelShelf()


@pytest.fixture(params=["real", "fake"])
def scorer(request: pytest.FixtureRequest, shelf: ModelShelf):
    """The shipped model and the tests' stand-in, which keep the same contract."""
    return shelf.scorer if request.param == "real" else FixedScorer(0.1, {"VIAGRA": 0.99})


def test_a_scorer_gives_a_probability_with_reasons_and_names_its_model(scorer):
    for said in (comment(), comment(SPAM_WORDS), comment("", author=author(name="", url=""))):
        signal = scorer.weigh(said)
        assert isinstance(signal, Signal)
        assert 1 <= len(signal.reasons) <= 3
        assert all(reason.code.startswith("model.") and reason.text.endswith(".") for reason in signal.reasons)
        assert signal.model is not None
        assert signal.model.name


def test_a_scorer_says_the_same_of_the_same_comment(scorer):
    assert scorer.weigh(comment(SPAM_WORDS)) == scorer.weigh(comment(SPAM_WORDS))


def test_spam_scores_higher_than_kind_words(scorer):
    assert scorer.weigh(comment(KIND_WORDS)).score < 0.5 < scorer.weigh(comment(SPAM_WORDS)).score


def test_reasons_push_the_way_the_score_went(shelf: ModelShelf):
    for said, sign in ((comment(SPAM_WORDS), 1), (comment(KIND_WORDS), -1)):
        reasons = shelf.scorer.weigh(said).reasons
        weights = [reason.weight * sign for reason in reasons]
        assert weights == sorted(weights, reverse=True)
        assert all(weight >= 0 for weight in weights)


def test_places_lie_within_the_fields_they_name(shelf: ModelShelf):
    said = comment(SPAM_WORDS)
    texts = {"content": said.content, "author.name": said.author.name, "author.url": said.author.url}
    spans = [span for reason in shelf.scorer.weigh(said).reasons for span in reason.spans]
    assert spans
    assert all(0 <= span.start < span.end <= len(texts[span.field]) for span in spans)


def test_a_model_sees_text_name_address_and_page_and_nothing_else():
    assert [one.name for one in fields(Sample)] == ["text", "author", "author_url", "page"]
    seen = sample_of(comment(page=Page("Soup", ("food", ""), "About soup")))
    assert seen == Sample(KIND_WORDS, "Ann", "https://ann.example", ("Soup", "food", "About soup"))
    assert "ann@example.org" not in repr(seen)
    assert "192.0.2.7" not in repr(seen)


@pytest.mark.parametrize("change", [{"ip": "203.0.113.9"}, {"email": "casino@pills.example"}], ids=["network", "email"])
def test_what_a_model_must_not_look_at_changes_no_score(shelf: ModelShelf, change):
    said = comment(SPAM_WORDS)
    assert shelf.scorer.weigh(said) == shelf.scorer.weigh(replace(said, author=replace(said.author, **change)))


def test_only_the_judged_beginning_of_a_long_text_counts(shelf: ModelShelf):
    begun = ("soup " * JUDGED_CODE_POINTS)[:JUDGED_CODE_POINTS]
    assert shelf.scorer.weigh(comment(begun)) == shelf.scorer.weigh(comment(begun + SPAM_WORDS))


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=200)


@settings(max_examples=100)
@given(texts, texts, texts)
def test_every_comment_can_be_scored(shelf: ModelShelf, content: str, name: str, url: str):
    said = Comment("https://blog.example", content, author=author(name=name, url=url))
    assert 0 <= shelf.scorer.weigh(said).score <= 1


def test_a_folder_without_a_model_stops_the_start(tmp_path: Path):
    with pytest.raises(SettingFault, match="CANDOR_MODEL: ") as refusal:
        ModelShelf(tmp_path)
    assert "\n" not in refusal.value.message
