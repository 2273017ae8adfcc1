"""A receipt is no oracle: for a while it tells of the program's decision only what everybody sees anyway."""

import re
import uuid
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest

from moderation import clock
from moderation.duties import exporting
from moderation.judging.receipt import told_from
from moderation.judging.statement import Made
from moderation.seal import Seal
from moderation.storage import comments
from moderation.storage.database import Db
from moderation.vocabulary import State, Verdict
from tests.conftest import SECRET
from tests.support import factories
from tests.support.asgi import Service
from tests.support.receipts import Opened, ask, opened, send, token_of

DELAY = timedelta(minutes=10)
TELLTALE = ("likely spam", "resembles", "base-spam", "Model:", "unwelcome", "Statement of")


@pytest.fixture
def service(make_service: Callable[..., Service]) -> Service:
    """A service as it is delivered."""
    return make_service(rate_limit_receipts=1_000)


@pytest.fixture
def removing(service: Service, monkeypatch: pytest.MonkeyPatch) -> Service:
    """The same, whose program may refuse by itself."""
    monkeypatch.setattr(type(service.site.policy), "program_may_remove", property(lambda _: True))
    return service


def _without_what_differs(page: Opened) -> str:
    """A page's words without ids, hashes, times and the comment's own text."""
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32,}|[0-9A-Z]{12}", "…", page.text)
    text = re.sub(r"\d+ \w+ 2026, \d\d:\d\d UTC|\d+ \w+ 202\d|20\d\d-\d\d-\d\dT[\d:.+]+", "…", text)
    return text.replace(factories.SPAM_WORDS, "…").replace(OTHER_SPAM, "…")


OTHER_SPAM = "Buy replica watches here http://watches.example/cheap http://watches.example/fast now, best price!!!"


def test_for_a_while_a_receipt_tells_the_state_and_no_reasons(service: Service):
    sent = send(service, factories.SPAM_WORDS)
    page = opened(service, token_of(sent))
    assert "This comment is held" in page.text
    assert "The reasons are shown from" in page.text
    assert "A program held it." in page.text
    assert [word for word in TELLTALE if word in page.text] == []
    assert "stored, and not shown yet" in page.text


def test_the_file_tells_no_more_than_the_page(service: Service):
    told = ask(service, "export", token_of(send(service, factories.SPAM_WORDS)))
    assert [word for word in TELLTALE if word in told.text] == []
    early = {
        name for name, why in told.json()["withheld"].items() if why.startswith("stored, and not shown yet; from 2026")
    }
    assert early >= {"decisions.reasons", "decisions.band", "decisions.verdict", "comments.state", "events.facts"}
    assert (told.json()["statements"], told.json()["state"]) == ([], "held")


def test_the_file_of_what_is_published_tells_its_state_and_no_reason(service: Service):
    token = token_of(send(service))
    told = ask(service, "export", token)
    (comment,) = told.json()["stored"]["comments"]
    assert (comment["state"], told.json()["state"]) == ("published", "published")
    assert {"comments.reason", "comments.waits_as", "comments.waits_since"} <= told.json()["withheld"].keys()
    assert [word for word in (*TELLTALE, "model.text") if word in told.text] == []
    page = opened(service, token).text
    assert [word for word in (*TELLTALE, "model.text") if word in page] == []


def test_the_file_of_what_is_refused_tells_what_that_of_something_held_does(removing: Service):
    told = ask(removing, "export", token_of(send(removing, factories.SPAM_WORDS))).json()
    assert (told["state"], "comments.state" in told["withheld"]) == ("held", True)
    assert "removed" not in {one.get("state") for one in told["stored"]["comments"]}


def test_what_a_program_refused_looks_like_what_it_held(removing: Service):
    """A writer who tries words out cannot tell the two apart before the time."""
    refused = send(removing, factories.SPAM_WORDS)
    with removing.runtime.database.snapshot() as db:
        assert _state(db, removing, refused) is State.REMOVED
    page = opened(removing, token_of(refused))
    assert "This comment is held" in page.text
    assert "refused" not in re.sub(r"Once it is refused|What is kept back or refused|once refused", "", page.text)


def test_a_held_and_a_refused_comment_have_the_same_receipt_for_a_while(
    service: Service, monkeypatch: pytest.MonkeyPatch
):
    held = _without_what_differs(opened(service, token_of(send(service, OTHER_SPAM))))
    monkeypatch.setattr(type(service.site.policy), "program_may_remove", property(lambda _: True))
    sent = send(service, factories.SPAM_WORDS)
    with service.runtime.database.snapshot() as db:
        assert _state(db, service, sent) is State.REMOVED
    assert _without_what_differs(opened(service, token_of(sent))) == held


def test_what_a_person_decided_is_told_at_once(service: Service):
    sent = send(service, factories.SPAM_WORDS)
    choice = {"verdict": "remove", "label": "spam", "reason": "It sells pills."}
    service.post(f"/api/v1/comments/{sent['id']}/decisions", json=choice, headers=service.bearer)
    page = opened(service, token_of(sent))
    assert "This comment is refused" in page.text
    assert "It sells pills." in page.text
    assert "resembles" not in page.text


def test_new_words_are_no_way_around_the_delay(service: Service):
    """Each judgement of the program has its own delay: trying words out as corrections tells nothing sooner."""
    sent = send(service)
    page = Opened(ask(service, "correct", token_of(sent), content=factories.SPAM_WORDS, name="Ann").text)
    assert "This comment is held" in page.text
    assert [word for word in TELLTALE if word in page.text] == []


@pytest.mark.parametrize(("after", "is_told"), [(0, False), (9, False), (15, True), (16, True)], ids=str)
def test_reasons_come_after_the_delay_and_at_the_latest_after_half_of_it_more(after: int, *, is_told: bool):
    made = _held()
    for share in (0.0, 0.5, 1.0):
        early = told_from([made], delay=DELAY, share=share, now=factories.NOW + timedelta(minutes=after))
        assert (made.id not in early) is is_told


def test_the_jitter_moves_the_moment_and_a_delay_of_nothing_has_none():
    made = _held()
    moments = [told_from([made], delay=DELAY, share=share, now=factories.NOW)[made.id] for share in (0.0, 1.0)]
    assert [at - factories.NOW for at in moments] == [DELAY, DELAY * 1.5]
    assert told_from([made], delay=timedelta(0), share=1.0, now=factories.NOW) == {}


def test_which_part_of_the_jitter_a_comment_has_is_told_by_the_key_alone(service: Service):
    sent = [send(service, f"{factories.SPAM_WORDS} {number}") for number in range(6)]
    seals = [Seal(bytes.fromhex(SECRET)), Seal(bytes.fromhex("a1" * 32))]
    with service.runtime.database.snapshot() as db:
        rows = [comments.get(db, site_id=service.site.id, comment_id=uuid.UUID(one["id"])) for one in sent]
        jitters = [[_wait(db, seal, row) for row in rows] for seal in seals]
        assert [_wait(db, seals[0], row) for row in rows] == jitters[0]
    assert len(set(jitters[0])) == len(rows)
    assert jitters[0] != jitters[1]
    assert all(DELAY <= wait <= DELAY * 1.5 for wait in jitters[0])


def _wait(db: Db, seal: Seal, row: Any) -> timedelta:
    veil = exporting.veil_of(db, seal=seal, row=row, delay=DELAY, now=row.received_at)
    return veil.early[row.decision_id] - row.received_at


def _held() -> Made:
    from moderation.judging.decision import Decision
    from moderation.judging.signal import Reason
    from moderation.vocabulary import Actor

    return Made(clock.new_id(), Decision(Verdict.HOLD, Actor.POLICY, (Reason("model.text", "So."),)), factories.NOW)


def _state(db: Db, service: Service, sent: Mapping[str, Any]) -> State:
    return comments.get(db, site_id=service.site.id, comment_id=uuid.UUID(sent["id"])).state
