"""Group commit: many small pieces of work, one durable transaction; it does not know what the work is (ADR 3)."""

import asyncio
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy.exc import IntegrityError

from moderation.errors import ModerationError, Unavailable
from moderation.storage.database import Database, Db, touch

Item = TypeVar("Item")
Result = TypeVar("Result")
Handler = Callable[[Db, Sequence[Item]], Sequence[Result | ModerationError]]
BATCH = 128
WAITING = 4_096
LINGER = 0.002  # seconds; under load it makes batches larger, and a lone caller never waits it
PATIENCE = 10  # seconds for what waits to be finished at the end


@dataclass(frozen=True, slots=True)
class _Job(Generic[Item, Result]):
    handler: Handler[Item, Result]
    item: Item
    done: "asyncio.Future[Result]"


class Writer:
    """Takes whatever waits, does it in one transaction, and answers after the commit.

    Waiting for the database happens in a thread. The work itself is done there too where each statement waits for a
    server; on SQLite it is done in the event loop, since it is computation, which two threads would only fight over.

    A batch that fails is done again one by one, so that one bad piece of work spoils only itself; handlers must
    therefore have no effect but on `db`. The queue is bounded: past it, callers get Unavailable at once.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._jobs: deque[_Job[Any, Any]] = deque()
        self._thread = ThreadPoolExecutor(1, "candor-writer")
        self._task: asyncio.Task[None] | None = None
        self._is_closing = False
        self._idle = threading.Event()
        self._idle.set()

    async def submit(self, handler: Handler[Item, Result], item: Item) -> Result:
        """Does one piece of work durably and returns its result.

        Raises:
            ModerationError: what the handler returned for this item, or Unavailable from the database.
        """
        if self._is_closing:
            raise Unavailable("The service is stopping. Nothing was stored; try again.")
        if len(self._jobs) >= WAITING:
            raise Unavailable("Too much is waiting to be stored. Nothing was stored; try again.")
        loop = asyncio.get_running_loop()
        job = _Job(handler, item, loop.create_future())
        self._jobs.append(job)
        if self._idle.is_set():
            self._idle.clear()
            self._task = loop.create_task(self._run())
        result: Result = await job.done
        return result

    async def probe(self) -> None:
        """Raises Unavailable when nothing can be stored now; waits in the queue like a comment, so it delays none."""
        await self.submit(_touch, None)

    def close(self) -> None:
        """Finishes what waits, while its event loop goes on, and ends the thread; not to be called from that loop."""
        self._is_closing = True
        self._idle.wait(PATIENCE)
        self._thread.shutdown(wait=False)

    async def _run(self) -> None:
        """One at a time, from the first job that finds the writer idle until none is left."""
        size = 0
        try:
            while self._jobs:
                if size > 1 and not self._is_closing:  # others came at the same time a moment ago: they will again
                    await asyncio.sleep(LINGER)
                batch = [self._jobs.popleft() for _ in range(min(BATCH, len(self._jobs)))]
                size = len(batch)
                _settle(batch, await self._do(batch))
        finally:
            self._idle.set()

    async def _do(self, batch: list[_Job[Any, Any]], *, is_retry: bool = False) -> list[Any]:
        """A row that another process stored first is no failure: done again, the work finds and uses it."""
        try:
            return await self._done_at_once(batch)
        except Unavailable as error:  # not done again: a commit whose answer was lost may have been one
            return [error] * len(batch)
        except Exception as error:  # noqa: BLE001 - whatever it was reaches its caller as the job's exception
            if len(batch) == 1 and (is_retry or not isinstance(error, IntegrityError)):
                return [error]
        return await self._one_by_one(batch)

    async def _done_at_once(self, batch: list[_Job[Any, Any]]) -> list[Any]:
        if not self._database.is_embedded:
            results: list[Any] = await self._elsewhere(self._done_there, batch)
            return results
        async with self._transaction() as db:
            return _handled(db, batch)

    def _done_there(self, batch: list[_Job[Any, Any]]) -> list[Any]:
        with self._database.transaction() as db:
            return _handled(db, batch)

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[Db]:
        """A transaction whose beginning (the lock) and end (the disk) are waited for elsewhere."""
        transaction = self._database.transaction()
        db = await self._elsewhere(transaction.__enter__)
        try:
            yield db
        except BaseException as error:
            await self._elsewhere(transaction.__exit__, type(error), error, error.__traceback__)
            raise
        await self._elsewhere(transaction.__exit__, None, None, None)

    async def _elsewhere(self, work: Callable[..., Any], *arguments: Any) -> Any:  # noqa: ANN401 - any work
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *arguments)

    async def _one_by_one(self, batch: list[_Job[Any, Any]]) -> list[Any]:
        """Once the database itself does not serve, the rest is not tried: each try could wait seconds for a lock."""
        results: list[Any] = []
        for job in batch:
            has_ended = bool(results) and isinstance(results[-1], Unavailable)
            results.append(results[-1] if has_ended else (await self._do([job], is_retry=len(batch) == 1))[0])
        return results


def _touch(db: Db, batch: Sequence[None]) -> list[None]:
    touch(db)
    return [None] * len(batch)


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


def _settle(batch: list[_Job[Any, Any]], results: list[Any]) -> None:
    for job, result in zip(batch, results, strict=True):
        if job.done.cancelled():
            continue
        if isinstance(result, BaseException):
            job.done.set_exception(result)
        else:
            job.done.set_result(result)
