"""A running service inside the test's process, spoken to over ASGI; it opens no socket."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import anyio
import httpx
from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastapi import FastAPI

from moderation import clock
from moderation.duties import hosting
from moderation.duties.hosting import NewSite
from moderation.runtime import Runtime
from moderation.settings import Settings
from moderation.storage.sites import Site
from service import create_app

BASE_URL = "http://candor.test"
HOME_URL = "https://blog.example"


@dataclass(frozen=True)
class Service:
    """A service with one site; requests are made one after another, or many at once with `together`."""

    app: FastAPI
    client: httpx.AsyncClient
    portal: BlockingPortal
    sites: list[NewSite] = field(default_factory=list)

    @property
    def runtime(self) -> Runtime:
        return self.app.state.doors.runtime

    @property
    def site(self) -> Site:
        return self.sites[0].site

    @property
    def akismet_key(self) -> str:
        return self.sites[0].akismet_key

    @property
    def api_token(self) -> str:
        return self.sites[0].api_token

    @property
    def bearer(self) -> dict[str, str]:
        """The header with which the native door lets the first site in."""
        return bearer(self.api_token)

    def add_site(self, url: str, name: str | None = None) -> NewSite:
        with self.runtime.database.transaction() as db:
            new = hosting.add_site(db, seal=self.runtime.settings.seal, home_url=url, name=name, now=clock.now())
        self.sites.append(new)
        return new

    def request(self, method: str, url: str, **options: Any) -> httpx.Response:
        return self.portal.call(lambda: self.client.request(method, url, **options))

    def get(self, url: str, **options: Any) -> httpx.Response:
        return self.request("GET", url, **options)

    def post(self, url: str, **options: Any) -> httpx.Response:
        return self.request("POST", url, **options)

    def together(self, requests: Sequence[dict[str, Any]]) -> list[httpx.Response]:
        """Makes requests at the same time, each given as the arguments of `request`, and returns answers in order."""
        answers: list[Any] = [None] * len(requests)

        async def one(index: int) -> None:
            answers[index] = await self.client.request(**requests[index])

        async def every() -> None:
            async with anyio.create_task_group() as group:
                for index in range(len(requests)):
                    group.start_soon(one, index)

        self.portal.call(every)
        return answers


def bearer(token: str) -> dict[str, str]:
    """Returns the header that carries an API token."""
    return {"Authorization": f"Bearer {token}"}


@contextmanager
def running(settings: Settings, *, reraises: bool = True, migrate: bool = True) -> Iterator[Service]:
    """Starts a service with one site and stops it at the end; unexpected failures reach the test unless told not to.

    Nobody looks by the clock whether the notice holds: that writes a version down, also while a test counts rows.
    """
    app = create_app(settings, migrate=migrate)
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(app.router.lifespan_context(app)):
        app.state.doors.watching.close()
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=reraises, client=("192.0.2.1", 50_000))
        client = httpx.AsyncClient(transport=transport, base_url=BASE_URL, timeout=60)
        with portal.wrap_async_context_manager(client):
            service = Service(app, client, portal)
            service.add_site(HOME_URL)
            yield service
