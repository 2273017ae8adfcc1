"""Who may what, asked of the running service: each role at each address of its own site, of another's, of none."""

from collections.abc import Callable, Mapping

import httpx
import pytest

from moderation import clock
from moderation.clock import new_id
from moderation.duties import hosting
from moderation.duties.hosting import NewSite
from moderation.judging.capabilities import MAY, Action, may
from moderation.vocabulary import Role
from tests.support.asgi import Service
from tests.support.console import JSON, Guest, contents, path_of, person, say
from tests.support.console_routes import OF_A_SITE, OF_EVERYBODY, Address, parameters
from tests.support.factories import SPAM_WORDS

PEOPLE: Mapping[str, tuple[Role, ...]] = {
    "a moderator": (Role.MODERATOR,),
    "a lead": (Role.LEAD,),
    "an operator": (Role.OPERATOR,),
    "whoever leads and operates": (Role.LEAD, Role.OPERATOR),
    "whoever decides and operates": (Role.MODERATOR, Role.OPERATOR),
    "somebody without a role": (),
}
EVERY = pytest.mark.parametrize("address", OF_A_SITE, ids=lambda address: address.name)
EVERYBODY = pytest.mark.parametrize("who", PEOPLE)


@pytest.fixture(scope="module")
def people(shared: Service) -> dict[str, Guest]:
    """Each of them at the first site, and nowhere else."""
    return {who: person(shared, who.replace(" ", "-"), *roles, has_left=not roles) for who, roles in PEOPLE.items()}


@pytest.fixture(scope="module")
def foreign(shared: Service) -> str:
    """A comment of the second site."""
    return say(shared, f"{SPAM_WORDS} of the other site", at=shared.sites[1])


@pytest.fixture(scope="module")
def own(shared: Service) -> Callable[[], str]:
    """Makes a comment of the first site that waits."""
    count = 0

    def make() -> str:
        nonlocal count
        count += 1
        return say(shared, f"{SPAM_WORDS} number {count}")

    return make


def asked(guest: Guest, address: Address, site_id: object, comment_id: object = "") -> httpx.Response:
    path = address.filled(site_id, comment_id)
    if address.method == "GET":
        return guest.get(path, headers=JSON)
    return guest.ask(path, address.sent(comment_id))


def test_the_table_has_every_action():
    assert {address.action for address in OF_A_SITE} - {None} == set(MAY) - {Action.DECIDE_MANY}


@EVERY
@EVERYBODY
def test_at_their_own_site_people_may_what_their_roles_may(
    shared: Service, people: dict[str, Guest], own: Callable[[], str], who: str, address: Address
):
    comment = own() if address.action in {Action.DECIDE, Action.TAKE_OVER} or "comment_id" in address.path else ""
    before = contents(shared)
    answer = asked(people[who], address, shared.site.id, comment)
    roles = PEOPLE[who]
    if not roles:
        assert (answer.status_code, answer.json()["code"]) == (404, "site.not_found")
    elif address.action is None or may(roles, address.action):
        nothing_to_take_back = {404} if address.path.endswith(("/undo", "/learning")) else set()
        assert answer.status_code in {200, 303, 409, *nothing_to_take_back}, answer.text
        assert "site.not_found" not in answer.text
        return
    else:
        assert answer.status_code == 403
        assert "of this site may" in answer.text
    assert contents(shared) == before


@pytest.mark.parametrize("form", [{}, {"act": "approve"}, {"act": "spam"}, {"act": "x"}, {"said": "ham"}], ids=str)
def test_whoever_may_not_decide_is_told_so_whatever_the_form_lacks(
    shared: Service, people: dict[str, Guest], own: Callable[[], str], form: dict[str, str]
):
    here, operator = path_of(shared.sites[0]), people["an operator"]
    for path in (f"{here}/comments/{own()}/act", f"{here}/comments/0/act", f"{here}/sample"):
        answer = operator.ask(path, form)
        assert (answer.status_code, answer.json()["code"]) == (403, "role.forbidden")


@EVERY
@EVERYBODY
def test_another_site_is_told_from_none_by_nobody(
    shared: Service, people: dict[str, Guest], foreign: str, who: str, address: Address
):
    before = contents(shared)
    other, unknown = shared.sites[1].site.id, new_id()
    answers = [
        asked(people[who], address, other, foreign),
        asked(people[who], address, unknown, foreign),
        asked(people[who], address, unknown, new_id()),
        asked(people[who], address, "0", "0"),
        asked(people[who], address, f"{other}%00", foreign),
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert {answer.json()["code"] for answer in answers} == {"site.not_found"}
    assert len({answer.text for answer in answers}) == 1
    assert contents(shared) == before


@pytest.mark.parametrize(
    "address", [one for one in OF_A_SITE if "comment_id" in parameters(one.path)], ids=lambda address: address.name
)
def test_another_sites_comment_is_told_from_none_by_nobody(
    shared: Service, people: dict[str, Guest], foreign: str, address: Address
):
    before, boss = contents(shared), people["whoever leads and operates"]
    answers = [asked(boss, address, shared.site.id, which) for which in (foreign, new_id(), "0", f"{foreign}%00")]
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(404, "comment.not_found")}
    assert len({answer.text for answer in answers}) == 1
    assert contents(shared) == before


@pytest.mark.parametrize("path", ["bulk", "claims", "sample", "search", "queue"])
def test_another_sites_comments_are_reached_by_no_form_either(
    shared: Service, people: dict[str, Guest], foreign: str, path: str
):
    boss, here = people["whoever leads and operates"], path_of(shared.sites[0])
    before = contents(shared)["comments"], contents(shared)["decisions"]
    forms = [
        {"act": "spam", "id": foreign},
        {"act": "spam", "alike": foreign},
        {"act": "spam", "all_found": "1", "search.q": "of the other site"},
        {"said": "spam", "comment": foreign},
    ]
    answers = [boss.ask(f"{here}/{path}", form) for form in forms if path not in {"search", "queue"}]
    answers += [boss.get(f"{here}/{path}?q=other&card={foreign}&after={foreign}&tab=held")]
    assert all("of the other site" not in answer.text for answer in answers)
    assert (contents(shared)["comments"], contents(shared)["decisions"]) == before
    assert foreign not in str(contents(shared)["claims"])


@pytest.mark.parametrize("address", [*OF_A_SITE, *OF_EVERYBODY], ids=lambda address: address.name)
def test_nobody_who_is_signed_out_gets_anything(shared: Service, own: Callable[[], str], address: Address):
    comment, before = own(), contents(shared)
    keys = {"authorization": f"Bearer {shared.api_token}"}
    for headers in ({}, keys, {"cookie": f"candor={shared.api_token}"}, {"x-api-key": shared.akismet_key}):
        for site_id in (shared.site.id, new_id()):
            path, form = address.filled(site_id, comment), address.sent(comment)
            query = f"?api_key={shared.akismet_key}&key={shared.akismet_key}&token={shared.api_token}"
            shared.client.cookies.clear()
            if address.method == "GET":
                answer = shared.get(path + query, headers=headers)
                assert (answer.status_code, answer.text) == (303, "")
            else:
                sent = {**form, "api_key": shared.akismet_key, "token": shared.api_token}
                answer = shared.post(path + query, data=sent, headers={**headers, **JSON})
                assert (answer.status_code, answer.json()["code"]) == (401, "sign_in.missing")
    after = contents(shared)
    assert {name: rows for name, rows in after.items() if name != "comments"} == {
        name: rows for name, rows in before.items() if name != "comments"
    }
    assert len(after["comments"]) == len(before["comments"])


def test_a_login_opens_nothing_of_the_api(shared: Service, people: dict[str, Guest]):
    boss = people["whoever leads and operates"]
    for path in ("/api/v1/comments", "/api/v1/learning", "/api/v1/guarantee"):
        assert boss.get(path).status_code == 401
        assert boss.get(path, headers={"authorization": f"Bearer {boss.cookies['candor']}"}).status_code == 401
        assert boss.get(path, headers={"authorization": f"Bearer {boss.token}"}).status_code == 401


class TestWhatASiteBecomes:
    """A site that is suspended can be looked after; one that is removed is nobody's any more."""

    @pytest.fixture
    def site(self, shared: Service, request: pytest.FixtureRequest) -> NewSite:
        return shared.add_site("https://gone.example", f"Site of {request.node.name}")

    def test_removed_it_is_gone_for_whoever_decided_there(self, shared: Service, site: NewSite):
        comment = say(shared, SPAM_WORDS, at=site)
        ana = person(shared, f"ana-{site.site.id}", Role.LEAD, Role.OPERATOR, at=site)
        assert ana.get(f"{path_of(site)}/queue").status_code == 200
        with shared.runtime.database.transaction() as db:
            hosting.remove_site(db, site_id=site.site.id, now=clock.now())
        before = contents(shared)
        for address in OF_A_SITE:
            answer = asked(ana, address, site.site.id, comment)
            assert (address.name, answer.status_code) == (address.name, 404)
        assert "You have no role at any site" in ana.get("/console/").text
        assert contents(shared) == before

    def test_suspended_it_takes_nothing_in_and_people_go_on(self, shared: Service, site: NewSite):
        comment = say(shared, SPAM_WORDS, at=site)
        ana = person(shared, f"ana-{site.site.id}", Role.MODERATOR, at=site)
        with shared.runtime.database.transaction() as db:
            hosting.set_site(db, site_id=site.site.id, changes={"suspended": "true"}, now=clock.now())
        assert shared.get("/api/v1/comments", headers={"authorization": f"Bearer {site.api_token}"}).status_code == 401
        assert comment in ana.get(f"{path_of(site)}/queue").text
        decided = ana.ask(f"{path_of(site)}/comments/{comment}/act", {"act": "spam", "version": "1"})
        assert decided.json()["done"] == "remove"

    def test_a_role_that_is_taken_away_is_gone_with_the_next_request(self, shared: Service, site: NewSite):
        ana = person(shared, f"ana-{site.site.id}", Role.LEAD, at=site)
        assert ana.get(f"{path_of(site)}/queue").status_code == 200
        with shared.runtime.database.transaction() as db:
            hosting.remove_moderator(db, site_id=site.site.id, moderator_id=ana.id)
        assert ana.get(f"{path_of(site)}/queue").status_code == 404

    def test_somebody_with_several_sites_chooses_and_with_one_goes_there(self, shared: Service, site: NewSite):
        ana = person(shared, f"ana-{site.site.id}", Role.LEAD, at=site)
        assert ana.get("/console/").headers["location"] == f"{path_of(site)}/queue"
        with shared.runtime.database.transaction() as db:
            hosting.enrol(
                db,
                site_id=shared.sites[1].site.id,
                email=ana.email,
                role=Role.MODERATOR,
                password=None,
                now=clock.now(),
            )
        page = ana.get("/console/").text
        assert f"{path_of(site)}/queue" in page
        assert f"{path_of(shared.sites[1])}/queue" in page
        assert f"{path_of(shared.sites[0])}/queue" not in page
