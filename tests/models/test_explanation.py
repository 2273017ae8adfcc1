"""Explanations are exact, and point at the original text."""

import pytest

from models.features import Sample

SAMPLES = {
    "plain": Sample("Thank you for the recipe, we made it twice and the second loaf was gone in an hour."),
    "with everything": Sample(
        "Buy ch3ap pills at http://cheap-pills.example.com/buy.html now!!!! c a s i n o",
        "cheap pills",
        "http://pills.example.com/",
        ("On bread", "bread", "A post about bread"),
    ),
    "disguised": Sample("𝐂𝐚𝐬𝐢𝐧𝐨 саsіnо ca\u200bsino", "Ann"),
    "Thai": Sample("ขอบคุณครับ บทความดีมาก", "สมชาย"),
    "emoji": Sample("😀😀😀😀 ❤️"),
    "empty": Sample(""),
    "one character": Sample("a"),
    "surrogates": Sample("\ud800 abc \udfff", "\ud800", "http://\ud800.com"),
    "repetitive": Sample("spam spam spam spam " * 40),
    "long": Sample("word " * 4000),
    "NUL": Sample("a\x00b\x00" * 10),
    "under a page": Sample("The casino law is bad", "", "", ("Casino law", "law", "The casino and the law")),
}


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)
def test_the_parts_and_the_bias_add_up_to_the_margin_of_the_score(toy, sample):
    explanation = toy.explain(sample)
    assert sum(part.weight for part in explanation.parts) + explanation.bias == pytest.approx(
        explanation.margin, abs=1e-9
    )
    assert explanation.margin == pytest.approx(toy.margin(sample), abs=1e-9)
    assert explanation.score == pytest.approx(toy.score(sample), abs=1e-12)


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)
def test_the_outline_is_the_explanation_without_places(toy, sample):
    outline, explanation = toy.outline(sample), toy.explain(sample)
    assert outline.margin == pytest.approx(explanation.margin, abs=1e-9)
    assert {part.group: part.weight for part in outline.parts} == pytest.approx(
        {part.group: part.weight for part in explanation.parts}, abs=1e-9
    )
    assert not any(part.spans for part in outline.parts)


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)
def test_parts_are_few_and_sorted_and_spans_lie_in_their_fields(toy, sample):
    explanation = toy.explain(sample)
    weights = [abs(part.weight) for part in explanation.parts]
    lengths = {"content": len(sample.text), "author.name": len(sample.author), "author.url": len(sample.author_url)}
    assert weights == sorted(weights, reverse=True)
    assert len({part.group for part in explanation.parts}) == len(explanation.parts)
    for part in explanation.parts:
        assert part.group in {"text", "link", "obfuscation", "author", "page"}
        assert len(part.spans) <= 5
        for span in part.spans:
            assert 0 <= span.start < span.end <= lengths[span.field]


def words_of(sample, part):
    return [sample.text[span.start : span.end] for span in part.spans]


def test_spans_name_the_link_and_the_disguise_in_the_original_text(toy):
    sample = SAMPLES["with everything"]
    parts = {part.group: part for part in toy.explain(sample).parts}
    assert words_of(sample, parts["link"]) == ["http://cheap-pills.example.com/buy.html"]
    assert "c a s i n o" in " ".join(words_of(sample, parts["obfuscation"])) or "3" in words_of(
        sample, parts["obfuscation"]
    )
    assert {span.field for span in parts["author"].spans} == {"author.name", "author.url"}


def test_text_spans_push_in_the_direction_of_their_part(toy):
    sample = SAMPLES["plain"]
    (part,) = [part for part in toy.explain(sample).parts if part.group == "text"]
    without = sample.text
    for span in reversed(part.spans):
        without = without[: span.start] + without[span.end :]
    moved = toy.margin(Sample(without)) - toy.margin(sample)
    assert moved * part.weight < 0


def test_a_sample_without_author_has_no_author_part(toy):
    assert "author" not in {part.group for part in toy.explain(SAMPLES["plain"]).parts}
