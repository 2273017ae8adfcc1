"""A copy of everything: taken while the service runs, put back whole or not at all, into either kind of database."""

import json
import sqlite3
import stat
from pathlib import Path

import pytest
from sqlalchemy import text

from moderation.duties import keeping
from moderation.errors import Conflict, Invalid, SettingFault
from moderation.storage import decisions
from moderation.storage.database import Database, open_database
from moderation.storage.fields import FIELDS
from tests.cli.conftest import Command
from tests.support.desk import Desk
from tests.support.factories import comment

TABLES = sorted({field.table for field in FIELDS.values()} - {"alembic_version", "directory", "search"})


def contents(database: Database) -> dict[str, list[str]]:
    """Every row of every table, as a text that both kinds of database give alike."""
    from sqlmodel import SQLModel

    with database.snapshot() as db:
        return {
            name: sorted(
                json.dumps(dict(row._mapping), sort_keys=True, default=str)  # JSON columns come in another order
                for row in db.connection().execute(SQLModel.metadata.tables[name].select())
            )
            for name in TABLES
        }


def found(database: Database, word: str) -> int:
    with database.snapshot() as db:
        column = "content MATCH :word" if database.is_embedded else "content @@ to_tsquery('simple', :word)"
        return db.connection().execute(text(f"SELECT count(*) FROM search WHERE {column}"), {"word": word}).scalar_one()


@pytest.fixture
def full(desk: Desk) -> Desk:
    """A site with comments that are published, held, answered, corrected and alike."""
    for number in range(12):
        desk.check(comment(f"Cheap pills number {number} for everybody who reads this"))
        desk.check(comment(f"The soup of day {number} was fine"))
    desk.check(comment("An answer with nothing special"))
    return desk


@pytest.fixture
def other(tmp_path: Path) -> Database:
    database = open_database(f"sqlite:///{tmp_path / 'other.db'}")
    database.upgrade()
    yield database
    database.close()


def test_what_was_copied_is_there_again_after_putting_it_back(full: Desk, tmp_path: Path, other: Database):
    before = contents(full.database)
    assert sum(keeping.keep(full.database, tmp_path / "copy")) >= sum(map(len, before.values()))
    assert sum(keeping.put_back(other, tmp_path / "copy", force=False)) >= sum(map(len, before.values()))
    assert contents(other) == before
    assert found(other, "soup") == 12
    with other.snapshot() as db:
        assert list(decisions.broken_chains(db, seal=full.seal, site_id=full.site.site.id)) == []


def test_a_copy_goes_back_over_what_came_later_only_by_force(full: Desk, tmp_path: Path):
    before = contents(full.database)
    list(keeping.keep(full.database, tmp_path / "copy"))
    full.check(comment("This came after the copy"))
    with pytest.raises(Conflict, match="--force"):
        list(keeping.put_back(full.database, tmp_path / "copy", force=False))
    assert found(full.database, "after") == 1
    list(keeping.put_back(full.database, tmp_path / "copy", force=True))
    assert contents(full.database) == before
    assert found(full.database, "after") == 0


def test_running_processes_notice_that_everything_was_put_back(full: Desk, tmp_path: Path):
    list(keeping.keep(full.database, tmp_path / "copy"))
    full.add_site("https://later.example")
    with full.database.snapshot() as db:
        seen = full.checking.directory.fresh(db)
    list(keeping.put_back(full.database, tmp_path / "copy", force=True))
    with full.database.snapshot() as db:
        now = full.checking.directory.fresh(db)
    assert (len(seen.sites), len(now.sites)) == (2, 1)


def test_a_copy_overwrites_no_file_and_leaves_none_half_written(full: Desk, tmp_path: Path):
    taken = tmp_path / "taken"
    taken.write_text("precious")
    with pytest.raises(Conflict, match="already"):
        list(keeping.keep(full.database, taken))
    assert taken.read_text() == "precious"
    pieces = keeping.keep(full.database, tmp_path / "stopped")
    next(pieces)
    pieces.close()
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith("stopped")) == []


def test_only_its_owner_can_read_a_copy(full: Desk, tmp_path: Path):
    list(keeping.keep(full.database, tmp_path / "copy"))
    assert stat.S_IMODE((tmp_path / "copy").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("copy")] == ["copy"]


@pytest.mark.parametrize("damage", ["no file", "text", "cut", "foreign"])
def test_what_is_no_copy_changes_nothing(full: Desk, tmp_path: Path, damage: str):
    before, path = contents(full.database), tmp_path / "copy"
    list(keeping.keep(full.database, path))
    whole = path.read_bytes()
    if damage == "no file":
        path.unlink()
    elif damage == "text":
        path.write_text("no database")
    elif damage == "cut":
        path.write_bytes(whole[: len(whole) // 2])
    else:
        path.unlink()
        sqlite3.connect(path).execute("CREATE TABLE t (x)").connection.close()
    with pytest.raises(Invalid, match=r"nothing was changed|no file"):
        list(keeping.put_back(full.database, path, force=True))
    assert contents(full.database) == before


def test_a_copy_of_a_newer_program_is_refused(full: Desk, tmp_path: Path):
    before, path = contents(full.database), tmp_path / "copy"
    list(keeping.keep(full.database, path))
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '20991231_2359'")
    connection.close()
    with pytest.raises(SettingFault, match="newer"):
        list(keeping.put_back(full.database, path, force=True))
    assert contents(full.database) == before


def test_a_site_moves_from_sqlite_to_postgresql_and_back(
    sqlite_database: Database, postgres_url: str, seal, tmp_path: Path
):
    desk = Desk(sqlite_database, seal)
    desk.check(comment("Cheap pills for everybody"))
    before = contents(sqlite_database)
    list(keeping.keep(sqlite_database, tmp_path / "copy"))
    grown = open_database(postgres_url)
    list(keeping.put_back(grown, tmp_path / "copy", force=False))
    moved, words = contents(grown), found(grown, "pills")
    grown.close()
    assert (moved, words) == (before, 1)


def test_the_commands_say_what_they_did(candor: Command):
    assert candor("site", "add", "https://blog.example").code == 0
    told = candor("backup", "one.backup", "--json").json
    assert told["rows"] > 0
    assert told["bytes"] == (candor.folder / "one.backup").stat().st_size
    assert "already" in candor("backup", "one.backup").complaint
    assert "--force" in candor("restore", "one.backup").complaint
    assert candor("restore", "one.backup", "--force", "--json").json["rows"] > 0
