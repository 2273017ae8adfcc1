"""Planted values are searched for afterwards: in the log, in refusals, in figures; and the reference loads nothing."""

import re
from typing import Any

import pytest
import structlog
from jsonschema_rs import Draft202012Validator

from moderation import telemetry
from tests.support.asgi import Service
from tests.support.factories import native

COMMENTS = "/api/v1/comments"
CANARIES = {
    "content": "canary-content-1a",
    "name": "canary-name-2b",
    "email": "canary-mail-3c@example.org",
    "url": "https://canary-url-4d.example",
    "permalink": "https://blog.example/canary-page-5e",
    "external_id": "canary-id-6f",
    "key": "canary-key-7a",
    "reason": "canary-reason-8b",
    "ip": "198.51.100.77",
}


@pytest.fixture
def log(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> pytest.CaptureFixture[str]:
    """What is logged from here on, at the most talkative level."""
    monkeypatch.setattr(telemetry, "_logger", structlog.get_logger())
    return capsys


def planted() -> dict[str, Any]:
    author = {name: CANARIES[name] for name in ("name", "email", "url", "ip")}
    return native(CANARIES["content"], author=author, external_id=CANARIES["external_id"]) | {
        "permalink": CANARIES["permalink"]
    }


def everything_asked(service: Service) -> list[str]:
    """Walks through every call, well and badly, and returns the refusals."""
    headers = service.bearer | {"Idempotency-Key": CANARIES["key"]}
    comment = service.post(COMMENTS, json=planted(), headers=headers).json()["id"]
    answers = [
        service.post(COMMENTS, json=planted() | {"content": CANARIES["content"] + "!"}, headers=headers),
        service.post(COMMENTS, json=planted() | {"content": [CANARIES["content"]]}, headers=service.bearer),
        service.post(COMMENTS, content=str(planted()).encode(), headers=service.bearer),
        service.post(COMMENTS, json=planted() | {"parent_id": CANARIES["content"]}, headers=service.bearer),
        service.post(COMMENTS, json=planted(), headers={"Authorization": f"Bearer {CANARIES['key']}"}),
        service.post("/api/v1/checks", json=planted() | {"author": CANARIES["name"]}, headers=service.bearer),
        service.post(f"{COMMENTS}/{comment}/decisions", json={"verdict": CANARIES["reason"]}, headers=service.bearer),
        service.post(
            f"{COMMENTS}/{comment}/decisions",
            json={"verdict": "hold", "reason": CANARIES["reason"]},
            headers=service.bearer | {"If-Match": '"9"'},
        ),
        service.get(COMMENTS, params={"after": CANARIES["content"]}, headers=service.bearer),
        service.get(f"{COMMENTS}/{CANARIES['content']}", headers=service.bearer),
        service.get(f"/{CANARIES['content']}"),
    ]
    assert all(400 <= answer.status_code < 500 for answer in answers)
    return [f"{answer.headers}{answer.text}" for answer in answers]


def test_nothing_that_was_sent_is_in_the_log_or_in_a_refusal(make_service: Any, log: pytest.CaptureFixture[str]):
    service = make_service(log_level="debug", metrics_token="m" * 20)
    refusals = "".join(everything_asked(service))
    figures = service.get("/metrics", headers={"Authorization": f"Bearer {'m' * 20}"}).text
    printed = log.readouterr()
    for secret in (*CANARIES.values(), service.api_token):
        assert secret not in printed.out + printed.err
        assert secret not in refusals
        assert secret not in figures


def test_an_address_as_it_was_sent_is_kept_nowhere_in_the_file(make_service: Any, tmp_path: Any):
    service = make_service()
    service.post(COMMENTS, json=planted(), headers=service.bearer | {"Idempotency-Key": CANARIES["key"]})
    service.runtime.writer.close()
    files = b"".join(path.read_bytes() for path in tmp_path.glob("candor.db*"))
    assert CANARIES["content"].encode() in files
    for secret in (CANARIES["email"], CANARIES["ip"], CANARIES["key"], service.api_token):
        assert secret.encode() not in files


class TestReference:
    """The page of the API says what the document says, and loads nothing from elsewhere."""

    def test_it_shows_every_call_every_form_and_every_code(self, service: Service):
        from moderation.web.problems import KINDS

        told, page = service.get("/api/v1/openapi.json").json(), service.get("/api/docs")
        assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
        ids = set(re.findall(r'id="([^"]+)"', page.text))
        called = {operation["operationId"] for path in told["paths"].values() for operation in path.values()}
        assert called | set(KINDS) | set(told["components"]["schemas"]) <= ids

    def test_it_has_no_script_no_inline_style_and_no_foreign_address(self, service: Service):
        page = service.get("/api/docs").text
        assert not re.search(r"<script|<style|\sstyle=|\son\w+=|javascript:", page, re.IGNORECASE)
        assert all(address.startswith(("/", "#")) for address in re.findall(r'(?:src|href)="([^"]*)"', page))

    def test_its_examples_have_the_form_that_they_are_examples_of(self, service: Service):
        told = service.get("/api/v1/openapi.json").json()
        contents = [
            content
            for path in told["paths"].values()
            for operation in path.values()
            for part in (operation.get("requestBody", {}), *operation["responses"].values())
            for content in part.get("content", {}).values()
            if "example" in content
        ]
        assert len(contents) >= 6
        for content in contents:
            schema = {**content["schema"], "components": told["components"]}
            Draft202012Validator(schema).validate(content["example"])

    def test_every_refusal_is_declared_as_a_problem(self, service: Service):
        told = service.get("/api/v1/openapi.json").json()
        for path in told["paths"].values():
            for operation in path.values():
                assert {"token": []} in operation["security"]
                refusals = {status: said for status, said in operation["responses"].items() if status >= "400"}
                assert refusals.keys() >= {"401", "403", "422", "429", "500", "503"}
                for said in refusals.values():
                    assert list(said["content"]) == ["application/problem+json"]
