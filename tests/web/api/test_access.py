"""Who may: every route × every kind of caller that must not, and what a site sees of another's comments."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlmodel import col, update

from moderation.seal import new_api_token
from moderation.storage import sites
from moderation.storage.tables import KeyRow
from moderation.vocabulary import Scope
from tests.support.asgi import Service, bearer
from tests.support.factories import PERMALINK, native

COMMENTS = "/api/v1/comments"
BODIES = {
    ("POST", COMMENTS): native(),
    ("POST", "/api/v1/checks"): native(),
    ("POST", COMMENTS + "/{comment_id}/decisions"): {"verdict": "remove"},
    ("POST", COMMENTS + "/{comment_id}/reports"): {"category": "insult", "reporter": "reader-1"},
}
QUERIES = {("GET", "/api/v1/threads"): {"permalink": PERMALINK}}
ROUTES = [
    ("POST", COMMENTS),
    ("GET", COMMENTS),
    ("GET", COMMENTS + "/{comment_id}"),
    ("POST", COMMENTS + "/{comment_id}/decisions"),
    ("POST", COMMENTS + "/{comment_id}/reports"),
    ("POST", "/api/v1/checks"),
    ("GET", "/api/v1/threads"),
    ("GET", "/api/v1/transparency"),
    ("GET", "/api/v1/guarantee"),
    ("GET", "/api/v1/learning"),
]
NEEDED = {
    ("POST", COMMENTS): Scope.WRITE,
    ("POST", "/api/v1/checks"): Scope.WRITE,
    ("GET", COMMENTS): Scope.READ,
    ("GET", COMMENTS + "/{comment_id}"): Scope.READ,
    ("GET", "/api/v1/threads"): Scope.READ,
    ("GET", "/api/v1/guarantee"): Scope.READ,
    ("GET", "/api/v1/learning"): Scope.READ,
    ("POST", COMMENTS + "/{comment_id}/decisions"): Scope.DECIDE,
    ("POST", COMMENTS + "/{comment_id}/reports"): Scope.WRITE,
}
STRANGERS: dict[str, Callable[[Service], dict[str, str]]] = {
    "nobody": lambda service: {},
    "an empty token": lambda service: bearer(""),
    "a token of the right form": lambda service: bearer(new_api_token()),
    "a token cut short": lambda service: bearer(service.api_token[:-1]),
    "a token with other letters": lambda service: bearer(service.api_token.swapcase()),
    "an Akismet key": lambda service: bearer(service.akismet_key),
    "the token as Basic": lambda service: {"Authorization": f"Basic {service.api_token}"},
    "the token without a scheme": lambda service: {"Authorization": service.api_token},
    "bytes that are no text": lambda service: {"Authorization": "Bearer \xff\xfe"},
}


def ask(service: Service, route: tuple[str, str], headers: dict[str, str], comment_id: str) -> httpx.Response:
    method, path = route
    return service.request(
        method,
        path.format(comment_id=comment_id),
        headers={name: value.encode("latin-1") for name, value in headers.items()},
        json=BODIES.get(route),
        params=QUERIES.get(route),
    )


def submitted(service: Service, token: str | None = None) -> str:
    body: dict[str, Any] = native()
    return service.post(COMMENTS, json=body, headers=bearer(token or service.api_token)).json()["id"]


def limit_scopes(service: Service, *scopes: Scope) -> None:
    with service.runtime.database.transaction() as db:
        named = [scope.value for scope in scopes]
        db.execute(update(KeyRow).where(col(KeyRow.site_id) == service.site.id).values(scopes=named))
        sites.touch_directory(db)
    service.app.state.doors.refresh()


def test_the_table_of_routes_is_complete(service: Service):
    paths = service.get("/api/v1/openapi.json").json()["paths"]
    known = {(method.upper(), path) for path, methods in paths.items() for method in methods}
    assert known == set(ROUTES)


@pytest.mark.parametrize("route", ROUTES, ids=" ".join)
def test_a_stranger_gets_the_same_401_everywhere(service: Service, route: tuple[str, str]):
    comment_id = submitted(service)
    for who, headers in STRANGERS.items():
        answer = ask(service, route, headers(service), comment_id)
        assert answer.status_code == 401, who
        assert answer.headers["www-authenticate"].startswith("Bearer realm="), who
        assert answer.json()["code"] in {"key.missing", "key.invalid"}, who


def test_unknown_revoked_and_misspelt_tokens_look_alike(service: Service):
    told = {
        ask(service, ("GET", COMMENTS), STRANGERS[who](service), "").text
        for who in ("a token of the right form", "a token cut short", "an Akismet key")
    }
    assert len(told) == 1


@pytest.mark.parametrize("route", NEEDED, ids=" ".join)
def test_a_token_without_the_scope_is_told_which_one_it_lacks(service: Service, route: tuple[str, str]):
    comment_id = submitted(service)
    limit_scopes(service, *(set(Scope) - {NEEDED[route]}))
    answer = ask(service, route, service.bearer, comment_id)
    assert (answer.status_code, answer.json()["code"]) == (403, "key.scope")
    assert NEEDED[route] in answer.json()["detail"]
    assert answer.headers["www-authenticate"].endswith('error="insufficient_scope"')


@pytest.mark.parametrize("route", NEEDED, ids=" ".join)
def test_the_scope_is_enough(service: Service, route: tuple[str, str]):
    comment_id = submitted(service)
    limit_scopes(service, NEEDED[route])
    assert ask(service, route, service.bearer, comment_id).is_success


@pytest.mark.parametrize("route", [route for route in ROUTES if "{comment_id}" in route[1]], ids=" ".join)
def test_another_site_s_comment_is_not_there(service_on_both: Service, route: tuple[str, str]):
    other = service_on_both.add_site("https://other.example")
    comment_id = submitted(service_on_both)
    before = service_on_both.get(f"{COMMENTS}/{comment_id}", headers=service_on_both.bearer).json()
    foreign = ask(service_on_both, route, bearer(other.api_token), comment_id)
    nothing = ask(service_on_both, route, bearer(other.api_token), "0193fd5e-0000-7000-8000-000000000000")
    assert (foreign.status_code, foreign.text) == (nothing.status_code, nothing.text)
    assert (foreign.status_code, foreign.json()["code"]) == (404, "comment.not_found")
    assert service_on_both.get(f"{COMMENTS}/{comment_id}", headers=service_on_both.bearer).json() == before


@pytest.mark.parametrize("comment_id", ["1", "nobody", "%00", "..", "0193fd5e", "a" * 36, "'; DROP TABLE comments"])
@pytest.mark.parametrize("route", [route for route in ROUTES if "{comment_id}" in route[1]], ids=" ".join)
def test_what_is_no_id_is_no_comment(service: Service, route: tuple[str, str], comment_id: str):
    answer = ask(service, route, service.bearer, comment_id.replace(" ", "%20"))
    assert answer.status_code in {404, 405}
    assert answer.headers["content-type"] == "application/problem+json"


def test_lists_and_threads_hold_only_the_site_s_own(service_on_both: Service):
    other = service_on_both.add_site("https://other.example")
    mine, theirs = submitted(service_on_both), submitted(service_on_both, other.api_token)
    for token, own, foreign in ((service_on_both.api_token, mine, theirs), (other.api_token, theirs, mine)):
        listed = service_on_both.get(COMMENTS, headers=bearer(token)).text
        thread = service_on_both.get("/api/v1/threads", params={"permalink": PERMALINK}, headers=bearer(token)).text
        assert own in listed
        assert own in thread
        assert foreign not in listed + thread
        after = service_on_both.get(COMMENTS, params={"after": max(mine, theirs)}, headers=bearer(token)).text
        assert foreign not in after


def test_a_key_that_was_rotated_away_works_no_more(service: Service):
    from moderation import clock
    from moderation.vocabulary import KeyKind

    with service.runtime.database.transaction() as db:
        now = clock.now()
        sites.expire_keys(db, site_id=service.site.id, kind=KeyKind.API, at=now)
    service.app.state.doors.refresh()
    assert service.get(COMMENTS, headers=service.bearer).status_code == 401


def test_a_suspended_site_s_token_works_no_more(service: Service):
    from moderation import clock
    from moderation.duties import hosting

    with service.runtime.database.transaction() as db:
        hosting.set_site(db, site_id=service.site.id, changes={"suspended": "true"}, now=clock.now())
    service.app.state.doors.refresh()
    assert service.get(COMMENTS, headers=service.bearer).status_code == 401


def test_a_token_made_a_moment_ago_works_at_once(service: Service):
    assert service.get(COMMENTS, headers=bearer(service.add_site("https://new.example").api_token)).status_code == 200


def test_whoever_guesses_too_often_is_not_looked_up_any_more(make_service: Callable[..., Service]):
    service = make_service(rate_limit_wrong_keys=3)
    for _ in range(4):
        assert service.get(COMMENTS, headers=bearer(new_api_token())).status_code == 401
    late = service.add_site("https://late.example")
    assert service.get(COMMENTS, headers=bearer(late.api_token)).status_code == 401
    assert service.get(COMMENTS, headers=bearer(new_api_token())).status_code == 401


def test_a_limit_for_a_key_is_answered_with_when_to_come_back(make_service: Callable[..., Service]):
    service = make_service(rate_limit_checks=2)
    statuses = [service.post("/api/v1/checks", json=native(), headers=service.bearer) for _ in range(4)]
    refused = [answer for answer in statuses if answer.status_code == 429]
    assert refused
    assert refused[0].json()["code"] == "limit.requests"
    assert int(refused[0].headers["retry-after"]) > 0
