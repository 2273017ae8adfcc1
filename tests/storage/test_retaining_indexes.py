"""The sweep, which runs every minute, reads what is due and nothing else: each of its questions finds an index."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from moderation.clock import new_id
from moderation.storage import erasing, retaining
from moderation.storage.database import Db, open_database
from tests.storage.test_indexes import plans_of

NOW, SITE = datetime(2026, 11, 22, tzinfo=UTC), new_id()
QUESTIONS: dict[str, tuple[Callable[[Db], Any], set[str]]] = {
    "what is due": (
        lambda db: retaining.due(db, now=NOW, limit=50),
        {"ix_comments_due_published", "ix_comments_due_held", "ix_comments_due_removed"},
    ),
    "whether it is late": (
        lambda db: retaining.is_late(db, before=NOW),
        {"ix_comments_due_published", "ix_comments_due_held", "ix_comments_due_removed"},
    ),
    "whether something is late": (
        lambda db: retaining.is_late(db, before=NOW),
        {"ix_comments_due_published", "ix_comments_due_held", "ix_comments_due_removed"},
    ),
    "network addresses": (lambda db: retaining.reduce(db, now=NOW, limit=50), {"ix_comments_reduce"}),
    "tombstones": (lambda db: retaining.end_tombstones(db, now=NOW, limit=50), {"ix_comments_reduce"}),
    "strays": (lambda db: retaining.drop_new_strays(db, now=NOW, limit=50), {"ix_comments_reduce"}),
    "all comments of an address": (
        lambda db: erasing.of_address(db, site_id=SITE, email_code="code", limit=50),
        {"ix_comments_site_email"},
    ),
}


@pytest.fixture
def sqlite(sqlite_url: str):
    database = open_database(sqlite_url)
    yield database
    database.close()


@pytest.mark.parametrize(("question", "indexes"), QUESTIONS.values(), ids=QUESTIONS)
def test_a_question_of_the_sweep_is_answered_from_its_index(sqlite, question: Callable[[Db], Any], indexes: set[str]):
    steps = [step for plan in plans_of(sqlite, question) for step in plan]
    about_comments = [step for step in steps if " comments" in step]
    assert {index for index in indexes for step in about_comments if index in step} == indexes
    assert [step for step in about_comments if not any(index in step for index in indexes)] == []
