"""`/api/v1/comments/{id}/decisions`: what the website's people decided; the duty knows what follows."""

import re
from functools import partial
from typing import Final

from fastapi import APIRouter, Request
from starlette.background import BackgroundTask
from starlette.responses import Response

from moderation import clock
from moderation.clock import Id
from moderation.duties import correcting, guaranteeing
from moderation.duties.answering import Given
from moderation.duties.checking import Caller
from moderation.duties.correcting import Choice
from moderation.errors import FieldFault, Invalid
from moderation.runtime import Db
from moderation.vocabulary import Label, Verdict
from moderation.web import problems
from moderation.web.api import access, bodies, examples, views
from moderation.web.api.access import Deciding
from moderation.web.api.comments import id_of
from moderation.web.api.document import gives, takes
from moderation.web.api.schemas import DecisionSent
from moderation.web.api.views import Decided
from moderation.web.deps import Doors, doors_of
from moderation.web.writes import write, write_once

_VERSION: Final = re.compile(r'(?:W/)?"(\d{1,9})"|(\d{1,9})', re.ASCII)
IF_MATCH: Final = access.header(
    "If-Match", 'The version that you have seen, `"3"` or `3`; `*` or nothing stands for any version.'
)
router = APIRouter(prefix="/api/v1/comments", tags=["comments"])


@router.post(
    "/{comment_id}/decisions",
    operation_id="decide_comment",
    summary="Record a decision of the website",
    response_model=None,
    responses=problems.declares(
        *access.REFUSALS,
        "body.malformed",
        "request.too_large",
        "comment.not_found",
        "comment.erased",
        "comment.version",
        "idempotency.reused",
    )
    | gives(Decided, "Where the comment stands now; `ETag` is its version.", examples.DECIDED),
    openapi_extra=takes(DecisionSent, examples.DECISION, access.IDEMPOTENCY, IF_MATCH),
)
async def decide_comment(request: Request, comment_id: str, caller: Deciding) -> Response:
    """A person's decision stands until a person decides anew. Send `If-Match` so that nobody's newer one is lost."""
    key, expected = access.idempotency_key(request), _expected_version(request.headers.get("if-match"))
    raw = await request.body()
    choice = _choice(bodies.read(raw, DecisionSent), expected)
    act = partial(_decided, doors_of(request), caller, id_of(comment_id), choice)
    if key is None:
        given = await write(request, act)
    else:
        given = await write_once(request, site_id=caller.site.id, key=key, raw=raw, act=act)
    answer = views.reply(given.body, headers={"etag": f'"{views.version_in(given.body)}"'})
    if choice.label is not None:  # while the client reads its answer
        answer.background = BackgroundTask(doors_of(request).teacher.teach, caller.site.id)
    return answer


def _choice(sent: DecisionSent, expected: int | None) -> Choice:
    label = Label(sent.label) if sent.label else None
    return Choice(Verdict(sent.verdict), label, (sent.reason or "").strip(), expected)


def _decided(doors: Doors, caller: Caller, comment_id: Id, choice: Choice, db: Db) -> Given:
    seal, site_id, now = doors.runtime.settings.seal, caller.site.id, clock.now()
    standing, decision = correcting.decide(
        db, seal=seal, site_id=site_id, comment_id=comment_id, choice=choice, now=now
    )
    guaranteeing.follow(db, site_id=site_id, comment_id=comment_id, now=now)
    told = views.decided(comment_id, standing.version, standing.state, decision)
    return Given(problems.OK, views.body_of(told))


def _expected_version(text: str | None) -> int | None:
    if text is None or text.strip() == "*":
        return None
    match = _VERSION.fullmatch(text.strip())
    if match is None:
        fault = FieldFault("If-Match", 'must be one version, such as "3"')
        raise Invalid("The If-Match header cannot be read.", faults=(fault,))
    return int(match[1] or match[2])
