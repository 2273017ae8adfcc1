"""Two processes at the same comment: neither loses what the other decided, on whichever database."""

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import select

from moderation.duties import answering
from moderation.duties.answering import Errand
from moderation.duties.checking import Checking
from moderation.errors import VersionMismatch
from moderation.storage.answers import Ask, Given
from moderation.storage.database import Database, open_database
from moderation.storage.directory import DirectoryCache
from moderation.storage.tables import CommentRow, DecisionRow, LabelRow
from moderation.storage.writer import Writer
from moderation.vocabulary import Channel, Label, State, Verdict
from tests.support.desk import Desk
from tests.support.factories import NOW, comment
from tests.support.together import at_once

PILLS = "Cheap pills for you"
API = {"channel": Channel.API, "is_edit": True}


@pytest.mark.parametrize("attempt", range(5))
def test_two_decisions_on_the_same_version_one_is_told_that_it_came_too_late(desk: Desk, attempt: int):
    checked = desk.check(f"words {attempt}")
    results = at_once(
        *[
            lambda verdict=verdict: desk.decide(checked.comment_id, verdict, expected_version=1)
            for verdict in (Verdict.HOLD, Verdict.REMOVE)
        ]
    )
    assert sorted(isinstance(result, VersionMismatch) for result in results) == [False, True]
    assert desk.row(checked.comment_id).version == 2
    assert desk.broken_chains() == []


@pytest.mark.parametrize("attempt", range(5))
def test_a_check_and_a_person_s_decision_at_once_leave_the_person_s_standing(desk: Desk, attempt: int):
    words = f"{PILLS} {attempt}"
    checked = desk.check(words)
    again = desk.submission(comment(words))
    at_once(
        lambda: desk.record(again), lambda: desk.feedback(words, Label.HAM, reporter="ann"), lambda: desk.record(again)
    )
    assert desk.row(checked.comment_id).version == len(desk.history(checked.comment_id))
    assert desk.check(words).verdict is Verdict.PUBLISH
    assert desk.broken_chains() == []


def test_the_same_word_said_twice_at_once_is_one_label(desk: Desk):
    desk.check()
    at_once(*[lambda: desk.feedback(comment(), Label.SPAM, reporter="ann")] * 4)
    assert desk.count(LabelRow) == 1
    assert desk.broken_chains() == []


def written(url: str, desk: Desk, work: Callable[[Database], tuple[Any, Any]], size: int) -> list[Any]:
    """Does work through a writer of its own, as another process would."""
    database = open_database(url)
    writer = Writer(database)

    async def every() -> list[Any]:
        return await asyncio.gather(*[writer.submit(*work(database)) for _ in range(size)], return_exceptions=True)

    try:
        return asyncio.run(every())
    finally:
        writer.close()
        database.close()


def test_the_same_native_comment_through_two_writers_is_one_comment(desk: Desk, database_url: str):
    submission = desk.submission(comment(external_id="7"), **API)

    def work(_database: Database) -> tuple[Any, Any]:
        return Checking(desk.seal, desk.scorer, DirectoryCache()).record, submission

    results = at_once(*[lambda: written(database_url, desk, work, 5)] * 3)
    ids = {getattr(result, "comment_id", result) for batch in results for result in batch}
    assert len(ids) == 1, ids
    assert desk.count(CommentRow) == 1
    assert desk.broken_chains() == []


def test_the_same_errand_through_two_writers_is_done_once(desk: Desk, database_url: str):
    ask = Ask(desk.site.site.id, "client-key", "digest")

    def act(db) -> Given:
        (checked,) = Checking(desk.seal, desk.scorer, DirectoryCache()).record(
            db, [desk.submission(comment(), channel=Channel.API)]
        )
        return Given(201, str(checked.comment_id).encode())

    def work(_database: Database) -> tuple[Any, Any]:
        return answering.once, Errand(desk.seal, ask, act, NOW)

    results = at_once(*[lambda: written(database_url, desk, work, 3)] * 3)
    assert len({result if isinstance(result, Exception) else result.body for batch in results for result in batch}) == 1
    assert desk.count(CommentRow) == 1


def test_many_at_once_over_the_same_comments_lose_nothing(desk: Desk, database_url: str):
    submissions = [desk.submission(comment(f"comment {number}")) for number in range(6)]
    desk.record(*submissions)

    def checks() -> list[Any]:
        record = Checking(desk.seal, desk.scorer, DirectoryCache()).record
        waiting = iter(submissions * 3)
        return written(database_url, desk, lambda _database: (record, next(waiting)), 18)

    def backwards() -> list[Any]:
        record = Checking(desk.seal, desk.scorer, DirectoryCache()).record
        waiting = iter(submissions[::-1] * 3)
        return written(database_url, desk, lambda _database: (record, next(waiting)), 18)

    def people() -> None:
        for number in (3, 1, 5):
            desk.feedback(f"comment {number}", Label.SPAM, reporter="ann")

    *checked, _ = at_once(checks, backwards, people)
    errors = [result for batch in checked for result in batch if isinstance(result, Exception)]
    assert errors == []
    assert desk.count(CommentRow) == 6
    assert desk.broken_chains() == []
    for number in (1, 3, 5):
        assert desk.check(f"comment {number}").verdict is Verdict.REMOVE


def test_a_long_work_in_pieces_lets_others_in_between(desk: Desk):
    """Without giving way whoever waits would come in by luck only: SQLite's waiters look again now and then."""
    database, done, came_in_after = desk.database, 0, list[int]()

    def somebody_else() -> None:
        asked_after = done
        with database.transaction():
            came_in_after.append(done - asked_after)

    other = threading.Thread(target=somebody_else)
    for piece in range(20):
        with database.transaction():
            if piece == 1:
                other.start()
            time.sleep(0.15)  # longer than the longest pause between two looks
            done += 1
        database.give_way()
    other.join()
    assert came_in_after[0] <= 2


def test_a_snapshot_reads_one_moment_whatever_is_stored_meanwhile(desk: Desk):
    comment_id = desk.check(PILLS).comment_id
    with desk.database.snapshot() as db:
        (state,) = db.exec(select(CommentRow.state)).all()
        desk.decide(comment_id, Verdict.REMOVE)
        made = db.exec(select(DecisionRow.verdict).where(DecisionRow.comment_id == comment_id)).all()
    assert (state, list(made)) == (State.HELD, [Verdict.HOLD])
