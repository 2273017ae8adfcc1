"""Connections that anybody can open: how long, how large and how many; it knows no route and no answer of ours."""

import asyncio
from functools import cache
from typing import ClassVar, Final

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

DEADLINE: Final = 20.0  # seconds for the whole of a request; a comment needs a fraction of one
HEAD_BYTES: Final = 16_384
MOST: Final = 4_096  # connections of one process
RESERVE: Final = 128  # descriptors that the service needs itself: database, log, what it sends
_TOO_LARGE: Final = b"The request's address and headers are larger than this service reads."


class _HeadTooLarge(Exception):
    """More address and headers than any client sends."""


class Connection(HttpToolsProtocol):
    """Uvicorn's protocol, which by itself waits for the rest of a request for ever and reads headers of any size.

    A request must be whole by the deadline, which runs from its first byte, or from the connection where none comes.
    How long the answer takes is not looked at. Where all places are taken, whoever has waited longest without a whole
    request leaves; where all others are being answered, the new connection does.
    """

    waiting: ClassVar[dict["Connection", None]] = {}  # those of this process that are not being answered, oldest first
    _deadline: asyncio.TimerHandle | None = None
    _head = 0  # bytes of the address and headers read so far
    _unheard = 0  # bytes of which the parser has said nothing yet: an unfinished line

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Takes a place, somebody else's where none is free."""
        super().connection_made(transport)
        self._wait()
        if len(self.connections) > places():
            self.waiting.pop(gone := next(iter(self.waiting)))
            gone.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Gives the place up."""
        self._rest()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Feeds the parser, as long as there is a deadline for what comes."""
        if self._deadline is None:
            self._wait()
        self._unheard += len(data)
        super().data_received(data)
        if self._unheard > HEAD_BYTES and not self.transport.is_closing():
            self.send_400_response("")

    def send_400_response(self, msg: str) -> None:
        """Says 431 where the fault is the size; an answer that has begun is not mixed with another."""
        if max(self._head, self._unheard) <= HEAD_BYTES:
            super().send_400_response(msg)
            return
        if self.cycle is None or self.cycle.response_complete:
            head = b"content-type: text/plain; charset=utf-8\r\ncontent-length: %d\r\nconnection: close\r\n\r\n"
            self.transport.write(STATUS_LINE[431] + head % len(_TOO_LARGE) + _TOO_LARGE)
        self.transport.close()

    def on_message_begin(self) -> None:
        """A request begins, perhaps in the same packet in which another ended."""
        self._head = self._unheard = 0
        if self._deadline is None:
            self._wait()
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        """A piece of the address."""
        self._read_head(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """A whole header, or trailer."""
        self._read_head(len(name) + len(value) + len(": \r\n"))
        super().on_header(name, value)

    def on_body(self, body: bytes) -> None:
        """A piece of the body, whose size the application limits."""
        self._unheard = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is whole; where it has its answer already, the next is waited for."""
        self._unheard = 0
        self._rest()
        super().on_message_complete()
        if self.cycle.response_complete:
            self._wait()

    def on_response_complete(self) -> None:
        """An answered connection keeps its place for uvicorn's few seconds, unless somebody else needs it."""
        super().on_response_complete()
        if not self._is_answering() and not self.transport.is_closing():
            self.waiting[self] = None

    def _read_head(self, size: int) -> None:
        self._unheard = 0
        self._head += size
        if self._head > HEAD_BYTES:
            raise _HeadTooLarge

    def _wait(self) -> None:
        self._rest()
        if not self._is_answering():
            self.waiting[self] = None
        self._deadline = self.loop.call_later(DEADLINE, self._give_up)

    def _rest(self) -> None:
        self.waiting.pop(self, None)
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        if self._is_answering():  # what came meanwhile belongs to the next request
            self._wait()
        else:
            self.transport.abort()

    def _is_answering(self) -> bool:
        cycle = self.cycle
        return cycle is not None and not cycle.response_complete and (not cycle.more_body or bool(self.pipeline))


@cache
def places() -> int:
    """Returns how many connections this process may have, after taking all the descriptors that the system gives it."""
    try:
        import resource
    except ImportError:  # not on Windows
        return MOST
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST + RESERVE
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return MOST if soft == resource.RLIM_INFINITY else min(MOST, max(soft - RESERVE, soft // 2))
