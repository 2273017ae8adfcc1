"""The field registry says something about every stored column, and about no other."""

from collections.abc import Iterator
from dataclasses import fields as dataclass_fields
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import JSON, LargeBinary, inspect, text
from sqlmodel import SQLModel

from moderation import clock, worker
from moderation.clock import Id
from moderation.duties.showing import Node
from moderation.storage import answers, audits, search, tables
from moderation.storage.answers import Ask, Given
from moderation.storage.audits import Fresh
from moderation.storage.database import Database
from moderation.storage.fields import ABOUT_COMMENTS, FIELDS, HOW_READERS_SEE, Field, Purpose, Reader, of_table
from moderation.web.api.views import CommentShown
from tests.support import factories

if TYPE_CHECKING:
    from tests.support.asgi import Service

NO_ROW_CLASS = {"alembic_version.version_num"} | {  # the migrations' own table, and the index of words
    f"{search.TABLE}.{column}" for column in ("comment_id", "site_id", *search.FIELDS)
}
COLUMNS = {f"{table.name}.{column.name}": column for table in SQLModel.metadata.tables.values() for column in table.c}


def test_every_declared_column_has_an_entry_and_every_entry_a_column():
    assert set(COLUMNS) | NO_ROW_CLASS == set(FIELDS)


def test_every_column_of_the_migrated_database_has_an_entry(database: Database):
    assert database.columns() == set(FIELDS)


def test_only_the_parts_of_the_index_of_words_are_passed_over(sqlite_database: Database):
    live = inspect(sqlite_database.engine)
    left_out = set(live.get_table_names()) - {name.partition(".")[0] for name in sqlite_database.columns()}
    assert left_out == {f"search_{part}" for part in ("config", "content", "data", "docsize", "idx")}


@pytest.mark.parametrize("field", FIELDS.values(), ids=str)
def test_an_entry_says_what_why_and_for_whom(field: Field):
    assert all((field.name, field.form, field.readers))
    assert len(set(field.readers)) == len(field.readers)
    assert field.kept is None or field.kept > timedelta(0)


def test_whoever_runs_the_database_sees_all_of_it_but_what_is_locked():
    assert [name for name, field in FIELDS.items() if Reader.OPERATOR not in field.readers] == ["answers.sealed_body"]


def test_no_purpose_is_claimed_for_nothing():
    assert {field.purpose for field in FIELDS.values()} == set(Purpose)


def test_every_reader_is_explained():
    assert set(HOW_READERS_SEE) == set(Reader)


def test_a_table_keeps_its_rows_for_one_time():
    assert {table for table in _tables() if len({field.kept for field in of_table(table)}) != 1} == set()


def test_bytes_are_answers_that_are_locked_or_what_a_model_learnt():
    found = {name for name, column in COLUMNS.items() if isinstance(column.type, LargeBinary)}
    assert found == {"answers.sealed_body", "lessons.features", "snapshots.layer"}


def test_everyone_sees_what_a_thread_shows():
    shown = {f"comments.{field.name}" for field in dataclass_fields(Node)} - {"comments.replies"}
    assert {name for name, field in FIELDS.items() if Reader.PUBLIC in field.readers} == shown


def test_the_website_sees_what_the_native_door_shows_it():
    told = set(CommentShown.model_fields) - {"author", "model"} | {"author_name", "author_url"}
    told |= {"author_ip_prefix", "author_roles", "model_name", "model_version", "site_revision", "actor"}
    seen = {
        name.partition(".")[2]
        for name, field in FIELDS.items()
        if field.table in {"comments", "decisions"} and Reader.WEBSITE in field.readers
    }
    assert seen == told


def test_json_columns_hold_no_key_that_is_not_registered(service_on_both: "Service"):
    _use_everything(service_on_both)
    with service_on_both.runtime.database.snapshot() as db:
        for name, column in COLUMNS.items():
            if isinstance(column.type, JSON):
                stored = db.connection().execute(column.table.select().with_only_columns(column)).scalars().all()
                assert set(_keys(list(stored))) <= set(FIELDS[name].keys), name


def test_keys_are_registered_where_rows_have_them(service_on_both: "Service"):
    _use_everything(service_on_both)
    with service_on_both.runtime.database.snapshot() as db:
        reasons = db.connection().execute(tables.DecisionRow.__table__.select()).mappings().all()
        facts = db.connection().execute(tables.EventRow.__table__.select()).mappings().all()
    assert set(_keys([row["reasons"] for row in reasons])) == set(FIELDS["decisions.reasons"].keys)
    assert set(_keys([row["facts"] for row in facts])) == set(FIELDS["events.facts"].keys)


def test_what_has_an_end_is_deleted_after_it_and_nothing_else_is(service_on_both: "Service"):
    _use_everything(service_on_both)
    database, seal = service_on_both.runtime.database, service_on_both.runtime.settings.seal
    end = FIELDS["answers.sealed_body"].kept
    assert end is not None
    now = clock.now()
    with database.transaction() as db:
        for key, age in {"due": end + timedelta(minutes=1), "not yet": end - timedelta(minutes=1)}.items():
            ask = Ask(service_on_both.site.id, key, "digest")
            answers.keep(db, seal=seal, ask=ask, given=Given(201, b"{}"), now=now - age)
        db.connection().execute(text("UPDATE comments SET received_at = '2001-01-01 00:00:00+00:00'"))
    before = _rows(database)
    worker.run_once(database)
    assert {table: before[table] - count for table, count in _rows(database).items() if count != before[table]} == {
        "answers": 1
    }


def _tables() -> set[str]:
    return {field.table for field in FIELDS.values()}


def _rows(database: Database) -> dict[str, int]:
    with database.snapshot() as db:
        return {
            table: db.connection().execute(text(f'SELECT count(*) FROM "{table}"')).scalar_one() for table in _tables()
        }


def _use_everything(service: "Service") -> None:
    """A comment through each door, corrected, decided and repeated: rows in all tables about comments."""
    one = service.post(
        "/api/v1/comments",
        json=factories.native(factories.SPAM_WORDS),
        headers={**service.bearer, "Idempotency-Key": "first"},
    ).json()
    service.post("/1.1/comment-check", data=dict(factories.akismet(service.akismet_key)))
    service.post("/1.1/submit-spam", data=dict(factories.akismet(service.akismet_key)))
    choice = {"verdict": "remove", "label": "spam", "reason": "It sells pills."}
    answer = service.post(f"/api/v1/comments/{one['id']}/decisions", json=choice, headers=service.bearer)
    assert answer.is_success, answer.text
    with service.runtime.database.transaction() as db:  # by chance, one in fifty would be drawn
        fresh = Fresh(service.site.id, Id(one["id"]), clock.now())
        if not audits.is_audited(db, site_id=fresh.site_id, comment_id=fresh.comment_id):
            audits.draw(db, seal=service.runtime.settings.seal, judged=[fresh], rate=1.0)
    filled = {table for table, count in _rows(service.runtime.database).items() if count}
    assert filled >= set(ABOUT_COMMENTS)


def _keys(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _keys(item)
