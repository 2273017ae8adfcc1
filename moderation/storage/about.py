"""Every row about one comment, in all tables, as it is stored; it does not decide who sees it."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from sqlalchemy import text
from sqlmodel import SQLModel, col, select

from moderation.clock import Id
from moderation.storage import search
from moderation.storage.database import Db
from moderation.storage.fields import ABOUT_COMMENTS
from moderation.storage.tables import CommentRow

UNLINKED: Final = "answers"
"""Rows that nothing leads to from a comment: they are locked with a key that is not kept."""
_TABLES: Final = {
    name: SQLModel.metadata.tables[name] for name in ABOUT_COMMENTS if name not in {"comments", UNLINKED, search.TABLE}
}
_SEARCH: Final = ("comment_id", "site_id", *search.FIELDS)
_PAGE: Final = 500
Stored = tuple[str, Mapping[str, Any]]


def rows_about(db: Db, *, row: CommentRow) -> Iterator[Stored]:
    """Yields each row about a comment with its table's name, the comment's own first; values as the columns give them.

    Of the index of words only that it has a row is told: its words are the comment's own, and nobody is shown them.
    """
    yield "comments", row.model_dump()
    for name, table in _TABLES.items():
        query = table.select().where(table.c.site_id == row.site_id, table.c.comment_id == row.id)
        for found in db.connection().execute(query.order_by(*table.primary_key.columns)).mappings():
            yield name, dict(found)
    if _is_indexed(db, row):
        yield search.TABLE, dict.fromkeys(_SEARCH, "")


def _is_indexed(db: Db, row: CommentRow) -> bool:
    if db.get_bind().dialect.name == "sqlite":
        query, place = "SELECT 1 FROM search WHERE rowid = :row", search.place_of(row.id)
        return db.connection().execute(text(query), {"row": place}).first() is not None
    query = "SELECT 1 FROM search WHERE comment_id = :row AND site_id = :site"
    return db.connection().execute(text(query), {"row": row.id, "site": row.site_id}).first() is not None


def comments_of(db: Db, *, site_id: Id, email_code: str | None) -> Iterator[CommentRow]:
    """Yields the comments of a site that came with an address, by its keyed code, or all of the site; oldest first."""
    query = select(CommentRow).where(CommentRow.site_id == site_id)
    if email_code is not None:
        query = query.where(CommentRow.author_email_code == email_code)
    last: Id | None = None
    while page := list(db.exec(_after(query, last).order_by(col(CommentRow.id)).limit(_PAGE))):
        yield from page
        last = page[-1].id


def _after(query: Any, last: Id | None) -> Any:  # noqa: ANN401 - SQLModel types a select by its columns
    return query if last is None else query.where(CommentRow.id > last)
