"""What a moderator does to one comment in tests, and what is left of it in the rows."""

import re
from datetime import datetime, timedelta
from typing import Any, Final

import httpx
from sqlmodel import col, select

from moderation import clock
from moderation.storage.people_tables import ClaimRow
from moderation.storage.tables import DecisionRow, EventRow
from moderation.vocabulary import Category, EventKind
from tests.support.asgi import Service
from tests.support.console import Guest

HARMS: Final = [one.value for one in Category if one is not Category.SPAM]


def act(guest: Guest, at: str, comment: str, name: str, /, **more: Any) -> httpx.Response:
    return guest.post(f"{at}/comments/{comment}/act", {"act": name, "version": "1", **more})


def told(guest: Guest, at: str, comment: str, name: str, /, **more: Any) -> dict[str, Any]:
    return guest.ask(f"{at}/comments/{comment}/act", {"act": name, "version": "1", **more}).json()


def decisions(shared: Service, comment: str) -> list[DecisionRow]:
    return rows(shared, DecisionRow, comment)


def rows(shared: Service, table: Any, comment: str) -> list[Any]:
    with shared.runtime.database.snapshot() as db:
        wanted = clock.parse_id(comment)
        return list(db.exec(select(table).where(col(table.comment_id) == wanted).order_by(col(table.id))))


def state(shared: Service, comment: str) -> str:
    return shared.get(f"/api/v1/comments/{comment}", headers=shared.bearer).json()["state"]


def pass_ten_seconds(shared: Service, comment: str) -> None:
    """Lets the moment come at which outsiders are told."""
    with shared.runtime.database.transaction() as db:
        for row in db.exec(select(EventRow).where(EventRow.comment_id == clock.parse_id(comment))):
            if row.due_at is not None:
                row.due_at = clock.now() - timedelta(seconds=1)
                db.add(row)


def counts(guest: Guest, here: str) -> dict[str, int]:
    """What the tabs of a page say."""
    found = re.findall(r'data-count="(\w+)">(\d+)<', guest.get(f"{here}/quality").text)
    return {word: int(count) for word, count in found}


def events(shared: Service, comment: str, kind: EventKind) -> list[EventRow]:
    return [row for row in rows(shared, EventRow, comment) if row.kind is kind]


def until(shared: Service, comment: str) -> datetime:
    with shared.runtime.database.snapshot() as db:
        row = db.get(ClaimRow, clock.parse_id(comment))
        assert row
        return row.until
