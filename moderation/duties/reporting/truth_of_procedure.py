"""Whether a site's comments are judged as the notice says: the real judge and the database are asked; it tells none."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise, product
from typing import Any, Final

from moderation.clock import Id
from moderation.duties.reporting.statements import Look
from moderation.duties.reporting.wording import differing
from moderation.judging.comment import Author, Comment, Form
from moderation.judging.decision import Decision
from moderation.judging.judge import TEST_NAMES, Scorer, judge
from moderation.judging.procedure import VERDICT_WORDS
from moderation.judging.rules import Rule
from moderation.judging.said import Said
from moderation.judging.signal import ModelRef, Reason, Signal
from moderation.storage import recounting
from moderation.vocabulary import PEOPLE, STRICTNESS, RuleKind, State, Verdict

_STEPS: Final = 20
_ADMINISTRATOR: Final = frozenset({"administrator"})
_TRAPPED: Final = Form(honeypot_filled=True)
_LINK: Final = "see http://blog.example/"
_CANARIES: Final = {  # a comment that this step answers, and that every later step would answer too
    "role": Comment("p", "", author=Author(name=min(TEST_NAMES), roles=_ADMINISTRATOR), form=_TRAPPED),
    "test": Comment("p", _LINK, author=Author(name=min(TEST_NAMES)), form=_TRAPPED),
    "content": Comment("p", "", form=_TRAPPED),
    "rule": Comment("p", _LINK, form=_TRAPPED),
    "form": Comment("p", "no link", form=_TRAPPED),
    "model": Comment("p", "no link"),
}
_BY_RULES: Final = frozenset({"role", "test", "content", "rule"})
"""Steps up to the rules: beyond them, a site's own rules could answer for any canary."""


@dataclass(frozen=True, slots=True)
class _Scoring:
    """A scorer that gives one score, as if the model in memory had spoken."""

    score: float
    model: ModelRef

    def weigh(self, comment: Comment) -> Signal:  # noqa: ARG002 - the Protocol's signature
        return Signal(self.score, (Reason("model.text", "A score that is looked at."),), self.model)


def _judged(look: Look, comment: Comment, rules: Sequence[Rule] = (), score: float = 0.0) -> Decision:
    classifier = look.ground.classifier
    scorer = _Scoring(score, ModelRef(classifier.name, classifier.version))
    return judge(comment, rules, scorer, look.site.policy)


def judged_by(look: Look, comment: Comment, scorer: Scorer) -> Decision:
    """Returns what the real judge makes of a comment at a site, with a scorer."""
    return judge(comment, (), scorer, look.site.policy)


def _hits_links(verdict: Verdict = Verdict.HOLD) -> Rule:
    return Rule(Id(int=0), RuleKind.LINKS_OVER, "0", verdict)


def steps(look: Look, told: Any) -> str | None:  # noqa: ANN401 - a fact's value
    """Each step told answers its own comment, in the order told, and no step that is not told answers."""
    found = []
    for code, comment in _CANARIES.items():
        rules = (*look.site.rules, _hits_links()) if look.site.rules and code in _BY_RULES else ()
        answered = _judged(look, comment, rules).main_reason.code.partition(".")[0]
        if answered not in found:
            found.append(answered)
    wrong = differing([step["code"] for step in told], found)
    return wrong or _at_the_scores_said(look, told[-1]["text"])


def _at_the_scores_said(look: Look, text: object) -> str | None:
    """The scores in the sentence are those at which the judge changes its mind."""
    said = text.facts if isinstance(text, Said) else {}
    return thresholds(look, {"hold_at": said.get("hold_at"), "remove_at": said.get("remove_at")})


def alone(look: Look, told: Any) -> str | None:  # noqa: ANN401 - a fact's value
    """What a program alone concludes is found by walking comments of every step, every kind of rule and every score."""
    reached = _reached(look)
    return differing(sorted(told), sorted(VERDICT_WORDS[verdict] for verdict in reached))


def people(look: Look, told: Any) -> str | None:  # noqa: ANN401 - a fact's value
    """What the walk never reaches is left to people."""
    left = set(Verdict) - _reached(look)
    return differing(sorted(told), sorted(VERDICT_WORDS[verdict] for verdict in left))


def _reached(look: Look) -> frozenset[Verdict]:
    return look.once("reached", lambda: frozenset(_walk(look)))


def _walk(look: Look) -> Iterator[Verdict]:
    policy = look.site.policy
    edges = {edge for at in (policy.hold_at, policy.remove_at, policy.discard_at) for edge in (at, _below(at))}
    scores = sorted(edges | {step / _STEPS for step in range(_STEPS + 1)})
    rules = [(), *((_hits_links(verdict),) for verdict in Verdict), look.site.rules]
    for comment, given, score in product(_CANARIES.values(), rules, scores):
        yield _judged(look, comment, given, score).verdict


def _below(score: float) -> float:
    return math.nextafter(score, 0.0)


def thresholds(look: Look, told: Any) -> str | None:  # noqa: ANN401 - a fact's value
    """At each score told the judge changes its mind, just below it does not; what is switched off never happens."""
    plain = _CANARIES["model"]
    strict = {"hold_at": {Verdict.HOLD, Verdict.REMOVE}, "remove_at": {Verdict.REMOVE}}
    for name, verdicts in strict.items():
        at = told.get(name)
        if at is None:
            is_right = _judged(look, plain, score=1.0).verdict not in verdicts
        else:
            above, below = (_judged(look, plain, score=score).verdict for score in (at, _below(at)))
            is_right = above in verdicts and below not in verdicts
        if not is_right:
            return Said("The judge does not change its mind at the score told (%(name)s).", name=name)
    return _stored(look, "hold_at", look.site.policy.hold_at) or _discards(look, told)


def _discards(look: Look, told: Any) -> str | None:  # noqa: ANN401 - a fact's value
    if "discard_at" not in told:
        return None
    at = told["discard_at"]
    at_most, below = (1.0, None) if at is None else (at, _below(at))
    dropped = _judged(look, _CANARIES["model"], score=at_most).is_discardable
    kept = below is None or not _judged(look, _CANARIES["model"], score=below).is_discardable
    return None if dropped is (at is not None) and kept else "Comments are dropped unseen at another score than told."


def trusts_administrators(look: Look, told: Any) -> str | None:  # noqa: ANN401 - a fact's value
    """An administrator's comment that looks as bad as can be is published, or judged like any other."""
    comment = replace(_CANARIES["model"], author=Author(roles=_ADMINISTRATOR))
    passed = _judged(look, comment, score=1.0).verdict is Verdict.PUBLISH
    return differing(told, passed) or _stored(look, "trusts_administrators", told)


def name(look: Look, told: Any) -> str | None:  # noqa: ANN401 - a fact's value
    """The name is the one in the database."""
    return _stored(look, "name", told)


def home_url(look: Look, told: Any) -> str | None:  # noqa: ANN401 - a fact's value
    """So is the address."""
    return _stored(look, "home_url", told)


def closed(look: Look, told: Any) -> str | None:  # noqa: ANN401 - a fact's value
    """A site is closed or open as it is stored, and nothing has come in or was decided since its end."""
    row = look.once("site", lambda: recounting.site(look.db, site_id=look.site.id))
    since = recounting.after_the_end(look.db, site_id=look.site.id)
    wrong = differing(told, row.removed_at is not None)
    return wrong or (Said("Since the website was closed, %(count)s things were done.", count=since) if since else None)


def _stored(look: Look, column: str, told: object) -> str | None:
    """A setting changed behind the program's back is not yet in force, and what is in force is not what is stored."""
    row = look.once("site", lambda: recounting.site(look.db, site_id=look.site.id))
    stored = getattr(row, column)
    return differing(told, bool(stored) if isinstance(told, bool) else stored)


def rules(look: Look, told: Any) -> str | None:  # noqa: ANN401 - a fact's value
    """The rules in memory are those in the database."""
    stored = recounting.rules(look.db, site_id=look.site.id)
    found = [{"id": str(id_), "looks_at": kind, "verdict": verdict} for id_, kind, verdict in stored]
    return differing(sorted(told, key=lambda rule: rule["id"]), sorted(found, key=lambda rule: rule["id"]))


def consequences(look: Look, told: Any) -> str | None:  # noqa: ANN401 - a fact's value
    """Every state has its sentence, and no comment is in another."""
    wrong = differing(sorted(told), sorted(state.value for state in State))
    strange = recounting.states(look.db, site_id=look.site.id) - set(told)
    return wrong or (
        Said("Comments are in a state without a sentence: %(states)s.", states=_joined(strange)) if strange else None
    )


def standing(look: Look, told: Any) -> str | None:  # noqa: ANN401, ARG001 - a check's signature
    """No program overruled a person but after an edit, and with a stricter verdict."""
    broken = 0
    rows = recounting.rejudged(look.db, site_id=look.site.id)
    for _, group in groupby(rows, key=lambda row: row.comment_id):
        history = list(group)
        for before, after in pairwise(history):
            is_overruled = before.actor in PEOPLE and after.actor not in PEOPLE
            is_worse = STRICTNESS[Verdict(after.verdict)] > STRICTNESS[Verdict(before.verdict)]
            broken += is_overruled and not (is_worse and after.edits)
    return Said("A program overruled a person's decision on %(count)s comments.", count=broken) if broken else None


def on_failure(look: Look, told: Any) -> str | None:  # noqa: ANN401, ARG001 - a check's signature
    """Nothing is stored by half."""
    count = recounting.stored_by_half(look.db, site_id=look.site.id)
    return Said("%(count)s comments or decisions are stored by half.", count=count) if count else None


def _joined(words: frozenset[str] | set[str]) -> str:
    return ", ".join(sorted(words))
