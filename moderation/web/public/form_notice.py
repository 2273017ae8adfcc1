"""The few words beside a website's comment form, before anything is sent: as a piece of a page, as text and as data."""

import hashlib
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from moderation.web import language, pages, problems
from moderation.web.deps import DoorsDep, ReadDb
from moderation.web.public.told import READ, Told, named_open

router = APIRouter(include_in_schema=False)
SCHEMA: Final = "candor.form-notice/1"
LINK: Final = "Learn how your comment data is processed"
FACTS: Final = ("fields.required", "fields.optional", "automation.alone")
LONGEST: Final = 45
"""Words, those of the link among them; what is longer is not read beside a form."""
_FOR_ALL: Final = {"cache-control": "public, max-age=300", "access-control-allow-origin": "*"}


@router.api_route("/sites/{site}/form-notice", methods=READ)
def read_fragment(site: str, request: Request, doors: DoorsDep, db: ReadDb) -> Response:
    """Returns a paragraph to put beside the form, in the reader's language."""
    return _kept(request, _fragment(named_open(doors, db, site), request), "text/html; charset=utf-8")


@router.api_route("/sites/{site}/form-notice.txt", methods=READ)
def read_text(site: str, request: Request, doors: DoorsDep, db: ReadDb) -> Response:
    """Returns the same words without markup, the notice's address behind them."""
    told = named_open(doors, db, site)
    text = pages.as_text(_fragment(told, request), is_fragment=True)
    return _kept(request, f"{text}{told.url_in(language.chosen(request))}\n", "text/plain; charset=utf-8")


@router.api_route("/sites/{site}/form-notice.json", methods=READ)
def read_data(site: str, request: Request, doors: DoorsDep, db: ReadDb) -> Response:
    """Returns the same words for programs, and where they lead."""
    told = named_open(doors, db, site)
    data = _as_json(told, pages.as_text(_fragment(told, request), is_fragment=True), language.chosen(request))
    return _kept(request, bytes(JSONResponse(data).body).decode(), "application/json")


def _fragment(told: Told, request: Request) -> str:
    failing = any(id_ in told.failed for id_ in FACTS)
    context = told.as_context() | {"link": LINK, "failing": failing}
    return pages.render("public/form_notice.html", context, language.chosen(request)).strip() + "\n"


def _as_json(told: Told, text: str, code: str) -> dict[str, Any]:
    with language.speaking(code):
        link = language.gettext(LINK)
    return {
        "schema": SCHEMA,
        "language": code,
        "text": text.strip(),
        "link": {"text": link, "url": told.url_in(code)},
        "facts": {id_: told.notice.fact(id_).value for id_ in FACTS},
        "notice_version": told.notice.version,
    }


def _kept(request: Request, body: str, media_type: str) -> Response:
    """Any website may embed it and any cache may keep it for a while: it is the same for every reader of a language."""
    tag = f'"{hashlib.sha256(body.encode()).hexdigest()}"'
    headers = _FOR_ALL | language.headers(language.chosen(request)) | {"etag": tag}
    if request.headers.get("if-none-match", "").removeprefix("W/") == tag:
        return problems.unchanged(headers)
    return Response(body, media_type=media_type, headers=headers)
