"""Migrated databases for tests: SQLite files copied from one template, and one PostgreSQL database per test run."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import psycopg
from sqlalchemy import make_url
from sqlmodel import SQLModel

from moderation.storage import search
from moderation.storage.database import Database, open_database

_LOCAL = "postgresql://postgres@127.0.0.1:5432/postgres"


@cache
def why_no_postgres() -> str:
    """Returns why PostgreSQL cannot be used here, or "" where it can."""
    try:
        with psycopg.connect(server_url(), connect_timeout=3):
            return ""
    except psycopg.Error as error:
        how = "set CANDOR_TEST_POSTGRES_URL" if server_url() == _LOCAL else "CANDOR_TEST_POSTGRES_URL names none"
        return f"no PostgreSQL server answers ({how}): {type(error).__name__}"


def server_url() -> str:
    """Returns the address of the PostgreSQL server for tests."""
    url = os.environ.get("CANDOR_TEST_POSTGRES_URL") or _LOCAL
    return url.replace("postgresql+psycopg://", "postgresql://")


@contextmanager
def own_postgres() -> Iterator[str]:
    """Makes a database of a random name, yields its address, and drops it."""
    name = f"candor_test_{secrets.token_hex(6)}"
    with psycopg.connect(server_url(), autocommit=True) as server:
        server.execute(f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8'")
        server.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
    try:
        yield make_url(server_url()).set(database=name).render_as_string(hide_password=False)
    finally:
        with psycopg.connect(server_url(), autocommit=True) as server:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def migrate(url: str) -> None:
    """Upgrades the database at an address."""
    database = open_database(url)
    database.upgrade()
    database.close()


def empty(url: str) -> None:
    """Takes every row out of a migrated PostgreSQL database and puts back the one that migrations make."""
    tables = [search.TABLE, *[table.name for table in reversed(SQLModel.metadata.sorted_tables)]]
    deletions = [f'DELETE FROM "{table}";' for table in tables]
    with psycopg.connect(url) as server:  # for few rows ten times faster than TRUNCATE, which makes new files
        server.execute("".join([*deletions, "INSERT INTO directory (id, revision) VALUES (1, 1)"]))


def is_postgres(database: Database) -> bool:
    """Returns whether a database is PostgreSQL."""
    return database.engine.dialect.name == "postgresql"
