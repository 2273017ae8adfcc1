"""Keeps tests off the network: an audit hook that refuses connections of a test which has not asked for them."""

import ipaddress
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar


class NetworkClosed(RuntimeError):
    """A test tried to use the network."""


class _Gate:
    allows_loopback = True
    is_installed = False
    only: frozenset[tuple[str, int]] | None = None
    passed: ClassVar[list[str]] = []


def install() -> None:
    """Adds the hook, once for a process: hooks cannot be taken away again."""
    if not _Gate.is_installed:
        _Gate.is_installed = True
        sys.addaudithook(_hook)


def open_loopback(is_open: bool) -> None:
    """Lets this machine be reached or not; other machines never are."""
    _Gate.allows_loopback = is_open


@contextmanager
def only(*places: tuple[str, int]) -> Iterator[list[str]]:
    """Refuses every connection but those to these places, this machine's own others too; yields what was let through.

    What a program tries is seen where the interpreter goes to the network; libpq, which speaks to PostgreSQL, is not.
    """
    _Gate.only, _Gate.passed = frozenset(places), []
    try:
        yield _Gate.passed
    finally:
        _Gate.only = None


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if event in {"socket.connect", "socket.bind", "socket.sendto"}:
        _refuse(arguments[1])
    elif event == "socket.getaddrinfo":
        _refuse((arguments[0], arguments[1]))


def _refuse(address: object) -> None:
    if not isinstance(address, tuple):
        return  # a path: Unix sockets stay on this machine
    host = address[0].decode() if isinstance(address[0], bytes) else address[0]
    if _Gate.only is not None:
        if (host, address[1]) not in _Gate.only:
            raise NetworkClosed(f"only {set(_Gate.only)} may be reached, and {host} port {address[1]} was wanted")
        _Gate.passed.append(f"{host}:{address[1]}")
    if not _is_loopback(host):
        raise NetworkClosed(f"tests reach no other machine, and this one wanted {host}")
    if not _Gate.allows_loopback:
        raise NetworkClosed("only tests marked `loopback` talk to a server on this machine")


def _is_loopback(host: str | None) -> bool:
    if host in {None, "", "localhost"}:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
