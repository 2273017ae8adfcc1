"""What strangers do to open ports: nothing, half a request, one without end, or more than there is room for."""

import itertools
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from tests.support.serving import PATIENCE, PROJECT, Server, serving

pytestmark = pytest.mark.loopback
DEADLINE = 4
PLACES = 128
QUICKER = f"""
import resource
from moderation.cli import connections, main
resource.setrlimit(resource.RLIMIT_NOFILE, ({2 * PLACES}, {2 * PLACES}))
connections.DEADLINE = {DEADLINE}
main()
"""
STREAMING = """
import asyncio
import sys
import uvicorn
from moderation.cli import connections

async def app(scope, receive, send):
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for number in range(4):
        await send({"type": "http.response.body", "body": b"%d" % number, "more_body": True})
        await asyncio.sleep(0.5)
    await send({"type": "http.response.body", "body": b"end"})

connections.DEADLINE = 0.5
uvicorn.run(app, fd=int(sys.argv[1]), http=connections.Connection, lifespan="off", log_config=None)
"""
HEAD = b"POST /1.1/comment-check HTTP/1.1\r\nHost: x\r\n"
WHOLE = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
HALVES = {
    "silence": b"",
    "empty lines": b"\r\n\r\n",
    "half an address": b"GET /hea",
    "half a head": HEAD,
    "half a body": HEAD + b"Content-Length: 100\r\n\r\nuser_ip=",
    "half a chunk": HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nus",
    "a whole request, then half of one": WHOLE + HEAD,
    "a whole request, then an empty line": WHOLE + b"\r\n",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("connections"), program=QUICKER) as started:
        yield started


def connected(server: Server) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE)


def all_of(connection: socket.socket) -> bytes:
    """Everything until the other side closes, which it may do rudely."""
    received = b""
    with suppress(ConnectionError):
        while piece := connection.recv(65_536):
            received += piece
    return received


def taken(connection: socket.socket, pieces: Iterable[bytes], *, pause: float = 0) -> int:
    """How many bytes could be sent before the other side closed."""
    sent = 0
    with suppress(ConnectionError):
        for piece in pieces:
            connection.sendall(piece)
            sent += len(piece)
            time.sleep(pause)
    return sent


def is_alive(server: Server) -> bool:
    return httpx.get(f"{server.address}/healthz", timeout=PATIENCE).status_code == 200


@pytest.mark.parametrize("half", HALVES.values(), ids=HALVES)
def test_what_does_not_become_a_request_is_closed(server: Server, half: bytes):
    with connected(server) as connection:
        connection.sendall(half)
        all_of(connection)  # ends, or the test has waited for longer than anybody should


@pytest.mark.parametrize("start", [HEAD + b"X: ", HEAD + b"Content-Length: 10000\r\n\r\n"], ids=["head", "body"])
def test_drops_do_not_keep_a_connection_open(server: Server, start: bytes):
    drops = itertools.repeat(b"x", PATIENCE * 10)
    with connected(server) as connection:
        assert taken(connection, [start, *drops], pause=0.1) < len(start) + PATIENCE * 10


def test_a_slow_but_steady_upload_arrives(server: Server):
    body = (
        f"api_key={server.key}&blog=https://blog.example&user_ip=192.0.2.7&comment_content={'soup+' * 4_000}".encode()
    )
    with connected(server) as connection:
        connection.sendall(HEAD + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body))
        step = len(body) // 10 + 1
        for place in range(0, len(body), step):
            connection.sendall(body[place : place + step])
            time.sleep(DEADLINE / 40)
        assert all_of(connection).endswith((b"true", b"false"))


def test_requests_follow_each_other_for_longer_than_the_deadline(server: Server):
    with connected(server) as connection:
        for _ in range(8):
            connection.sendall(WHOLE)
            received = b""
            while not received.endswith(b"}"):
                received += connection.recv(65_536)
            assert received.startswith(b"HTTP/1.1 200 ")
            time.sleep(DEADLINE / 5)


@pytest.mark.parametrize(
    "head",
    [b"X: " + b"x" * 17_000, b"\r\n".join(b"X-%d: 1" % n for n in range(3_000))],
    ids=["long", "many"],
)
def test_a_head_too_large_is_refused(server: Server, head: bytes):
    with connected(server) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n" + head + b"\r\n\r\n")
        assert all_of(connection).startswith(b"HTTP/1.1 431 ")


def test_an_address_too_large_is_refused(server: Server):
    with connected(server) as connection:
        connection.sendall(b"GET /healthz?" + b"x" * 17_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n")
        assert all_of(connection).startswith(b"HTTP/1.1 431 ")


def test_a_large_head_that_fits_is_read(server: Server):
    head = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\nCookie: " + b"x" * 15_000 + b"\r\n\r\n"
    with connected(server) as connection:
        connection.sendall(head)
        assert all_of(connection).startswith(b"HTTP/1.1 200 ")


CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "start",
    [HEAD + b"X: ", b"GET /", CHUNKED + b"1;x=", CHUNKED + b"1\r\nx\r\n0\r\nX: "],
    ids=["header", "address", "chunk", "trailer"],
)
def test_a_line_without_end_fills_no_memory(server: Server, start: bytes):
    with connected(server) as connection:
        sent = taken(connection, [start, *itertools.repeat(b"x" * 10_000, 3_000)])
    assert sent < 20_000_000  # what the kernel takes in, not we


@pytest.mark.parametrize("half", ["silence", "half a head", "half a body"])
def test_more_connections_than_there_is_room_for_leave_room_for_requests(server: Server, half: str):
    with ExitStack() as stack:
        for number in range(3 * PLACES):
            connection = stack.enter_context(connected(server))
            taken(connection, [HALVES[half]])
            if number % PLACES == PLACES - 1:
                assert is_alive(server)
        assert is_alive(server)
    assert is_alive(server)


@contextmanager
def streaming(folder: Path) -> Iterator[int]:
    """A server of a small application, which answers for longer than its deadline for requests."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        number = listener.fileno()
        command = [sys.executable, "-c", STREAMING, str(number)]
        with subprocess.Popen(command, cwd=folder, env={"PYTHONPATH": str(PROJECT)}, pass_fds=[number]) as process:
            yield listener.getsockname()[1]
            process.kill()


@pytest.mark.parametrize("behind", [b"", b"\r\n", WHOLE, HEAD], ids=["nothing", "a line", "a request", "half of one"])
def test_an_answer_longer_than_the_deadline_is_not_cut(tmp_path: Path, behind: bytes):
    with streaming(tmp_path) as port, socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        connection.sendall(WHOLE + behind)
        answers = all_of(connection)
    assert answers.count(b"3\r\nend\r\n0\r\n\r\n") == (2 if behind == WHOLE else 1)
