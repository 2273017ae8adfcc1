"""The ordered steps of judging: who speaks first, and that nothing a program must not do slips through."""

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.clock import new_id
from moderation.judging.comment import Author, Comment, Form
from moderation.judging.judge import TEST_EMAIL, TEST_NAMES, judge
from moderation.judging.policy import Policy
from moderation.judging.rules import Rule
from moderation.judging.signal import ModelRef, Signal
from moderation.vocabulary import STRICTNESS, Actor, Band, RuleKind, Verdict
from tests.support.factories import author, comment
from tests.support.fakes import FixedScorer

PUBLISH, HOLD, REMOVE = Verdict.PUBLISH, Verdict.HOLD, Verdict.REMOVE
POLICY = Policy(hold_at=0.5, remove_at=0.8, discard_at=0.9, version=3)
REMOVING = replace(POLICY, removal_by_program=True, is_guaranteed=True)

ADMINISTRATOR = author(roles=frozenset({"administrator", "editor"}))
GUARANTEED = author(name="viagra-test-123")
BLANK = Comment("https://blog.example", " ")
TRAPPED = Form(honeypot_filled=True)


def rule(verdict: Verdict, word: str = "soup") -> Rule:
    return Rule(new_id(), RuleKind.WORD, word, verdict)


class NeverAsked:
    """A scorer for comments that must be decided before the model speaks."""

    def weigh(self, comment: Comment) -> Signal:
        raise AssertionError("the model was asked")


@pytest.mark.parametrize(
    ("said", "rules", "code", "verdict"),
    [
        (comment(author=ADMINISTRATOR), [], "role.administrator", PUBLISH),
        (comment(author=replace(GUARANTEED, roles=frozenset({"administrator"}))), [], "role.administrator", PUBLISH),
        (replace(BLANK, author=Author(roles=frozenset({"administrator"}))), [], "role.administrator", PUBLISH),
        (comment(author=ADMINISTRATOR, form=TRAPPED), [rule(REMOVE)], "role.administrator", PUBLISH),
        (comment(author=GUARANTEED), [rule(PUBLISH)], "test.guaranteed_spam", HOLD),
        (
            Comment("https://blog.example", "", author=Author(name="akismet-guaranteed-spam")),
            [],
            "test.guaranteed_spam",
            HOLD,
        ),
        (BLANK, [Rule(new_id(), RuleKind.PATTERN, ".*", REMOVE)], "content.empty", PUBLISH),
        (replace(BLANK, form=TRAPPED), [], "content.empty", PUBLISH),
        (comment("soup", form=TRAPPED), [rule(PUBLISH)], "rule", PUBLISH),
        (comment("soup"), [rule(HOLD)], "rule", HOLD),
        (comment("soup", form=TRAPPED), [rule(REMOVE, "pills")], "form.honeypot", HOLD),
        (comment("soup", form=Form(elapsed_ms=999)), [], "form.too_fast", HOLD),
        (comment("soup", form=Form(elapsed_ms=0)), [rule(PUBLISH)], "rule", PUBLISH),
    ],
)
def test_the_first_step_with_an_answer_gives_it(said: Comment, rules: list[Rule], code: str, verdict: Verdict):
    decision = judge(said, rules, NeverAsked(), REMOVING)
    assert (
        decision.verdict,
        decision.main_reason.code.removesuffix(str(rules[0].id) if rules else "").rstrip("."),
    ) == (
        verdict,
        code,
    )
    assert (decision.actor, decision.score, decision.band, decision.model) == (Actor.POLICY, None, None, None)
    assert (decision.policy_version, decision.is_discardable, decision.label) == (3, False, None)


@pytest.mark.parametrize("name", sorted(TEST_NAMES))
def test_a_test_name_always_counts_as_spam(name: str):
    assert judge(comment(author=author(name=name)), [], FixedScorer(0.0), POLICY).verdict is HOLD


@pytest.mark.parametrize("email", [TEST_EMAIL, TEST_EMAIL.upper()])
def test_the_test_address_always_counts_as_spam(email: str):
    assert judge(comment(author=author(email=email)), [], FixedScorer(0.0), POLICY).verdict is HOLD


@pytest.mark.parametrize("name", ["Viagra-Test-123", "viagra-test-1234", "my viagra-test-123", ""])
def test_names_that_only_resemble_test_names_are_judged(name: str):
    assert judge(comment(author=author(name=name)), [], FixedScorer(0.1), POLICY).main_reason.code == "model.text"


def test_a_site_may_distrust_its_administrators():
    distrusting = replace(POLICY, trusts_administrators=False)
    assert judge(comment(author=ADMINISTRATOR), [], FixedScorer(0.9), distrusting).verdict is HOLD


@pytest.mark.parametrize("role", ["Administrator", "editor", "administrators", ""])
def test_only_the_role_administrator_is_trusted(role: str):
    assert judge(comment(author=author(roles=frozenset({role}))), [], FixedScorer(0.9), POLICY).verdict is HOLD


@pytest.mark.parametrize(("one", "other"), [*combinations(Verdict, 2), *combinations(reversed(Verdict), 2)])
def test_the_strictest_rule_wins_and_every_rule_that_matched_is_named(one: Verdict, other: Verdict):
    rules = [rule(one), rule(other), rule(REMOVE, "pills")]
    decision = judge(comment("soup"), rules, NeverAsked(), REMOVING)
    assert decision.verdict is max(one, other, key=STRICTNESS.__getitem__)
    assert {reason.code for reason in decision.reasons} == {f"rule.{rules[0].id}", f"rule.{rules[1].id}"}
    assert decision.main_reason.code == f"rule.{rules[0 if decision.verdict is one else 1].id}"


@pytest.mark.parametrize(
    "policy",
    [POLICY, replace(POLICY, removal_by_program=True), replace(POLICY, is_guaranteed=True)],
    ids=["neither", "not guaranteed", "not switched on"],
)
def test_a_rule_that_removes_holds_where_a_program_may_not_remove(policy: Policy):
    assert judge(comment("soup"), [rule(REMOVE)], NeverAsked(), policy).verdict is HOLD
    assert judge(comment("soup"), [rule(REMOVE)], NeverAsked(), REMOVING).verdict is REMOVE


@pytest.mark.parametrize(
    ("score", "policy", "verdict", "band", "is_discardable"),
    [
        (0.49, POLICY, PUBLISH, Band.LIKELY_FINE, False),
        (0.5, POLICY, HOLD, Band.UNSURE, False),
        (1.0, POLICY, HOLD, Band.LIKELY_SPAM, False),
        (0.8, REMOVING, REMOVE, Band.LIKELY_SPAM, False),
        (0.9, replace(REMOVING, discards=True), REMOVE, Band.LIKELY_SPAM, True),
        (0.9, replace(POLICY, discards=True), HOLD, Band.LIKELY_SPAM, False),
    ],
)
def test_else_the_score_decides(score: float, policy: Policy, verdict: Verdict, band: Band, is_discardable: bool):
    scorer = FixedScorer(score)
    decision = judge(comment(), [], scorer, policy)
    assert (decision.verdict, decision.band, decision.score) == (verdict, band, score)
    assert (decision.is_discardable, decision.model, decision.policy_version) == (is_discardable, scorer.model, 3)
    assert decision.reasons == scorer.weigh(comment()).reasons


def test_a_scorer_that_says_nonsense_publishes_nothing():
    with pytest.raises(ValueError, match="from 0 to 1"):
        judge(comment(), [], FixedScorer(float("nan")), POLICY)


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40)
comments = st.builds(
    comment,
    texts,
    author=st.builds(Author, texts, texts, texts, texts, st.frozensets(st.sampled_from(["administrator", "editor"]))),
    form=st.builds(Form, st.booleans()),
)
rules_of_a_site = st.lists(
    st.builds(
        Rule,
        st.builds(new_id),
        st.sampled_from([RuleKind.WORD, RuleKind.AUTHOR]),
        texts.filter(bool),
        st.sampled_from(Verdict),
    ),
    max_size=4,
)


@given(comments, rules_of_a_site, st.floats(0, 1), st.booleans(), st.booleans())
def test_a_program_never_removes_where_it_may_not(said: Comment, rules: list[Rule], score, switched_on, guaranteed):
    policy = replace(POLICY, removal_by_program=switched_on, is_guaranteed=guaranteed, discards=True)
    decision = judge(said, rules, FixedScorer(score), policy)
    assert decision.verdict in policy.reachable_by_program()
    assert decision.actor is Actor.POLICY


@pytest.mark.parametrize(("length", "verdict"), [(8_000, PUBLISH), (8_001, HOLD)])
def test_what_was_not_read_to_its_end_is_never_published_by_the_program(length, verdict):
    decision = judge(comment("s" * length), [], FixedScorer(0.1), POLICY)
    assert decision.verdict is verdict
    assert (decision.main_reason.code == "content.unread") is (verdict is HOLD)


def test_nobody_is_too_fast_who_took_a_second():
    assert judge(comment("soup", form=Form(elapsed_ms=1_000)), [], FixedScorer(0.1), POLICY).verdict is PUBLISH


def test_after_an_upgrade_of_the_model_the_old_promise_removes_nothing():
    promised = replace(REMOVING, calibrated_model="fixed 1")
    assert judge(comment("soup"), [], FixedScorer(0.99), promised).verdict is REMOVE
    assert judge(comment("soup"), [], FixedScorer(0.99, model=ModelRef("fixed", "2")), promised).verdict is HOLD
