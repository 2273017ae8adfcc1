"""To an operator: what would be said of these comments? Nothing is stored, and no site is needed for a score."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any, Final

from models.classifier import Classifier
from models.counterfactual import counterfactual
from moderation.errors import Invalid
from moderation.judging import rows
from moderation.judging.comment import Comment
from moderation.judging.decision import Decision
from moderation.judging.policy import Policy
from moderation.judging.signal import Reason
from moderation.storage.model_shelf import ClassifierScorer, sample_of

CHUNK: Final = 512
_SCORE_DIGITS: Final = 6
Line = tuple[int, bytes]
Answer = dict[str, Any]


def score_lines(classifier: Classifier, lines: Iterable[Line], *, explain: bool = False) -> Iterator[Answer]:
    """Yields `{"id", "score", "verdict"}` for each numbered line of JSON, under the policy of a new site, in order.

    A line that cannot be read yields `{"id"?, "line", "error"}`; blank lines yield nothing. Holds one chunk in memory.
    """
    chunk: list[Line] = []
    for line in lines:
        if line[1].strip():
            chunk.append(line)
        if len(chunk) == CHUNK:
            yield from _answers(classifier, chunk, explain)
            chunk = []
    yield from _answers(classifier, chunk, explain)


def describe(decision: Decision, notice_version: str) -> Answer:
    """Returns a decision in the words of the native API's `checks`."""
    model = decision.model
    return {
        "verdict": decision.verdict.value,
        "score": None if decision.score is None else round(decision.score, _SCORE_DIGITS),
        "band": decision.band.value if decision.band else None,
        "reasons": [_described(reason) for reason in decision.reasons],
        "model": asdict(model) if model else None,
        "notice_version": notice_version,
    }


def _answers(classifier: Classifier, chunk: list[Line], explain: bool) -> list[Answer]:  # noqa: FBT001 - passed through
    answers = [_read(number, line) for number, line in chunk]
    good = [(answer, comment) for answer, comment in answers if comment is not None]
    scores = classifier.scores([sample_of(comment) for _, comment in good])
    policy, scorer = Policy(), ClassifierScorer(classifier)
    for (answer, comment), score in zip(good, scores.tolist(), strict=True):
        answer |= {"score": score, "verdict": policy.verdict_of(score).value}
        if explain:
            answer["reasons"] = [_described(reason) for reason in scorer.weigh(comment).reasons]
            answer["would_pass_without"] = _needless(classifier, comment, policy.hold_at)
    return [answer for answer, _ in answers]


def _needless(classifier: Classifier, comment: Comment, hold_at: float) -> Answer | None:
    """The places without which the comment would pass, and its score then; None where there are none, or it passes."""
    found = counterfactual(classifier, sample_of(comment), hold_at)
    return asdict(found) if found else None


def _read(number: int, line: bytes) -> tuple[Answer, Comment | None]:
    """The beginning of a line's answer, and its comment where it holds one."""
    row: Answer = {}
    try:
        row = rows.parse(line)
        return {"id": row.get("id")}, rows.to_score(row)
    except Invalid as fault:
        known = {"id": row["id"]} if "id" in row else {}
        return known | {"line": number, "error": fault.message}, None


def _described(reason: Reason) -> Answer:
    return {
        "code": reason.code,
        "text": reason.text,
        "weight": round(reason.weight, 4) + 0.0,
        "spans": [asdict(span) for span in reason.spans],
    }
