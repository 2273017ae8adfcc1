"""Column types that behave alike on SQLite and PostgreSQL; it knows no table."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, MetaData, String, TypeDecorator, text
from sqlalchemy.dialects.postgresql import JSONB

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def name_constraints(metadata: MetaData) -> None:
    """Gives every constraint a predictable name, without which SQLite tables cannot be altered in batches."""
    metadata.naming_convention = NAMING


class UtcTime(TypeDecorator[datetime]):
    """An aware UTC time; SQLite forgets zones, so the zone is attached on reading and demanded on writing."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Returns the time in UTC; raises ValueError for a naive one."""
        if value is not None and value.tzinfo is None:
            raise ValueError("a stored time must know its zone")
        return value if value is None or value.tzinfo is UTC else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Returns an aware UTC time."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class ByValue(TypeDecorator[StrEnum]):
    """An enum stored as its value, in plain text, so that a new member needs no new type."""

    impl = String(32)
    cache_ok = True

    def __init__(self, kind: type[StrEnum]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: StrEnum | str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Returns the value; raises ValueError for a word that the enum does not have."""
        return value.value if isinstance(value, self.kind) else None if value is None else self.kind(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Returns the member."""
        return None if value is None else self.kind(value)


def by_value(kind: type[StrEnum]) -> Any:  # noqa: ANN401 - SQLModel types sa_type as a class, and takes an instance
    """Returns the column type for an enum."""
    return ByValue(kind)


JsonValue: Any = JSON().with_variant(JSONB(), "postgresql")


def only_where(condition: str) -> dict[str, Any]:
    """Returns what makes an index partial, alike on both databases: it holds only rows that meet a condition."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}
