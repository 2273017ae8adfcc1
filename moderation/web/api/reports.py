"""`/api/v1/comments/{id}/reports`: a reader says that a published comment is bad; a person then looks, nothing else."""

from functools import partial
from typing import Final

from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.responses import Response

from moderation import clock
from moderation.clock import Id
from moderation.duties import reviewing
from moderation.duties.answering import Given
from moderation.duties.checking import Caller
from moderation.runtime import Db
from moderation.vocabulary import Category
from moderation.web import problems
from moderation.web.api import access, bodies, examples, views
from moderation.web.api.access import Writing
from moderation.web.api.comments import id_of
from moderation.web.api.document import gives, takes
from moderation.web.api.schemas import ReportSent
from moderation.web.deps import Doors, doors_of
from moderation.web.writes import write, write_once

router = APIRouter(prefix="/api/v1/comments", tags=["comments"])
_REFUSALS: Final = (
    *access.REFUSALS,
    "body.malformed",
    "comment.erased",
    "comment.not_found",
    "idempotency.reused",
    "report.not_published",
    "request.too_large",
)


class Reported(BaseModel):
    """Whether the report counts: a reader counts once for a comment."""

    id: str
    counted: bool


@router.post(
    "/{comment_id}/reports",
    operation_id="report_comment",
    summary="Pass on a reader's complaint",
    response_model=None,
    responses=problems.declares(*_REFUSALS) | gives(Reported, "It is stored.", examples.REPORTED),
    openapi_extra=takes(ReportSent, examples.REPORT, access.IDEMPOTENCY),
)
async def report_comment(request: Request, comment_id: str, caller: Writing) -> Response:
    """The comment stays published and waits for a moderator. Reports never teach the model and decide nothing."""
    key, raw = access.idempotency_key(request), await request.body()
    sent = bodies.read(raw, ReportSent)
    act = partial(_reported, doors_of(request), caller, id_of(comment_id), sent)
    if key is None:
        given = await write(request, act)
    else:
        given = await write_once(request, site_id=caller.site.id, key=key, raw=raw, act=act)
    return views.reply(given.body)


def _reported(doors: Doors, caller: Caller, comment_id: Id, sent: ReportSent, db: Db) -> Given:
    seal, site_id = doors.runtime.settings.seal, caller.site.id
    reporter = seal.code("reporter", str(site_id), "reader", sent.reporter)
    counted = reviewing.report(
        db,
        site_id=site_id,
        comment_id=comment_id,
        reporter_code=reporter,
        category=Category(sent.category),
        now=clock.now(),
    )
    return Given(problems.OK, views.body_of({"id": str(comment_id), "counted": counted}))
