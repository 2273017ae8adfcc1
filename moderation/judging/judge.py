"""Comment + rules + scorer + policy -> decision: the ordered steps, each with its reason; it writes nothing."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from moderation.judging.comment import JUDGED_CODE_POINTS, Comment
from moderation.judging.decision import Decision
from moderation.judging.policy import Policy
from moderation.judging.rules import Rule, hits
from moderation.judging.signal import Reason, Signal
from moderation.vocabulary import STRICTNESS, Actor, Verdict

TEST_NAMES = frozenset({"viagra-test-123", "akismet-guaranteed-spam"})
FASTEST_MS = 1_000
"""Milliseconds between loading a form and sending it under which nobody can have read the page and written."""
TEST_EMAIL = "akismet-guaranteed-spam@example.com"


class Scorer(Protocol):
    """Whoever can say how unwelcome a comment looks; judging owns this and needs nothing else of a model."""

    def weigh(self, comment: Comment) -> Signal:
        """Returns the score with its reasons and the model that spoke."""
        ...


def judge(comment: Comment, rules: Sequence[Rule], scorer: Scorer, policy: Policy) -> Decision:
    """Returns the program's decision on a comment; the first step that has an answer gives it.

    A person's standing decision comes before all of this and is looked up by whoever stores comments.
    """
    return (
        _of_role(comment, policy)
        or _of_test_value(comment, policy)
        or _of_blank(comment, policy)
        or _of_rules(comment, rules, policy)
        or _of_form(comment, policy)
        or _of_score(comment, scorer.weigh(comment), policy)
    )


def _plain(verdict: Verdict, reasons: tuple[Reason, ...], policy: Policy) -> Decision:
    """A decision without a score; what a program may not remove is held."""
    if verdict is Verdict.REMOVE and not policy.program_may_remove:
        verdict = Verdict.HOLD
    return Decision(verdict, Actor.POLICY, reasons, policy_version=policy.version)


def _of_role(comment: Comment, policy: Policy) -> Decision | None:
    if not (policy.trusts_administrators and "administrator" in comment.author.roles):
        return None
    reason = Reason("role.administrator", "The site says that its own administrator wrote this.")
    return _plain(Verdict.PUBLISH, (reason,), policy)


def _of_test_value(comment: Comment, policy: Policy) -> Decision | None:
    if comment.author.name not in TEST_NAMES and comment.author.email.casefold() != TEST_EMAIL:
        return None
    reason = Reason("test.guaranteed_spam", "The author's name or address is a test value that always counts as spam.")
    return _plain(Verdict.HOLD, (reason,), policy)


def _of_blank(comment: Comment, policy: Policy) -> Decision | None:
    if not comment.is_blank:
        return None
    return _plain(Verdict.PUBLISH, (Reason("content.empty", "There is nothing in this comment to judge."),), policy)


def _of_rules(comment: Comment, rules: Sequence[Rule], policy: Policy) -> Decision | None:
    """The strictest verdict of the rules that match; a rule that publishes speaks only where no other matches."""
    matched = sorted(hits(rules, comment), key=lambda hit: -STRICTNESS[hit[0].verdict])
    if not matched:
        return None
    return _plain(matched[0][0].verdict, tuple(reason for _, reason in matched), policy)


def _of_form(comment: Comment, policy: Policy) -> Decision | None:
    if comment.form.honeypot_filled:
        reason = Reason("form.honeypot", "A field that people cannot see was filled in.")
        return _plain(Verdict.HOLD, (reason,), policy)
    if comment.form.elapsed_ms is not None and comment.form.elapsed_ms < FASTEST_MS:
        reason = Reason("form.too_fast", "The form was sent within a second of its loading: faster than people write.")
        return _plain(Verdict.HOLD, (reason,), policy)
    return None


def _unless_unread(comment: Comment, decision: Decision) -> Decision:
    """A comment too long to be read to its end may hide anything there: a person looks."""
    if len(comment.content) <= JUDGED_CODE_POINTS or decision.verdict is not Verdict.PUBLISH:
        return decision
    reason = Reason("content.unread", f"The program reads {JUDGED_CODE_POINTS:,} characters; this comment is longer.")
    return replace(decision, verdict=Verdict.HOLD, reasons=(reason, *decision.reasons))


def _of_score(comment: Comment, signal: Signal, policy: Policy) -> Decision:
    policy = policy.for_model(signal.model.title if signal.model else "")
    decision = Decision(
        verdict=policy.verdict_of(signal.score),
        actor=Actor.POLICY,
        reasons=signal.reasons,
        score=signal.score,
        band=policy.band_of(signal.score),
        model=signal.model,
        policy_version=policy.version,
        is_discardable=policy.is_discardable(signal.score),
    )
    return _unless_unread(comment, decision)
