"""The servers under measurement, as real processes on loopback: `candor serve`, and the bare ASGI application."""

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from moderation.clock import stopwatch

UVICORN = ("--http", "httptools", "--loop", "uvloop", "--no-access-log", "--log-level", "warning", "--no-proxy-headers")
PATIENCE = 20.0


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: its port, process id, and for Candor the keys of its site."""

    port: int
    pid: int
    akismet_key: str = ""
    api_token: str = ""
    start_seconds: float = 0.0

    @property
    def resident_megabytes(self) -> float:
        """Memory in use now, shared pages included."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


@contextlib.contextmanager
def hello(port: int) -> Iterator[Server]:
    """Runs the bare application."""
    command = [sys.executable, "-m", "uvicorn", "benchmarks.hello:app", "--port", str(port), *UVICORN]
    with _running(command, dict(os.environ)) as process:
        _wait(port, "GET", "/", {}, "")
        yield Server(port, process.pid)


@contextlib.contextmanager
def candor(port: int, database_url: str, folder: Path) -> Iterator[Server]:
    """Runs Candor with one site, one worker and its background loop, and waits for its first answered check."""
    environment = dict(os.environ) | {
        "CANDOR_DATABASE_URL": database_url,
        "CANDOR_SECRET_KEY_FILE": str(folder / "secret.key"),
        "CANDOR_LOG_LEVEL": "warning",
        "CANDOR_PORT": str(port),
    }
    command = [sys.executable, "-m", "moderation"]
    subprocess.run([*command, "migrate"], env=environment, check=True, capture_output=True)
    added = subprocess.run(
        [*command, "site", "add", "https://blog.example", "--json"], env=environment, check=True, capture_output=True
    )
    keys = json.loads(added.stdout)
    started = stopwatch()
    with _running([*command, "serve"], environment) as process:
        body = f"api_key={keys['akismet_key']}&blog=https://blog.example&user_ip=192.0.2.1&comment_content=hello"
        _wait(port, "POST", "/1.1/comment-check", {"content-type": "application/x-www-form-urlencoded"}, body)
        took = stopwatch() - started
        yield Server(port, process.pid, keys["akismet_key"], keys["api_token"], took)


@contextlib.contextmanager
def _running(command: list[str], environment: dict[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)


def _wait(port: int, method: str, path: str, headers: dict[str, str], body: str) -> None:
    """Asks until an answer comes; raises SystemExit when none does."""
    until = stopwatch() + PATIENCE
    while stopwatch() < until:
        with contextlib.suppress(OSError):
            connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
            connection.request(method, path, body, headers)
            connection.getresponse().read()
            return
        time.sleep(0.005)
    raise SystemExit(f"nothing answered on port {port} within {PATIENCE:.0f} s")
