"""The field registry says something about every stored column, and about no other."""

from collections.abc import Iterator
from dataclasses import fields as dataclass_fields
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import JSON, LargeBinary, inspect, select, text
from sqlmodel import SQLModel

from moderation import clock, worker
from moderation.clock import Id, new_id
from moderation.duties import appealing, grouping, objecting, reviewing, signing_in
from moderation.duties.appealing import Hearer
from moderation.duties.reviewing import Desk
from moderation.duties.showing import Node
from moderation.judging import moderating
from moderation.storage import (
    answers,
    audits,
    claims,
    comments,
    people,
    people_tables,
    receipts,
    search,
    second_looks,
    sessions,
    sites,
    tables,
)
from moderation.storage.answers import Ask, Given
from moderation.storage.audits import Fresh
from moderation.storage.database import Database, Db
from moderation.storage.fields import ABOUT_COMMENTS, FIELDS, HOW_READERS_SEE, Field, Purpose, Reader, of_table
from moderation.storage.people import NewModerator
from moderation.storage.rights_tables import (
    ContactRow,
    MailedLinkRow,
    MailRow,
    PassRow,
    RetentionRunRow,
    SubjectRequestRow,
)
from moderation.storage.second_looks import First
from moderation.vocabulary import Category, Label, Outcome, RequestKind, Role, Verdict
from moderation.web.api.views import CommentShown
from tests.support import factories

if TYPE_CHECKING:
    from tests.support.asgi import Service

ANA = "ana@example.org"
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


def test_bytes_are_locked_or_what_a_model_learnt():
    found = {name for name, column in COLUMNS.items() if isinstance(column.type, LargeBinary)}
    locked = {"answers.sealed_body", "mails.sealed_to", "moderators.totp_secret", "network_keys.key"}
    assert found == locked | {"lessons.features", "snapshots.layer"}


def test_everyone_sees_what_a_thread_shows():
    shown = {f"comments.{field.name}" for field in dataclass_fields(Node)} - {"comments.replies"}
    assert {field.column for field in of_table("comments") if Reader.PUBLIC in field.readers} == shown


def test_the_website_sees_what_the_native_door_shows_it():
    told = set(CommentShown.model_fields) - {"author", "model"} | {"author_name", "author_url"}
    told |= {"author_ip_prefix", "author_roles", "model_name", "model_version", "site_revision", "actor"}
    told |= {"site_id", "comment_id"}  # it knows whose comments it asks for
    seen = {
        name.partition(".")[2]
        for name, field in FIELDS.items()
        if field.table in {"comments", "decisions"} and Reader.WEBSITE in field.readers
    }
    assert seen == told


@pytest.mark.parametrize("table", sorted({field.table for field in FIELDS.values()}))
def test_whoever_sees_a_part_of_a_row_sees_to_what_it_belongs(table: str):
    rows = of_table(table)
    seeing = {reader for field in rows for reader in field.readers} - {Reader.PUBLIC}  # a thread names no website
    belongs = [field for field in rows if field.column in {f"{table}.site_id", f"{table}.comment_id"}]
    assert [field.column for field in belongs if not seeing <= set(field.readers)] == []


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
    database, seal, now = service_on_both.runtime.database, service_on_both.runtime.settings.seal, clock.now()
    kept = {name: field.kept for name, field in FIELDS.items() if field.kept is not None}
    minute = timedelta(minutes=1)
    with database.transaction() as db:
        person = people.find_row(db, email=ANA)
        waiting = [*db.connection().execute(select(tables.CommentRow.id)).scalars()]
        for order, age in enumerate([minute, -minute]):  # each once when it is due, once when it is not yet
            ask = Ask(service_on_both.site.id, f"key {order}", "digest")
            answered_at, begun_at = now - kept["answers.sealed_body"] - age, now - kept["sessions.digest"] - age
            answers.keep(db, seal=seal, ask=ask, given=Given(201, b"{}"), now=answered_at)
            sessions.add(db, moderator_id=person.id, digest=str(order), network="192.0.2.0/24", now=begun_at)
            sessions.note_seen(db, digest=str(order), now=now)
            lease = {"comment_id": waiting[order], "site_id": service_on_both.site.id, "moderator_id": person.id}
            db.merge(people_tables.ClaimRow(**lease, until=now + claims.LEASE - kept["claims.until"] - age))
            for row in _ending(kept, service_on_both.site.id, waiting[order], now - age, str(order)):
                db.merge(row)
    before = _rows(database)
    worker.run_once(database)
    left = {table: before[table] - count for table, count in _rows(database).items() if count < before[table]}
    assert left.keys() == {field.table for field in FIELDS.values() if field.kept is not None}
    assert {table: count for table, count in left.items() if count != 1} == {"claims": 2}  # both leases have ended


def _ending(kept: dict[str, timedelta], site_id: Id, comment_id: Id, now: datetime, name: str) -> Iterator[SQLModel]:
    """A row of each table whose rows have an end, begun so long ago that it ends now."""
    site, began = {"site_id": site_id}, {table.partition(".")[0]: now - span for table, span in kept.items()}
    ends_at = now
    yield PassRow(digest=name, **site, comment_id=comment_id, ends_at=ends_at)
    yield MailedLinkRow(digest=name, **site, email_code="a code", ends_at=ends_at)
    mail = {"sealed_to": b"", "language": "en", "due_at": now + timedelta(days=1), "tries": 0}
    yield MailRow(id=new_id(), asked_at=began["mails"], **mail)
    yield ContactRow(day=(began["contacts"] - timedelta(days=int(name == "0"))).date(), purpose="mail", count=1)
    yield SubjectRequestRow(id=new_id(), **site, kind=RequestKind.EXPORT, made_at=began["subject_requests"])
    yield RetentionRunRow(id=new_id(), ran_at=began["retention_runs"], deleted=0, reduced=0)


def _tables() -> set[str]:
    return {field.table for field in FIELDS.values()}


def _rows(database: Database) -> dict[str, int]:
    with database.snapshot() as db:
        return {
            table: db.connection().execute(text(f'SELECT count(*) FROM "{table}"')).scalar_one() for table in _tables()
        }


def _use_everything(service: "Service") -> None:
    """Comments through each door, corrected, decided, repeated, reported, read: rows in all tables about comments."""
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
    other = service.post("/api/v1/comments", json=factories.native("Soup."), headers=service.bearer).json()
    with service.runtime.database.transaction() as db:
        _moderate(db, service, Id(other["id"]), now=clock.now())
        fresh = Fresh(service.site.id, Id(one["id"]), clock.now())  # by chance, one in fifty would be drawn
        if not audits.is_audited(db, site_id=fresh.site_id, comment_id=fresh.comment_id):
            audits.draw(db, seal=service.runtime.settings.seal, judged=[fresh], rate=1.0)
    _exercise_rights(service, Id(one["id"]))
    filled = {table for table, count in _rows(service.runtime.database).items() if count}
    assert filled >= set(ABOUT_COMMENTS)


def _moderate(db: Db, service: "Service", comment_id: Id, now: datetime) -> None:
    """A published comment is reported, read, noted on, decided, and drawn for a second look."""
    site_id, seal = service.site.id, service.runtime.settings.seal
    person = NewModerator(ANA, None, Role.LEAD)
    desk = Desk(seal, sites.get(db, site_id), people.add(db, site_id=site_id, person=person, now=now), {Role.LEAD})
    signing_in.prefer(db, person=people.find(db, desk.moderator_id), given={})
    told = {"reporter_code": "a code", "category": Category.INSULT, "now": now}
    assert reviewing.report(db, site_id=site_id, comment_id=comment_id, **told)
    reviewing.note(db, desk=desk, comment_id=comment_id, text="Look at this.", about_author=True, now=now)
    choice = moderating.Choice(Verdict.HOLD)
    held = reviewing.choose(db, desk=desk, comment_id=comment_id, choice=choice, expected_version=None, now=now)
    assert reviewing.claim(db, desk=desk, comment_ids=[comment_id], now=now)[0] == [comment_id]
    row = comments.get(db, site_id=site_id, comment_id=held.comment_id)
    first = First(row.decision_id, row.id, Label.SPAM, desk.moderator_id)  # by chance, three in a hundred would be
    second_looks.draw(db, site_id=site_id, firsts=[first], now=now)
    grouping.sweep(db)


def _exercise_rights(service: "Service", comment_id: Id) -> None:
    """A refused comment's writer asks for another look, gets an answer, objects, and is given a pass."""
    site_id, now = service.site.id, clock.now()
    with service.runtime.database.transaction() as db:
        row, person = comments.get(db, site_id=site_id, comment_id=comment_id), people.find_row(db, email=ANA)
        appealing.open_appeal(db, row=row, text="I sell no pills.", open_for=timedelta(days=184), now=now)
        hearer = Hearer(service.runtime.settings.seal, site_id, person.id, {Role.LEAD})
        appealing.hear(db, hearer=hearer, comment_id=comment_id, outcome=Outcome.UPHELD, reply="You do.", now=now)
        objecting.object_(db, row=row, now=now)
        receipts.add_pass(db, row=row, now=now)


def _keys(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _keys(item)
