"""A database of the release before, with everything in it, is brought up to this one and has lost nothing."""

import json
from collections.abc import Iterator
from contextlib import nullcontext
from copy import copy
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import column, insert, inspect, select
from sqlalchemy import table as plain_table
from sqlmodel import SQLModel

from moderation.clock import Id
from moderation.duties import grouping, hosting
from moderation.seal import Seal
from moderation.storage import browsing, decisions, people, queue, schema, search
from moderation.storage.browsing import Filters
from moderation.storage.database import Database, open_database
from moderation.storage.directory import DirectoryCache
from moderation.storage.people import NewModerator
from moderation.storage.search import Wanted
from moderation.storage.tables import CommentRow, DecisionRow
from moderation.vocabulary import Actor, Channel, Label, Order, Role, State, Verdict, Waiting
from tests.support import databases, factories
from tests.support.desk import Desk
from tests.support.factories import NOW, author, comment
from tests.support.old_chain import old_digest
from tests.support.waiting import Wait, ask, store

BEFORE = "20261122_2200"
ANA, BEN = "ana@example.org", "ben@example.org"
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def old(kind: str, tmp_path: Path) -> Iterator[Database]:
    """An empty database of the release before."""
    file = nullcontext(f"sqlite:///{tmp_path / 'old.db'}")
    with file if kind == "sqlite" else databases.own_postgres() as url:
        opened = open_database(url)
        config = Config()
        config.set_main_option("script_location", str(schema.MIGRATIONS))
        with opened.engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, BEFORE)
        yield opened
        opened.close()


@pytest.fixture
def before(sqlite_database: Database, seal: Seal) -> tuple[Desk, dict[str, Id]]:
    """A site's life as the release before could have seen it, and its comments by what became of them."""
    desk = Desk(sqlite_database, seal)
    ids = {
        "held": desk.check("Wait for the récipe of these pills", now=LATER).comment_id,
        "published": desk.check("Soup from www.soup.example/today").comment_id,
        "test": desk.check(comment("A test of pills", is_test=True)).comment_id,
        "approved": desk.check("pills, approved").comment_id,
        "removed": desk.check(comment("pills, removed", author=author(name="Zoë", email=""))).comment_id,
        "rejudged": desk.check("pills, twice").comment_id,
        "unscored": desk.check(comment("x", author=author(name="viagra-test-123"))).comment_id,
        "blank": desk.check(comment("", author=author(url="https://shop.example/pills"))).comment_id,
        "unparted": desk.check(comment("今天天气很好", author=author(name="王小明"))).comment_id,
        "hidden": desk.check("A wom\u200bbat in fur").comment_id,
        "native": desk.check(comment("native pills", external_id="7"), channel=Channel.API).comment_id,
    }
    desk.decide(ids["approved"], Verdict.PUBLISH, label=Label.HAM)
    desk.decide(ids["removed"], Verdict.REMOVE, reason="No.")
    desk.scorer = replace(desk.scorer, of_words={"pills": 0.7})
    desk.checking = replace(desk.checking, scorer=desk.scorer)
    desk.check("pills, twice", now=LATER)
    with sqlite_database.transaction() as db:
        for email, role in ((ANA, Role.LEAD), (BEN, Role.OPERATOR)):
            people.add(db, site_id=desk.site.site.id, person=NewModerator(email, "a hash", role), now=NOW)
    return desk, ids


def move(source: Database, target: Database) -> None:
    """Copies every row that a database of the release before can hold, with the columns that it has."""
    found = inspect(target.engine).get_multi_columns()
    has = {name: [column["name"] for column in columns] for (_, name), columns in found.items()}
    with source.snapshot() as read, target.transaction() as write:
        for known in SQLModel.metadata.sorted_tables:
            if known.name in has.keys() - {"directory"}:
                table = plain_table(known.name, *[column(name, known.c[name].type) for name in has[known.name]])
                rows = read.connection().execute(select(*table.c)).mappings().all()
                if rows:
                    write.connection().execute(insert(table), [dict(row) for row in rows])


@pytest.fixture
def upgraded(old: Database, before: tuple[Desk, dict[str, Id]]) -> tuple[Desk, dict[str, Id]]:
    desk, ids = before
    move(desk.database, old)
    assert "search" not in inspect(old.engine).get_table_names()
    old.upgrade()
    assert old.is_current()
    moved = copy(desk)
    moved.database, moved.checking = old, replace(desk.checking, directory=DirectoryCache())
    return moved, ids


def in_all(desk: Desk) -> dict[Id, CommentRow]:
    with desk.database.snapshot() as db:
        return {row.id: row for row in db.connection().execute(select(CommentRow.__table__)).all()}


def test_what_was_held_waits_since_it_was_and_nothing_else_does(upgraded):
    desk, ids = upgraded
    rows = in_all(desk)
    waiting = {name: (rows[id_].waits_as, rows[id_].waits_since) for name, id_ in ids.items() if rows[id_].waits_as}
    held = {name for name, id_ in ids.items() if rows[id_].state is State.HELD}
    assert waiting.keys() == held - {"test"} == {"held", "rejudged", "native", "unscored", "blank"} & held
    assert waiting["held"] == (Waiting.HELD, LATER)
    assert {rows[id_].deferrals + rows[id_].reports for id_ in ids.values()} == {0}
    with desk.database.snapshot() as db:
        found = queue.page(db, site_id=desk.site.site.id, ask=ask(Order.USEFUL), limit=99)
        assert {place.comment_id for place in found} == {ids[name] for name in waiting}
        assert queue.counts(db, site_id=desk.site.site.id) == {Waiting.HELD: len(waiting)}


def test_scores_and_reasons_are_what_the_histories_say(upgraded):
    desk, ids = upgraded
    rows = in_all(desk)
    for id_ in ids.values():
        history = desk.history(id_)
        scores = [row.score for row in history if row.score is not None]
        assert rows[id_].score == (scores[-1] if scores else None)
        assert rows[id_].reason == history[-1].reasons[0]["code"]
    assert [rows[ids[name]].score for name in ("held", "rejudged", "approved", "unscored")] == [0.9, 0.7, 0.9, None]


def test_every_history_is_whole_and_goes_on(upgraded):
    desk, ids = upgraded
    for id_ in ids.values():
        digest = ""
        for row in desk.history(id_):
            digest = old_digest(desk.seal, digest, row.model_dump())
            assert row.digest == digest, "as the release before wrote it"
    assert desk.broken_chains() == []
    desk.seat().choose(ids["held"])
    assert desk.history(ids["held"])[-1].moderator_id is not None
    assert desk.broken_chains() == []


def test_a_history_that_was_broken_before_is_so_afterwards(old: Database, before):
    desk, ids = before
    with desk.database.transaction() as db:
        db.get(DecisionRow, desk.history(ids["approved"])[0].id).score = 0.2
    move(desk.database, old)
    old.upgrade()
    with old.snapshot() as db:
        assert list(decisions.broken_chains(db, seal=desk.seal, site_id=desk.site.site.id)) == [ids["approved"]]


def test_words_written_before_are_found(upgraded):
    desk, ids = upgraded
    wanted = {
        Wanted("recipe"): "held",
        Wanted("soup"): "published",
        Wanted(host="soup.example"): "published",
        Wanted(host="shop.example"): "blank",
        Wanted(author="zoe"): "removed",
        Wanted("pills rem"): "removed",
        Wanted("天气", author="小明"): "unparted",
        Wanted("wombat"): "hidden",
    }
    with desk.database.snapshot() as db:
        for words, name in wanted.items():
            asked = {"site_id": desk.site.site.id, "filters": Filters(words=words), "limit": 99}
            assert browsing.found_ids(db, seal=desk.seal, **asked) == [ids[name]]


def test_words_are_entered_as_they_would_be_today(upgraded):
    """The migration has its own copy of how, since it must stay as it is when the code goes on."""
    desk, _ = upgraded
    texts = "SELECT comment_id, site_id, CAST(content AS TEXT), CAST(author AS TEXT), CAST(host AS TEXT) FROM search"
    with desk.database.transaction() as db:
        migrated = sorted(map(str, db.connection().exec_driver_sql(texts).all()))
        db.connection().exec_driver_sql("DELETE FROM search")
        rows = db.connection().execute(select(CommentRow.__table__)).all()
        words = [search.Words(row.id, row.site_id, row.content, row.author_name, row.author_url) for row in rows]
        search.put(db, words)
        assert sorted(map(str, db.connection().exec_driver_sql(texts).all())) == migrated


def test_many_comments_are_entered_in_pieces_also_one_that_unfolds_to_a_megabyte(old: Database, before):
    desk, ids = before
    desk.check(factories.unfolding())
    store(desk.database, desk.site.site.id, [Wait() for _ in range(2_500)])
    move(desk.database, old)
    old.upgrade()
    with old.snapshot() as db:
        counted = db.connection().exec_driver_sql("SELECT count(*), count(DISTINCT comment_id) FROM search").one()
    assert tuple(counted) == (len(ids) + 2_501, len(ids) + 2_501)


def test_people_keep_their_roles_and_can_have_a_second_one(upgraded):
    desk, _ = upgraded
    site_id = desk.site.site.id
    with desk.database.transaction() as db:
        found = {
            person.email: (person.roles_at(site_id), person.has_password)
            for person in people.of_site(db, site_id=site_id)
        }
        assert found == {ANA: ({Role.LEAD}, True), BEN: ({Role.OPERATOR}, True)}
        hosting.enrol(db, site_id=site_id, email=BEN, role=Role.MODERATOR, password=None, now=NOW)
        person = people.find(db, people.find_row(db, email=BEN).id)
        assert person.roles_at(site_id) == {Role.OPERATOR, Role.MODERATOR}


def test_everything_else_is_as_it_was(upgraded, before):
    now, _ = upgraded
    then, _ = before
    assert now.counts() == then.counts()
    with now.database.snapshot() as new, then.database.snapshot() as old_:
        for table in SQLModel.metadata.sorted_tables:
            if table.name not in {"directory", "comments"}:
                rows = [db.connection().execute(select(table)).mappings().all() for db in (new, old_)]
                texts = [sorted(json.dumps(dict(row), default=str, sort_keys=True) for row in some) for some in rows]
                assert texts[0] == texts[1], table.name


def test_an_upgraded_site_works(upgraded):
    desk, ids = upgraded
    with desk.database.transaction() as db:
        assert grouping.sweep(db) > 0
        assert grouping.sweep(db) == 0
    assert desk.check("New soup").verdict is Verdict.PUBLISH
    desk.feedback("pills, approved", Label.SPAM, reporter="ann", now=LATER)
    assert desk.row(ids["approved"]).decided_by is Actor.BLOG
    assert desk.broken_chains() == []
