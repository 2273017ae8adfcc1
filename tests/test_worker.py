"""The background loop: each step alone, for ever, until it is told to stop."""

import itertools
import threading
from datetime import UTC, datetime, timedelta

from moderation import worker
from moderation.duties.forgetting import forget_answers
from moderation.duties.grouping import BATCH
from moderation.storage import answers
from moderation.storage.answers import Ask, Given
from moderation.storage.database import Database
from moderation.worker import Step
from tests.support.desk import Desk
from tests.support.factories import add_site

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def fail(_db, _now) -> int:
    raise ZeroDivisionError


def test_answers_are_forgotten_when_their_day_is_over_and_not_before(database: Database, seal):
    site = add_site(database, seal).site
    asks = {hours: Ask(site.id, f"key {hours}", "digest") for hours in (0, 23, 24, 25)}
    with database.transaction() as db:
        for hours, ask in asks.items():
            answers.keep(db, seal=seal, ask=ask, given=Given(201, b"{}"), now=NOW - timedelta(hours=hours))
    with database.transaction() as db:
        assert forget_answers(db, now=NOW) == 1
    with database.snapshot() as db:
        left = {hours for hours, ask in asks.items() if answers.find(db, seal=seal, ask=ask, now=NOW)}
    assert left == {0, 23, 24}


def test_a_step_that_fails_keeps_no_other_from_its_work(database: Database):
    seen = []
    steps = [Step("first", fail), Step("second", lambda _db, now: seen.append(now) or 3)]
    assert worker.run_once(database, steps) == {"first": None, "second": 3}
    assert [now.tzinfo for now in seen] == [UTC]


def test_what_a_failing_step_had_begun_is_undone(database: Database, seal):
    def begin_and_fail(db, now):
        answers.keep(db, seal=seal, ask=ask, given=Given(201, b"{}"), now=now)
        raise ZeroDivisionError

    ask = Ask(add_site(database, seal).site.id, "key", "digest")
    worker.run_once(database, [Step("half", begin_and_fail)])
    with database.snapshot() as db:
        assert answers.oldest_time(db, site_id=ask.site_id) is None


def test_the_loop_goes_round_until_it_is_told_to_stop(database: Database):
    stop, rounds = threading.Event(), []

    def third_time_is_enough(_db, _now) -> int:
        rounds.append(1)
        if len(rounds) == 3:
            stop.set()
        return 0

    worker.run(database, stop, steps=[Step("count", third_time_is_enough), Step("fail", fail)], interval=0.001)
    assert len(rounds) == 3


def test_a_step_that_comes_in_pieces_is_done_until_nothing_is_left(database: Database, seal):
    site_id, left, numbers = add_site(database, seal).site.id, [3, 2, 1, 0], itertools.count()

    def piece(db, now) -> int:
        for _ in range(count := left.pop(0)):
            ask = Ask(site_id, f"key {next(numbers)}", "digest")
            answers.keep(db, seal=seal, ask=ask, given=Given(201, b"{}"), now=now)
        return count

    assert worker.run_once(database, [Step("pieces", piece, in_pieces=True)]) == {"pieces": 6}
    left[:] = [2, 2, 0]
    assert worker.run_once(database, [Step("whole", piece)]) == {"whole": 2}


def test_a_piece_that_fails_leaves_those_before_it_done(database: Database, seal):
    ask = Ask(add_site(database, seal).site.id, "key", "digest")

    def piece(db, now) -> int:
        if answers.find(db, seal=seal, ask=ask, now=now):
            raise ZeroDivisionError
        answers.keep(db, seal=seal, ask=ask, given=Given(201, b"{}"), now=now)
        return 1

    assert worker.run_once(database, [Step("pieces", piece, in_pieces=True)]) == {"pieces": None}
    with database.snapshot() as db:
        assert answers.oldest_time(db, site_id=ask.site_id) is not None


def test_a_flood_is_grouped_by_the_quick_steps_in_one_round(desk: Desk):
    for number in range(BATCH + 3):
        desk.held(f"Hello, buy the very best of everything in our shop today, says number {number}")
    assert worker.run_once(desk.database, worker.QUICK_STEPS) == {"group_alike": BATCH + 3}
    assert worker.run_once(desk.database, worker.QUICK_STEPS) == {"group_alike": 0}


def test_what_is_not_due_waits_for_no_lock(database: Database):
    with database.transaction():  # on SQLite nobody else can write as long as this lasts
        assert worker.run_once(database, [Step("idle", fail, is_due=lambda _: False)]) == {"idle": 0}
