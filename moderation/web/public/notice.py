"""The notice of a site as page and as text, and the list of the sites that have one; it collects no fact itself."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import PlainTextResponse, Response

from moderation.duties import reporting
from moderation.judging.procedure import VERDICT_WORDS
from moderation.web import language, pages
from moderation.web.deps import DoorsDep, ReadDb
from moderation.web.public.told import FRESH, KINDS_KEPT, MEASURED, READ, SECTIONS, STATE_WORDS, Told, named

router = APIRouter(include_in_schema=False)
TITLES: Final[Mapping[str, str]] = {
    "comments": "The comment",
    "decisions": "Each decision about it",
    "labels": "What people said it is",
    "lessons": "What the website's model learnt from it",
    "audits": "Whether it was drawn by chance to be checked by a person",
    "events": "What happened to it",
    "answers": "Answers kept in case a request is repeated",
    "reports": "What readers complained of",
    "notes": "What moderators wrote for each other",
    "second_looks": "Whether another moderator looked once more",
    "claims": "Which moderator is looking at it",
    "search": "Its words, by which moderators find it",
    "alike_marks": "Marks by which nearly the same texts are found",
    "appeals": "When the writer asked for another look",
    "subject_requests": "What the writer asked for about it",
    "passes": "Links by which the writer opens its receipt for a while",
}
Unfolded = Annotated[str, Query(alias="all")]


@router.api_route("/comment-data", methods=READ)
def list_notices(request: Request, doors: DoorsDep, db: ReadDb) -> Response:
    """Returns the page that names the sites which let themselves be named."""
    sites = reporting.listed(doors.runtime.directory.fresh(db).sites.values())
    return pages.page("public/list.html", {"sites": sites}, headers=FRESH, speaks=language.chosen(request))


@router.api_route("/sites/{site}/comment-data", methods=READ)
def read_notice(site: str, request: Request, doors: DoorsDep, db: ReadDb, unfolded: Unfolded = "") -> Response:
    """Returns a site's notice for readers; `?all=1` unfolds everything."""
    context = _context(named(doors, db, site)) | {"all_open": unfolded == "1"}
    return pages.page("public/notice.html", context, headers=FRESH, speaks=language.chosen(request))


@router.api_route("/sites/{site}/comment-data.txt", methods=READ)
def read_notice_as_text(site: str, request: Request, doors: DoorsDep, db: ReadDb) -> Response:
    """Returns the same words without markup."""
    context = _context(named(doors, db, site)) | {"all_open": True}
    code = language.chosen(request)
    text = pages.as_text(pages.render("public/notice.html", context, code))
    return PlainTextResponse(text, headers=FRESH | language.headers(code))


def _context(told: Told) -> dict[str, object]:
    """What the templates see: facts, and the columns' facts by table."""
    columns: Any = told.value("fields")
    by_table: dict[str, list[Any]] = {}
    for column in columns:
        by_table.setdefault(column["column"].partition(".")[0], []).append(column)
    kept_for: dict[str | None, list[str]] = {}
    for table, rows in by_table.items():
        kept_for.setdefault(rows[0]["kept"], []).append(table)
    return told.as_context() | {
        "sections": SECTIONS,
        "measured": MEASURED,
        "verdict_words": VERDICT_WORDS,
        "state_words": STATE_WORDS,
        "kinds_kept": KINDS_KEPT,
        "fields_of": by_table,
        "kept_for": kept_for,
        "tables_about_comments": TITLES,
        "other_tables": tuple(table for table in by_table if table not in TITLES),
    }
