"""Web addresses inside a folded text and their outward shape; it never opens one."""

import re
from dataclasses import dataclass
from typing import Final

from models.domains import is_shortener, registrable
from models.topics import address_topics

_TLDS: Final = (
    "com|net|org|info|biz|ru|su|ua|by|kz|io|co|me|tv|cc|ws|us|uk|de|fr|it|es|nl|pl|pt|br|ar|mx|cz|ro|gr|hu|se|no|dk|fi|"
    "eu|ch|at|be|jp|cn|tw|hk|kr|in|id|vn|th|my|sg|ph|tr|ir|il|ae|za|ng|ke|gh|au|nz|ca|ly|gl|gg|to|be|ai|app|dev|xyz|top|"
    "club|online|site|shop|store|live|pro|vip|win|bet|casino|loan|click|link|space|website|tech|fun|icu|work|life|news|"
    "blog|wiki|edu|gov|asia|mobi|name|tk|ml|ga|cf|gq|buzz|guru|today|best|monster|rest|bar|cyou|sbs|lol|porn|xxx|sex|рф"
)
_STOP: Final = r"\s<>\"'\[\]|"
_DOT: Final = re.compile(r"\.[^\W\d_]{2}")  # a dot before letters: far cheaper to look for than an address
_LINK: Final = re.compile(
    rf"(?:h(?:tt|xx)ps?|ftp)://[^{_STOP}]+|(?<![\w.])www\.[^{_STOP}]+"
    rf"|(?<![\w@./-])(?:[^\W_][\w-]*\.){{1,5}}(?:{_TLDS})(?![\w-])(?:[/?][^{_STOP}]*)?"
)
_SCHEME: Final = re.compile(r"^(?:[a-z]{2,6}:/*)?(?:www\.)?")
_HOST_END: Final = re.compile(r"[/?#:\\]")
_AUTHORITY_END: Final = re.compile(r"[/?#\\]")
_TRAILING: Final = ".,;:!?)*"
_INVITE: Final = re.compile(r"^(?:(?:t|telegram)\.me/|chat\.whatsapp\.com/|wa\.me/|discord\.gg/|vk\.cc/)")
_DEEP: Final = 2
_MANY_HYPHENS: Final = 2
_LONG_HOST: Final = 25
READ_LINKS: Final = 10
"""How many addresses of one text are looked at."""


@dataclass(frozen=True, slots=True)
class Link:
    """One address: where it stands in the folded text (code points) and what it says."""

    start: int
    end: int
    address: str
    is_bare: bool

    @property
    def authority(self) -> str:
        """The host name without ``www.``, and before it what a browser takes for the name of a user."""
        user, at, host = _AUTHORITY_END.split(self.address, maxsplit=1)[0].rpartition("@")
        return user + at + host.partition(":")[0]

    @property
    def host(self) -> str:
        """The host name alone."""
        return self.authority.rpartition("@")[2]


def find(text: str) -> list[Link]:
    """The addresses in a folded text, with or without a scheme, in order."""
    if "://" not in text and not _DOT.search(text):
        return []
    return [_link(match) for match in _LINK.finditer(text)]


def _link(match: re.Match[str]) -> Link:
    raw = match.group().rstrip(_TRAILING)
    return Link(match.start(), match.start() + len(raw), bare_address(raw), "://" not in raw)


def bare_address(url: str) -> str:
    """A folded URL without scheme, ``www.`` and trailing slash."""
    return _SCHEME.sub("", url.strip(), count=1).rstrip("/")


def shape(address: str, prefix: str) -> list[str]:
    """Evidence tokens about one address; each starts with the prefix (``link`` or ``site``)."""
    host, path = _parts(address)
    tokens = [f"{prefix}.tld:{host.rpartition('.')[2][:24]}", f"{prefix}.domain:{registrable(host)[:80]}"]
    tokens.append(f"{prefix}.path:{_path_kind(path)}")
    if is_shortener(host):
        tokens.append(f"{prefix}.shortener")
    if _INVITE.match(address):
        tokens.append(f"{prefix}.invite")
    tokens.extend(f"{prefix}.topic:{topic}" for topic in address_topics(address[:200]))
    return tokens + _host_shape(host, prefix)


def _parts(address: str) -> tuple[str, str]:
    host = _HOST_END.split(address, maxsplit=1)[0]
    return host, address[len(host) :]


def _path_kind(path: str) -> str:
    if not path:
        return "none"
    if "?" in path:
        return "query"
    if path.endswith((".html", ".htm", ".php", ".asp", ".aspx")):
        return "file"
    return "deep" if path.count("/") > _DEEP else "shallow"


def _host_shape(host: str, prefix: str) -> list[str]:
    tokens = []
    if host.count("-") >= _MANY_HYPHENS:
        tokens.append(f"{prefix}.hyphens")
    elif "-" in host:
        tokens.append(f"{prefix}.hyphen")
    if any(map(str.isdigit, host)):
        tokens.append(f"{prefix}.digits")
    if len(host) > _LONG_HOST:
        tokens.append(f"{prefix}.long")
    return tokens
