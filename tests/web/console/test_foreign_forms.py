"""What another site's page sends changes nothing: each address that takes a form, each way in which it could come."""

from collections.abc import Callable, Iterator

import pytest
from fastapi.routing import APIRoute

from moderation.judging.capabilities import Action
from moderation.vocabulary import Role
from moderation.web.console.access import OwnForm
from tests.support.asgi import Service
from tests.support.console import OWN, SIGN_IN, Guest, contents, path_of, person, routes, say
from tests.support.console_routes import ADDRESSES, Address
from tests.support.factories import SPAM_WORDS

POSTS = [address for address in ADDRESSES if address.method == "POST"]
FOREIGN = {
    "another site": {"sec-fetch-site": "cross-site"},
    "another host of this domain": {"sec-fetch-site": "same-site"},
    "another site that claims our origin": {"sec-fetch-site": "cross-site", "origin": "http://candor.test"},
    "a word that no browser says": {"sec-fetch-site": "SAME-ORIGIN"},
    "an old browser on another site": {"origin": "https://evil.example"},
    "an old browser on another port": {"origin": "http://candor.test:8080"},
    "an old browser on a host that begins alike": {"origin": "http://candor.test.evil.example"},
    "an old browser with our name as its user": {"origin": "http://candor.test@evil.example"},
    "an old browser in a sandbox": {"origin": "null"},
    "an origin that cannot be read": {"origin": "http://[candor.test"},
    "an empty origin": {"origin": ""},
}
TOKENS = {"none": "", "a guess": "0" * 64, "letters that no token has": "ü" * 8}


@pytest.fixture(scope="module")
def everything(shared: Service) -> Guest:
    """Somebody who may do everything at the first site."""
    return person(shared, "everything", Role.LEAD, Role.OPERATOR)


@pytest.fixture(scope="module")
def comment(shared: Service) -> str:
    return say(shared, SPAM_WORDS)


def demands(route: APIRoute) -> set[object]:
    """What a route depends on, at any depth."""

    def deep(dependant) -> Iterator[object]:
        for inner in dependant.dependencies:
            yield inner.call
            yield from deep(inner)

    return set(deep(route.dependant))


def test_every_address_of_the_console_is_in_the_table(shared: Service):
    served = {(method, route.path) for route in routes(shared.app) for method in route.methods - {"HEAD"}}
    assert len(served) > 30
    assert served == {(address.method, address.path) for address in ADDRESSES} | {("GET", SIGN_IN), ("POST", SIGN_IN)}


def test_nothing_but_get_and_post_is_taken(shared: Service):
    assert {method for route in routes(shared.app) for method in route.methods} == {"GET", "POST"}


def test_every_address_that_takes_a_form_demands_its_own(shared: Service):
    posts = [route for route in routes(shared.app) if "POST" in route.methods and route.path != SIGN_IN]
    assert len(posts) > 15
    assert [route.path for route in posts if OwnForm.dependency not in demands(route)] == []


@pytest.mark.parametrize("address", POSTS, ids=lambda address: address.name)
def test_a_form_from_elsewhere_stores_nothing(shared: Service, everything: Guest, comment: str, address: Address):
    path, form = address.filled(shared.site.id, comment), address.sent(comment)
    before = contents(shared)
    for name, headers in FOREIGN.items():
        answer = everything.request("POST", path, data={"token": everything.token, **form}, headers=headers)
        assert (name, answer.status_code) == (name, 403)
    assert contents(shared) == before


@pytest.mark.parametrize("address", POSTS, ids=lambda address: address.name)
def test_a_form_without_this_logins_token_stores_nothing(
    shared: Service, everything: Guest, comment: str, address: Address
):
    path, form = address.filled(shared.site.id, comment), address.sent(comment)
    other = person(shared, "other", Role.LEAD, Role.OPERATOR)
    before = contents(shared)
    for name, token in {**TOKENS, "another's": other.token, "its cookie": everything.cookies["candor"]}.items():
        answer = everything.post(path, {**form, "token": token})
        assert (name, answer.status_code) == (name, 403)
        asked = everything.ask(path, {**form, "token": token})
        assert (name, asked.status_code, asked.json()["code"]) == (name, 403, "form.foreign")
    in_address = everything.post(f"{path}?token={everything.token}", {**form, "token": ""})
    as_json = everything.request("POST", path, json={"token": everything.token, **form}, headers=OWN)
    assert (in_address.status_code, as_json.status_code) == (403, 403)
    assert contents(shared) == before


@pytest.mark.parametrize("address", POSTS, ids=lambda address: address.name)
@pytest.mark.parametrize("headers", [OWN, {}, {"sec-fetch-site": "none"}, {"origin": "HTTP://CANDOR.TEST"}], ids=str)
def test_the_consoles_own_form_is_taken(
    shared: Service, address: Address, headers: dict[str, str], request: pytest.FixtureRequest
):
    roles = (Role.LEAD, Role.OPERATOR)
    guest, comment = person(shared, f"own-{abs(hash(request.node.name))}", *roles), ""
    if address.action in {Action.DECIDE, Action.TAKE_OVER}:
        comment = say(shared, f"{SPAM_WORDS} {request.node.name}")
    before = contents(shared)
    path, form = address.filled(shared.site.id, comment), address.sent(comment)
    answer = guest.request("POST", path, data={"token": guest.token, **form}, headers=headers)
    assert answer.status_code not in {401, 403}
    if address.changes and answer.status_code in {200, 303}:
        assert contents(shared) != before


class TestTheWayIn:
    """Nobody is signed in there, so there is no token: what the browser says of the page must do."""

    @pytest.mark.parametrize("headers", FOREIGN.values(), ids=FOREIGN)
    def test_nobody_is_signed_in_by_another_sites_page(self, shared: Service, headers: dict[str, str]):
        guest = Guest(shared)
        answer = guest.request("POST", SIGN_IN, data={"email": "a@b.example", "password": "x"}, headers=headers)
        assert (answer.status_code, guest.cookies) == (403, {})

    @pytest.mark.parametrize("headers", [OWN, {}, {"sec-fetch-site": "none"}], ids=str)
    def test_its_own_form_is_read(self, shared: Service, headers: dict[str, str]):
        answer = Guest(shared).request("POST", SIGN_IN, data={"link": "wrong"}, headers=headers)
        assert answer.status_code == 401


def test_the_token_is_another_in_each_login_and_no_part_of_the_cookie(
    shared: Service, join: Callable[..., Guest], everything: Guest
):
    guests = [join(Role.LEAD), join(Role.LEAD), everything]
    assert len({guest.token for guest in guests}) == 3
    assert all(len(guest.token) >= 32 and guest.token not in guest.cookies["candor"] for guest in guests)
    assert path_of(shared.sites[0]) in everything.get(f"{path_of(shared.sites[0])}/queue").text
