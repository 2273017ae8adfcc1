"""`candor import jsonl`: an earlier system's comments at a site, on both databases, killed and run again."""

import gzip
import json
import signal
import time

import pytest
from sqlalchemy import text

from moderation.settings import Settings
from moderation.storage.database import open_database
from tests.conftest import SECRET
from tests.support.asgi import HOME_URL, running
from tests.support.factories import KIND_WORDS, SPAM_WORDS

FULL = {
    "id": "c1",
    "text": KIND_WORDS,
    "author": "Ann",
    "author_url": "https://ann.example",
    "author_email": "ann@example.org",
    "user_ip": "192.0.2.7",
    "permalink": "https://blog.example/1",
    "created_at": "2009-11-22T10:00:00Z",
    "language": "en",
    "group": "thread 7",
}


def packed(*rows: object) -> bytes:
    return b"".join((row if isinstance(row, bytes) else json.dumps(row).encode()) + b"\n" for row in rows)


@pytest.fixture
def moved(candor, database_url):
    """The command at a database of each kind, with one site."""
    command = candor.with_(CANDOR_DATABASE_URL=database_url)
    command.ok("site", "add", "https://blog.example")
    return command


@pytest.fixture
def rows_of(database_url):
    """Asks the database of the command."""

    def ask(question: str) -> list[dict]:
        database = open_database(database_url)
        try:
            with database.snapshot() as db:
                return [dict(row._mapping) for row in db.connection().execute(text(question))]
        finally:
            database.close()

    return ask


def brought(candor, *rows: object) -> dict[str, int]:
    return candor.ok("import", "jsonl", "--site", "blog.example", stdin=packed(*rows))


def test_a_row_is_stored_as_if_it_had_come_by_the_api(moved, rows_of):
    counts = brought(moved, FULL)
    assert counts == {"read": 1, "stored": 1, "known": 0, "labelled": 0, "broken": 0}
    (told,) = (json.loads(line) for line in moved("export", "--site", "blog.example").out.splitlines())
    stored = json.dumps(told)
    assert "2009-11-22T10:00:00" in stored
    (row,) = rows_of("SELECT channel, external_id, author_ip_prefix, language, permalink, state FROM comments")
    assert row == {
        "channel": "api",
        "external_id": "c1",
        "author_ip_prefix": "192.0.2.0/24",
        "language": "en",
        "permalink": "https://blog.example/1",
        "state": "published",
    }
    assert moved("verify").code == 0


def test_a_row_comes_under_the_notice_that_the_service_shows(candor, sqlite_url):
    settings = Settings(_env_file=None, database_url=sqlite_url, secret_key=SECRET)
    with running(settings) as service:
        command = candor.with_(CANDOR_DATABASE_URL=sqlite_url, CANDOR_SECRET_KEY=SECRET)
        counts = command.ok("import", "jsonl", "--site", HOME_URL, stdin=packed(FULL))
        page = {"permalink": FULL["permalink"], "content": "Hello."}
        sent = service.post("/api/v1/comments", json=page, headers=service.bearer).json()
        listed = service.get("/api/v1/comments", headers=service.bearer).json()["items"]
    assert counts["stored"] == 1
    assert {one["notice_version"] for one in listed} == {sent["notice_version"]}


def test_a_label_is_the_websites_word_and_is_learnt(moved, rows_of):
    counts = brought(
        moved, {"id": 1, "text": KIND_WORDS, "label": "spam"}, {"id": 2, "text": SPAM_WORDS, "label": "ham"}
    )
    assert (counts["stored"], counts["labelled"]) == (2, 2)
    assert rows_of("SELECT external_id, state, decided_by FROM comments ORDER BY id") == [
        {"external_id": "1", "state": "removed", "decided_by": "blog"},
        {"external_id": "2", "state": "published", "decided_by": "blog"},
    ]
    assert moved.ok("learning", "list", "blog.example")["lessons"] == 2


def test_the_same_file_again_changes_nothing(moved, rows_of):
    rows = [FULL, {"id": "c2", "text": SPAM_WORDS, "label": "spam"}, {"id": "c3", "text": SPAM_WORDS + "!"}]
    brought(moved, *rows)
    before = rows_of("SELECT id, version, state FROM comments ORDER BY id")
    counts = brought(moved, *rows)
    assert counts == {"read": 3, "stored": 0, "known": 3, "labelled": 0, "broken": 0}
    assert rows_of("SELECT id, version, state FROM comments ORDER BY id") == before


def test_a_label_counts_for_a_known_comment_that_no_person_decided(moved, rows_of):
    brought(moved, {"id": "c1", "text": SPAM_WORDS})
    counts = brought(moved, {"id": "c1", "text": SPAM_WORDS, "label": "spam"})
    assert (counts["known"], counts["labelled"]) == (1, 1)
    assert rows_of("SELECT state, decided_by, version FROM comments") == [
        {"state": "removed", "decided_by": "blog", "version": 2}
    ]


def test_a_label_does_not_overturn_a_person(moved, rows_of):
    brought(moved, {"id": "c1", "text": SPAM_WORDS, "label": "ham"})
    counts = brought(moved, {"id": "c1", "text": SPAM_WORDS, "label": "spam"})
    assert (counts["known"], counts["labelled"]) == (1, 0)
    assert rows_of("SELECT state FROM comments") == [{"state": "published"}]


def test_nobody_is_told_of_an_import_and_it_is_in_no_sample(moved, rows_of):
    brought(moved, *({"id": f"c{n}", "text": f"{KIND_WORDS} {n}", "label": "ham"} for n in range(5)))
    brought(moved, *({"id": f"d{n}", "text": f"{KIND_WORDS} {n}"} for n in range(250)))
    kinds = {row["kind"] for row in rows_of("SELECT DISTINCT kind FROM events")}
    assert not kinds & {"received", "decided", "labelled"}
    assert rows_of("SELECT * FROM audits") == []
    assert rows_of("SELECT * FROM usage") == []


def test_an_import_takes_nothing_from_what_people_teach_that_day(moved, rows_of, monkeypatch):
    monkeypatch.setattr("moderation.duties.learning.sitting.SITE_DAY", 2)
    words = KIND_WORDS.split()
    rows = [{"id": n, "text": " ".join(words[n:] + [f"word{n}"] * 9), "label": "ham"} for n in range(5)]
    brought(moved, *rows)
    kinds = [row["kind"] for row in rows_of("SELECT kind FROM lessons")]
    assert "passed" not in kinds


BROKEN = [
    (b"not json", "the line is not JSON"),
    ({"id": "x"}, "there is no text"),
    ({"text": "a", "label": "bad"}, "label must be one of ham, spam"),
    ({"text": "a", "user_ip": "home"}, "user_ip must be"),
    ({"text": "a", "created_at": "yesterday"}, "created_at must be an RFC 3339 time"),
    ({"text": "a", "id": [1]}, "id must be a string"),
    ({"text": "a" * 65_537}, "content is longer"),
]


def test_broken_lines_are_told_and_the_others_stored(candor, add_site):
    add_site()
    rows = [row for broken, _ in BROKEN for row in (broken, b"", {"text": KIND_WORDS})]
    done = candor("import", "jsonl", "--site", "blog.example", "--json", stdin=packed(*rows))
    assert done.code == 1
    assert done.json == {"read": 14, "stored": 7, "known": 0, "labelled": 0, "broken": 7}
    said = done.err.splitlines()
    for number, (_, why) in enumerate(BROKEN):
        assert said[number].startswith(f"candor: line {3 * number + 1}: ")
        assert why in said[number]
    assert said[-1] == "candor: 7 of the lines could not be read; the others are stored"


def test_a_file_may_be_packed_and_a_damaged_one_is_told(candor, add_site):
    add_site()
    whole = gzip.compress(packed(*({"id": n, "text": f"{KIND_WORDS} {n}"} for n in range(400))))
    (candor.folder / "whole.jsonl.gz").write_bytes(whole)
    (candor.folder / "cut.jsonl.gz").write_bytes(whole[: len(whole) // 2])
    cut = candor("import", "jsonl", "cut.jsonl.gz", "--site", "blog.example", "--json")
    assert (cut.code, "cut.jsonl.gz: it is damaged" in cut.err) == (1, True)
    counts = candor.ok("import", "jsonl", "whole.jsonl.gz", "--site", "blog.example")
    assert (counts["known"], counts["stored"]) == (cut.json["stored"], 400 - cut.json["stored"])


def test_wrong_use_is_told(candor, add_site):
    add_site()
    assert candor("import", "xml", "--site", "blog.example").code == 2
    assert "no site" in candor("import", "jsonl", "--site", "other.example").complaint
    assert "No such file" in candor("import", "jsonl", "none.jsonl", "--site", "blog.example").complaint


def test_an_import_that_was_killed_goes_on_when_it_is_run_again(moved, rows_of):
    many = 2_000
    file = moved.folder / "history.jsonl"
    labels = ("ham", "spam", None)
    rows = ({"id": f"c{n}", "text": f"{KIND_WORDS} {n}", "label": labels[n % 3]} for n in range(many))
    file.write_bytes(packed(*rows))
    with moved.running("import", "jsonl", str(file), "--site", "blog.example") as running:
        while running.poll() is None and not rows_of("SELECT id FROM comments LIMIT 1"):
            time.sleep(0.01)
        running.send_signal(signal.SIGKILL)
        assert running.wait() == -signal.SIGKILL
    (left,) = rows_of("SELECT count(*) AS n FROM comments")
    assert 0 < left["n"] < many
    counts = moved.ok("import", "jsonl", str(file), "--site", "blog.example")
    assert (counts["known"], counts["stored"]) == (left["n"], many - left["n"])
    (whole,) = rows_of("SELECT count(DISTINCT external_id) AS names, count(*) AS n FROM comments")
    assert whole == {"names": many, "n": many}
    (said,) = rows_of("SELECT count(*) AS n FROM labels")
    assert said["n"] == sum(labels[n % 3] is not None for n in range(many))
    assert moved("verify").code == 0
