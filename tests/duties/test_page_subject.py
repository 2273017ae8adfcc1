"""What is published under a page tells what the page is about: its words are no evidence of spam there."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from moderation.duties.checking import Checking
from moderation.judging.comment import Page
from moderation.storage.model_shelf import ModelShelf
from moderation.vocabulary import Label, State, Verdict
from tests.support.desk import Desk
from tests.support.factories import comment
from tests.support.fakes import FixedScorer

CLINIC = "https://clinic.example/pain"


class PageReader(FixedScorer):
    """Holds every comment that it is shown without the page's other comments."""

    def weigh(self, comment):
        seen.append(comment.page.others)
        return FixedScorer(0.1 if comment.page.others else 0.9).weigh(comment)


seen: list[tuple[str, ...]] = []


@pytest.fixture
def reading(desk: Desk) -> Desk:
    seen.clear()
    desk.checking = Checking(desk.seal, PageReader(), desk.checking.directory)
    return desk


def on_page(text: str, permalink: str = CLINIC):
    return replace(comment(text), permalink=permalink)


def publish(desk: Desk, text: str, permalink: str = CLINIC):
    checked = desk.check(on_page(text, permalink))
    desk.decide(checked.comment_id, Verdict.PUBLISH, label=Label.HAM)


def test_what_would_be_held_is_judged_again_beside_what_is_published_there(reading):
    publish(reading, "Tramadol helped my knee.")
    assert reading.check(on_page("So did it mine.")).state is State.HELD
    publish(reading, "Tramadol made me dizzy.")
    assert reading.check(on_page("Which dose of tramadol?")).state is State.PUBLISHED
    assert seen[-1] == ("Tramadol made me dizzy.", "Tramadol helped my knee.")


def test_other_pages_and_held_comments_say_nothing_of_a_page(reading):
    publish(reading, "Tramadol helped my knee.")
    publish(reading, "Soup helped my knee.", "https://clinic.example/soup")
    assert reading.check(on_page("Buy tramadol here.")).state is State.HELD
    assert reading.check(on_page("Really, tramadol?")).state is State.HELD


def test_what_passes_anyway_costs_no_question_about_the_page(desk):
    class Unasked(FixedScorer):
        def weigh(self, comment):
            assert not comment.page.others
            return super().weigh(comment)

    desk.checking = Checking(desk.seal, Unasked(0.1), desk.checking.directory)
    for text in ("One.", "Two.", "Three."):
        assert desk.check(on_page(text)).state is State.PUBLISHED


def test_the_shipped_model_holds_no_more_honest_comments_beside_what_was_published_there():
    pages = json.loads((Path(__file__).parent.parent / "models" / "on_topic_pages.json").read_text(encoding="utf-8"))
    scorer = ModelShelf().outliner
    alone = beside = 0
    for page in pages:
        for text in page["honest"]:
            said = comment(text)
            alone += scorer.weigh(said).score >= 0.7
            beside += scorer.weigh(replace(said, page=Page(others=tuple(page["published"])))).score >= 0.7
    assert beside <= alone
