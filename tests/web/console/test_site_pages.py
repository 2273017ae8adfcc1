"""A site's thresholds, rules, keys, people and model: what a change means is told before, what is secret once."""

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlmodel import select

from moderation import clock
from moderation.duties import hosting
from moderation.duties.hosting import SWITCHES
from moderation.judging.policy import Policy
from moderation.storage import sites
from moderation.storage.people_tables import MembershipRow, SignInLinkRow
from moderation.storage.tables import CommentRow, SiteRow
from moderation.vocabulary import Role, RuleKind, State
from moderation.web.console import learned
from tests.support.asgi import Service, bearer
from tests.support.console import Guest, contents, path_of, person, say
from tests.support.factories import KIND_WORDS, SPAM_WORDS, akismet

NEVER_LEARNT = ("", "x", "-1", "999999", "9" * 30, "9" * 5_000, "²")
NEVER = ("", "nan", "inf", "-0.1", "1e400", "0,7", "x", "0.7.7", "²", "9" * 5_000)


def set_up(service: Service) -> sites.Site:
    with service.runtime.database.snapshot() as db:
        return sites.get(db, service.site.id)


def fields(page: httpx.Response) -> dict[str, str]:
    """What the form that saves thresholds sends as it stands."""
    form = page.text[page.text.index('id="save"') :]
    inputs = re.findall(r'name="(\w+)" (?:inputmode="numeric" )?value="([^"]*)"( checked)?', form)
    ticked = {name for name, _, tick in inputs if tick}
    return {name: value for name, value, _ in inputs if value != "1" or name in ticked}


class TestThresholds:
    def test_saving_them_as_they_stand_changes_nothing_but_the_version(self, make_service: Callable[..., Service]):
        service = make_service()
        lea, here = person(service, "lea", Role.LEAD), path_of(service.sites[0])
        exact = {"hold_at": "0.7123456789", "remove_at": "0.99995", "discard_at": "0.999987"}
        with service.runtime.database.transaction() as db:
            hosting.set_site(db, site_id=service.site.id, changes=exact, now=clock.now())
        before = set_up(service)
        form = fields(lea.get(f"{here}/thresholds")) | {"token": lea.token}
        assert lea.post(f"{here}/thresholds", form).headers["location"] == f"{here}/thresholds?done=saved"
        after = set_up(service)
        assert named(after.policy) == named(before.policy)
        assert after.answer_within_hours == before.answer_within_hours

    def test_a_guarantee_that_raises_one_is_not_saved_as_the_sites_own(self, make_service: Callable[..., Service]):
        service = make_service()
        lea, here = person(service, "lea", Role.LEAD), path_of(service.sites[0])
        with service.runtime.database.transaction() as db:
            hosting.set_site(db, site_id=service.site.id, changes={"removal_by_program": "true"}, now=clock.now())
            row = db.get(SiteRow, service.site.id)
            assert row
            row.removes_from = 0.997
            db.add(row)
            sites.touch_directory(db)
        form = fields(lea.get(f"{here}/thresholds"))
        assert form["remove_at"] == "0.95"
        lea.post(f"{here}/thresholds", form | {"token": lea.token})
        assert set_up(service).policy.remove_at == 0.95
        seen = lea.get(f"{here}/thresholds?hold_at=0.5&remove_at=0.6&discard_at=0.99").text
        assert "→ <b>remove</b>" not in seen

    def test_the_preview_says_what_saving_then_does(self, make_service: Callable[..., Service]):
        service = make_service()
        lea, here = person(service, "lea", Role.LEAD), path_of(service.sites[0])
        texts = [f"{words} {number}" for number in range(4) for words in (KIND_WORDS, SPAM_WORDS, "cheap pills here")]
        for text in texts:
            say(service, text)
        for changes in ({"hold_at": "0.01"}, {"hold_at": "0.94"}, {"hold_at": "0.3"}):
            page = lea.get(f"{here}/thresholds", params=changes)
            told = re.search(r"Of these, (\d+)\s+would have been stopped, (\d+) are with what is in force", page.text)
            assert told
            assert int(told[2]) == stopped(service, set_up(service).policy)
            form = fields(page) | {"token": lea.token}
            assert float(form["hold_at"]) == float(changes["hold_at"])
            lea.post(f"{here}/thresholds", form)
            assert set_up(service).policy.hold_at == float(changes["hold_at"])
            assert int(told[1]) == stopped(service, set_up(service).policy)
            again = [say(service, f"{text} {changes['hold_at']}") for text in texts]
            with service.runtime.database.snapshot() as db:
                held = [row for row in db.exec(select(CommentRow)) if str(row.id) in again and row.state is State.HELD]
            assert len(held) == stopped(service, set_up(service).policy, again)

    def test_a_preview_stores_nothing(self, shared: Service, lea: Guest, here: str):
        before = contents(shared)
        lea.get(f"{here}/thresholds?hold_at=0.2&remove_at=0.3&discard_at=0.4&removal_by_program=1")
        assert contents(shared) == before

    @pytest.mark.parametrize("number", NEVER[1:], ids=lambda number: number[:8])
    def test_what_is_no_threshold_is_refused_before_and_at_saving(
        self, shared: Service, lea: Guest, here: str, number: str
    ):
        before = contents(shared)
        seen = lea.get(f"{here}/thresholds", params={"hold_at": number})
        saved = lea.post(f"{here}/thresholds", {"hold_at": number})
        hours = lea.post(f"{here}/thresholds", {"answer_within_hours": number})
        for answer in (seen, saved, hours):
            assert (answer.status_code, 'id="problem"' in answer.text) == (422, True)
        assert contents(shared) == before

    def test_they_are_saved_all_or_none(self, shared: Service, lea: Guest, here: str):
        before = contents(shared)
        assert lea.post(f"{here}/thresholds", {"hold_at": "0.5", "answer_within_hours": "0"}).status_code == 422
        assert lea.post(f"{here}/thresholds", {"hold_at": "0.9", "remove_at": "0.8"}).status_code == 422
        assert contents(shared) == before

    def test_what_was_refused_stays_in_the_form(self, lea: Guest, here: str):
        tried = lea.get(f"{here}/thresholds", params={"hold_at": "0.9", "remove_at": "0,8"}).text
        assert 'name="hold_at" inputmode="decimal" value="0.9"' in tried
        assert 'name="remove_at" inputmode="decimal" value="0,8"' in tried
        assert "otherwise" not in tried, "nothing is told of what cannot be"
        saved = lea.post(f"{here}/thresholds", {"hold_at": "0.5", "answer_within_hours": "0", "discards": "1"})
        assert 'name="answer_within_hours" inputmode="numeric" value="0"' in saved.text
        assert [name for name in SWITCHES if f'name="{name}" value="1" checked' in saved.text] == ["discards"]

    def test_a_moderator_sees_them_and_has_no_form(self, ana: Guest, here: str):
        page = ana.get(f"{here}/thresholds").text
        assert "A lead or an operator of this site can change them." in page
        assert 'id="save"' not in page


def named(policy: Policy) -> dict[str, Any]:
    names = ("hold_at", "remove_at", "discard_at", "removal_by_program", "discards", "trusts_administrators")
    return {name: getattr(policy, name) for name in names}


def stopped(service: Service, policy: Policy, ids: list[str] | None = None) -> int:
    with service.runtime.database.snapshot() as db:
        rows = [row for row in db.exec(select(CommentRow)) if ids is None or str(row.id) in ids]
    return sum(row.score is not None and row.score >= policy.hold_at for row in rows)


class TestRules:
    @pytest.mark.parametrize("kind", RuleKind)
    def test_one_is_added_works_and_ends(self, shared: Service, lea: Guest, here: str, kind: RuleKind):
        pattern = "0" if kind is RuleKind.LINKS_OVER else f"zebra{kind.value.replace('_', '')}"
        added = lea.post(f"{here}/rules", {"kind": kind.value, "pattern": f" {pattern} ", "verdict": "hold"})
        assert added.headers["location"] == f"{here}/rules?done=added"
        page = lea.get(added.headers["location"]).text
        author = {"name": pattern, "email": "a@example.org", "url": f"https://{pattern}.example"}
        held = say(shared, f"Fine words {pattern} https://{pattern}.example", author=author)
        assert "held" in lea.get(f"{here}/comments/{held}").text
        rule = re.search(r'name="remove" value="([^"]+)"', page)
        assert rule
        ended = lea.post(f"{here}/rules", {"remove": rule[1]})
        assert ended.headers["location"] == f"{here}/rules?done=removed"
        assert "There are none." in lea.get(f"{here}/rules").text

    @pytest.mark.parametrize(
        ("form", "status"),
        [
            ({"kind": "word", "pattern": "", "verdict": "hold"}, 422),
            ({"kind": "pattern", "pattern": "(unclosed", "verdict": "hold"}, 422),
            ({"kind": "pattern", "pattern": "(a{1,1000}){1,1000}", "verdict": "hold"}, 422),
            ({"kind": "pattern", "pattern": "x" * 1_001, "verdict": "hold"}, 422),
            ({"kind": "links_over", "pattern": "many", "verdict": "hold"}, 422),
            ({"kind": "links_over", "pattern": "9" * 5_000, "verdict": "hold"}, 422),
            ({"kind": "magic", "pattern": "x", "verdict": "hold"}, 422),
            ({"kind": "word", "pattern": "x", "verdict": "discard"}, 422),
            ({"pattern": "x", "verdict": "hold"}, 422),
            ({}, 422),
            ({"remove": "0"}, 404),
            ({"remove": "01a2217f-3895-7721-a455-48ae1a5987e9"}, 404),
        ],
        ids=lambda value: str(value)[:60],
    )
    def test_one_that_cannot_be_used_is_refused_and_stays_in_the_field(
        self, shared: Service, lea: Guest, here: str, form: dict[str, str], status: int
    ):
        before = contents(shared)
        answer = lea.post(f"{here}/rules", form)
        assert (answer.status_code, 'id="problem"' in answer.text) == (status, True)
        assert f'value="{form.get("pattern", "")}"' in answer.text
        assert contents(shared) == before

    def test_what_was_chosen_for_a_refused_one_stays_too(self, lea: Guest, here: str):
        answer = lea.post(f"{here}/rules", {"verdict": "remove", "kind": "links_over", "pattern": "two"})
        assert '<option value="remove" selected>' in answer.text
        assert '<option value="links_over" selected>' in answer.text
        assert "A rule on “more links than” takes a whole number, for example 3." in answer.text

    def test_the_form_stands_at_hold_before_anything_was_chosen(self, lea: Guest, here: str):
        for page in (lea.get(f"{here}/rules"), lea.post(f"{here}/rules", {"remove": "0"})):
            assert page.text.count(" selected>") == 2
            assert '<option value="hold" selected>' in page.text

    def test_another_sites_rule_cannot_be_ended(
        self, shared: Service, lea: Guest, join: Callable[..., Guest], here: str
    ):
        other = join(Role.LEAD, at=shared.sites[1])
        other.post(f"{path_of(shared.sites[1])}/rules", {"kind": "word", "pattern": "theirs", "verdict": "hold"})
        page = other.get(f"{path_of(shared.sites[1])}/rules").text
        rule = re.search(r'name="remove" value="([^"]+)"', page)
        assert rule
        assert lea.post(f"{here}/rules", {"remove": rule[1]}).status_code == 404
        assert "theirs" in other.get(f"{path_of(shared.sites[1])}/rules").text


class TestKeys:
    @pytest.mark.parametrize("kind", ["api", "akismet"])
    def test_a_new_one_is_shown_once_works_and_the_old_one_ends_when_it_was_said(
        self, make_service: Callable[..., Service], kind: str
    ):
        service = make_service()
        ole, here = person(service, "ole", Role.OPERATOR), path_of(service.sites[0])
        old = service.api_token if kind == "api" else service.akismet_key
        for overlap, still in (("7", True), ("0", False)):
            page = ole.post(f"{here}/keys", {"kind": kind, "overlap": overlap})
            shown = re.search(r'<code class="key">([^<]+)</code>', page.text)
            assert shown
            assert (works(service, kind, shown[1]), works(service, kind, old)) == (True, still)
            assert shown[1] not in ole.get(f"{here}/keys").text
            assert shown[1] not in str(contents(service))
            old = shown[1]

    def test_one_is_revoked_at_once(self, make_service: Callable[..., Service]):
        service = make_service()
        ole, here = person(service, "ole", Role.OPERATOR), path_of(service.sites[0])
        for key_id in re.findall(r'name="revoke" value="([^"]+)"', ole.get(f"{here}/keys").text):
            assert ole.post(f"{here}/keys", {"revoke": key_id}).headers["location"] == f"{here}/keys?done=removed"
            assert ole.post(f"{here}/keys", {"revoke": key_id}).status_code == 404
        assert not works(service, "api", service.api_token)
        assert not works(service, "akismet", service.akismet_key)
        assert "No key of this site works." in ole.get(f"{here}/keys").text

    @pytest.mark.parametrize(
        ("form", "status"),
        [
            ({"kind": "api", "overlap": "8"}, 422),
            ({"kind": "root", "overlap": "7"}, 422),
            ({}, 422),
            ({"revoke": "x"}, 404),
            ({"revoke": "01a2217f-3895-7721-a455-48ae1a5987e9"}, 404),
        ],
        ids=str,
    )
    def test_what_cannot_be_meant_is_refused(
        self, shared: Service, ole: Guest, here: str, form: dict[str, str], status: int
    ):
        before = contents(shared)
        assert ole.post(f"{here}/keys", form).status_code == status
        assert contents(shared) == before

    def test_another_sites_key_cannot_be_revoked(
        self, shared: Service, ole: Guest, join: Callable[..., Guest], here: str
    ):
        other = join(Role.OPERATOR, at=shared.sites[1])
        page = other.get(f"{path_of(shared.sites[1])}/keys").text
        for key_id in re.findall(r'name="revoke" value="([^"]+)"', page):
            assert ole.post(f"{here}/keys", {"revoke": key_id}).status_code == 404
        assert works(shared, "api", shared.sites[1].api_token)


def works(service: Service, kind: str, key: str) -> bool:
    if kind == "api":
        return service.get("/api/v1/comments", headers=bearer(key)).status_code == 200
    return service.post("/1.1/comment-check", data=dict(akismet(key))).text in {"true", "false"}


class TestPeople:
    def test_somebody_new_gets_a_link_that_is_shown_once(self, shared: Service, ole: Guest, here: str):
        page = ole.post(f"{here}/people", {"email": " New@Team.example ", "role": "moderator"})
        shown = re.search(r'<code class="key">([^<]+)</code>', page.text)
        assert shown
        assert shown[1].startswith("http://127.0.0.1:8000/console/sign-in#") or "/console/sign-in#" in shown[1]
        assert shown[1] not in ole.get(f"{here}/people").text
        guest = Guest(shared)
        assert guest.sign_in(link=shown[1]).status_code == 303
        assert guest.get(f"{here}/queue").status_code == 200
        assert guest.get(f"{here}/people").status_code == 403

    def test_whoever_is_known_elsewhere_or_has_been_in_gets_a_role_and_no_link_for_others_to_use(
        self, shared: Service, ole: Guest, join: Callable[..., Guest], here: str
    ):
        victim = join(Role.LEAD, Role.OPERATOR, at=shared.sites[1])
        with shared.runtime.database.snapshot() as db:
            before = len(db.exec(select(SignInLinkRow)).all())
        answer = ole.post(f"{here}/people", {"email": victim.email, "role": "moderator"})
        assert answer.headers["location"] == f"{here}/people?done=added"
        with shared.runtime.database.snapshot() as db:
            assert len(db.exec(select(SignInLinkRow)).all()) == before
        assert victim.get(f"{here}/queue").status_code == 200

    def test_a_lead_takes_the_moderators_place_and_an_operators_role_stands_beside(
        self, shared: Service, ole: Guest, ana: Guest, here: str
    ):
        for role in ("lead", "operator"):
            ole.post(f"{here}/people", {"email": ana.email, "role": role})
        with shared.runtime.database.snapshot() as db:
            rows = db.exec(select(MembershipRow.role).where(MembershipRow.moderator_id == ana.id)).all()
        assert {Role(role) for role in rows} == {Role.LEAD, Role.OPERATOR}

    def test_a_role_is_taken_away_but_the_last_operators(self, make_service: Callable[..., Service]):
        service = make_service()
        here = path_of(service.sites[0])
        ole, ana = person(service, "ole", Role.OPERATOR), person(service, "ana", Role.MODERATOR)
        gone = ole.post(f"{here}/people", {"remove": f"{ana.id}:moderator"})
        assert gone.headers["location"] == f"{here}/people?done=removed"
        assert ana.get(f"{here}/queue").status_code == 404
        before = contents(service)
        answer = ole.post(f"{here}/people", {"remove": f"{ole.id}:operator"})
        assert (answer.status_code, "only operator" in answer.text) == (409, True)
        assert contents(service) == before
        ole.post(f"{here}/people", {"email": ana.email, "role": "operator"})
        assert ole.post(f"{here}/people", {"remove": f"{ole.id}:operator"}).status_code == 303
        assert ole.get(f"{here}/people").status_code == 404

    @pytest.mark.parametrize(
        ("form", "status"),
        [
            ({"email": "nobody", "role": "moderator"}, 422),
            ({"email": f"{'a' * 320}@team.example", "role": "lead"}, 422),
            ({"email": "a@team.example", "role": "admin"}, 422),
            ({"remove": "x:lead"}, 404),
            ({"remove": "01a2217f-3895-7721-a455-48ae1a5987e9:lead"}, 404),
            ({"remove": "01a2217f-3895-7721-a455-48ae1a5987e9:king"}, 404),
            ({"remove": ":"}, 404),
        ],
        ids=lambda value: str(value)[:50],
    )
    def test_what_cannot_be_meant_is_refused_and_stays_in_the_field(
        self, shared: Service, ole: Guest, here: str, form: dict[str, str], status: int
    ):
        before = contents(shared)
        answer = ole.post(f"{here}/people", form)
        assert (answer.status_code, 'id="problem"' in answer.text) == (status, True)
        assert f'value="{form.get("email", "")}"' in answer.text
        assert ("selected" in answer.text) == (form.get("role") in set(Role))
        assert contents(shared) == before


class TestLearning:
    def test_what_was_learnt_is_told_and_taken_back_with_one_button(self, make_service: Callable[..., Service]):
        service = make_service()
        lea, here = person(service, "lea", Role.LEAD), path_of(service.sites[0])
        for number in range(4):
            comment = say(service, f"{SPAM_WORDS} zebra {number}")
            lea.ask(f"{here}/comments/{comment}/act", {"act": "approve", "version": "1"})
        service.app.state.doors.teacher.teach(service.site.id)
        page = lea.get(f"{here}/learning").text
        assert "It judges together with the shipped model." in page
        revisions = [int(number) for number in re.findall(r'name="revision" value="(\d+)"', page)]
        answer = lea.post(f"{here}/learning", {"revision": str(min(revisions))})
        assert answer.headers["location"] == f"{here}/learning?done=rolled_back"
        assert "The model is what it was then." in lea.get(answer.headers["location"]).text

    def test_the_journal_is_there_to_its_beginning_each_line_once_and_with_its_button(
        self, make_service: Callable[..., Service], monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr(learned, "LINES", 3)
        service = make_service()
        lea, here = person(service, "lea", Role.LEAD), path_of(service.sites[0])
        for number in range(7):
            comment = say(service, f"{SPAM_WORDS} {('zebra', 'lion', 'okapi')[number % 3]} {number}")
            lea.ask(f"{here}/comments/{comment}/act", {"act": "approve", "version": "1"})
        service.app.state.doors.teacher.teach(service.site.id)
        seen, address = [], f"{here}/learning"
        while address:
            page = lea.get(address).text
            seen.append([int(number) for number in re.findall(r'name="revision" value="(\d+)"', page)])
            older = re.search(r'href="([^"]+\?before=\d+)#journal"', page)
            address = older[1] if older else ""
        assert seen == [[6, 5], [4, 3, 2], [1]]
        lea.post(f"{here}/learning", {"revision": "1"})
        assert "went back to <span" in lea.get(f"{here}/learning").text
        assert "There is nothing earlier." in lea.get(f"{here}/learning?before=1").text
        assert lea.get(f"{here}/learning?before=x").status_code == 422

    def test_what_a_decision_taken_back_had_taught_is_called_taken_back(self, make_service: Callable[..., Service]):
        service = make_service()
        lea, here = person(service, "lea", Role.LEAD), path_of(service.sites[0])
        assert "not measured yet" in lea.get(f"{here}/learning").text
        comment = say(service, f"{SPAM_WORDS} zebra")
        lea.ask(f"{here}/comments/{comment}/act", {"act": "approve", "version": "1"})
        service.app.state.doors.teacher.teach(service.site.id)
        assert "not measured yet" not in lea.get(f"{here}/learning").text
        lea.ask(f"{here}/undo", {})
        page = lea.get(f"{here}/learning").text
        assert page.count("<td>taken back") == 2
        assert "erased" not in page

    @pytest.mark.parametrize("revision", NEVER_LEARNT, ids=lambda text: f"{text[:9]} of {len(text)}")
    def test_a_revision_that_never_was_is_refused(self, shared: Service, lea: Guest, here: str, revision: str):
        before = contents(shared)
        assert lea.post(f"{here}/learning", {"revision": revision}).status_code in {404, 409, 422}
        assert contents(shared) == before

    def test_a_moderator_has_no_button(self, ana: Guest, here: str):
        assert 'name="revision"' not in ana.get(f"{here}/learning").text
