"""A copy of everything: taken while the service runs, put back whole or not at all, into either kind of database."""

import json
import sqlite3
import stat
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import SQLModel

from moderation.duties import forgetting, keeping
from moderation.errors import Conflict, Invalid, SettingFault
from moderation.judging.retention import RECEIPT_AFTER, Terms
from moderation.seal import Seal
from moderation.storage import decisions
from moderation.storage.database import Database, Db, open_database
from moderation.storage.fields import FIELDS
from moderation.storage.rights_tables import NetworkKeyRow
from moderation.vocabulary import ErasedBy
from tests.cli.conftest import Command
from tests.conftest import SECRET
from tests.support.desk import Desk
from tests.support.factories import NOW, comment
from tests.support.forgetting import erase, lived, rows_about, states, sweep

NOT_COMPARED = {"alembic_version", "directory", "search", "backups", "retention_runs"}  # what a copy or a sweep adds to
TABLES = sorted({field.table for field in FIELDS.values()} - NOT_COMPARED)
TERMS = Terms()


def contents(database: Database) -> dict[str, list[str]]:
    """Every row of every table, as a text that both kinds of database give alike."""
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


def keep(desk: Desk, path: Path, *, kept: timedelta | None = None, now: datetime = NOW) -> Iterator[int]:
    return keeping.keep(desk.database, path, now=now, kept=kept)


def put_back(
    database: Database, path: Path, *, force: bool, now: datetime = NOW, terms: Terms = TERMS, **more: bool
) -> Iterator[int]:
    """As the command does it."""
    seal = Seal(bytes.fromhex(SECRET))

    def then(db: Db) -> None:
        forgetting.sweep_all(db, seal=lambda: seal, terms=terms, now=now)

    return keeping.put_back(database, path, seal=seal, now=now, then=then, force=force, **more)


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
    assert sum(keep(full, tmp_path / "copy")) >= sum(map(len, before.values()))
    assert sum(put_back(other, tmp_path / "copy", force=False)) >= sum(map(len, before.values()))
    assert contents(other) == before
    assert found(other, "soup") == 12
    with other.snapshot() as db:
        assert list(decisions.broken_chains(db, seal=full.seal, site_id=full.site.site.id)) == []


def test_a_copy_goes_back_over_what_came_later_only_by_force(full: Desk, tmp_path: Path):
    before = contents(full.database)
    list(keep(full, tmp_path / "copy"))
    full.check(comment("This came after the copy"))
    with pytest.raises(Conflict, match="--force"):
        list(put_back(full.database, tmp_path / "copy", force=False))
    assert found(full.database, "after") == 1
    list(put_back(full.database, tmp_path / "copy", force=True))
    assert contents(full.database) == before
    assert found(full.database, "after") == 0


def test_running_processes_notice_that_everything_was_put_back(full: Desk, tmp_path: Path):
    list(keep(full, tmp_path / "copy"))
    full.add_site("https://later.example")
    with full.database.snapshot() as db:
        seen = full.checking.directory.fresh(db)
    list(put_back(full.database, tmp_path / "copy", force=True))
    with full.database.snapshot() as db:
        now = full.checking.directory.fresh(db)
    assert (len(seen.sites), len(now.sites)) == (2, 1)


def test_a_copy_overwrites_no_file_and_leaves_none_half_written(full: Desk, tmp_path: Path):
    taken = tmp_path / "taken"
    taken.write_text("precious")
    with pytest.raises(Conflict, match="already"):
        list(keep(full, taken))
    assert taken.read_text() == "precious"
    pieces = keep(full, tmp_path / "stopped")
    next(pieces)
    pieces.close()
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith("stopped")) == []
    assert copies(full.database) == []


def test_only_its_owner_can_read_a_copy(full: Desk, tmp_path: Path):
    list(keep(full, tmp_path / "copy"))
    assert stat.S_IMODE((tmp_path / "copy").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("copy")] == ["copy"]


@pytest.mark.parametrize("damage", ["no file", "text", "cut", "foreign"])
def test_what_is_no_copy_changes_nothing(full: Desk, tmp_path: Path, damage: str):
    before, path = contents(full.database), tmp_path / "copy"
    list(keep(full, path))
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
        list(put_back(full.database, path, force=True))
    assert contents(full.database) == before


def test_a_copy_of_a_newer_program_is_refused(full: Desk, tmp_path: Path):
    before, path = contents(full.database), tmp_path / "copy"
    list(keep(full, path))
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '20991231_2359'")
    connection.close()
    with pytest.raises(SettingFault, match="newer"):
        list(put_back(full.database, path, force=True))
    assert contents(full.database) == before


def test_a_site_moves_from_sqlite_to_postgresql_and_back(
    sqlite_database: Database, postgres_url: str, seal, tmp_path: Path
):
    desk = Desk(sqlite_database, seal)
    desk.check(comment("Cheap pills for everybody"))
    before = contents(sqlite_database)
    list(keep(desk, tmp_path / "copy"))
    grown = open_database(postgres_url)
    list(put_back(grown, tmp_path / "copy", force=False))
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


DAY = timedelta(days=1)


def copies(database: Database) -> list[tuple[datetime, datetime | None]]:
    with database.snapshot() as db:
        rows = db.connection().execute(SQLModel.metadata.tables["backups"].select().order_by(text("taken_at")))
        return [(row.taken_at, row.gone_by) for row in rows]


def test_database_and_copy_both_hold_by_when_the_copy_must_be_gone(full: Desk, tmp_path: Path, other: Database):
    list(keep(full, tmp_path / "copy", kept=14 * DAY))
    assert copies(full.database) == [(NOW, NOW + 14 * DAY)]
    list(put_back(other, tmp_path / "copy", force=False, now=NOW + DAY))
    assert copies(other) == [(NOW, NOW + 14 * DAY)]


@pytest.mark.parametrize(("late", "is_refused"), [(-timedelta(seconds=1), False), (timedelta(0), True)])
def test_a_copy_past_its_date_goes_back_only_in_so_many_words(
    full: Desk, tmp_path: Path, other: Database, late: timedelta, is_refused: bool
):
    list(keep(full, tmp_path / "copy", kept=14 * DAY))
    at = NOW + 14 * DAY + late
    if is_refused:
        with pytest.raises(Conflict, match="--force-expired"):
            list(put_back(other, tmp_path / "copy", force=True, now=at))
        assert contents(other)["comments"] == []
    list(put_back(other, tmp_path / "copy", force=True, now=at, force_expired=is_refused))
    assert len(contents(other)["comments"]) == len(contents(full.database)["comments"])


@pytest.mark.parametrize("by", ErasedBy)
def test_what_was_erased_does_not_come_back_with_an_older_copy(full: Desk, tmp_path: Path, by: ErasedBy):
    comment_id = lived(full, "Zanzibar tulips")
    list(keep(full, tmp_path / "older", kept=90 * DAY))
    erase(full, comment_id, by=by, now=NOW + DAY)
    sweep(full, now=NOW + DAY + RECEIPT_AFTER)  # its receipt ends; its tombstone is what the copy is held against
    list(put_back(full.database, tmp_path / "older", force=True, now=NOW + 40 * DAY))
    row = full.row(comment_id)
    assert (row.state, row.content, row.erased_by, row.receipt_digest) == ("erased", "", by, "")
    assert rows_about(full.database, comment_id) == {"events": 1}
    assert found(full.database, "zanzibar") == 0
    assert full.broken_chains() == []


def test_tombstones_outlive_a_copy_from_before_their_comments_came(full: Desk, tmp_path: Path):
    list(keep(full, tmp_path / "first"))
    comment_id = full.published("Zanzibar tulips")
    list(keep(full, tmp_path / "second", now=NOW + DAY))
    erase(full, comment_id, now=NOW + 2 * DAY)
    list(put_back(full.database, tmp_path / "first", force=True, now=NOW + 3 * DAY))
    assert states(full)[comment_id] == "erased"
    assert len(copies(full.database)) == 2  # that the second copy exists is not forgotten either
    list(put_back(full.database, tmp_path / "second", force=True, now=NOW + 3 * DAY))
    assert states(full)[comment_id] == "erased"
    assert found(full.database, "zanzibar") == 0


def test_what_became_due_since_a_copy_is_deleted_with_putting_it_back_or_nothing_is(full: Desk, tmp_path: Path):
    list(keep(full, tmp_path / "copy"))
    before = contents(full.database)
    terms = Terms(held=7 * DAY)
    with pytest.raises(ZeroDivisionError):
        list(
            keeping.put_back(
                full.database, tmp_path / "copy", seal=full.seal, now=NOW, then=lambda _: 1 / 0, force=True
            )
        )
    assert contents(full.database) == before
    list(put_back(full.database, tmp_path / "copy", force=True, now=NOW + 6 * DAY, terms=terms))
    assert set(states(full).values()) == {"held", "published"}
    list(put_back(full.database, tmp_path / "copy", force=True, now=NOW + 7 * DAY, terms=terms))
    assert set(states(full).values()) == {"erased", "published"}


def test_a_copy_holds_no_deleted_words_and_no_key_of_network_addresses(full: Desk, tmp_path: Path):
    with full.database.transaction() as db:
        db.add(NetworkKeyRow(began_at=NOW, key=b"a locked key"))
    erase(full, lived(full, "Zanzibar tulips"))
    list(keep(full, tmp_path / "copy"))
    bytes_ = (tmp_path / "copy").read_bytes().lower()
    assert b"soup" in bytes_
    assert (b"zanzibar" in bytes_, b"a locked key" in bytes_) == (False, False)


def test_the_command_says_by_when_a_copy_must_be_gone(candor: Command):
    assert candor("site", "add", "https://blog.example").code == 0
    assert "gone_by" in candor.with_(CANDOR_BACKUP_DAYS="14")("backup", "one.backup", "--json").json
    assert "gone_by" not in candor("backup", "two.backup", "--json").json


def test_a_copy_that_cannot_be_written_is_refused_in_a_line_and_is_not_noted_as_taken(desk: Desk, tmp_path: Path):
    for path in (tmp_path / "nowhere" / "copy.db", tmp_path / ("x" * 300)):
        with pytest.raises(Invalid, match="cannot be written: "):
            list(keep(desk, path))
    with desk.database.snapshot() as db:
        assert db.connection().execute(text("SELECT count(*) FROM backups")).scalar_one() == 0
