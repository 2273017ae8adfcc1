"""What the tests of pages can ask for: Chromium, pages in contexts of their own, and a serving process."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from moderation.vocabulary import Role
from tests.support.browsing import chromium, watch, why_no_browser
from tests.support.console_browser import PATIENCE, Console, Work
from tests.support.serving import Server, serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    """Chromium for one module, not for the session: other modules' tests start event loops, which it forbids."""
    if why_no_browser():
        pytest.skip(why_no_browser())
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A serving process with one site, for one module."""
    with serving(tmp_path_factory.mktemp("served")) as started:
        yield started


@pytest.fixture
def new_page(browser: "Browser") -> Iterator[Callable[..., "Page"]]:
    """Opens pages, each in a fresh context: `new_page(server.address, width=320, color_scheme="dark")`.

    Paths are then visited as `page.goto("/receipt")`; further names go to Playwright's `new_context`.
    """
    with ExitStack() as stack:

        def new(
            address: str | None = None,
            *,
            width: int = 1366,
            height: int = 768,
            color_scheme: str = "light",
            javascript: bool = True,
            reduced_motion: str = "no-preference",
            **more: Any,
        ) -> "Page":
            context = browser.new_context(
                base_url=address,
                viewport={"width": width, "height": height},
                color_scheme=color_scheme,
                java_script_enabled=javascript,
                reduced_motion=reduced_motion,
                **{"locale": "en-GB", "timezone_id": "UTC"} | more,
            )
            stack.callback(context.close)
            return context.new_page()

        yield new


@pytest.fixture(scope="module")
def console(server: Server) -> Console:
    """The console of a serving process, without anybody who may sign in."""
    return Console(server)


@pytest.fixture
def at_work(console: Console, new_page: Callable[..., "Page"]) -> Callable[..., Work]:
    """Somebody at the queue of a site of its own, where some comments wait: `at_work("flood", bodies)`.

    The same name once more is a second browser at the same site: `at_work("flood", who="ben")`.
    """

    def begin(
        name: str, bodies: Sequence[Any] = (), *, who: str = "ana", roles: Sequence[Role] = (Role.LEAD,), **context: Any
    ) -> Work:
        if name not in console.also:
            console.open_site(name, bodies)
        site, preferences = console.also[name], context.pop("preferences", {})
        console.person(who, *roles, at=site, **preferences)
        page = new_page(console.server.address, **context)
        page.set_default_timeout(PATIENCE)
        work = Work(console, site, page, watch(page))
        console.sign_in(page, who)
        page.goto(work.queue)
        return work

    return begin
