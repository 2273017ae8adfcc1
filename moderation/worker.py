"""The background loop: does what is due, step by step, so that one failing step stops no other; it decides nothing."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

from moderation import clock, egress, telemetry
from moderation.duties import forgetting, grouping, learning
from moderation.duties.forgetting import Shortening, forget_answers
from moderation.duties.guaranteeing import refresh_all
from moderation.duties.mailing import sending
from moderation.duties.signing_in import forget_ended
from moderation.runtime import Database, Db, ModelShelf
from moderation.settings import Settings, load_settings

INTERVAL: Final = 60.0
VACUUM_SECONDS: Final = 600.0
"""How long dead rows may stay on PostgreSQL before they are vacuumed, which finds some on every busy site."""


def _nothing(_db: Db, _now: datetime) -> int:
    return 0


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is owed regularly; `act` does it in its own transaction and returns how much it did.

    What comes in pieces is done until nothing is left, each piece in a transaction of its own. `is_due` is read first,
    so that nobody waits for a lock, and no model is loaded, where there is nothing to do. What waits for another
    machine acts `apart`, in transactions of its own, so that nobody waits for that machine.
    """

    name: str
    act: Callable[[Db, datetime], int] = _nothing
    in_pieces: bool = False
    is_due: Callable[[Db], bool] = lambda _: True
    apart: Callable[[Database, datetime], int] | None = None


@lru_cache(maxsize=1)
def _shelf() -> ModelShelf:
    return ModelShelf(load_settings().model)


@lru_cache(maxsize=1)
def _settings() -> Settings:
    return load_settings()


@lru_cache(maxsize=1)
def _shortening() -> Shortening:
    return Shortening(forgetting.terms_of(_settings()))


def sweep_due(db: Db, now: datetime) -> int:
    """Does one piece of what is due to go."""
    return forgetting.sweep(db, seal=lambda: _settings().seal, terms=_shortening().terms, now=now)


@dataclass(slots=True)
class Pace:
    """When something that reads or writes much may be done again: after twenty times as long as it took."""

    not_before: float = 0.0

    def is_rested(self) -> bool:
        """Returns whether it may be done now."""
        return clock.stopwatch() >= self.not_before

    def note(self, seconds: float, *, least: float = 0.0) -> None:
        """Notes how long it took just now."""
        self.not_before = clock.stopwatch() + max(20 * seconds, least)


@lru_cache(maxsize=1)
def _settling() -> Pace:
    return Pace()


def settle(database: Database, _now: datetime) -> int:
    """Lets the bytes of what was deleted leave the files, and lets whoever waits come between two pieces."""
    count, started = 0, clock.stopwatch()
    for piece in forgetting.settle(database):
        count += piece
        database.give_way()
    _settling().note(clock.stopwatch() - started, least=0.0 if database.is_embedded else VACUUM_SECONDS)
    return count


def _is_unsettled(db: Db) -> bool:
    return _settling().is_rested() and forgetting.is_unsettled(db)


def send_mails(database: Database, now: datetime) -> int:
    """Deals with one mail that is due."""
    use = _settings()
    return sending.deliver(database, seal=use.seal, mailer=egress.mailer(use), base_url=use.base_url, now=now)


def forget_written(_database: Database, now: datetime) -> int:
    """Deletes the mails in the outbox's folder that are past their end."""
    return egress.forget_written(_settings().mail_outbox, now=now)


STEPS: Final = (
    Step("forget_answers", lambda db, now: forget_answers(db, now=now)),
    Step("refresh_guarantees", lambda db, now: refresh_all(db, now=now)),
    Step("learn", lambda db, now: learning.sweep(db, classifier=_shelf().classifier, now=now), is_due=learning.is_due),
    Step("forget_mails", lambda db, now: sending.forget(db, now=now)),
    Step("forget_written", apart=forget_written),
    Step(
        "shorten",
        lambda db, _: _shortening().piece(db),
        in_pieces=True,
        is_due=lambda db: _shortening().is_due(db),
    ),
    Step("retention", sweep_due, in_pieces=True),
    Step("settle", is_due=_is_unsettled, apart=settle),
    Step("end_logins", lambda db, now: forget_ended(db, now=now)),
)
QUICK_STEPS: Final = (Step("group_alike", lambda db, _: grouping.sweep(db), in_pieces=True, is_due=grouping.is_due),)
"""What moderators would wait for: a flood of copies stands as one card a moment after it came."""
MAIL_STEPS: Final = (
    Step(
        "send_mails",
        in_pieces=True,
        is_due=lambda db: sending.is_due(db, now=clock.now()),
        apart=send_mails,
    ),
)
"""In a loop of its own: a mail server that does not answer keeps nothing else waiting."""
QUICK_INTERVAL: Final = 1.0


def run_all(database: Database, stop: threading.Event) -> None:
    """Goes through the quick steps and the mails beside the others until `stop` is set."""
    beside = [_loop(database, stop, "candor-quick", QUICK_STEPS), _loop(database, stop, "candor-mail", MAIL_STEPS)]
    run(database, stop)
    for loop in beside:
        loop.join()


def _loop(database: Database, stop: threading.Event, name: str, steps: Sequence[Step]) -> threading.Thread:
    timing = {"steps": steps, "interval": QUICK_INTERVAL}
    loop = threading.Thread(target=run, args=(database, stop), kwargs=timing, name=name, daemon=True)
    loop.start()
    return loop


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
    if step.apart is not None:
        return step.apart(database, clock.now())
    with database.transaction() as db:
        return step.act(db, clock.now())
