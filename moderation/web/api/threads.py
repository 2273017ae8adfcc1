"""`/api/v1/threads`: a page's published comments as a tree for the blog to render; of people it shows only names."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from fastapi import APIRouter, Header, Query, Request
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from moderation.duties import showing
from moderation.duties.showing import Node
from moderation.judging.comment import LIMITS
from moderation.judging.procedure import ERASED_SENTENCES
from moderation.runtime import Site
from moderation.seal import digest
from moderation.vocabulary import ErasedBy
from moderation.web import problems
from moderation.web.api import access, views
from moderation.web.api.access import Reading
from moderation.web.api.document import gives
from moderation.web.deps import ReadDb, doors_of

NESTING: Final = 32
_PORTS: Final = {"http": 80, "https": 443}
_ALLOWED: Final = {
    "access-control-allow-methods": "GET",
    "access-control-allow-headers": "Authorization, If-None-Match",
    "access-control-max-age": "600",
}
router = APIRouter(prefix="/api/v1/threads", tags=["comments"])


class Writer(BaseModel):
    """Who wrote a comment, as they wished to be named; `url` is an http or https address, or empty."""

    name: str
    url: str


class Reply(BaseModel):
    """A published comment; `content` is plain text, so escape it; `replies` holds comments of the same form.

    One that was erased stands empty where replies to it are: `erased_by` says who had it erased, `erased` says it in
    words. Both are null on every other comment.
    """

    id: str
    parent_id: str | None
    author: Writer
    content: str
    received_at: datetime
    version: int
    erased_by: ErasedBy | None
    erased: str | None = Field(examples=["The writer removed this comment."])
    replies: list["Reply"] = Field(description=f"Nested at most {NESTING} deep; deeper ones follow at that depth.")


class Thread(BaseModel):
    """What a page shows, oldest first; a reply whose parent is not published stands alone."""

    items: list[Reply]


@router.get(
    "",
    operation_id="get_thread",
    summary="The published comments of a page",
    response_model=None,
    responses=problems.declares(*access.REFUSALS)
    | problems.knows_already("The thread is as you know it.")
    | gives(Thread, "The tree; send its `ETag` back as `If-None-Match`."),
    openapi_extra=access.SECURITY,
)
def get_thread(
    request: Request,
    caller: Reading,
    db: ReadDb,
    permalink: Annotated[str, Query(min_length=1, max_length=LIMITS["permalink"])],
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """Returns up to 5,000 comments.

    The token can read more than this, so call from the blog's server; a page's script would hand the token to readers.
    """
    nodes = showing.thread(db, site_id=caller.site.id, permalink=permalink)
    body = views.body_of({"items": tree(nodes)})
    etag = f'"{digest(body.decode())[:32]}"'
    headers = {"etag": etag, "cache-control": "private, no-cache", "vary": "Origin"} | _cors(request, [caller.site])
    if _knows(if_none_match, etag):
        return problems.unchanged(headers)
    return views.reply(body, headers=headers)


@router.options("", include_in_schema=False)
async def preflight_thread(request: Request) -> Response:
    """Tells a browser whether a page's script may ask: only on the pages of a site of this service."""
    doors = doors_of(request)
    cors = _cors(request, doors.runtime.directory.latest.sites.values())
    if not cors:
        directory = await run_in_threadpool(doors.refresh)
        cors = _cors(request, directory.sites.values())
    return Response(status_code=problems.NO_CONTENT, headers={"vary": "Origin"} | (cors | _ALLOWED if cors else {}))


def tree(nodes: Sequence[Node]) -> list[dict[str, Any]]:
    """Returns nodes as nested replies, however deep they go: below NESTING, replies follow one another on that level.

    Clients' JSON readers stop at depths of 100 (Ruby) to 1,000 (Python); each level of replies takes two.
    """
    roots: list[dict[str, Any]] = []
    waiting = [(node, roots, 1) for node in reversed(nodes)]
    while waiting:
        node, level, depth = waiting.pop()
        told = _told(node)
        level.append(told)
        below, next_depth = (told["replies"], depth + 1) if depth < NESTING else (level, depth)
        waiting.extend((reply, below, next_depth) for reply in reversed(node.replies))
    return roots


def origin_of(url: str) -> str:
    """Returns the origin of a web address as browsers write it, or "" where its port is none."""
    try:
        parts = urlsplit(url)
        port = "" if parts.port in {None, _PORTS.get(parts.scheme)} else f":{parts.port}"
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.hostname}{port}"


def _told(node: Node) -> dict[str, Any]:
    return {
        "id": str(node.id),
        "parent_id": str(node.parent_id) if node.parent_id else None,
        "author": {"name": node.author_name, "url": _web_address(node.author_url)},
        "content": node.content,
        "received_at": views.moment(node.received_at),
        "version": node.version,
        "erased_by": node.erased_by,
        "erased": ERASED_SENTENCES[node.erased_by] if node.erased_by else None,
        "replies": [],
    }


def _web_address(url: str) -> str:
    """An address that a blog can put into a link: a script's (`javascript:`) would run on the blog's own pages."""
    return url if url.strip().lower().startswith(("http://", "https://")) else ""


def _knows(if_none_match: str | None, etag: str) -> bool:
    known = [tag.strip().removeprefix("W/") for tag in (if_none_match or "").split(",")]
    return etag in known or "*" in known


def _cors(request: Request, sites: Iterable[Site]) -> dict[str, str]:
    """The headers that let a site's own pages read the answer, and nobody else's."""
    origin = request.headers.get("origin")
    if origin is None or all(origin != origin_of(site.home_url) for site in sites):
        return {}
    return {"access-control-allow-origin": origin, "access-control-expose-headers": "ETag"}
