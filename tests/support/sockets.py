"""Keeps tests off the network: an audit hook that refuses connections of a test which has not asked for them."""

import ipaddress
import sys
from typing import Any


class NetworkClosed(RuntimeError):
    """A test tried to use the network."""


class _Gate:
    allows_loopback = True
    is_installed = False


def install() -> None:
    """Adds the hook, once for a process: hooks cannot be taken away again."""
    if not _Gate.is_installed:
        _Gate.is_installed = True
        sys.addaudithook(_hook)


def open_loopback(is_open: bool) -> None:
    """Lets this machine be reached or not; other machines never are."""
    _Gate.allows_loopback = is_open


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if event in {"socket.connect", "socket.bind", "socket.sendto"}:
        _refuse(arguments[1])
    elif event == "socket.getaddrinfo":
        _refuse((arguments[0], arguments[1]))


def _refuse(address: object) -> None:
    if not isinstance(address, tuple):
        return  # a path: Unix sockets stay on this machine
    host = address[0].decode() if isinstance(address[0], bytes) else address[0]
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
