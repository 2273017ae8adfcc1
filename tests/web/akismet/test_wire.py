"""Bytes as old and odd clients put them on the wire, sent over a socket to a serving process."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import func, select

from moderation.storage.tables import CommentRow
from tests.support.dialect import FORM
from tests.support.serving import Server, serving

pytestmark = pytest.mark.loopback
GUID = b"x-akismet-guid"


@dataclass(frozen=True)
class Heard:
    """One answer off the wire."""

    status: int
    headers: dict[bytes, bytes]
    body: bytes

    @property
    def words(self) -> tuple[int, bytes]:
        return self.status, self.body


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("wire")) as started:
        yield started


def heard(received: bytes) -> list[Heard]:
    """Takes answers apart by the lengths that they state."""
    answers = []
    while received:
        head, _, received = received.partition(b"\r\n\r\n")
        first, *lines = head.split(b"\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(b":") for line in lines)}
        length = int(headers.get(b"content-length", b"0"))
        answers.append(Heard(int(first.split()[1]), headers, received[:length]))
        received = received[length:]
    return answers


def ask(server: Server, request: bytes) -> Heard:
    (answer,) = heard(server.send(request))
    return answer


def post(target: str, body: str, *headers: str, version: str = "1.1", length: int | None = None) -> bytes:
    lines = [f"POST {target} HTTP/{version}", *headers, f"Content-Length: {len(body) if length is None else length}"]
    if not any(line.lower().startswith("content-type") for line in lines):
        lines.append(f"Content-Type: {FORM}")
    if not any(line.lower().startswith("host") for line in lines) and version == "1.1":
        lines.append("Host: rest.akismet.com")
    return "\r\n".join([*lines, "", body]).encode()


def verify(server: Server) -> str:
    return f"key={server.key}&blog=https://blog.example"


def a_check(server: Server, **fields: str) -> str:
    given = {"api_key": server.key, "blog": "https://blog.example", "user_ip": "192.0.2.7"} | fields
    return "&".join(f"{name}={value}" for name, value in given.items())


def stored(server: Server) -> int:
    with server.database.snapshot() as db:
        return db.connection().execute(select(func.count()).select_from(CommentRow)).scalar_one()


@pytest.mark.parametrize(
    "target",
    [
        "/1.1/verify-key",
        "//1.1/verify-key",
        "/1.1/verify-key/",
        "http://rest.akismet.com/1.1/verify-key",
        "http://rest.akismet.com:80/1.1/verify-key",
        "http://rest.akismet.com//1.1/verify-key",
        "HTTP://REST.AKISMET.COM/1.1/verify-key",
    ],
)
def test_an_address_is_understood_in_every_form(server: Server, target: str):
    assert ask(server, post(target, verify(server), "Connection: close")).words == (200, b"valid")


def test_a_proxied_request_names_its_key_in_the_host_name(server: Server):
    host = f"{server.key}.rest.akismet.com"
    body = "blog=https://blog.example&user_ip=::ffff:192.0.2.7"
    answer = ask(server, post(f"http://{host}/1.1/comment-check", body, f"Host: {host}", "Connection: close"))
    assert (answer.words, len(answer.headers[GUID])) == ((200, b"false"), 32)


@pytest.mark.parametrize("target", ["rest.akismet.com:443", "api.example:443"])
@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_connect_is_refused_so_that_wordpress_falls_back(server: Server, target: str, version: str):
    answer = ask(server, f"CONNECT {target} HTTP/{version}\r\nHost: {target}\r\n\r\n".encode())
    assert 400 <= answer.status < 500


@pytest.mark.parametrize("headers", [(), ("Host: rest.akismet.com",)])
def test_http_1_0_gets_a_length_no_chunks_and_an_end(server: Server, headers: tuple[str, ...]):
    for target, body, said in (
        ("/1.1/verify-key", verify(server), b"valid"),
        ("/1.1/comment-check", a_check(server), b"false"),
        ("/1.2/compatible-plugins", "", b"[]"),
    ):
        answer = ask(server, post(target, body, *headers, version="1.0"))
        assert answer.words == (200, said)
        assert answer.headers[b"content-length"] == str(len(said)).encode()
        assert b"transfer-encoding" not in answer.headers


def test_wordpress_s_plain_get_of_http_1_0(server: Server):
    answer = ask(server, b"GET http://rest.akismet.com/1.1/test HTTP/1.0\r\nHost: rest.akismet.com\r\n\r\n")
    assert answer.words == (200, b"connected")


def test_requests_in_one_pipe_are_answered_in_their_order(server: Server):
    three = [
        post("/1.1/verify-key", verify(server)),
        post("/1.1/comment-check", a_check(server, comment_author="viagra-test-123")),
        post("/1.1/verify-key", "key=000000000000", "Connection: close"),
    ]
    assert [answer.body for answer in heard(server.send(b"".join(three)))] == [b"valid", b"true", b"invalid"]


@pytest.mark.parametrize("case", [str.lower, str.upper, str.title])
def test_header_names_come_in_any_case(server: Server, case):
    host, kind, end = case("host"), case("content-type"), case("connection")
    key, body = f"{server.key}.rest.akismet.com:80", "blog=https://blog.example"
    request = post("/1.1/verify-key", body, f"{host}: {key}", f"{kind}: {FORM.upper()}", f"{end}: close")
    assert ask(server, request).words == (200, b"valid")


def test_no_content_type_and_only_a_charset(server: Server):
    for kind in ("Content-Type: charset=utf-8", "Content-Type:"):
        assert ask(server, post("/1.1/verify-key", verify(server), kind, "Connection: close")).body == b"valid"


def test_chunks_are_read(server: Server):
    body = a_check(server).encode()
    chunks = b"".join(b"%x\r\n%s\r\n" % (1, body[place : place + 1]) for place in range(len(body)))
    head = f"POST /1.1/comment-check HTTP/1.1\r\nHost: a\r\nContent-Type: {FORM}\r\nConnection: close\r\n"
    answer = ask(server, f"{head}Transfer-Encoding: chunked\r\n\r\n".encode() + chunks + b"0\r\n\r\n")
    assert answer.words == (200, b"false")


@pytest.mark.parametrize("chunked", [False, True])
def test_more_than_a_megabyte_is_refused_without_a_failure(server: Server, chunked: bool):
    body = a_check(server, comment_content="x" * 1_048_576)
    if chunked:
        head = f"POST /1.1/comment-check HTTP/1.1\r\nHost: a\r\nContent-Type: {FORM}\r\nConnection: close\r\n"
        request = f"{head}Transfer-Encoding: chunked\r\n\r\n{len(body):x}\r\n{body}\r\n0\r\n\r\n".encode()
    else:
        request = post("/1.1/comment-check", body, "Connection: close")
    answer = ask(server, request)
    assert answer.words == (200, b"Request too large.")
    assert b"x-akismet-debug-help" in answer.headers


def test_after_a_request_too_large_the_same_connection_serves_on(server: Server):
    large = post("/1.1/comment-check", a_check(server, comment_content="x" * 1_100_000))
    answers = heard(server.send(large + post("/1.1/verify-key", verify(server), "Connection: close")))
    assert [answer.body for answer in answers] == [b"Request too large.", b"valid"]


def test_a_client_that_waits_for_continue_is_told_to(server: Server):
    body = a_check(server).encode()
    head = f"POST /1.1/comment-check HTTP/1.1\r\nHost: a\r\nContent-Type: {FORM}\r\nContent-Length: {len(body)}\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(f"{head}Expect: 100-continue\r\nConnection: close\r\n\r\n".encode())
        assert connection.recv(65_536).startswith(b"HTTP/1.1 100")
        connection.sendall(body)
        received = b"".join(iter(lambda: connection.recv(65_536), b""))
    assert heard(received)[-1].words == (200, b"false")


def test_a_client_that_leaves_half_a_comment_behind_has_said_nothing(server: Server):
    before = stored(server)
    body = a_check(server, comment_content="half+of+what+I")
    assert server.send(post("/1.1/comment-check", body, length=len(body) + 100), closes=True) == b""
    whole = a_check(server, user_role="administrator", comment_content="all+of+what+I+said")
    assert ask(server, post("/1.1/comment-check", whole, "Connection: close")).body == b"false"
    assert stored(server) == before + 1  # what came first would have been stored first


@pytest.mark.parametrize("length", ["-1", "ten", "1e3", "99999999999999999999999", "5, 6"])
def test_a_length_that_is_none_is_refused(server: Server, length: str):
    head = f"POST /1.1/comment-check HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\nContent-Type: {FORM}\r\n\r\n"
    answer = ask(server, head.encode() + a_check(server).encode())
    assert 400 <= answer.status < 500


def test_a_length_and_chunks_together_smuggle_nothing(server: Server):
    inner = post("/1.1/comment-check", a_check(server, comment_content="smuggled")).decode()
    request = post("/1.1/verify-key", f"0\r\n\r\n{inner}", "Transfer-Encoding: chunked")
    before = stored(server)
    answers = heard(server.send(request, closes=True))
    assert [answer.status for answer in answers] == [400]
    assert stored(server) == before


def test_bytes_that_are_no_request_are_refused(server: Server):
    for noise in (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200), b"hello\r\n\r\n", b"\x00" * 64):
        assert all(400 <= answer.status < 500 for answer in heard(server.send(noise, closes=True)))
    assert ask(server, post("/1.1/verify-key", verify(server), "Connection: close")).body == b"valid"


def test_nothing_failed_inside_meanwhile(server: Server):
    assert '"failure"' not in server.said()
    assert "Traceback" not in server.said()
