"""What is told in few words: the six answers at the top of a notice, and the words beside the comment form."""

import html
import json
import re
from collections.abc import Callable

import pytest

from moderation import clock
from moderation.duties import hosting
from moderation.web import language
from moderation.web.public import form_notice
from moderation.web.public.form_notice import LONGEST, SCHEMA
from tests.support.asgi import Service

QUESTIONS = (
    "What happens?",
    "What do you keep?",
    "Who gets it?",
    "How long?",
    "How often are you wrong?",
    "What can I do?",
)
LONGEST_ANSWER = 20
STATES = {
    "as it comes": ({}, {}),
    "program removes": ({}, {"removal_by_program": "true", "discards": "true"}),
    "mail goes out": ({"smtp_host": "mail.example", "mail_from": "a@example.org"}, {}),
    "kept for times of their own": (
        {"keep_held_days": "31", "keep_removed_days": "365", "keep_published_days": "3650"},
        {},
    ),
    "kept without an end": ({"keep_held_days": "0", "keep_removed_days": "0"}, {}),
}


def words(text: str) -> list[str]:
    return re.findall(r"[^\W_][\w’'.,-]*", text)


def plain(markup: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", markup).split())


@pytest.fixture(params=STATES)
def in_state(request: pytest.FixtureRequest, make_service: Callable[..., Service]) -> Service:
    """A service whose settings and site make the facts differ."""
    settings, changes = STATES[request.param]
    service = make_service(**settings)
    if changes:
        with service.runtime.database.transaction() as db:
            hosting.set_site(db, site_id=service.site.id, changes=changes, now=clock.now())
    return service


def test_the_short_answer_names_both_ends_of_what_is_published(make_service: Callable[..., Service]):
    service = make_service(keep_checked_days=77)
    page = service.get(f"/sites/{service.site.id}/comment-data").text
    (answer,) = [plain(one) for one in re.findall(r'<p class="answer">(.*?)</p>', page, re.DOTALL) if "Held" in one]
    assert "Published: no end is set. Through Akismet: 77 days." in html.unescape(answer)
    assert "not stored" not in plain(page.partition('id="long"')[2].partition("<section")[0])


@pytest.mark.parametrize("code", language.NAMES)
def test_six_questions_are_answered_in_few_words(in_state: Service, code: str):
    page = in_state.get(f"/sites/{in_state.site.id}/comment-data?lang={code}").text
    answers = [plain(answer) for answer in re.findall(r'<p class="answer">(.*?)</p>', page, re.DOTALL)]
    assert len(answers) == len(QUESTIONS)
    assert [answer for answer in answers if not 0 < len(words(answer)) <= LONGEST_ANSWER] == []


def test_the_questions_stand_in_their_order(service: Service):
    page = service.get(f"/sites/{service.site.id}/comment-data").text
    assert tuple(re.findall(r"<div><h2>(.*?)</h2>", page)) == QUESTIONS


@pytest.mark.parametrize("code", language.NAMES)
def test_the_words_beside_the_form_are_few_and_lead_to_the_notice(in_state: Service, code: str):
    path = f"/sites/{in_state.site.id}/form-notice"
    markup = in_state.get(f"{path}?lang={code}").text
    assert 0 < len(words(plain(markup))) <= LONGEST
    told = in_state.get(f"{path}.json?lang={code}").json()
    assert (told["schema"], told["language"]) == (SCHEMA, code)
    assert plain(markup) == told["text"]
    assert f'lang="{code}"' in markup
    notice = f"{in_state.runtime.settings.base_url}/sites/{in_state.site.id}/comment-data"
    assert told["link"]["url"] == notice + ("" if code == language.SOURCE else f"?lang={code}")
    assert re.search(rf'<a href="{re.escape(told["link"]["url"])}" rel="privacy-policy">(.*?)</a>', markup)
    assert in_state.get(f"{path}.txt?lang={code}").text.splitlines() == [told["text"], told["link"]["url"]]


def test_the_words_beside_the_form_are_made_of_facts(service: Service):
    told = service.get("/sites/blog.example/form-notice.json").json()
    facts = service.get(f"/sites/{service.site.id}/comment-data.json").json()["facts"]
    assert told["facts"] == {id_: facts[id_]["value"] for id_ in form_notice.FACTS}
    assert told["link"]["text"] == "Learn how your comment data is processed"
    for name in facts["fields.required"]["value"] + facts["fields.optional"]["value"]:
        assert name in told["text"]
    assert "Alone it can publish or hold it." in told["text"]
    with service.runtime.database.transaction() as db:
        hosting.set_site(db, site_id=service.site.id, changes={"hold_at": "0.5"}, now=clock.now())
    assert service.get("/sites/blog.example/form-notice.json").json()["notice_version"] != told["notice_version"]


@pytest.mark.parametrize("ending", ["", ".txt", ".json"])
def test_any_website_may_embed_them_and_any_cache_keep_them(service: Service, ending: str):
    path = f"/sites/{service.site.id}/form-notice{ending}"
    answer = service.get(path)
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cache-control"].startswith("public, max-age=")
    assert answer.headers["vary"] == "Accept-Language"
    assert "set-cookie" not in answer.headers
    again = service.get(path, headers={"If-None-Match": f"W/{answer.headers['etag']}"})
    assert (again.status_code, again.content) == (304, b"")
    assert service.get(path, headers={"If-None-Match": answer.headers["etag"], "Accept-Language": "de"}).text
    assert service.get(f"/sites/nowhere.example/form-notice{ending}").status_code == 404


@pytest.mark.parametrize(("query", "code"), [("?lang=de", "de"), ("?lang=DE", "de"), ("", "en"), ("?lang=en", "en")])
def test_each_form_of_the_words_leads_to_the_notice_in_its_language(service: Service, query: str, code: str):
    path = f"/sites/{service.site.id}/form-notice"
    address = service.get(f"{path}.json{query}").json()["link"]["url"]
    assert address.endswith("/comment-data" + ("?lang=de" if code == "de" else ""))
    assert service.get(f"{path}.txt{query}").text.endswith(f"\n{address}\n")
    assert f'href="{address}"' in service.get(f"{path}{query}").text


def test_the_words_are_the_readers_and_not_the_programs(service: Service):
    page = service.get(f"/sites/{service.site.id}/comment-data").text
    assert "Left to people: refuse." in page
    assert "<dt>refuse</dt>" in page
    assert "<dt>remove</dt>" not in page


def test_words_beside_the_form_that_are_not_true_are_taken_back(service: Service, monkeypatch: pytest.MonkeyPatch):
    whole = form_notice.named_open
    broken = {"automation.alone": "A program removes, too."}

    def failing(doors, db, name):
        from dataclasses import replace

        told = whole(doors, db, name)
        return replace(told, notice=replace(told.notice, failed=broken))

    monkeypatch.setattr(form_notice, "named_open", failing)
    text = service.get(f"/sites/{service.site.id}/form-notice.txt").text
    assert "is not true right now" in text
    assert "Alone it can" not in text
    assert json.loads(service.get(f"/sites/{service.site.id}/form-notice.json").text)["text"] in text
