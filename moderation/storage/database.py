"""Opens the database, upgrades its schema, and holds the one commit; it knows no subject."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import orjson
from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DatabaseError, DataError, DBAPIError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import Session

from moderation import clock
from moderation.errors import Invalid, SettingFault, Unavailable, Unreachable

Db = Session
SCHEMA = "20261128_1830"  # the revision that this code reads and writes; a test holds it against the migrations
INDEX_PARTS = "search_"
"""How the tables begin in which SQLite's FTS5 keeps the words of the table `search`: they have no columns of ours."""
_BUSY_MILLISECONDS = 5_000
_BREATH = 0.11
"""Seconds: SQLite's waiters look again after at most 100 ms (`sqliteDefaultBusyCallback` in SQLite's main.c)."""
_TRIES = 100  # each waits for whoever has the lock
_ALONE = (  # one process at a time upgrades, for as long as it takes; the others then find nothing to do
    "SET LOCAL statement_timeout = 0",
    "SET LOCAL lock_timeout = 0",
    "SELECT pg_advisory_xact_lock(hashtext('candor schema'))",
)
_ONE_MOMENT: dict[str, dict[str, Any]] = {  # SQLite reads one moment anyway
    "postgresql": {"isolation_level": "REPEATABLE READ"},
}
_PRAGMAS = (
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
)


class Database:
    """An open database; `transaction()` writes and commits, `snapshot()` only reads."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._reader = engine.execution_options(candor_reads=True, **_ONE_MOMENT.get(engine.dialect.name, {}))

    @property
    def is_embedded(self) -> bool:
        """Whether the database runs inside this process (SQLite), so that using it is computation."""
        return self.engine.dialect.name == "sqlite"

    def give_way(self) -> None:
        """Lets whoever waits come between two transactions of one long work; a server's queue is fair by itself."""
        if self.is_embedded:
            clock.pause(_BREATH)

    @contextmanager
    def transaction(self) -> Iterator[Db]:
        """Commits everything done inside, or nothing.

        Raises:
            Unavailable: when the database is locked, full, read-only or gone; nothing was stored.
        """
        with _translated(), Session(self.engine, expire_on_commit=False) as db, db.begin():
            db.connection()  # begins now, so that whoever waits for the lock waits here
            yield db

    @contextmanager
    def snapshot(self) -> Iterator[Db]:
        """Reads one consistent moment.

        Raises:
            Unavailable: as for `transaction()`.
        """
        with _translated(), Session(self._reader, expire_on_commit=False) as db:
            yield db

    def close(self) -> None:
        """Gives every connection back."""
        self.engine.dispose()

    def revision(self) -> str | None:
        """Returns the schema's revision, or None for an empty database."""
        with _translated(), self._reader.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()

    def is_current(self) -> bool:
        """Returns whether the schema is the code's."""
        return self.revision() == SCHEMA

    def upgrade(self) -> None:
        """Brings the schema up to the code's; does nothing where it is.

        Raises:
            SettingFault: for a schema newer than this code.
        """
        self.refuse_newer()
        if not self.is_current():
            from moderation.storage import schema  # a tenth of the start-up time, and seldom needed

            with _translated(), self.engine.begin() as connection:
                if connection.dialect.name == "postgresql":  # SQLite has locked the whole file by now
                    for statement in _ALONE:
                        connection.execute(text(statement))
                schema.upgrade(connection)

    def refuse_newer(self) -> None:
        """Raises SettingFault for a schema that this code does not know, since it would misread it."""
        revision = self.revision()
        if revision in {None, SCHEMA}:
            return
        from moderation.storage import schema

        if not schema.is_known(revision):
            raise SettingFault(
                f"the database's schema ({revision}) is newer than this program: "
                "start the version that wrote it, or restore a backup"
            )

    def tables(self) -> set[str]:
        """Returns the names of the tables that the database really has."""
        with _translated(), self._reader.connect() as connection:
            return set(inspect(connection).get_table_names())

    def columns(self) -> set[str]:
        """Returns every column that the database really has, as `table.column`."""
        with _translated(), self._reader.connect() as connection:
            found = inspect(connection).get_multi_columns()
        return {
            f"{name}.{column['name']}"
            for (_, name), columns in found.items()
            for column in columns
            if not name.startswith(INDEX_PARTS)
        }


def open_database(url: str) -> Database:
    """Opens SQLite (`sqlite:///file`) or PostgreSQL (`postgresql://…`, through psycopg 3); connects to nothing yet.

    Raises:
        SettingFault: for an address that cannot be read, or when SQLite's folder cannot be made.
    """
    address = _address(url)
    if address.get_backend_name() == "sqlite":
        return Database(_open_sqlite(url, Path(address.database or "")))
    address = address.set(drivername="postgresql+psycopg")
    options = "-c statement_timeout=5000 -c lock_timeout=5000 -c timezone=UTC"
    engine = create_engine(
        address,
        pool_pre_ping=True,
        pool_timeout=5,
        json_serializer=_json,
        connect_args={"connect_timeout": 5, "options": options},
    )
    return Database(engine)


def _json(value: object) -> str:
    return orjson.dumps(value).decode()


def _address(url: str) -> URL:
    """The parser's own words would quote the password."""
    try:
        address = make_url(url)
    except (ArgumentError, ValueError):
        address = None
    if address is None or address.database in {None, "", ":memory:"}:
        raise SettingFault(
            "CANDOR_DATABASE_URL: is no complete address of a database; "
            "for example CANDOR_DATABASE_URL=sqlite:///data/candor.db"
        )
    return address


def _open_sqlite(url: str, path: Path) -> Engine:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingFault(
            f"CANDOR_DATABASE_URL: cannot make the folder {path.parent}: {error.strerror}; "
            "for example CANDOR_DATABASE_URL=sqlite:////var/lib/candor/candor.db"
        ) from None
    engine = create_engine(url, pool_timeout=5, json_serializer=_json)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's connection
    connection.isolation_level = None  # the driver would begin late and without IMMEDIATE; we begin ourselves
    connection.execute(f"PRAGMA busy_timeout={_BUSY_MILLISECONDS}")
    _use_wal(connection)
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _use_wal(connection: Any) -> None:  # noqa: ANN401 - the driver's connection
    """Only changing a new file's journal does not wait for a lock, so where several open it at once, we wait first."""
    for tries_left in reversed(range(_TRIES)):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            break
        except sqlite3.OperationalError:
            if not tries_left:
                raise
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("ROLLBACK")


def _begin_sqlite(connection: Connection) -> None:
    """A write lock from the start: upgrading a read lock later fails at once when another writer was quicker."""
    reads = connection.get_execution_options().get("candor_reads")
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def file_of(url: str) -> Path | None:
    """Returns the file that a SQLite address names, or None for PostgreSQL."""
    address = _address(url)
    return Path(address.database or "") if address.get_backend_name() == "sqlite" else None


def try_writing(database: Database) -> None:
    """Raises Unavailable when the database takes no writes; changes nothing."""
    with database.transaction() as db:
        touch(db)


def touch(db: Db) -> None:
    """Writes what is there already."""
    db.connection().execute(text("UPDATE directory SET revision = revision"))


def ping(database: Database) -> None:
    """Raises Unavailable when the database does not answer."""
    with database.snapshot() as db:
        db.connection().execute(text("SELECT 1"))


@contextmanager
def _translated() -> Iterator[None]:
    """Turns the driver's words, which may quote values, into one sentence of ours."""
    try:
        yield
    except (OperationalError, InternalError, PoolTimeout) as error:
        cause = _cause(error)
        kind = Unreachable if cause in _OF_ADDRESS else Unavailable
        raise kind(f"The database cannot be used: {cause}. Nothing was stored; try again.") from None
    except (DataError, UnicodeEncodeError):  # the last wall: values come here checked, whichever door they came through
        raise Invalid("A value cannot be stored: it is out of range, or holds NUL or half a surrogate pair.") from None
    except DBAPIError as error:
        if "UndefinedTable" in type(error.orig).__name__:
            raise Unavailable(f"The database cannot be used: {_cause(error)}. Nothing was stored.") from None
        if type(error) is DatabaseError:  # a damaged file; the subclasses that are left are faults of this program
            raise Unavailable(f"The database cannot be used: {_cause(error)}. Nothing was stored.") from None
        if error.connection_invalidated:
            raise Unavailable("The connection to the database was lost. Nothing was stored; try again.") from None
        raise


_NOT_THERE: Final = "it does not answer"
_CANNOT_OPEN: Final = "its file cannot be opened"
_NO_LISTENER: Final = "nothing listens at its address"
_BAD_LOGIN: Final = "it refuses the user's name or password"
_NO_ROLE: Final = "it does not know the user"
_NO_NAME: Final = "there is no database of that name"
_OF_ADDRESS: Final = frozenset({_NOT_THERE, _CANNOT_OPEN, _NO_LISTENER, _BAD_LOGIN, _NO_ROLE, _NO_NAME})


def _cause(error: Exception) -> str:
    words = str(getattr(error, "orig", error)).lower()
    known = {
        "locked": "it is locked by another program",
        "full": "the disk is full",
        "no space": "the disk is full",
        "readonly": "it is read-only",
        "read-only": "it is read-only",
        "unable to open": _CANNOT_OPEN,
        "malformed": "its file is damaged",
        "not a database": "its file is not a database",
        "no such table": "its schema is missing (run: candor migrate)",
        "relation": "its schema is missing (run: candor migrate)",
        "timeout": "it took too long",
        "refused": _NO_LISTENER,
        "authentication failed": _BAD_LOGIN,
        "role ": _NO_ROLE,
        "does not exist": _NO_NAME,
    }
    return next((said for word, said in known.items() if word in words), _NOT_THERE)
