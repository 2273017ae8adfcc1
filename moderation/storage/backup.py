"""A copy of everything in one SQLite file, taken while the service runs, and put back into either kind of database.

The file has the schema of its day. A service on PostgreSQL writes the same kind of file, so everything can also move
from one kind of database to the other.
"""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from sqlalchemy import Connection, delete, func, select, text
from sqlmodel import SQLModel, col
from sqlmodel import select as sqlmodel_select

from moderation.clock import Id, new_id
from moderation.errors import Conflict, Invalid
from moderation.storage import emptying, search
from moderation.storage.database import Database, Db, open_database
from moderation.storage.replaying import Carried, carried
from moderation.storage.rights_tables import BackupRow, NetworkKeyRow
from moderation.storage.search import Words
from moderation.storage.tables import CommentRow, DirectoryRow, SiteRow
from moderation.vocabulary import State

PIECE: Final = 500
Progress = Iterator[int]


def count_rows(database: Database) -> int:
    """Returns how many rows a copy of a database has."""
    with database.snapshot() as db:
        return sum(db.connection().execute(select(func.count()).select_from(table)).scalar_one() for table in _tables())


def write(database: Database, path: Path, *, now: datetime, kept: timedelta | None = None) -> Progress:
    """Copies one consistent moment of a database into a new file, and yields how many rows came with each piece.

    The file appears whole or not at all, readable only by its owner. Database and copy both note that it was taken, and
    by when it must be gone, where `kept` says so.

    Raises:
        Conflict: where there is such a file already.
        Invalid: where no file can be made there.
    """
    draft = path.with_name(f"{path.name}.part")
    _make(draft, path)
    noted = _note(database, now, None if kept is None else now + kept)
    try:
        yield from _copy_file(database, draft) if database.is_embedded else _copy_rows_out(database, draft)
        draft.replace(path)
    except BaseException:
        _unnote(database, noted)
        raise
    finally:
        draft.unlink(missing_ok=True)


def _make(draft: Path, named: Path) -> None:
    try:
        if named.exists():
            raise Conflict(f"There is a file {named} already; choose another name, a backup overwrites nothing.")
        os.close(os.open(draft, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600))
    except OSError as error:
        raise Invalid(f"{named} cannot be written: {error.strerror}.") from None


def _note(database: Database, now: datetime, gone_by: datetime | None) -> Id:
    row = BackupRow(id=new_id(), taken_at=now, gone_by=gone_by)
    with database.transaction() as db:
        db.add(row)
    return row.id


def _unnote(database: Database, noted: Id) -> None:
    with database.transaction() as db:
        db.connection().execute(delete(BackupRow).where(col(BackupRow.id) == noted))


@dataclass(frozen=True, slots=True)
class PuttingBack:
    """How a copy is put back: over what is there, also past its date, and what is done before anybody sees it.

    `finish` is handed the database with the copy's rows in it and what the replaced one knew; what it refuses leaves
    everything as it was.
    """

    now: datetime
    finish: Callable[[Db, Carried], object]
    force: bool = False
    force_expired: bool = False


def read(database: Database, path: Path, how: PuttingBack) -> Progress:
    """Puts a copy in the place of everything in a database, all or nothing, and yields how many rows each piece had.

    Raises:
        Conflict: where the database holds sites, or the copy is past its date, and nobody insists.
        Invalid: where the file is no copy, or damaged.
        SettingFault: where the copy is of a newer schema.
    """
    with _opened_copy(path) as copy, copy.snapshot() as source, database.transaction() as db:
        if not how.force and db.exec(sqlmodel_select(SiteRow.id).limit(1)).first() is not None:
            raise Conflict("The database holds sites. Add --force to put the copy in the place of everything in it.")
        if not how.force_expired:
            _refuse_expired(source, how.now)
        revision, known = db.exec(sqlmodel_select(DirectoryRow.revision)).one(), carried(db)
        _empty(db)
        yield from _copy_rows(source.connection(), db.connection())
        _fill_search(db)
        row = db.exec(sqlmodel_select(DirectoryRow)).one()
        row.revision = max(row.revision, revision) + 1  # so that every running process reads sites and keys anew
        db.flush()
        how.finish(db, known)


def _refuse_expired(source: Db, now: datetime) -> None:
    """The newest copy that a copy knows of is itself."""
    newest = sqlmodel_select(BackupRow.gone_by).order_by(col(BackupRow.taken_at).desc(), col(BackupRow.id).desc())
    gone_by = source.exec(newest.limit(1)).first()
    if gone_by is not None and gone_by <= now:
        raise Conflict(
            f"This copy had to be gone by {gone_by:%Y-%m-%d}: the notice promised that. Delete it; to put it back all "
            "the same, add --force-expired."
        )


def _tables() -> list[Any]:
    """In the order that foreign keys want."""
    return list(SQLModel.metadata.sorted_tables)


def _copy_file(database: Database, path: Path) -> Progress:
    """SQLite's own copy of one moment, which lets others write meanwhile."""
    with database.engine.connect() as connection, closing(sqlite3.connect(path, isolation_level=None)) as target:
        source = connection.connection.driver_connection
        assert isinstance(source, sqlite3.Connection)
        source.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
        _clean(target)
    yield count_rows(database)


def _clean(target: sqlite3.Connection) -> None:
    """Words that were deleted and whose bytes are still in the index stay out of the copy, and so do network keys."""
    target.execute("PRAGMA secure_delete=ON")
    target.execute("INSERT INTO search(search) VALUES ('optimize')")
    target.execute("DELETE FROM network_keys")
    target.execute("PRAGMA user_version = 0")


def _copy_rows_out(database: Database, path: Path) -> Progress:
    path.unlink()
    copy = open_database(f"sqlite:///{path.absolute()}")
    try:
        copy.upgrade()
        with database.snapshot() as source, copy.transaction() as db:
            source.connection().execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
            _empty(db)
            yield from _copy_rows(source.connection(), db.connection())
            db.connection().execute(delete(NetworkKeyRow))
            _fill_search(db)
        with copy.engine.connect() as connection:
            connection.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        copy.close()
    path.chmod(0o600)


@contextmanager
def _opened_copy(path: Path) -> Iterator[Database]:
    """A copy of the copy, brought up to this program's schema; the file itself stays as it is."""
    if not path.is_file():
        raise Invalid(f"There is no file {path}.")
    with TemporaryDirectory() as folder:
        mine = Path(folder, "copy.db")
        shutil.copyfile(path, mine)
        _refuse_damaged(mine, path)
        copy = open_database(f"sqlite:///{mine}")
        try:
            copy.upgrade()
            yield copy
        finally:
            copy.close()


def _refuse_damaged(mine: Path, named: Path) -> None:
    try:
        with closing(sqlite3.connect(mine)) as connection:
            found = [row[0] for row in connection.execute("PRAGMA integrity_check(1)")]
            known = connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
    except sqlite3.DatabaseError:
        found, known = ["not a database"], (0,)
    if found != ["ok"] or known != (1,):
        raise Invalid(f"{named} is no backup of Candor, or it is damaged; nothing was changed.")


def _empty(db: Db) -> None:
    for table in reversed(_tables()):
        db.connection().execute(table.delete())
    db.connection().execute(text("DELETE FROM search"))
    emptying.mark(db)


def _copy_rows(source: Connection, target: Connection) -> Progress:
    """In the order of their keys: what a row names is older, and so it is there already."""
    for table in _tables():
        rows = source.execution_options(yield_per=PIECE).execute(select(table).order_by(*table.primary_key))
        for piece in rows.partitions():
            target.execute(table.insert(), [dict(row._mapping) for row in piece])  # noqa: SLF001 - SQLAlchemy's name for it
            yield len(piece)


def _fill_search(db: Db) -> None:
    columns: Any = (
        CommentRow.id,
        CommentRow.site_id,
        CommentRow.content,
        CommentRow.author_name,
        CommentRow.author_url,
    )
    query = select(*columns).where(col(CommentRow.state) != State.ERASED).execution_options(yield_per=PIECE)
    for piece in db.connection().execute(query).partitions():
        search.put(db, [Words(*row) for row in piece])
