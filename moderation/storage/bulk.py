"""Many rows into a table by one prepared statement; for the few inserts that every check pays for (ADR 3)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect, insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel

from moderation.storage.database import Db

Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Prepared:
    """An insert as the driver wants it: its words, and for each column how a value is written."""

    sql: str
    names: tuple[str, ...]
    columns: tuple[tuple[str, Convert | None], ...]
    is_positional: bool

    def parameters(self, row: dict[str, Any]) -> tuple[Any, ...] | dict[str, Any]:
        """Returns a row's values as the driver takes them; a column that the row lacks is NULL."""
        values = [convert(row.get(name)) if convert else row.get(name) for name, convert in self.columns]
        return tuple(values) if self.is_positional else dict(zip(self.names, values, strict=True))


def insert_rows(db: Db, table: type[SQLModel], rows: Sequence[dict[str, Any]]) -> None:
    """Inserts rows, each with its columns by name, through the columns' own types; does nothing for none."""
    if rows:
        prepared = _prepare(table, db.get_bind().dialect)
        db.connection().exec_driver_sql(prepared.sql, [prepared.parameters(row) for row in rows])


def upsert(dialect_name: str, table: type[SQLModel]) -> Any:  # noqa: ANN401 - each dialect has its own class
    """Returns an insert in the words of a kind of database, which can say what is done where there is such a row."""
    return {"postgresql": postgresql.insert, "sqlite": sqlite.insert}[dialect_name](table)


@lru_cache
def _prepare(table: type[SQLModel], dialect: Dialect) -> _Prepared:
    """Compiled once: SQLAlchemy would look the statement up and build its parameters anew for every batch."""
    columns = {column.name: column.type.dialect_impl(dialect).bind_processor(dialect) for column in _columns(table)}
    compiled = insert(table).compile(dialect=dialect, column_keys=list(columns))
    order = getattr(compiled, "positiontup", None)
    names = tuple(order or columns)
    return _Prepared(str(compiled), names, tuple((name, columns[name]) for name in names), order is not None)


def _columns(table: type[SQLModel]) -> Any:  # noqa: ANN401 - SQLModel does not type `__table__`
    return table.__table__.columns  # type: ignore[attr-defined] # SQLModel does not declare it
