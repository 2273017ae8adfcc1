"""Waiting comments by the thousand, put straight into their table; and a queue's order as its promise says it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from moderation.clock import Id, new_id
from moderation.storage import queue
from moderation.storage.bulk import insert_rows
from moderation.storage.database import Database, Db
from moderation.storage.queue import Ask, Place
from moderation.storage.tables import CommentRow
from moderation.vocabulary import Actor, Channel, Order, State, Waiting
from tests.support.factories import NOW

SERVICE_TIME = timedelta(hours=24)
EVERY = tuple(Waiting)


@dataclass
class Wait:
    """One comment: why it waits, for how long, what the program thought of it, for what it is alike."""

    kind: Waiting = Waiting.HELD
    hours: float = 1.0
    score: float | None = 0.5
    alike_to: Id | None = None
    id: Id = field(default_factory=new_id)

    @property
    def since(self) -> datetime:
        return NOW - timedelta(hours=self.hours)


def store(database: Database, site_id: Id, waits: Sequence[Wait], content: str = "words") -> None:
    """Stores comments that wait, without the history that a real one has."""
    with database.transaction() as db:
        insert_rows(db, CommentRow, [_row(site_id, wait, content) for wait in waits])


def _row(site_id: Id, wait: Wait, content: str) -> dict[str, Any]:
    texts = ("permalink", "page_digest", "author_name", "author_url", "language", "fingerprint", "likeness")
    return dict.fromkeys((*texts, "notice_version", "receipt_digest", "decision_digest"), "") | {
        "id": wait.id,
        "site_id": site_id,
        "channel": Channel.API,
        "type": "comment",
        "content": content,
        "author_roles": [],
        "received_at": wait.since,
        "changed_at": wait.since,
        "is_test": False,
        "receipt_locator": wait.id.hex,
        "state": State.PUBLISHED if wait.kind in {Waiting.REPORTED, Waiting.EDITED} else State.HELD,
        "decided_by": Actor.POLICY,
        "version": 1,
        "decision_id": wait.id,
        "score": wait.score,
        "waits_as": wait.kind,
        "waits_since": wait.since,
        "deferrals": 0,
        "reports": 0,
        "alike_to": wait.alike_to,
    }


def ask(order: Order, kinds: tuple[Waiting, ...] = EVERY, thresholds: tuple[float, ...] = (0.5, 0.9)) -> Ask:
    return Ask(kinds, order, thresholds, NOW - SERVICE_TIME)


def read_all(db: Db, site_id: Id, asked: Ask, limit: int) -> list[Place]:
    """A queue from its first page to its last, as somebody reads it who goes on to the next page each time."""
    found: list[Place] = []
    while page := queue.page(db, site_id=site_id, ask=asked, limit=limit, after=found[-1] if found else None):
        found += page
        assert len(page) <= limit
    return found


def in_order(waits: Sequence[Wait], asked: Ask) -> list[Id]:
    """What a queue must list, worked out from what its order promises."""
    shown = [wait for wait in waits if wait.kind in asked.kinds and wait.alike_to in {None, wait.id}]
    by_age = sorted(shown, key=lambda wait: (wait.since, wait.id))
    if asked.order in {Order.OLDEST, Order.NEWEST}:
        return [wait.id for wait in by_age][:: 1 if asked.order is Order.OLDEST else -1]
    if asked.order is Order.USEFUL:
        return [wait.id for wait in sorted(by_age, key=lambda wait: _usefulness(wait, asked))]
    falls = asked.order is Order.LIKELY_SPAM
    scored = [wait for wait in shown if wait.score is not None]
    scored.sort(key=lambda wait: (wait.score, wait.id), reverse=falls)
    unscored = sorted(wait.id for wait in shown if wait.score is None)
    return [wait.id for wait in scored] + unscored


def _usefulness(wait: Wait, asked: Ask) -> tuple[int, float, int]:
    """What is overdue, what readers complain of, what the program doubts most; last what was put off."""
    if wait.since < asked.overdue_before:
        return (1 if wait.kind is Waiting.DEFERRED else 0), 0.0, 0
    if wait.kind is Waiting.REPORTED:
        return 2, 0.0, 0
    if wait.kind is Waiting.DEFERRED:
        return 5, 0.0, 0
    if wait.score is None:
        return 4, 0.0, wait.id.int
    return 3, min(abs(wait.score - threshold) for threshold in asked.thresholds), wait.id.int
