"""Every order of a queue keeps its word, page by page, whatever leaves meanwhile, for any mix of waiting comments."""

import random
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, update
from sqlmodel import col

from moderation.clock import Id, new_id
from moderation.errors import Invalid
from moderation.storage import queue
from moderation.storage.database import Database, open_database
from moderation.storage.queue import Place, place_in
from moderation.storage.tables import CommentRow
from moderation.vocabulary import Order, Waiting
from tests.support import factories
from tests.support.desk import Desk
from tests.support.factories import NOW
from tests.support.waiting import EVERY, SERVICE_TIME, Wait, ask, in_order, read_all, store

kinds = st.sampled_from(Waiting)
waits = st.builds(
    Wait,
    kind=kinds,
    hours=st.sampled_from([0.0, 1.0, 23.999, 24.0, 24.001, 100.0])
    | st.floats(0, 60).map(lambda hours: round(hours, 3)),
    score=st.none() | st.sampled_from([0.0, 0.3, 0.5, 0.7, 0.9, 1.0]) | st.integers(0, 1000).map(lambda n: n / 1000),
)
thresholds = st.sets(st.sampled_from([0.2, 0.5, 0.6, 0.95]), min_size=1, max_size=3).map(sorted).map(tuple)
asks = st.builds(ask, st.sampled_from(Order), st.sets(kinds, min_size=1).map(tuple), thresholds)


@pytest.fixture
def some(desk: Desk) -> list[Wait]:
    """Two hundred comments of every kind, age and score, many of them equal in one of those, a fifth behind others."""
    chance = random.Random(7)
    made = [
        Wait(
            chance.choice(EVERY),
            chance.choice([0, 1, 5, 24, 30, chance.uniform(0, 60)]),
            chance.choice([None, 0.5, 0.8, round(chance.random(), 3)]),
        )
        for _ in range(200)
    ]
    for wait in made:
        wait.alike_to = chance.choice([None, wait.id, wait.id, made[0].id])
    store(desk.database, desk.site.site.id, made)
    return made


def pages(desk: Desk, order: Order, limit: int, kinds: tuple[Waiting, ...] = EVERY) -> list[Place]:
    with desk.database.snapshot() as db:
        return read_all(db, desk.site.site.id, ask(order, kinds), limit)


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("limit", [1, 7, 500])
def test_every_head_is_listed_once_in_the_order_that_was_chosen(desk: Desk, some, order: Order, limit: int):
    found = [place.comment_id for place in pages(desk, order, limit)]
    assert found == in_order(some, ask(order))
    assert len(set(found)) == len(found) > 100


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(waits, max_size=30), asks, st.integers(1, 12))
def test_any_queue_in_any_pages_is_in_its_order(sqlite_database: Database, seal, made, asked, limit):
    site_id = factories.add_site(sqlite_database, seal, f"https://{new_id()}.example").site.id
    store(sqlite_database, site_id, made)
    with sqlite_database.snapshot() as db:
        found = read_all(db, site_id, asked, limit)
    assert [place.comment_id for place in found] == in_order(made, asked)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(waits, max_size=40))
def test_no_comment_past_its_service_time_is_ever_below_one_that_is_not(sqlite_database: Database, seal, made):
    site_id = factories.add_site(sqlite_database, seal, f"https://{new_id()}.example").site.id
    store(sqlite_database, site_id, made)
    with sqlite_database.snapshot() as db:
        found = read_all(db, site_id, ask(Order.USEFUL), 5)
    since = {wait.id: wait.since for wait in made}
    late = [since[place.comment_id] < NOW - SERVICE_TIME for place in found]
    assert late == sorted(late, reverse=True)


@pytest.mark.parametrize("order", Order)
def test_what_leaves_while_somebody_reads_moves_nothing_else(desk: Desk, some, order: Order):
    site_id, chance, asked = desk.site.site.id, random.Random(11), ask(order)
    expected, gone, read = in_order(some, asked), set(), []
    while True:
        with desk.database.transaction() as db:
            page = queue.page(db, site_id=site_id, ask=asked, limit=9, after=read[-1] if read else None)
            read += page
            leaving = [*[place.comment_id for place in page[-1:]], *chance.sample(expected, 3)]
            gone.update(leaving)
            left = update(CommentRow).where(col(CommentRow.id).in_(leaving))
            db.connection().execute(left.values(waits_as=None, waits_since=None))
        if not page:
            break
    found = [place.comment_id for place in read]
    assert len(set(found)) == len(found)
    assert [id_ for id_ in expected if id_ in set(found)] == found
    assert set(expected) - set(found) <= gone


def test_a_place_in_an_address_leads_to_the_same_place(desk: Desk, some):
    for order in Order:
        for place in pages(desk, order, 500):
            assert place_in(str(place)) == place


def test_a_page_keeps_the_moment_for_which_its_order_was_made(desk: Desk, some):
    """Otherwise what becomes overdue between two pages would be passed over: its segment is behind the reader."""
    with desk.database.snapshot() as db:
        site_id, asked = desk.site.site.id, ask(Order.USEFUL)
        first = queue.page(db, site_id=site_id, ask=asked, limit=60)
        later = queue.Ask(asked.kinds, asked.order, asked.thresholds, asked.overdue_before + timedelta(hours=10))
        rest = queue.page(db, site_id=site_id, ask=later, limit=500, after=place_in(str(first[-1])))
    assert [place.comment_id for place in [*first, *rest]] == in_order(some, asked)


GOOD = str(Place(3, 0.25, Id(int=7), NOW))
GARBAGE = ["", "x", "_", "___", "0_0_0_0", GOOD[:-1] + "x", GOOD + "_1", GOOD.replace("3_", "x_", 1)]
GARBAGE += [GOOD.replace("0.25", said) for said in ("", "inf", "-inf", "nan", "1e300", "-1e300", "'; --")]
GARBAGE += [f"{GOOD.rpartition('_')[0]}_{said}" for said in ("nan", "inf", "1e99", "-1e99", "")]


@pytest.mark.parametrize("said", GARBAGE)
def test_a_place_that_no_page_gave_is_refused(said: str):
    with pytest.raises(Invalid, match="begin at the first page"):
        place_in(said)


@given(st.text(max_size=80) | st.tuples(*[st.text(max_size=20)] * 4).map("_".join))
def test_any_other_text_is_a_place_or_refused(said: str):
    with suppress(Invalid):
        assert place_in(str(place_in(said))) == place_in(said)


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("segment", [-(10**30), -1, 7, 10**30])
def test_a_place_in_no_segment_is_a_short_queue_and_no_fault(desk: Desk, some, order: Order, segment: int):
    place = place_in(f"{segment}_0.5_{new_id().hex}_{NOW.timestamp()!r}")
    with desk.database.snapshot() as db:
        queue.page(db, site_id=desk.site.site.id, ask=ask(order), limit=5, after=place)


def test_another_site_s_queue_is_not_this_one_s(desk: Desk, some):
    other = desk.add_site("https://other.example").site.id
    with desk.database.snapshot() as db:
        assert queue.counts(db, site_id=other) == {}
        assert [queue.page(db, site_id=other, ask=ask(order), limit=5) for order in Order] == [[]] * len(Order)


def test_counts_are_of_all_that_wait_also_behind_others(desk: Desk, some):
    with desk.database.snapshot() as db:
        counted = queue.counts(db, site_id=desk.site.site.id)
    assert counted == {kind: sum(wait.kind is kind for wait in some) for kind in Waiting}


@pytest.mark.parametrize("order", Order)
def test_the_last_page_costs_what_the_first_does(sqlite_url: str, seal, order: Order):
    """Counted in steps of SQLite's own machine, which are the same on every run, not in seconds."""
    database = open_database(sqlite_url)
    site_id, chance = factories.add_site(database, seal).site.id, random.Random(3)
    made = [Wait(hours=chance.uniform(0, 23), score=chance.random()) for _ in range(4_000)]
    store(database, site_id, made)
    with database.snapshot() as db:
        steps = [0]
        driver = db.connection().connection.driver_connection
        driver.set_progress_handler(lambda: steps.__setitem__(0, steps[0] + 1), 10)
        cost, place = [], None
        while page := queue.page(db, site_id=site_id, ask=ask(order, (Waiting.HELD,), (0.5,)), limit=50, after=place):
            cost.append(steps[0])
            steps[0], place = 0, page[-1]
        driver.set_progress_handler(None, 0)
    database.close()
    assert len(cost) == 80
    assert max(cost[1:]) < 2 * cost[0] + 50, cost


def test_a_queue_that_is_emptied_has_no_page(desk: Desk, some):
    with desk.database.transaction() as db:
        db.connection().execute(delete(CommentRow))
    assert [pages(desk, order, 5) for order in Order] == [[]] * len(Order)
