"""For operators and their machines: alive, ready, figures, and whom to tell about a hole; it judges nothing."""

import ipaddress
from datetime import timedelta
from functools import cache
from importlib import metadata
from typing import Final

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, PlainTextResponse, Response

from moderation import clock, telemetry
from moderation.duties import forgetting, reporting, verifying
from moderation.errors import Forbidden, ModerationError, NotFound, Unauthenticated
from moderation.runtime import Runtime
from moderation.seal import equal
from moderation.web import problems
from moderation.web.deps import Doors, DoorsDep

_METRICS_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
_CONTACT_LIFE: Final = timedelta(days=180)
_FORWARDED: Final = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
_UNCACHED: Final = {"cache-control": "no-store"}
router = APIRouter(include_in_schema=False)


@router.api_route("/healthz", methods=["GET", "HEAD"])
async def alive() -> Response:
    """Answers as long as the process does."""
    return JSONResponse({"status": "ok", "version": version()}, headers=_UNCACHED)


@router.api_route("/readyz", methods=["GET", "HEAD"])
async def ready(doors: DoorsDep) -> Response:
    """Answers 200 where a comment could be judged and stored now, else which check failed."""
    checks = await readiness(doors)
    if all(said == "ok" for said in checks.values()):
        return JSONResponse({"status": "ready", "checks": checks}, headers=_UNCACHED)
    failed = ", ".join(name for name, said in checks.items() if said != "ok")
    return problems.answer("service.unavailable", f"Not ready: {failed}.", more={"checks": checks})


@router.get("/metrics")
async def metrics(request: Request, doors: DoorsDep) -> Response:
    """Tells the figures to whoever has CANDOR_METRICS_TOKEN, or, where none is set, to this machine."""
    token = doors.runtime.settings.metrics_token
    if token is not None:
        _refuse_stranger(request, token.get_secret_value())
    elif not _is_this_machine(request):
        raise Forbidden(
            "The figures are for this machine only until CANDOR_METRICS_TOKEN is set.", code="metrics.closed"
        )
    return Response(telemetry.metrics(), problems.OK, _UNCACHED, _METRICS_TYPE)


@router.get("/.well-known/security.txt")
async def security_contact(doors: DoorsDep) -> Response:
    """Says whom to tell about a vulnerability (RFC 9116), where the operator has said so."""
    contact = doors.runtime.settings.security_contact.strip()
    if not contact:
        raise NotFound("This operator has named no security contact (CANDOR_SECURITY_CONTACT).")
    expires = (clock.now() + _CONTACT_LIFE).strftime("%Y-%m-%dT%H:%M:%SZ")
    canonical = f"{doors.runtime.settings.base_url}/.well-known/security.txt"
    lines = (f"Contact: {_as_address(contact)}", f"Expires: {expires}", f"Canonical: {canonical}")
    return PlainTextResponse("".join(f"{line}\n" for line in lines))


async def readiness(doors: Doors) -> dict[str, str]:
    """Returns what must hold before comments come, each "ok" or what is wrong; what rests on a bad one is left out."""
    runtime = doors.runtime
    found = await run_in_threadpool(_database, runtime)
    found["model"] = "ok" if runtime.shelf.classifier.version else "no model is loaded"
    if found["database"] == "ok":
        found["database"] = await _storing(runtime)
    if found["database"] == found["schema"] == "ok":
        found |= await run_in_threadpool(lambda: _retention(runtime) | _facts(doors))
    return found


@cache
def version() -> str:
    """Returns the version of this program."""
    return metadata.version("candor")


def _database(runtime: Runtime) -> dict[str, str]:
    try:
        is_current = runtime.database.is_current()
        missing = verifying.missing_tables(runtime.database) if is_current else []
    except ModerationError as error:
        return {"database": error.message, "schema": "unknown"}
    if missing:
        return {"database": "ok", "schema": f"not whole: no table {', '.join(missing)}; put a backup back"}
    return {"database": "ok", "schema": "ok" if is_current else "old or new; run `candor migrate`"}


async def _storing(runtime: Runtime) -> str:
    """Whether a comment could be stored: what can be read may still be locked, full or read-only."""
    try:
        await runtime.writer.probe()
    except ModerationError as error:
        return error.message
    return "ok"


def _retention(runtime: Runtime) -> dict[str, str]:
    """In strict mode, whether what should be gone is gone: else no comment is taken in."""
    if not runtime.settings.strict_retention:
        return {}
    try:
        with runtime.database.snapshot() as db:
            late = forgetting.is_late(db, now=clock.now())
    except ModerationError:
        return {"retention": "unknown"}
    return {"retention": "comments past their date are not being deleted" if late else "ok"}


def _facts(doors: Doors) -> dict[str, str]:
    """Whether every statement of every notice holds; one that does not is named, and the page says what is wrong."""
    try:
        with doors.runtime.database.snapshot() as db:
            sites = reporting.told_of(db, doors.runtime.directory.fresh(db))
            wrong = doors.reporting.wrong(db, sites=sites, now=clock.now())
    except ModerationError:
        return {"facts": "unknown"}
    return {"facts": f"not true right now: {', '.join(wrong)}" if wrong else "ok"}


def _refuse_stranger(request: Request, token: str) -> None:
    scheme, _, sent = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthenticated("Send CANDOR_METRICS_TOKEN as `Authorization: Bearer TOKEN`.", code="key.missing")
    if not equal(sent.strip(), token):
        raise Unauthenticated("This key is not valid here.")


def _is_this_machine(request: Request) -> bool:
    """Behind a proxy on this machine everybody comes from this machine; such requests say that they were passed on."""
    if any(name in request.headers for name in _FORWARDED) or request.client is None:
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def _as_address(contact: str) -> str:
    """RFC 9116 wants an address with its scheme; an e-mail address alone is what people write."""
    line = " ".join(contact.split())
    return f"mailto:{line}" if "@" in line and ":" not in line else line
