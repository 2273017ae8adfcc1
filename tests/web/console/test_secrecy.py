"""What is typed into the console stands in no log, no figure, no refusal, and on no page but the one it was for."""

from typing import Any

import pytest
import structlog

from moderation import clock, telemetry
from moderation.duties import hosting
from moderation.vocabulary import Role
from tests.support.asgi import Service
from tests.support.console import JSON, PASSWORD, SIGN_IN, Guest, group, path_of, person, say
from tests.support.console_routes import ADDRESSES
from tests.support.factories import SPAM_WORDS

CANARIES = {
    "content": "canarycontent-1a",
    "author": "canaryauthor-2b",
    "mail": "canary-mail-3c@example.org",
    "name": "Canaryname Of-Moderator",
    "note": "canary-note-4d",
    "sentence": "canary-sentence-5e",
    "search": "canarysearch-6f",
    "rule": "canary-rule-7a",
    "password": "canary-password-8b-long-enough",
    "moderator": "canary-moderator-9c@team.example",
    "path": "canary-path-1d",
    "key": "canarykey2e",
}


@pytest.fixture
def log(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> pytest.CaptureFixture[str]:
    """What is logged from here on, at the most talkative level."""
    monkeypatch.setattr(telemetry, "_logger", structlog.get_logger())
    return capsys


def everything_done(service: Service, boss: Guest) -> list[str]:
    """Walks through the console, well and badly, and returns the secrets that were made on the way."""
    here = path_of(service.sites[0])
    author = {"name": CANARIES["author"], "email": CANARIES["mail"]}
    comment = say(service, f"{SPAM_WORDS} {CANARIES['content']}", author=author)
    say(service, f"{SPAM_WORDS} {CANARIES['content']}", author=author)
    group(service)
    act = f"{here}/comments/{comment}/act"
    written = {"note": CANARIES["note"], "sentence": CANARIES["sentence"], "key": CANARIES["key"]}
    assert boss.id
    with service.runtime.database.transaction() as db:
        link = hosting.sign_in_secret(db, moderator_id=boss.id, now=clock.now())
    other, wrong = Guest(service), Guest(service)
    other.sign_in(link=link)
    wrong.sign_in(
        email=CANARIES["moderator"], password=CANARIES["password"], code=CANARIES["key"], next=CANARIES["path"]
    )
    boss.post("/console/account/name", {"name": CANARIES["name"]})
    boss.post("/console/account/password", {"current": PASSWORD, "new": CANARIES["password"]})
    boss.post("/console/account/password", {"current": CANARIES["password"], "new": "short"})
    for address in ADDRESSES:
        path, form = address.filled(service.site.id, comment), address.sent(comment)
        if address.method == "GET":
            boss.get(path, params={"q": CANARIES["search"], "done": CANARIES["path"]})
        elif "sign-out" not in path:
            boss.post(path, {**form, **written, "token": CANARIES["key"]})
            boss.ask(path, {**form, **written, "version": "77"})
    boss.post(act, {"act": "remove:insult", "version": "1", **written})
    boss.get(f"{here}/search?q={CANARIES['search']}&author={CANARIES['mail']}&from={CANARIES['path']}")
    boss.post(f"{here}/bulk", {"act": "spam", "all_found": "1", "search.q": CANARIES["search"]})
    boss.post(f"{here}/rules", {"kind": "pattern", "pattern": f"({CANARIES['rule']}", "verdict": "hold"})
    boss.post(f"{here}/rules", {"kind": "word", "pattern": CANARIES["rule"], "verdict": "hold"})
    page = boss.post(f"{here}/people", {"email": f"new-{CANARIES['moderator']}", "role": "lead"}).text
    shown = boss.post(f"{here}/keys", {"kind": "api", "overlap": "7"}).text
    boss.get(f"/console/{CANARIES['path']}?x={CANARIES['search']}")
    boss.get(f"{here}/comments/{CANARIES['path']}")
    wrong.get(f"/console/account?done={CANARIES['path']}")
    made = [text.split("</code>")[0].rpartition("#")[2] for text in (page + shown).split('<code class="key">')[1:]]
    assert len(made) == 2
    return [*made, link, boss.token, boss.cookies["candor"], other.cookies["candor"]]


def test_nothing_that_was_typed_shown_or_kept_is_in_the_log_or_the_figures(make_service: Any, log: Any):
    service = make_service(log_level="debug", metrics_token="m" * 20)
    boss = person(service, "boss", Role.LEAD, Role.OPERATOR, password=PASSWORD)
    secrets = everything_done(service, boss)
    figures = service.get("/metrics", headers={"Authorization": f"Bearer {'m' * 20}"}).text
    assert 'candor_refusals_total{code="sign_in.refused"}' in figures
    assert 'candor_refusals_total{code="form.foreign"}' in figures
    printed = log.readouterr()
    told = printed.out + printed.err + figures
    for secret in (*CANARIES.values(), *secrets, service.api_token, boss.email, PASSWORD):
        assert secret not in told, secret
    assert "canary" not in told.casefold()


def test_a_failure_in_the_console_is_logged_by_its_place_only(
    make_service: Any, log: Any, monkeypatch: pytest.MonkeyPatch
):
    service = make_service(log_level="debug", reraises=False)
    ana = person(service, "ana")

    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError(f"{args}{kwargs}{CANARIES['content']}")

    monkeypatch.setattr("moderation.duties.reviewing.find", fail)
    address = f"{path_of(service.sites[0])}/search?q={CANARIES['search']}"
    for headers in ({}, JSON):
        answer = ana.get(address, headers=headers)
        assert answer.status_code == 500
        assert "canary" not in answer.text
    printed = log.readouterr()
    assert "RuntimeError" in printed.err
    assert "canary" not in printed.out + printed.err


def test_no_refusal_repeats_what_was_sent(shared: Service, ana: Guest):
    here = path_of(shared.sites[0])
    for address in (
        f"/console/{CANARIES['path']}",
        f"{here}/comments/{CANARIES['path']}",
        f"{here}/queue?after=canary",
    ):
        for headers in ({}, JSON):
            answer = ana.get(address, headers=headers)
            assert answer.status_code in {404, 422}
            assert "canary" not in answer.text
    for path in ("act", "x"):
        answer = ana.ask(f"{here}/comments/{CANARIES['path']}/{path}", {"act": "canary", "note": "canary"})
        assert "canary" not in answer.text
    assert "canary" not in Guest(shared).post(SIGN_IN, {"link": "canary", "email": "canary@x.example"}).text


def test_a_page_names_no_address_of_a_person_but_to_themselves_and_operators(shared: Service, ana: Guest, ole: Guest):
    here = path_of(shared.sites[0])
    ana.post("/console/account/name", {"name": "Ana"})
    comment = say(shared, f"{SPAM_WORDS} no addresses", author={"name": "Ann", "email": CANARIES["mail"]})
    ana.ask(f"{here}/comments/{comment}/act", {"act": "note", "version": "1", "note": "x"})
    for page in ("queue", f"comments/{comment}", "search?q=addresses", "quality", "learning", "rules", "thresholds"):
        text = ole.get(f"{here}/{page}").text
        assert ana.email not in text
        assert CANARIES["mail"] not in text
    assert ana.email in ole.get(f"{here}/people").text
    assert ana.email in ana.get("/console/account").text
