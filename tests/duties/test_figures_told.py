"""Every figure of the notice is worked out again from histories made by chance, in plain Python, on each database."""

import math
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from moderation.clock import Id, new_id
from moderation.duties.reporting import CHECKED, FIGURES, TOO_FEW, Surroundings
from moderation.settings import Settings
from moderation.storage.database import Database, open_database
from moderation.storage.rights_tables import AppealRow, SubjectRequestRow
from moderation.storage.tables import AuditRow, DecisionRow, LessonRow
from moderation.vocabulary import Actor, Label, LessonKind, Outcome, RequestKind, State, Verdict
from tests.support.world import SOON, Shelf, World

DAY = timedelta(days=1)
JUDGES = (Actor.MODERATOR, Actor.APPEAL, Actor.BLOG)
STATES = {Verdict.PUBLISH: State.PUBLISHED, Verdict.HOLD: State.HELD, Verdict.REMOVE: State.REMOVED}
FIGURE_IDS = {figure.id for figure in FIGURES}


@dataclass
class Decided:
    """A decision of a history made by chance."""

    at: datetime
    verdict: Verdict
    actor: Actor


@dataclass
class Told:
    """A comment with its history, and everything else that figures are made of."""

    id: Id
    is_test: bool
    history: list[Decided]
    is_erased: bool = False
    appealed: str | None = None
    frozen: bool = False
    due: datetime | None = None
    audit: tuple[Verdict, Label, datetime] | None = None
    taught: bool = False
    is_active: bool = True
    objected: bool = False

    @property
    def state(self) -> State:
        return State.ERASED if self.is_erased else STATES[self.history[-1].verdict]


@dataclass
class Past:
    """All comments of a site, and its requests."""

    comments: list[Told]
    requests: list[tuple[RequestKind, int | None]] = field(default_factory=list)
    contacts: dict[int, int] = field(default_factory=dict)


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def world(make_settings: Callable[..., Settings], shelf: Shelf, database_url: str) -> Iterator[World]:
    database: Database = open_database(database_url)
    yield World(database, make_settings(database_url=database_url), Surroundings(), shelf)
    database.close()


@pytest.mark.parametrize("seed", range(5))
def test_every_figure_is_what_plain_counting_gives(world: World, seed: int):
    chance = random.Random(seed)
    world.ids += world.send(*(f"Word {number}" for number in range(80)))
    past = made_up(chance, world.ids)
    write(world, past)
    notice = world.notice()
    told = {fact.id: fact.value for fact in notice.facts if fact.id in FIGURE_IDS}
    expected = expect(past)
    assert {name: plain(told[name]) for name in expected} == expected
    assert notice.failed.keys() & expected.keys() == {"retention.runs"} & notice.failed.keys()
    assert (
        expected.keys() | {"automation.guarantee", "model.learns_here", "notice.versions"}
        == FIGURE_IDS
        <= CHECKED.keys()
    )


def made_up(chance: random.Random, ids: list[Id]) -> Past:
    past = Past([comment(chance, id_) for id_ in ids])
    kinds = list(RequestKind)
    past.requests = [(chance.choice(kinds[:3]), chance.choice([None, chance.randint(1, 9_000)])) for _ in range(60)]
    past.contacts = {days: chance.randint(1, 9) for days in range(40)}
    return past


def comment(chance: random.Random, id_: Id) -> Told:
    at = SOON - timedelta(seconds=chance.randint(60, 40 * 86_400))
    policies = [Actor.POLICY] * 4
    history = [Decided(at, chance.choice([Verdict.PUBLISH, Verdict.HOLD, Verdict.HOLD, Verdict.REMOVE]), Actor.POLICY)]
    for _ in range(chance.choice([0, 0, 1, 1, 2, 4])):
        at += (SOON - at) * chance.random()
        actor = chance.choice([*policies, *JUDGES, *JUDGES, Actor.AUTHOR])
        history.append(Decided(at, chance.choice(list(Verdict)), actor))
    told = Told(id_, chance.random() < 0.1, history, is_erased=chance.random() < 0.15)
    told.appealed = chance.choice([None, None, "open", *[outcome.value for outcome in Outcome]])
    told.frozen, told.objected = chance.random() < 0.3, chance.random() < 0.3
    told.taught, told.is_active = chance.random() < 0.5, chance.random() < 0.7
    told.due = chance.choice([None, SOON - DAY, SOON + DAY, SOON])
    if chance.random() < 0.6:
        said_at = SOON - timedelta(days=chance.randint(0, 120))
        told.audit = (chance.choice(list(Verdict)), chance.choice(list(Label)), said_at)
    return told


def write(world: World, past: Past) -> None:
    """Puts a past into the database in the place of what came through the door."""
    world.sql("DELETE FROM decisions")
    rows = [(told, row) for told in past.comments for row in decision_rows(told)]
    world.insert(DecisionRow, *(row for _, row in rows))
    last = {told.id: row["id"] for told, row in rows}
    for told in past.comments:
        world.sql(change(told), **values(world, told, last[told.id]))
    world.insert(AppealRow, *(appeal for told in past.comments for appeal in appeal_rows(told)))
    world.insert(AuditRow, *(audit_row(told) for told in past.comments if told.audit))
    lessons = [told for told in past.comments if told.taught]
    world.insert(LessonRow, *(lesson_row(told, number) for number, told in enumerate(lessons, start=1)))
    world.insert(SubjectRequestRow, *(request_row(kind, seconds) for kind, seconds in past.requests))
    for days, count in past.contacts.items():
        world.sql(
            "INSERT INTO contacts (day, purpose, count) VALUES (:day, 'mail', :count)",
            day=(SOON - timedelta(days=days)).date(),
            count=count,
        )


def decision_rows(told: Told) -> Iterator[dict[str, Any]]:
    for version, one in enumerate(told.history, start=1):
        decided = {"decided_at": one.at, "verdict": one.verdict, "actor": one.actor}
        yield {"id": new_id(), "comment_id": told.id, "comment_version": version, "reasons": [], "digest": ""} | decided


def change(told: Told) -> str:
    date = "held" if told.is_erased else told.state.value
    return (
        "UPDATE comments SET state = :state, decision_id = :decision, is_test = :is_test, waits_as = :waits_as, "
        "waits_since = :waits_since, frozen_at = :frozen_at, objected_at = :objected_at, "
        f"delete_{date}_after = :due WHERE id = :id"
    )


def values(world: World, told: Told, decision: Id) -> dict[str, Any]:
    is_held = told.state is State.HELD
    return {
        "id": stored(world, told.id),
        "decision": stored(world, decision),
        "state": told.state.value,
        "is_test": told.is_test,
        "waits_as": "held" if is_held else None,
        "waits_since": moment(world, told.history[-1].at) if is_held else None,
        "frozen_at": moment(world, SOON) if told.frozen else None,
        "objected_at": moment(world, SOON) if told.objected else None,
        "due": moment(world, told.due) if told.due else None,
    }


def stored(world: World, id_: Id) -> object:
    return id_.hex if world.database.is_embedded else id_


def moment(world: World, at: datetime) -> object:
    return at.replace(tzinfo=None).isoformat(" ", "microseconds") if world.database.is_embedded else at


def appeal_rows(told: Told) -> Iterator[dict[str, Any]]:
    if told.appealed is not None:
        outcome = None if told.appealed == "open" else Outcome(told.appealed)
        heard = {"outcome": outcome, "heard_at": None if outcome is None else SOON}
        yield {"id": new_id(), "comment_id": told.id, "decision_id": new_id(), "opened_at": SOON, "text": "?"} | heard


def audit_row(told: Told) -> dict[str, Any]:
    found, said, at = told.audit or (None, None, None)
    given = {"propensity": 1.0, "drawn_at": SOON, "found": found, "said": said, "said_at": at}
    return {"comment_id": told.id, **given}


def lesson_row(told: Told, revision: int) -> dict[str, Any]:
    given = {"kind": LessonKind.LEARNT, "happened_at": SOON, "is_active": told.is_active}
    return {"comment_id": told.id, "revision": revision, **given}


def request_row(kind: RequestKind, seconds: int | None) -> dict[str, Any]:
    done_at = SOON if seconds is not None else None
    return {"id": new_id(), "kind": kind, "made_at": SOON - timedelta(seconds=seconds or 0), "done_at": done_at}


def expect(past: Past) -> dict[str, Any]:
    """What the page must tell, counted as anybody would on paper."""
    real = [told for told in past.comments if not told.is_test]
    states = Counter(told.state for told in real)
    first = Counter(told.history[0].verdict for told in real)
    window = SOON - 28 * DAY
    restricted = [
        (told, place)
        for told in real
        for place, one in enumerate(told.history)
        if one.verdict is not Verdict.PUBLISH and one.at >= window
    ]
    automatic = [pair for pair in restricted if is_automatic(*pair)]
    looked = {
        told.id: looks[-1].verdict
        for told, place in automatic
        if (looks := [one for one in told.history[place + 1 :] if one.actor in JUDGES])
    }
    return {
        **{f"counts.{state.value}": few(states[state]) for state in State},
        "counts.first": {verdict.value: few(first[verdict]) for verdict in Verdict},
        "measured.automation_share": f"{few(len(automatic))} of {len(restricted)}" if len(restricted) >= 10 else None,
        "measured.overturned": share(list(looked.values()).count(Verdict.PUBLISH), len(looked)),
        "measured.waiting_time": waiting(real, window),
        **blind(past),
        **rights(past),
        **deletion(past),
        "egress.observed": {"mail": few(sum(count for days, count in past.contacts.items() if days <= 30))},
    }


def is_automatic(told: Told, place: int) -> bool:
    before = told.history[:place]
    return told.history[place].actor is Actor.POLICY and not any(one.actor in JUDGES for one in before)


def waiting(real: list[Told], window: datetime) -> dict[str, str | None] | None:
    found = [wait for told in real if (wait := waited(told, window)) is not None]
    since = [told.history[-1].at for told in real if told.state is State.HELD]
    if len(found) < 10:
        return None
    oldest = iso((SOON - min(since)).total_seconds()) if since else None
    return {"half": iso(within(found, Fraction(1, 2))), "most": iso(within(found, Fraction(9, 10))), "oldest": oldest}


def waited(told: Told, window: datetime) -> tuple[float, bool] | None:
    held = [
        place
        for place, one in enumerate(told.history)
        if one.actor is Actor.POLICY and one.verdict is Verdict.HOLD and one.at >= window
    ]
    if not held:
        return None
    began = told.history[held[0]].at
    for one in told.history[held[0] + 1 :]:
        if one.actor is not Actor.POLICY or one.verdict is not Verdict.HOLD:
            return (one.at - began).total_seconds(), one.actor in JUDGES
    return None if told.is_erased else ((SOON - began).total_seconds(), False)


def within(waits: list[tuple[float, bool]], wanted: Fraction) -> float | None:
    """By the definition: at each look, the share of those still waiting just before it that goes on waiting."""
    share = Fraction(1)
    for at in sorted({seconds for seconds, ended in waits if ended}):
        there = sum(seconds >= at for seconds, _ in waits)
        share *= 1 - Fraction(sum(ended for seconds, ended in waits if seconds == at), there)
        if share <= 1 - wanted:
            return at
    return None


def blind(past: Past) -> dict[str, Any]:
    recent = [told.audit for told in past.comments if told.audit and told.audit[2] >= SOON - 90 * DAY]
    good = [found for found, said, _ in recent if said is Label.HAM]
    bad = [found for found, said, _ in recent if said is Label.SPAM]
    return {
        "measured.wrong_holds": share(len(good) - good.count(Verdict.PUBLISH), len(good)),
        "measured.missed": share(bad.count(Verdict.PUBLISH), len(bad)),
    }


def rights(past: Past) -> dict[str, Any]:
    outcomes = Counter(told.appealed for told in past.comments if told.appealed)
    asked = {kind: [seconds for other, seconds in past.requests if other is kind] for kind in RequestKind}
    done = {kind: sorted(one for one in seconds if one is not None) for kind, seconds in asked.items()}
    half = {kind: iso(times[(len(times) - 1) // 2]) if len(times) >= 10 else None for kind, times in done.items()}
    return {
        "measured.appeals": {
            "received": few(sum(outcomes.values())),
            "overturned": few(outcomes["overturned"] + outcomes["partly_overturned"]),
            "upheld": few(outcomes["upheld"]),
            "open": few(outcomes["open"]),
        },
        "measured.rights": {kind.value: {"count": few(len(asked[kind])), "half": half[kind]} for kind in RequestKind},
    }


def deletion(past: Past) -> dict[str, Any]:
    past_date = [told for told in past.comments if told.due and told.due <= SOON and not told.is_erased]
    appealed = [told for told in past_date if told.appealed == "open"]
    frozen = [told for told in past_date if told.appealed != "open" and told.frozen]
    left = [told for told in past.comments if told.taught and (told.is_erased or (told.objected and told.is_active))]
    gone_by = (SOON + DAY).date().isoformat() if left else None
    return {
        "retention.runs": {
            "last_at": (SOON - timedelta(minutes=5)).isoformat(),
            "deleted": TOO_FEW,
            "overdue": len(past_date) - len(appealed) - len(frozen),
        },
        "retention.holds": {"appeals": few(len(appealed)), "frozen": few(len(frozen))},
        "retention.backups": None,
        "model.traces": {"count": few(len(left)), "gone_by": gone_by},
    }


def few(count: int) -> int | str:
    return count if count >= 10 else TOO_FEW


def share(hits: int, count: int) -> str | None:
    """With the interval that holds all shares from which so many hits are not far off: found by halving.

    Where the hits are not shown, their interval must not tell them: it reaches from none to nine.
    """
    if count < 10:
        return None
    low, high = (around(few_hits, count)[end] for end, few_hits in enumerate((hits, hits) if hits >= 10 else (0, 9)))
    return f"{few(hits)} of {count} that were checked, so between {low:g} and {high:g} in a hundred"


def around(hits: int, count: int) -> list[float]:
    def distance(true: float) -> float:
        return abs(hits / count - true) - 1.959963984540054 * math.sqrt(true * (1 - true) / count)

    return [round(100 * edge(distance, hits / count, end), 1) for end in (0.0, 1.0)]


def edge(distance: Callable[[float], float], inside: float, outside: float) -> float:
    if distance(outside) <= 0:
        return outside
    for _ in range(200):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if distance(middle) <= 0 else (inside, middle)
    return inside


def iso(seconds: float | None) -> str | None:
    if seconds is None:
        return None
    minutes = max(1, round(seconds / 60))
    return f"PT{minutes}M" if minutes <= 2 * 24 * 60 else f"PT{round(minutes / 60)}H"


def plain(value: Any) -> Any:
    return str(value) if isinstance(value, str) else value
