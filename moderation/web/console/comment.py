"""One comment with everything about it: its history, the thread around it, its author's other comments."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from moderation.errors import ModerationError
from moderation.runtime import Db
from moderation.web.console import shell
from moderation.web.console.access import Here, HereDep
from moderation.web.console.queue import card_context
from moderation.web.deps import ReadDb

router = APIRouter(include_in_schema=False)


@router.get("/console/sites/{site_id}/comments/{comment_id}")
def comment(here: HereDep, db: ReadDb, comment_id: str, done: Annotated[str, Query()] = "") -> Response:
    """Returns the comment's own page."""
    return _page(db, here, comment_id, done=done)


def comment_page(
    here: Here, comment_id: str, *, problem: ModerationError, written: str = "", said: str = ""
) -> Response:
    """Returns the comment's page with what was refused, and what had been written, so that it is not lost."""
    with here.doors.runtime.database.snapshot() as db:
        return _page(db, here, comment_id, problem=problem, written=written, said=said)


def _page(
    db: Db,
    here: Here,
    comment_id: str,
    *,
    done: str = "",
    problem: ModerationError | None = None,
    written: str = "",
    said: str = "",
) -> Response:
    context = {
        **card_context(db, here, comment_id),
        "here": "",
        "problem": problem.message if problem else "",
        "written": written,
        "said": said,
        "on": "comment",
    }
    return shell.page("comment.html", shell.at_site(db, here, done, **context), refusal=problem)
