"""What the model reads, what it does not, and what never changes a score."""

import inspect

import pytest

from models.features import INPUTS, Sample, extract, read

TEXT = "I agree with the second point, but the numbers are from 2009."


def tokens(**fields):
    return set(read(Sample(**{"text": TEXT, **fields})).tokens)


def test_a_sample_has_no_place_for_an_email_or_ip_address():
    assert list(inspect.signature(Sample).parameters) == ["text", "author", "author_url", "page"]


def test_each_input_is_described_for_the_notice():
    assert len(INPUTS) == len(inspect.signature(Sample).parameters)


@pytest.mark.parametrize(
    ("one", "other"), [("Ann Miller", "Bob Smithy"), ("Fatima", "Wolfgang"), ("@maria", "Mario"), ("李雷", "刘海")]
)
def test_another_person_with_a_name_of_the_same_form_gets_the_same_score_bit_for_bit(toy, one, other):
    assert toy.score(Sample(TEXT, one)) == toy.score(Sample(TEXT, other))


@pytest.mark.parametrize(
    "fields", [{"text": TEXT + " Really."}, {"author": "buy cheap viagra"}, {"author_url": "http://a.example"}]
)
def test_every_described_input_can_change_the_score(toy, fields):
    assert toy.score(Sample(**{"text": TEXT, **fields})) != toy.score(Sample(TEXT))


def test_the_page_can_change_the_score(toy):
    assert toy.score(Sample(TEXT, page=("The second point", "numbers"))) != toy.score(Sample(TEXT))


def test_words_of_trade_are_no_evidence_on_a_page_about_that_trade():
    text = "The casino lost its licence because of the roulette tables."
    off_topic = set(read(Sample(text, page=("My garden", "roses"))).tokens)
    on_topic = set(read(Sample(text, page=("Casino law", "gambling"))).tokens)
    assert "topic.gambling" in off_topic
    assert "topic.gambling" not in on_topic


def test_words_of_the_page_are_blanked_in_place():
    reading = read(Sample("The casino is closed", page=("Casino law",)))
    assert reading.text == "the \0\0\0\0\0\0 is closed"


@pytest.mark.parametrize(
    ("fields", "token"),
    [
        ({"text": ""}, "text.length:0"),
        ({"text": "a" * 500}, "text.run"),
        ({"text": "SHOUTING ALL DAY"}, "text.upper:7"),
        ({"text": "call +44 7700 900123 today"}, "contact.phone"),
        ({"text": "write to ann@example.org"}, "contact.email"),
        ({"text": "0x" + "ab12" * 10}, "contact.wallet"),
        ({"text": "[url=http://a.example.com]x[/url]"}, "link.bbcode"),
        ({"text": "<a href='http://a.example.com'>x</a>"}, "link.html"),
        ({"text": "[x](https://a.example.com)"}, "link.markdown"),
        ({"text": "😀😀😀 wow"}, "text.emoji:3"),
        ({"text": "с a s i n o", "author": ""}, "fold.spaced:2"),
        ({"author": "buy viagra online"}, "name.topic:pharmacy"),
        ({"author": "site.example.com"}, "name.link"),
        ({"author": "tom99"}, "name.digits"),
        ({"author_url": "https://casino-bonus-now.example.ru/x"}, "site.topic:gambling"),
        ({"page": ("I agree with the second point from numbers",)}, "page.overlap:4"),
    ],
)
def test_evidence_is_found(fields, token):
    assert token in tokens(**fields)


@pytest.mark.parametrize(
    "text", ["order 66 of 2019-2020 in 1,234.56", "https://x.example/?id=123456789012", "v10.11.12.13"]
)
def test_other_numbers_are_no_phone_numbers(text):
    assert "contact.phone" not in tokens(text=text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "ab",
        "x" * 1_000_000,
        "😀" * 50,
        "مرحبا بكم",
        "\ud800\udc00\ud800",
        "\0\0\0\0",
        "1234567890" * 9,
        "\u200b" * 20,
    ],
)
def test_any_text_has_features_and_a_score(toy, text):
    sample = Sample(text, text, text, (text, text))
    assert 0.0 <= toy.score(sample) <= 1.0
    assert len(extract(sample).evidence) >= 1


def test_nothing_behind_the_limit_is_read(toy):
    assert toy.score(Sample("word " * 1600 + "casino")) == toy.score(Sample("word " * 1600 + "poker!"))
