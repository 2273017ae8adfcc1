"""What a receipt and its copy promise of another look is what the door for it gives, and no longer than that."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from moderation import clock
from moderation.clock import Id
from moderation.duties import appealing
from moderation.duties.appealing import Hearer
from moderation.storage import people, sites
from moderation.storage.people import NewModerator
from moderation.vocabulary import Outcome, Role
from tests.support import factories
from tests.support.asgi import Service
from tests.support.receipts import Opened, ask, opened, send, token_of

OFFER = "You can ask here for another look until"
LEAD = "You can ask for another look."
WISH = {"text": "It is not spam."}


@pytest.fixture
def service(make_service: Callable[..., Service]) -> Service:
    """A service that tells at once what the program decided."""
    return make_service(receipt_delay_minutes=0, rate_limit_receipts=1_000)


def decided(service: Service, sent: dict[str, Any], verdict: str) -> None:
    """The website decides."""
    url = f"/api/v1/comments/{sent['id']}/decisions"
    answer = service.post(url, json={"verdict": verdict, "reason": "So."}, headers=service.bearer)
    assert answer.status_code < 300, answer.text


def heard(service: Service, sent: dict[str, Any], outcome: Outcome) -> None:
    """Another person answers."""
    site_id, now = service.site.id, clock.now()
    with service.runtime.database.transaction() as db:
        person = NewModerator("ana@example.org", "a hash", Role.LEAD)
        id_ = people.add(db, site_id=site_id, person=person, now=now)
        hearer = Hearer(service.runtime.settings.seal, site_id, id_, {Role.LEAD})
        appealing.hear(db, hearer=hearer, comment_id=Id(sent["id"]), outcome=outcome, reply="It stays.", now=now)


def statements(service: Service, token: str) -> list[dict[str, Any]]:
    return ask(service, "export", token).json()["statements"]


def promises(service: Service, token: str) -> tuple[int, list[bool]]:
    """How often the page offers another look, and of which statements the copy does."""
    offered = [one["redress_until"] is not None for one in statements(service, token)]
    return opened(service, token).text.count(OFFER), offered


def test_while_another_look_can_be_asked_for_the_standing_decision_says_until_when(service: Service):
    sent = send(service, factories.SPAM_WORDS)
    decided(service, sent, "remove")
    token = token_of(sent)
    assert promises(service, token) == (1, [False, True])
    assert LEAD in opened(service, token).text
    assert ask(service, "appeal", token, **WISH).status_code == 200


def test_what_was_asked_and_answered_is_not_offered_again(service: Service):
    sent = send(service, factories.SPAM_WORDS)
    decided(service, sent, "remove")
    token = token_of(sent)
    ask(service, "appeal", token, **WISH)
    assert promises(service, token) == (0, [False, False])
    heard(service, sent, Outcome.UPHELD)
    page = opened(service, token).text
    assert "This comment is refused" in page
    assert LEAD not in page
    assert "A person has answered already." in page
    assert promises(service, token) == (0, [False, False])
    assert ask(service, "appeal", token, **WISH).status_code == 409


def test_what_is_over_says_since_when_and_speaks_of_the_past(service: Service):
    sent = send(service, factories.SPAM_WORDS)
    decided(service, sent, "publish")
    token = token_of(sent)
    page = opened(service, token).text
    (one,) = statements(service, token)
    assert "No longer in force since" in page
    assert "The comment was kept back for a person to look at." in page
    for present in ("The comment is kept back", "It is not shown on the website's page", OFFER):
        assert present not in page, present
        assert present not in str(one), present
    assert datetime.fromisoformat(one["ended_at"]) >= datetime.fromisoformat(one["decided_at"])
    assert one["redress_until"] is None
    assert one["why_no_redress"] == "It is not in force any more."
    assert "You can turn to the data protection authority or to a court." in page
    assert ask(service, "appeal", token, **WISH).status_code == 409


def test_where_the_website_is_closed_no_statement_offers_another_look(service: Service):
    token = token_of(send(service, factories.SPAM_WORDS))
    with service.runtime.database.transaction() as db:
        sites.remove(db, service.site.id, now=clock.now())
    assert promises(service, token) == (0, [False])


@pytest.mark.parametrize("verdict", ["hold", "remove"])
def test_after_the_time_for_it_nothing_offers_another_look(service: Service, verdict: str):
    sent = send(service, factories.SPAM_WORDS)
    decided(service, sent, verdict)
    with service.runtime.database.transaction() as db:
        db.connection().execute(text("UPDATE decisions SET decided_at = '2026-01-01 00:00:00.000000'"))
    token = token_of(sent)
    assert promises(service, token)[0] == 0
    assert not any(promises(service, token)[1])
    page = opened(service, token).text
    assert LEAD not in page
    assert "The time in which you could ask for another look is over." in page


class TestShorterThanTheAppealTime:
    """Where comments go before the time for another look is over, it ends with them."""

    @pytest.fixture
    def service(self, make_service: Callable[..., Service]) -> Service:
        return make_service(receipt_delay_minutes=0, rate_limit_receipts=1_000, keep_held_days=5, keep_removed_days=7)

    @pytest.mark.parametrize(("verdict", "days"), [("hold", 5), ("remove", 7)])
    def test_another_look_is_offered_until_the_comment_is_deleted(self, service: Service, verdict: str, days: int):
        sent = send(service, factories.SPAM_WORDS)
        decided(service, sent, verdict)
        token = token_of(sent)
        told = ask(service, "export", token).json()
        until = datetime.fromisoformat(told["statements"][-1]["redress_until"])
        came = datetime.fromisoformat(told["stored"]["comments"][0]["received_at"])
        assert until - came == timedelta(days=days)
        page = Opened(service.post("/receipt", data={"token": token}).text).text
        assert f"{OFFER} {until.day} {until:%B %Y}" in page
        assert "184 days" not in page
        assert f"You can ask until {until.day} {until:%B %Y}" in page

    def test_the_notice_says_the_days_that_are_left(self, service: Service):
        page = Opened(service.get(f"/sites/{service.site.id}/comment-data?all=1").text).text
        assert "If it is held, you can ask for 5 days" in page
        assert "If it is refused, you can ask for 7 days" in page
        assert "184 days" not in page

    def test_what_its_writer_keeps_can_be_asked_about_for_the_whole_time(self, service: Service):
        token = token_of(send(service, factories.SPAM_WORDS))
        ask(service, "freeze", token)
        (one,) = statements(service, token)
        decided_at = datetime.fromisoformat(one["decided_at"])
        assert datetime.fromisoformat(one["redress_until"]) - decided_at == timedelta(days=184)


def test_for_a_while_the_day_does_not_tell_what_is_held_from_what_is_refused(
    make_service: Callable[..., Service], monkeypatch: pytest.MonkeyPatch
):
    service = make_service(keep_held_days=5, keep_removed_days=7, rate_limit_receipts=1_000)
    days = [_asked_until(opened(service, token_of(send(service, factories.SPAM_WORDS))))]
    monkeypatch.setattr(type(service.site.policy), "program_may_remove", property(lambda _: True))
    days.append(_asked_until(opened(service, token_of(send(service, f"{factories.SPAM_WORDS} again")))))
    assert days[0] == days[1] != ""


def _asked_until(page: Opened) -> str:
    return page.text.partition("You can ask until ")[2].partition(",")[0].partition(";")[0]
