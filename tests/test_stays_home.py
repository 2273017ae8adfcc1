"""The service talks to nobody that its notice does not name: a whole story with every other way out closed (T3)."""

import json
import re
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from moderation import egress, worker
from moderation.settings import Settings
from tests.support import factories, sockets
from tests.support.asgi import Service
from tests.support.smtp import MailServer, mail_server
from tests.support.sockets import NetworkClosed

ANN = "ann@mail.example"


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


@pytest.fixture
def loop_of(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Service], dict[str, Any]]]:
    """One round of the background loop, with the settings of a service; a failed step fails the test."""

    def round_of(service: Service) -> dict[str, Any]:
        use = service.runtime.settings
        given = {"DATABASE_URL": use.database_url, "SECRET_KEY": use.seal.secret.hex()}
        given |= {"SMTP_HOST": use.smtp_host, "SMTP_PORT": str(use.smtp_port), "SMTP_SECURITY": use.smtp_security}
        for name, value in (given | {"MAIL_FROM": use.mail_from}).items():
            monkeypatch.setenv(f"CANDOR_{name}", value)
        worker._settings.cache_clear()
        done: dict[str, Any] = {}
        for steps in (worker.QUICK_STEPS, worker.STEPS, worker.MAIL_STEPS):
            done |= worker.run_once(service.runtime.database, steps)
        assert None not in done.values(), done
        return done

    yield round_of
    worker._settings.cache_clear()


def story(service: Service, loop_of: Callable[[Service], dict[str, Any]]) -> None:
    """Everything that happens to a comment, from the blog's question to the writer's receipt."""
    form = factories.akismet(service.akismet_key, comment_author_email=ANN)
    assert service.post("/1.1/comment-check", data=dict(form)).text in {"true", "false"}
    body = factories.native(factories.SPAM_WORDS)
    body["author"] = {**body["author"], "email": ANN}
    sent = service.post("/api/v1/comments", json=body, headers=service.bearer).json()
    choice = {"verdict": "publish", "label": "ham", "reason": "She is a regular."}
    decided = service.post(f"/api/v1/comments/{sent['id']}/decisions", json=choice, headers=service.bearer)
    assert decided.status_code in {200, 201}, decided.text
    site = f"/sites/{service.site.id}"
    for address in ("/comment-data", f"{site}/comment-data", f"{site}/comment-data.json", f"{site}/comment-data.txt"):
        assert service.get(address).status_code == 200
    for address in ("/receipt", "/receipt/lost", "/api/docs", "/healthz", "/console/sign-in"):
        assert service.get(address).status_code == 200
    token = sent["receipt"]["url"].partition("#")[2]
    assert service.post("/receipt", data={"token": token}).status_code == 200
    assert service.post("/receipt/lost", data={"email": ANN}).status_code == 200
    assert "learn" in loop_of(service)


def test_a_whole_story_reaches_no_other_machine(service_on_both: Service, loop_of: Callable[[Service], dict[str, Any]]):
    with sockets.only() as passed:
        story(service_on_both, loop_of)
    assert passed == []


@pytest.mark.loopback
def test_with_mail_the_mail_server_is_reached_and_no_other(
    make_service: Callable[..., Service],
    database_url: str,
    server: MailServer,
    loop_of: Callable[[Service], dict[str, Any]],
):
    named = {"smtp_host": "127.0.0.1", "smtp_port": server.port, "smtp_security": "none", "mail_from": "us@op.example"}
    service = make_service(database_url=database_url, **named)
    with sockets.only(("127.0.0.1", server.port)) as passed:
        story(service, loop_of)
    assert set(passed) == {f"127.0.0.1:{server.port}"}
    (mail,) = server.mails
    secret = re.search(r"#([0-9A-Z]{26})\s", mail.get_content())[1]
    assert service.post("/receipt/mailed", data={"token": secret}).status_code == 200


@pytest.mark.loopback
@pytest.mark.parametrize("named", [(), (("127.0.0.1", 25),)])
def test_the_guard_of_these_tests_refuses_the_others(server: MailServer, named: tuple[tuple[str, int], ...]):
    with sockets.only(*named), pytest.raises(NetworkClosed):
        socket.create_connection(("127.0.0.1", server.port), timeout=5)
    with sockets.only(*named), pytest.raises(NetworkClosed):
        socket.create_connection(("elsewhere.example", 443), timeout=5)


@pytest.mark.parametrize("host", ["", "smtp.operator.example"])
def test_the_notice_names_whom_the_service_talks_to_and_nobody_else(make_service: Callable[..., Service], host: str):
    changes = {"smtp_host": host, "mail_from": "us@operator.example"} if host else {}
    service = make_service(**changes)
    told = json.dumps(_fact(service, "recipients"))
    hosts = {place for place, _ in egress.allowed(service.runtime.settings).values()}
    assert hosts == ({host} if host else set())
    assert ("smtp.operator.example" in told) == bool(host)
    page = service.get(f"/sites/{service.site.id}/comment-data").text
    assert ("smtp.operator.example" in page) == bool(host)


def _fact(service: Service, id_: str) -> Any:
    notice = service.get(f"/sites/{service.site.id}/comment-data.json").json()
    facts = notice["facts"]
    found = facts[id_] if isinstance(facts, dict) else next(fact for fact in facts if fact["id"] == id_)
    return found["value"]


def test_each_purpose_is_one_that_the_notice_knows(make_settings: Callable[..., Settings]):
    everything = make_settings(smtp_host="smtp.operator.example", mail_from="us@operator.example")
    assert set(egress.allowed(everything)) == set(egress.Purpose)
