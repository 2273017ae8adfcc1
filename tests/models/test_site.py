"""A site's classifier: base and own learning on one scale, exact explanations, windows with a ceiling."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.calibration import probability
from models.community import layer_margin
from models.features import Sample, extract, read
from models.linear import WINDOWED_FROM
from models.online import Layer, Lesson
from models.site import LIFT_TO, SiteClassifier
from models.stacking import OFFSET_LIMIT, limited

SPAM = ("cheap pills now", "buy cheap pills", "casino bonus pills", "win casino bonus", "cheap casino now")
HAM = ("thank you all", "we sat outside", "the bread was good", "I liked the photos", "see you in spring")
HONEST = "and so we sat outside in the garden until it was dark, the bread was good and we talked. "
ODD = (
    "",
    "a",
    "\x00" * 60,
    "\ud800" * 50,
    "😀" * 50,
    "שלום עולם " * 8,
    "7" * 90,
    "\u202ecasino\u202c pills " * 5,
    "ﷺ" * 50,
)
TEXTS = st.text(st.characters() | st.sampled_from("aab  \u200b\x00\ud8007שé字😀"), max_size=120)
SAMPLES = st.builds(
    Sample, TEXTS | st.sampled_from(ODD), st.text(max_size=12), st.sampled_from(("", "http://a.example/b"))
)


def taught(base, rounds=4, bits=14):
    """A layer that has learnt the spam and ham above on top of a base."""
    layer = Layer.fresh(bits)
    for _ in range(rounds):
        for spam, ham in zip(SPAM, HAM, strict=True):
            for text, is_unwelcome in ((spam, True), (ham, False)):
                sample = Sample(text)
                layer.learn(Lesson(extract(sample), is_unwelcome, offset=base.log_odds(sample)))
    return layer


@pytest.fixture(scope="module")
def layer(toy):
    return taught(toy)


@pytest.fixture(scope="module")
def site(toy, layer):
    return SiteClassifier.of(toy, layer, 40)


@given(sample=SAMPLES)
def test_short_texts_have_the_margin_of_the_layer(toy, layer, site, sample):
    if len(read(sample).points) < WINDOWED_FROM:
        expected = layer.margin(extract(sample), toy.log_odds(sample))
        assert site.margin(sample) == pytest.approx(expected, abs=1e-4)


@given(sample=SAMPLES)
def test_all_texts_have_the_margin_that_learning_sees(toy, layer, site, sample):
    expected = layer_margin(layer, read(sample), toy.log_odds(sample))
    assert site.margin(sample) == pytest.approx(expected, abs=1e-4)


@given(sample=SAMPLES)
def test_an_explanation_adds_up_to_the_margin_and_its_spans_lie_in_their_fields(site, sample):
    found = site.explain(sample)
    assert found.margin == pytest.approx(site.margin(sample), abs=1e-9)
    assert found.bias + sum(part.weight for part in found.parts) == pytest.approx(found.margin, abs=1e-9)
    assert found.score == pytest.approx(site.score(sample), abs=1e-9)
    lengths = {"content": len(sample.text), "author.name": len(sample.author), "author.url": len(sample.author_url)}
    for span in (span for part in found.parts for span in part.spans):
        assert 0 <= span.start < span.end <= lengths[span.field]


@given(sample=SAMPLES)
def test_an_outline_is_the_explanation_without_places(site, sample):
    found, outline = site.explain(sample), site.outline(sample)
    assert outline.margin == pytest.approx(found.margin, abs=1e-9)
    assert {part.group: part.weight for part in outline.parts} == {part.group: part.weight for part in found.parts}
    assert not any(part.spans for part in outline.parts)


def test_a_megabyte_adds_up_too(site):
    sample = Sample(HONEST * 12_000)
    assert site.explain(sample).margin == pytest.approx(site.margin(sample), abs=1e-9)


def test_what_the_site_taught_is_its_own_part_with_places(site):
    sample = Sample("hello, cheap pills")
    (own,) = [part for part in site.explain(sample).parts if part.group == "site"]
    assert own.weight > 0
    assert "cheap pills" in [sample.text[span.start : span.end] for span in own.spans]


def test_a_site_that_taught_nothing_scores_as_the_base(toy):
    site = SiteClassifier.of(toy, Layer.fresh(4), 0)
    for text in SPAM + HAM:
        assert site.margin(Sample(text)) == limited(toy.log_odds(Sample(text)))
        assert {part.group for part in site.explain(Sample(text)).parts} == {
            part.group for part in toy.explain(Sample(text)).parts
        }


def test_a_base_counts_up_to_its_limit_and_is_explained_within_it(toy):
    loud = type(toy)("loud", "1", "", toy.card, toy.weights, 1e3, toy.calibration)
    site = SiteClassifier.of(loud, Layer.fresh(4), 0)
    found = site.explain(Sample("anything"))
    assert site.margin(Sample("anything")) == OFFSET_LIMIT
    assert found.margin == pytest.approx(OFFSET_LIMIT, abs=1e-9)


def test_labels_turn_a_bases_verdict_round(toy):
    loud = type(toy)("loud", "1", "", toy.card, toy.weights, 3.0, toy.calibration)
    layer = taught(loud)
    site = SiteClassifier.of(loud, layer, 40)
    assert loud.score(Sample("thank you all")) > 0.9
    assert site.score(Sample("thank you all")) < 0.5 < site.score(Sample("cheap pills now"))


def test_scores_come_in_order_and_are_the_logistic_of_the_margin(site):
    samples = [Sample(text) for text in SPAM + HAM]
    assert site.scores(samples).tolist() == [probability(site.margin(sample)) for sample in samples]
    assert site.scores([]).tolist() == []


def test_what_serves_cannot_be_changed(site):
    assert site.revision == 40
    assert not site.weights.flags.writeable
    with pytest.raises(AttributeError):
        site.revision = 41


@pytest.mark.parametrize("before", [2, 6, 20])
def test_spam_in_the_middle_of_honest_words_is_seen_but_never_above_the_ceiling(toy, layer, site, before):
    sample = Sample(HONEST * before + "cheap pills now, cheap casino now! " + HONEST * 3)
    without = layer.margin(extract(sample), toy.log_odds(sample))
    assert site.margin(sample) > without + 0.5
    assert site.margin(sample) <= LIFT_TO + 1e-9


@given(sample=SAMPLES)
def test_windows_only_lift_and_only_to_the_ceiling(toy, layer, site, sample):
    without = layer.margin(extract(sample), toy.log_odds(sample))
    assert site.margin(sample) >= without - 1e-4
    assert site.margin(sample) <= max(without, LIFT_TO) + 1e-4


def test_spam_throughout_keeps_a_margin_above_the_ceiling(toy):
    layer = taught(toy, rounds=40)
    sample = Sample("cheap pills now buy cheap pills casino bonus pills win casino bonus cheap casino now")
    assert SiteClassifier.of(toy, layer, 1).margin(sample) > LIFT_TO


def test_a_small_layer_is_looked_up_by_the_low_bits(toy):
    layer = taught(toy, bits=6)
    site = SiteClassifier.of(toy, layer, 40)
    assert site.weights.shape == (64,)
    assert np.isfinite(site.scores([Sample(text) for text in SPAM + HAM])).all()
