"""What clients are told: the JSON of comments and decisions, and its description; it decides nothing."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, Literal

import orjson
from pydantic import BaseModel, Field
from starlette.responses import Response

from moderation.clock import Id
from moderation.duties.checking import Checked
from moderation.duties.showing import Shown
from moderation.judging.decision import Decision
from moderation.judging.signal import ModelRef, Reason
from moderation.vocabulary import Actor, Band, ErasedBy, State, Verdict
from moderation.web import problems

_SCORE_DIGITS: Final = 6
_WEIGHT_DIGITS: Final = 4
_PRIVATE: Final = {"cache-control": "no-store"}
_UNJUDGED: Final[dict[str, Any]] = {
    "verdict": None,
    "score": None,
    "band": None,
    "reasons": [],
    "model": None,
    "notice_version": "",
}


class SpanShown(BaseModel):
    """A stretch of a field as received: [start, end) in code points."""

    field: Literal["content", "author.name", "author.url"]
    start: int
    end: int


class ReasonShown(BaseModel):
    """Why: a stable code, a sentence for people, and how much it weighed (log-odds; positive speaks against)."""

    code: str = Field(examples=["model.text"])
    text: str
    weight: float
    spans: list[SpanShown]


class ModelShown(BaseModel):
    """The model that spoke; `site_revision` counts how often it has changed at this site."""

    name: str
    version: str
    site_revision: int


class Judged(BaseModel):
    """What the program concluded; `score`, `band` and `model` are null where no model was asked."""

    verdict: Verdict
    score: float | None = Field(description="The calibrated probability that the comment is unwelcome.")
    band: Band | None
    reasons: list[ReasonShown]
    model: ModelShown | None
    notice_version: str


class ReceiptShown(BaseModel):
    """The author's own way to see what became of the comment; the secret stands only here, so hand it on."""

    url: str


class Submitted(Judged):
    """A comment that is judged and durably stored; `receipt` is null where the comment was known already."""

    id: str
    version: int
    state: State
    receipt: ReceiptShown | None


class AuthorShown(BaseModel):
    """The author in the forms that are stored; the e-mail address exists only as a code, which is not shown."""

    name: str
    url: str
    ip_prefix: str | None = Field(examples=["192.0.2.0/24"])
    roles: list[str]


class CommentShown(Judged):
    """A stored comment with the decision that stands on it; text and author are as received: hostile until escaped.

    Of an erased one only id, parent, the month and who had it erased are left; everything else is empty.
    """

    verdict: Verdict | None = Field(description="Null once the comment is erased.")  # type: ignore[assignment] # wider
    erased_by: ErasedBy | None = Field(description="Who had the comment erased; null while it is not.")
    id: str
    version: int
    state: State
    decided_by: Actor
    permalink: str
    content: str
    type: str
    parent_id: str | None
    external_id: str | None
    author: AuthorShown
    language: str
    submitted_at: datetime | None
    received_at: datetime
    changed_at: datetime


class CommentPage(BaseModel):
    """Newest first; `next` is the `after` of the next page, null on the last."""

    items: list[CommentShown]
    next: str | None


class Decided(BaseModel):
    """Where the comment stands now."""

    id: str
    version: int
    state: State
    verdict: Verdict
    reasons: list[ReasonShown]


def judged(decision: Decision, notice_version: str) -> dict[str, Any]:
    """Returns a decision as `Judged` describes it."""
    return {
        "verdict": decision.verdict,
        "score": None if decision.score is None else round(decision.score, _SCORE_DIGITS),
        "band": decision.band,
        "reasons": [_reason(reason) for reason in decision.reasons],
        "model": _model(decision.model),
        "notice_version": notice_version,
    }


def submitted(checked: Checked, base_url: str) -> dict[str, Any]:
    """Returns what a blog is told about a comment it sent, as `Submitted` describes it."""
    receipt = {"url": f"{base_url}/receipt#{checked.receipt.token}"} if checked.receipt else None
    return {
        **_standing(checked.comment_id, checked.version, checked.state),
        **judged(checked.decision, checked.notice_version),
        "receipt": receipt,
    }


def shown(stored: Shown) -> dict[str, Any]:
    """Returns a stored comment as `CommentShown` describes it."""
    row = stored.row
    return {
        **_standing(row.id, row.version, row.state),
        **(judged(stored.decision, row.notice_version) if stored.decision else _UNJUDGED),
        "erased_by": row.erased_by,
        "decided_by": row.decided_by,
        "permalink": row.permalink,
        "content": row.content,
        "type": row.type,
        "parent_id": str(row.parent_id) if row.parent_id else None,
        "external_id": row.external_id,
        "author": {
            "name": row.author_name,
            "url": row.author_url,
            "ip_prefix": row.author_ip_prefix,
            "roles": row.author_roles,
        },
        "language": row.language,
        "submitted_at": moment(row.submitted_at) if row.submitted_at else None,
        "received_at": moment(row.received_at),
        "changed_at": moment(row.changed_at),
    }


def decided(comment_id: Id, version: int, state: State, decision: Decision) -> dict[str, Any]:
    """Returns what a decision led to, as `Decided` describes it."""
    reasons = [_reason(reason) for reason in decision.reasons]
    return {**_standing(comment_id, version, state), "verdict": decision.verdict, "reasons": reasons}


def moment(time: datetime) -> str:
    """Returns a time as RFC 3339 in UTC, ending in Z."""
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")


def version_in(body: bytes) -> int:
    """Returns the comment's version that an answer tells."""
    return int(orjson.loads(body)["version"])


def body_of(value: Mapping[str, Any]) -> bytes:
    """Returns a value as the bytes of an answer."""
    return orjson.dumps(value)


def reply(body: bytes, *, status: int = problems.OK, headers: Mapping[str, str] | None = None) -> Response:
    """Returns an answer that no cache keeps, unless the headers say otherwise."""
    return Response(body, status, {**_PRIVATE, **(headers or {})}, "application/json")


def _standing(comment_id: Id, version: int, state: State) -> dict[str, Any]:
    return {"id": str(comment_id), "version": version, "state": state}


def _reason(reason: Reason) -> dict[str, Any]:
    spans = [{"field": span.field, "start": span.start, "end": span.end} for span in reason.spans]
    return {"code": reason.code, "text": reason.text, "weight": round(reason.weight, _WEIGHT_DIGITS), "spans": spans}


def _model(model: ModelRef | None) -> dict[str, Any] | None:
    if model is None:
        return None
    return {"name": model.name, "version": model.version, "site_revision": model.site_revision}
