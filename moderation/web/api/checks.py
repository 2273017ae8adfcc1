"""`/api/v1/checks`: judged and not stored."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from moderation import telemetry
from moderation.web import problems
from moderation.web.api import access, bodies, examples, views
from moderation.web.api.access import Writing
from moderation.web.api.document import gives, takes
from moderation.web.api.schemas import CommentSent
from moderation.web.api.views import Judged
from moderation.web.deps import doors_of

router = APIRouter(prefix="/api/v1/checks", tags=["comments"])


@router.post(
    "",
    operation_id="check_comment",
    summary="Judge a comment without storing it",
    response_model=None,
    responses=problems.declares(*access.REFUSALS, "body.malformed", "request.too_large")
    | gives(Judged, "What the program concludes.", examples.JUDGED),
    openapi_extra=takes(CommentSent, examples.COMMENT),
)
async def check_comment(request: Request, caller: Writing) -> Response:
    """Returns what the program would conclude; nothing is stored, counted as a comment, or shown to a moderator."""
    doors = doors_of(request)
    sent = bodies.read(await request.body(), CommentSent)
    decision = doors.checking.judge(caller.site, sent.comment())
    telemetry.judged("api", decision.verdict.value)
    return views.reply(views.body_of(views.judged(decision, doors.reporting.version(caller.site))))
