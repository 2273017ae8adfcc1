"""Every refusal has one form, one status for its code, and tells nothing that it should not."""

import ast
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import anyio
import httpx
import pytest
import structlog
from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.responses import Response, StreamingResponse

from moderation import errors, telemetry
from moderation.errors import FieldFault, Invalid, ModerationError, TooMany, Unavailable
from moderation.web import problems
from tests.support.asgi import Service
from tests.support.source import PROJECT, product_files, tree_of

CANARY = "canary-8f1d"


def codes_in(tree: ast.AST) -> Iterator[str]:
    """Every code that a source gives to an error: in a class of errors, or where one is raised or answered."""
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "code" and isinstance(node.value, ast.Constant):
            yield node.value.value
        if isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == ["code"]:
            yield ast.literal_eval(node.value) if isinstance(node.value, ast.Constant) else ""


def raised_codes() -> set[str]:
    paths = [path for path in product_files("moderation") if "akismet" not in path.parts]
    found = {code for path in paths for code in codes_in(tree_of(path))}
    return {code for code in found if isinstance(code, str) and re.fullmatch(r"[a-z_]+(\.[a-z_]+)?", code)}


def test_every_code_that_can_be_raised_has_a_status():
    kinds = {
        kind.code for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, ModerationError)
    }
    assert len(raised_codes()) > 10
    assert (raised_codes() | kinds) - set(problems.KINDS) == set()


def test_no_title_quotes_or_explains_too_long():
    for code, kind in problems.KINDS.items():
        assert 8 < len(kind.title) < 60, code
        assert kind.status >= 400, code


def test_a_problem_has_every_member_of_the_contract():
    fault = FieldFault("author.url", "is too long")
    answer = problems.of_error(Invalid("Change it.", faults=(fault,)))
    assert httpx.Response(answer.status_code, content=answer.body).json() == {
        "type": "/api/docs#request.invalid",
        "title": "The request breaks a rule",
        "status": 422,
        "code": "request.invalid",
        "detail": "Change it.",
        "errors": [{"field": "author.url", "message": "is too long"}],
    }
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_code_that_the_table_does_not_know_falls_back_to_its_kind():
    answer = problems.of_error(Invalid("x", code="brand.new"))
    assert (answer.status_code, b'"request.invalid"' in answer.body) == (422, True)


@pytest.mark.parametrize("error", [TooMany("x"), Unavailable("x")], ids=lambda error: error.code)
def test_whoever_should_come_back_is_told_when(error: ModerationError):
    assert int(problems.of_error(error).headers["retry-after"]) > 0


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "route.not_found"),
        ("GET", "/api/v1/nothing", 404, "route.not_found"),
        ("GET", "/api/v1/comments/", 404, "route.not_found"),
        ("GET", "/api/v1/comments/a/b/c", 404, "route.not_found"),
        ("POST", "/api/v2/comments", 404, "route.not_found"),
        ("GET", f"/{CANARY}%0d%0ax", 404, "route.not_found"),
        ("DELETE", "/api/v1/comments", 405, "method.not_allowed"),
        ("PATCH", "/api/v1/comments/1", 405, "method.not_allowed"),
        ("BREW", "/healthz", 405, "method.not_allowed"),
        ("GET", "/api/v1/checks", 405, "method.not_allowed"),
    ],
)
def test_what_no_route_takes_is_a_problem_too(service: Service, method: str, path: str, status: int, code: str):
    answer = service.request(method, path)
    assert (answer.status_code, answer.json()["code"], answer.json()["status"]) == (status, code, status)
    assert answer.headers["content-type"] == "application/problem+json"
    assert CANARY not in answer.text


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/api/v1/comments", "GET, HEAD, POST"),
        ("/api/v1/comments/1", "GET, HEAD"),
        ("/api/v1/comments/1/decisions", "POST"),
        ("/api/v1/threads", "GET, HEAD, OPTIONS"),
    ],
)
def test_allow_names_every_method_of_the_address(service: Service, path: str, allowed: str):
    assert service.request("DELETE", path).headers["allow"] == allowed


@pytest.mark.parametrize(
    "path",
    ["/api/v1/comments", "/api/v1/threads?permalink=x", "/api/docs", "/metrics", "/", "/console/sign-in", "/nothing"],
)
def test_head_is_get_without_the_body(service: Service, path: str):
    got, head = (service.request(method, path, headers=service.bearer) for method in ("GET", "HEAD"))
    assert (head.status_code, head.content) == (got.status_code, b"")
    assert head.headers["content-type"] == got.headers["content-type"]


def test_head_stands_in_no_description(service: Service):
    described = service.get("/api/v1/openapi.json").json()["paths"].values()
    assert not any("head" in methods for methods in described)


def test_connect_is_refused(service: Service):
    answer = service.request("CONNECT", "/")
    assert (answer.status_code, answer.json()["code"]) == (405, "method.not_allowed")
    assert answer.headers["content-security-policy"]


def application(endpoint: Callable[..., Any]) -> FastAPI:
    app = FastAPI(openapi_url=None)
    problems.install(app)
    app.add_api_route("/", endpoint, response_model=None)
    return app


async def get(app: FastAPI, **params: str) -> httpx.Response:
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://candor.test") as client:
        return await client.get("/", params=params)


async def messages(app: FastAPI) -> list[Any]:
    """Returns what an application sends to a server, also where that is no whole answer."""
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        await anyio.sleep_forever()
        return {}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": [], "root_path": ""}
    await app({**scope, "http_version": "1.1", "scheme": "http", "server": None, "client": None}, receive, send)
    return sent


@pytest.fixture
def log(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> pytest.CaptureFixture[str]:
    """What is logged from here on, whoever set up logging before."""
    telemetry.configure("debug", "json")
    monkeypatch.setattr(telemetry, "_logger", structlog.get_logger())
    return capsys


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.anyio
class TestUnexpected:
    """What nobody foresaw is told to nobody, and found by the operator."""

    async def test_a_failure_is_a_problem_without_detail(self, log: pytest.CaptureFixture[str]):
        def fail() -> None:
            raise RuntimeError(CANARY)

        answer = await get(application(fail))
        assert (answer.status_code, answer.json()["code"]) == (500, "error")
        logged = log.readouterr().err
        assert CANARY not in answer.text + logged
        assert "RuntimeError" not in answer.text
        assert json.loads(logged)["type"] == "RuntimeError"

    async def test_a_failure_is_counted(self):
        from moderation.telemetry import FAILURES

        def fail() -> None:
            raise LookupError(CANARY)

        before = FAILURES.labels("LookupError")._value.get()
        await get(application(fail))
        assert FAILURES.labels("LookupError")._value.get() == before + 1

    async def test_a_failure_after_the_answer_began_cuts_it_off(self, log: pytest.CaptureFixture[str]):
        async def body():
            yield b"half"
            raise RuntimeError(CANARY)

        def stream() -> Response:
            return StreamingResponse(body())

        sent = await messages(application(stream))
        assert [message.get("body") for message in sent[1:]] == [b"half"]
        assert sent[-1]["more_body"]
        assert CANARY not in log.readouterr().err

    async def test_a_client_that_has_gone_is_no_failure(self, log: pytest.CaptureFixture[str]):
        from starlette.requests import ClientDisconnect

        def gone() -> None:
            raise ClientDisconnect

        assert await messages(application(gone)) == []
        assert "error" not in log.readouterr().err

    async def test_what_is_no_request_is_passed_on(self):
        seen: list[str] = []

        async def inner(scope: Any, receive: Any, send: Any) -> None:
            seen.append(scope["type"])

        await problems.LastResort(inner)({"type": "lifespan"}, anyio.sleep_forever, anyio.sleep_forever)
        assert seen == ["lifespan"]

    async def test_a_status_that_the_framework_invents_is_a_bad_request(self):
        def refuse() -> None:
            raise HTTPException(418, CANARY)

        answer = await get(application(refuse))
        assert (answer.status_code, answer.json()["code"]) == (400, "request.malformed")
        assert CANARY not in answer.text

    async def test_a_parameter_of_the_wrong_kind_is_named(self):
        def count(number: int) -> None:
            assert number

        answer = await get(application(count), number=CANARY)
        assert answer.status_code == 422
        assert [fault["field"] for fault in answer.json()["errors"]] == ["number"]
        assert CANARY not in answer.text


def test_every_code_is_documented_and_every_documented_code_exists():
    text = (PROJECT / "docs" / "api.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z_.]+)` \| (\d{3}) \|", text, re.MULTILINE)
    assert {code: int(status) for code, status in rows} == {code: kind.status for code, kind in problems.KINDS.items()}
    assert len(rows) == len(problems.KINDS)
