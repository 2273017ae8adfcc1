"""Group commit: one bad piece of work spoils only itself, answers come after the commit, and nothing waits for ever."""

import asyncio
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from moderation.errors import Invalid, Unavailable
from moderation.storage import writer as writing
from moderation.storage.database import Database, Db
from moderation.storage.writer import BATCH, Handler, Writer
from tests.support.desk import Desk
from tests.support.factories import comment


@contextmanager
def running(database: Database) -> Iterator[Writer]:
    writer = Writer(database)
    try:
        yield writer
    finally:
        writer.close()


def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(coroutine)


def count(database: Database) -> int:
    with database.snapshot() as db:
        return db.connection().execute(text("SELECT revision FROM directory")).scalar_one()


class Work:
    """A handler that adds its items to the directory's revision and tells which batches it saw."""

    def __init__(self) -> None:
        self.batches: list[list[Any]] = []

    def __call__(self, db: Db, batch: list[Any]) -> list[Any]:
        self.batches.append(list(batch))
        if "poison" in batch:
            raise ZeroDivisionError
        for item in batch:
            if isinstance(item, int):
                db.connection().execute(text("UPDATE directory SET revision = revision + :n"), {"n": item})
        return [Invalid("no") if item == "refused" else f"done {item}" for item in batch]


@asynccontextmanager
async def held(writer: Writer) -> AsyncIterator[None]:
    """Keeps the writer busy, so that what is submitted meanwhile waits and forms batches."""
    gate, reached = threading.Event(), threading.Event()

    def blocked() -> None:
        with writer._database.transaction() as db:
            db.connection().execute(text("LOCK TABLE directory" if not writer._database.is_embedded else "SELECT 1"))
            reached.set()
            gate.wait(10)

    lock = asyncio.ensure_future(asyncio.to_thread(blocked))
    await asyncio.to_thread(reached.wait, 10)
    busy = asyncio.ensure_future(writer.submit(touch, None))
    await asyncio.sleep(0.01)  # until it waits for the lock
    try:
        yield
        await asyncio.sleep(0)
    finally:
        gate.set()
        await asyncio.gather(lock, busy)


def touch(db: Db, batch: list[Any]) -> list[Any]:
    """Work that waits for whoever has the database's lock and changes nothing."""
    db.connection().execute(text("UPDATE directory SET revision = revision"))
    return batch


async def together(writer: Writer, *work: tuple[Handler, Any]) -> list[Any]:
    """Submits pieces of work that wait at once, and returns results or errors in order."""
    async with held(writer):
        waiting = [asyncio.ensure_future(writer.submit(handler, item)) for handler, item in work]
    return await asyncio.gather(*waiting, return_exceptions=True)


def each(handler: Handler, items: list[Any]) -> list[tuple[Handler, Any]]:
    return [(handler, item) for item in items]


def test_results_belong_to_their_items_and_are_stored(database: Database):
    work = Work()
    with running(database) as writer:
        results = run(together(writer, *each(work, [1, 2, 3])))
    assert (results, work.batches, count(database)) == (["done 1", "done 2", "done 3"], [[1, 2, 3]], 7)


def test_an_item_that_the_handler_refuses_fails_alone(database: Database):
    with running(database) as writer:
        one, refused, two = run(together(writer, *each(Work(), [1, "refused", 2])))
    assert (one, two, count(database)) == ("done 1", "done 2", 4)
    assert isinstance(refused, Invalid)


def test_an_item_that_breaks_the_batch_spoils_only_itself(database: Database):
    work = Work()
    with running(database) as writer:
        *good, broken, last = run(together(writer, *each(work, [1, 2, "poison", 3])))
    assert (good, last, count(database)) == (["done 1", "done 2"], "done 3", 7)
    assert isinstance(broken, ZeroDivisionError)
    assert work.batches == [[1, 2, "poison", 3], [1], [2], ["poison"], [3]]


def test_different_kinds_of_work_share_a_transaction_and_each_sees_its_own_items(database: Database):
    here, there = Work(), Work()

    with running(database) as writer:
        results = run(together(writer, (here, 1), (there, 2), (here, 3), (there, 4)))
    assert results == ["done 1", "done 2", "done 3", "done 4"]
    assert (here.batches, there.batches) == ([[1, 3]], [[2, 4]])


def test_more_than_a_batch_is_done_in_several(database: Database):
    work = Work()
    with running(database) as writer:
        results = run(together(writer, *each(work, [1] * (2 * BATCH + 5))))
    assert (len(results), count(database)) == (2 * BATCH + 5, 2 * BATCH + 6)
    assert [len(batch) for batch in work.batches] == [BATCH, BATCH, 5]


def test_an_answer_leaves_only_after_its_commit(database: Database):
    async def seen(writer: Writer) -> list[int]:
        values = []
        for _ in range(5):
            await writer.submit(Work(), 1)
            values.append(count(database))
        return values

    with running(database) as writer:
        assert run(seen(writer)) == [2, 3, 4, 5, 6]


def test_past_its_bound_the_queue_refuses_at_once(database: Database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(writing, "WAITING", 3)
    with running(database) as writer:
        results = run(together(writer, *each(Work(), [1] * 5)))
    refused = [result for result in results if isinstance(result, Unavailable)]
    assert (len(refused), count(database)) == (2, 4)
    assert "Too much is waiting" in refused[0].message


def test_closing_finishes_what_waits(database: Database):
    work = Work()

    async def left_waiting(writer: Writer) -> list[Any]:
        async with held(writer):
            tasks = [asyncio.ensure_future(writer.submit(work, 1)) for _ in range(200)]
            await asyncio.sleep(0)
            closing = asyncio.ensure_future(asyncio.to_thread(writer.close))
        await closing
        return await asyncio.gather(*tasks)

    assert run(left_waiting(Writer(database))) == ["done 1"] * 200
    assert count(database) == 201


def test_after_closing_work_is_refused_instead_of_waiting_for_ever(database: Database):
    writer = Writer(database)
    writer.close()
    with pytest.raises(Unavailable, match="stopping"):
        run(asyncio.wait_for(writer.submit(Work(), 1), 10))


def test_a_caller_who_gave_up_harms_nobody(database: Database):
    async def give_up(writer: Writer) -> Any:
        async with held(writer):
            gone = asyncio.ensure_future(writer.submit(Work(), 1))
            await asyncio.sleep(0)
            gone.cancel()
        return await writer.submit(Work(), 2)

    with running(database) as writer:
        assert run(give_up(writer)) == "done 2"


def test_when_the_database_does_not_serve_the_rest_of_a_batch_is_not_tried(database: Database):
    tried = []

    def gone(_db: Db, batch: list[int]) -> list[Any]:
        tried.append(list(batch))
        raise Unavailable("The database cannot be used: it is locked.")

    with running(database) as writer:
        results = run(together(writer, *each(gone, [1, 2, 3])))
        assert run(writer.submit(Work(), 1)) == "done 1"
    assert [type(result) for result in results] == [Unavailable] * 3
    assert tried == [[1, 2, 3]]


def test_comments_checked_through_the_writer_are_stored_together(database: Database, seal):
    desk = Desk(database, seal)
    submissions = [desk.submission(comment(f"comment {number % 5}")) for number in range(20)]
    with running(database) as writer:
        results = run(together(writer, *each(desk.checking.record, submissions)))
    assert desk.counts() == {"comments": 5, "decisions": 20, "events": 20}
    assert [result.comment_id for result in results[:5]] * 4 == [result.comment_id for result in results]
    assert desk.broken_chains() == []


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(st.integers(1, 9), st.sampled_from(["poison", "refused", "idle"])), max_size=12))
def test_whatever_fails_exactly_the_answered_work_is_stored(sqlite_database: Database, items: list[Any]):
    before = count(sqlite_database)
    with running(sqlite_database) as writer:
        results = run(together(writer, *each(Work(), items)))
    for item, result in zip(items, results, strict=True):
        if item in {"poison", "refused"}:
            assert isinstance(result, ZeroDivisionError if item == "poison" else Invalid)
        else:
            assert result == f"done {item}"
    assert count(sqlite_database) - before == sum(item for item in items if isinstance(item, int))


def test_a_commit_whose_answer_was_lost_is_not_done_again(database: Database, monkeypatch: pytest.MonkeyPatch):
    commit = database.transaction

    @contextmanager
    def lossy() -> Iterator[Db]:
        with commit() as db:
            yield db
        raise Unavailable("The connection to the database was lost.")

    async def three(writer: Writer) -> list[Any]:
        return await asyncio.gather(*[writer.submit(Work(), 1) for _ in range(3)], return_exceptions=True)

    monkeypatch.setattr(database, "transaction", lossy)
    with running(database) as writer:
        results = run(three(writer))
    assert [type(result) for result in results] == [Unavailable] * 3
    assert count(database) == 4, "each piece of work was done once"
