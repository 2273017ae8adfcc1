"""What a site's model has learnt, shown and taken back with the command, while the service may run."""

import re
from pathlib import Path
from typing import Any

import pytest

from models.delta import unpack_layer
from moderation.settings import Settings
from tests.support import factories
from tests.support.asgi import bearer, running

SPAM, HAM = "Our evening course in bookbinding starts in May", factories.KIND_WORDS


@pytest.fixture
def taught(candor, add_site) -> dict[str, Any]:
    """A site that has learnt two lessons; with the ids of their comments."""
    site = add_site()
    secret = (candor.folder / "data/secret.key").read_text().strip()
    settings = Settings(_env_file=None, database_url=f"sqlite:///{candor.folder}/data/candor.db", secret_key=secret)
    with running(settings) as service:
        headers = bearer(site["api_token"])
        for content, label in ((SPAM, "spam"), (HAM, "ham")):
            sent = service.post("/api/v1/comments", json=factories.native(content), headers=headers).json()
            choice = {"verdict": "hold", "label": label}
            service.post(f"/api/v1/comments/{sent['id']}/decisions", json=choice, headers=headers).raise_for_status()
            site[label] = sent["id"]
    return site


def test_the_journal_is_shown_without_a_word_of_a_comment(candor, taught):
    shown = candor.ok("learning", "list", taught["site_id"])
    assert (shown["revision"], shown["lessons"], shown["waiting"], shown["state"]) == (2, 2, 0, "learning")
    assert [(line["revision"], line["kind"], line["label"], line["comment_id"]) for line in shown["items"]] == [
        (2, "learnt", "ham", taught["ham"]),
        (1, "learnt", "spam", taught["spam"]),
    ]
    words = candor("learning", "list", taught["site_id"], "--limit", "1").out
    assert re.search(rf"^ +2  \d{{4}}-\d\d-\d\d \d\d:\d\d  learnt  ham  {taught['ham']}$", words, re.MULTILINE)
    assert "bookbinding" not in words + str(shown)


def test_a_rollback_changes_what_check_says_and_can_itself_be_taken_back(candor, taught):
    def score() -> float:
        row = f'{{"id": "1", "text": "{SPAM}"}}'
        return candor.ok("check", "--site", taught["site_id"], stdin=row)["score"]

    learnt = score()
    back = candor.ok("learning", "rollback", taught["site_id"], "--to", "0")
    assert (back["revision"], back["lessons"], back["state"]) == (3, 0, "base")
    assert score() < learnt
    assert candor.ok("learning", "rollback", taught["site_id"], "--to", "2")["lessons"] == 2
    assert score() == learnt


def test_there_is_no_going_back_to_what_never_was(candor, taught):
    assert "no earlier revision 7" in candor("learning", "rollback", taught["site_id"], "--to", "7").complaint


def test_one_comments_part_can_be_forgotten(candor, taught):
    shown = candor.ok("learning", "forget", taught["site_id"], "--comment", taught["spam"])
    assert (shown["revision"], shown["lessons"]) == (3, 1)
    items = candor.ok("learning", "list", taught["site_id"])["items"]
    assert [(line["kind"], line["comment_id"]) for line in items] == [
        ("erased", None),
        ("learnt", taught["ham"]),
        ("erased", None),
    ]


def test_forgetting_everything_wants_to_be_meant(candor, taught):
    assert "add --yes if that is meant" in candor("learning", "forget", taught["site_id"]).complaint
    assert candor.ok("learning", "forget", taught["site_id"], "--yes")["lessons"] == 0
    assert "by its id" in candor("learning", "forget", taught["site_id"], "--comment", "7").complaint


def test_what_was_learnt_can_be_written_to_a_file_of_ones_own(candor, taught, tmp_path: Path):
    file = tmp_path / "site.delta"
    written = candor.ok("learning", "export", taught["site_id"], str(file))
    assert (written["bytes"], written["revision"]) == (file.stat().st_size, 2)
    assert unpack_layer(file.read_bytes()).lessons == 2
    assert file.stat().st_mode & 0o077 == 0
    assert "File exists" in candor("learning", "export", taught["site_id"], str(file)).complaint
