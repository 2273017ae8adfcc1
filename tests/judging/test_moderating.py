"""What a moderator can say, what the writer is told for it, and what the model learns from it."""

import pytest

from moderation.judging.moderating import (
    CATEGORY_WORDS,
    DIGITS,
    NOTE_LENGTH,
    Choice,
    label_behind,
    taken_back,
    welcome_or_not,
)
from moderation.vocabulary import Actor, Category, Label, Verdict

REMOVE, PUBLISH, HOLD = Verdict.REMOVE, Verdict.PUBLISH, Verdict.HOLD


@pytest.mark.parametrize(
    ("choice", "code", "said", "label"),
    [
        (Choice(PUBLISH), "moderator.approved", "A moderator looked at this and approved it.", Label.HAM),
        (Choice(HOLD), "moderator.held", "A moderator holds this for another look.", None),
        (
            Choice(REMOVE, Category.SPAM),
            "moderator.spam",
            "A moderator removed this. The reason: spam.",
            Label.SPAM,
        ),
        (
            Choice(REMOVE, Category.PERSONAL_DATA),
            "moderator.personal_data",
            "A moderator removed this. The reason: someone's personal data.",
            None,
        ),
        (
            Choice(REMOVE, Category.INSULT, "Stay kind."),
            "moderator.insult",
            "A moderator removed this. The reason: insult. Stay kind.",
            None,
        ),
        (
            Choice(PUBLISH, sentence="Thank you."),
            "moderator.approved",
            "A moderator looked at this and approved it. Thank you.",
            Label.HAM,
        ),
    ],
)
def test_a_choice_is_a_decision_with_its_reason_and_its_lesson(choice: Choice, code: str, said: str, label):
    decision = choice.decision()
    assert (decision.verdict, decision.actor, decision.score) == (choice.verdict, Actor.MODERATOR, None)
    assert [(reason.code, reason.text) for reason in decision.reasons] == [(code, said)]
    assert decision.label is choice.label is label


@pytest.mark.parametrize("category", Category)
def test_only_spam_teaches_the_model_and_every_reason_has_words(category: Category):
    choice = Choice(REMOVE, category)
    assert choice.label is (Label.SPAM if category is Category.SPAM else None)
    assert CATEGORY_WORDS[category].lower() in choice.decision().main_reason.text
    assert choice.decision().main_reason.code == f"moderator.{category}"


@pytest.mark.parametrize(("verdict", "category"), [(REMOVE, None), (PUBLISH, Category.SPAM), (HOLD, Category.OTHER)])
def test_what_is_removed_has_a_reason_and_nothing_else_has(verdict: Verdict, category: Category | None):
    with pytest.raises(ValueError, match="what is removed has a reason"):
        Choice(verdict, category)


@pytest.mark.parametrize("sentence", ["x" * (NOTE_LENGTH + 1), "\x00", "\ud800"], ids=["long", "NUL", "half a pair"])
def test_a_sentence_that_cannot_be_kept_is_refused(sentence: str):
    with pytest.raises(ValueError, match="at most 2,000 characters, and no NUL"):
        Choice(PUBLISH, sentence=sentence)
    assert Choice(PUBLISH, sentence="x" * NOTE_LENGTH).sentence


def test_each_digit_chooses_one_reason_and_spam_has_its_own_key():
    assert [*DIGITS] == [*"123456789"]
    assert set(DIGITS.values()) == set(Category) - {Category.SPAM}


@pytest.mark.parametrize("verdict", Verdict)
def test_taking_back_gives_the_verdict_back_and_teaches_nothing(verdict: Verdict):
    decision = taken_back(verdict)
    assert (decision.verdict, decision.actor, decision.label) == (verdict, Actor.MODERATOR, None)
    assert decision.main_reason.code == "moderator.undo"


@pytest.mark.parametrize(
    "choice", [Choice(PUBLISH), Choice(HOLD), *[Choice(REMOVE, category) for category in Category]], ids=str
)
def test_the_label_that_came_with_a_decision_is_known_from_its_reason(choice: Choice):
    assert label_behind(choice.decision().main_reason.code) is choice.label


@pytest.mark.parametrize("code", ["moderator.undo", "policy.hold", "model.text", "", "spam"])
def test_no_other_reason_comes_with_a_label(code: str):
    assert label_behind(code) is None


def test_what_is_held_is_neither_welcome_nor_not():
    assert [welcome_or_not(verdict) for verdict in (PUBLISH, HOLD, REMOVE)] == [Label.HAM, None, Label.SPAM]
