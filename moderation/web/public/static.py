"""The style sheet and scripts of the pages, from the package itself; it serves no other file."""

from typing import Annotated, Final

from fastapi import APIRouter, Header, Query
from fastapi.responses import Response

from moderation.errors import NotFound
from moderation.web import pages, problems

router = APIRouter(include_in_schema=False)
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_FRESH: Final = "public, no-cache"


@router.get("/static/{name}")
async def read_static(
    name: str, v: Annotated[str, Query()] = "", if_none_match: Annotated[str | None, Header()] = None
) -> Response:
    """Returns a static file; under an address with its tag it can be kept for ever."""
    asset = pages.assets().get(name)
    if asset is None:
        raise NotFound("There is no such file.")
    tag = f'"{asset.tag}"'
    headers = {"cache-control": _FOR_EVER if v == asset.tag else _FRESH, "etag": tag}
    if if_none_match == tag:
        return problems.unchanged(headers)
    return Response(asset.body, media_type=asset.media_type, headers=headers)
