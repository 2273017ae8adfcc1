"""Attacks change what a filter sees, leave what a person reads, and know nothing of the fold."""

import random
import unicodedata

import pytest

from models.lookalikes import LATIN_TWIN, STYLED_LATIN
from models.text import fold
from training.attacks import DISGUISES, LOOKALIKES, STUFFINGS

SPAM = "Buy cheap pills and casino bonus codes today at http://pills.example/buy please"
HONEST = ("The garden was quiet.", "I do not agree, and here is why: it rained all week.", "Thanks!")
HOSTILE = ("", " ", "\n\n", "a", "ab", "\ud800", "日本語", "😀😀😀😀", "1234", "http://x.example", "x" * 10_000)


def disguised(name, text=SPAM, seed=1):
    return DISGUISES[name](text, random.Random(seed))


@pytest.mark.parametrize("name", DISGUISES)
def test_a_disguise_changes_the_text(name):
    assert disguised(name) != SPAM


@pytest.mark.parametrize("name", DISGUISES)
def test_a_disguise_is_the_same_for_the_same_seed(name):
    assert disguised(name) == disguised(name)


@pytest.mark.parametrize("name", sorted(set(DISGUISES) - {"hxxp and [.]"}))
def test_a_link_stays_whole_unless_links_are_attacked(name):
    assert "http://pills.example/buy" in disguised(name)


@pytest.mark.parametrize("name", DISGUISES)
@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:6]))
def test_any_text_can_be_disguised(name, text):
    assert isinstance(disguised(name, text), str)


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("leet", "rest moot", {"re57 m007", "r357 m007", "r3$7 m007"}),
        ("s p a c e d letters", "buy now", {"b u y   n o w"}),
        ("neighbours swapped", "pill", {"plil"}),
        ("neighbours swapped", "buy it", {"buy it"}),
        ("hxxp and [.]", "see https://a.example/x", {"see hxxps://a[.]example/x"}),
        ("hxxp and [.]", "no link. none", {"no link. none"}),
    ],
)
def test_a_disguise_is_what_its_name_says(name, text, found):
    assert disguised(name, text) in found


def test_zero_width_letters_are_seen_by_nobody():
    changed = disguised("zero-width 30%")
    assert "".join(c for c in changed if unicodedata.category(c) != "Cf") == SPAM
    assert 5 <= len(changed) - len(SPAM) <= 35


def test_mathematical_letters_read_the_same():
    assert unicodedata.normalize("NFKC", disguised("mathematical letters")) == SPAM


def test_swapping_keeps_every_letter():
    assert sorted(disguised("neighbours swapped")) == sorted(SPAM)


def test_html_parts_words_with_marks_that_a_browser_does_not_show():
    changed = disguised("split by HTML")
    for mark in ("<b></b>", "<!-- -->", "<span></span>"):
        changed = changed.replace(mark, "")
    assert changed == SPAM


def test_every_letter_has_five_look_alikes_that_are_single_characters_of_their_own():
    assert "".join(LOOKALIKES) == "abcdefghijklmnopqrstuvwxyz"
    assert all(len(set(found)) == 5 and found.isprintable() and not found.isascii() for found in LOOKALIKES.values())


def test_the_look_alikes_are_not_merely_those_that_the_fold_knows():
    every = [(letter, found) for letter, some in LOOKALIKES.items() for found in some]
    unknown = [found for letter, found in every if found.lower() not in LATIN_TWIN and found not in STYLED_LATIN]
    unread = [found for letter, found in every if fold(f"ab{found}cd").text != f"ab{letter}cd"]
    assert len(unknown) >= 20
    assert unread


def test_about_three_letters_of_ten_are_replaced():
    text = "letters " * 500
    changed = sum(a != b for a, b in zip(text, disguised("homoglyphs 30%", text), strict=True))
    assert 0.25 <= changed / 3_500 <= 0.35


@pytest.mark.parametrize("name", STUFFINGS)
def test_stuffing_leaves_the_spam_whole_and_adds_honest_words(name):
    stuffed = STUFFINGS[name](SPAM, random.Random(1), HONEST)
    assert SPAM in stuffed
    rest = stuffed.replace(SPAM, "").split()
    assert rest
    assert set(rest) <= set(" ".join(HONEST).split())


def test_surrounding_is_at_least_twice_as_long_as_the_spam():
    stuffed = STUFFINGS["between honest comments"](SPAM, random.Random(1), HONEST)
    before, after = stuffed.split(SPAM)
    assert len(before) + len(after) >= 2 * len(SPAM)


def test_twenty_words_are_twenty_words():
    stuffed = STUFFINGS["20 honest words appended"](SPAM, random.Random(1), HONEST)
    assert len(stuffed.split()) == len(SPAM.split()) + 20
