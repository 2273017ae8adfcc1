"""Marked values go in through every field of both doors; what is stored holds them only where the registry says."""

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import text

from moderation import telemetry
from moderation.storage.fields import FIELDS
from moderation.storage.search import fold
from tests.support.asgi import Service

IPV4, IPV6 = "203.0.113.77", "2001:db8:beef:1234::77"


@dataclass(frozen=True)
class Canary:
    """A value never seen elsewhere, and the columns that may hold it as it is; none where it is not kept."""

    value: str
    columns: frozenset[str] = field(default_factory=frozenset)


def kept(value: str, *columns: str) -> Canary:
    return Canary(value, frozenset(columns))


NATIVE = {
    "permalink": kept("https://blog.example/canary-permalink", "comments.permalink"),
    "content": kept("canarycontent is a fine word", "comments.content"),
    "type": kept("canary-type", "comments.type"),
    "external_id": kept("canary-external", "comments.external_id"),
    "language": kept("qaa-canary", "comments.language"),
    "author.name": kept("Canaryname", "comments.author_name"),
    "author.email": Canary("canary-email@Example.org"),
    "author.url": kept("https://canary-url.example", "comments.author_url"),
    "author.ip": Canary(IPV4),
    "author.user_agent": Canary("Canary-Agent/1.0"),
    "author.role": kept("canary-role", "comments.author_roles"),
    "form.honeypot": Canary("canary-trap"),
    "context.title": Canary("Canarytitle of the page"),
    "context.excerpt": Canary("Canaryexcerpt of the page"),
    "unknown": Canary("canary-unknown-field"),
}
SEARCH = "search."
NATIVE_HEADERS = {
    "User-Agent": Canary("Canary-Http-Agent"),
    "Referer": Canary("https://blog.example/canary-http-referer"),
    "Cookie": Canary("session=canary-cookie"),
    "Idempotency-Key": Canary("canary-idempotency"),
    "X-Forwarded-For": Canary("198.51.100.99"),
    "X-Anything": Canary("canary-header"),
}
AKISMET = {
    "user_ip": Canary(IPV6),
    "user_agent": Canary("Canary-Form-Agent"),
    "referrer": Canary("https://blog.example/canary-form-referrer"),
    "permalink": kept("https://blog.example/akismet-canary-permalink", "comments.permalink"),
    "comment_type": kept("akismet-type", "comments.type"),
    "comment_author": kept("Akismetname", "comments.author_name"),
    "comment_author_email": Canary("akismet-email@example.org"),
    "comment_author_url": kept("https://akismet-url.example", "comments.author_url"),
    "comment_content": kept("akismetcontent is a fine word", "comments.content"),
    "comment_ID": kept("akismet-id", "comments.external_id"),
    "comment_post_ID": kept("akismet-post", "comments.page_external_id"),
    "comment_parent": kept("akismet-parent", "comments.parent_external_id"),
    "user_role": kept("akismet-role", "comments.author_roles"),
    "comment_context[]": Canary("Akismetcontext"),
    "POST_password": Canary("canary-password"),
    "HTTP_ACCEPT_LANGUAGE": Canary("canary-accept"),
    "REMOTE_ADDR": Canary("198.51.100.98"),
    "reporter": Canary("canary-reporter"),
}
EVERY = {**NATIVE, **NATIVE_HEADERS, **AKISMET}


@pytest.fixture
def swept(service_on_both: Service) -> Service:
    """A service through whose doors every canary has flown."""
    return _fly(service_on_both)


def _fly(service: Service) -> Service:
    headers = {name: canary.value for name, canary in NATIVE_HEADERS.items()}
    answer = service.post("/api/v1/comments", json=_nested(NATIVE), headers={**headers, **service.bearer})
    assert answer.status_code == 201, answer.text
    form = {name: canary.value for name, canary in AKISMET.items()}
    form |= {"api_key": service.akismet_key, "blog": "https://blog.example"}
    assert service.post("/1.1/comment-check", data=form, headers=headers).text in {"true", "false"}
    assert service.post("/1.1/submit-spam", data=form, headers=headers).text.startswith("Thanks")
    return service


@pytest.mark.parametrize("name", EVERY)
def test_a_canary_is_in_the_columns_that_the_registry_says_and_in_no_other(swept: Service, name: str):
    canary = EVERY[name]
    found = {
        column
        for column, value in _stored(swept)
        if canary.value.casefold() in value.casefold() and not column.startswith(SEARCH)
    }
    assert found == canary.columns
    assert all(FIELDS[column].is_as_given for column in found)


def test_the_index_of_words_holds_text_name_and_links_and_nothing_else(swept: Service):
    words = " ".join(value for column, value in _stored(swept) if column.startswith(SEARCH))
    indexed = {"comments.content", "comments.author_name", "comments.author_url"}
    for name, canary in EVERY.items():
        first = fold(canary.value).split()[-1 if "url" in name else 0]
        if canary.columns & indexed:
            assert first in words, name
        else:
            assert fold(canary.value) not in words, name


@pytest.mark.parametrize("name", [name for name, canary in EVERY.items() if not canary.columns])
def test_what_is_not_kept_is_in_no_column_in_any_guise(swept: Service, name: str):
    stored = [value for _, value in _stored(swept)]
    assert [guise for guise in _guises(EVERY[name].value) if any(guise in value for value in stored)] == []


def test_the_bytes_of_the_file_hold_only_what_is_kept(service: Service, tmp_path: Path):
    _fly(service)
    bytes_ = b"".join(path.read_bytes() for path in tmp_path.glob("candor.db*"))
    for name, canary in EVERY.items():
        assert (canary.value.encode() in bytes_) is bool(canary.columns), name
        if not canary.columns:
            assert [guise for guise in _guises(canary.value) if guise.encode() in bytes_] == [], name


def test_of_a_network_address_the_first_part_is_kept(swept: Service):
    prefixes = {value for column, value in _stored(swept) if column == "comments.author_ip_prefix"}
    assert prefixes == {"203.0.113.0/24", "2001:db8:beef::/48"}


def test_the_log_and_the_figures_hold_no_canary(
    make_service: Callable[..., Service], capfd: pytest.CaptureFixture[str]
):
    service = make_service(log_level="debug", log_format="json")
    headers = {name: canary.value for name, canary in NATIVE_HEADERS.items()}
    service.post("/api/v1/comments", json=_nested(NATIVE), headers={**headers, **service.bearer})
    service.post("/api/v1/comments", json=_nested(NATIVE) | {"permalink": 5}, headers={**headers, **service.bearer})
    service.post("/receipt", data={"token": "canary-token"})
    service.get("/sites/canary-site.example/comment-data")
    printed = "".join(capfd.readouterr()) + telemetry.metrics().decode()
    assert "canary" not in printed.casefold()
    assert IPV4 not in printed


def _nested(canaries: dict[str, Canary]) -> dict[str, Any]:
    body: dict[str, Any] = {}
    for name, canary in canaries.items():
        outer, _, inner = name.partition(".")
        if inner:
            body.setdefault(outer, {})[inner] = canary.value
        else:
            body[outer] = canary.value
    return body


def _stored(service: Service) -> Iterator[tuple[str, str]]:
    """Every value of every table as text, with its column."""
    with service.runtime.database.snapshot() as db:
        for table in {field.table for field in FIELDS.values()}:
            for row in db.connection().execute(text(f'SELECT * FROM "{table}"')).mappings():
                yield from ((f"{table}.{name}", _as_text(value)) for name, value in row.items() if value is not None)


def _as_text(value: object) -> str:
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("latin-1")
    return json.dumps(value) if isinstance(value, list | dict) else str(value)


def _guises(value: str) -> list[str]:
    """A value as it is, folded, quoted, encoded, and hashed without a key."""
    forms = {value, value.casefold(), value.upper(), value.strip()}
    digests = [
        digest(form.encode()).hexdigest()
        for form in forms
        for digest in (hashlib.md5, hashlib.sha1, hashlib.sha256, hashlib.blake2b)
    ]
    encoded = [base64.b64encode(form.encode()).decode().rstrip("=") for form in forms]
    return [*forms, *(quote(form, safe="") for form in forms), *encoded, *digests]
