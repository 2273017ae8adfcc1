"""Pages about the very things spam is made of: honest comments under them, and spam that hides there."""

import json
from pathlib import Path

import pytest

from models import artifact
from models.features import Sample, read

HOLD_AT = 0.7
PAGES = json.loads((Path(__file__).parent / "on_topic_pages.json").read_text(encoding="utf-8"))
NAMES = [page["name"] for page in PAGES]


@pytest.fixture(scope="module")
def shipped():
    return artifact.load(artifact.shipped_folder())


def known_of(page, known):
    """What is known of a page: nothing, its title, tags and excerpt, or its published comments too."""
    return {"nothing": [], "page": page["page"], "thread": page["page"] + page["published"]}[known]


def share_held(model, kind, known):
    samples = [Sample(text, page=tuple(known_of(page, known))) for page in PAGES for text in page[kind]]
    return (model.scores(samples) >= HOLD_AT).mean()


@pytest.mark.parametrize("known", ["page", "thread"])
def test_honest_comments_under_such_pages_are_not_held_when_the_page_is_known(shipped, known):
    assert share_held(shipped, "honest", known) <= 0.02


def test_without_the_page_few_of_them_are_held(shipped):
    assert share_held(shipped, "honest", "nothing") <= 0.05


@pytest.mark.parametrize(("known", "least"), [("nothing", 0.95), ("page", 0.88), ("thread", 0.88)])
def test_spam_does_not_hide_behind_the_subject_of_the_page(shipped, known, least):
    assert share_held(shipped, "spam", known) >= least


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_the_trade_of_a_page_is_no_evidence_there_whatever_its_word(page):
    subject = tuple(page["page"])
    for text in page["honest"]:
        alone, there = read(Sample(text)), read(Sample(text, page=subject))
        assert {t for t in there.tokens if t.startswith("topic.")} <= {
            t for t in alone.tokens if t.startswith("topic.")
        } | {"topic.count:0", "topic.linked:0"}


def test_other_words_of_the_page_s_trade_are_blanked_too():
    reading = read(Sample("the jackpot was small", page=("Casino law", "gambling")))
    assert reading.text == "the \0\0\0\0\0\0\0 was small"


def test_a_word_in_one_comment_of_a_long_thread_excuses_no_trade():
    thread = ("My garden", "roses", "Pruning in March", *(f"Lovely, number {i}!" for i in range(6)), "buy casino chips")
    assert "topic.gambling" in read(Sample("Best casino bonus", page=thread)).tokens
    assert "topic.gambling" not in read(Sample("Best casino bonus", page=(*thread, "casino again?"))).tokens


@pytest.mark.parametrize("word", ["visit", "contact", "click", "great", "website"])
def test_calls_to_act_and_praise_are_never_a_page_s_own_subject(word):
    reading = read(Sample(f"please {word} now", page=(f"{word} {word}", word)))
    assert reading.text == f"please {word} now"


def test_a_call_to_act_with_an_address_is_told_apart_from_one_without():
    assert "text.action" in read(Sample("click the second button")).tokens
    assert "text.action_linked" in read(Sample("click http://a.example.com now")).tokens
