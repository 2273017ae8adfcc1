"""Outgoing connections: whom this service talks to and what for, and the only opener of them; it knows no comment."""

import ipaddress
import os
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, urlsplit

from moderation.clock import parse_id
from moderation.settings import Settings

if TYPE_CHECKING:
    import smtplib
    from email.message import EmailMessage

TIMEOUT: Final = 10.0  # seconds, for each answer of another machine
_REFUSED: Final = 400
_FINAL: Final = 500
"""From this SMTP answer about an address on, asking again changes nothing (RFC 5321, 4.2.1)."""


class Purpose(StrEnum):
    """What this service may talk to another machine for."""

    MAIL = "mail"


_passing: ContextVar[bool] = ContextVar("candor_passing", default=False)
Contacted = Callable[[Purpose], None]


class NotNamed(OSError):
    """Something wanted to reach a machine that no setting and no page names."""


class MailFailure(Exception):
    """A mail was not taken; `is_final` where asking again changes nothing."""

    def __init__(self, cause: str, *, is_final: bool = False) -> None:
        super().__init__(cause)
        self.cause = cause
        self.is_final = is_final


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail in plain text; `id` makes its own header, so that a mail sent twice is known as one."""

    id: str
    to: str = field(repr=False)
    subject: str
    text: str = field(repr=False)


def allowed(settings: Settings) -> dict[Purpose, tuple[str, int]]:
    """Returns the one machine and port for each purpose that the settings switch on."""
    return {Purpose.MAIL: (settings.smtp_host, settings.smtp_port)} if settings.smtp_host else {}


class Smtp:
    """Hands mails to the server that the settings name, and to no other."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def send(self, letter: Letter, *, now: datetime, contacted: Contacted) -> None:
        """Sends a mail; `contacted` is told before anything leaves this machine.

        Raises:
            MailFailure: when the server did not take it, with the kind of the cause and no address.
        """
        message = _message(letter, self._settings.mail_from, now)
        contacted(Purpose.MAIL)
        with self._connected() as server:
            server.send_message(message, to_addrs=[_mailable(letter.to)])

    def try_connecting(self) -> None:
        """Begins a mail, as far as naming its sender, and leaves it; raises MailFailure where that is not taken."""
        with self._connected() as server:
            server.ehlo_or_helo_if_needed()
            code, _ = server.mail(self._settings.mail_from)
            if code >= _REFUSED:
                raise MailFailure(f"answer_{code}")
            server.rset()

    @contextmanager
    def _connected(self) -> "Iterator[smtplib.SMTP]":
        """A server that is ready for a mail; what it answers instead is a failure without an address in it."""
        import smtplib

        try:
            with _passage(), self._open() as server:
                yield server
        except smtplib.SMTPRecipientsRefused as error:
            code = max((code for code, _ in error.recipients.values()), default=0)
            raise MailFailure(f"recipient_{code}", is_final=code >= _FINAL) from None
        except smtplib.SMTPNotSupportedError:
            raise MailFailure("not_supported", is_final=True) from None
        except smtplib.SMTPResponseException as error:
            raise MailFailure(f"answer_{error.smtp_code}") from None
        except (OSError, smtplib.SMTPException) as error:
            raise MailFailure(type(error).__name__) from None

    def _open(self) -> "smtplib.SMTP":
        import smtplib
        import ssl

        use = self._settings
        me = use.mail_from.rpartition("@")[2]  # the library would ask the network for this machine's own name
        kind: Any = smtplib.SMTP_SSL if use.smtp_security == "tls" else smtplib.SMTP
        more = {"context": ssl.create_default_context()} if use.smtp_security == "tls" else {}
        server: smtplib.SMTP = kind(use.smtp_host, use.smtp_port, local_hostname=me, timeout=TIMEOUT, **more)
        try:
            if use.smtp_security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if use.smtp_user and use.smtp_password is not None:
                server.login(use.smtp_user, use.smtp_password.get_secret_value())
        except BaseException:
            server.close()
            raise
        return server


class Outbox:
    """Writes mails into a folder instead of sending them, for development; no connection is opened."""

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.mail_outbox or Path()
        self._sender = settings.mail_from or "candor@localhost"

    def send(self, letter: Letter, *, now: datetime, contacted: Contacted) -> None:  # noqa: ARG002 - as Smtp; nobody is contacted
        """Writes a mail into a file that its owner alone can read; raises MailFailure where that fails."""
        path = self._folder / f"{letter.id}.eml"
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as file:
                file.write(_message(letter, self._sender, now).as_bytes())
        except OSError as error:
            raise MailFailure(type(error).__name__) from None


OUTBOX_KEPT: Final = timedelta(hours=24)
"""How long a mail stays in the folder: as long as its link works at the most."""


def forget_written(folder: Path | None, *, now: datetime) -> int:
    """Deletes the mails in a folder that are past their end and returns how many; what is not ours stays."""
    return sum(_is_deleted(path) for path in written_before(folder, now - OUTBOX_KEPT))


def written_before(folder: Path | None, moment: datetime) -> list[Path]:
    """Returns the mails in a folder that were written before a moment."""
    if folder is None:
        return []
    mails = (path for path in folder.glob("*.eml") if parse_id(path.stem) is not None)
    return [path for path in mails if _written_at(path) < moment.timestamp()]


def _written_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:  # it went in between
        return float("inf")


def _is_deleted(path: Path) -> bool:
    try:
        path.unlink()
    except OSError:
        return False
    return True


def mailer(settings: Settings) -> Smtp | Outbox | None:
    """Returns what takes mails: a server, else a folder, else None: this service sends no mail."""
    if settings.smtp_host:
        return Smtp(settings)
    return Outbox(settings) if settings.mail_outbox is not None else None


def _message(letter: Letter, sender: str, now: datetime) -> "EmailMessage":
    from email.message import EmailMessage
    from email.policy import SMTP
    from email.utils import format_datetime

    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = sender, _mailable(letter.to), letter.subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{letter.id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    return message


def _mailable(address: str) -> str:
    """Returns an address with its domain in the form that mail servers know (IDNA); raises MailFailure for none."""
    name, _, domain = address.rpartition("@")
    try:
        return f"{name}@{domain if domain.isascii() else domain.encode('idna').decode()}"
    except UnicodeError:
        raise MailFailure("address", is_final=True) from None


@contextmanager
def _passage() -> Iterator[None]:
    """Lets what happens inside through the guard; only this module enters it, for a machine that is allowed."""
    token = _passing.set(True)
    try:
        yield
    finally:
        _passing.reset(token)


def guard(settings: Settings) -> None:
    """Refuses, for the rest of this process, connections that nothing here opened; the database and this machine stay.

    It is an audit hook of the interpreter, so it sees what a library does too; libpq's own connections it cannot see.
    """
    beside = database_hosts(settings.database_url)
    sys.addaudithook(lambda event, arguments: refuse(event, arguments, beside=beside))


def database_hosts(url: str) -> frozenset[str] | None:
    """Returns the machines that a database's address names: none for a file, None where the driver finds out itself.

    psycopg looks names up by itself before libpq connects, also those of libpq's own variables and files.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return frozenset()
    listed = [parts.netloc.rpartition("@")[2], *parse_qs(parts.query).get("host", [])]
    names = [name.partition("]")[0].strip("[") if "]" in name else name.partition(":")[0] for name in _each(listed)]
    return frozenset(names) or None


def _each(listed: list[str]) -> list[str]:
    return [name for names in listed for name in names.split(",") if name]


def refuse(event: str, arguments: tuple[Any, ...], *, beside: frozenset[str] | None = frozenset()) -> None:
    """Raises NotNamed where an event of the interpreter is a way to another machine that is not `beside`.

    Where `beside` is None, names may be looked up, and no connection is opened all the same.
    """
    if event not in _WAYS or _passing.get() or (beside is None and event in _LOOKUPS):
        return
    place = arguments[_WAYS[event]]
    host = place[0] if isinstance(place, tuple) and place else place
    name = host.decode("utf-8", "replace") if isinstance(host, bytes | bytearray) else host
    if isinstance(name, str) and name and name not in (beside or ()) and not _is_this_machine(name):
        raise NotNamed(f"{event}: this service talks to no machine that its notice does not name")


_WAYS: Final = {  # event -> which argument says where to
    "socket.connect": 1,
    "socket.sendto": 1,
    "socket.sendmsg": 1,
    "socket.getaddrinfo": 0,
    "socket.gethostbyname": 0,
    "socket.gethostbyaddr": 0,
}


_LOOKUPS: Final = frozenset({"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"})


def _is_this_machine(name: str) -> bool:
    if name == "localhost" or name == socket.gethostname() or "/" in name or name.startswith("\x00"):
        return True
    try:
        return ipaddress.ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        return False
