"""The background loop: does what is due, step by step, so that one failing step stops no other; it decides nothing."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

from moderation import clock, telemetry
from moderation.duties import grouping, learning
from moderation.duties.forgetting import forget_answers
from moderation.duties.guaranteeing import refresh_all
from moderation.duties.signing_in import forget_ended
from moderation.runtime import Database, Db, ModelShelf
from moderation.settings import load_settings

INTERVAL: Final = 60.0


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is owed regularly; `act` does it in its own transaction and returns how much it did.

    What comes in pieces is done until nothing is left, each piece in a transaction of its own. `is_due` is read first,
    so that nobody waits for a lock, and no model is loaded, where there is nothing to do.
    """

    name: str
    act: Callable[[Db, datetime], int]
    in_pieces: bool = False
    is_due: Callable[[Db], bool] = lambda _: True


@lru_cache(maxsize=1)
def _shelf() -> ModelShelf:
    return ModelShelf(load_settings().model)


STEPS: Final = (
    Step("forget_answers", lambda db, now: forget_answers(db, now=now)),
    Step("refresh_guarantees", lambda db, now: refresh_all(db, now=now)),
    Step("learn", lambda db, now: learning.sweep(db, classifier=_shelf().classifier, now=now), is_due=learning.is_due),
    Step("end_logins", lambda db, now: forget_ended(db, now=now)),
)
QUICK_STEPS: Final = (Step("group_alike", lambda db, _: grouping.sweep(db), in_pieces=True, is_due=grouping.is_due),)
"""What moderators would wait for: a flood of copies stands as one card a moment after it came."""
QUICK_INTERVAL: Final = 1.0


def run_all(database: Database, stop: threading.Event) -> None:
    """Goes through the quick steps beside the others until `stop` is set."""
    quick = threading.Thread(
        target=run,
        args=(database, stop),
        kwargs={"steps": QUICK_STEPS, "interval": QUICK_INTERVAL},
        name="candor-quick",
        daemon=True,
    )
    quick.start()
    run(database, stop)
    quick.join()


def run(
    database: Database, stop: threading.Event, *, steps: Sequence[Step] = STEPS, interval: float = INTERVAL
) -> None:
    """Goes through the steps every `interval` seconds until `stop` is set; a round that has begun is finished."""
    while not stop.is_set():
        run_once(database, steps)
        stop.wait(interval)


def run_once(database: Database, steps: Sequence[Step] = STEPS) -> dict[str, int | None]:
    """Does every step once and returns how much each did, None for a step that failed."""
    return {step.name: _done(database, step) for step in steps}


def _done(database: Database, step: Step) -> int | None:
    count = 0
    try:
        while piece := _piece(database, step):
            count += piece
            if not step.in_pieces:
                break
            database.give_way()
    except Exception as error:  # noqa: BLE001 - a step's fault must not stop the others; it is counted and logged
        telemetry.log_failure(f"worker.{step.name}", error)
        return None
    if count:
        telemetry.log("worker.step", step=step.name, count=count)
    return count


def _piece(database: Database, step: Step) -> int:
    with database.snapshot() as db:
        if not step.is_due(db):
            return 0
    with database.transaction() as db:
        return step.act(db, clock.now())
