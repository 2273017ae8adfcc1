"""The service as a process of its own on this machine, in a folder of its own, as clients meet it."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from moderation import clock
from moderation.duties import hosting
from moderation.duties.hosting import NewSite
from moderation.seal import Seal
from moderation.storage.database import Database, open_database

SECRET = "5e" * 32
HOME_URL = "https://blog.example"
PATIENCE = 60  # seconds until it must serve, on a machine that does much else
PROJECT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Server:
    """A serving process, its folder, and its first site."""

    address: str
    folder: Path
    database: Database
    site: NewSite

    @property
    def port(self) -> int:
        return urlsplit(self.address).port or 0

    @property
    def key(self) -> str:
        return self.site.akismet_key

    def said(self) -> str:
        """What the process wrote to standard output and standard error so far."""
        return (self.folder / "said.txt").read_text(encoding="utf-8")

    def add_site(self, home_url: str) -> NewSite:
        return _add_site(self.database, home_url)

    def send(self, request: bytes, *, closes: bool = False) -> bytes:
        """Sends bytes over a socket and returns everything that comes back until the server closes.

        `closes` ends our side at once, as a client does that is gone.
        """
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE) as connection:
            connection.sendall(request)
            if closes:
                connection.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(65_536), b""))


@contextmanager
def serving(folder: Path, *, program: str = "", **variables: str) -> Iterator[Server]:
    """Starts `candor serve` on a free port with one site, and kills it at the end; `program` runs in its place."""
    url = f"sqlite:///{folder / 'candor.db'}"
    ours = {"CANDOR_DATABASE_URL": url, "CANDOR_SECRET_KEY": SECRET, "CANDOR_LOG_FORMAT": "json"} | variables
    outside = {name: value for name, value in os.environ.items() if not name.startswith("CANDOR_")}
    command = [sys.executable, *(("-c", program) if program else ("-m", "moderation")), "serve", "--port", "0"]
    with (folder / "said.txt").open("wb") as said:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=outside | {"PYTHONPATH": str(PROJECT)} | ours,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
    database = open_database(url)
    try:
        address = _address(folder / "said.txt", process)
        server = Server(address, folder, database, _add_site(database, HOME_URL))
        assert b"connected" in server.send(b"GET /1.1/test HTTP/1.0\r\n\r\n")  # the port is open before the doors are
        yield server
    finally:
        database.close()
        process.kill()
        process.wait()


def _add_site(database: Database, home_url: str) -> NewSite:
    with database.transaction() as db:
        return hosting.add_site(db, seal=Seal(bytes.fromhex(SECRET)), home_url=home_url, name=None, now=clock.now())


def _address(said: Path, process: "subprocess.Popen[bytes]") -> str:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        for line in said.read_text(encoding="utf-8").splitlines():
            if '"serving"' in line and line.endswith("}"):
                return json.loads(line)["address"]
        time.sleep(0.05)
    raise AssertionError(f"the service did not serve: {said.read_text(encoding='utf-8')}")
