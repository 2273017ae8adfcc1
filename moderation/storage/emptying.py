"""Bytes of what was deleted leave the database's files: SQLite's index of words and its log, PostgreSQL's dead rows.

Deleting rows is not enough. SQLite's FTS5 keeps deleted words in its older parts until those are merged, and the log
beside the file (`-wal`) holds pages as they were. PostgreSQL keeps dead rows until they are vacuumed. That something
was deleted is noted in the transaction that does it: on SQLite in the number that a file's header has for its user.
"""

from collections.abc import Iterator
from typing import Final

from sqlalchemy import text

from moderation.storage.database import Database, Db

_PAGES: Final = 64
"""Pages of the index that one transaction merges: some milliseconds, in which nobody else can write."""
_DONE: Final = 2
"""SQLite counts fewer changes than this when there was nothing left to merge (fts5.html, 6.8)."""
_MOST: Final = 2_000_000_000
_TABLES: Final = "comments, decisions, events, labels, audits, reports, notes, second_looks, claims, appeals, passes"
_VACUUMED: Final = f"{_TABLES}, alike_marks, search, lessons, snapshots, answers, mails, mailed_links, network_keys"


def mark(db: Db) -> None:
    """Notes that words were deleted whose bytes are still in the file."""
    if db.get_bind().dialect.name == "sqlite":
        count = _marks(db)
        db.connection().exec_driver_sql(f"PRAGMA user_version = {count % _MOST + 1}")


def is_due(db: Db) -> bool:
    """Returns whether deleted words or rows are still in the files."""
    if db.get_bind().dialect.name == "sqlite":
        return _marks(db) > 0
    named = ", ".join(f"'{name}'" for name in _VACUUMED.split(", "))
    dead = f"SELECT coalesce(sum(n_dead_tup), 0) FROM pg_stat_user_tables WHERE relname IN ({named})"  # noqa: S608 - constants
    return bool(db.connection().execute(text(dead)).scalar_one())


def empty(database: Database) -> Iterator[int]:
    """Lets them go in pieces and yields how much each did; whoever writes meanwhile comes between two of them."""
    if not database.is_embedded:
        yield _vacuum(database)
        return
    with database.snapshot() as db:
        seen = _marks(db)
    pages = -_PAGES  # the first call names everything as one to be merged, the others go on with it
    while (changes := _merge(database, pages)) >= _DONE:
        yield changes
        pages = _PAGES
    if truncate_log(database):
        _unmark(database, seen)


def truncate_log(database: Database) -> bool:
    """Empties SQLite's log into its file and returns whether it is empty: nobody reads from it at the moment."""
    with database.engine.connect() as connection:
        raw = connection.connection
        busy, *_ = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy


def _marks(db: Db) -> int:
    return int(db.connection().exec_driver_sql("PRAGMA user_version").scalar_one())


def _merge(database: Database, pages: int) -> int:
    with database.transaction() as db:
        connection = db.connection()
        before = connection.exec_driver_sql("SELECT total_changes()").scalar_one()
        connection.exec_driver_sql("INSERT INTO search(search, rank) VALUES ('merge', ?)", (pages,))
        return int(connection.exec_driver_sql("SELECT total_changes()").scalar_one() - before)


def _unmark(database: Database, seen: int) -> None:
    """What was deleted meanwhile stays noted."""
    with database.transaction() as db:
        if _marks(db) == seen:
            db.connection().exec_driver_sql("PRAGMA user_version = 0")


def _vacuum(database: Database) -> int:
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("SET statement_timeout = 0")
        try:
            connection.exec_driver_sql(f"VACUUM (SKIP_LOCKED) {_VACUUMED}")
        finally:
            connection.exec_driver_sql("RESET statement_timeout")
    return 1
