"""What the notice says of how a comment is judged at a site: steps, rules, thresholds, what follows; it judges none."""

from dataclasses import asdict
from typing import Final

from moderation.duties.reporting import truth_of_procedure as truth
from moderation.duties.reporting.statements import Ground, Statement
from moderation.judging import procedure
from moderation.judging.facts import FactValue, Provenance
from moderation.judging.procedure import NEXT_SENTENCES, STATE_SENTENCES, VERDICT_WORDS
from moderation.judging.said import Said
from moderation.vocabulary import State, Verdict

_WALK: Final = "the site's policy in memory; the real judge is walked through scores from 0 to 1 and every kind of rule"
_POLICY: Final = "the site's policy in memory; the real judge is asked at each score told and just below it"
STANDING: Final = (
    "A person's decision about a comment stands. The program decides anew if the website sends other words for the "
    "comment and these look worse."
)
ON_FAILURE: Final = (
    "If this service cannot store a comment, it keeps nothing and says so; the website decides what happens then."
)


def _steps(ground: Ground) -> FactValue:
    return tuple(asdict(step) for step in procedure.steps(ground.policy, ground.site.rules))


def _alone(ground: Ground) -> FactValue:
    reachable = ground.policy.reachable_by_program()
    return tuple(VERDICT_WORDS[verdict] for verdict in Verdict if verdict in reachable)


def _people(ground: Ground) -> FactValue:
    reachable = ground.policy.reachable_by_program()
    return tuple(VERDICT_WORDS[verdict] for verdict in Verdict if verdict not in reachable)


def _thresholds(ground: Ground) -> FactValue:
    """The scores at which something changes, None where that is switched off."""
    policy = ground.policy
    removes = policy.program_may_remove
    return {
        "hold_at": policy.hold_at,
        "remove_at": policy.remove_at if removes else None,
        "discard_at": policy.discard_at if removes and policy.discards else None,
    }


def _rules(ground: Ground) -> FactValue:
    return tuple(
        {"id": str(rule.id), "looks_at": rule.kind.value, "verdict": rule.verdict.value} for rule in ground.site.rules
    )


def _consequences(_: Ground) -> FactValue:
    told = {state: (STATE_SENTENCES[state], NEXT_SENTENCES[state]) for state in State}
    return {state.value: Said("%(now)s %(then)s", now=now, then=then) for state, (now, then) in told.items()}


STATEMENTS: Final = (
    Statement(
        "automation.steps",
        Provenance.SETTINGS,
        "the site's policy and rules in memory; each step is given a comment of its own",
        _steps,
        truth.steps,
    ),
    Statement("automation.alone", Provenance.SETTINGS, _WALK, _alone, truth.alone),
    Statement("automation.people", Provenance.SETTINGS, _WALK, _people, truth.people),
    Statement("automation.thresholds", Provenance.SETTINGS, _POLICY, _thresholds, truth.thresholds),
    Statement(
        "automation.trusts_administrators",
        Provenance.SETTINGS,
        "the site's policy in memory; the real judge is given an administrator's comment",
        lambda ground: ground.policy.trusts_administrators,
        truth.trusts_administrators,
    ),
    Statement(
        "automation.rules",
        Provenance.SETTINGS,
        "the site's rules in memory, without what they look for; those in the database are read again and compared",
        _rules,
        truth.rules,
    ),
    Statement(
        "automation.consequences",
        Provenance.SCHEMA,
        "the states that this program knows; the stored comments are asked for theirs",
        _consequences,
        truth.consequences,
    ),
    Statement(
        "automation.standing",
        Provenance.SCHEMA,
        "the order of the program's steps; the stored decisions are searched for one that breaks it",
        lambda _: STANDING,
        truth.standing,
    ),
    Statement(
        "automation.on_failure",
        Provenance.SCHEMA,
        "the answer of each door where the database fails; the database is searched for a comment stored by half",
        lambda _: ON_FAILURE,
        truth.on_failure,
    ),
)
