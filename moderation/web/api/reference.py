"""`/api/docs`: the OpenAPI document as a page without scripts; it says nothing that the document does not say."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from moderation.web import pages, problems
from moderation.web.api.document import DOCS_URL, OPENAPI_URL

_TAGS: Final = {"anyOf": " or ", "oneOf": " or ", "allOf": " and "}
router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Line:
    """One parameter, field or answer: its name, what kind of thing it is, and a sentence."""

    name: str
    kind: str
    text: str
    is_required: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one address."""

    id: str
    method: str
    path: str
    summary: str
    text: str
    parameters: tuple[Line, ...]
    body: str
    example: str
    answer: str
    answers: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """The form of a body or answer."""

    name: str
    text: str
    fields: tuple[Line, ...]


@router.get(DOCS_URL)
def read_reference(request: Request) -> Response:
    """Returns the page."""
    told = request.app.openapi()
    context = {
        "about": told["info"],
        "openapi_url": OPENAPI_URL,
        "operations": tuple(operations(told)),
        "forms": tuple(forms(told)),
        "kinds": problems.KINDS,
    }
    return pages.page("api/reference.html", context)


def operations(told: Mapping[str, Any]) -> Iterator[Operation]:
    """Yields every operation of an OpenAPI document, in its order."""
    for path, methods in told["paths"].items():
        for method, said in methods.items():
            body = said.get("requestBody", {}).get("content", {}).get("application/json")
            yield Operation(
                id=said["operationId"],
                method=method.upper(),
                path=path,
                summary=said.get("summary", ""),
                text=said.get("description", ""),
                parameters=tuple(_parameter(parameter) for parameter in said.get("parameters", ())),
                body=kind_of(body["schema"]) if body else "",
                example=_example(body),
                answer=_example(_good_answer(said["responses"])),
                answers=tuple(_answer(status, answer) for status, answer in sorted(said["responses"].items())),
            )


def forms(told: Mapping[str, Any]) -> Iterator[Form]:
    """Yields every named form of an OpenAPI document."""
    for name, schema in sorted(told["components"]["schemas"].items()):
        required = schema.get("required", ())
        fields = tuple(
            Line(field, kind_of(said), said.get("description", ""), field in required)
            for field, said in schema.get("properties", {}).items()
        )
        yield Form(name, schema.get("description", ""), fields)


def kind_of(schema: Mapping[str, Any]) -> str:
    """Returns what a schema allows, in a few words."""
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    for tag, between in _TAGS.items():
        if tag in schema:
            return between.join(kind_of(part) for part in schema[tag])
    if "enum" in schema or "const" in schema:
        return " or ".join(json.dumps(value) for value in schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        return f"list of {kind_of(schema.get('items', {}))}"
    limit = f", at most {schema['maxLength']} characters" if "maxLength" in schema else ""
    return f"{schema.get('format') or schema.get('type', 'anything')}{limit}"


def _parameter(said: Mapping[str, Any]) -> Line:
    kind = f"{said['in']}, {kind_of(said.get('schema', {}))}"
    return Line(said["name"], kind, said.get("description", ""), said.get("required", False))


def _answer(status: str, said: Mapping[str, Any]) -> Line:
    kinds = [kind_of(content["schema"]) for content in said.get("content", {}).values() if content.get("schema")]
    return Line(status, ", ".join(kinds), said.get("description", ""))


def _good_answer(responses: Mapping[str, Any]) -> Mapping[str, Any] | None:
    contents = [said.get("content", {}) for status, said in responses.items() if status.startswith("2")]
    return contents[0].get("application/json") if contents else None


def _example(content: Mapping[str, Any] | None) -> str:
    return json.dumps(content["example"], indent=2, ensure_ascii=False) if content and "example" in content else ""
