"""What a client sends beside the known fields is found nowhere afterwards: not in the database, the log or the figures.

Each field carries a value of its own; after every verb, in every way to send a form, and after failures, the files of a
serving process are searched for the bytes. What is meant to be stored is searched for too, so that the search can fail.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urlencode

import httpx
import pytest

from tests.support.dialect import FORM
from tests.support.serving import HOME_URL, Server, serving

pytestmark = pytest.mark.loopback
DROPPED = {
    "PHP_AUTH_PW": "canary-php-auth-pw",
    "PHP_AUTH_USER": "canary-php-auth-user",
    "HTTP_COOKIE": "canary-http-cookie",
    "HTTP_AUTHORIZATION": "canary-http-authorization",
    "SERVER_NAME": "canary-server-name",
    "SERVER_ADMIN": "canary-server-admin",
    "REMOTE_ADDR": "198.51.100.77",
    "DOCUMENT_ROOT": "canary-document-root",
    "POST_whatever": "canary-post-whatever",
    "POST_password": "canary-post-password",
    "POST_ak_hp_textarea": "canary-honeypot",
    "POST_ak_js": "1795341612345",
    "POST_ak_bkp": "canary-key-timings",
    "user_agent": "canary-user-agent",
    "comment_agent": "canary-comment-agent",
    "referrer": "https://canary-referrer.example/search?q=canary-query",
    "comment_author_email": "canary-email@example.org",
    "user_ip": "203.0.113.199",
    "comment_author_IP": "203.0.113.198",
    "user_ID": "canary-user-id",
    "akismet_comment_nonce": "canary-nonce",
    "callback": "https://blog.example/canary-callback",
    "reporter": "canary-reporter",
    "site_domain": "canary-site-domain",
    "honeypot_field_name": "canary-trap",
    "canary-trap": "canary-trapped",
    "blog_charset": "canary-charset",
    "something[else]": "canary-something",
}
KEPT = {
    "comment_author": "kept-author",
    "comment_author_url": "https://kept-url.example",
    "permalink": f"{HOME_URL}/kept-permalink",
    "comment_type": "kept-type",
}
HEADERS = {
    "Cookie": "session=canary-cookie",
    "User-Agent": "canary-client/1.0 | canary-plugin",
    "Referer": "https://canary-referer.example/",
    "X-Forwarded-For": "203.0.113.197",
    "X-Something": "canary-header",
}
IN_HEADERS = ("canary-cookie", "canary-client", "canary-plugin", "canary-referer", "203.0.113.197", "canary-header")
VERBS = ("comment-check", "submit-spam", "submit-ham", "verify-key", "get-stats", "key-sites", "deactivate", "nonsense")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("secrecy"), CANDOR_LOG_LEVEL="debug") as started:
        yield started


def send_everything(server: Server) -> None:
    """Every verb, in every way to send a form, with a good key and a wrong one, whole and broken."""
    with httpx.Client(base_url=server.address, headers=HEADERS, timeout=60) as client:
        for verb in VERBS:
            for number, key in enumerate((server.key, "0c0ffee0c0de")):
                said = {"comment_content": f"kept-content-{verb}-{number}"}
                form = {"api_key": key, "blog": HOME_URL} | DROPPED | KEPT | said
                client.post(f"/1.1/{verb}", data=form)
                client.post(f"/1.1/{verb}", data=form | {"recheck_reason": "edit", "comment_ID": "7"})
                client.get(f"/1.2/{verb}", params=form)
                client.post(f"/1.1/{verb}", files={name: (None, value) for name, value in form.items()})
                client.post(f"/1.1/{verb}", json=form)
                client.post(f"/1.1/{verb}", data=form, auth=("canary-basic-user", "canary-basic-password"))
                client.post(f"/1.1/{verb}", content=b"\xff%zz&" + urlencode(form).encode() * 30)


def fail_everywhere(server: Server) -> None:
    """The same to a database that is locked for longer than the service waits, and to a body too large."""
    form = {"api_key": server.key, "blog": HOME_URL} | DROPPED
    with httpx.Client(base_url=server.address, headers=HEADERS, timeout=60) as client:
        assert client.post("/1.1/comment-check", data=form | {"comment_content": "x" * 1_100_000}).text.startswith("R")
        with closing(sqlite3.connect(server.folder / "candor.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            answer = client.post("/1.1/comment-check", data=form | {"comment_content": "while locked"})
            other.execute("ROLLBACK")
    assert answer.text == "Service temporarily unavailable."


def everything_kept(server: Server) -> dict[str, bytes]:
    """Every file that the service wrote, by name, and its figures."""
    files = {path.name: path.read_bytes() for path in server.folder.iterdir() if path.is_file()}
    assert {"candor.db", "candor.db-wal", "said.txt"} <= set(files)
    return files | {"metrics": httpx.get(f"{server.address}/metrics", timeout=60).raise_for_status().content}


def test_what_is_not_a_known_field_is_found_nowhere_afterwards(server: Server):
    send_everything(server)
    fail_everywhere(server)
    kept = everything_kept(server)
    secret = [*DROPPED.values(), *IN_HEADERS, "canary-basic-user", "canary-basic-password", "canary-query", server.key]
    found = {(name, value) for name, content in kept.items() for value in secret if value.encode() in content}
    assert found == set()
    assert not any(b"canary" in content or b"203.0.113.19" in content for content in kept.values())


def test_what_the_notice_declares_is_found_in_the_database_and_nowhere_else(server: Server):
    send_everything(server)
    kept = everything_kept(server)
    database = kept.pop("candor.db") + kept.pop("candor.db-wal")
    for value in (*KEPT.values(), "kept-content-comment-check-0", "203.0.113.0/24"):
        assert value.encode() in database
        assert not any(value.encode() in content for content in kept.values())


def test_a_form_in_the_address_is_not_logged(server: Server):
    httpx.get(f"{server.address}/1.1/comment-check?api_key={server.key}&comment_content=canary-address", timeout=60)
    httpx.post(f"{server.address}/1.1/x?canary-address", content=b"", headers={"Content-Type": FORM}, timeout=60)
    assert "canary-address" not in server.said()
    assert server.key not in server.said()
