"""Every hostile text in every field that a client controls: stored as it came or refused by name, and never logged."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
import structlog

from moderation import telemetry
from moderation.judging.comment import LIMITS, is_storable
from tests.support.asgi import Service
from tests.support.dialect import FORM
from tests.support.factories import native
from tests.support.hostile import HUGE_NAME, PAYLOADS, SCRIPT_KINDS, akismet_forms, fits, native_bodies, url_of

COMMENTS = "/api/v1/comments"
CHECK = "/1.1/comment-check"
TOGETHER = 50
TELLING = 8  # code points: anything shorter is also a word of the log's own


@pytest.fixture
def log(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> pytest.CaptureFixture[str]:
    """What is logged from here on, at the most talkative level."""
    monkeypatch.setattr(telemetry, "_logger", structlog.get_logger())
    return capsys


def asked(service: Service, requests: Sequence[dict[str, Any]]) -> Iterator[httpx.Response]:
    """Makes requests, some of them at the same time, and yields the answers in order."""
    for start in range(0, len(requests), TOGETHER):
        yield from service.together(requests[start : start + TOGETHER])


def post_native(service: Service, bodies: Sequence[Any]) -> list[httpx.Response]:
    headers = service.bearer | {"Content-Type": "application/json"}
    sent = [{"method": "POST", "url": COMMENTS, "content": json.dumps(body), "headers": headers} for body in bodies]
    return list(asked(service, sent))


def post_akismet(service: Service, forms: Sequence[Mapping[str, str]]) -> list[httpx.Response]:
    bodies = [urlencode(form, errors="surrogatepass") for form in forms]
    headers = {"Content-Type": FORM}
    return list(asked(service, [{"method": "POST", "url": CHECK, "content": b, "headers": headers} for b in bodies]))


def read(service: Service, ids: Sequence[str]) -> list[Any]:
    asking = [{"method": "GET", "url": f"{COMMENTS}/{one}", "headers": service.bearer} for one in ids]
    return [answer.raise_for_status().json() for answer in asked(service, asking)]


def assert_came_back(sent: Sequence[tuple[str, str]], stored: Sequence[Any]) -> None:
    """Compares content and name, but for NUL and half characters, which no database holds."""
    wrong = [
        (content[:80], comment["content"][:80])
        for (content, name), comment in zip(sent, stored, strict=True)
        if is_storable(content + name) and (content, name) != (comment["content"], comment["author"]["name"])
    ]
    assert wrong == []


def assert_not_logged(log: pytest.CaptureFixture[str]) -> None:
    printed = log.readouterr()
    said = printed.out + printed.err
    assert "pwned" not in said
    assert [payload.name for payload in PAYLOADS if len(payload.text) >= TELLING and payload.text in said] == []


def test_native_bodies_are_stored_as_they_came_or_refused_by_name(make_service: Any, log: Any):
    service = make_service(log_level="debug")
    bodies = list(native_bodies())
    answers = post_native(service, bodies)
    refused = [answer.json() for answer in answers if answer.status_code != 201]
    accepted = [(body, answer.json()) for body, answer in zip(bodies, answers, strict=True) if answer.is_success]
    assert {answer.status_code for answer in answers} == {201, 422}
    assert all(problem["code"] == "request.invalid" and problem["errors"] for problem in refused)
    assert "pwned" not in str(refused)
    assert len(accepted) >= 0.95 * len(bodies)
    sent = [(body["content"], body["author"]["name"]) for body, _ in accepted]
    assert_came_back(sent, read(service, [told["id"] for _, told in accepted]))
    assert_not_logged(log)


def test_akismet_forms_are_judged_and_stored_as_they_came(make_service: Any, log: Any):
    service = make_service(log_level="debug")
    forms = list(akismet_forms(service.akismet_key))
    answers = post_akismet(service, forms)
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.text for answer in answers} <= {"true", "false"}
    assert all("pwned" not in f"{answer.headers}" for answer in answers)
    sent = [(form["comment_content"], form["comment_author"]) for form in forms]
    assert_came_back(sent, read(service, [answer.headers["x-akismet-guid"] for answer in answers]))
    assert_not_logged(log)


def test_a_name_of_a_megabyte_is_refused_by_its_field(service: Service):
    answer = post_native(service, [native(author={"name": HUGE_NAME.text})])[0]
    told = answer.json()
    assert (answer.status_code, told["code"]) == (422, "request.invalid")
    assert [fault["field"] for fault in told["errors"]] == ["author.name"]
    assert len(answer.content) < 1_000


def test_names_and_texts_of_the_corpus_are_distinct_even_as_the_blog_s_own_ids():
    assert len(PAYLOADS) >= 170
    assert len({payload.name for payload in PAYLOADS}) == len({payload.text for payload in PAYLOADS}) == len(PAYLOADS)
    assert len({fits(payload, LIMITS["external_id"]) for payload in PAYLOADS}) == len(PAYLOADS)


@pytest.mark.parametrize("limit", sorted(set(LIMITS.values())))
def test_a_payload_cut_to_a_field_fits_and_still_tries_to_run(limit: int):
    for payload in PAYLOADS:
        text = fits(payload, limit)
        assert 0 < len(text) <= limit
        if payload.kind in SCRIPT_KINDS:
            assert "pwned" in text or "base64" in payload.name


def test_an_address_carries_its_payload_and_fits():
    for payload in PAYLOADS:
        assert len(url_of(payload)) <= LIMITS["url"]
        assert "pwned" in url_of(payload) or payload.kind in {"url", "host"}
