"""POST /api/v1/comments and /api/v1/checks: what is answered, what is stored, what is refused."""

import gzip
import json
import re
from typing import Any

import httpx
import pytest
from sqlmodel import select

from moderation.clock import parse_id
from moderation.storage.tables import CommentRow, DecisionRow
from moderation.web.api import examples
from tests.support.asgi import Service
from tests.support.factories import KIND_WORDS, SPAM_WORDS, native

COMMENTS = "/api/v1/comments"
CHECKS = "/api/v1/checks"
ANSWER = {"id", "version", "state", "verdict", "score", "band", "reasons", "model", "notice_version", "receipt"}


def rows(service: Service, table: type[Any] = CommentRow) -> list[Any]:
    with service.runtime.database.snapshot() as db:
        return list(db.exec(select(table)))


def send(service: Service, body: Any, **headers: str) -> httpx.Response:
    return service.post(COMMENTS, json=body, headers=service.bearer | headers)


def test_a_comment_is_answered_as_the_contract_says(service_on_both: Service):
    answer = send(service_on_both, native(SPAM_WORDS))
    told = answer.json()
    assert answer.status_code == 201
    assert told.keys() == ANSWER
    assert (told["version"], told["state"], told["verdict"]) == (1, "held", "hold")
    assert 0.7 <= told["score"] <= 1
    assert told["band"] in {"unsure", "likely_spam"}
    assert told["model"].keys() == {"name", "version", "site_revision"}
    assert told["reasons"][0].keys() == {"code", "text", "weight", "spans"}
    assert parse_id(told["id"]) is not None


def test_an_answer_looks_like_its_example(service: Service):
    told = send(service, examples.COMMENT).json()
    assert told.keys() == examples.SUBMITTED.keys()
    assert told["reasons"][0].keys() == examples.SUBMITTED["reasons"][0].keys()
    assert told["model"].keys() == examples.SUBMITTED["model"].keys()
    checked = service.post(CHECKS, json=examples.COMMENT, headers=service.bearer).json()
    assert checked.keys() == examples.JUDGED.keys()


def test_spans_point_into_the_text_as_received(service: Service):
    text = f"😀😀 {SPAM_WORDS}"
    reasons = send(service, native(text)).json()["reasons"]
    spans = [span for reason in reasons for span in reason["spans"] if span["field"] == "content"]
    assert spans
    assert all(text[span["start"] : span["end"]].strip() for span in spans)


def test_the_answer_says_where_the_comment_is_and_where_its_author_can_look(service: Service):
    answer = send(service, native())
    told = answer.json()
    assert answer.headers["location"] == f"{COMMENTS}/{told['id']}"
    assert answer.headers["etag"] == '"1"'
    assert answer.headers["link"] == '<http://127.0.0.1:8000/receipt>; rel="status"'
    assert answer.headers["cache-control"] == "no-store"
    assert service.get(answer.headers["location"], headers=service.bearer).json()["id"] == told["id"]


def test_the_receipt_opens_the_comment_and_its_secret_is_stored_nowhere(make_service: Any):
    service = make_service(
        public_url="https://comments.example.org/", controller_name="A", controller_contact="b", dpo="c"
    )
    url = send(service, native()).json()["receipt"]["url"]
    token = url.removeprefix("https://comments.example.org/receipt#")
    locator, secret = token.split(".")
    assert rows(service)[0].receipt_locator == locator
    assert secret not in str([row.model_dump() for row in rows(service)])


def test_what_no_model_judged_has_no_score(service: Service):
    told = send(service, native(author={"name": "Eve", "role": "administrator"})).json()
    assert (told["score"], told["band"], told["model"]) == (None, None, None)
    assert (told["verdict"], told["reasons"][0]["code"]) == ("publish", "role.administrator")


def test_a_filled_trap_holds_the_comment(service: Service):
    told = send(service, native(form={"honeypot": "caught", "elapsed_ms": 3})).json()
    assert (told["verdict"], told["reasons"][0]["code"]) == ("hold", "form.honeypot")


def test_only_what_the_notice_states_is_stored(service: Service):
    send(service, native(author={"name": "Ann", "email": "ann@example.org", "ip": "192.0.2.7", "user_agent": "Fox"}))
    stored = str(rows(service)[0].model_dump())
    assert "192.0.2.0/24" in stored
    for secret in ("ann@example.org", "192.0.2.7", "Fox"):
        assert secret not in stored


def test_the_same_id_of_the_blog_with_the_same_words_is_the_same_comment(service_on_both: Service):
    first = send(service_on_both, native(SPAM_WORDS, external_id="blog-42"))
    second = send(service_on_both, native(SPAM_WORDS, external_id="blog-42"))
    assert second.status_code == 201
    assert second.json() == first.json() | {"receipt": None}
    assert len(rows(service_on_both)) == len(rows(service_on_both, DecisionRow)) == 1


def test_the_same_id_of_the_blog_with_new_words_is_a_new_version_and_judged_again(service_on_both: Service):
    first = send(service_on_both, native(KIND_WORDS, external_id="blog-42")).json()
    edited = send(service_on_both, native(SPAM_WORDS, external_id="blog-42"))
    told = edited.json()
    assert (first["state"], told["state"], told["version"], told["receipt"]) == ("published", "held", 2, None)
    assert (told["id"], edited.headers["etag"]) == (first["id"], '"2"')
    assert [row.content for row in rows(service_on_both)] == [SPAM_WORDS]


def test_without_an_id_of_the_blog_the_same_words_are_two_comments(service: Service):
    ids = {send(service, native()).json()["id"] for _ in range(2)}
    assert len(ids) == 2


def test_two_sites_may_use_the_same_id(service: Service):
    other = service.add_site("https://other.example")
    mine = send(service, native(external_id="1")).json()
    theirs = send(service, native(external_id="1"), Authorization=f"Bearer {other.api_token}").json()
    assert mine["id"] != theirs["id"]


def test_many_at_once_with_one_id_of_the_blog_are_one_comment(service_on_both: Service):
    one = {"method": "POST", "url": COMMENTS, "json": native(external_id="7"), "headers": service_on_both.bearer}
    answers = service_on_both.together([one] * 20)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert sum(answer.json()["receipt"] is not None for answer in answers) == 1


def test_many_at_once_are_all_stored(service_on_both: Service):
    requests = [
        {"method": "POST", "url": COMMENTS, "json": native(f"Hello {number}"), "headers": service_on_both.bearer}
        for number in range(40)
    ]
    answers = service_on_both.together(requests)
    stored = {str(row.id): row.content for row in rows(service_on_both)}
    assert stored == {answer.json()["id"]: f"Hello {number}" for number, answer in enumerate(answers)}


def test_a_reply_names_its_parent(service: Service):
    parent = send(service, native()).json()["id"]
    reply = send(service, native("Yes!", parent_id=parent)).json()["id"]
    read = service.get(f"{COMMENTS}/{reply}", headers=service.bearer).json()
    assert read["parent_id"] == parent


def test_a_parent_that_this_site_does_not_have_is_named(service_on_both: Service):
    other = service_on_both.add_site("https://other.example")
    foreign = send(service_on_both, native(), Authorization=f"Bearer {other.api_token}").json()["id"]
    for parent in (foreign, "0193fd5e-0000-7000-8000-000000000000", "no id at all", "1"):
        answer = send(service_on_both, native(parent_id=parent))
        told = answer.json()
        assert (answer.status_code, told["code"]) == (422, "parent.not_found")
        assert [fault["field"] for fault in told["errors"]] == ["parent_id"]
    assert len(rows(service_on_both)) == 1


def test_half_characters_reach_the_database_whole(service_on_both: Service):
    raw = json.dumps(native("x")).replace('"x"', '"a\\ud83d b"').encode()
    answer = service_on_both.post(COMMENTS, content=raw, headers=service_on_both.bearer)
    assert answer.status_code == 201
    assert rows(service_on_both)[0].content == "a\ufffd b"


@pytest.mark.parametrize("path", [COMMENTS, CHECKS])
@pytest.mark.parametrize(
    ("raw", "status", "code"),
    [
        (b"", 400, "body.malformed"),
        (b"content=hello", 400, "body.malformed"),
        (b'{"content": "\xff"}', 400, "body.malformed"),
        (b'{"content": NaN}', 400, "body.malformed"),
        (b"[]", 422, "request.invalid"),
        (b'{"a": 1, "a": 2}', 422, "request.invalid"),
        (b"[" * 100_000, 422, "request.invalid"),
        (b'{"content": "a\\u0000", "permalink": "p"}', 422, "request.invalid"),
        (b'{"content": "canary-8f1d", "permalink": 5}', 422, "request.invalid"),
    ],
)
def test_a_bad_body_is_refused_as_a_problem_and_nothing_is_stored(
    service: Service, path: str, raw: bytes, status: int, code: str
):
    answer = service.post(path, content=raw, headers=service.bearer)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert "canary-8f1d" not in answer.text
    assert rows(service) == []


@pytest.mark.parametrize(
    "sent",
    [
        {"author": {"name": "a" * 251}},
        {"content": "a" * 100_001},
        {"external_id": "a" * 256},
        {"permalink": "a" * 3_001},
    ],
    ids=lambda sent: next(iter(sent)),
)
def test_what_is_too_long_is_counted_in_characters(service: Service, sent: dict[str, Any]):
    (fault,) = service.post(COMMENTS, json=native() | sent, headers=service.bearer).json()["errors"]
    assert re.fullmatch(r"must have at most [\d,]+ characters", fault["message"])


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"permalink": ""}, "must not be empty"),
        ({"author": []}, "must be an object"),
        ({"author": {"name": "a" * 900_000}}, "must have at most 250 characters"),
    ],
)
def test_what_is_wrong_is_said_in_words_of_the_api(service: Service, sent: dict[str, Any], said: str):
    (fault,) = service.post(COMMENTS, json=native() | sent, headers=service.bearer).json()["errors"]
    assert fault["message"] == said


@pytest.mark.parametrize("path", [COMMENTS, CHECKS])
def test_a_packed_body_is_refused_with_what_to_do(service: Service, path: str):
    packed = gzip.compress(json.dumps(native()).encode())
    answer = service.post(path, content=packed, headers=service.bearer | {"content-encoding": "gzip"})
    assert (answer.status_code, answer.json()["code"]) == (415, "body.encoded")
    assert "uncompressed" in answer.json()["detail"]
    plain = service.post(path, json=native(), headers=service.bearer | {"content-encoding": "identity"})
    assert plain.status_code < 300


@pytest.mark.parametrize("path", [COMMENTS, CHECKS])
def test_a_body_over_the_limit_is_refused_while_it_is_read(make_service: Any, path: str):
    service = make_service(max_body_bytes=2_048)

    async def endless():
        for _ in range(100):
            yield b" " * 1_024

    for content in (json.dumps(native("x" * 2_048)).encode(), endless()):
        answer = service.post(path, content=content, headers=service.bearer)
        assert (answer.status_code, answer.json()["code"]) == (413, "request.too_large")
    assert rows(service) == []


def test_json_is_read_whatever_the_content_type_says(service: Service):
    for content_type in ("application/x-www-form-urlencoded", "text/plain", "application/json; charset=latin-1"):
        headers = service.bearer | {"Content-Type": content_type}
        assert service.post(COMMENTS, content=json.dumps(native()).encode(), headers=headers).status_code == 201


def test_a_check_judges_alike_and_stores_nothing(service: Service):
    checked = service.post(CHECKS, json=native(SPAM_WORDS, external_id="1"), headers=service.bearer)
    told = checked.json()
    assert checked.status_code == 200
    assert told.keys() == ANSWER - {"id", "version", "state", "receipt"}
    assert rows(service) == []
    submitted = send(service, native(SPAM_WORDS)).json()
    assert told == {name: submitted[name] for name in told}


def test_a_site_s_threshold_decides(service: Service):
    from moderation import clock
    from moderation.duties import hosting

    with service.runtime.database.transaction() as db:
        hosting.set_site(db, site_id=service.site.id, changes={"hold_at": "0.000001"}, now=clock.now())
    assert send(service, native(KIND_WORDS)).json()["verdict"] == "hold"


def test_a_key_revoked_a_moment_ago_stores_nothing(service: Service):
    from moderation import clock
    from moderation.storage import sites
    from moderation.vocabulary import KeyKind

    assert send(service, native()).status_code == 201
    with service.runtime.database.transaction() as db:
        now = clock.now()
        sites.expire_keys(db, site_id=service.site.id, kind=KeyKind.API, at=now)
    answer = send(service, native())
    assert (answer.status_code, answer.json()["code"]) == (401, "key.invalid")
    assert len(rows(service)) == 1
