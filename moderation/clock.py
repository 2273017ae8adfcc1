"""The only reader of time and chance, and the only place that waits."""

import os
import threading
import time
import uuid
from datetime import UTC, datetime

Id = uuid.UUID

_lock = threading.Lock()
_last = 0


def now() -> datetime:
    """Returns the present moment as an aware UTC time."""
    return datetime.now(UTC)


def stopwatch() -> float:
    """Returns seconds on a clock that never goes back, for measuring durations."""
    return time.perf_counter()


def pause(seconds: float) -> None:
    """Lets that many seconds go by in this thread."""
    time.sleep(seconds)


def new_id() -> Id:
    """Returns a UUIDv7 (RFC 9562, section 5.7): milliseconds first, so ids sort by time, also within one process.

    Twelve sub-millisecond bits follow the milliseconds (method 3 of section 6.2); a clock that stands still or steps
    back is answered by counting on from the last value, so two ids never change places.
    """
    global _last  # noqa: PLW0603 - the order of ids is a property of the process
    with _lock:
        ticks = max(time.time_ns() * 4096 // 1_000_000, _last + 1)
        _last = ticks
    milliseconds, fraction = divmod(ticks, 4096)
    chance = int.from_bytes(os.urandom(8)) >> 2
    value = milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | chance
    return uuid.UUID(int=value)


def parse_id(text: str) -> Id | None:
    """Returns the id that a text names, with or without dashes, or None."""
    try:
        return uuid.UUID(text) if len(text) in {32, 36} else None
    except ValueError:
        return None


def time_of(id_: Id) -> datetime:
    """Returns the moment (to the millisecond) at which a UUIDv7 was made."""
    return datetime.fromtimestamp((id_.int >> 80) / 1000, UTC)
