"""What a closed site has stored can still be copied, erased, stated and proved, by its id or its host."""

import json
import sqlite3

import pytest

from moderation.settings import Settings
from tests.cli.conftest import Command
from tests.conftest import SECRET
from tests.support.asgi import HOME_URL, running
from tests.support.factories import native

ANN = "ann@example.org"
HOST = "blog.example"


@pytest.fixture
def closed(candor: Command, sqlite_url: str) -> Command:
    """A site that was removed after a comment of Ann's had come."""
    with running(Settings(_env_file=None, database_url=sqlite_url, secret_key=SECRET)) as service:
        assert service.post("/api/v1/comments", json=native(), headers=service.bearer).status_code == 201
    command = candor.with_(CANDOR_DATABASE_URL=sqlite_url, CANDOR_SECRET_KEY=SECRET)
    command("site", "remove", HOME_URL, "--yes")
    return command


def id_of(command: Command) -> str:
    return command("export", "--site", HOST, "--subject", ANN, "--json").json["site_id"]


@pytest.mark.parametrize("name", ["id", "host", "address"])
def test_it_is_found_by_each_of_its_names(closed: Command, name: str):
    called = {"id": id_of(closed), "host": HOST, "address": HOME_URL}[name]
    assert closed("export", "--site", called, "--subject", ANN, "--json").json["count"] == 1
    assert closed("statements", "--site", called, "--since", "2026-01-01", "--json").json["count"] == 0
    assert closed("erase", "--site", called, "--subject", ANN, "--json").json["erased"] == 1


def test_a_host_is_the_open_site_where_there_is_one(closed: Command):
    former = id_of(closed)
    again = closed("site", "add", HOME_URL, "--json").json
    assert closed("export", "--site", HOST, "--subject", ANN, "--json").json["count"] == 0
    assert closed("export", "--site", former, "--subject", ANN, "--json").json["count"] == 1
    assert former not in json.dumps(again)


def test_its_history_is_proved_too(closed: Command, sqlite_url: str):
    assert "closed" in closed("verify").out
    with sqlite3.connect(sqlite_url.removeprefix("sqlite:///")) as db:
        db.execute("UPDATE decisions SET score = 0.5, reasons = '[]'")
    done = closed("verify")
    assert (done.code, "not as recorded" in done.out + done.err) == (1, True)


def test_nothing_else_takes_it_for_a_site(closed: Command):
    assert HOST not in closed("site", "list").out
    assert closed("rule", "list", "--site", HOST).code != 0
