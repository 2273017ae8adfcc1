"""No question that a request asks reads a site's every comment: each finds an index that answers it in order."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import event

from moderation.clock import new_id
from moderation.storage import alike, audits, comments, decisions, notes, queue, second_looks
from moderation.storage.database import Database, Db, open_database
from moderation.vocabulary import Channel, Order, State, Waiting
from tests.support import waiting

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


def plans_of(database: Database, question: Callable[[Db], Any]) -> list[list[str]]:
    """How SQLite, which plans without knowing how much there is of anything, means to answer a question's parts."""
    asked: list[tuple[str, Any]] = []
    event.listen(database.engine, "before_cursor_execute", lambda *said: asked.append((said[2], said[3])))
    with database.snapshot() as db:
        question(db)
        parts = [(sql, values) for sql, values in asked if sql.startswith("SELECT")]
        plans = [db.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values).all() for sql, values in parts]
    return [[step[3] for step in steps] for steps in plans]


@pytest.mark.parametrize(("question", "index"), QUESTIONS.values(), ids=QUESTIONS)
def test_a_question_is_answered_from_its_index(sqlite: Database, question: Callable[[Db], Any], index: str):
    searches = [step for step in plans_of(sqlite, question)[-1] if "INDEX" in step and "sqlite_autoindex" not in step]
    assert searches
    assert all(index in step for step in searches), searches


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("is_later", [False, True], ids=["first page", "later page"])
def test_every_part_of_a_queue_is_read_in_order_from_its_partial_index(sqlite: Database, order: Order, is_later: bool):
    asked = waiting.ask(order)
    places = [queue.Place(segment, 0.25, SITE, asked.overdue_before) for segment in range(6)] if is_later else [None]
    plans = [
        plan
        for place in places
        for plan in plans_of(sqlite, lambda db, at=place: queue.page(db, site_id=SITE, ask=asked, limit=50, after=at))
    ]
    assert len(plans) >= len(Waiting)
    for plan in plans:
        step, *sorting = plan  # down from a threshold, only equal scores are put in order
        assert set(sorting) <= {"USE TEMP B-TREE FOR RIGHT PART OF ORDER BY"}
        assert re.match(r"SEARCH comments USING (COVERING )?INDEX ix_comments_queue(_score)? \(site_id=\?", step), step


def test_each_part_of_the_useful_order_has_the_index_that_is_in_its_order(sqlite: Database):
    asked = waiting.ask(Order.USEFUL, thresholds=(0.5,))
    plans = plans_of(sqlite, lambda db: queue.page(db, site_id=SITE, ask=asked, limit=50))
    by_age, by_score = "INDEX ix_comments_queue (", "INDEX ix_comments_queue_score ("
    parts = {by_age: 5 + 1 + 1, by_score: 3 * 2 + 3}  # overdue, reported, put off; both sides of a threshold, scoreless
    assert {index: sum(index in plan[0] for plan in plans) for index in parts} == parts


WAITING_QUESTIONS: dict[str, tuple[Callable[[Db], Any], str]] = {
    "how many wait": (lambda db: queue.counts(db, site_id=SITE), "ix_comments_waiting"),
    "where somebody must look": (alike.sites_with_ungrouped, "ix_comments_ungrouped"),
    "what nobody has looked at": (lambda db: alike.ungrouped(db, site_id=SITE, limit=200), "ix_comments_ungrouped"),
    "how many are alike": (lambda db: alike.counts(db, site_id=SITE, heads=[SITE]), "ix_comments_alike"),
    "which are alike": (lambda db: alike.members(db, site_id=SITE, head=SITE, limit=9), "ix_comments_alike"),
    "what stands for others": (
        lambda db: alike.heads(db, site_id=SITE, comment_ids=[SITE]),
        "sqlite_autoindex_comments_1",
    ),
    "what has a mark": (lambda db: alike.sharing(db, site_id=SITE, marks=[1, 2]), "(site_id=? AND mark=?)"),
    "notes": (
        lambda db: notes.about(db, site_id=SITE, comment_id=SITE, author_email_code="a"),
        "ix_notes_",
    ),
    "second looks": (
        lambda db: second_looks.waiting(db, site_id=SITE, moderator_id=SITE, limit=9),
        "ix_second_looks_open",
    ),
    "a batch": (
        lambda db: decisions.of_batch(db, site_id=SITE, moderator_id=SITE, batch_id=SITE, limit=9),
        "ix_decisions_",
    ),
    "own decisions": (
        lambda db: decisions.standing_of(db, site_id=SITE, moderator_id=SITE, since=LONG_AGO, limit=1),
        "ix_decisions_moderator",
    ),
}


@pytest.mark.parametrize(("question", "index"), WAITING_QUESTIONS.values(), ids=WAITING_QUESTIONS)
def test_what_moderators_ask_reads_no_table_from_end_to_end(
    sqlite: Database, question: Callable[[Db], Any], index: str
):
    (plan,) = plans_of(sqlite, question)
    assert any(index in step for step in plan), plan
    assert [step for step in plan if re.match("SCAN (?!sites)", step)] == []
