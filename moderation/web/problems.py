"""The one table of HTTP statuses; every refusal of every door but Akismet's is made here (RFC 9457)."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import RedirectResponse, Response
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from moderation import telemetry
from moderation.errors import FieldFault, ModerationError, Unauthenticated
from moderation.web import pages

OK: Final = HTTPStatus.OK.value
CREATED: Final = HTTPStatus.CREATED.value
SEE_OTHER: Final = HTTPStatus.SEE_OTHER.value
NO_CONTENT: Final = HTTPStatus.NO_CONTENT.value
MEDIA_TYPE: Final = "application/problem+json"
RETRY_SECONDS: Final = {"limit.requests": 60, "limit.sign_in": 900, "service.unavailable": 5, "retention.late": 300}
_CHALLENGES: Final = {  # RFC 6750, section 3
    "key.missing": "",
    "key.invalid": ', error="invalid_token"',
    "key.scope": ', error="insufficient_scope"',
}
_METHODS: Final = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")


@dataclass(frozen=True, slots=True)
class Kind:
    """What an error code means: the status it is answered with, and a title that never changes."""

    status: HTTPStatus
    title: str


KINDS: Final[Mapping[str, Kind]] = {
    "body.malformed": Kind(HTTPStatus.BAD_REQUEST, "The body is not JSON"),
    "body.encoded": Kind(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "The body is packed"),
    "request.malformed": Kind(HTTPStatus.BAD_REQUEST, "The request cannot be read"),
    "key.missing": Kind(HTTPStatus.UNAUTHORIZED, "No key was sent"),
    "key.invalid": Kind(HTTPStatus.UNAUTHORIZED, "The key is not valid"),
    "key.scope": Kind(HTTPStatus.FORBIDDEN, "The key may not do this"),
    "sign_in.missing": Kind(HTTPStatus.UNAUTHORIZED, "Nobody is signed in"),
    "sign_in.refused": Kind(HTTPStatus.UNAUTHORIZED, "Signing in did not work"),
    "role.forbidden": Kind(HTTPStatus.FORBIDDEN, "Your role may not do this"),
    "form.foreign": Kind(HTTPStatus.FORBIDDEN, "The form is not the console's own"),
    "recheck.own": Kind(HTTPStatus.FORBIDDEN, "Somebody else has to look at this"),
    "appeal.own": Kind(HTTPStatus.FORBIDDEN, "Somebody else has to hear this"),
    "metrics.closed": Kind(HTTPStatus.FORBIDDEN, "The figures are closed to this network"),
    "not_found": Kind(HTTPStatus.NOT_FOUND, "Not found"),
    "route.not_found": Kind(HTTPStatus.NOT_FOUND, "There is no such address"),
    "site.not_found": Kind(HTTPStatus.NOT_FOUND, "There is no such site"),
    "comment.not_found": Kind(HTTPStatus.NOT_FOUND, "There is no such comment"),
    "rule.not_found": Kind(HTTPStatus.NOT_FOUND, "There is no such rule"),
    "key.not_found": Kind(HTTPStatus.NOT_FOUND, "There is no such key"),
    "people.not_found": Kind(HTTPStatus.NOT_FOUND, "There is no such person"),
    "method.not_allowed": Kind(HTTPStatus.METHOD_NOT_ALLOWED, "The address does not take this method"),
    "conflict": Kind(HTTPStatus.CONFLICT, "The request contradicts what is stored"),
    "idempotency.reused": Kind(HTTPStatus.CONFLICT, "The idempotency key belongs to another request"),
    "queue.left": Kind(HTTPStatus.CONFLICT, "The comment does not wait any more"),
    "recheck.done": Kind(HTTPStatus.CONFLICT, "Somebody was quicker"),
    "report.not_published": Kind(HTTPStatus.CONFLICT, "The comment is not published"),
    "appeal.refused": Kind(HTTPStatus.CONFLICT, "There is nothing to look at again"),
    "appeal.closed": Kind(HTTPStatus.CONFLICT, "No appeal is open"),
    "comment.erased": Kind(HTTPStatus.CONFLICT, "The comment is erased"),
    "people.last": Kind(HTTPStatus.CONFLICT, "The last operator cannot go"),
    "comment.version": Kind(HTTPStatus.PRECONDITION_FAILED, "The comment has changed"),
    "request.too_large": Kind(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The request is too large"),
    "request.invalid": Kind(HTTPStatus.UNPROCESSABLE_ENTITY, "The request breaks a rule"),
    "parent.not_found": Kind(HTTPStatus.UNPROCESSABLE_ENTITY, "The parent is no comment of this site"),
    "rule.invalid": Kind(HTTPStatus.UNPROCESSABLE_ENTITY, "The rule cannot be used"),
    "queue.taken": Kind(HTTPStatus.UNPROCESSABLE_ENTITY, "Somebody else is on the comment"),
    "bulk.empty": Kind(HTTPStatus.UNPROCESSABLE_ENTITY, "Nothing is selected"),
    "bulk.too_many": Kind(HTTPStatus.UNPROCESSABLE_ENTITY, "Too many are selected"),
    "bulk.unconfirmed": Kind(HTTPStatus.UNPROCESSABLE_ENTITY, "The number is to be typed in"),
    "appeal.invalid": Kind(HTTPStatus.UNPROCESSABLE_ENTITY, "The words cannot be kept"),
    "correction.invalid": Kind(HTTPStatus.UNPROCESSABLE_ENTITY, "The new text cannot be kept"),
    "note.invalid": Kind(HTTPStatus.UNPROCESSABLE_ENTITY, "The note cannot be kept"),
    "password.refused": Kind(HTTPStatus.UNPROCESSABLE_ENTITY, "The password cannot be changed so"),
    "code.refused": Kind(HTTPStatus.UNPROCESSABLE_ENTITY, "The code is not right"),
    "preferences.invalid": Kind(HTTPStatus.UNPROCESSABLE_ENTITY, "The console cannot be set so"),
    "limit.sign_in": Kind(HTTPStatus.TOO_MANY_REQUESTS, "Too many tries"),
    "limit.requests": Kind(HTTPStatus.TOO_MANY_REQUESTS, "Too many requests"),
    "error": Kind(HTTPStatus.INTERNAL_SERVER_ERROR, "The service failed"),
    "setting.invalid": Kind(HTTPStatus.INTERNAL_SERVER_ERROR, "The service is set up wrongly"),
    "service.unavailable": Kind(HTTPStatus.SERVICE_UNAVAILABLE, "The service cannot answer right now"),
    "retention.late": Kind(HTTPStatus.SERVICE_UNAVAILABLE, "Deletion is late, so nothing is taken in"),
}
_CODE_OF_STATUS: Final = {
    HTTPStatus.NOT_FOUND: ("route.not_found", "This service has nothing at this address; /api/docs lists what it has."),
    HTTPStatus.METHOD_NOT_ALLOWED: ("method.not_allowed", "This address does not take this method; see Allow."),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: ("request.too_large", "The request is larger than this service reads."),
}
_FAILED: Final = "Something failed on our side; the operator's log has it. Nothing that you sent was kept in that log."


class SignInFirst(Unauthenticated):
    """Nobody is signed in; a page that was asked for leads to `address`, and from there back."""

    code = "sign_in.missing"

    def __init__(self, address: str) -> None:
        super().__init__("You are not signed in, or your login has ended. Nothing was stored. Sign in, then try again.")
        self.address = address


class Fault(BaseModel):
    """One bad field: where it stands and what is wrong; never its value."""

    field: str = Field(examples=["author.url"])
    message: str = Field(examples=["must have at most 2,048 characters"])


class Problem(BaseModel):
    """Why a request was refused (RFC 9457); programs act on `code`, people read `detail`."""

    type: str = Field(description="Where the code is explained.", examples=["/api/docs#request.invalid"])
    title: str
    status: int
    code: str
    detail: str
    errors: list[Fault] | None = Field(default=None, description="Only where fields are to blame.")


def install(app: FastAPI) -> None:
    """Makes every refusal of an application a problem, and nothing of an unexpected failure visible."""
    app.add_exception_handler(ModerationError, _refused)
    app.add_exception_handler(RequestValidationError, _broke_schema)
    app.add_exception_handler(HTTPException, _refused_by_framework)
    app.add_middleware(LastResort)


def declares(*codes: str) -> dict[int | str, dict[str, Any]]:
    """Returns how FastAPI is told which errors an endpoint answers: one entry for each status, naming its codes."""
    named: dict[int | str, list[str]] = {}
    for code in codes:
        named.setdefault(int(KINDS[code].status), []).append(code)
    return {
        status: {"model": Problem, "description": "; ".join(f"`{code}`: {KINDS[code].title}" for code in of_status)}
        for status, of_status in named.items()
    }


def answer(
    code: str,
    detail: str,
    *,
    faults: Iterable[FieldFault] = (),
    headers: Mapping[str, str] | None = None,
    more: Mapping[str, Any] | None = None,
) -> Response:
    """Returns a refusal; `more` are further members of the problem.

    Raises:
        KeyError: for a code that the table does not have.
    """
    kind = KINDS[code]
    telemetry.REFUSALS.labels(code).inc()
    told = {
        "type": f"/api/docs#{code}",
        "title": kind.title,
        "status": kind.status.value,
        "code": code,
        "detail": detail,
    }
    errors = [{"field": fault.field, "message": fault.message} for fault in faults]
    body = json.dumps(told | ({"errors": errors} if errors else {}) | dict(more or {}), ensure_ascii=False).encode()
    return Response(body, kind.status.value, _headers(code) | dict(headers or {}), MEDIA_TYPE)


def of_error(error: ModerationError) -> Response:
    """Returns the refusal that an error of the domain becomes."""
    return answer(_code_of(error), error.message, faults=error.faults)


def status_of(error: ModerationError) -> int:
    """Returns the status of a page that says itself why something was refused, and counts the refusal."""
    telemetry.REFUSALS.labels(_code_of(error)).inc()
    return KINDS[_code_of(error)].status.value


def headers_of(error: ModerationError) -> dict[str, str]:
    """Returns the headers of such a page: among them when to come back."""
    return _headers(_code_of(error))


def _code_of(error: ModerationError) -> str:
    return error.code if error.code in KINDS else type(error).code


def unchanged(headers: Mapping[str, str]) -> Response:
    """Returns the answer to whoever knows a thing already by its `ETag`."""
    return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=dict(headers))


def knows_already(description: str) -> dict[int | str, dict[str, Any]]:
    """Returns how FastAPI is told that an endpoint answers `unchanged`."""
    return {int(HTTPStatus.NOT_MODIFIED): {"description": description}}


def refuse_connect() -> Response:
    """Returns the answer to CONNECT: this is no proxy."""
    headers = {"allow": ", ".join(_METHODS), "connection": "close"}
    return answer("method.not_allowed", "This service is no proxy.", headers=headers)


def faults_of(errors: Iterable[Mapping[str, Any]]) -> tuple[FieldFault, ...]:
    """Returns pydantic's errors as ours: its words and the field, never the input or what stood around it."""
    return tuple(FieldFault(_field(error["loc"]), _said(error)) for error in errors)


def _said(error: Mapping[str, Any]) -> str:
    """What is wrong in words of ours where pydantic would speak of its insides."""
    kind, facts = error["type"], error.get("ctx", {})
    if kind in {"string_too_long", "too_long"}:
        return f"must have at most {facts['max_length']:,} {_counted(facts)}"
    if kind in {"string_too_short", "too_short"}:
        return "must not be empty"
    if kind in {"model_type", "model_attributes_type", "dict_type"}:
        return "must be an object"
    words: str = error["msg"]
    return words.removeprefix("Value error, ")


def _counted(facts: Mapping[str, Any]) -> str:
    """A text that is measured after another check is to pydantic a value like any other."""
    return "items" if facts.get("field_type") in {"List", "Set", "Tuple"} else "characters"


class LastResort:
    """Answers what nothing else caught with a problem that tells nothing, and logs it by type and place.

    The framework would do this too, but raise it again, and the server would print it with the values it quotes.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        has_begun = False

        async def watched(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except ClientDisconnect:
            telemetry.log("client.gone", level="debug")
        except Exception as error:  # noqa: BLE001 - the last resort: logged, counted, and told to nobody
            telemetry.log_failure("web", error)
            if not has_begun:
                await answer("error", _FAILED)(scope, receive, send)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, ModerationError)
    if isinstance(error, SignInFirst) and request.method == "GET" and not pages.wants_json(request):
        return RedirectResponse(error.address, SEE_OTHER)
    return pages.dressed(request, of_error(error))


async def _broke_schema(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    refusal = answer("request.invalid", "Change the fields that errors names.", faults=faults_of(error.errors()))
    return pages.dressed(request, refusal)


async def _refused_by_framework(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code, detail = _CODE_OF_STATUS.get(
        HTTPStatus(error.status_code), ("request.malformed", "The request cannot be read; see /api/docs.")
    )
    allowed = {"allow": ", ".join(_allowed(request))} if code == "method.not_allowed" else None
    return pages.dressed(request, answer(code, detail, headers=allowed))


def _allowed(request: Request) -> list[str]:
    """Every method that the address takes; the framework names only those of the first route that fits."""
    asked = {"type": "http", "path": request.scope["path"], "root_path": request.scope.get("root_path", "")}
    taken = {method for method in _METHODS if _is_taken(request.app, {**asked, "method": method})}
    return [method for method in _METHODS if method in taken or (method == "HEAD" and "GET" in taken)]


def _is_taken(app: FastAPI, asked: Scope) -> bool:
    return any(route.matches(dict(asked))[0] is Match.FULL for route in app.routes)


def _headers(code: str) -> dict[str, str]:
    headers = {"cache-control": "no-store"}
    if code in RETRY_SECONDS:
        headers["retry-after"] = str(RETRY_SECONDS[code])
    if code in _CHALLENGES:
        headers["www-authenticate"] = 'Bearer realm="candor"' + _CHALLENGES[code]
    return headers


def _field(place: tuple[int | str, ...]) -> str:
    """`("query", "limit")` is `limit`, `("author", "url")` is `author.url`; the framework's first word says nothing."""
    known = place[1:] if len(place) > 1 and place[0] in {"query", "path", "header", "body"} else place
    return ".".join(str(part) for part in known) or "body"
