"""What moderators tell each other of a comment: put off, handed on, noted, leased; and what others never hear."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from moderation import clock
from moderation.judging.moderating import NOTE_LENGTH
from moderation.storage.people_tables import ClaimRow
from tests.support.asgi import Service
from tests.support.console import Guest, say
from tests.support.console_acts import act, counts, state, told, until
from tests.support.factories import SPAM_WORDS, native


class TestPuttingOffAndHandingOn:
    def test_it_waits_elsewhere_and_is_counted(self, shared: Service, ana: Guest, here: str, held: str):
        before = counts(ana, here)
        assert told(ana, here, held, "defer")["text"] == "Put off: it stands last now."
        after = counts(ana, here)
        assert (after.get("deferred", 0), after["held"]) == (before.get("deferred", 0) + 1, before["held"] - 1)
        assert "put off 1×" in ana.get(f"{here}/comments/{held}").text

    def test_a_lead_finds_it_with_the_note(self, shared: Service, ana: Guest, lea: Guest, here: str, held: str):
        page = act(ana, here, held, "escalate", note="Is this the law?")
        assert page.headers["location"] == f"{here}/queue?done=escalate"
        card = lea.get(f"{here}/queue?tab=escalated&card={held}").text
        above = card[card.index('id="card"') : card.index('class="buttons"')]
        assert "Is this the law?" in above
        assert "handed it to a lead" in above

    def test_what_is_kept_with_the_author_stands_under_the_author(self, ana: Guest, here: str, held: str):
        act(ana, here, held, "note_author", note="Writes from two addresses.")
        card = ana.get(f"{here}/queue?card={held}").text
        drawer = card[card.index('data-action="author"') : card.index('data-action="history"')]
        assert "Writes from two addresses." in drawer

    def test_what_does_not_wait_any_more_cannot_be_put_off(self, shared: Service, ana: Guest, here: str, held: str):
        told(ana, here, held, "approve")
        assert told(ana, here, held, "defer")["code"] == "queue.left"
        assert act(ana, here, held, "defer").status_code == 409


class TestNotes:
    @pytest.mark.parametrize("name", ["note", "note_author"])
    def test_the_team_sees_it_and_it_leads_back_to_the_card(
        self, ana: Guest, join: Callable[..., Guest], here: str, held: str, name: str
    ):
        page = act(ana, here, held, name, note="Known\r\nfrom the forum.")
        assert page.headers["location"] == f"{here}/queue?done=note&card={held}"
        assert "Known\nfrom the forum." in join().get(f"{here}/comments/{held}").text

    @pytest.mark.parametrize("note", ["", "  \r\n ", "x" * (NOTE_LENGTH + 1)], ids=["none", "blank", "too long"])
    def test_one_that_cannot_be_kept_is_still_in_the_form(self, ana: Guest, here: str, held: str, note: str):
        page = act(ana, here, held, "note", note=note)
        assert (page.status_code, "A note has 1 to 2,000 characters" in page.text) == (422, True)
        assert note.replace("\r\n", "\n") in page.text.replace("\r\n", "\n")

    def test_about_somebody_without_an_address_it_is_refused(self, shared: Service, ana: Guest, here: str):
        comment = say(shared, SPAM_WORDS, author={"name": "Nobody"})
        assert told(ana, here, comment, "note_author", note="x")["code"] == "note.invalid"
        assert 'value="note_author"' not in ana.get(f"{here}/comments/{comment}").text

    def test_neither_the_writer_nor_the_blog_is_told_of_it_but_a_sentence_they_are(
        self, shared: Service, ana: Guest, here: str
    ):
        sent = shared.post("/api/v1/comments", json=native(f"{SPAM_WORDS} receipt"), headers=shared.bearer).json()
        comment, token = sent["id"], sent["receipt"]["url"].partition("#")[2]
        told(ana, here, comment, "note", note="canary-note-of-the-team")
        told(ana, here, comment, "note_author", note="canary-note-on-the-author")
        told(ana, here, comment, "escalate", note="canary-note-for-a-lead")
        told(ana, here, comment, "remove:insult", sentence="Sentence for the writer, \r\nin two lines.")
        shown = [
            shared.post("/receipt", data={"token": token}).text,
            shared.get(f"/api/v1/comments/{comment}", headers=shared.bearer).text,
            shared.get("/api/v1/comments", headers=shared.bearer).text,
        ]
        assert all("canary-note" not in text for text in shown)
        assert "Sentence for the writer" in shown[0]
        assert "Sentence for the writer" in shown[1]
        name = ana.email.partition("@")[0]
        assert all(name not in text and str(ana.id) not in text for text in shown)

    def test_a_sentence_too_long_is_refused_and_kept_in_the_form(
        self, shared: Service, ana: Guest, here: str, held: str
    ):
        page = act(ana, here, held, "remove:other", sentence="y" * (NOTE_LENGTH + 1))
        assert (page.status_code, "y" * (NOTE_LENGTH + 1) in page.text) == (422, True)
        assert state(shared, held) == "held"


class TestLeases:
    def test_the_shown_one_and_the_next_are_had_for_three_minutes(
        self, shared: Service, ana: Guest, here: str, held: str
    ):
        answer = ana.ask(f"{here}/claims", {"id": held}).json()
        assert (answer["had"], answer["counts"] == counts(ana, here)) == ([held], True)
        assert timedelta(seconds=170) < until(shared, held) - clock.now() <= timedelta(minutes=3)

    def test_others_are_told_who_is_on_it_and_a_lead_may_take_it_over(
        self, ana: Guest, lea: Guest, join: Callable[..., Guest], here: str, held: str
    ):
        ana.post("/console/account/name", {"name": "Ana <On It>"})
        ana.ask(f"{here}/claims", {"id": held})
        ben = join()
        answer = ben.ask(f"{here}/claims", {"id": held}).json()
        assert (answer["had"], answer["others"][held]) == ([], "Ana <On It>")
        page = ben.get(f"{here}/queue?card={held}").text
        assert "<b>Ana &lt;On It&gt;</b> is on it" in page
        assert 'value="take_over"' not in page
        assert told(ben, here, held, "take_over")["code"] == "role.forbidden"
        assert 'value="take_over"' in lea.get(f"{here}/queue?card={held}").text
        taken = act(lea, here, held, "take_over")
        assert taken.headers["location"] == f"{here}/queue?done=take_over&card={held}"
        assert ana.ask(f"{here}/claims", {"id": held}).json()["had"] == []

    def test_a_lease_that_has_ended_is_anybodys(
        self, shared: Service, ana: Guest, join: Callable[..., Guest], here: str, held: str
    ):
        ana.ask(f"{here}/claims", {"id": held})
        with shared.runtime.database.transaction() as db:
            row = db.get(ClaimRow, clock.parse_id(held))
            assert row
            row.until = clock.now() - timedelta(seconds=1)
            db.add(row)
        assert join().ask(f"{here}/claims", {"id": held}).json()["had"] == [held]

    def test_what_somebody_is_on_is_theirs_and_nothing_written_is_lost(
        self, shared: Service, ana: Guest, join: Callable[..., Guest], here: str, held: str
    ):
        ben = join()
        ana.ask(f"{here}/claims", {"id": held})
        for name in ("approve", "hold", "spam", "remove:insult", "defer", "escalate"):
            assert told(ben, here, held, name)["code"] == "queue.taken"
        page = act(ben, here, held, "remove:insult", note="He was warned.", sentence="Stay kind.")
        assert (page.status_code, "is on it until" in page.text) == (422, True)
        assert "He was warned.</textarea>" in page.text
        assert "Stay kind.</textarea>" in page.text
        assert told(ana, here, held, "approve")["done"] == "publish"

    def test_many_at_once_leave_it_out_and_say_so(
        self, shared: Service, ana: Guest, join: Callable[..., Guest], here: str, held: str
    ):
        ben, other = join(), say(shared, f"{SPAM_WORDS} that nobody is on")
        ana.ask(f"{here}/claims", {"id": held})
        answer = ben.post(f"{here}/bulk", {"act": "spam", "id": [held, other]})
        assert answer.headers["location"] == f"{here}/queue?done=remove&left=1"
        assert "Removed. 1 left: somebody is on it." in ben.get(answer.headers["location"]).text
        assert (state(shared, held), state(shared, other)) == ("held", "removed")
        answer = ben.post(f"{here}/bulk", {"act": "spam", "id": [held]})
        assert "Nothing was decided. 1 left" in (page := ben.get(answer.headers["location"]).text)
        assert "Take it back with" not in page

    @pytest.mark.parametrize("left", ["0", "-1", "x", "9" * 5_000, "²"])
    def test_a_count_in_the_address_that_is_none_says_nothing(self, ana: Guest, here: str, left: str):
        page = ana.get(f"{here}/queue?done=remove&left={left}")
        assert (page.status_code, "left:" in page.text) == (200, False)

    def test_ids_that_are_none_are_passed_over(self, ana: Guest, here: str, held: str):
        answer = ana.ask(f"{here}/claims", {"id": ["0", "x" * 5_000, "", held, held.replace("-", "").upper()]})
        assert answer.json()["had"] == [held]
