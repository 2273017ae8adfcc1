"""Disguise is evidence, but never enough: honest people like fancy letters too, and some scripts need joiners."""

import pytest

from models import artifact
from models.features import Sample

HOLD_AT = 0.7
HONEST = (
    "I grew up two villages away from there and never knew the mill was still standing.",
    "My father worked in that factory until it closed, thank you for the photographs.",
    "Could you explain the second step again? Mine came out far too dry.",
)
SPAM = "Buy cheap viagra online without prescription http://pills-shop.example.ru"


def mathematical(text):
    """Letters of the mathematical bold script."""
    small, capital = 0x1D4EA - ord("a"), 0x1D4D0 - ord("A")
    return "".join(chr(ord(c) + (small if c.islower() else capital)) if c.isalpha() else c for c in text)


def with_zero_width(text):
    return "\u200b".join(text)


def full_width(text):
    return "".join(chr(ord(c) - ord("!") + 0xFF01) if "!" <= c <= "~" else c for c in text)


DISGUISES = (mathematical, with_zero_width, full_width)


@pytest.fixture(scope="module")
def shipped():
    return artifact.load(artifact.shipped_folder())


@pytest.mark.parametrize("disguise", DISGUISES)
@pytest.mark.parametrize("text", HONEST)
def test_disguise_alone_makes_no_text_spam(shipped, text, disguise):
    assert shipped.score(Sample(disguise(text))) < HOLD_AT


@pytest.mark.parametrize("disguise", DISGUISES)
def test_disguise_does_not_hide_spam(shipped, disguise):
    words, _, address = SPAM.rpartition(" ")
    assert shipped.score(Sample(f"{disguise(words)} {address}")) >= HOLD_AT
