"""What holds for every request and answer: size, headers, who really calls; it knows no route."""

import ipaddress
from collections.abc import Iterable, Mapping

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from moderation.errors import TooLarge
from moderation.judging.network import ip_prefix, normal_ip
from moderation.settings import Settings
from moderation.web import problems

_PUBLIC_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
HEADERS = {
    "content-security-policy": _PUBLIC_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "strict-origin-when-cross-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
CONSOLE_HEADERS = HEADERS | {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "cache-control": "no-store",
    "referrer-policy": "same-origin",
    "x-robots-tag": "noindex",
    "x-frame-options": "DENY",
}
"""Of every answer of the console: pages, parts of pages, redirects, refusals and failures alike."""


class Guard:
    """The outermost layer: refuses CONNECT and over-long bodies, says who calls, sets every answer's headers."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._limit = settings.max_body_bytes
        self._proxies = [ipaddress.ip_network(proxy, strict=False) for proxy in settings.trusted_proxies]
        tls = {"strict-transport-security": "max-age=31536000"} if settings.public_url.startswith("https://") else {}
        self._headers = _as_bytes(HEADERS | tls)
        self._headers_of_console = _as_bytes(CONSOLE_HEADERS | tls)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on, guarded."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["candor.network"] = network_of(scope, self._proxies)
        is_console = scope["path"].startswith("/console")
        guarded = self._with_headers(send, self._headers_of_console if is_console else self._headers)
        if scope["method"] == "CONNECT":
            await problems.refuse_connect()(scope, receive, guarded)
            return
        await self._app(scope, self._limited(receive), guarded)

    def _with_headers(self, send: Send, headers: list[tuple[bytes, bytes]]) -> Send:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name for name, _ in message["headers"]}
                message["headers"] = [
                    *message["headers"],
                    *(header for header in headers if header[0] not in present),
                ]
            await send(message)

        return guarded

    def _limited(self, receive: Receive) -> Receive:
        """Counts what arrives, whatever Content-Length claims; TooLarge surfaces where the body is read."""
        seen = 0

        async def limited() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self._limit:
                raise TooLarge(f"The request is larger than the {self._limit} bytes that this service reads.")
            return message

        return limited


def network_of(scope: Scope, proxies: Iterable[ipaddress.IPv4Network | ipaddress.IPv6Network]) -> str:
    """Returns the caller's network, /24 or /48; behind trusted proxies the rightmost hop that is not one counts."""
    trusted = list(proxies)
    hop = normal_ip((scope.get("client") or ("", 0))[0])
    if trusted and _is_within(hop, trusted):
        forwarded = Headers(scope=scope).get("x-forwarded-for", "").split(",")
        for candidate in reversed([normal_ip(part) for part in forwarded]):
            hop = candidate or hop
            if not _is_within(hop, trusted):
                break
    return ip_prefix(hop) or "unknown"


def _as_bytes(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode()) for name, value in headers.items()]


def _is_within(ip: str, networks: list[ipaddress.IPv4Network | ipaddress.IPv6Network]) -> bool:
    return bool(ip) and any(ipaddress.ip_address(ip) in network for network in networks)
