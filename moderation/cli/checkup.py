"""`candor verify` and `candor doctor`: one line for each check; what the checks are is the duty's affair."""

import json
import socket
from typing import TYPE_CHECKING, Annotated, Final

import typer

from moderation.cli.speaking import FAILURE, Json, result

if TYPE_CHECKING:
    from moderation.duties.reporting import Verified
    from moderation.duties.verifying import Finding
    from moderation.settings import Settings

_PATIENCE: Final = 10.0
_LONGEST: Final = 4_096


def register(app: typer.Typer) -> None:
    """Adds these commands."""
    app.command("verify")(verify)
    app.command("doctor")(doctor)


def verify(*, as_json: Json = False) -> None:
    """Check model, secret, schema, every decision's digest, and whether all statements of each notice hold."""
    from moderation.duties import verifying
    from moderation.settings import load_settings

    settings = load_settings()
    found = verifying.verify(settings)
    _report([*found, *_check_statements(settings, found)], as_json=as_json)


def doctor(
    *,
    mail: Annotated[bool, typer.Option("--mail", help="Also speak to the mail server, without sending.")] = False,
    as_json: Json = False,
) -> None:
    """Look at what a person would look at when it does not work: port, database, model, clock, disk, worker."""
    from moderation import clock
    from moderation.duties import verifying
    from moderation.settings import load_settings

    settings = load_settings()
    _report([_check_port(settings), *verifying.examine(settings, now=clock.now(), tries_mail=mail)], as_json=as_json)


def _check_statements(settings: "Settings", found: "list[Finding]") -> "list[Finding]":
    """A line for each notice, and one for each of its statements that does not hold; none where nobody can look."""
    from moderation import clock
    from moderation.duties.reporting import verify_all
    from moderation.runtime import open_database

    passed = {one.name for one in found if one.level == "ok"}
    if not {"model", "schema"} <= passed:
        return []
    database = open_database(settings.database_url)
    try:
        with database.snapshot() as db:
            verified = list(verify_all(db, settings=settings, now=clock.now()))
    finally:
        database.close()
    return [line for site, one in verified for line in _of_notice(site.host, one)]


def _of_notice(host: str, verified: "Verified") -> "list[Finding]":
    from moderation.duties.verifying import Finding, Level

    name = f"notice of {host}"
    level = Level.FAIL if verified.failed else Level.OK
    whole = Finding(name, level, f"{verified.holding} of {verified.of} statements hold")
    wrong = [Finding(f"{name}: {id_}", Level.FAIL, said) for id_, said in verified.failed.items()]
    return [whole, *wrong]


def _report(found: "list[Finding]", *, as_json: bool) -> None:
    """Prints the findings; exits 1 where one is a failure."""
    is_ok = all(finding.level != "fail" for finding in found)
    checks = [{"name": one.name, "level": one.level.value, "message": one.message} for one in found]
    text = "\n".join(f"{one.level:<8} {one.name}: {one.message}" for one in found)
    result({"ok": is_ok, "checks": checks}, text, as_json=as_json)
    if not is_ok:
        raise typer.Exit(FAILURE)


def _check_port(settings: "Settings") -> "Finding":
    """The port is free, or it is this service that answers there."""
    from moderation.duties.verifying import Finding, Level

    place = f"{settings.host}:{settings.port}"
    try:
        family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
        socket.create_server((settings.host, settings.port), family=family).close()
    except OSError:
        checks = _readiness(settings)
        if checks is None:
            return Finding("port", Level.FAIL, f"{place} cannot be used: stop what listens there, or set CANDOR_PORT")
        wrong = [f"{name}: {said}" for name, said in checks.items() if said != "ok"]
        if wrong:
            return Finding("port", Level.FAIL, f"Candor answers at {place} but is not ready: {'; '.join(wrong)}")
        return Finding("port", Level.OK, f"Candor answers at {place} and is ready")
    return Finding("port", Level.OK, f"{place} is free: start it with `candor serve`")


def _readiness(settings: "Settings") -> dict[str, str] | None:
    """What the service at our own address says of itself; None where nobody or another program answers."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104 - compared, not bound
    try:
        with socket.create_connection((host, settings.port), timeout=_PATIENCE) as connection:
            connection.sendall(f"GET /readyz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
            answer = connection.makefile("rb").read(_LONGEST)
        checks = json.loads(answer.partition(b"\r\n\r\n")[2])["checks"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return checks if isinstance(checks, dict) and "model" in checks else None
