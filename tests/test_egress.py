"""Outgoing connections: only those that are named, for a purpose, and in a form that the other side understands."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from moderation import egress
from moderation.egress import Letter, MailFailure, NotNamed, Purpose
from moderation.errors import SettingFault
from moderation.settings import Settings, load_settings
from tests.support.smtp import MailServer, mail_server
from tests.support.source import PROJECT

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
LETTER = Letter("01a2", "ann@mail.example", "Your lost receipt", "One line.\n\nÄnother öne.\n")


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


def settings_for(make_settings: Callable[..., Settings], server: MailServer, **more: Any) -> Settings:
    named = {"smtp_host": "127.0.0.1", "smtp_port": server.port, "smtp_security": "none"}
    return make_settings(**named, mail_from="privacy@operator.example", **more)


def sent(settings: Settings, letter: Letter = LETTER) -> list[Purpose]:
    contacted: list[Purpose] = []
    egress.mailer(settings).send(letter, now=NOW, contacted=contacted.append)
    return contacted


@pytest.mark.loopback
def test_a_mail_arrives_as_it_was_written(make_settings: Callable[..., Settings], server: MailServer):
    assert sent(settings_for(make_settings, server)) == [Purpose.MAIL]
    (mail,) = server.mails
    assert (mail["From"], mail["To"], mail["Subject"]) == ("privacy@operator.example", LETTER.to, LETTER.subject)
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content().replace("\r\n", "\n") == LETTER.text
    assert server.envelopes == [LETTER.to]


@pytest.mark.loopback
@pytest.mark.parametrize(
    ("answer", "cause", "is_final"),
    [
        ("RCPT 550 no such person", "recipient_550", True),
        ("RCPT 451 later", "recipient_451", False),
        ("MAIL 421 too busy", "answer_421", False),
        ("DATA 554 no", "answer_554", False),
    ],
)
def test_a_refusal_is_told_by_its_number_and_without_the_address(
    make_settings: Callable[..., Settings], server: MailServer, answer: str, cause: str, is_final: bool
):
    server.answers[answer[:4]] = answer[5:]
    with pytest.raises(MailFailure) as refusal:
        sent(settings_for(make_settings, server))
    assert (refusal.value.cause, refusal.value.is_final) == (cause, is_final)
    assert "ann" not in f"{refusal.value} {refusal.value!r}"


@pytest.mark.loopback
def test_a_server_without_tls_gets_no_mail_where_tls_is_wanted(
    make_settings: Callable[..., Settings], server: MailServer
):
    settings = settings_for(make_settings, server)
    with pytest.raises(MailFailure):
        sent(settings.model_copy(update={"smtp_security": "starttls"}))
    with pytest.raises(MailFailure):
        sent(settings.model_copy(update={"smtp_security": "tls"}))
    assert server.mails == []


@pytest.mark.loopback
def test_a_server_that_is_not_there_is_a_failure_and_a_contact(make_settings: Callable[..., Settings]):
    with mail_server() as gone:
        settings = settings_for(make_settings, gone)
    contacted: list[Purpose] = []
    with pytest.raises(MailFailure, match="ConnectionRefusedError"):
        egress.mailer(settings).send(LETTER, now=NOW, contacted=contacted.append)
    assert contacted == [Purpose.MAIL]


@pytest.mark.loopback
def test_a_domain_of_other_letters_is_written_as_mail_servers_know_it(
    make_settings: Callable[..., Settings], server: MailServer, tmp_path: Path
):
    foreign = Letter("01a3", "ann@b\u00fccher.example", "Your lost receipt", "One line.\n")
    sent(settings_for(make_settings, server), foreign)
    assert (server.envelopes, server.mails[0]["To"]) == (["ann@xn--bcher-kva.example"], "ann@xn--bcher-kva.example")
    sent(make_settings(mail_outbox=tmp_path), foreign)
    assert b"To: ann@xn--bcher-kva.example" in (tmp_path / "01a3.eml").read_bytes()


@pytest.mark.loopback
@pytest.mark.parametrize("address", ["j\u00f6rg@mail.example", "ann@" + "\u00fc" * 70 + ".example"])
def test_an_address_that_the_server_cannot_take_is_given_up_at_once(
    make_settings: Callable[..., Settings], server: MailServer, address: str
):
    with pytest.raises(MailFailure) as refusal:
        sent(settings_for(make_settings, server), Letter("01a4", address, "Your lost receipt", "One line.\n"))
    assert (refusal.value.is_final, server.mails) == (True, [])


def test_what_is_allowed_is_named_and_nothing_else(make_settings: Callable[..., Settings], tmp_path: Path):
    named = make_settings(smtp_host="smtp.operator.example", mail_from="a@b.example")
    assert egress.allowed(named) == {Purpose.MAIL: ("smtp.operator.example", 587)}
    for silent in (make_settings(), make_settings(mail_outbox=tmp_path)):
        assert egress.allowed(silent) == {}
    assert egress.mailer(make_settings()) is None


@pytest.mark.parametrize(
    ("event", "arguments"),
    [
        ("socket.connect", (None, ("192.0.2.7", 443))),
        ("socket.connect", (None, ("2001:db8::1", 443, 0, 0))),
        ("socket.sendto", (None, ("192.0.2.7", 53))),
        ("socket.getaddrinfo", ("elsewhere.example", 443, 0, 0, 0)),
        ("socket.getaddrinfo", (b"elsewhere.example", 443, 0, 0, 0)),
        ("socket.gethostbyname", ("elsewhere.example",)),
    ],
)
def test_the_guard_refuses_every_way_out_that_this_module_did_not_open(event: str, arguments: tuple[Any, ...]):
    with pytest.raises(NotNamed):
        egress.refuse(event, arguments, beside=frozenset({"database.example"}))


@pytest.mark.parametrize(
    ("event", "arguments"),
    [
        ("socket.connect", (None, "/run/postgresql/.s.PGSQL.5432")),
        ("socket.connect", (None, ("127.0.0.1", 25))),
        ("socket.connect", (None, ("::1", 25, 0, 0))),
        ("socket.getaddrinfo", ("database.example", 5432, 0, 0, 0)),
        ("socket.getaddrinfo", (None, 8000, 0, 0, 0)),
        ("socket.bind", (None, ("0.0.0.0", 8000))),
        ("open", ("anything", "r", 0)),
    ],
)
def test_the_guard_lets_the_database_and_this_machine_be(event: str, arguments: tuple[Any, ...]):
    egress.refuse(event, arguments, beside=frozenset({"database.example"}))


@pytest.mark.parametrize(
    ("url", "hosts"),
    [
        ("sqlite:///data/candor.db", set()),
        ("postgresql://ann:pw@database.example:5433/candor", {"database.example"}),
        ("postgresql+psycopg://ann@one.example:1,two.example:2/candor", {"one.example", "two.example"}),
        ("postgresql://ann@/candor?host=one.example:1&host=two.example", {"one.example", "two.example"}),
        ("postgresql://[2001:db8::1]:5432/candor", {"2001:db8::1"}),
        ("postgresql:///candor?host=/run/postgresql", {"/run/postgresql"}),
        ("postgresql:///candor", None),
    ],
)
def test_the_databases_own_machines_are_known_from_its_address(url: str, hosts: set[str] | None):
    assert egress.database_hosts(url) == hosts


def test_where_the_driver_finds_the_database_itself_names_are_looked_up_but_nothing_is_connected():
    egress.refuse("socket.getaddrinfo", ("elsewhere.example", 5432), beside=None)
    with pytest.raises(NotNamed):
        egress.refuse("socket.connect", (None, ("192.0.2.7", 443)), beside=None)


def test_a_serving_process_is_guarded(tmp_path: Path):
    code = (
        "import service, socket\n"
        "service.create_app()\n"
        "try: socket.create_connection(('192.0.2.7', 443), timeout=1)\n"
        "except OSError as error: print(type(error).__name__)\n"
    )
    variables = {"CANDOR_DATABASE_URL": f"sqlite:///{tmp_path}/c.db", "PATH": "/usr/bin", "PYTHONPATH": str(PROJECT)}
    run = [sys.executable, "-c", code]
    done = subprocess.run(run, cwd=tmp_path, env=variables, capture_output=True, text=True, check=False, timeout=60)
    assert (done.stdout.strip(), done.stderr) == ("NotNamed", "")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"SMTP_HOST": "smtp.operator.example"}, "CANDOR_MAIL_FROM: must be stated when CANDOR_SMTP_HOST is"),
        ({"MAIL_FROM": "Ann <ann@mail.example>"}, "CANDOR_MAIL_FROM: must be an e-mail address alone"),
        ({"MAIL_FROM": "ann@mail.example\r\nBcc: ben@mail.example"}, "CANDOR_MAIL_FROM: must be an e-mail address"),
        ({"SMTP_SECURITY": "ssl"}, "CANDOR_SMTP_SECURITY: "),
        (
            {"SMTP_HOST": "a.example", "MAIL_FROM": "a@b.c", "SMTP_SECURITY": "none", "SMTP_PASSWORD": "canary"},
            "CANDOR_SMTP_SECURITY: must be starttls or tls where CANDOR_SMTP_PASSWORD is set",
        ),
    ],
)
def test_a_wrong_setting_stops_the_start_in_one_line(
    given: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.chdir(tmp_path)
    for name, value in given.items():
        monkeypatch.setenv(f"CANDOR_{name}", value)
    with pytest.raises(SettingFault) as fault:
        load_settings()
    assert fault.value.message.startswith(said)
    assert "\n" not in fault.value.message
    assert "canary" not in fault.value.message


def test_a_name_that_is_looked_up_for_an_allowed_machine_passes_only_inside():
    with egress._passage():
        egress.refuse("socket.getaddrinfo", ("smtp.operator.example", 587))
    with pytest.raises(NotNamed):
        egress.refuse("socket.getaddrinfo", ("smtp.operator.example", 587))
