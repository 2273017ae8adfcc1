"""Schemathesis asks what the OpenAPI document allows and forbids, and compares every answer with the document."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.support.asgi import Service
from tests.support.factories import native

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
BOUNDED = settings(
    max_examples=50,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],  # a failure is told as it was found: shrinking takes minutes
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)


CALLS = [
    ("POST", "/api/v1/comments"),
    ("GET", "/api/v1/comments"),
    ("GET", "/api/v1/comments/{comment_id}"),
    ("POST", "/api/v1/comments/{comment_id}/decisions"),
    ("POST", "/api/v1/comments/{comment_id}/reports"),
    ("POST", "/api/v1/checks"),
    ("GET", "/api/v1/threads"),
    ("GET", "/api/v1/transparency"),
    ("GET", "/api/v1/guarantee"),
    ("GET", "/api/v1/learning"),
]


@pytest.fixture
def document(service: Service) -> Any:
    """The running service's own document."""
    told = service.get("/api/v1/openapi.json").json()
    return schemathesis.openapi.from_dict(told)


def ask(service: Service, case: Any) -> None:
    """Sends a case as it was made, with the site's token, and checks the answer."""
    made = case.as_transport_kwargs(base_url="http://candor.test")
    sent = {name: made[name] for name in ("params", "json") if made.get(name) is not None}
    if made.get("data") is not None:
        sent["content"] = made["data"]
    headers = {name: value.encode("utf-8", "replace") for name, value in made["headers"].items()} | service.bearer
    answer = service.request(made["method"], made["url"], headers=headers, **sent)
    case.validate_response(answer, checks=CHECKS)


@pytest.mark.parametrize("mode", GenerationMode, ids=lambda mode: mode.value)
@pytest.mark.parametrize("call", CALLS, ids=" ".join)
def test_every_answer_is_one_that_the_document_declares(
    document: Any, service: Service, call: tuple[str, str], mode: GenerationMode
):
    method, path = call
    told = service.post("/api/v1/comments", json=native(external_id="known"), headers=service.bearer).json()

    @BOUNDED
    @given(document[path][method].as_strategy(generation_mode=mode), st.booleans())
    def try_one(case: Any, is_known: bool):
        if is_known and "comment_id" in path:
            case.path_parameters = {"comment_id": told["id"]}
        ask(service, case)

    try_one()


def test_every_call_of_the_document_is_tried(document: Any):
    assert {operation.ok().label for operation in document.get_all_operations()} == set(map(" ".join, CALLS))
