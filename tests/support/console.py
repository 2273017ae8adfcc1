"""A person at the console inside the test's process: carries the cookie and the form's token as a browser would."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

import httpx
from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlmodel import SQLModel

from moderation import clock
from moderation.clock import Id
from moderation.duties import grouping, hosting
from moderation.duties.hosting import NewSite
from moderation.seal import digest, hash_password, new_session_secret
from moderation.storage import people, sessions
from moderation.storage.people import NewModerator
from moderation.vocabulary import Role
from tests.support.asgi import Service
from tests.support.factories import native

PASSWORD: Final = "correct horse battery staple"
OWN: Final = {"sec-fetch-site": "same-origin", "origin": "http://candor.test"}
JSON: Final = {"accept": "application/json"}
SIGN_IN: Final = "/console/sign-in"


@dataclass
class Guest:
    """Somebody with a browser: nobody is signed in before `sign_in`, or where `person` seated them."""

    service: Service
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""
    id: Id | None = None
    email: str = ""

    def request(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **more: Any
    ) -> httpx.Response:
        """Makes a request with the browser's cookies, and keeps those of the answer."""
        cookie = (
            {"cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())} if self.cookies else {}
        )
        self.service.client.cookies.clear()  # the service's client is everybody's
        answer = self.service.request(method, path, headers={**cookie, **(headers or {})}, **more)
        for name, value in answer.cookies.items():
            self.cookies[name] = value
        for name in [name for name in self.cookies if f'{name}=""; expires=' in answer.headers.get("set-cookie", "")]:
            del self.cookies[name]
        return answer

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.request("GET", path, **more)

    def post(
        self, path: str, form: Mapping[str, Any] | None = None, *, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """Sends a form of the console's own page."""
        sent = urlencode({"token": self.token, **(form or {})}, doseq=True, errors="surrogatepass").encode()
        kind = {"content-type": "application/x-www-form-urlencoded"}
        return self.request("POST", path, content=sent, headers={**kind, **OWN, **(headers or {})})

    def ask(self, path: str, form: Mapping[str, Any] | None = None) -> httpx.Response:
        """Sends a form as the script does, which wants JSON."""
        return self.post(path, form, headers=JSON)

    def sign_in(self, **shown: str) -> httpx.Response:
        """Shows a password or a link, and takes the form's token over where that was right."""
        answer = self.post(SIGN_IN, shown)
        if answer.status_code == httpx.codes.SEE_OTHER:
            self.take_token()
        return answer

    def take_token(self) -> None:
        found = re.search(r'data-token="([^"]+)"', self.get("/console/account").text)
        assert found, "nobody is signed in"
        self.token = found[1]


def path_of(new: NewSite) -> str:
    """Returns where a site's pages begin."""
    return f"/console/sites/{new.site.id}"


def person(
    service: Service,
    name: str,
    *roles: Role,
    at: NewSite | None = None,
    password: str | None = None,
    has_left: bool = False,
) -> Guest:
    """Returns somebody who is signed in and has roles at a site, that of a moderator where none is named."""
    new, address, now = at or service.sites[0], f"{name}@team.example", clock.now()
    hashed = hash_password(password) if password is not None else None
    with service.runtime.database.transaction() as db:
        for role in roles or (Role.MODERATOR,):
            added = people.add(db, site_id=new.site.id, person=NewModerator(address, hashed, role), now=now)
        if has_left:
            people.remove(db, site_id=new.site.id, moderator_id=added)
    return seated(service, added, address)


def seated(service: Service, moderator_id: Id, email: str) -> Guest:
    """Returns a person with a fresh login, as if they had come through the door."""
    secret = new_session_secret()
    with service.runtime.database.transaction() as db:
        sessions.add(db, moderator_id=moderator_id, digest=digest(secret), network="192.0.2.0/24", now=clock.now())
    guest = Guest(service, {"candor": secret}, id=moderator_id, email=email)
    guest.take_token()
    return guest


def say(service: Service, content: str, *, at: NewSite | None = None, **changes: Any) -> str:
    """Submits a comment and returns its id."""
    new = at or service.sites[0]
    headers = {"Authorization": f"Bearer {new.api_token}"}
    answer = service.post("/api/v1/comments", json=native(content, **changes), headers=headers)
    assert answer.status_code == httpx.codes.CREATED, answer.text
    return str(answer.json()["id"])


def link_of(service: Service, guest: Guest) -> str:
    """Returns the secret of a fresh one-time link for a person."""
    assert guest.id
    with service.runtime.database.transaction() as db:
        return hosting.sign_in_secret(db, moderator_id=guest.id, now=clock.now())


def group(service: Service) -> None:
    """Lets the worker's look at likeness happen now."""
    with service.runtime.database.transaction() as db:
        while grouping.sweep(db):
            pass


def routes(app: FastAPI) -> list[APIRoute]:
    """Returns every route that the service has under /console, however it was included."""
    found = [route for route in _flat(app.routes) if isinstance(route, APIRoute)]
    return [route for route in found if route.path.startswith("/console")]


def _flat(known: Iterable[Any]) -> Iterator[Any]:
    for route in known:
        inner = getattr(route, "original_router", None)
        yield from _flat(inner.routes) if inner is not None else [route]


def contents(service: Service) -> dict[str, list[tuple[Any, ...]]]:
    """Returns every row of every table, without the moment at which each login was last used."""
    found = {}
    with service.runtime.database.snapshot() as db:
        for table in SQLModel.metadata.sorted_tables:
            columns = [column for column in table.columns if (table.name, column.name) != ("sessions", "seen_at")]
            rows = db.connection().execute(table.select().with_only_columns(*columns)).all()
            found[table.name] = sorted(tuple(map(repr, row)) for row in rows)
    return found
