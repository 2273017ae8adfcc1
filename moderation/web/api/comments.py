"""`/api/v1/comments`: submit, read one, list; the endpoints only translate between HTTP and the duties."""

from functools import partial
from typing import Annotated, Any, Final

import orjson
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from moderation import clock, telemetry
from moderation.clock import Id
from moderation.duties import showing
from moderation.duties.answering import Given
from moderation.duties.checking import Caller, Checked, Submission
from moderation.duties.showing import Filter
from moderation.errors import FieldFault, Invalid, ModerationError, NotFound
from moderation.judging.comment import LIMITS
from moderation.runtime import Db
from moderation.vocabulary import Channel, State
from moderation.web import problems
from moderation.web.api import access, bodies, examples, views
from moderation.web.api.access import Reading, Submitting
from moderation.web.api.document import gives, takes
from moderation.web.api.schemas import CommentSent
from moderation.web.api.views import CommentPage, CommentShown, Submitted
from moderation.web.deps import Doors, ReadDb, doors_of
from moderation.web.writes import write_once

PAGE: Final = 50
PAGE_LIMIT: Final = 100
router = APIRouter(prefix="/api/v1/comments", tags=["comments"])


@router.post(
    "",
    operation_id="submit_comment",
    summary="Submit a comment: judged and stored in one step",
    status_code=problems.CREATED,
    response_model=None,
    responses=problems.declares(
        *access.REFUSALS,
        "body.malformed",
        "request.too_large",
        "parent.not_found",
        "idempotency.reused",
        "retention.late",
    )
    | gives(
        Submitted,
        "Judged and stored; `Location` is where, `ETag` its version.",
        examples.SUBMITTED,
        status=problems.CREATED,
    ),
    openapi_extra=takes(CommentSent, examples.COMMENT, access.IDEMPOTENCY),
)
async def submit_comment(request: Request, caller: Submitting) -> Response:
    """Answers when the comment is durably stored.

    With an `external_id` that is known already, new words make a new version, which is judged again, and the same words
    give the answer that stands, with `receipt` null.
    """
    started, doors, key = clock.stopwatch(), doors_of(request), access.idempotency_key(request)
    raw = await request.body()
    submission = _submission(doors, caller, bodies.read(raw, CommentSent))
    if key is None:
        checked = await doors.runtime.writer.submit(doors.record, submission)
        told = views.submitted(checked, doors.runtime.settings.base_url)
        answer = _created(doors, told, views.body_of(told))
    else:
        act = partial(_recorded, doors, submission)
        given = await write_once(request, site_id=caller.site.id, key=key, raw=raw, act=act)
        answer = _created(doors, orjson.loads(given.body), given.body)
    telemetry.answered("api", clock.stopwatch() - started)
    return answer


@router.get(
    "/{comment_id}",
    operation_id="get_comment",
    summary="Read one comment",
    response_model=None,
    responses=problems.declares(*access.REFUSALS, "comment.not_found")
    | gives(CommentShown, "The comment; `ETag` is its version."),
    openapi_extra=access.SECURITY,
)
def get_comment(comment_id: str, caller: Reading, db: ReadDb) -> Response:
    """Returns a comment of the token's site in the forms that are stored."""
    stored = showing.read(db, site_id=caller.site.id, comment_id=id_of(comment_id))
    return views.reply(views.body_of(views.shown(stored)), headers={"etag": f'"{stored.row.version}"'})


@router.get(
    "",
    operation_id="list_comments",
    summary="List comments, newest first",
    response_model=None,
    responses=problems.declares(*access.REFUSALS) | gives(CommentPage, "A page of comments."),
    openapi_extra=access.SECURITY,
)
def list_comments(
    *,
    caller: Reading,
    db: ReadDb,
    state: State | None = None,
    permalink: Annotated[str | None, Query(max_length=LIMITS["permalink"])] = None,
    after: Annotated[str | None, Query(max_length=64, description="The `next` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_LIMIT)] = PAGE,
    audited: Annotated[bool, Query(description="Only comments drawn by chance, for a person to look at.")] = False,
) -> Response:
    """Returns a page of the site's comments; pass `next` back as `after` to go on."""
    wanted = Filter(state=state, permalink=permalink, after=_cursor(after), is_audited=audited)
    found, more = showing.browse(db, site_id=caller.site.id, wanted=wanted, limit=limit)
    page = {"items": [views.shown(stored) for stored in found], "next": str(more) if more else None}
    return views.reply(views.body_of(page))


def id_of(text: str) -> Id:
    """Returns the id in an address; raises NotFound for what cannot be one, as for any comment that is not there."""
    comment_id = clock.parse_id(text)
    if comment_id is None:
        raise NotFound("This site has no such comment.", code="comment.not_found")
    return comment_id


def _cursor(text: str | None) -> Id | None:
    cursor = clock.parse_id(text) if text is not None else None
    if cursor is None and text is not None:
        fault = FieldFault("after", "must be the `next` of an earlier page")
        raise Invalid("Change the fields that errors names.", faults=(fault,))
    return cursor


def _submission(doors: Doors, caller: Caller, sent: CommentSent) -> Submission:
    comment = sent.comment()
    return doors.checking.submission(
        caller,
        comment,
        channel=Channel.API,
        now=clock.now(),
        is_edit=comment.external_id is not None,
        parent_id=sent.parent(),
    )


def _recorded(doors: Doors, submission: Submission, db: Db) -> Given:
    """Records one comment and returns the answer to keep for whoever asks again."""
    result: Checked | ModerationError = doors.record(db, [submission])[0]
    if isinstance(result, ModerationError):
        raise result
    told = views.submitted(result, doors.runtime.settings.base_url)
    return Given(problems.CREATED, views.body_of(told))


def _created(doors: Doors, told: dict[str, Any], body: bytes) -> Response:
    telemetry.judged("api", told["verdict"])
    headers = {
        "location": f"{router.prefix}/{told['id']}",
        "etag": f'"{told["version"]}"',
        "link": f'<{doors.runtime.settings.base_url}/receipt>; rel="status"',
    }
    return views.reply(body, status=problems.CREATED, headers=headers)
