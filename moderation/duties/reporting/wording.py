"""How figures and durations are told to everyone: small numbers are not shown; it counts nothing."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from moderation.judging.agreement import Rate
from moderation.judging.facts import FactValue
from moderation.judging.said import Said
from moderation.judging.small_numbers import SMALLEST_COUNT, shown
from moderation.judging.waiting import median
from moderation.vocabulary import RequestKind

WINDOW: Final = timedelta(days=28)
"""How far back figures reach that are counted over a time."""
SAMPLED: Final = "%(hits)s of %(count)s that were checked, so between %(low)s and %(high)s in a hundred"
COUNTED: Final = "%(hits)s of %(count)s"
DIFFERS: Final = "The page says %(told)s, and what was found is %(found)s."
_IN_HOURS: Final = 2 * 24 * 60
_LONGEST: Final = 120


def iso(duration: timedelta | None) -> str | None:
    """Returns a duration as ISO 8601, in hours or minutes; None for no end."""
    if duration is None:
        return None
    minutes = int(duration.total_seconds()) // 60
    return f"PT{minutes}M" if minutes % 60 else f"PT{minutes // 60}H"


def iso_days(days: int) -> str | None:
    """Returns days as ISO 8601; none is no end."""
    return f"P{days}D" if days else None


def iso_rounded(seconds: float | None) -> str | None:
    """Returns seconds as ISO 8601 in whole minutes, at least one; beyond two days in hours."""
    if seconds is None:
        return None
    minutes = max(1, round(seconds / 60))
    return f"PT{round(minutes / 60)}H" if minutes > _IN_HOURS else f"PT{minutes}M"


def differing(told: object, found: object) -> Said | None:
    """Returns what is wrong where two ways to the same thing do not meet."""
    told, found = plain(told), plain(found)
    if told == found:
        return None
    told, found = _apart(told, found)
    return Said(DIFFERS, told=_brief(told), found=_brief(found))


def _apart(told: object, found: object) -> tuple[object, object]:
    """Leaves of two lists or mappings what differs between them, of anything else all."""
    if isinstance(told, dict) and isinstance(found, dict):
        names = [name for name in {**told, **found} if told.get(name) != found.get(name)]
        return {name: told.get(name) for name in names}, {name: found.get(name) for name in names}
    if isinstance(told, list) and isinstance(found, list) and sorted(map(str, told)) != sorted(map(str, found)):
        return [part for part in told if part not in found], [part for part in found if part not in told]
    return told, found


def plain(value: object) -> object:
    """Returns a fact's value with its mappings and rows as JSON has them, so that like is compared with like."""
    if isinstance(value, Mapping):
        return {key: plain(part) for key, part in value.items()}
    return [plain(part) for part in value] if isinstance(value, (list, tuple)) else value


def _brief(value: object) -> str:
    text = _in_words(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _in_words(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_in_words(part)}" for name, part in value.items()) or "nothing"
    if isinstance(value, list):
        return ", ".join(map(_in_words, value)) or "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "nothing" if value is None else str(value)


def sampled(rate: Rate) -> Said | None:
    """Returns a share of a sample in words, with its interval (Wilson); None where too few were checked."""
    if rate.count < SMALLEST_COUNT or rate.interval_shown is None:
        return None
    low, high = (round(share * 100, 1) for share in rate.interval_shown)
    return Said(SAMPLED, hits=shown(rate.hits), count=rate.count, low=low or 0, high=high)


def counted(hits: int, count: int) -> Said | None:
    """Returns how many of all in words; None where there are too few to speak of."""
    return Said(COUNTED, hits=shown(hits), count=count) if count >= SMALLEST_COUNT else None


def waited(count: int, half: float | None, most: float | None, oldest: float | None) -> FactValue:
    """Returns how long comments wait, given in seconds; None where too few were held to speak of."""
    if count < SMALLEST_COUNT:
        return None
    return {"half": iso_rounded(half), "most": iso_rounded(most), "oldest": iso_rounded(oldest)}


def rights_of(requests: Sequence[tuple[RequestKind, float | None]]) -> FactValue:
    """Returns for each kind of request how many came, and within what time half of those done were done."""
    told: dict[str, FactValue] = {}
    for kind in RequestKind:
        asked = [seconds for found, seconds in requests if found is kind]
        done = [seconds for seconds in asked if seconds is not None]
        half = median(done) if len(done) >= SMALLEST_COUNT else None
        told[kind.value] = {"count": shown(len(asked)), "half": iso_rounded(half)}
    return told
