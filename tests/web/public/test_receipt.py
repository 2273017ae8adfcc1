"""A commenter's own comment behind its token: everything about it, nothing without it."""

import json
import re
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import text

from moderation import clock
from moderation.duties import hosting
from moderation.storage import comments, receipts, sites
from moderation.storage.fields import FIELDS, Reader
from tests.support import factories
from tests.support.asgi import Service
from tests.support.receipts import Opened, opened, send, token_of
from tests.support.source import PROJECT

PRIVATE = {"cache-control": "no-store", "referrer-policy": "no-referrer", "x-robots-tag": "noindex"}
SCRIPT = "<script>alert(1)</script>"
UNKNOWN = "TZ9HGA1Z60BM.2TT5XS1WD0J0XQHP26AP6E96RH"


@pytest.fixture
def service(make_service: Callable[..., Service]) -> Service:
    """A service that tells at once what the program decided."""
    return make_service(receipt_delay_minutes=0)


@pytest.fixture
def service_on_both(make_service: Callable[..., Service], database_url: str) -> Service:
    """The same on each database in turn."""
    return make_service(receipt_delay_minutes=0, database_url=database_url)


def test_the_page_explains_itself_and_takes_a_token_without_a_script(service: Service):
    answer = service.get("/receipt")
    page = Opened(answer.text)
    forms = [given for tag, given in page.tags if tag == "form"]
    assert forms == [{"method": "post", "action": "/receipt", "class": "paste"}]
    assert [given["name"] for tag, given in page.tags if tag == "input"] == ["token"]
    assert {name: answer.headers[name] for name in PRIVATE} == PRIVATE


def test_a_receipt_tells_state_next_step_reasons_model_and_notice(service_on_both: Service):
    service = service_on_both
    sent = send(service, factories.SPAM_WORDS)
    page = opened(service, sent["receipt"]["url"])
    assert "This comment is held" in page.text
    assert "A person at the website decides next." in page.text
    assert "A program held it. It looked likely spam." in page.text
    assert sent["reasons"][0]["text"] in page.text
    assert f"{sent['model']['name']} {sent['model']['version']}" in page.text
    assert f"{sent['notice_version'][:12]}, the one in force now" in page.text
    assert "A program decided alone yes" in page.text


def test_the_timeline_says_who_decided_but_names_nobody(service_on_both: Service):
    service = service_on_both
    sent = send(service, factories.SPAM_WORDS)
    choice = {"verdict": "publish", "label": "ham", "reason": "A regular, we know her."}
    service.post(f"/api/v1/comments/{sent['id']}/decisions", json=choice, headers=service.bearer)
    page = opened(service, token_of(sent))
    told = re.findall(r"(A program|The website|A person|The writer) (\w+) it\.", page.text)
    assert told == [("A program", "held"), ("The website", "published")]
    assert "This comment is published" in page.text
    assert "A regular, we know her." in page.text
    assert "A program decided alone no" in page.text
    assert "what a person said it is" in page.text


def test_a_comment_from_the_akismet_door_has_a_receipt_too(service: Service):
    form = dict(factories.akismet(service.akismet_key, candor_receipt="1"))
    url = service.post("/1.1/comment-check", data=form).headers["x-candor-receipt"]
    assert factories.KIND_WORDS in opened(service, url).text


def test_a_notice_that_has_changed_since_is_said_to_have(service: Service):

    token = token_of(send(service))
    with service.runtime.database.transaction() as db:
        hosting.set_site(db, site_id=service.site.id, changes={"hold_at": "0.4"}, now=clock.now())
    page = opened(service, token)
    assert "which has changed since" in page.text
    (then,) = [link for link in page.links if "/comment-data/history/" in link]
    assert then.endswith("/history/1")
    assert service.get(then).status_code == 200


def test_a_notice_that_was_not_recorded_is_said_to_be_so_and_leads_to_no_other(service: Service):
    """As it is for what came before versions of the notice were kept."""
    token = token_of(send(service))
    with service.runtime.database.transaction() as db:
        db.connection().execute(text("UPDATE comments SET notice_version = 'e09c9b92aaaa'"))
    page = opened(service, token)
    assert "e09c9b92aaaa. What it said was not recorded here." in page.text
    assert [link for link in page.links if "/comment-data/history" in link] == []


def test_every_stored_field_is_shown_in_the_form_stored(service_on_both: Service):
    service = service_on_both
    sent = send(service)
    choice = {"verdict": "hold", "label": "spam"}
    service.post(f"/api/v1/comments/{sent['id']}/decisions", json=choice, headers=service.bearer)
    page = opened(service, token_of(sent))
    tables = {name.partition(".")[0] for name in page.columns}
    assert tables >= {"comments", "decisions", "labels", "events", "search"}
    assert set(page.columns) == {name for name, field in FIELDS.items() if field.table in tables}
    for name, value in _stored(service, sent["id"]).items():
        if Reader.WRITER in FIELDS[name].readers and value and not isinstance(value, datetime | list):
            assert str(value) in page.text, name
    assert "192.0.2.0/24" in page.text
    assert not {"192.0.2.7", "ann@example.org"} & set(re.split(r"[\s\"',]", page.text))


def test_the_score_and_the_weights_are_not_shown(service: Service):
    sent = send(service, factories.SPAM_WORDS)
    page = opened(service, token_of(sent))
    assert "the score" in page.text
    assert "stored, and not shown here" in page.text
    assert '"weight": "not shown here"' in page.text
    numbers = [str(sent["score"])[:5], *(str(reason["weight"]) for reason in sent["reasons"])]
    assert [number for number in numbers if number in page.text] == []


@pytest.mark.parametrize("write", [str.lower, lambda token: " ".join(re.findall("..?.?.?.?", token))])
def test_a_token_is_taken_as_people_write_it(service: Service, write: Callable[[str], str]):
    assert factories.KIND_WORDS in opened(service, write(token_of(send(service)))).text


def test_wrong_unknown_and_broken_tokens_get_one_answer(service: Service):
    token = token_of(send(service))
    locator, _, secret = token.partition(".")
    last = "0" if secret[-1] != "0" else "1"
    tokens = [f"{locator}.{secret[:-1]}{last}", UNKNOWN, f"{locator}.{UNKNOWN[13:]}", locator, "", "\x00", "x" * 500]
    answers = [service.post("/receipt", data={"token": wrong}) for wrong in tokens]
    assert len({(answer.status_code, answer.content, str(answer.headers)) for answer in answers}) == 1
    assert answers[0].status_code == 404
    assert "Copy it whole and try again." in answers[0].text


def test_a_wrong_token_costs_the_same_work_as_an_unknown_one(service: Service, monkeypatch: pytest.MonkeyPatch):

    compared: list[tuple[int, int]] = []

    def equal(left: str, right: str) -> bool:
        compared.append((len(left), len(right)))
        return left == right

    monkeypatch.setattr(receipts, "equal", equal)
    token = token_of(send(service))
    for pasted in (token, token[:-26] + UNKNOWN[13:], UNKNOWN, "nonsense"):
        service.post("/receipt", data={"token": pasted})
    assert compared == [(64, 64)] * 4


def test_looking_changes_nothing(service_on_both: Service):
    service = service_on_both
    token = token_of(send(service))
    before = _everything(service)
    service.get("/receipt")
    service.get(f"/receipt?token={token}")
    opened(service, token)
    service.post("/receipt", data={"token": UNKNOWN})
    assert _everything(service) == before


def test_a_token_in_the_address_opens_nothing(service: Service):
    token = token_of(send(service))
    answer = service.get(f"/receipt?token={token}")
    assert token.partition(".")[2] not in answer.text
    assert factories.KIND_WORDS not in answer.text


def test_the_secret_is_stored_as_a_hash(service: Service):
    token = token_of(send(service))
    assert token.partition(".")[2] not in json.dumps(_everything(service), default=str)


def test_nobody_keeps_what_a_receipt_shows(service: Service):
    answers = [service.post("/receipt", data={"token": token}) for token in (token_of(send(service)), UNKNOWN)]
    answers.append(service.post("/receipt", data={"token": "x" * 9_000}))
    for answer in answers:
        assert {name: answer.headers[name] for name in PRIVATE} == PRIVATE
        assert "set-cookie" not in answer.headers


def test_guessing_is_slowed_down(make_service: Callable[..., Service]):
    service = make_service(rate_limit_receipts=2)
    token = token_of(send(service))
    statuses = [service.post("/receipt", data={"token": pasted}).status_code for pasted in (UNKNOWN, token, token)]
    assert statuses == [404, 200, 429]
    assert "Wait a minute" in service.post("/receipt", data={"token": token}).text


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"", "application/x-www-form-urlencoded", 404),
        (b"token=\xff\xfe", "application/x-www-form-urlencoded", 404),
        (b"token", "text/plain", 404),
        (b'{"token": "x"}', "application/json", 404),
        (b"--x\r\n", "multipart/form-data; boundary=x", 404),
        (b"&".join(b"a=1" for _ in range(2_000)), "application/x-www-form-urlencoded", 404),
        (b"token=" + b"A" * 8_192, "application/x-www-form-urlencoded", 413),
        (b"token=" + b"A" * 2_000_000, "application/x-www-form-urlencoded", 413),
    ],
)
def test_a_broken_form_gets_a_page(service: Service, body: bytes, kind: str, status: int):
    answer = service.post("/receipt", content=body, headers={"content-type": kind})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert '<p class="alert" role="alert">' in answer.text


def test_another_method_gets_a_page(service: Service):
    answer = service.request("DELETE", "/receipt")
    assert (answer.status_code, answer.headers["content-type"]) == (405, "text/html; charset=utf-8")


HOSTILE = {
    "content": f"{SCRIPT}<img src=x onerror=alert(1)></textarea><!--",
    "name": f"\"'><svg onload=alert(1)>{SCRIPT}",
    "url": "javascript:alert(document.domain)//http://x.example",
    "permalink": f"javascript:alert(1)//{SCRIPT}",
}


def test_a_hostile_comment_is_inert_on_its_receipt(service: Service):
    plain = opened(service, token_of(send(service)))
    author = {"name": HOSTILE["name"], "url": HOSTILE["url"], "email": f"{SCRIPT}@x", "ip": "192.0.2.7"}
    sent = send(service, HOSTILE["content"], author=author, permalink=HOSTILE["permalink"], type=SCRIPT, language="en")
    page = opened(service, token_of(sent))
    assert {tag for tag, _ in page.tags} <= {tag for tag, _ in plain.tags}
    assert [given for _, given in page.tags if any(name.startswith("on") for name in given)] == []
    assert [link for link in page.links if not link.startswith(("/", "#"))] == []
    for words in (HOSTILE["content"], HOSTILE["name"], HOSTILE["url"]):
        assert words in page.text


@pytest.mark.parametrize(
    ("permalink", "is_link"),
    [
        ("https://blog.example/post", True),
        ("http://blog.example/?a=1&b=2", True),
        ("HTTPS://blog.example/", True),
        ("javascript:alert(1)", False),
        (" javascript:alert(1)", False),
        ("java\nscript:alert(1)", False),
        ("data:text/html,x", False),
        ("//evil.example/", False),
        ("https://", False),
        ("http://[::1", False),
        ("not an address", False),
    ],
)
def test_a_page_is_linked_only_where_it_is_on_the_web(service: Service, permalink: str, *, is_link: bool):
    page = opened(service, token_of(send(service, permalink=permalink)))
    assert (permalink in page.links) is is_link


def test_a_receipt_outlives_its_site(service: Service):
    token = token_of(send(service))
    with service.runtime.database.transaction() as db:
        sites.remove(db, service.site.id, now=clock.now())
    page = opened(service, token)
    assert "closed here" in page.text
    assert factories.KIND_WORDS in page.text


def test_where_the_site_is_closed_nobody_is_said_to_decide_and_no_other_look_is_offered(service: Service):
    token = token_of(send(service, factories.SPAM_WORDS))
    assert "Why is the decision wrong?" in opened(service, token).text
    with service.runtime.database.transaction() as db:
        sites.remove(db, service.site.id, now=clock.now())
    page = opened(service, token).text
    assert "Nobody decides about its comments any more." in page
    assert "A person at the website decides next" not in page
    assert "Why is the decision wrong?" not in page
    asked = service.post("/receipt/appeal", data={"token": token, "text": "It is not spam."})
    assert (asked.status_code, "The website is closed here." in asked.text) == (409, True)
    assert service.post("/receipt/export", data={"token": token}).status_code == 200


def test_the_script_reads_the_fragment_and_sends_nothing():
    script = (PROJECT / "moderation/web/static/receipt.js").read_text(encoding="utf-8")
    assert "location.hash" in script
    assert [
        word for word in ("fetch", "XMLHttpRequest", "sendBeacon", "Storage", "cookie", "submit(") if word in script
    ] == []


def _stored(service: Service, comment_id: str) -> dict[str, Any]:
    with service.runtime.database.snapshot() as db:
        row = comments.get(db, site_id=service.site.id, comment_id=uuid.UUID(comment_id))
    return {f"comments.{name}": value for name, value in row.model_dump().items()}


def _everything(service: Service) -> dict[str, list[Any]]:
    tables = {field.table for field in FIELDS.values()}
    with service.runtime.database.snapshot() as db:
        return {
            table: sorted(map(repr, db.connection().execute(text(f'SELECT * FROM "{table}"')).all()))
            for table in tables
        }
