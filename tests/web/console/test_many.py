"""One word about many comments: ticked, alike or found; above fifty a lead types the number in; all can be undone."""

import re
from collections.abc import Callable

import httpx
import pytest
from sqlmodel import col, select

from moderation.storage.tables import CommentRow, DecisionRow
from moderation.vocabulary import Role, State
from tests.support.asgi import Service
from tests.support.console import Guest, contents, group, path_of, person, say
from tests.support.factories import SPAM_WORDS, native

COUNT = 60


def sent(service: Service, contents_: list[str], **changes: object) -> list[str]:
    """Submits many comments at once and returns their ids."""
    asked = [
        {"method": "POST", "url": "/api/v1/comments", "json": native(said, **changes), "headers": service.bearer}
        for said in contents_
    ]
    service.client.cookies.clear()
    return [answer.json()["id"] for answer in service.together(asked)]


def states(service: Service, ids: list[str]) -> set[State]:
    with service.runtime.database.snapshot() as db:
        found = {str(id_): state for id_, state in db.exec(select(CommentRow.id, CommentRow.state))}
    return {found[id_] for id_ in ids}


def decided(service: Service) -> list[DecisionRow]:
    with service.runtime.database.snapshot() as db:
        return list(db.exec(select(DecisionRow).where(col(DecisionRow.moderator_id).is_not(None))))


def typed_in(page: httpx.Response) -> str:
    found = re.search(r"Type <b>(\d+)</b> to confirm", page.text)
    assert found, page.text
    return found[1]


class TestTicked:
    def test_a_moderator_decides_about_some_at_once(self, shared: Service, ana: Guest, here: str):
        ids = sent(shared, [f"{SPAM_WORDS} few {number}" for number in range(3)])
        answer = ana.post(f"{here}/bulk", {"act": "spam", "id": ids, "here": "tab=held"})
        assert (answer.status_code, answer.headers["location"]) == (303, f"{here}/queue?tab=held&done=remove")
        assert states(shared, ids) == {State.REMOVED}

    @pytest.mark.parametrize("version", ["9" * 5_000, "-1", "²", "x", ""])
    def test_a_version_that_is_no_number_counts_as_none(self, shared: Service, ana: Guest, here: str, version: str):
        (one,) = sent(shared, [f"{SPAM_WORDS} unversioned {len(version)}{version[:2]}"])
        assert ana.post(f"{here}/bulk", {"act": "spam", "id": one, f"version.{one}": version}).status_code == 303
        assert states(shared, [one]) == {State.REMOVED}

    def test_they_are_removed_for_a_reason(self, shared: Service, ana: Guest, here: str):
        ids = sent(shared, [f"{SPAM_WORDS} off topic {number}" for number in range(3)])
        ana.post(f"{here}/bulk", {"act": "remove", "reason": "off_topic", "id": ids})
        codes = {row.reasons[0]["code"] for row in decided(shared) if str(row.comment_id) in ids}
        assert (states(shared, ids), codes) == ({State.REMOVED}, {"moderator.off_topic"})

    def test_they_are_taken_back_together(self, shared: Service, ana: Guest, here: str):
        ids = sent(shared, [f"{SPAM_WORDS} together {number}" for number in range(4)])
        ana.post(f"{here}/bulk", {"act": "approve", "id": ids})
        assert sorted(ana.ask(f"{here}/undo").json()["ids"]) == sorted(ids)
        assert states(shared, ids) == {State.HELD}

    @pytest.mark.parametrize(
        ("form", "words"),
        [
            ({"act": "spam"}, "No comment is selected."),
            ({"act": "spam", "id": ["", "0", "x" * 3_000]}, "No comment is selected."),
            ({"id": ["0"]}, "Choose what is to be done"),
            ({"act": "note", "id": ["0"]}, "Choose what is to be done"),
            ({"act": "remove", "id": ["0"]}, "Choose a reason"),
            ({"act": "remove", "id": ["0"], "reason": "boredom"}, "Choose what is to be done"),
            ({"act": "take_over", "id": ["0"]}, "Choose what is to be done"),
        ],
        ids=str,
    )
    def test_nothing_chosen_is_said(self, shared: Service, ana: Guest, here: str, form: dict, words: str):
        before = contents(shared)
        answer = ana.post(f"{here}/bulk", form)
        assert (answer.status_code, words in answer.text) == (422, True)
        assert contents(shared) == before


@pytest.fixture(scope="module")
def many(shared: Service) -> list[str]:
    return sent(shared, [f"{SPAM_WORDS} crowd {number}" for number in range(COUNT)])


class TestAboveFifty:
    def test_a_moderator_may_not(self, shared: Service, ana: Guest, here: str, many: list[str]):
        before = contents(shared)
        for typed in ("", str(COUNT)):
            answer = ana.post(f"{here}/bulk", {"act": "spam", "id": many, "typed": typed})
            assert (answer.status_code, "Only a lead of this site may" in answer.text) == (403, True)
            assert 'name="typed"' not in answer.text
        assert contents(shared) == before

    @pytest.mark.parametrize("typed", ["59", "61", "x", "060", "6 0", "60.0", "²60"])
    def test_a_lead_who_types_another_number_is_told_the_right_one(
        self, shared: Service, lea: Guest, here: str, many: list[str], typed: str
    ):
        before = contents(shared)
        answer = lea.post(f"{here}/bulk", {"act": "spam", "id": many, "typed": typed})
        assert (answer.status_code, typed_in(answer)) == (422, str(COUNT))
        assert contents(shared) == before

    def test_a_lead_is_shown_how_many_and_three_of_them_and_types_the_number_in(
        self, shared: Service, lea: Guest, here: str, many: list[str]
    ):
        asked = lea.post(f"{here}/bulk", {"act": "spam", "id": many, "here": "tab=held"})
        assert (asked.status_code, typed_in(asked)) == (200, str(COUNT))
        assert asked.text.count('class="excerpt"') == 3
        assert states(shared, many) == {State.HELD}
        again = dict_of(asked)
        assert (sorted(again["id"]), again["act"]) == (sorted(many), ["spam"])
        answer = lea.post(f"{here}/bulk", again | {"typed": f" {COUNT} "})
        assert answer.headers["location"] == f"{here}/queue?tab=held&done=remove"
        assert states(shared, many) == {State.REMOVED}
        assert len({row.batch_id for row in decided(shared) if str(row.comment_id) in many}) == 1

    def test_the_reason_goes_with_the_form_that_confirms(self, shared: Service, lea: Guest, here: str):
        ids = sent(shared, [f"{SPAM_WORDS} with a reason {number}" for number in range(51)])
        asked = lea.post(f"{here}/bulk", {"act": "remove", "reason": "hate", "id": ids})
        assert "Remove as: hate: 51 comments" in asked.text
        lea.post(f"{here}/bulk", dict_of(asked) | {"typed": "51"})
        assert {row.reasons[0]["code"] for row in decided(shared) if str(row.comment_id) in ids} == {"moderator.hate"}

    def test_they_come_back_together_too(self, shared: Service, join: Callable[..., Guest], here: str):
        lea, ids = join(Role.LEAD), sent(shared, [f"{SPAM_WORDS} back {number}" for number in range(55)])
        lea.post(f"{here}/bulk", {"act": "spam", "id": ids, "typed": "55"})
        assert len(lea.ask(f"{here}/undo").json()["ids"]) == 55
        assert states(shared, ids) == {State.HELD}


def dict_of(page: httpx.Response) -> dict[str, list[str]]:
    """What the confirming form sends."""
    form = page.text[page.text.index('id="confirm"') :]
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form):
        found.setdefault(name, []).append(value)
    return {name: values for name, values in found.items() if name != "token"}


class TestAlike:
    def test_three_hundred_of_a_flood_are_decided_at_once(self, make_service: Callable[..., Service]):
        service = make_service()
        lea, here = person(service, "lea", Role.LEAD), path_of(service.sites[0])
        ids = sent(service, [f"{SPAM_WORDS} Offer number {number % 7}!" for number in range(300)])
        group(service)
        page = lea.get(f"{here}/queue").text
        assert "All 300 are spam" in page
        assert page.count("<li data-id=") == 1
        head = re.search(r'name="alike" value="([^"]+)"', page)
        assert head
        asked = lea.post(f"{here}/bulk", {"act": "spam", "alike": head[1]})
        assert typed_in(asked) == "300"
        answer = lea.post(f"{here}/bulk", dict_of(asked) | {"typed": "300"})
        assert answer.headers["location"] == f"{here}/queue?done=remove"
        assert states(service, ids) == {State.REMOVED}
        assert "Nothing waits here." in lea.get(f"{here}/queue").text
        assert lea.ask(f"{here}/undo").json()["done"] == "undo"
        assert states(service, ids) == {State.HELD}

    def test_one_that_is_alone_is_decided_alone(self, shared: Service, ana: Guest, here: str):
        comment = say(shared, f"{SPAM_WORDS} all alone")
        ana.post(f"{here}/bulk", {"act": "approve", "alike": comment})
        assert states(shared, [comment]) == {State.PUBLISHED}


class TestFound:
    def test_what_a_search_finds_is_decided_with_its_words_kept(self, shared: Service, ana: Guest, here: str):
        ids = sent(shared, [f"{SPAM_WORDS} zebracorn {number}" for number in range(3)])
        other = say(shared, f"{SPAM_WORDS} unrelated")
        page = ana.get(f"{here}/search?q=zebracorn").text
        assert 'name="search.q" value="zebracorn"' in page
        answer = ana.post(f"{here}/bulk", {"act": "approve", "all_found": "1", "search.q": "zebracorn", "id": other})
        assert answer.status_code == 303
        assert states(shared, ids) == {State.PUBLISHED}
        assert states(shared, [other]) == {State.HELD}

    def test_only_the_ticked_ones_where_not_all_are_meant(self, shared: Service, ana: Guest, here: str):
        ids = sent(shared, [f"{SPAM_WORDS} okapi {number}" for number in range(3)])
        ana.post(f"{here}/bulk", {"act": "approve", "search.q": "okapi", "id": ids[0]})
        assert states(shared, ids[:1]) == {State.PUBLISHED}
        assert states(shared, ids[1:]) == {State.HELD}

    def test_a_search_that_cannot_be_read_means_nothing(self, shared: Service, lea: Guest, here: str):
        before = contents(shared)
        answer = lea.post(f"{here}/bulk", {"act": "spam", "all_found": "1", "search.from": "none"})
        assert answer.status_code == 422
        assert contents(shared) == before

    def test_above_fifty_the_search_stands_in_the_form_that_confirms(self, shared: Service, lea: Guest, here: str):
        ids = sent(shared, [f"{SPAM_WORDS} quagga {number}" for number in range(52)])
        asked = lea.post(f"{here}/bulk", {"act": "spam", "all_found": "1", "search.q": "quagga"})
        again = dict_of(asked)
        assert (again["search.q"], again["all_found"], typed_in(asked)) == (["quagga"], ["1"], "52")
        lea.post(f"{here}/bulk", again | {"typed": "52"})
        assert states(shared, ids) == {State.REMOVED}


class TestOvertaken:
    def test_what_a_colleague_decided_since_the_page_was_made_stays_and_is_said(
        self, shared: Service, ana: Guest, lea: Guest, here: str
    ):
        ids = sent(shared, [f"{SPAM_WORDS} tapir {number}" for number in range(3)])
        shown = {f"version.{id_}": "1" for id_ in ids}
        lea.post(f"{here}/comments/{ids[0]}/act", {"act": "approve", "version": "1"})
        answer = ana.post(f"{here}/bulk", {"act": "spam", "id": ids} | shown)
        assert answer.headers["location"].endswith("done=overtaken")
        assert states(shared, ids[:1]) == {State.PUBLISHED}
        assert states(shared, ids[1:]) == {State.REMOVED}
        assert "but for what somebody else decided" in ana.get(answer.headers["location"]).text


class TestInPieces:
    def test_what_one_request_leaves_is_offered_again(
        self, shared: Service, lea: Guest, here: str, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr("moderation.web.console.bulk.PIECES", 1)
        monkeypatch.setattr("moderation.duties.reviewing.many.AT_ONCE", 30)
        ids = sent(shared, [f"{SPAM_WORDS} piecewise {number}" for number in range(70)])
        asked = lea.post(f"{here}/bulk", {"act": "spam", "all_found": "1", "search.q": "piecewise", "typed": "70"})
        assert (asked.status_code, "30 decided, 40 left" in asked.text) == (200, True)
        steps = 0
        while asked.status_code == 200:
            steps += 1
            assert steps < 5, asked.text
            asked = lea.post(f"{here}/bulk", dict_of(asked))
        assert states(shared, ids) == {State.REMOVED}
        assert len({row.batch_id for row in decided(shared) if str(row.comment_id) in ids}) == 1
        monkeypatch.setattr("moderation.duties.reviewing.undoing.AT_ONCE", 20)
        monkeypatch.setattr("moderation.web.console.acts.UNDONE_AT_ONCE", 40)
        part, rest = lea.ask(f"{here}/undo").json(), lea.ask(f"{here}/undo").json()
        assert [(told["done"], len(told["ids"])) for told in (part, rest)] == [("undo_more", 40), ("undo", 30)]
        assert states(shared, ids) == {State.HELD}

    def test_a_batch_of_somebody_else_is_not_joined_to_take_it_back(
        self, shared: Service, ana: Guest, lea: Guest, here: str
    ):
        theirs, own = sent(shared, [f"{SPAM_WORDS} theirs", f"{SPAM_WORDS} own"])
        lea.post(f"{here}/bulk", {"act": "spam", "id": theirs})
        batch = next(str(row.batch_id) for row in decided(shared) if str(row.comment_id) == theirs)
        for name in (batch, f"{batch}.", f"{batch}.{'0' * 64}"):
            ana.post(f"{here}/bulk", {"act": "spam", "id": own, "batch": name})
            assert ana.ask(f"{here}/undo").json()["ids"] == [own]
        assert states(shared, [theirs]) == {State.REMOVED}
