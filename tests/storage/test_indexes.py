"""No question that a request asks reads a site's every comment: each finds an index that answers it in order."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import event

from moderation.clock import new_id
from moderation.storage import audits, comments
from moderation.storage.database import Database, Db, open_database
from moderation.vocabulary import Channel, State

SITE, LONG_AGO = new_id(), datetime(2026, 1, 1, tzinfo=UTC)
QUESTIONS: dict[str, tuple[Callable[[Db], Any], str]] = {
    "list": (lambda db: comments.page(db, site_id=SITE, limit=50), "ix_comments_site_state"),
    "the next page": (lambda db: comments.page(db, site_id=SITE, limit=50, after=SITE), "ix_comments_site_state"),
    "list a state": (lambda db: comments.page(db, site_id=SITE, limit=50, state=State.HELD), "ix_comments_site_state"),
    "list a page": (lambda db: comments.page(db, site_id=SITE, limit=50, page_digest="d"), "ix_comments_site_page"),
    "a thread": (
        lambda db: comments.published(db, site_id=SITE, page_digest="d", limit=5_000),
        "ix_comments_site_page",
    ),
    "the same comment": (
        lambda db: comments.find_by_fingerprint(db, site_id=SITE, fingerprints=["a", "b"], since=LONG_AGO),
        "ix_comments_site_fingerprint",
    ),
    "the same words": (
        lambda db: comments.find_alike(db, site_id=SITE, likeness="a", since=LONG_AGO),
        "ix_comments_site_likeness",
    ),
    "the blog's id": (
        lambda db: comments.find_by_external_id(db, site_id=SITE, channel=Channel.API, external_ids=["a"]),
        "uq_comments_site_external",
    ),
    "an Akismet client's id": (
        lambda db: comments.find_by_external_id(db, site_id=SITE, channel=Channel.AKISMET, external_ids=["a"]),
        "ix_comments_site_external",
    ),
    "the drawn ones": (
        lambda db: audits.page(db, site_id=SITE, limit=50, state=None, page_digest=None, after=None),
        "ix_audits_site",
    ),
}


@pytest.fixture
def sqlite(sqlite_url: str):
    database = open_database(sqlite_url)
    database.upgrade()
    yield database
    database.close()


def plan_of(database: Database, question: Callable[[Db], Any]) -> list[str]:
    """How SQLite, which plans without knowing how much there is of anything, means to answer a question."""
    asked: list[tuple[str, Any]] = []
    event.listen(database.engine, "before_cursor_execute", lambda *said: asked.append((said[2], said[3])))
    with database.snapshot() as db:
        question(db)
        steps = db.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {asked[-1][0]}", asked[-1][1]).all()
    return [step[3] for step in steps]


@pytest.mark.parametrize(("question", "index"), QUESTIONS.values(), ids=QUESTIONS)
def test_a_question_is_answered_from_its_index(sqlite: Database, question: Callable[[Db], Any], index: str):
    searches = [step for step in plan_of(sqlite, question) if "INDEX" in step and "sqlite_autoindex" not in step]
    assert searches
    assert all(index in step for step in searches), searches
