"""Facts about host names from bundled lists: registrable domain, shortener; it never asks the network."""

import functools
import re
import unicodedata
from pathlib import Path
from typing import Final
from urllib.parse import unquote

_DATA: Final = Path(__file__).parent / "data"
_LONGEST_HOST: Final = 253
# What browsers drop from a name. Joiners only where they join nothing: in Arabic and Indic names they have a use.
_IGNORED: Final = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff"
    "\uffa0\U000e0000-\U000e0fff]|(?<![\u0600-\u109f])[\u200c\u200d]"
)
_LABEL: Final = re.compile(r"[\w-]+")
_ENCODED: Final = re.compile(r"\bxn--([a-z0-9-]+)", re.IGNORECASE)


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


def asked_host(host: str) -> str:
    """The name that a browser asks for: letters and full stops mapped as in UTS 46, then Punycode.

    What the model reads of a name (`registrable`) stays as it was when it was trained.
    """
    return ascii_host(_mapped(unquote(host)))


def spellings(name: str) -> tuple[str, ...]:
    """A name, or a part of one, as it is given, for people and in Punycode, each once."""
    said = _ENCODED.sub(_decoded, name)
    coded = _LABEL.sub(lambda label: _ascii_label(label.group()), _mapped(said))
    return tuple(dict.fromkeys((name, said, coded)))


def _mapped(host: str) -> str:
    """Small letters in their plain form, sign by sign, since a sigma at the end of a label is a letter of its own."""
    if host.isascii():
        return host.lower()
    plain = unicodedata.normalize("NFKC", _IGNORED.sub("", host))
    return unicodedata.normalize("NFC", "".join([sign.lower() for sign in plain])).replace("\u3002", ".")


def _decoded(label: re.Match[str]) -> str:
    try:
        return label[1].encode("ascii").decode("punycode")
    except UnicodeError:
        return label[0]
