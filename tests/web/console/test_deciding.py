"""One comment, one word: told as a form and as JSON, counted once, never over what somebody else did meanwhile."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from moderation import clock
from moderation.storage.tables import LabelRow
from moderation.vocabulary import EventKind
from tests.support.asgi import Service
from tests.support.console import Guest, contents, say
from tests.support.console_acts import HARMS, act, counts, decisions, events, pass_ten_seconds, rows, state, told
from tests.support.factories import KIND_WORDS, SPAM_WORDS, native


class TestAWord:
    @pytest.mark.parametrize(
        ("name", "done", "becomes", "reason", "text"),
        [
            ("approve", "publish", "published", "moderator.approved", "Approved."),
            ("hold", "hold", "held", "moderator.held", "Held."),
            ("spam", "remove", "removed", "moderator.spam", "Removed."),
            *((f"remove:{one}", "remove", "removed", f"moderator.{one}", "Removed.") for one in HARMS),
        ],
    )
    def test_it_moves_the_comment_and_leads_back_to_the_queue(  # noqa: PLR0917
        self,
        shared: Service,
        ana: Guest,
        here: str,
        held: str,
        name: str,
        done: str,
        becomes: str,
        reason: str,
        text: str,
    ):
        answer = act(ana, here, held, name, here="tab=held&order=oldest&after=&evil=//evil.example")
        assert (answer.status_code, answer.headers["location"]) == (
            303,
            f"{here}/queue?tab=held&order=oldest&done={done}",
        )
        assert text in ana.get(answer.headers["location"]).text
        last = decisions(shared, held)[-1]
        assert (state(shared, held), last.reasons[0]["code"], last.moderator_id) == (becomes, reason, ana.id)
        page = ana.get(f"{here}/comments/{held}").text
        assert f"<b>{ana.email.partition('@')[0]}</b>" in page

    def test_a_script_is_told_what_became_of_it_and_how_much_waits(
        self, shared: Service, ana: Guest, here: str, held: str
    ):
        say(shared, f"{SPAM_WORDS} another one that waits")
        before = counts(ana, here)
        answer = told(ana, here, held, "spam")
        assert {name: answer[name] for name in ("done", "text", "ids", "version", "teaches")} == {
            "done": "remove",
            "text": "Removed.",
            "ids": [held],
            "version": 2,
            "teaches": True,
        }
        assert answer["counts"]["all"] == before["all"] - 1
        assert answer["counts"] == counts(ana, here)

    @pytest.mark.parametrize(
        ("name", "version", "status", "code"),
        [
            ("", "1", 422, "request.invalid"),
            ("publish", "1", 422, "request.invalid"),
            ("remove:spam:x", "1", 422, "request.invalid"),
            ("remove", "1", 422, "request.invalid"),
            ("spam", "", 422, "request.invalid"),
            ("spam", "one", 422, "request.invalid"),
            ("spam", "-1", 422, "request.invalid"),
            ("spam", "9" * 5_000, 422, "request.invalid"),
            ("spam", "²", 422, "request.invalid"),
            ("spam", "2", 412, "comment.version"),
            ("spam", "0", 412, "comment.version"),
        ],
    )
    def test_what_cannot_be_meant_is_refused(  # noqa: PLR0917
        self, shared: Service, ana: Guest, here: str, held: str, name: str, version: str, status: int, code: str
    ):
        before = contents(shared)
        asked = ana.ask(f"{here}/comments/{held}/act", {"act": name, "version": version})
        assert (asked.status_code, asked.json()["code"]) == (status, code)
        page = act(ana, here, held, name, version=version, note="what I wrote")
        assert (page.status_code, 'id="problem"' in page.text, "what I wrote" in page.text) == (status, True, True)
        assert contents(shared) == before


class TestTheSameFormTwice:
    def test_it_decides_once_and_says_the_same(self, shared: Service, ana: Guest, here: str, held: str):
        answers = [told(ana, here, held, "spam", key="k" + held.replace("-", "")) for _ in range(3)]
        assert answers[0] == answers[1] == answers[2]
        assert len(decisions(shared, held)) == 2
        page = act(ana, here, held, "spam", key="p" + held.replace("-", ""))
        assert page.status_code == 412

    def test_at_the_same_moment_too(self, shared: Service, ana: Guest, here: str, held: str):
        form = {"token": ana.token, "act": "approve", "version": "1", "key": "t" + held.replace("-", "")}
        headers = {"cookie": f"candor={ana.cookies['candor']}", "accept": "application/json"}
        asked = {"method": "POST", "url": f"{here}/comments/{held}/act", "data": form, "headers": headers}
        shared.client.cookies.clear()
        answers = shared.together([asked] * 8)
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.text for answer in answers}) == 1
        assert len(decisions(shared, held)) == 2

    def test_with_another_word_in_it_is_refused(self, shared: Service, ana: Guest, here: str, held: str):
        key = "w" + held.replace("-", "")
        told(ana, here, held, "approve", key=key)
        asked = ana.ask(f"{here}/comments/{held}/act", {"act": "spam", "version": "2", "key": key})
        assert (asked.status_code, asked.json()["code"]) == (409, "idempotency.reused")
        assert state(shared, held) == "published"

    def test_a_key_of_somebody_elses_form_opens_nothing(
        self, shared: Service, join: Callable[..., Guest], ana: Guest, here: str, held: str
    ):
        key = "o" + held.replace("-", "")
        told(ana, here, held, "note", note="canary of ana", key=key)
        answer = join().ask(f"{here}/comments/{held}/act", {"act": "note", "version": "1", "key": key})
        assert (answer.status_code, "canary" in answer.text) == (409, False)

    def test_what_was_refused_can_be_sent_again(self, shared: Service, ana: Guest, here: str, held: str):
        key = "r" + held.replace("-", "")
        assert told(ana, here, held, "note", note="", key=key)["code"] == "note.invalid"
        assert told(ana, here, held, "note", note="", key=key)["code"] == "note.invalid"
        assert told(ana, here, held, "note", note="now with words", key=key)["done"] == "note"


class TestTwoPeople:
    def test_the_second_is_told_who_did_what_when_and_keeps_what_was_written(
        self, shared: Service, ana: Guest, join: Callable[..., Guest], here: str, held: str
    ):
        ben = join()
        ben.post("/console/account/name", {"name": "Ben Quick"})
        told(ben, here, held, "approve")
        before = contents(shared)
        page = act(ana, here, held, "remove:insult", sentence="a <b>sentence</b>", note='a "note" </textarea><b>')
        assert page.status_code == 412
        assert "Ben Quick approved it" in page.text
        assert " s ago. Nothing of yours was stored." in page.text
        assert ">a &lt;b&gt;sentence&lt;/b&gt;</textarea>" in page.text
        assert "a &#34;note&#34; &lt;/textarea&gt;&lt;b&gt;</textarea>" in page.text
        asked = ana.ask(f"{here}/comments/{held}/act", {"act": "spam", "version": "1"})
        assert (asked.status_code, asked.json()["code"]) == (412, "comment.version")
        assert "Ben Quick approved it" in asked.json()["detail"]
        assert contents(shared) == before

    def test_after_reading_it_anew_the_second_may_decide(
        self, shared: Service, ana: Guest, join: Callable[..., Guest], here: str, held: str
    ):
        told(join(), here, held, "approve")
        assert told(ana, here, held, "spam", version="2")["version"] == 3
        assert state(shared, held) == "removed"

    def test_words_that_changed_meanwhile_are_read_again_first(self, shared: Service, ana: Guest, here: str):
        first = {"external_id": "edited-1"}
        comment = say(shared, KIND_WORDS, **first)
        shared.post("/api/v1/comments", json=native(f"{KIND_WORDS} Edited.", **first), headers=shared.bearer)
        assert told(ana, here, comment, "approve")["code"] == "comment.version"


class TestTakingBack:
    def test_within_ten_seconds_nobody_hears_of_either(self, shared: Service, ana: Guest, here: str, held: str):
        told(ana, here, held, "approve")
        due = [row.due_at for row in events(shared, held, EventKind.DECIDED) if row.due_at]
        assert due
        assert all(moment - clock.now() < timedelta(seconds=10) for moment in due)
        answer = ana.ask(f"{here}/undo")
        assert (answer.json()["done"], answer.json()["ids"]) == ("undo", [held])
        assert state(shared, held) == "held"
        assert events(shared, held, EventKind.DECIDED) == []

    def test_later_it_is_a_decision_that_is_told(self, shared: Service, ana: Guest, here: str, held: str):
        told(ana, here, held, "approve")
        pass_ten_seconds(shared, held)
        page = ana.post(f"{here}/undo", {"here": "tab=held"})
        assert page.headers["location"] == f"{here}/queue?tab=held&done=undo&card={held}"
        assert "Taken back." in ana.get(page.headers["location"]).text
        assert len(events(shared, held, EventKind.DECIDED)) == 2
        assert [row.undoes is not None for row in decisions(shared, held)] == [False, False, True]

    def test_from_the_comments_own_page_it_leads_back_there(self, shared: Service, ana: Guest, here: str, held: str):
        told(ana, here, held, "spam")
        page = ana.post(f"{here}/undo", {"on": "comment"})
        assert page.headers["location"] == f"{here}/comments/{held}?done=undo"

    def test_what_it_taught_is_taken_back_with_it(self, shared: Service, ana: Guest, here: str, held: str):
        told(ana, here, held, "spam")
        assert len(rows(shared, LabelRow, held)) == 1
        ana.ask(f"{here}/undo")
        assert rows(shared, LabelRow, held) == []

    def test_nothing_is_left_of_another_login_or_another_person(
        self, shared: Service, ana: Guest, join: Callable[..., Guest], here: str, held: str
    ):
        told(ana, here, held, "spam")
        other = join().ask(f"{here}/undo")
        assert (other.status_code, other.json()["code"]) == (404, "not_found")
        page = join().post(f"{here}/undo")
        assert (page.status_code, "nothing left to take back" in page.text) == (404, True)
        assert state(shared, held) == "removed"

    def test_step_by_step_the_newest_first(self, shared: Service, ana: Guest, here: str):
        decided = [say(shared, f"{SPAM_WORDS} step {number}") for number in range(3)]
        for comment in decided:
            told(ana, here, comment, "spam")
        assert [ana.ask(f"{here}/undo").json()["ids"] for _ in decided] == [[one] for one in reversed(decided)]
        assert ana.ask(f"{here}/undo").status_code == 404
