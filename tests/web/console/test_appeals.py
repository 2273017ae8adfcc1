"""Writers are heard in the console: their words and the comment first, the program's opinion afterwards."""

import re
import uuid
from typing import Any

import pytest

from moderation.duties import explaining
from moderation.storage import comments
from moderation.vocabulary import Role, State
from tests.support.asgi import Service
from tests.support.console import Guest, path_of, person
from tests.support.factories import KIND_WORDS, SPAM_WORDS
from tests.support.receipts import Opened, ask, opened, send, token_of

HEARD = "It was no spam. Rule two: links are welcome."


@pytest.fixture
def service(make_service: Any, database_url: str) -> Service:
    return make_service(receipt_delay_minutes=0, rate_limit_receipts=1_000, database_url=database_url)


@pytest.fixture
def ana(service: Service) -> Guest:
    return person(service, "ana", Role.MODERATOR)


def asked(service: Service, words: str = "I run no shop.", content: str = SPAM_WORDS) -> tuple[dict[str, Any], str]:
    """A held comment whose writer asks for another look, and its token."""
    sent = send(service, content)
    assert ask(service, "appeal", token_of(sent), text=words).status_code == 200
    return sent, token_of(sent)


def answer(guest: Guest, service: Service, comment_id: str, **form: str) -> Any:
    given = {"outcome": "overturned", "reply": HEARD} | form
    return guest.ask(f"{path_of(service.sites[0])}/comments/{comment_id}/appeal", given)


def state_of(service: Service, comment_id: str) -> State:
    with service.runtime.database.snapshot() as db:
        return comments.get(db, site_id=service.site.id, comment_id=uuid.UUID(comment_id)).state


def test_the_program_s_opinion_is_told_only_after_the_answer(service: Service, ana: Guest):
    sent, _ = asked(service)
    page = ana.get(f"{path_of(service.sites[0])}/appeals").text
    assert "I run no shop." in page
    assert "cheap-pills.example" in page
    assert re.search(r"likely spam|resemble|[Ss]core|0\.9\d", page) is None
    answer(ana, service, sent["id"])
    page = ana.get(f"{path_of(service.sites[0])}/appeals").text
    assert "It looked likely spam. Its score was" in page
    assert HEARD in page


def test_the_writer_reads_the_answer_on_the_receipt_and_nobodys_name(service: Service, ana: Guest):
    sent, token = asked(service)
    answer(ana, service, sent["id"])
    page = opened(service, token)
    assert "This comment is published" in page.text
    assert f"A person answered: the decision was wrong. {HEARD}" in page.text
    assert "A person who looked again published it." in page.text
    assert "ana" not in re.findall(r"\w+", page.text)
    assert str(ana.id) not in page.text


def test_how_many_wait_stands_in_the_navigation(service: Service, ana: Guest):
    path = path_of(service.sites[0])
    asked(service)
    asked(service, content=f"{SPAM_WORDS} again")
    assert re.search(
        r'/appeals"[^>]*>Appeals <span class="count" data-count="appeals">2</span>', ana.get(f"{path}/queue").text
    )
    ola = person(service, "ola", Role.OPERATOR)
    assert "/appeals" not in ola.get(f"{path}/queue").text


def test_whoever_decided_is_told_so_and_refused(service: Service, ana: Guest):
    sent = send(service, SPAM_WORDS)
    path = path_of(service.sites[0])
    ana.ask(f"{path}/comments/{sent['id']}/act", {"act": "spam", "version": "1"})
    ask(service, "appeal", token_of(sent), text="I run no shop.")
    assert "You made this decision; somebody else hears the writer." in ana.get(f"{path}/appeals").text
    refused = answer(ana, service, sent["id"])
    assert (refused.status_code, refused.json()["code"]) == (403, "appeal.own")
    assert state_of(service, sent["id"]) is State.REMOVED
    page = opened(service, token_of(sent))
    assert "At this website there is no other person yet than the one who decided." in page.text


@pytest.mark.parametrize("form", [{"outcome": ""}, {"outcome": "maybe"}, {"reply": " "}, {"reply": "x" * 2_001}])
def test_an_answer_that_says_too_little_or_too_much_is_asked_for_again(service: Service, ana: Guest, form: dict):
    sent, _ = asked(service)
    path = f"{path_of(service.sites[0])}/comments/{sent['id']}/appeal"
    refused = ana.post(path, {"outcome": "upheld", "reply": "Because of rule two."} | form)
    assert refused.status_code == 422
    assert 'role="alert"' in refused.text
    assert "reply" in form or "Because of rule two." in refused.text
    assert state_of(service, sent["id"]) is State.HELD


def test_an_appeal_is_heard_once(service: Service, ana: Guest):
    sent, _ = asked(service)
    answer(ana, service, sent["id"], outcome="upheld")
    again = answer(ana, service, sent["id"])
    assert (again.status_code, again.json()["code"]) == (409, "appeal.closed")
    assert state_of(service, sent["id"]) is State.HELD


def test_words_that_the_writer_changed_while_they_were_read_are_read_again_before_they_are_put_back(
    service: Service, ana: Guest
):
    sent, token = asked(service)
    page = ana.get(f"{path_of(service.sites[0])}/appeals").text
    version = re.search(r'name="version" value="(\d+)"', page)
    ask(service, "correct", token, content="Buy pills here instead.", name="Ann")
    refused = ana.post(
        f"{path_of(service.sites[0])}/comments/{sent['id']}/appeal",
        {"outcome": "overturned", "reply": HEARD, "version": version[1] if version else ""},
    )
    assert refused.status_code == 412
    assert "The comment has changed since you read it." in refused.text
    assert HEARD in refused.text
    assert "Buy pills here instead." in refused.text
    assert state_of(service, sent["id"]) is State.HELD


def test_hostile_words_of_a_writer_are_text_for_whoever_hears(service: Service, ana: Guest):
    asked(service, "<script>alert(1)</script>\u202e<img src=x onerror=alert(1)>")
    page = ana.get(f"{path_of(service.sites[0])}/appeals").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<img" not in page
    assert "\u202e" not in page


def needless(page: Opened) -> list[str]:
    """The words without which the program would have let the comment through, as the receipt tells them."""
    told = page.text.partition("It would then have let the comment through:")[2].partition("Statements of reasons")[0]
    return [told.strip()] if told.strip() else []


def test_what_would_have_changed_it_is_told_where_the_program_was_unsure(service: Service):
    link = "http://cheap-pills.example/buy"
    page = opened(service, token_of(send(service, f"{KIND_WORDS} {link}")))
    assert "The program was unsure." in page.text
    assert needless(page) == [link]
    assert send(service, f"{KIND_WORDS} {link}".replace(link, ""))["state"] == "published"


def test_of_what_looked_like_spam_it_is_told_only_after_a_person_has_answered(service: Service, ana: Guest):
    sent, token = asked(service, content=f"{KIND_WORDS} Buy cheap viagra online http://cheap-pills.example/buy")
    assert "It looked likely spam." in opened(service, token).text
    assert needless(opened(service, token)) == []
    answer(ana, service, sent["id"], outcome="upheld", reply="It stays.")
    assert "cheap viagra online" in needless(opened(service, token))[0]


def test_what_scoring_again_does_not_confirm_is_not_told(service: Service, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(explaining, "counterfactual", lambda *_: None)
    page = opened(service, token_of(send(service, f"{KIND_WORDS} http://cheap-pills.example/buy")))
    assert "What would have changed it" not in page.text
