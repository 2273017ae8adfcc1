"""`candor serve`, `work` and `migrate`: bind, prepare once, serve until told to stop; it knows no route."""

import errno
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from moderation.cli.speaking import Json, opened_store, result
from moderation.errors import SettingFault

if TYPE_CHECKING:
    import uvicorn

    from moderation.runtime import Database
    from moderation.settings import Settings

_BACKLOG: Final = 2_048
_GRACE_SECONDS: Final = 8
_STARTUP_FAILURE: Final = 3  # uvicorn's exit code for an application that did not start
_WORDS: Final = {
    errno.EADDRINUSE: "another program already listens there: stop it, or choose another with --port",
    errno.EACCES: "ports below 1024 need more rights: choose another with --port",
    errno.EADDRNOTAVAIL: "this machine has no such address: choose another with --host",
}


def register(app: typer.Typer) -> None:
    """Adds these commands."""
    app.command("serve")(serve)
    app.command("work")(work)
    app.command("migrate")(migrate)


def serve(
    *,
    host: Annotated[str | None, typer.Option(help="Address to listen on; CANDOR_HOST.")] = None,
    port: Annotated[int | None, typer.Option(help="Port; CANDOR_PORT; 0 takes any free.", min=0, max=65535)] = None,
    workers: Annotated[int | None, typer.Option(help="Processes; CANDOR_WORKERS.", min=1, max=64)] = None,
    upgrade: Annotated[bool, typer.Option("--migrate", help="Upgrade the schema first, also on PostgreSQL.")] = False,
    no_worker: Annotated[bool, typer.Option("--no-worker", help="No background loop; see `candor work`.")] = False,
    config: Annotated[
        Path | None, typer.Option(help="Read settings from this TOML file.", dir_okay=False, exists=True)
    ] = None,
    first_run: Annotated[
        bool, typer.Option("--first-run", help="Add a first site where there is none, and show how to try it.")
    ] = False,
) -> None:
    """Run the service until it is told to stop."""
    from moderation import telemetry
    from moderation.settings import hand_down, load_settings

    _leave_when_told()
    settings = load_settings(config, host=host, port=port, workers=workers)
    telemetry.configure(settings.log_level, settings.log_format)
    with _listening(settings) as listener:
        from moderation.cli.welcome import welcome
        from moderation.runtime import Runtime

        hand_down(host=host, port=listener.getsockname()[1], workers=workers)
        settings = load_settings(config)
        runtime = Runtime.open(settings, migrate=upgrade)  # finds every fault before a process is started for it
        try:
            if first_run:
                typer.echo(welcome(settings, runtime.database))
                sys.stdout.flush()
            telemetry.log("serving", address=settings.base_url, processes=settings.workers)
            with _background(None if no_worker else runtime.database):
                _run(settings, listener)
        finally:
            runtime.close()


def work(*, once: Annotated[bool, typer.Option("--once", help="Do every step once and stop.")] = False) -> None:
    """Run the background loop alone."""
    from moderation import egress, telemetry, worker

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with opened_store() as (settings, database):
        egress.guard(settings)
        telemetry.configure(settings.log_level, settings.log_format)
        if not once:
            worker.run_all(database, stop)
            return
        done = [worker.run_once(database, steps) for steps in (worker.QUICK_STEPS, worker.STEPS, worker.MAIL_STEPS)]
        if any(count is None for each in done for count in each.values()):
            raise SettingFault("a step failed; the line above names it")


def migrate(*, as_json: Json = False) -> None:
    """Upgrade the database's schema to this program's; does nothing where it is."""
    from moderation.settings import load_settings

    settings = load_settings()
    from moderation.runtime import open_database, reaching

    database = open_database(settings.database_url)
    try:
        with reaching():
            before = database.revision()
        database.upgrade()
        after = database.revision()
    finally:
        database.close()
    text = f"the schema is current ({after})" if before == after else f"upgraded the schema to {after}"
    result({"before": before, "after": after}, text, as_json=as_json)


@contextmanager
def _listening(settings: "Settings") -> Iterator[socket.socket]:
    """Takes the port before anything else is touched, so that a second server leaves everything as it is.

    Raises:
        SettingFault: one line that says why the port cannot be had.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        listener = socket.create_server((settings.host, settings.port), family=family, backlog=_BACKLOG)
    except OSError as error:
        if (error.errno or 0) < 0:  # what looking up a name answers
            raise SettingFault(
                f"CANDOR_HOST: {settings.host} is no address; for example CANDOR_HOST=127.0.0.1"
            ) from None
        why = _WORDS.get(error.errno or 0, error.strerror)
        raise SettingFault(f"cannot listen on {settings.host} port {settings.port}: {why}") from None
    with listener:
        yield listener


def _run(settings: "Settings", listener: socket.socket) -> None:
    """Serves until SIGTERM or SIGINT; every process reads the settings again, from the environment."""
    import uvicorn
    from uvicorn.supervisors.multiprocess import Multiprocess

    from moderation.cli.connections import Connection

    config = uvicorn.Config(
        "service:create_app",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        loop="auto" if sys.platform == "win32" else "uvloop",
        http=Connection,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    if settings.workers > 1:
        supervisor = Multiprocess(config, [listener])
        supervisor.run()
        started = all(process.exitcode != _STARTUP_FAILURE for process in supervisor.processes)
    else:
        started = _serve_here(config, listener)
    if not started:
        raise SettingFault("the service could not start; `candor doctor` looks for the cause")


def _serve_here(config: "uvicorn.Config", listener: socket.socket) -> bool:
    import uvicorn

    try:
        uvicorn.Server(config).run([listener])
    except SystemExit as end:
        return end.code != _STARTUP_FAILURE
    return True


def _leave_when_told() -> None:
    """Makes a stop during the start an orderly end; once uvicorn serves, it stops by itself and then tells us again."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))


@contextmanager
def _background(database: "Database | None") -> Iterator[None]:
    """Runs the background loop beside the service, one for all its processes; None runs none."""
    from moderation import worker

    stop = threading.Event()
    loop = threading.Thread(target=worker.run_all, args=(database, stop), name="candor-worker", daemon=True)
    if database is not None:
        loop.start()
    try:
        yield
    finally:
        stop.set()
        if loop.is_alive():
            loop.join(timeout=_GRACE_SECONDS)
