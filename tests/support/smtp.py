"""A mail server on this machine for tests: takes mails, or answers as it is told; it relays nothing."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass
class MailServer:
    """What came in, and how the server answers: `answers` holds a verb's answer where it is not the usual one."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    envelopes: list[str] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def say(line: str) -> None:
            writer.write(f"{line}\r\n".encode())
            await writer.drain()

        await say("220 test")
        while line := await reader.readline():
            verb = line[:4].decode().upper().strip()
            self.heard.append(verb)
            if verb == "RCPT":
                self.envelopes.append(line.decode().partition(":")[2].strip().strip("<>").partition(">")[0])
            if verb in self.answers:
                await say(self.answers[verb])
            elif verb == "DATA":
                await say("354 go on")
                body = await reader.readuntil(b"\r\n.\r\n")
                self.mails.append(_parsed(body.removesuffix(b".\r\n")))
                await say("250 taken")
            else:
                await say("221 bye" if verb == "QUIT" else "250 fine")
            if verb == "QUIT":
                break
        writer.close()


def _parsed(body: bytes) -> EmailMessage:
    message = message_from_bytes(body.replace(b"\r\n..", b"\r\n."), policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """Runs a mail server on a free port of this machine, in a thread of its own."""
    server, loop, started = MailServer(), asyncio.new_event_loop(), threading.Event()

    async def serve() -> None:
        async with await asyncio.start_server(server.talk, "127.0.0.1", 0) as listening:
            server.port = listening.sockets[0].getsockname()[1]
            started.set()
            await stop.wait()

    stop = asyncio.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    assert started.wait(10)
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()
