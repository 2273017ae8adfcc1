"""One's own account: what one changes there is one's own alone, and what cannot be is said beside it."""

import json
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pyotp
import pytest

from moderation import clock
from moderation.judging.preferences import KEYS
from moderation.seal import is_password
from moderation.storage.people_tables import ModeratorRow
from moderation.vocabulary import Order, Role
from tests.support.asgi import Service
from tests.support.console import PASSWORD, Guest, contents, path_of, person, say, seated
from tests.support.factories import SPAM_WORDS
from tests.support.markup import tags

ACCOUNT = "/console/account"


pytestmark = pytest.mark.usefixtures("fresh_counters")


def row_of(service: Service, guest: Guest) -> ModeratorRow:
    with service.runtime.database.snapshot() as db:
        row = db.get(ModeratorRow, guest.id)
        assert row
        return row


class TestName:
    def test_the_team_knows_one_by_it(self, shared: Service, ana: Guest, join: Callable[..., Guest]):
        assert ana.post(f"{ACCOUNT}/name", {"name": "  Ana \t María  "}).headers["location"] == f"{ACCOUNT}?done=saved"
        assert 'value="Ana María"' in ana.get(ACCOUNT).text
        comment = say(shared, f"{SPAM_WORDS} named")
        here = path_of(shared.sites[0])
        ana.ask(f"{here}/comments/{comment}/act", {"act": "hold", "version": "1"})
        assert "<b>Ana María</b>" in join().get(f"{here}/comments/{comment}").text

    def test_without_one_it_is_the_address_before_the_at(self, ana: Guest):
        ana.post(f"{ACCOUNT}/name", {"name": "x"})
        ana.post(f"{ACCOUNT}/name", {"name": "  "})
        assert f"</span>{ana.email.partition('@')[0]}</summary>" in ana.get(ACCOUNT).text

    @pytest.mark.parametrize("name", ["x" * 251, "a\u202eb", "a\x07b", "\ufeff"], ids=ascii)
    def test_one_that_cannot_be_shown_is_refused(self, shared: Service, ana: Guest, name: str):
        before = contents(shared)
        answer = ana.post(f"{ACCOUNT}/name", {"name": name})
        said = (
            "A name has at most 250 characters" if len(name) > 250 else "a character in this name that nobody can see"
        )
        assert (answer.status_code, said in answer.text) == (422, True)
        assert contents(shared) == before


class TestPassword:
    def test_a_first_one_needs_no_present_one_and_ends_every_other_login(self, shared: Service, ana: Guest):
        assert ana.id
        other = seated(shared, ana.id, ana.email)
        assert 'name="current"' not in ana.get(ACCOUNT).text
        assert ana.post(f"{ACCOUNT}/password", {"new": PASSWORD}).status_code == 303
        assert ana.get(ACCOUNT).status_code == 200
        assert other.get(ACCOUNT).status_code == 303
        assert Guest(shared).sign_in(email=ana.email, password=PASSWORD).status_code == 303

    @pytest.mark.parametrize(
        ("current", "new", "words"),
        [
            ("wrong", "another horse battery", "The present password is not right."),
            ("", "another horse battery", "The present password is not right."),
            (PASSWORD, "too short", "A password has 12 to 1,024 characters."),
            (PASSWORD, "x" * 1_025, "A password has 12 to 1,024 characters."),
        ],
        ids=["wrong", "none", "short", "long"],
    )
    def test_another_one_needs_the_present_one(self, shared: Service, current: str, new: str, words: str):
        guest = person(shared, f"with-password-{len(new)}-{len(current)}", Role.LEAD, password=PASSWORD)
        answer = guest.post(f"{ACCOUNT}/password", {"current": current, "new": new})
        assert (answer.status_code, words in answer.text) == (422, True)
        assert is_password(row_of(shared, guest).password_hash, PASSWORD)
        assert new not in answer.text


class TestSecondFactor:
    def test_it_is_set_up_asked_for_and_taken_off_with_its_codes(self, shared: Service, ana: Guest):
        assert ana.id
        other = seated(shared, ana.id, ana.email)
        page = ana.post(f"{ACCOUNT}/second-factor").text
        secret = re.search(r'<code class="key">([A-Z2-7 ]+)</code>', page)
        sealed = re.search(r'name="sealed" value="([0-9a-f]+)"', page)
        assert secret
        assert sealed
        assert row_of(shared, ana).totp_secret is None
        codes, now = pyotp.TOTP(secret[1].replace(" ", "")), int(clock.now().timestamp())
        form = {"sealed": sealed[1], "code": codes.at(now)}
        wrong = ana.post(f"{ACCOUNT}/second-factor/confirm", form | {"code": "000000"})
        assert (wrong.status_code, "That code is not right" in wrong.text) == (422, True)
        assert secret[1] not in wrong.text
        assert ana.post(f"{ACCOUNT}/second-factor/confirm", form).headers["location"] == f"{ACCOUNT}?done=saved"
        assert other.get(ACCOUNT).status_code == 303
        assert secret[1].replace(" ", "") not in str(contents(shared))
        again = ana.post(f"{ACCOUNT}/second-factor/confirm", form)
        assert (again.status_code, "There is a second factor already" in again.text) == (422, True)
        used = ana.post(f"{ACCOUNT}/second-factor/remove", {"code": codes.at(now)})
        assert used.status_code == 422
        assert ana.post(f"{ACCOUNT}/second-factor/remove", {"code": codes.at(now + 30)}).status_code == 303
        assert row_of(shared, ana).totp_secret is None

    def test_a_secret_that_was_made_for_somebody_else_is_none(
        self, shared: Service, ana: Guest, join: Callable[..., Guest]
    ):
        page = join().post(f"{ACCOUNT}/second-factor").text
        secret = re.search(r'<code class="key">([A-Z2-7 ]+)</code>', page)
        sealed = re.search(r'name="sealed" value="([0-9a-f]+)"', page)
        assert secret
        assert sealed
        code = pyotp.TOTP(secret[1].replace(" ", "")).at(int(clock.now().timestamp()))
        for said in (sealed[1], "", "zz", "00" * 60, sealed[1][:-2] + "00"):
            answer = ana.post(f"{ACCOUNT}/second-factor/confirm", {"sealed": said, "code": code})
            assert answer.status_code == 422
        assert row_of(shared, ana).totp_secret is None


class TestLogins:
    def test_one_sees_ones_own_and_nobody_elses(self, shared: Service, ana: Guest, join: Callable[..., Guest]):
        assert ana.id
        join()
        seated(shared, ana.id, ana.email)
        page = ana.get(ACCOUNT).text
        assert (page.count("<b>This one</b>"), page.count("Another <span")) == (1, 1)
        assert "from 192.0.2.0/24" in page
        ended = ana.post(f"{ACCOUNT}/sign-out-everywhere")
        assert "The other logins have ended." in ana.get(ended.headers["location"]).text
        assert "Another <span" not in ana.get(ACCOUNT).text


def keys_of(guest: Guest) -> dict[str, Any]:
    body = next(tag for tag in tags(guest.get("/console/help").text) if tag.name == "body")
    return json.loads(unescape(body.attributes["data-keys"]))


WHOLE = {"single_keys": "1", "order": "oldest", "fold": "everything", "greyscale": "1", "break_after": "45"}


class TestPreferences:
    def test_what_one_likes_is_kept_and_shown(self, shared: Service, ana: Guest):
        form = WHOLE | {"key.approve": "q", "key.spam": "w", "key.unknown": "e"}
        assert ana.post(f"{ACCOUNT}/preferences", form).headers["location"] == f"{ACCOUNT}?done=saved"
        assert keys_of(ana) == {**KEYS, "approve": "q", "spam": "w"}
        say(shared, f"{SPAM_WORDS} folded")
        page = ana.get(f"{path_of(shared.sites[0])}/queue").text
        assert '<html lang="en" class="grey">' in page
        assert 'data-break="45"' in page
        assert '<details class="folded">' in page
        assert '<option value="oldest" selected>' in page
        account = ana.get(ACCOUNT).text
        assert 'id="key-approve" name="key.approve" value="q"' in account
        assert '<option value="everything" selected>' in account

    def test_with_the_keys_off_a_page_has_none(self, shared: Service, ana: Guest):
        ana.post(f"{ACCOUNT}/preferences", {name: said for name, said in WHOLE.items() if name != "single_keys"})
        assert keys_of(ana) == {}
        say(shared, f"{SPAM_WORDS} keyless")
        assert "<kbd" not in ana.get(f"{path_of(shared.sites[0])}/queue").text
        assert "You have switched the keys off." in ana.get("/console/help").text

    @pytest.mark.parametrize(
        "change",
        [
            {"key.approve": "s"},
            {"key.approve": "S"},
            {"key.approve": "1"},
            {"key.approve": "ab"},
            {"key.approve": ""},
            {"key.approve": "é"},
            {"key.approve": "<"} | {"key.spam": "<"},
            {"break_after": "46"},
            {"break_after": "9" * 5_000},
            {"break_after": ""},
            {"order": "random"},
            {"order": ""},
            {"fold": "some"},
        ],
        ids=lambda change: str(change)[:40],
    )
    def test_what_cannot_be_is_refused_whole(self, shared: Service, ana: Guest, change: dict[str, str]):
        before = contents(shared)
        answer = ana.post(f"{ACCOUNT}/preferences", {**WHOLE, **change})
        assert (answer.status_code, 'id="problem"' in answer.text) == (422, True)
        assert contents(shared) == before

    def test_every_order_can_be_liked(self, shared: Service, ana: Guest):
        for order in Order:
            ana.post(f"{ACCOUNT}/preferences", WHOLE | {"order": order.value})
            page = ana.get(f"{path_of(shared.sites[0])}/queue").text
            assert f'<option value="{order.value}" selected>' in page

    @pytest.mark.parametrize(
        "stored", [{"fold": "gone"}, {"keys": 5}, {"keys": {"approve": "s"}}, {"break_after": "x"}]
    )
    def test_what_this_version_does_not_know_any_more_locks_nobody_out(
        self, shared: Service, ana: Guest, stored: dict[str, Any]
    ):
        with shared.runtime.database.transaction() as db:
            row = db.get(ModeratorRow, ana.id)
            assert row
            row.preferences = stored
            db.add(row)
        assert ana.get(ACCOUNT).status_code == 200
        assert keys_of(ana) == dict(KEYS)
