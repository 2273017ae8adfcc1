"""Group commit: many small pieces of work, one durable transaction; it does not know what the work is (ADR 3)."""

import asyncio
import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from sqlalchemy.exc import IntegrityError

from moderation.errors import ModerationError, Unavailable
from moderation.storage.database import Database, Db

Item = TypeVar("Item")
Result = TypeVar("Result")
Handler = Callable[[Db, Sequence[Item]], Sequence[Result | ModerationError]]
BATCH = 128
WAITING = 4_096
LINGER = 0.002  # seconds; under load it makes batches larger, and a lone caller never waits it


@dataclass(slots=True)
class _Job(Generic[Item, Result]):
    handler: Handler[Item, Result]
    item: Item
    loop: asyncio.AbstractEventLoop
    done: "asyncio.Future[Result]" = field(init=False)

    def __post_init__(self) -> None:
        self.done = self.loop.create_future()


class Writer:
    """One thread that takes whatever waits, does it in one transaction, and answers after the commit.

    A batch that fails is done again one by one, so that one bad piece of work spoils only itself; handlers must
    therefore have no effect but on `db`. The queue is bounded: past it, callers get Unavailable at once.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._jobs: queue.SimpleQueue[_Job[Any, Any] | None] = queue.SimpleQueue()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="candor-writer", daemon=True)
        self._thread.start()

    async def submit(self, handler: Handler[Item, Result], item: Item) -> Result:
        """Does one piece of work durably and returns its result.

        Raises:
            ModerationError: what the handler returned for this item, or Unavailable from the database.
        """
        if self._closing.is_set():
            raise Unavailable("The service is stopping. Nothing was stored; try again.")
        if self._jobs.qsize() >= WAITING:
            raise Unavailable("Too much is waiting to be stored. Nothing was stored; try again.")
        job = _Job(handler, item, asyncio.get_running_loop())
        self._jobs.put(job)
        return await job.done

    def close(self) -> None:
        """Finishes what waits and ends the thread."""
        self._closing.set()
        self._jobs.put(None)
        self._thread.join(timeout=10)

    def _run(self) -> None:
        batch: list[_Job[Any, Any]] = []
        while (first := self._jobs.get()) is not None:
            if len(batch) > 1:  # others came at the same time a moment ago: they will again
                self._closing.wait(LINGER)
            batch, is_last = self._gather(first)
            self._answer(batch, self._do(batch))
            if is_last:
                return

    def _gather(self, first: _Job[Any, Any]) -> tuple[list[_Job[Any, Any]], bool]:
        batch = [first]
        while len(batch) < BATCH:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                break
            if job is None:
                return batch, True
            batch.append(job)
        return batch, False

    def _do(self, batch: list[_Job[Any, Any]], *, is_retry: bool = False) -> list[Any]:
        """A row that another process stored first is no failure: done again, the work finds and uses it."""
        try:
            with self._database.transaction() as db:
                return _handled(db, batch)
        except Exception as error:  # noqa: BLE001 - whatever it was reaches its caller as the job's exception
            if len(batch) == 1 and (is_retry or not isinstance(error, IntegrityError)):
                return [error]
        return self._one_by_one(batch)

    def _one_by_one(self, batch: list[_Job[Any, Any]]) -> list[Any]:
        """Once the database itself does not serve, the rest is not tried: each try could wait seconds for a lock."""
        results: list[Any] = []
        for job in batch:
            has_ended = bool(results) and isinstance(results[-1], Unavailable)
            results.append(results[-1] if has_ended else self._do([job], is_retry=len(batch) == 1)[0])
        return results

    def _answer(self, batch: list[_Job[Any, Any]], results: list[Any]) -> None:
        by_loop: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Any], Any]]] = {}
        for job, result in zip(batch, results, strict=True):
            by_loop.setdefault(job.loop, []).append((job.done, result))
        for loop, pairs in by_loop.items():
            if not loop.is_closed():
                loop.call_soon_threadsafe(_settle, pairs)


def _handled(db: Db, batch: list[_Job[Any, Any]]) -> list[Any]:
    """Each handler sees its items of the batch at once, in the order they came."""
    by_handler: dict[Any, list[int]] = {}
    for index, job in enumerate(batch):
        by_handler.setdefault(job.handler, []).append(index)
    results: list[Any] = [None] * len(batch)
    for handler, indices in by_handler.items():
        outcomes = handler(db, [batch[index].item for index in indices])
        for index, outcome in zip(indices, outcomes, strict=True):
            results[index] = outcome
    return results


def _settle(pairs: list[tuple["asyncio.Future[Any]", Any]]) -> None:
    for future, result in pairs:
        if future.cancelled():
            continue
        if isinstance(result, BaseException):
            future.set_exception(result)
        else:
            future.set_result(result)
