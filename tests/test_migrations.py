"""Migrations and tables say the same on both databases, go forward only, and never touch a newer schema."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, nullcontext
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Integer, MetaData, Table, inspect, text
from sqlmodel import SQLModel

from moderation.errors import SettingFault
from moderation.runtime import prepare_schema
from moderation.settings import Settings
from moderation.storage import database as storage
from moderation.storage import search
from moderation.storage.database import SCHEMA, Database, open_database
from moderation.storage.schema import newest
from tests.support import databases

MIGRATIONS = Path(storage.__file__).parent / "migrations"


def scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return ScriptDirectory.from_config(config)


def differences(database: Database, metadata: MetaData) -> list[object]:
    """What a new migration would have to change."""
    options = {"compare_type": True, "compare_server_default": True, "include_name": _is_declared}
    with database.engine.connect() as connection:
        return compare_metadata(MigrationContext.configure(connection, opts=options), metadata)


def _is_declared(name: str | None, kind: str, _parents: object) -> bool:
    """The index of words is no table that both databases have; tests/storage/test_search.py looks after it."""
    return kind != "table" or not (name or "").startswith(search.TABLE)


def plain(index: Mapping[str, Any]) -> dict[str, Any]:
    """An index whose condition is its text, not an object."""
    return {**index, "dialect_options": {name: str(value) for name, value in index.get("dialect_options", {}).items()}}


def schema(database: Database) -> dict[str, list[str]]:
    """Every table with its columns, keys and indexes, as texts."""
    seen = inspect(database.engine)
    return {
        table: sorted(
            str(part)
            for part in [
                *seen.get_columns(table),
                seen.get_pk_constraint(table),
                *seen.get_foreign_keys(table),
                *seen.get_unique_constraints(table),
                *map(plain, seen.get_indexes(table)),
            ]
        )
        for table in seen.get_table_names()
        if not table.startswith(search.TABLE)
    }


@pytest.fixture
def bare(kind: str, tmp_path: Path) -> Iterator[Database]:
    """A database without any table."""
    file = nullcontext(f"sqlite:///{tmp_path / 'bare.db'}")
    with file if kind == "sqlite" else databases.own_postgres() as url:
        opened = open_database(url)
        yield opened
        opened.close()


def test_migrations_make_exactly_the_tables(database: Database):
    assert differences(database, SQLModel.metadata) == []


def test_a_table_that_no_migration_makes_is_noticed(database: Database):
    metadata = MetaData()
    Table("directory", metadata, Column("id", Integer, primary_key=True), Column("revision", Integer, nullable=True))
    found = {
        str(change[0] if isinstance(change, tuple) else change[0][0]) for change in differences(database, metadata)
    }
    assert {"remove_table", "modify_nullable"} <= found


def test_migrating_and_creating_give_the_same_schema(bare: Database, database: Database):
    SQLModel.metadata.create_all(bare.engine)
    migrated = schema(database)
    assert migrated.pop("alembic_version")
    assert schema(bare) == migrated


def test_an_empty_database_has_no_revision_and_an_upgraded_one_is_current(bare: Database):
    assert (bare.revision(), bare.is_current()) == (None, False)
    bare.upgrade()
    assert (bare.revision(), bare.is_current()) == (SCHEMA, True)


def test_upgrading_again_changes_nothing(database: Database):
    before = schema(database)
    with database.transaction() as db:
        db.connection().execute(text("UPDATE directory SET revision = 7"))
    database.upgrade()
    with database.snapshot() as db:
        rows = db.connection().execute(text("SELECT id, revision FROM directory")).all()
    assert (schema(database), [tuple(row) for row in rows]) == (before, [(1, 7)])


def test_a_newer_schema_is_refused_and_left_alone(database: Database):
    with database.transaction() as db:
        db.connection().execute(text("UPDATE alembic_version SET version_num = '20991231_2359'"))
    try:
        for act in (database.refuse_newer, database.upgrade):
            with pytest.raises(SettingFault, match=r"20991231_2359\) is newer than this program.*restore a backup"):
                act()
        assert database.revision() == "20991231_2359"
    finally:
        with database.transaction() as db:
            db.connection().execute(text("UPDATE alembic_version SET version_num = :head"), {"head": SCHEMA})


def test_sqlite_is_upgraded_at_the_start(tmp_path: Path, make_settings: Callable[..., Settings]):
    settings = make_settings(database_url=f"sqlite:///{tmp_path / 'new.db'}")
    opened = open_database(settings.database_url)
    prepare_schema(settings, opened, migrate=False)
    assert opened.is_current()
    opened.close()


def test_postgresql_is_upgraded_only_when_told(make_settings: Callable[..., Settings]):
    if databases.why_no_postgres():
        pytest.skip(databases.why_no_postgres())
    with databases.own_postgres() as url:
        opened, settings = open_database(url), make_settings(database_url=url)
        with pytest.raises(SettingFault, match="run `candor migrate`, or add --migrate"):
            prepare_schema(settings, opened, migrate=False)
        assert opened.revision() is None
        prepare_schema(settings, opened, migrate=True)
        prepare_schema(settings, opened, migrate=False)
        assert opened.is_current()
        opened.close()


def test_there_is_one_line_of_revisions_and_no_way_back():
    revisions = list(scripts().walk_revisions())
    assert len(scripts().get_heads()) == 1
    for revision in revisions:
        with pytest.raises(NotImplementedError, match="forward only"):
            revision.module.downgrade()


def test_revisions_are_dated_files():
    for path in (MIGRATIONS / "versions").glob("*.py"):
        date, _, slug = path.stem.rpartition("_")
        assert path.stem[:15].replace("-", "").isdecimal(), path.name
        assert slug, date


def test_the_one_row_of_the_directory_comes_from_the_migration(bare: Database):
    bare.upgrade()
    with bare.snapshot() as db:
        assert db.connection().execute(text("SELECT id, revision FROM directory")).all() == [(1, 1)]


def test_the_code_names_the_newest_revision():
    assert newest() == SCHEMA


def test_processes_that_upgrade_at_once_do_it_once(bare: Database):
    address = bare.engine.url.render_as_string(hide_password=False).replace("postgresql+psycopg", "postgresql")
    others = [open_database(address) for _ in range(4)]
    with ThreadPoolExecutor(len(others)) as pool, ExitStack() as stack:
        for one in others:
            stack.callback(one.close)
        assert list(pool.map(Database.upgrade, others)) == [None] * 4
        assert all(one.is_current() for one in others)
