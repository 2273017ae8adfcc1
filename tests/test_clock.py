"""Times know their zone, and ids sort by the moment they were made."""

import threading
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation import clock


def test_now_is_aware_and_in_utc():
    assert clock.now().utcoffset() == timedelta(0)


def test_the_stopwatch_never_goes_back():
    readings = [clock.stopwatch() for _ in range(1000)]
    assert readings == sorted(readings)


def test_ids_sort_by_the_order_in_which_they_were_made():
    made = [clock.new_id() for _ in range(20_000)]
    assert made == sorted(set(made))
    assert [id_.bytes for id_ in made] == sorted(id_.bytes for id_ in made)
    assert [str(id_) for id_ in made] == sorted(str(id_) for id_ in made)


def test_ids_of_many_threads_never_repeat_and_are_in_order_within_each():
    made: list[list[uuid.UUID]] = [[] for _ in range(8)]
    threads = [
        threading.Thread(target=lambda mine=mine: mine.extend(clock.new_id() for _ in range(2000))) for mine in made
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(mine == sorted(mine) for mine in made)
    assert len({id_ for mine in made for id_ in mine}) == 16_000


def test_an_id_is_a_uuid_of_version_7():
    made = clock.new_id()
    assert (made.version, made.variant) == (7, uuid.RFC_4122)


def test_an_id_tells_when_it_was_made():
    before = clock.now()
    moment = clock.time_of(clock.new_id())
    assert before - timedelta(milliseconds=1) <= moment <= clock.now() + timedelta(milliseconds=1)
    assert moment.tzinfo is UTC


def test_ids_go_on_counting_when_the_clock_steps_back(monkeypatch: pytest.MonkeyPatch):
    ahead = int((clock.now() + timedelta(hours=1)).timestamp() * 1000) * 4096 + 4095
    monkeypatch.setattr(clock, "_last", ahead)
    first, second = clock.new_id(), clock.new_id()
    assert first < second
    assert clock.time_of(first) > clock.now() + timedelta(minutes=59)


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
KNOWN = uuid.UUID("0193c0de-0000-7000-8000-000000000001")


@pytest.mark.parametrize(
    ("text", "id_"),
    [
        (str(KNOWN), KNOWN),
        (KNOWN.hex, KNOWN),
        (str(KNOWN).upper(), KNOWN),
        ("", None),
        ("42", None),
        (f"{{{KNOWN}}}", None),
        (f"urn:uuid:{KNOWN}", None),
        ("g" * 32, None),
        ("x" * 36, None),
        (str(KNOWN) + " ", None),
    ],
)
def test_an_id_is_read_with_and_without_dashes(text: str, id_: uuid.UUID | None):
    assert clock.parse_id(text) == id_


@given(st.text(max_size=40) | st.text("0123456789abcdef-\x00٣_{}", min_size=32, max_size=36))
def test_no_text_raises(text: str):
    assert clock.parse_id(text) is None or len(text) in {32, 36}


@given(st.integers(0, 250_000_000_000_000))
def test_the_time_of_an_id_is_the_one_in_its_first_48_bits(milliseconds: int):
    id_ = uuid.UUID(int=milliseconds << 80 | 7 << 76 | 2 << 62)
    assert abs(clock.time_of(id_) - EPOCH - timedelta(milliseconds=milliseconds)) < timedelta(milliseconds=1)
