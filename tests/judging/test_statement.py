"""Statements of reasons are derived from the history alone, and say nothing that a person wrote."""

from datetime import timedelta

import pytest

from moderation.clock import new_id
from moderation.judging.decision import Decision
from moderation.judging.moderating import Choice
from moderation.judging.redress import LATE, OVER, Redress, redress
from moderation.judging.signal import ModelRef, Reason
from moderation.judging.statement import (
    GROUNDS,
    Automation,
    Made,
    Measure,
    Source,
    Statement,
    category_of,
    statements,
)
from moderation.vocabulary import Actor, Category, Verdict
from tests.support.factories import NOW

MODEL = Reason("model.text", "The wording is like that of comments that were unwelcome elsewhere.", 1.0)
RULE = Reason("rule.1", "A rule of this site applies: Hold when the comment contains “Ann Miller”.")
OFFERED = Redress(NOW + timedelta(days=184))
PUBLISH, HOLD, REMOVE = Verdict.PUBLISH, Verdict.HOLD, Verdict.REMOVE


def by_program(verdict: Verdict, reason: Reason = MODEL) -> Decision:
    return Decision(verdict, Actor.POLICY, (reason,), score=0.8, model=ModelRef("base", "1"))


def by_person(verdict: Verdict, category: Category = Category.INSULT, sentence: str = "") -> Decision:
    return Choice(verdict, category if verdict is REMOVE else None, sentence).decision()


def by(actor: Actor, verdict: Verdict) -> Decision:
    return Decision(verdict, actor, (Reason(f"{actor.value}.decision", "Because of Ann Miller."),))


def told(*decisions: Decision, complained_after: int | None = None) -> tuple[Statement, ...]:
    """Statements of a history with an hour between its decisions."""
    history = [Made(new_id(), one, NOW + timedelta(hours=hour)) for hour, one in enumerate(decisions)]
    at = [] if complained_after is None else [NOW + timedelta(minutes=complained_after)]
    return statements(history, complaints=at, reference="/rules", redress=OFFERED)


def test_what_is_published_has_no_statement():
    assert told(by_program(PUBLISH), by_person(PUBLISH)) == ()


@pytest.mark.parametrize(
    ("history", "measure", "automation", "detected"),
    [
        ((by_program(HOLD),), Measure.HELD, Automation.FULLY, True),
        ((by_program(REMOVE),), Measure.REFUSED, Automation.FULLY, True),
        ((by_program(HOLD), by_person(REMOVE)), Measure.REFUSED, Automation.PARTIALLY, True),
        ((by_program(PUBLISH), by_person(REMOVE)), Measure.REMOVED, Automation.PARTIALLY, False),
        ((by(Actor.BLOG, REMOVE),), Measure.REFUSED, Automation.NOT, False),
        ((by_program(HOLD), by_person(PUBLISH), by_person(REMOVE)), Measure.REMOVED, Automation.PARTIALLY, False),
        ((by_program(HOLD), by_person(REMOVE), by(Actor.APPEAL, HOLD)), Measure.HELD, Automation.NOT, True),
        ((by_program(PUBLISH), by_program(HOLD)), Measure.HELD, Automation.FULLY, True),
    ],
)
def test_what_was_done_and_how_far_a_program_did_it_follow_from_the_history(history, measure, automation, detected):
    last = told(*history)[-1]
    assert (last.measure, last.automated_decision, last.automated_detection) == (measure, automation, detected)


@pytest.mark.parametrize(
    ("history", "complained_after", "source"),
    [
        ((by_program(HOLD),), None, Source.PROGRAM),
        ((by_program(PUBLISH), by_person(REMOVE)), None, Source.OWN),
        ((by_program(PUBLISH), by_person(REMOVE)), 30, Source.REPORT),
        ((by_program(PUBLISH), by_person(REMOVE)), 90, Source.OWN),
        ((by_program(HOLD), by_person(REMOVE)), 30, Source.PROGRAM),
        ((by_program(PUBLISH), by_person(REMOVE), by_person(PUBLISH), by_person(REMOVE)), 30, Source.OWN),
    ],
)
def test_what_drew_attention_is_told_from_what_came_first(history, complained_after, source):
    assert told(*history, complained_after=complained_after)[-1].source is source


def test_each_restriction_has_its_own_and_a_program_that_repeats_itself_none():
    found = told(by_program(HOLD), by_program(HOLD), by_person(HOLD), by_person(REMOVE))
    assert [(one.measure, one.automated_decision) for one in found] == [
        (Measure.HELD, Automation.FULLY),
        (Measure.HELD, Automation.PARTIALLY),
        (Measure.REFUSED, Automation.PARTIALLY),
    ]


def test_no_text_holds_what_a_person_wrote_or_a_rule_names():
    history = (by_program(HOLD, RULE), by_person(REMOVE, sentence="Ann Miller, stop it."), by(Actor.BLOG, HOLD))
    for one in told(*history):
        assert "Ann Miller" not in f"{one.facts} {one.ground} {one.explanation} {one.scope}"


def test_another_look_is_offered_at_the_decision_that_stands_alone():
    one, two = told(by_program(HOLD), by_person(REMOVE))
    assert (one.redress, two.redress) == (Redress(why_not=OVER), OFFERED)
    assert (one.reference, one.model) == ("/rules", "base 1")


def test_what_another_decision_replaced_ended_then_and_speaks_of_the_past():
    one, two = told(by_program(HOLD), by_person(REMOVE), by(Actor.APPEAL, PUBLISH))
    assert [(at.ended_at or NOW) - NOW for at in (one, two)] == [timedelta(hours=1), timedelta(hours=2)]
    assert one.facts[0] == "The comment was kept back for a person to look at."
    assert one.scope == "While this was in force, it was not shown on the website's page."


def test_a_program_that_repeats_itself_ends_nothing():
    (one,) = told(by_program(HOLD), by_program(HOLD))
    assert (one.ended_at, one.redress) == (None, OFFERED)


@pytest.mark.parametrize(
    ("deleted_after", "asked_after", "found"),
    [
        (None, 184, Redress(NOW + timedelta(days=184))),
        (None, 185, Redress(why_not=LATE)),
        (400, 0, Redress(NOW + timedelta(days=184))),
        (5, 5, Redress(NOW + timedelta(days=5))),
        (5, 6, Redress(why_not=LATE)),
    ],
)
def test_another_look_can_be_asked_for_until_its_time_or_the_comments_is_over(
    deleted_after: int | None, asked_after: int, found: Redress
):
    deleted_at = None if deleted_after is None else NOW + timedelta(days=deleted_after)
    now = NOW + timedelta(days=asked_after)
    assert redress(NOW, open_for=timedelta(days=184), deleted_at=deleted_at, now=now) == found


@pytest.mark.parametrize(
    ("code", "category"),
    [
        ("model.link", Category.SPAM),
        ("form.honeypot", Category.SPAM),
        ("blog.spam", Category.SPAM),
        ("blog.decision", Category.OTHER),
        ("moderator.off_topic", Category.OFF_TOPIC),
        ("moderator.held", Category.OTHER),
        ("rule.1", Category.OTHER),
        ("content.unread", Category.OTHER),
    ],
)
def test_a_code_says_which_kind_of_harm(code: str, category: Category):
    assert category_of(code) is category


def test_every_kind_of_harm_has_a_ground():
    assert set(GROUNDS) == set(Category)
