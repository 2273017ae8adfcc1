"""How a request may come, whichever route takes it: HEAD wherever GET is answered, and bodies that are not packed."""

from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from moderation.errors import Encoded
from moderation.web import problems

PACKED: Final = "The body is packed (Content-Encoding); send it uncompressed."


def refuse_packed(scope: Scope) -> None:
    """Raises Encoded for a body in another form than its own."""
    encoding: bytes = dict(scope["headers"]).get(b"content-encoding", b"")
    if encoding.strip().lower() not in {b"", b"identity"}:
        raise Encoded(PACKED)


class Framing:
    """Answers HEAD as GET without the body (RFC 9110, 9.3.2), and refuses what is packed."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            refuse_packed(scope)
        except Encoded as error:
            await problems.of_error(error)(scope, receive, send)
            return
        if scope["method"] == "HEAD":
            await self._app({**scope, "method": "GET"}, receive, _without_body(send))
        else:
            await self._app(scope, receive, send)


def _without_body(send: Send) -> Send:
    async def headers_only(message: Message) -> None:
        await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

    return headers_only
