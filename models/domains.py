"""Facts about host names from bundled lists: registrable domain, shortener; it never asks the network."""

import functools
from pathlib import Path
from typing import Final

_DATA: Final = Path(__file__).parent / "data"
_LONGEST_HOST: Final = 253


@functools.cache
def _entries(name: str) -> frozenset[str]:
    """The lines of a bundled list; read when first needed, so that a service without links starts faster."""
    lines = (_DATA / name).read_text(encoding="utf-8").split("\n")
    return frozenset(line for line in lines if line and not line.startswith("//"))


def is_shortener(host: str) -> bool:
    """Whether a host is a known URL shortener (list of the WordPress comment blocklist, MIT)."""
    return host in _entries("url_shorteners.txt")


@functools.lru_cache(maxsize=4096)
def registrable(host: str) -> str:
    """The part of a host name that somebody registered: ``shop.example.co.uk`` gives ``example.co.uk``.

    Follows the algorithm of https://publicsuffix.org/list/ with the private section included, so that each blog of
    a blog host counts for itself. Gives the host itself if it is a public suffix or an IP address.
    """
    host = ascii_host(host.strip(".").lower())
    labels = host.split(".")
    if len(labels) == 1 or labels[-1].isdigit():
        return host
    taken = _suffix_length(labels)
    return ".".join(labels[-taken - 1 :])


def _suffix_length(labels: list[str]) -> int:
    """Labels in the longest matching rule; the prevailing rule without any match is ``*``."""
    rules = _entries("public_suffixes.txt")
    for start in range(max(0, len(labels) - 6), len(labels)):
        suffix = ".".join(labels[start:])
        above = ".".join(labels[start + 1 :])
        if "!" + suffix in rules:
            return len(labels) - start - 1
        if suffix in rules or "*." + above in rules:
            return len(labels) - start
    return 1


def ascii_host(host: str) -> str:
    """The Punycode form, label by label; a label that has none stays as it is."""
    if host.isascii() or len(host) > _LONGEST_HOST:
        return host[:_LONGEST_HOST]
    return ".".join(_ascii_label(label) for label in host.split("."))


def _ascii_label(label: str) -> str:
    try:
        return label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii")
    except UnicodeError:
        return label
