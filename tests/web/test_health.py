"""What operators' machines ask: alive, ready, figures, and whom to tell about a hole."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from importlib import metadata
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import event

from moderation import clock
from moderation.web import health
from moderation.web.watching import Watching
from tests.support.asgi import Service, bearer
from tests.support.factories import native


def ask(service: Service, address: str, client: str, **headers: str) -> httpx.Response:
    """Asks from another address than the fixture's."""

    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(app=service.app, client=(client, 5))
        async with httpx.AsyncClient(transport=transport, base_url="http://candor.test") as one:
            return await one.get(address, headers={name.replace("_", "-"): value for name, value in headers.items()})

    return service.portal.call(send)


def test_a_running_service_is_alive(service: Service):
    answer = service.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "version": metadata.version("candor")})


def test_a_service_that_can_judge_and_store_is_ready(service_on_both: Service):
    answer = service_on_both.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ready",
        "checks": {"database": "ok", "schema": "ok", "model": "ok", "facts": "ok"},
    }


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_monitors_may_ask_without_wanting_the_body(service: Service, path: str):
    assert service.request("HEAD", path).status_code == 200


def test_without_its_schema_it_is_not_ready_but_alive(service: Service):
    with service.runtime.database.transaction() as db:
        db.connection().exec_driver_sql("DELETE FROM alembic_version")
    answer = service.get("/readyz")
    told = answer.json()
    assert (answer.status_code, told["code"], told["detail"]) == (503, "service.unavailable", "Not ready: schema.")
    assert told["checks"]["database"] == "ok"
    assert "candor migrate" in told["checks"]["schema"]
    assert int(answer.headers["retry-after"]) > 0
    assert service.get("/healthz").status_code == 200


def test_while_nothing_can_be_stored_it_is_not_ready(service: Service):
    engine = service.runtime.database.engine
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA busy_timeout=20"))
    engine.dispose()
    with closing(sqlite3.connect(engine.url.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        answer = service.get("/readyz")
        other.execute("ROLLBACK")
    told = answer.json()
    assert (answer.status_code, told["detail"]) == (503, "Not ready: database.")
    assert told["checks"]["database"].startswith("The database cannot be used: it is locked by another program.")
    assert "facts" not in told["checks"]  # whose looks wait for the same lock, each for seconds
    assert service.get("/readyz").status_code == 200


def test_where_the_database_is_read_only_it_is_not_ready(service_on_both: Service):
    engine = service_on_both.runtime.database.engine
    said = {"sqlite": "PRAGMA query_only=ON", "postgresql": "SET default_transaction_read_only = on"}[
        engine.dialect.name
    ]
    event.listen(engine, "connect", lambda connection, _: connection.execute(said))
    if engine.dialect.name == "postgresql":  # what is set is forgotten with its transaction
        event.listen(engine, "connect", lambda connection, _: connection.commit())
    engine.dispose()
    answer = service_on_both.get("/readyz")
    told = answer.json()
    assert (answer.status_code, told["detail"]) == (503, "Not ready: database.")
    assert "it is read-only" in told["checks"]["database"]


@pytest.mark.parametrize("table", ["retention_runs", "notices", "subject_requests"])
def test_a_schema_with_a_hole_is_not_whole(service: Service, table: str):
    with service.runtime.database.transaction() as db:
        db.connection().exec_driver_sql(f"DROP TABLE {table}")
    answer = service.get("/readyz")
    assert (answer.status_code, answer.json()["checks"]["database"]) == (503, "ok")
    assert table in answer.json()["checks"]["schema"]


def test_without_its_database_it_is_not_ready_and_says_so_without_addresses(service: Service, tmp_path: Path):
    service.runtime.database.close()
    for path in tmp_path.glob("candor.db*"):
        path.unlink()
    tmp_path.joinpath("candor.db").write_bytes(b"this is no database" * 100)
    answer = service.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["database"] != "ok"
    assert str(tmp_path) not in answer.text
    assert service.get("/healthz").status_code == 200


def test_comments_are_refused_with_when_to_come_back_while_the_database_is_away(service: Service, tmp_path: Path):
    service.runtime.database.close()
    for path in tmp_path.glob("candor.db*"):
        path.unlink()
    tmp_path.joinpath("candor.db").write_bytes(b"this is no database" * 100)
    for answer in (
        service.post("/api/v1/comments", json=native(), headers=service.bearer),
        service.get("/api/v1/comments", headers=service.bearer),
    ):
        assert (answer.status_code, answer.json()["code"]) == (503, "service.unavailable")
        assert int(answer.headers["retry-after"]) > 0


class TestMetrics:
    """Figures are for the operator, not for whoever finds the address."""

    def test_this_machine_may_see_them_without_a_token(self, service: Service):
        service.post("/api/v1/comments", json=native(), headers=service.bearer)
        for client in ("127.0.0.1", "::1"):
            answer = ask(service, "/metrics", client)
            assert answer.status_code == 200
            assert 'candor_checks_total{channel="api",verdict="publish"}' in answer.text
            assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")

    @pytest.mark.parametrize("client", ["192.0.2.1", "10.0.0.1", "2001:db8::1", "testclient"])
    def test_other_machines_may_not(self, service: Service, client: str):
        answer = ask(service, "/metrics", client)
        assert (answer.status_code, answer.json()["code"]) == (403, "metrics.closed")

    @pytest.mark.parametrize("header", ["X_Forwarded_For", "Forwarded", "X_Real_IP", "Via"])
    def test_who_comes_through_a_proxy_on_this_machine_may_not(self, service: Service, header: str):
        assert ask(service, "/metrics", "127.0.0.1", **{header: "127.0.0.1"}).status_code == 403

    def test_with_a_token_set_only_the_token_counts(self, make_service: Callable[..., Service]):
        service = make_service(metrics_token="figures-please")
        assert ask(service, "/metrics", "192.0.2.1", **bearer("figures-please")).status_code == 200
        for headers, code in (
            ({}, "key.missing"),
            (bearer("figures"), "key.invalid"),
            (bearer(service.api_token), "key.invalid"),
            ({"Authorization": "Basic figures-please"}, "key.missing"),
        ):
            answer = ask(service, "/metrics", "127.0.0.1", **headers)
            assert (answer.status_code, answer.json()["code"]) == (401, code)

    @pytest.mark.parametrize("sent", ["Bearer", "Bearer ", "bearer  "])
    def test_an_empty_token_opens_them_to_nobody(self, make_service: Callable[..., Service], sent: str):
        answer = ask(make_service(metrics_token=""), "/metrics", "192.0.2.1", Authorization=sent)
        assert (answer.status_code, answer.json()["code"]) == (403, "metrics.closed")


class TestSecurityContact:
    """RFC 9116."""

    def test_without_a_contact_there_is_no_file(self, service: Service):
        assert service.get("/.well-known/security.txt").status_code == 404

    @pytest.mark.parametrize(
        ("contact", "line"),
        [
            ("mailto:security@example.org", "Contact: mailto:security@example.org"),
            ("security@example.org", "Contact: mailto:security@example.org"),
            ("https://example.org/report", "Contact: https://example.org/report"),
            ("a@example.org\nExpires: never", "Contact: a@example.org Expires: never"),
        ],
    )
    def test_it_says_whom_to_tell_and_until_when(self, make_service: Callable[..., Service], contact: str, line: str):
        answer = make_service(security_contact=contact).get("/.well-known/security.txt")
        lines = answer.text.splitlines()
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        assert lines[0] == line
        assert [name.partition(":")[0] for name in lines] == ["Contact", "Expires", "Canonical"]
        expires = clock.datetime.fromisoformat(lines[1].removeprefix("Expires: "))
        assert timedelta(days=30) < expires - clock.now() < timedelta(days=366)


def test_readiness_looks_at_the_model(service: Service, monkeypatch: pytest.MonkeyPatch):
    checks = service.portal.call(health.readiness, service.app.state.doors)
    assert checks.keys() == {"database", "schema", "model", "facts"}


def test_none_of_these_is_kept_by_caches(service: Service):
    answers: dict[str, Any] = {path: service.get(path) for path in ("/healthz", "/readyz", "/metrics")}
    assert {answer.headers["cache-control"] for answer in answers.values()} == {"no-store"}


def test_a_statement_that_does_not_hold_turns_readiness_red_and_is_named(service: Service):
    assert service.get("/readyz").json()["checks"]["facts"] == "ok"
    with service.runtime.database.transaction() as db:
        db.connection().exec_driver_sql("ALTER TABLE comments ADD COLUMN mood VARCHAR")
    doors = service.app.state.doors
    with service.runtime.database.snapshot() as db:
        site = service.runtime.directory.fresh(db).sites[service.site.id]
        doors.reporting.verify(db, site=site, now=clock.now())
    answer = service.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["facts"] == "not true right now: fields"
    page = service.get(f"/sites/{service.site.id}/comment-data").text
    assert "This is not true right now" in page
    assert "comments.mood" in page


def test_what_was_found_is_kept_for_a_minute_and_then_looked_at_again(service: Service):
    reporting = service.app.state.doors.reporting
    with service.runtime.database.snapshot() as db:
        site, now = service.runtime.directory.fresh(db).sites[service.site.id], clock.now()
        first = reporting.verified(db, site=site, now=now)
        assert reporting.verified(db, site=site, now=now + timedelta(seconds=59)) is first
        assert reporting.verified(db, site=site, now=now + timedelta(seconds=61)) is not first
        assert reporting.verified(db, site=site, now=now) is not first  # a clock that goes back keeps nothing


def test_a_thread_looks_at_every_notice(service: Service, monkeypatch: pytest.MonkeyPatch):
    doors = service.app.state.doors
    looked = []
    monkeypatch.setattr(doors.reporting, "verify", lambda _, *, site, now: looked.append((site.id, now)))
    Watching(doors.runtime, doors.reporting, doors.recording)._look()
    assert [id_ for id_, _ in looked] == [service.site.id]
    service.runtime.database.close()
