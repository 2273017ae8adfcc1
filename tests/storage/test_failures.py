"""A database that is locked, full, read-only, missing or damaged is one clear refusal; nothing is stored in part."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, event, make_url, text
from sqlalchemy.exc import IntegrityError

from moderation.clock import new_id
from moderation.errors import Invalid, SettingFault, Unavailable
from moderation.storage import database as storage
from moderation.storage.database import Database, open_database, ping, try_writing
from moderation.storage.tables import CommentRow, KeyRow
from moderation.vocabulary import KeyKind
from tests.support import databases
from tests.support.desk import Desk
from tests.support.factories import NOW, comment


def path_of(url: str) -> Path:
    return Path(make_url(url).database or "")


@contextmanager
def opened(url: str, *settings: str) -> Iterator[Database]:
    """A database each of whose connections runs some SQL first, so that tests need not wait for real timeouts."""
    database = open_database(url)

    @event.listens_for(database.engine, "connect")
    def _prepare(connection, _record) -> None:
        for setting in settings:
            connection.execute(setting)
        connection.commit()

    try:
        yield database
    finally:
        database.close()


def revision(url: str) -> int:
    """The directory's revision, which every change in these tests would count up."""
    with opened(url) as database, database.snapshot() as db:
        return db.connection().execute(text("SELECT revision FROM directory")).scalar_one()


def refused(act: Callable[[], object], cause: str) -> None:
    with pytest.raises(Unavailable, match=cause) as refusal:
        act()
    assert "Nothing was stored" in refusal.value.message
    assert refusal.value.__cause__ is None, "the driver's words may quote values"
    assert "INSERT" not in refusal.value.message


def test_a_locked_sqlite_file(sqlite_url: str):
    holder = sqlite3.connect(path_of(sqlite_url))
    holder.execute("BEGIN IMMEDIATE")
    with opened(sqlite_url, "PRAGMA busy_timeout=20") as database:
        refused(lambda: try_writing(database), "it is locked by another program")
        ping(database)
        holder.rollback()
        try_writing(database)
    holder.close()


def test_a_locked_table_on_postgresql(postgres_url: str):
    with psycopg.connect(postgres_url) as holder, opened(postgres_url, "SET lock_timeout = 50") as database:
        holder.execute("LOCK TABLE directory IN ACCESS EXCLUSIVE MODE")
        refused(lambda: try_writing(database), "it took too long")
        holder.rollback()
        try_writing(database)


def test_a_query_that_takes_too_long_on_postgresql(postgres_url: str):
    with opened(postgres_url, "SET statement_timeout = 50") as database:

        def wait() -> None:
            with database.transaction() as db:
                db.connection().execute(text("SELECT pg_sleep(60)"))

        refused(wait, "it took too long")


def test_a_full_disk(sqlite_url: str, seal):
    with opened(sqlite_url) as database:
        desk = Desk(database, seal)
    with opened(sqlite_url, "PRAGMA max_page_count=70") as database:
        desk.database = database

        def fill() -> None:
            desk.record(*[desk.submission(comment(f"{number} " + "x" * 60_000)) for number in range(20)])

        refused(fill, "the disk is full")
        assert desk.counts() == {"comments": 0, "decisions": 0, "events": 0}
        ping(database)
    with opened(sqlite_url) as database:
        desk.database = database
        fill()
        assert desk.count(CommentRow) == 20


def test_a_read_only_sqlite_file(sqlite_url: str):
    path = path_of(sqlite_url)
    with sqlite3.connect(path) as plain:
        plain.execute("PRAGMA journal_mode=DELETE")  # a read-only file cannot have its write-ahead log beside it
    plain.close()
    engine = create_engine("sqlite://", creator=lambda: sqlite3.connect(f"file:{path}?mode=ro", uri=True))
    event.listen(engine, "begin", storage._begin_sqlite)
    database = Database(engine)
    refused(lambda: try_writing(database), "it is read-only")
    ping(database)
    database.close()


def test_a_read_only_postgresql(postgres_url: str):
    with opened(postgres_url, "SET default_transaction_read_only = on") as database:
        refused(lambda: try_writing(database), "it is read-only")
        ping(database)


@pytest.mark.parametrize(
    ("content", "cause"),
    [(b"", "run: candor migrate"), (b"this is no database, " * 500, "not a database"), (None, "run: candor migrate")],
    ids=["an empty file", "another file", "no file"],
)
def test_a_sqlite_file_without_the_schema(tmp_path: Path, content: bytes | None, cause: str):
    path = tmp_path / "candor.db"
    if content is not None:
        path.write_bytes(content)
    with opened(f"sqlite:///{path}") as database:
        refused(lambda: try_writing(database), cause)


def test_a_damaged_sqlite_file(sqlite_url: str):
    path = path_of(sqlite_url)
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    path.write_bytes(content)
    with opened(sqlite_url) as database:
        refused(lambda: try_writing(database), "its file is damaged")


def test_a_sqlite_path_that_is_a_folder(tmp_path: Path):
    with opened(f"sqlite:///{tmp_path}") as database:
        refused(lambda: ping(database), "its file cannot be opened")


def test_a_folder_that_cannot_be_made_stops_the_start(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingFault, match=r"CANDOR_DATABASE_URL: cannot make the folder .*; for example"):
        open_database(f"sqlite:///{tmp_path / 'file' / 'data' / 'candor.db'}")


def test_a_missing_folder_is_made(tmp_path: Path):
    with opened(f"sqlite:///{tmp_path / 'a' / 'b' / 'candor.db'}") as database:
        database.upgrade()
        try_writing(database)


def test_a_missing_postgresql_database():
    if databases.why_no_postgres():
        pytest.skip(databases.why_no_postgres())
    address = make_url(databases.server_url()).set(database="candor_test_never_made")
    with opened(address.render_as_string(hide_password=False)) as database:
        refused(lambda: ping(database), "there is no database of that name")


def test_a_postgresql_user_that_the_server_does_not_know():
    if databases.why_no_postgres():
        pytest.skip(databases.why_no_postgres())
    address = make_url(databases.server_url()).set(username="candor_test_nobody")
    with opened(address.render_as_string(hide_password=False)) as database:
        refused(lambda: ping(database), "(it does not know the user|it refuses the user's name or password)")


def test_no_postgresql_server_at_the_address():
    with opened("postgresql://ann:hidden-password@127.0.0.1:1/candor") as database:
        with pytest.raises(Unavailable, match="nothing listens at its address") as refusal:
            ping(database)
        assert "hidden-password" not in str(refusal.value)


def test_a_postgresql_without_the_schema():
    if databases.why_no_postgres():
        pytest.skip(databases.why_no_postgres())
    with databases.own_postgres() as url, opened(url) as database:
        refused(lambda: try_writing(database), "run: candor migrate")


def test_a_connection_that_the_server_ended_is_replaced(postgres_url: str):
    with opened(postgres_url) as database:

        def interrupted() -> None:
            with database.transaction() as db:
                db.connection().execute(text("UPDATE directory SET revision = 99"))
                own = db.connection().execute(text("SELECT pg_backend_pid()")).scalar_one()
                with psycopg.connect(postgres_url, autocommit=True) as other:
                    other.execute("SELECT pg_terminate_backend(%s)", [own])
                db.connection().execute(text("SELECT 1"))

        refused(interrupted, "does not answer")
        ping(database)
    assert revision(postgres_url) == 1


@pytest.mark.parametrize("error", [Invalid("no"), ZeroDivisionError(), KeyboardInterrupt()], ids=repr)
def test_what_fails_inside_a_transaction_leaves_nothing_behind(database: Database, error: BaseException):
    def interrupted() -> None:
        with database.transaction() as db:
            db.connection().execute(text("UPDATE directory SET revision = 99"))
            raise error

    with pytest.raises(type(error)):
        interrupted()
    with database.snapshot() as db:
        assert db.connection().execute(text("SELECT revision FROM directory")).scalar_one() == 1


def test_a_snapshot_stores_nothing(database: Database):
    with database.snapshot() as db:
        db.connection().execute(text("UPDATE directory SET revision = 99"))
    with database.snapshot() as db:
        assert db.connection().execute(text("SELECT revision FROM directory")).scalar_one() == 1


def refused_as_invalid(database: Database, value: str) -> None:
    with pytest.raises(Invalid, match="cannot be stored") as refusal, database.transaction() as db:
        db.connection().execute(text("UPDATE sites SET name = :name"), {"name": f"canary{value}"})
    assert "canary" not in refusal.value.message


def test_half_a_surrogate_pair_is_refused_as_invalid_and_never_quoted(database: Database):
    refused_as_invalid(database, "\ud800")


def test_nul_on_postgresql_is_refused_as_invalid_and_never_quoted(postgres_url: str):
    with opened(postgres_url) as database:
        refused_as_invalid(database, "\x00")


def test_sqlite_is_opened_durable_and_strict(sqlite_url: str):
    pragmas = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "secure_delete")
    with opened(sqlite_url) as database, database.snapshot() as db:
        values = [db.connection().execute(text(f"PRAGMA {name}")).scalar_one() for name in pragmas]
    assert values == ["wal", 2, 1, 5000, 1]


def test_a_row_of_a_site_that_is_not_there_is_refused_by_the_database(database: Database):
    key = KeyRow(id=new_id(), site_id=new_id(), kind=KeyKind.API, digest="x", scopes=[], created_at=NOW)
    with pytest.raises(IntegrityError), database.transaction() as db:
        db.add(key)
