"""Makes comments, sites and request bodies for tests: sensible by default, changed by name."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from moderation.duties import hosting
from moderation.duties.hosting import NewSite
from moderation.judging.comment import LIMITS, Author, Comment
from moderation.seal import Seal
from moderation.storage.database import Database

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PERMALINK = "https://blog.example/post/1"
KIND_WORDS = "Thank you for the recipe, my children loved the soup."
SPAM_WORDS = (
    "BUY CHEAP VIAGRA ONLINE!!! Best casino bonus, free pills, click here http://cheap-pills.example/buy "
    "http://casino-bonus.example/win and earn $5000 a week working from home!!!"
)


def author(**changes: Any) -> Author:
    """Returns Ann, who wrote a comment."""
    given = {"name": "Ann", "email": "ann@example.org", "url": "https://ann.example", "ip": "192.0.2.7"}
    return Author(**given | changes)


def comment(content: str = KIND_WORDS, **changes: Any) -> Comment:
    """Returns a comment by Ann under the blog's first post."""
    return Comment(**{"permalink": PERMALINK, "content": content, "author": author()} | changes)


def add_site(database: Database, seal: Seal, home_url: str = "https://blog.example", now: datetime = NOW) -> NewSite:
    """Adds a site to a database and returns it with its keys."""
    with database.transaction() as db:
        return hosting.add_site(db, seal=seal, home_url=home_url, name=None, now=now)


def unfolding() -> str:
    """Returns the longest text of different words whose signs are written out as six letters of three bytes each."""
    signs = "\u3316\u3317"  # "kilometre" and "kilowatt", each one sign of Japanese typography
    words = ["".join(signs[number >> place & 1] for place in range(10)) * 10 for number in range(1_000)]
    return " ".join(words)[: LIMITS["content"]]


def native(content: str = KIND_WORDS, **changes: Any) -> dict[str, Any]:
    """Returns a body for `POST /api/v1/comments`."""
    writer = {"name": "Ann", "email": "ann@example.org", "url": "https://ann.example", "ip": "192.0.2.7"}
    return {"permalink": PERMALINK, "content": content, "author": writer} | changes


def akismet(key: str, content: str = KIND_WORDS, **changes: str) -> Mapping[str, str]:
    """Returns the form of an Akismet comment-check."""
    given = {
        "api_key": key,
        "blog": "https://blog.example",
        "user_ip": "192.0.2.7",
        "user_agent": "Mozilla/5.0",
        "permalink": PERMALINK,
        "comment_type": "comment",
        "comment_author": "Ann",
        "comment_author_email": "ann@example.org",
        "comment_author_url": "https://ann.example",
        "comment_content": content,
    }
    return given | changes
