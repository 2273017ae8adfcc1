"""The OpenAPI document: what it says beside what the endpoints say of themselves; it answers no request."""

from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from moderation.web.api import access, bodies
from moderation.web.api.schemas import CommentSent, DecisionSent, ReportSent
from moderation.web.problems import MEDIA_TYPE, OK

OPENAPI_URL: Final = "/api/v1/openapi.json"
DOCS_URL: Final = "/api/docs"
_REFERENCE: Final = "#/components/schemas/{model}"
_SENT: Final = (CommentSent, DecisionSent, ReportSent)
_TOKEN: Final = {
    "type": "http",
    "scheme": "bearer",
    "description": "A site's API token, shown once by `candor site add`; it opens that site and no other.",
}
DOCUMENT: Final[dict[str, Any]] = {
    "title": "Candor",
    "summary": "Comment moderation that gives its reasons.",
    "version": "1",
    "description": (
        "Send a comment, get a verdict with its reasons. Calls carry `Authorization: Bearer TOKEN`, but for a site's "
        "public notice. "
        "Refusals are `application/problem+json`; programs act on `code`. Times are RFC 3339 in UTC. "
        f"Bodies are JSON up to the operator's size limit, {bodies.DEPTH} levels deep, with {bodies.KEYS} names."
    ),
    "openapi_url": OPENAPI_URL,
    "docs_url": None,
    "redoc_url": None,
    "redirect_slashes": False,
}


def takes(schema: type[BaseModel], example: dict[str, Any], *headers: dict[str, Any]) -> dict[str, Any]:
    """Returns how FastAPI is told of a body and headers that an endpoint reads by itself, behind a token."""
    content = {"schema": {"$ref": _REFERENCE.format(model=schema.__name__)}, "example": example}
    body = {"required": True, "content": {"application/json": content}}
    return {**access.SECURITY, "requestBody": body, "parameters": list(headers)}


def gives(
    schema: type[BaseModel], description: str, example: dict[str, Any] | None = None, *, status: int = OK
) -> dict[int | str, dict[str, Any]]:
    """Returns how FastAPI is told of what an endpoint answers when nothing is wrong."""
    shown = {"content": {"application/json": {"example": example}}} if example else {}
    return {int(status): {"model": schema, "description": description, **shown}}


def describe(app: FastAPI) -> None:
    """Lets an application's OpenAPI document say what the framework cannot know: bodies, tokens, errors."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            told = get_openapi(
                title=app.title,
                version=app.version,
                summary=app.summary,
                description=app.description,
                routes=app.routes,
            )
            app.openapi_schema = _completed(told)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign] # FastAPI's documented way to extend the document


def _completed(told: dict[str, Any]) -> dict[str, Any]:
    components = told.setdefault("components", {})
    _, sent = models_json_schema([(schema, "validation") for schema in _SENT], ref_template=_REFERENCE)
    components.setdefault("schemas", {}).update(sent["$defs"])
    components["securitySchemes"] = {"token": _TOKEN}
    for path in told["paths"].values():
        for operation in path.values():
            _as_problems(operation["responses"])
    return told


def _as_problems(responses: dict[str, Any]) -> None:
    for response in responses.values():
        content = response.get("content", {})
        reference = content.get("application/json", {}).get("schema", {}).get("$ref", "")
        if reference.endswith("/Problem"):
            response["content"] = {MEDIA_TYPE: content["application/json"]}
