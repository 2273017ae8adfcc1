"""Who calls the native door, and what its token lets it do; it does not know what is asked."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Final

from fastapi import Depends, Request

from moderation.duties.checking import Caller
from moderation.errors import FieldFault, Forbidden, Invalid, Unauthenticated
from moderation.seal import is_token
from moderation.vocabulary import KeyKind, Scope
from moderation.web.deps import doors_of

SECURITY: Final[dict[str, Any]] = {"security": [{"token": []}]}
REFUSALS: Final = (
    "request.malformed",
    "key.missing",
    "key.invalid",
    "key.scope",
    "request.invalid",
    "limit.requests",
    "error",
    "service.unavailable",
)
KEY_LENGTH: Final = 255


def may(scope: Scope, *, is_checked_later: bool = False) -> Callable[[Request], Awaitable[Caller]]:
    """Returns the dependency that lets in who has a live token with a scope; `is_checked_later` as in `Doors.admit`.

    It raises Unauthenticated, alike for unknown, wrong, revoked and expired tokens, and Forbidden.
    """

    async def admitted(request: Request) -> Caller:
        doors = doors_of(request)
        network = request.scope["candor.network"]
        caller = await doors.admit(KeyKind.API, _token(request), network, is_checked_later=is_checked_later)
        grant = doors.runtime.directory.latest.grants.get(caller.key_digest)
        if grant is None or scope not in grant.scopes:
            raise Forbidden(f"This token lacks the scope {scope}.")
        return caller

    return admitted


Submitting = Annotated[Caller, Depends(may(Scope.WRITE, is_checked_later=True))]
Writing = Annotated[Caller, Depends(may(Scope.WRITE))]
Reading = Annotated[Caller, Depends(may(Scope.READ))]
Deciding = Annotated[Caller, Depends(may(Scope.DECIDE))]


def idempotency_key(request: Request) -> str | None:
    """Returns the client's name for this write, or None; raises Invalid for one that cannot be kept."""
    key = request.headers.get("idempotency-key")
    if key is None:
        return None
    if not 0 < len(key) <= KEY_LENGTH or not key.isascii() or not key.isprintable():
        message = f"must be 1 to {KEY_LENGTH} printable ASCII characters"
        raise Invalid("The Idempotency-Key cannot be used.", faults=(FieldFault("Idempotency-Key", message),))
    return key


def header(name: str, description: str, *, pattern: str | None = None) -> dict[str, Any]:
    """Returns the description of an optional header that an endpoint reads by itself."""
    schema = {"type": "string"} | ({"pattern": pattern} if pattern else {})
    return {"name": name, "in": "header", "required": False, "description": description, "schema": schema}


IDEMPOTENCY: Final = header(
    "Idempotency-Key",
    "Your name for this write: repeated with the same body within 24 h it gives the same answer and has no second "
    "effect, with another body it is a conflict.",
    pattern=f"^[ -~]{{1,{KEY_LENGTH}}}$",
)


def _token(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("Send the site's API token as `Authorization: Bearer TOKEN`.", code="key.missing")
    if not is_token(token.strip()):
        raise Unauthenticated("This key is not valid here.")
    return token.strip()
