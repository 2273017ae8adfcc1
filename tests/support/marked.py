"""Marks what is stored: each column of each row gets a value of its own, as it would look on a page."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    String,
    TypeDecorator,
    Uuid,
    literal,
    text,
)
from sqlmodel import SQLModel

from moderation.clock import Id
from moderation.storage.database import Db

BEGAN: Final = datetime(2021, 1, 1, 9, 37, tzinfo=UTC)
"""Each marked time has a day of its own from here on."""
ENDS: Final = datetime(2031, 1, 1, 9, 37, tzinfo=UTC)
"""The same for what has not ended yet."""
FUTURE: Final = re.compile(r"_after$|^until$|^ends_at$|^expires_at$|^gone_by$|^due_at$|^answered_at$")
NUMBER: Final = 71_000
SCORES: Final = {
    "comments.score": 0.131,
    "decisions.score": 0.171,
    "sites.hold_at": 0.611,
    "sites.remove_at": 0.931,
    "sites.discard_at": 0.981,
    "sites.removes_from": 0.921,
    "audits.propensity": 0.477,
}
"""Numbers that pages round to two digits."""
ONCE: Final = "comments.external_id"
"""No two comments of a site may have the same one."""
KEPT_AS_IT_IS: Final = frozenset(
    {
        *("sites.removed_at", "sites.suspended_at", "keys.revoked_at", "rules.retired_at", "moderators.totp_used"),
        *("site_models.paused_at", "sites.calibrated_model", "second_looks.looked_at"),
        *(
            "comments.page_digest",
            "comments.receipt_digest",
            "notices.facts",
            "notices.number",
            "directory.revision",
            "directory.id",
        ),
        *("site_models.feature_spec", "site_models.watched_from", "site_models.rebuilt_in", "site_models.revision"),
        *("lessons.weight", "lessons.base_log_odds", "lessons.site_log_odds", "alike_marks.mark", "tallies.name"),
        *("contacts.purpose", "moderators.password_hash", "network_keys.began_at", "lessons.simhash"),
    }
)
"""What would shut a page, or be no such value any more, if it were another."""


def columns() -> Iterator[tuple[str, Column[Any]]]:
    """Yields every declared column with its name."""
    for table in SQLModel.metadata.sorted_tables:
        yield from ((f"{table.name}.{column.name}", column) for column in table.columns)


def mark(db: Db) -> dict[str, re.Pattern[str]]:
    """Gives every column that can be told from others a value of its own; returns how each looks on a page."""
    looks = {}
    for number, (name, column) in enumerate(columns()):
        if name in ANYWHERE or is_word(column) or is_reference(column):
            continue
        value = _value(name, column, number)
        if value is not None:
            stored = literal(value) + column.table.c.id.cast(String) if name == ONCE else value
            db.connection().execute(column.table.update().values({column.name: stored}))
        found = [value] if value is not None else _stored(db, column)
        forms = [form for one in found for form in _forms(one)]
        if forms:
            looks[name] = re.compile("|".join(rf"(?<![\w.]){re.escape(form)}" for form in forms))
    db.connection().execute(text("UPDATE directory SET revision = revision + 1"))  # else caches keep the old values
    return looks


def is_word(column: Column[Any]) -> bool:
    """Whether it holds one of few values, which stand on pages anyway."""
    return isinstance(_kind(column), Boolean | LargeBinary) or hasattr(column.type, "kind")


def _kind(column: Column[Any]) -> Any:
    return column.type.impl if isinstance(column.type, TypeDecorator) else column.type


def is_reference(column: Column[Any]) -> bool:
    """Whether it only says to what a row belongs: whose value is another row's id."""
    return bool(column.foreign_keys) or (isinstance(column.type, Uuid) and not column.primary_key)


def _value(name: str, column: Column[Any], number: int) -> Any:
    if name in KEPT_AS_IT_IS or column.primary_key or column.unique:
        return None
    if name in SCORES:
        return SCORES[name]
    return _of_kind(name, column, number)


def _of_kind(name: str, column: Column[Any], number: int) -> Any:
    kind = _kind(column)
    word = "Mark" + re.sub(r"\W|_", "", name.title())
    if isinstance(kind, DateTime):
        return (ENDS if FUTURE.search(column.name) else BEGAN) + timedelta(days=number)
    if isinstance(kind, Date):
        return (BEGAN + timedelta(days=number)).date()
    if isinstance(kind, Integer):
        return NUMBER + number
    if isinstance(kind, JSON):
        return _in_json(name, word)
    assert not isinstance(kind, Float), f"{name} needs a number of its own"
    return f"https://{word.lower()}.example/" if column.name.endswith(("url", "permalink")) else word


def _in_json(name: str, word: str) -> Any:
    if name == "decisions.reasons":
        return [{"code": "model.text", "text": f"{word}.", "weight": 1.0, "spans": []}]
    return [word] if name == "comments.author_roles" else None


def _stored(db: Db, column: Column[Any]) -> list[Any]:
    found = db.connection().execute(column.table.select().with_only_columns(column)).scalars()
    return [value for value in found if isinstance(value, str | Id | datetime) and len(str(value)) > _SHORT]


_SHORT: Final = 9
ANYWHERE: Final = frozenset({"usage.blog", "sessions.created_at", "sessions.seen_at"})
"""What stands on pages anyway, for another reason."""


def _forms(value: Any) -> Iterator[str]:
    """How a value looks on a page or in an answer."""
    if isinstance(value, datetime):
        yield value.strftime("%Y-%m-%dT%H:%M")
        yield f"{value.day} {value:%B %Y}"
    elif isinstance(value, date):
        yield value.isoformat()
        yield value.strftime("%Y-%m")
    elif isinstance(value, float):
        yield f"{value:.2f}"
    elif isinstance(value, int):
        yield from (str(value), f"{value:,}")
    elif isinstance(value, Mapping | list):
        yield next(word for word in re.findall(r"Mark\w+", str(value)))
    else:
        yield str(value)
