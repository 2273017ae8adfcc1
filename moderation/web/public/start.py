"""What stands at the top: a page that leads on, and the files that robots and browsers look for; it tells no fact."""

from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from moderation.web import language, pages, problems
from moderation.web.public.told import FRESH, READ

router = APIRouter(include_in_schema=False)
_FOR_A_DAY: Final = {"cache-control": "public, max-age=86400"}


@router.api_route("/", methods=READ)
async def read_start(request: Request) -> Response:
    """Returns the page at the top, which leads readers, moderators and makers of websites on."""
    return pages.page("public/start.html", {}, headers=FRESH, speaks=language.chosen(request))


@router.api_route("/robots.txt", methods=READ)
async def read_robots() -> Response:
    """Says what search engines have no business with."""
    asset = pages.assets()["robots.txt"]
    return Response(asset.body, media_type=asset.media_type, headers=_FOR_A_DAY)


@router.api_route("/favicon.ico", methods=READ)
async def read_icon() -> Response:
    """Leads to the icon, where a browser looks for it without having read a page."""
    return RedirectResponse(pages.static_address("icon.svg"), problems.SEE_OTHER, headers=_FOR_A_DAY)
