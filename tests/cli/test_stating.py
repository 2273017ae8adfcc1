"""`candor statements`: a valid statement for each restriction, none for what needs none, and nobody's data in any."""

import json
import re
from typing import Any

import pytest

from moderation.judging import dsa
from moderation.settings import Settings
from tests.conftest import SECRET
from tests.support import factories
from tests.support.asgi import Service

CANARY = "canary-7391"


@pytest.fixture
def here(candor, service_on_both: Service):
    """The command beside a running service, on each database in turn."""
    use: Settings = service_on_both.runtime.settings
    return candor.with_(
        CANDOR_DATABASE_URL=use.database_url, CANDOR_SECRET_KEY=SECRET, CANDOR_PUBLIC_URL="http://localhost:8000"
    )


def submitted(service: Service, words: str, **author: str) -> str:
    body = factories.native(words)
    body["author"] = {**body["author"], **author}
    return service.post("/api/v1/comments", json=body, headers=service.bearer).json()["id"]


def decided(service: Service, id_: str, verdict: str = "remove", **more: Any) -> None:
    choice = {"verdict": verdict, "reason": f"He is {CANARY}, we know him.", **more}
    answer = service.post(f"/api/v1/comments/{id_}/decisions", json=choice, headers=service.bearer)
    assert answer.status_code in {200, 201}, answer.text


def told(done) -> list[dict[str, Any]]:
    assert done.code == 0, done.err
    return [json.loads(line) for line in done.out.splitlines()]


def test_each_restriction_has_a_valid_statement(here, service_on_both: Service):
    service = service_on_both
    refused = submitted(service, "One that the website takes down after somebody has read it again.")
    decided(service, refused)
    submitted(service, "One that stays where it is, because nobody has anything against it.")
    done = here("statements", "--site", "blog.example")
    (one,) = told(done)
    assert dsa.faults(one) == ()
    assert one["decision_ground_reference_url"].startswith("http://localhost:8000/sites/")
    assert refused.replace("-", "") not in json.dumps(one).replace("-", "")
    assert re.fullmatch(r"[0-9a-f]{64}", one["puid"])
    assert told(here("statements", "--site", "blog.example")) == [one]
    assert "Nothing was sent" in done.err


def test_nothing_that_anybody_wrote_is_in_a_statement(here, service_on_both: Service):
    service = service_on_both
    with_rule = ("rule", "add", str(service.site.id), "--kind", "word", "--pattern", CANARY, "--verdict", "remove")
    assert here(*with_rule).code == 0
    writer = {"name": f"{CANARY} Smith", "email": f"{CANARY}@mail.example", "url": f"https://{CANARY}.example"}
    for words in (f"My name is {CANARY} and this is what I think of it.", factories.SPAM_WORDS):
        id_ = submitted(service, words, **writer)
        decided(service, id_, "publish", label="ham")
        report = {"category": "insult", "text": CANARY}
        service.post(f"/api/v1/comments/{id_}/reports", json=report, headers=service.bearer)
        decided(service, id_)
    found = told(here("statements", "--site", "blog.example", "--with-spam"))
    assert len(found) >= 2
    assert CANARY not in json.dumps(found)
    assert [dsa.faults(one) for one in found] == [()] * len(found)


def test_what_is_held_and_what_is_spam_is_left_out_and_counted(here, service_on_both: Service):
    service = service_on_both
    submitted(service, factories.SPAM_WORDS)
    form = dict(factories.akismet(service.akismet_key))
    for door in ("comment-check", "submit-spam"):
        service.post(f"/1.1/{door}", data=form)
    shown = json.loads(here("statements", "--site", "blog.example", "--json").out)
    assert (shown["count"], shown["statements"], shown["left_out"]) == (0, [], {"spam": 1, "held": 1})
    every = json.loads(here("statements", "--site", "blog.example", "--with-spam", "--json").out)
    assert (every["count"], every["left_out"]) == (1, {"spam": 0, "held": 1})
    assert every["statements"][0]["category_specification_other"] == "Spam"


def test_a_day_bounds_the_decisions_from_below(here, service_on_both: Service):
    decided(service_on_both, submitted(service_on_both, "One that is taken down some time later, for its tone."))
    assert len(told(here("statements", "--site", "blog.example", "--since", "2020-01-01"))) == 1
    assert told(here("statements", "--site", "blog.example", "--since", "2099-01-01")) == []
    assert "--since" in here("statements", "--site", "blog.example", "--since", "yesterday").complaint


@pytest.mark.parametrize("name", ["file.json", "file.jsonl"])
def test_a_file_is_written_once_and_for_its_owner(here, service_on_both: Service, name: str):
    decided(service_on_both, submitted(service_on_both, "One that is taken down some time later, for its tone."))
    file = here.folder / name
    done = here("statements", "--site", "blog.example", "--out", str(file), "--json")
    assert (json.loads(done.out)["count"], file.stat().st_mode & 0o777) == (1, 0o600)
    written = file.read_text()
    kept = json.loads(written)["statements"] if name.endswith(".json") else [json.loads(written)]
    assert [dsa.faults(one) for one in kept] == [()]
    assert "exists" in here("statements", "--site", "blog.example", "--out", str(file)).complaint


def test_another_sites_statements_are_not_told(here, service_on_both: Service):
    decided(service_on_both, submitted(service_on_both, "One that is taken down some time later, for its tone."))
    service_on_both.add_site("https://second.example")
    assert told(here("statements", "--site", "second.example")) == []


def test_an_erased_comment_and_a_test_have_no_statement(here, service_on_both: Service):
    service = service_on_both
    decided(service, submitted(service, "One that is taken down and whose writer has it erased afterwards."))
    from sqlalchemy import text

    with service.runtime.database.transaction() as db:
        db.connection().execute(text("UPDATE comments SET state = 'erased'"))
    assert told(here("statements", "--site", "blog.example")) == []
