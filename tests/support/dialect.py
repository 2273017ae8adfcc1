"""Speaks Akismet's dialect to a service in the test's process, and brings it into the states that answers depend on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

import httpx

from moderation import clock
from moderation.duties import hosting
from moderation.duties.hosting import NewSite
from moderation.storage import usage
from moderation.storage.usage import COUNTS, Used
from moderation.vocabulary import KeyKind, RuleKind, Verdict
from tests.support.asgi import Service
from tests.support.factories import KIND_WORDS, PERMALINK

FORM = "application/x-www-form-urlencoded"
SPAM_NAME = "viagra-test-123"
UNWELCOME = "unwelcome-café-word"
WELCOME = "welcome-word"
WEEK = timedelta(days=7)
EARLIER = timedelta(days=100)
_SEPTEMBER = date(2022, 9, 14)
_USED = {
    "blog.example": (391, 149, 242, 10, 10),
    "shop.example": (2072, 2069, 3, 0, 4),
    "=cmd|x": (7, 0, 7, 1, 0),
}


@dataclass(frozen=True)
class Blog:
    """A blog whose client calls a service with its site's key."""

    service: Service
    site: NewSite

    def ask(self, verb: str, *, version: str = "1.1", headers: Mapping[str, str] | None = None, **fields: str) -> Any:
        """Posts a form with the key and the blog's address, unless told otherwise; a field of None is left out."""
        given = {"api_key": self.site.akismet_key, "blog": self.site.site.home_url} | fields
        body = urlencode({name: value for name, value in given.items() if value is not None})
        return self.post(f"/{version}/{verb}", body.encode(), {"Content-Type": FORM} | dict(headers or {}))

    def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> httpx.Response:
        return self.service.post(path, content=body, headers=headers)

    def check(self, content: str = KIND_WORDS, **fields: str) -> httpx.Response:
        return self.ask("comment-check", **comment(content, **fields))

    def tell(self, word: str, content: str = KIND_WORDS, **fields: str) -> httpx.Response:
        """Reports `spam` or `ham`."""
        return self.ask(f"submit-{word}", **comment(content, **fields))

    def statistics(self) -> dict[str, Any]:
        return self.ask("get-stats", **{"from": "all"}).json()


def comment(content: str, **changes: str) -> dict[str, str]:
    """Returns the fields of a comment by Ann."""
    given = {
        "user_ip": "192.0.2.7",
        "user_agent": "Mozilla/5.0",
        "permalink": PERMALINK,
        "comment_type": "comment",
        "comment_author": "Ann",
        "comment_author_email": "ann@example.org",
        "comment_content": content,
    }
    return given | changes


def add_rules(service: Service) -> None:
    """Makes the answer to two words certain, whatever the model thinks."""
    for word, verdict in ((UNWELCOME, Verdict.HOLD), (WELCOME, Verdict.PUBLISH)):
        _change(service, hosting.add_rule, kind=RuleKind.WORD, pattern=word, verdict=verdict)


def suspend(service: Service, *, is_suspended: bool = True) -> None:
    """Suspends the first site, as `candor site set` does beside the running service."""
    _change(service, hosting.set_site, changes={"suspended": str(is_suspended).lower()})


def rotate(service: Service, overlap: timedelta, ago: timedelta = timedelta(0)) -> str:
    """Gives the first site a new key, some time ago, and returns it."""
    seal, now = service.runtime.settings.seal, clock.now() - ago
    rotation = {"seal": seal, "kind": KeyKind.AKISMET, "overlap": overlap, "now": now}
    return _change(service, hosting.rotate_key, **rotation)


def remove(service: Service) -> None:
    """Closes the first site."""
    _change(service, hosting.remove_site)


def add_usage(service: Service, day: date, blog: str, counts: tuple[int, ...]) -> None:
    """Stores what a blog used the first site's key for on a day: calls, spam, ham, missed spam, false positives."""
    names = [name for name, count in zip(COUNTS, counts, strict=True) for _ in range(count)]
    with service.runtime.database.transaction() as db:
        usage.add(db, [Used(service.site.id, day, blog, (name,)) for name in names])


def _add_september(service: Service) -> None:
    add_usage(service, _SEPTEMBER, "blog.example", _USED["blog.example"])


def _add_three_blogs(service: Service) -> None:
    for blog, counts in _USED.items():
        add_usage(service, _SEPTEMBER, blog, counts)


def _add_recent(service: Service) -> None:
    today = clock.now().date()
    add_usage(service, today, "blog.example", (5, 3, 2, 1, 0))
    add_usage(service, today - EARLIER, "blog.example", (5, 4, 1, 0, 1))
    _add_september(service)


def _call_it_ham(service: Service) -> None:
    told = {"user_ip": "192.0.2.7", "comment_content": f"An {UNWELCOME}"}
    assert Blog(service, service.sites[0]).ask("submit-ham", **told).text.startswith("Thanks")


def _change(service: Service, duty: Callable[..., Any], **arguments: Any) -> Any:
    with service.runtime.database.transaction() as db:
        return duty(db, site_id=service.site.id, **{"now": clock.now()} | arguments)


PREPARATIONS: dict[str, Callable[[Service], Any]] = {
    "two rules were added": add_rules,
    "the site was suspended": suspend,
    "the key was rotated and its overlap has ended": lambda service: rotate(service, WEEK, ago=WEEK * 2),
    "the key was rotated and its overlap lasts": lambda service: rotate(service, WEEK),
    "the key was rotated without overlap": lambda service: rotate(service, timedelta(0)),
    "the site was removed": remove,
    "a month was counted": _add_september,
    "three blogs were counted": _add_three_blogs,
    "the blog said that the unwelcome word is ham": _call_it_ham,
    "recent months were counted": _add_recent,
}
