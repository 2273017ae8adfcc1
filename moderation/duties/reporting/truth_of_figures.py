"""Every figure counted a second time, another way than for the page: rows by plain SQL, sums and shares by hand."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from statistics import median_low
from typing import Any, Final

from moderation.duties.reporting.statements import Check, Look
from moderation.duties.reporting.wording import COUNTED, SAMPLED, WINDOW, differing, iso_rounded, waited
from moderation.judging.said import Said
from moderation.judging.small_numbers import SMALLEST_COUNT, shown
from moderation.storage import notices, recounting
from moderation.vocabulary import Outcome, RequestKind, State, Verdict

CHECKED_WITHIN: Final = timedelta(days=90)
"""How far back the checks by hand reach that the page tells of."""
CONTACT_DAYS: Final = 30
_JUDGES: Final = frozenset({"moderator", "appeal", "blog"})
_Z: Final = 1.959963984540054


def counts_of(state: State) -> Check:
    """A state's comments, counted alone; and each comment is where its last decision put it."""

    def check(look: Look, told: Any) -> str | None:  # noqa: ANN401 - a fact's value
        count = recounting.in_state(look.db, site_id=look.site.id, state=state.value)
        count = max(count, _tallied(look, "erased.%")) if state is State.ERASED else count
        moved = look.once("moved", lambda: recounting.moved_by_nobody(look.db, site_id=look.site.id))
        wrong = differing(told, shown(count))
        return wrong or (Said("%(count)s comments are where no decision put them.", count=moved) if moved else None)

    return check


def _tallied(look: Look, like: str) -> int:
    """What was counted from comments before they were erased, under names of a form."""
    return recounting.tallied(look.db, site_id=look.site.id, like=like)


def first_verdicts(look: Look, told: Any) -> str | None:  # noqa: ANN401 - a fact's value
    """Comments by what the program first made of them, verdict by verdict."""
    counted = recounting.first_verdicts(look.db, site_id=look.site.id)
    found = {
        verdict.value: shown(counted[verdict.value] + _tallied(look, f"first.{verdict.value}")) for verdict in Verdict
    }
    return differing(told, found)


def guarantee(look: Look, told: Any) -> str | None:  # noqa: ANN401 - a fact's value
    """The switch is the stored one, and a program removes only where it is on and the promise holds."""
    stored = recounting.site(look.db, site_id=look.site.id)
    wrong = differing(told["switched_on"], bool(stored.removal_by_program))
    removes = bool(told["removes"])
    return wrong or ("A program removes comments though it is not to." if removes and not told["switched_on"] else None)


def _said(look: Look) -> Counter[tuple[str, str]]:
    def ask() -> Counter[tuple[str, str]]:
        rows = recounting.blind(look.db, site_id=look.site.id, since=look.now - CHECKED_WITHIN)
        return Counter((found, said) for found, said in rows)

    return look.once("said", ask)


def wrong_holds(look: Look, told: Any) -> str | None:  # noqa: ANN401 - a fact's value
    """Good comments that were drawn, and those of them that the program had stopped."""
    good = {found: count for (found, said), count in _said(look).items() if said == "ham"}
    return differing(told, sampled(sum(good.values()) - good.get("publish", 0), sum(good.values())))


def missed(look: Look, told: Any) -> str | None:  # noqa: ANN401 - a fact's value
    """Unwelcome comments that were drawn, and those of them that the program had published."""
    bad = {found: count for (found, said), count in _said(look).items() if said == "spam"}
    return differing(told, sampled(bad.get("publish", 0), sum(bad.values())))


def sampled(hits: int, count: int) -> Said | None:
    """Returns a share with Wilson's interval; of few hits with all that any so small a number could have."""
    if count < SMALLEST_COUNT:
        return None
    few = range(min(SMALLEST_COUNT, count + 1))
    ends = [end for number in (few if hits in few else (hits,)) for end in _ends(number, count)]
    return Said(SAMPLED, hits=shown(hits), count=count, low=min(ends) or 0, high=max(ends))


def _ends(hits: int, count: int) -> tuple[float, float]:
    """Wilson's interval in a hundred, found as the roots of its equation: n(p - x)^2 = z^2 x(1 - x)."""
    a, b, c = count + _Z**2, -(2 * hits + _Z**2), hits**2 / count
    root = math.sqrt(max(0.0, b * b - 4 * a * c))
    low, high = (round(100 * min(1.0, max(0.0, end / (2 * a))), 1) for end in (-b - root, -b + root))
    return low, high


def _histories(look: Look) -> list[list[Any]]:
    """The decisions on each comment that was stopped within the window, from first to last."""

    def ask() -> list[list[Any]]:
        rows = recounting.restricted(look.db, site_id=look.site.id, since=look.now - WINDOW)
        return [list(group) for _, group in groupby(rows, key=lambda row: row.comment_id)]

    return look.once("histories", ask)


def automation(look: Look, told: Any) -> str | None:  # noqa: ANN401 - a fact's value
    """Decisions that stop a comment; automatic are a program's before any person's."""
    since, automatic, every = look.now - WINDOW, 0, 0
    for history in _histories(look):
        has_judge = False
        for row in history:
            if row.at >= since and row.verdict != "publish":
                every += 1
                automatic += row.actor == "policy" and not has_judge
            has_judge = has_judge or row.actor in _JUDGES
    return differing(told, Said(COUNTED, hits=shown(automatic), count=every) if every >= SMALLEST_COUNT else None)


def overturned(look: Look, told: Any) -> str | None:  # noqa: ANN401 - a fact's value
    """Comments stopped by a program and then looked at; put back are those that the last look publishes."""
    looked = [
        looks[-1].verdict for looks in (_looks(history, look.now - WINDOW) for history in _histories(look)) if looks
    ]
    return differing(told, sampled(looked.count("publish"), len(looked)))


def _looks(history: Sequence[Any], since: datetime) -> list[Any]:
    """People's decisions behind the first automatic restriction, none where there is no such restriction."""
    for place, row in enumerate(history):
        if row.actor in _JUDGES:
            return []
        if row.actor == "policy" and row.verdict != "publish" and row.at >= since:
            return [later for later in history[place + 1 :] if later.actor in _JUDGES]
    return []


def waiting(look: Look, told: Any) -> str | None:  # noqa: ANN401 - a fact's value
    """The same estimate by handing on the weight of whoever is no longer seen (Efron 1967)."""
    waits = [wait for history in _histories(look) for wait in _waits(history, look.now - WINDOW, look.now)]
    since = recounting.waiting_since(look.db, site_id=look.site.id)
    oldest = (look.now - min(since)).total_seconds() if since else None
    return differing(told, waited(len(waits), _within(waits, 0.5), _within(waits, 0.9), oldest))


def _waits(history: Sequence[Any], since: datetime, now: datetime) -> Iterator[tuple[float, bool]]:
    holds = [row.actor == "policy" and row.verdict == "hold" for row in history]
    starts = [place for place, row in enumerate(history) if holds[place] and row.at >= since]
    if not starts:
        return
    began = history[starts[0]].at
    ends = [row for place, row in enumerate(history) if place > starts[0] and not holds[place]]
    if ends:
        yield max(0.0, (ends[0].at - began).total_seconds()), ends[0].actor in _JUDGES
    elif history[-1].state == "held":
        yield max(0.0, (now - began).total_seconds()), False


def _within(waits: Sequence[tuple[float, bool]], share: float) -> float | None:
    """Each comment weighs alike at first; one no longer seen hands its weight to all who waited longer."""
    ordered = sorted(waits, key=lambda wait: (wait[0], not wait[1]))
    weight, ended = 1 / len(ordered) if ordered else 0.0, 0.0
    for place, (seconds, is_end) in enumerate(ordered):
        if is_end:
            ended += weight
            if ended >= share - _ROUNDING:
                return seconds
        elif left := len(ordered) - place - 1:
            weight += weight / left
    return None


_ROUNDING: Final = 1e-9


def appeals(look: Look, told: Any) -> str | None:  # noqa: ANN401 - a fact's value
    """Appeals, row by row."""
    outcomes = [row.outcome for row in recounting.appeals(look.db, site_id=look.site.id)]
    put_back = sum(outcome in {Outcome.OVERTURNED.value, Outcome.PARTLY_OVERTURNED.value} for outcome in outcomes)
    put_back += _tallied(look, "appeal.%overturned")
    upheld = outcomes.count(Outcome.UPHELD.value) + _tallied(look, "appeal.upheld")
    received = len(outcomes) + _tallied(look, "appealed")
    found = {"received": received, "overturned": put_back, "upheld": upheld, "open": outcomes.count(None)}
    return differing(told, {name: shown(count) for name, count in found.items()})


def rights(look: Look, told: Any) -> str | None:  # noqa: ANN401 - a fact's value
    """Requests, row by row."""
    rows = recounting.requests(look.db, site_id=look.site.id)
    found = {}
    for kind in RequestKind:
        asked = [row for row in rows if row.kind == kind.value]
        took = [(row.until - row.since).total_seconds() for row in asked if row.until is not None]
        half = iso_rounded(median_low(took)) if len(took) >= SMALLEST_COUNT else None
        found[kind.value] = {"count": shown(len(asked)), "half": half}
    return differing(told, found)


def contacts(look: Look, told: Any) -> str | None:  # noqa: ANN401 - a fact's value
    """The days' counts, added up by hand."""
    first = (look.now - timedelta(days=CONTACT_DAYS)).date()
    summed: Counter[str] = Counter()
    for row in recounting.contacts(look.db):
        summed[row.purpose] += row.count if row.day >= first else 0
    return differing(told, {purpose: shown(count) for purpose, count in summed.items() if count})


def traces(look: Look, told: Any) -> str | None:  # noqa: ANN401 - a fact's value
    """The journal's comments, held against those that were erased or whose writer objected."""
    lines = recounting.taught(look.db, site_id=look.site.id)
    left = {row.comment_id for row in lines if row.state == "erased" or (row.at is not None and row.is_active)}
    return differing(told["count"], shown(len(left)))


def versions(look: Look, told: Any) -> str | None:  # noqa: ANN401 - a fact's value
    """The chain is whole, and every comment since its beginning carries a version of it."""
    broken = notices.first_broken(look.db, site_id=look.site.id)
    if broken is not None:
        return Said("Version %(number)s of this notice was changed afterwards.", number=broken)
    history = notices.history(look.db, site_id=look.site.id)
    if not history:
        return differing(told, None)
    count = recounting.under_no_version(look.db, site_id=look.site.id, since=history[0].in_force_since)
    if count:
        return Said("%(count)s comments carry a version that was never in force.", count=count)
    return differing(told, {"number": len(history), "since": max(one.in_force_since for one in history).isoformat()})
