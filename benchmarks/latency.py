"""Requests per second and latency of the two hot doors, each as a ratio to bare ASGI in the same rounds."""

import json
import statistics
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

from benchmarks import servers
from benchmarks.load import Load, fire
from benchmarks.material import Row
from benchmarks.servers import Server

ROUNDS = 5
REQUESTS = 3_000
HELLO_REQUESTS = 20_000
CONNECTIONS = 64
PORTS = (18_731, 18_732)


@dataclass(frozen=True, slots=True)
class Doors:
    """Every round of each door, plus what starting and running cost."""

    hello: list[Load]
    check: list[Load]
    submit: list[Load]
    lone_check: Load
    start_seconds: float
    resident_megabytes: float

    def ratio(self, door: list[Load]) -> list[float]:
        """Requests per second of a door over bare ASGI's, round by round."""
        return [mine.per_second / bare.per_second for mine, bare in zip(door, self.hello, strict=True)]


def measure(rows: list[Row], database_url: str | None, say: Callable[[str], None]) -> Doors:
    """Measures both doors on SQLite in a fresh folder, or on the given (empty, disposable) PostgreSQL database."""
    with TemporaryDirectory() as name:
        url = database_url or f"sqlite:///{name}/candor.db"
        with servers.hello(PORTS[0]) as bare, servers.candor(PORTS[1], url, Path(name)) as mine:
            return _rounds(rows, bare, mine, say)


def _rounds(rows: list[Row], bare: Server, mine: Server, say: Callable[[str], None]) -> Doors:
    hello: list[Load] = []
    check: list[Load] = []
    submit: list[Load] = []
    plain = [b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"] * HELLO_REQUESTS
    fire(mine.port, _checks(rows, mine, -1), CONNECTIONS)
    for number in range(ROUNDS):
        hello.append(fire(bare.port, plain, CONNECTIONS))
        check.append(fire(mine.port, _checks(rows, mine, number), CONNECTIONS))
        submit.append(fire(mine.port, _submissions(rows, mine, number), CONNECTIONS))
        say(f"round {number + 1}/{ROUNDS}: hello {hello[-1].per_second:.0f}/s, check {check[-1].per_second:.0f}/s")
    lone = fire(mine.port, _checks(rows, mine, ROUNDS)[:500], 1)
    return Doors(hello, check, submit, lone, mine.start_seconds, mine.resident_megabytes)


def _checks(rows: list[Row], server: Server, number: int) -> list[bytes]:
    return [_check(row, server, f"{number}-{i}", i) for i, row in enumerate(_slice(rows, number))]


def _check(row: Row, server: Server, mark: str, i: int) -> bytes:
    form = urlencode(
        {
            "api_key": server.akismet_key,
            "blog": "https://blog.example",
            "user_ip": f"192.0.2.{i % 250}",
            "user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0",
            "referrer": "https://blog.example/",
            "permalink": f"https://blog.example/post/{mark}",
            "comment_type": "comment",
            "comment_author": row.author,
            "comment_author_email": f"reader{i}@example.org",
            "comment_author_url": row.author_url,
            "comment_content": row.text,
            "blog_lang": "en_US",
            "blog_charset": "UTF-8",
        },
        errors="replace",
    )
    return _post("/1.1/comment-check", "application/x-www-form-urlencoded; charset=UTF-8", form.encode(), "")


def _submissions(rows: list[Row], server: Server, number: int) -> list[bytes]:
    return [_submission(row, server, f"{number}-{i}") for i, row in enumerate(_slice(rows, number + 7))]


def _submission(row: Row, server: Server, mark: str) -> bytes:
    author = {"name": row.author, "email": "reader@example.org", "url": row.author_url, "ip": "192.0.2.7"}
    body = {
        "permalink": f"https://blog.example/post/{mark}",
        "content": row.text,
        "author": {name: value for name, value in author.items() if value},
        "external_id": f"n-{mark}",
    }
    token = f"Authorization: Bearer {server.api_token}\r\n"
    return _post("/api/v1/comments", "application/json", json.dumps(body).encode(), token)


def _post(path: str, content_type: str, body: bytes, more: str) -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {content_type}\r\n{more}"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def _slice(rows: list[Row], number: int) -> list[Row]:
    start = (number + 1) * REQUESTS % len(rows)
    return (rows[start:] + rows)[:REQUESTS]


def middle(values: list[float]) -> float:
    """Returns the median."""
    return statistics.median(values)
