"""What a writer does from the receipt without an account: each right from the page's own form to what is stored."""

import base64
import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import text

from moderation import clock
from moderation.clock import Id
from moderation.storage import about, comments, receipts
from moderation.storage.fields import FIELDS, Reader
from moderation.vocabulary import State
from moderation.web.public.receipt import PRIVATE
from tests.support import factories
from tests.support.asgi import Service
from tests.support.receipts import Opened, ask, opened, send, token_of

ACTS = ("appeal", "correct", "object", "withdraw", "freeze", "thaw", "export", "erase")
UNKNOWN = "TZ9HGA1Z60BM.2TT5XS1WD0J0XQHP26AP6E96RH"
FORMS = {
    "appeal": {"text": "I sell nothing."},
    "correct": {"content": "Better.", "name": "Ann"},
    "erase": {"sure": "yes"},
}
FIGURES = {"subject_requests", "tallies", "comments", "events"}


@pytest.fixture
def service(make_service: Callable[..., Service], database_url: str) -> Service:
    """A service that tells at once what the program decided, on each database in turn."""
    return make_service(receipt_delay_minutes=0, rate_limit_receipts=1_000, database_url=database_url)


def said(answer: httpx.Response) -> str:
    """What a page says on top of what was done or refused."""
    found = re.search(r'<p class="(?:done|alert)"[^>]*>(.*?)</p>', answer.text, re.DOTALL)
    return re.sub(r"<[^>]+>", "", found[1]) if found else ""


def row_of(service: Service, sent: dict[str, Any]) -> Any:
    with service.runtime.database.snapshot() as db:
        return comments.get(db, site_id=service.site.id, comment_id=Id(sent["id"]))


def rows(service: Service, table: str) -> list[Any]:
    with service.runtime.database.snapshot() as db:
        return sorted(map(repr, db.connection().execute(text(f'SELECT * FROM "{table}"')).all()))


def everything(service: Service) -> dict[str, list[Any]]:
    return {table: rows(service, table) for table in sorted({field.table for field in FIELDS.values()})}


def form_of(page: Opened, what: str) -> dict[str, str]:
    """The fields that a form of the page sends as they stand, by its address."""
    fields: dict[str, str] = {}
    inside = False
    for tag, given in page.tags:
        if tag == "form":
            inside = given["action"] == f"/receipt/{what}"
        elif inside and tag == "input" and given.get("type") != "radio":
            fields[given["name"] or ""] = given.get("value") or ""
    return fields


def test_each_right_is_a_form_of_the_page_that_carries_the_token_on(service: Service):
    token = token_of(send(service, factories.SPAM_WORDS))
    page = opened(service, token)
    forms = [given for tag, given in page.tags if tag == "form"]
    assert {form["method"] for form in forms} == {"post"}
    assert {form["action"] for form in forms} == {
        f"/receipt/{what}" for what in ("appeal", "correct", "object", "freeze", "export", "erase")
    }
    assert all(form_of(page, what)["token"] == token for what in ("appeal", "erase", "export"))
    assert [tag for tag, given in page.tags if tag in {"a", "form"} and token[13:] in str(given)] == []
    assert page.tags[0][0] == "html"


def test_objecting_stands_in_a_box_of_its_own(service: Service):
    page = opened(service, token_of(send(service)))
    boxes = [given for tag, given in page.tags if tag == "section" and "box" in (given.get("class") or "")]
    assert [box["aria-labelledby"] for box in boxes] == ["object-head"]
    assert "You can object" in page.text


class TestAppeal:
    def test_a_writer_asks_once_and_reads_that_a_person_answers(self, service: Service):
        token = token_of(send(service, factories.SPAM_WORDS))
        answer = ask(service, "appeal", token, text="I am no shop.\r\nReally.")
        assert (answer.status_code, said(answer)) == (
            200,
            "You have asked for another look. The answer will stand here.",
        )
        page = Opened(answer.text)
        assert "A person answers you here." in page.text
        assert "The writer asked for another look. I am no shop. Really." in page.text
        again = ask(service, "appeal", token, text="I am no shop.")
        assert (again.status_code, said(again)) == (409, "You have asked already. A person answers here.")
        assert len(rows(service, "appeals")) == 1

    @pytest.mark.parametrize(
        ("words", "status"), [("", 422), ("  \r\n ", 422), ("x" * 2_001, 422), ("ä" * 2_000, 200), ("𝄞" * 2_000, 200)]
    )
    def test_what_is_said_has_bounds_and_a_refusal_loses_none_of_it(self, service: Service, words: str, status: int):
        answer = ask(service, "appeal", token_of(send(service, factories.SPAM_WORDS)), text=words)
        assert answer.status_code == status
        if status == 422 and words.strip():
            assert words in answer.text

    def test_what_is_published_cannot_be_put_back(self, service: Service):
        answer = ask(service, "appeal", token_of(send(service)), text="Why?")
        assert (answer.status_code, rows(service, "appeals")) == (409, [])

    def test_after_the_time_for_it_nobody_is_heard(self, service: Service):
        sent = send(service, factories.SPAM_WORDS)
        with service.runtime.database.transaction() as db:
            db.connection().execute(text("UPDATE decisions SET decided_at = '2001-01-01 00:00:00+00:00'"))
        page = opened(service, token_of(sent))
        assert "The time in which you could ask for another look is over." in page.text
        answer = ask(service, "appeal", token_of(sent), text="I am late.")
        assert (answer.status_code, rows(service, "appeals")) == (409, [])


class TestCorrection:
    def test_new_words_stand_in_place_of_the_old_ones_and_the_rest_stays(self, service: Service):
        sent = send(service)
        before = row_of(service, sent)
        answer = ask(
            service, "correct", token_of(sent), content="Thank you for the soup.\r\nAnd the bread.", name="Anna"
        )
        assert (answer.status_code, said(answer)) == (200, "Your new words are stored.")
        after = row_of(service, sent)
        assert (after.content, after.author_name) == ("Thank you for the soup.\nAnd the bread.", "Anna")
        assert (after.version, after.state) == (2, State.PUBLISHED)
        same = ("author_email_code", "author_ip_prefix", "author_url", "fingerprint", "notice_version", "received_at")
        assert [getattr(after, name) for name in same] == [getattr(before, name) for name in same]
        assert "The writer changed the words." in Opened(answer.text).text
        assert "'correction'" in rows(service, "subject_requests")[0]

    def test_what_is_published_is_held_when_it_looks_worse(self, service: Service):
        sent = send(service)
        ask(service, "correct", token_of(sent), content=factories.SPAM_WORDS, name="Ann")
        assert row_of(service, sent).state is State.HELD

    def test_what_is_held_stays_so_whatever_it_says_now(self, service: Service):
        sent = send(service, factories.SPAM_WORDS)
        ask(service, "correct", token_of(sent), content=factories.KIND_WORDS, name="Ann")
        row = row_of(service, sent)
        assert (row.state, row.content) == (State.HELD, factories.KIND_WORDS)

    def test_what_a_person_refused_stays_so(self, service: Service):
        sent = send(service)
        choice = {"verdict": "remove", "reason": "No."}
        service.post(f"/api/v1/comments/{sent['id']}/decisions", json=choice, headers=service.bearer)
        ask(service, "correct", token_of(sent), content="Thank you for the bread.", name="Ann")
        assert row_of(service, sent).state is State.REMOVED

    @pytest.mark.parametrize(
        ("fields", "status"),
        [
            ({"content": "", "name": "Ann"}, 422),
            ({"content": "x" * 65_537, "name": "Ann"}, 422),
            ({"content": "𝄞" * 65_536, "name": "Ann"}, 200),
            ({"content": "Hello", "name": "x" * 251}, 422),
            ({"content": factories.KIND_WORDS, "name": "Ann"}, 409),
        ],
    )
    def test_what_cannot_be_kept_or_changes_nothing_is_refused(self, service: Service, fields: dict, status: int):
        sent = send(service)
        assert ask(service, "correct", token_of(sent), **fields).status_code == status
        assert (row_of(service, sent).version == 1) is (status != 200)


@pytest.mark.parametrize(
    ("wish", "end", "column", "kind"),
    [("object", "withdraw", "objected_at", "objection"), ("freeze", "thaw", "frozen_at", "restriction")],
)
def test_a_wish_holds_until_its_writer_ends_it(service: Service, wish: str, end: str, column: str, kind: str):
    sent = send(service)
    token = token_of(sent)
    page = Opened(ask(service, wish, token).text)
    assert getattr(row_of(service, sent), column) is not None
    assert form_of(page, end)["token"] == token
    assert form_of(page, wish) == {}
    first = getattr(row_of(service, sent), column)
    ask(service, wish, token)
    assert getattr(row_of(service, sent), column) == first
    page = Opened(ask(service, end, token).text)
    assert getattr(row_of(service, sent), column) is None
    assert form_of(page, wish)["token"] == token
    assert [kind in row for row in rows(service, "subject_requests")] == [True]


class TestCopy:
    def test_it_holds_what_is_stored_and_names_what_it_withholds(self, service: Service):
        """T11: what is stored and not None, what is in the file, and what the page shows are the same columns."""
        sent = send(service, factories.SPAM_WORDS)
        token = token_of(sent)
        choice = {"verdict": "remove", "label": "spam", "reason": "It sells pills."}
        service.post(f"/api/v1/comments/{sent['id']}/decisions", json=choice, headers=service.bearer)
        ask(service, "appeal", token, text="I am no shop.")
        answer = ask(service, "export", token)
        told, page = answer.json(), opened(service, token)
        with service.runtime.database.snapshot() as db:
            row = receipts.opened(db, pasted=token, now=factories.NOW)
            found = [(table, dict(values)) for table, values in about.rows_about(db, row=row)]
        filled = {f"{table}.{name}" for table, values in found for name, value in values.items() if value is not None}
        given = {f"{table}.{name}" for table, values in told["stored"].items() for row in values for name in row}
        personal = {name for name in filled if FIELDS[name].personal}
        assert personal - {"search.content", "search.author", "search.host"} <= given | told["withheld"].keys()
        assert set(page.columns) == given | told["withheld"].keys() == told["meaning"].keys()
        assert {name for name in given if Reader.WRITER not in FIELDS[name].readers} == set()
        assert {name for name in told["withheld"] if Reader.WRITER in FIELDS[name].readers} == set()
        assert all(told["withheld"].values())
        (comment,) = told["stored"]["comments"]
        assert comment["content"] == factories.SPAM_WORDS
        assert [one["text"] for one in told["stored"]["appeals"]] == ["I am no shop."]
        assert [one["measure"] for one in told["statements"]] == ["held", "refused"]
        assert told["deleted_after"].keys() == {"published", "held", "removed"}
        assert [row["kind"] for row in told["stored"]["subject_requests"]] == ["export"]

    def test_it_is_a_file_that_nobody_keeps_on_the_way(self, service: Service):
        answer = ask(service, "export", token_of(send(service)))
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["content-disposition"].startswith('attachment; filename="comment-')
        assert {name: answer.headers[name] for name in PRIVATE} == PRIVATE

    def test_its_signature_holds_and_a_changed_word_breaks_it(self, service: Service):
        told = ask(service, "export", token_of(send(service))).json()
        signature = told.pop("signature")
        (key,) = service.get("/.well-known/candor-key.json").json()["keys"]
        assert key["base64"] == signature["public_key"]
        assert base64.urlsafe_b64decode(key["x"] + "=") == base64.b64decode(key["base64"])
        public, value = Ed25519PublicKey.from_public_bytes(base64.b64decode(key["base64"])), signature["value"]
        public.verify(base64.b64decode(value), _canonical(told))
        told["stored"]["comments"][0]["content"] += "!"
        with pytest.raises(InvalidSignature):
            public.verify(base64.b64decode(value), _canonical(told))

    def test_the_page_and_the_file_tell_the_same_values(self, service: Service):
        token = token_of(send(service))
        told = ask(service, "export", token).json()
        page = opened(service, token)
        (comment,) = told["stored"]["comments"]
        for name, value in comment.items():
            if isinstance(value, str) and value:
                assert value in page.text, name


class TestErasure:
    def test_it_is_asked_about_once_more_and_then_done_with_a_proof(self, service: Service):
        sent = send(service, "Something that I regret.")
        token = token_of(sent)
        sure = ask(service, "erase", token)
        assert (sure.status_code, row_of(service, sent).state) == (200, State.PUBLISHED)
        form = form_of(Opened(sure.text), "erase")
        assert form == {"token": token, "sure": "yes"}
        done = service.post("/receipt/erase", data=form)
        assert row_of(service, sent).state is State.ERASED
        proof = json.loads(
            Opened(done.text).text.partition("The proof {")[2].join(["{", ""]).partition("} The key")[0] + "}"
        )
        assert proof["comment_id"] == sent["id"]
        _check(service, proof)
        assert "Something that I regret." not in json.dumps(everything(service))

    def test_afterwards_the_receipt_says_so_and_takes_nothing_but_the_wish_for_the_proof(self, service: Service):
        token = token_of(send(service))
        ask(service, "erase", token, sure="yes")
        page = opened(service, token)
        assert "This comment is erased" in page.text
        assert {given["action"] for tag, given in page.tags if tag == "form"} == {"/receipt/erase"}
        before = everything(service)
        for what in ACTS:
            if what != "erase":
                assert ask(service, what, token, **FORMS.get(what, {})).status_code == 409, what
        assert everything(service) == before

    def test_doing_it_again_only_shows_the_proof_again(self, service: Service):
        token = token_of(send(service))
        ask(service, "erase", token, sure="yes")
        before = everything(service)
        again = ask(service, "erase", token, sure="yes")
        assert (again.status_code, everything(service)) == (200, before)
        assert "What stays, and how long" in again.text
        assert "What was removed in detail is not kept." in again.text

    def test_a_proof_shown_again_says_when_it_was_and_not_what_is_unknown(self, service: Service):
        token = token_of(send(service))
        first, again = (_proof(ask(service, "erase", token, sure="yes")) for _ in range(2))
        _check(service, again)
        assert again["erased_at"] == first["erased_at"]
        assert ("removed" in first, "removed" in again) == (True, False)
        ends = [{one["what"]: one["until"] for one in proof["remains"]} for proof in (first, again)]
        assert ends[0] == ends[1]

    def test_after_an_erasure_by_a_mailed_pass_a_reload_shows_the_proof_again(self, service: Service):
        sent = send(service)
        with service.runtime.database.transaction() as db:
            row = comments.get(db, site_id=service.site.id, comment_id=Id(sent["id"]))
            made = receipts.add_pass(db, row=row, now=clock.now())
        answers = [ask(service, "erase", made.token, sure="yes") for _ in range(2)]
        assert [answer.status_code for answer in answers] == [200, 200]
        assert _proof(answers[0])["erased_at"] == _proof(answers[1])["erased_at"]
        assert "This comment is erased" in opened(service, made.token).text

    def test_what_is_left_has_no_false_name_and_no_moment_that_never_was(self, service: Service):
        token = token_of(send(service))
        ask(service, "erase", token, sure="yes")
        page = opened(service, token).text
        assert "once it is erased, when its receipt goes, and later the rest" in page
        month = f"{clock.now():%Y-%m}"
        assert f"when it arrived here comments.received_at {month}the month, and no more" in page
        assert f"{month}-01T00:00:00" not in page


class TestAttacks:
    @pytest.mark.parametrize("what", ACTS)
    def test_a_token_that_opens_nothing_gets_the_answer_of_every_such_token(self, service: Service, what: str):
        token = token_of(send(service, factories.SPAM_WORDS))
        locator, secret = token[:12], token[13:]
        other = token_of(send(service))
        wrong = ["", UNKNOWN, f"{locator}.{UNKNOWN[13:]}", f"{other[:12]}.{secret}", locator, "x" * 400]
        before = everything(service)
        answers = [ask(service, what, one, **FORMS.get(what, {})) for one in wrong]
        answers.append(service.post("/receipt", data={"token": UNKNOWN}))
        assert len({(answer.status_code, answer.content) for answer in answers}) == 1
        assert answers[0].status_code == 404
        assert everything(service) == before

    @pytest.mark.parametrize("what", ACTS)
    def test_another_comments_token_reaches_only_that_other_comment(self, service: Service, what: str):
        victim, own = send(service, factories.SPAM_WORDS), send(service, f"{factories.SPAM_WORDS} mine")
        before = row_of(service, victim).model_dump()
        names = {
            "id": victim["id"],
            "comment": victim["id"],
            "comment_id": victim["id"],
            "locator": token_of(victim)[:12],
        }
        ask(service, what, token_of(own), **FORMS.get(what, {}), **names)
        assert row_of(service, victim).model_dump() == before
        assert not any(
            Id(victim["id"]).hex in row for row in rows(service, "appeals") + rows(service, "subject_requests")
        )

    @pytest.mark.parametrize("what", ACTS)
    def test_an_address_alone_changes_nothing(self, service: Service, what: str):
        token = token_of(send(service, factories.SPAM_WORDS))
        before = everything(service)
        for method in ("GET", "HEAD", "PUT", "DELETE"):
            answer = service.request(method, f"/receipt/{what}?token={token}&sure=yes&text=x&content=y")
            assert answer.status_code == 405
        assert service.post(f"/receipt/{what}?token={token}&sure=yes").status_code == 404
        assert everything(service) == before

    def test_guessing_is_slowed_down_at_each_form_alike(self, make_service: Callable[..., Service]):
        service = make_service(rate_limit_receipts=2, receipt_delay_minutes=0)
        token = token_of(send(service))
        statuses = [ask(service, what, token).status_code for what in ("object", "freeze", "export", "erase")]
        assert statuses == [200, 200, 429, 429]
        assert service.post("/receipt", data={"token": token}).status_code == 429

    @pytest.mark.parametrize(("what", "longest"), [("appeal", 33_000), ("correct", 840_000), ("erase", 9_000)])
    def test_a_huge_form_is_refused_within_its_own_bound(self, service: Service, what: str, longest: int):
        body = b"text=" + b"A" * longest
        kind = {"content-type": "application/x-www-form-urlencoded"}
        assert service.post(f"/receipt/{what}", content=body, headers=kind).status_code == 413

    @pytest.mark.parametrize("what", ACTS)
    def test_no_answer_is_kept_sets_a_cookie_or_tells_where_one_came_from(self, service: Service, what: str):
        answer = ask(service, what, token_of(send(service, factories.SPAM_WORDS)), **FORMS.get(what, {}))
        assert answer.status_code == 200
        assert {name: answer.headers[name] for name in PRIVATE} == PRIVATE
        assert "set-cookie" not in answer.headers

    def test_hostile_words_of_a_writer_are_text(self, service: Service):
        token = token_of(send(service, factories.SPAM_WORDS))
        words = "</textarea><script>alert(1)</script><img src=x onerror=alert(1)>"
        ask(service, "appeal", token, text=words)
        page = opened(service, token)
        assert words in page.text
        assert {"script", "img"} & {tag for tag, _ in page.tags} == set()


def test_a_pass_opens_the_receipt_for_an_hour_and_not_longer(service: Service):
    sent = send(service)
    with service.runtime.database.transaction() as db:
        row = comments.get(db, site_id=service.site.id, comment_id=Id(sent["id"]))
        made = receipts.add_pass(db, row=row, now=factories.NOW)
    with service.runtime.database.snapshot() as db:
        assert receipts.opened(db, pasted=made.token, now=factories.NOW + timedelta(minutes=59)).id == row.id
    assert service.post("/receipt", data={"token": made.token}).status_code == 404


def _canonical(told: dict[str, Any]) -> bytes:
    return json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _proof(answer: httpx.Response) -> dict[str, Any]:
    """The proof on a page, as the file that it offers."""
    found = re.search(r'href="data:application/json;base64,([^"]+)"', answer.text)
    assert found, answer.text
    return json.loads(base64.b64decode(found[1]))


def _check(service: Service, signed: dict[str, Any]) -> None:
    signature = signed.pop("signature")
    public = Ed25519PublicKey.from_public_bytes(service.runtime.settings.seal.public_key)
    public.verify(base64.b64decode(signature["value"]), _canonical(signed))


@pytest.mark.parametrize("what", [what for what in ACTS if what != "erase"])
def test_what_is_erased_while_its_receipt_is_being_opened_takes_no_wish_any_more(
    make_service: Callable[..., Service], postgres_url: str, monkeypatch: pytest.MonkeyPatch, what: str
):
    service = make_service(receipt_delay_minutes=0, database_url=postgres_url)
    sent = send(service, factories.SPAM_WORDS)
    found = receipts.opened

    def overtaken(db: Any, **asked: Any) -> Any:
        row = found(db, **asked)
        monkeypatch.setattr(receipts, "opened", found)
        ask(service, "erase", token_of(sent), sure="yes")  # by another transaction, which has ended by now
        return row

    monkeypatch.setattr(receipts, "opened", overtaken)
    answer = ask(service, what, token_of(sent), **FORMS.get(what, {}))
    assert (answer.status_code, said(answer)[:23]) == (409, "This comment is erased:")
    with service.runtime.database.snapshot() as db:
        left = about.rows_about(db, row=comments.get(db, site_id=service.site.id, comment_id=Id(sent["id"])))
    assert [table for table, _ in left] == ["comments", "events"]


def test_a_receipt_of_an_erased_comment_says_nothing_of_what_is_not_stored_any_more(service: Service):
    token = token_of(send(service, factories.SPAM_WORDS))
    assert "Notice it came under" in opened(service, token).text
    ask(service, "erase", token, sure="yes")
    page = opened(service, token).text
    assert "This comment is erased." in page
    for gone in ("Notice it came under", "A program decided alone", "which has changed since"):
        assert gone not in page, gone
