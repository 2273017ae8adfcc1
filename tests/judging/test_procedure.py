"""The steps as readers are told of them are the steps as `judge` takes them."""

import ast
import inspect
from dataclasses import replace

import pytest

from moderation.clock import new_id
from moderation.judging import judge as judging
from moderation.judging.comment import Author, Comment, Form
from moderation.judging.judge import judge
from moderation.judging.policy import Policy
from moderation.judging.procedure import ACTOR_WORDS, NEXT_SENTENCES, STATE_SENTENCES, VERDICT_WORDS, steps
from moderation.judging.receipt import BAND_WORDS, VERDICT_PAST
from moderation.judging.rules import Rule
from moderation.vocabulary import Actor, Band, RuleKind, State, Verdict
from tests.support.fakes import FixedScorer

HITS_ANYTHING = Rule(new_id(), RuleKind.LINKS_OVER, "0", Verdict.HOLD)
LINK = "see http://blog.example/"
ROLE = frozenset({"administrator"})
EVERY_STEP = {  # a comment that this step answers, and that every later step would answer too
    "role": Comment("p", "", author=Author(name="viagra-test-123", roles=ROLE), form=Form(honeypot_filled=True)),
    "test": Comment("p", LINK, author=Author(name="viagra-test-123"), form=Form(honeypot_filled=True)),
    "content": Comment("p", "", form=Form(honeypot_filled=True)),
    "rule": Comment("p", LINK, form=Form(honeypot_filled=True)),
    "form": Comment("p", "no link", form=Form(honeypot_filled=True)),
    "model": Comment("p", "no link"),
}


def test_each_step_answers_its_own_comment_in_the_order_told():
    told = [step.code for step in steps(Policy(), [HITS_ANYTHING])]
    assert told == list(EVERY_STEP)
    for code, comment in EVERY_STEP.items():
        decision = judge(comment, [HITS_ANYTHING], FixedScorer(0.1), Policy())
        assert decision.main_reason.code.partition(".")[0] == code


def test_no_step_of_the_code_is_left_untold():
    calls = [node for node in ast.walk(ast.parse(inspect.getsource(judging.judge))) if isinstance(node, ast.Call)]
    taken = [node.func.id for node in calls if isinstance(node.func, ast.Name) and node.func.id.startswith("_of_")]
    assert len(taken) == len(EVERY_STEP)


def test_a_step_that_is_switched_off_is_not_told():
    told = {step.code for step in steps(Policy(trusts_administrators=False), [])}
    assert told == set(EVERY_STEP) - {"role", "rule"}
    by_admin = replace(EVERY_STEP["model"], author=Author(roles=ROLE))
    decision = judge(by_admin, [], FixedScorer(0.9), Policy(trusts_administrators=False))
    assert decision.main_reason.code.startswith("model")


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        (Policy(), "A score of 0.7 or more is held for a person to look at; anything lower is published."),
        (Policy(hold_at=0.55, removal_by_program=True), "A score of 0.55 or more is held"),
        (
            Policy(removal_by_program=True, is_guaranteed=True),
            "held for a person to look at; a score of 0.95 or more is refused; anything lower is published.",
        ),
    ],
)
def test_the_thresholds_told_are_the_policys(policy: Policy, said: str):
    assert said in steps(policy, [])[-1].text


def test_every_word_of_the_vocabulary_has_words_for_readers():
    assert set(STATE_SENTENCES) == set(NEXT_SENTENCES) == set(State)
    assert set(ACTOR_WORDS) == set(Actor)
    assert set(VERDICT_WORDS) == set(VERDICT_PAST) == set(Verdict)
    assert set(BAND_WORDS) == set(Band)
