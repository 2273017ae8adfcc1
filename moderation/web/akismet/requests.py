"""One request of the dialect, read and with its key found; it does not know what the verbs do."""

from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope

from moderation.duties.checking import Caller
from moderation.errors import Unauthenticated
from moderation.vocabulary import KeyKind
from moderation.web.akismet.fields import Fields, blog_host, key_of, parse
from moderation.web.deps import Doors
from moderation.web.framing import refuse_packed

_LARGE = 32_768  # bytes; a comment as WordPress sends it has a tenth


@dataclass(frozen=True, slots=True)
class Call:
    """A verb's request: its fields, its key ("" for none, None for two that differ), and the caller's network."""

    doors: Doors
    fields: Fields
    key: str | None
    network: str

    @property
    def digest(self) -> str:
        """The hash under which the key would be stored."""
        return self.doors.digest_of(KeyKind.AKISMET, self.key or "")

    @property
    def key_fault(self) -> str:
        """What is wrong with a key that opens nothing, for debug-help."""
        if self.key is None:
            return "Two different keys in one request"
        return "Invalid key" if self.key else 'Empty "api_key" value'

    async def admit(self, *, is_checked_later: bool = False) -> Caller:
        """Returns who calls; `is_checked_later` as in `Doors.admit`. Raises Unauthenticated, also for no key or two."""
        if not self.key:
            raise Unauthenticated(self.key_fault)
        blog = blog_host(self.fields.get("blog")) or ""
        return await self.doors.admit(KeyKind.AKISMET, self.key, self.network, blog, is_checked_later=is_checked_later)


async def read_call(scope: Scope, receive: Receive, doors: Doors) -> Call:
    """Reads a request; raises TooLarge, Invalid, and ClientDisconnect where nobody is left to answer."""
    refuse_packed(scope)
    headers = dict(scope["headers"])
    body = await _read_body(receive)
    form = headers.get(b"content-type", b""), body, scope.get("query_string", b"")
    # A large form takes tenths of a second to read, in which others are not kept waiting.
    fields = parse(*form) if len(body) <= _LARGE else await run_in_threadpool(parse, *form)
    bases = doors.runtime.settings.akismet_hosts
    key = key_of(fields, headers.get(b"authorization", b""), headers.get(b"host", b""), bases)
    return Call(doors, fields, key, scope["candor.network"])


async def _read_body(receive: Receive) -> bytes:
    chunks = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":  # half a comment must not be judged as if it were whole
            raise ClientDisconnect
        chunks.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(chunks)
