"""The Python client of PyPI, unmodified, sync and async, against a serving process; its timeout of a second is kept.

Its address is a constant, so its HTTP client is given a transport that leads `rest.akismet.com` to this machine.
"""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any, Self

import akismet
import httpx
import pytest
from akismet import CheckResponse, Config

from tests.support.dialect import UNWELCOME, WELCOME
from tests.support.serving import HOME_URL, Server

pytestmark = pytest.mark.loopback
TIMEOUT = akismet._common._TIMEOUT
HEADERS = {"User-Agent": akismet.USER_AGENT}
ADDRESS = "192.0.2.7"
HAM, SPAM, DISCARD = CheckResponse.HAM, CheckResponse.SPAM, CheckResponse.DISCARD


class Detour(httpx.HTTPTransport):
    """Leads every request to one port of this machine; the Host header stays, or names a key before it."""

    def __init__(self, port: int, label: str = "", query: dict[str, str] | None = None) -> None:
        super().__init__()
        self.lead = _lead(port, label, query or {})

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return super().handle_request(self.lead(request))


class AsyncDetour(httpx.AsyncHTTPTransport):
    """The same, for the async client."""

    def __init__(self, port: int, label: str = "", query: dict[str, str] | None = None) -> None:
        super().__init__()
        self.lead = _lead(port, label, query or {})

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await super().handle_async_request(self.lead(request))


def _lead(port: int, label: str, query: dict[str, str]) -> Callable[[httpx.Request], httpx.Request]:
    def lead(request: httpx.Request) -> httpx.Request:
        assert (request.url.scheme, request.url.host) == ("https", "rest.akismet.com")
        request.url = request.url.copy_with(scheme="http", host="127.0.0.1", port=port).copy_merge_params(query)
        request.headers["Host"] = f"{label}rest.akismet.com"
        return request

    return lead


class Sync:
    """The sync client."""

    def __init__(self, server: Server, config: Config, **detour: Any) -> None:
        self.http = httpx.Client(headers=HEADERS, timeout=TIMEOUT, transport=Detour(server.port, **detour))
        self.client = akismet.SyncClient(config=config, http_client=self.http)

    def ask(self, verb: str, *words: Any, **fields: Any) -> Any:
        return getattr(self.client, verb)(*words, **fields)

    def validated(self, config: Config) -> Any:
        return akismet.SyncClient.validated_client(config=config, http_client=self.http)

    def close(self) -> None:
        self.http.close()


class Async:
    """The async client, in a loop of its own."""

    def __init__(self, server: Server, config: Config, **detour: Any) -> None:
        self.runner = asyncio.Runner()
        self.http = httpx.AsyncClient(headers=HEADERS, timeout=TIMEOUT, transport=AsyncDetour(server.port, **detour))
        self.client = akismet.AsyncClient(config=config, http_client=self.http)

    def ask(self, verb: str, *words: Any, **fields: Any) -> Any:
        return self.runner.run(getattr(self.client, verb)(*words, **fields))

    def validated(self, config: Config) -> Any:
        return self.runner.run(akismet.AsyncClient.validated_client(config=config, http_client=self.http))

    def close(self) -> None:
        self.runner.run(self.http.aclose())
        self.runner.close()


class Connect:
    """Opens clients of one kind and closes them at the end of the test."""

    def __init__(self, kind: type[Sync | Async], server: Server) -> None:
        self.kind, self.server, self.opened = kind, server, []

    def __call__(self, key: str | None = None, **detour: Any) -> Sync | Async:
        self.opened.append(self.kind(self.server, Config(key=key or self.server.key, url=HOME_URL), **detour))
        return self.opened[-1]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        for client in self.opened:
            client.close()


@pytest.fixture(params=[Sync, Async])
def connect(request: pytest.FixtureRequest, server: Server) -> Iterator[Connect]:
    with Connect(request.param, server) as connect:
        yield connect


def said(text: str, connect: Connect) -> dict[str, str]:
    """A comment of this kind of client, so that neither meets what the other has said."""
    return {
        "comment_content": f"{text} ({connect.kind.__name__})",
        "comment_author": "Ann",
        "comment_author_email": "ann@example.org",
        "comment_context": "soup",
        "comment_date_gmt": "2026-11-22T10:00:00",
        "comment_type": "comment",
        "permalink": f"{HOME_URL}/post/1",
        "user_agent": "Mozilla/5.0",
        "referrer": HOME_URL,
    }


def test_the_client_waits_no_longer_than_it_does_by_default():
    assert TIMEOUT == 1.0


def test_a_good_key_makes_a_validated_client(connect: Connect, server: Server):
    client = connect()
    assert client.validated(Config(key=server.key, url=HOME_URL)) is not None
    assert client.ask("verify_key") is True
    assert client.ask("verify_key", "000000000000", HOME_URL) is False


def test_a_wrong_key_is_refused_by_every_verb(connect: Connect):
    client = connect("000000000000")
    with pytest.raises(akismet.APIKeyError):
        client.validated(Config(key="000000000000", url=HOME_URL))
    for verb in ("comment_check", "submit_ham", "submit_spam"):
        with pytest.raises(akismet.APIKeyError):
            client.ask(verb, ADDRESS, **said(WELCOME, connect))


def test_a_blog_that_is_no_address_is_refused(connect: Connect, server: Server):
    with pytest.raises(akismet.APIKeyError):
        connect().validated(Config(key=server.key, url="https://"))


def test_ham_and_spam_are_told_apart(connect: Connect):
    client = connect()
    assert client.ask("comment_check", ADDRESS, **said(WELCOME, connect)) is HAM
    assert client.ask("comment_check", ADDRESS, **said(UNWELCOME, connect)) is SPAM


def test_the_guaranteed_values_are_spam_and_an_administrator_is_not(connect: Connect):
    client = connect()
    fields = said("Hello", connect) | {"comment_author": "akismet-guaranteed-spam", "is_test": 1}
    assert client.ask("comment_check", ADDRESS, **fields) is SPAM
    assert client.ask("comment_check", ADDRESS, **fields, user_role="administrator") is HAM


def test_discard_comes_only_with_is_test_and_test_discard(connect: Connect):
    client = connect(query={"test_discard": "1"})
    fields = said(UNWELCOME, connect)
    assert client.ask("comment_check", ADDRESS, **fields) is SPAM
    assert client.ask("comment_check", ADDRESS, **fields, is_test=1) is DISCARD
    assert connect().ask("comment_check", ADDRESS, **fields, is_test=1) is SPAM


def test_feedback_is_taken_and_answers_later_checks(connect: Connect):
    client = connect()
    fine, bad = said(f"{WELCOME} again", connect), said(f"{UNWELCOME} again", connect)
    assert [client.ask("comment_check", ADDRESS, **fields) for fields in (fine, bad)] == [HAM, SPAM]
    assert client.ask("submit_spam", ADDRESS, **fine) is True
    assert client.ask("submit_ham", ADDRESS, **bad) is True
    assert [client.ask("comment_check", ADDRESS, **fields) for fields in (fine, bad)] == [SPAM, HAM]


def test_an_empty_address_is_an_error_and_no_answer(connect: Connect):
    with pytest.raises(akismet.ProtocolError, match="Missing required field: user_ip"):
        connect().ask("comment_check", "", **said(WELCOME, connect))


def test_usage_is_counted(connect: Connect):
    client = connect()
    before = client.ask("usage_limit")
    client.ask("comment_check", ADDRESS, **said(f"{WELCOME} counted", connect))
    after = client.ask("usage_limit")
    assert after == before | {"usage": before["usage"] + 1}
    assert set(after) == {"limit", "usage", "percentage", "throttled"}


def test_key_sites_without_a_key_is_the_client_s_own_mistake(connect: Connect):
    for result_format in ("json", "csv"):
        with pytest.raises(akismet.APIKeyError):
            connect().ask("key_sites", result_format=result_format)


def test_key_sites_works_where_the_host_names_the_key(connect: Connect, server: Server):
    client = connect(label=f"{server.key}.")
    client.ask("comment_check", ADDRESS, **said(f"{WELCOME} seen", connect))
    answer = client.ask("key_sites")
    assert (answer["total"], answer["limit"], answer["offset"]) == (1, 500, 0)
    (month,) = set(answer) - {"total", "limit", "offset"}
    assert [site["site"] for site in answer[month]] == ["blog.example"]
    assert client.ask("key_sites", result_format="csv").startswith("Active sites for ")
