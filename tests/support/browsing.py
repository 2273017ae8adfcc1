"""A real browser at the service's pages: what it ran, asked for and complained about, and what axe-core finds there."""

import importlib.util
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import pytest

from tests.support.source import PROJECT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Request

AXE: Final = PROJECT / "tests/browser/node_modules/axe-core/axe.min.js"
PICTURES: Final = PROJECT / "docs/pictures"
TAGS: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
ARGUMENTS: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",  # reaches no other machine
)
COLOURS: Final = ("color-contrast", "link-in-text-block")
_RUN_AXE: Final = "asked => axe.run(document, {runOnly: asked, resultTypes: ['violations']})"
_REFUSAL: Final = "refused by the policy: "
_TELL_REFUSALS: Final = f"""document.addEventListener("securitypolicyviolation", event =>
    console.error({json.dumps(_REFUSAL)} + event.effectiveDirective + " " + event.blockedURI))"""
_STICKING_OUT: Final = """() => {
    const root = document.documentElement;
    if (root.scrollWidth <= root.clientWidth) return [];
    const wide = [...document.body.querySelectorAll("*")].filter(
        one => one.getBoundingClientRect().right + scrollX > root.clientWidth + 0.5);
    const name = one => one.localName + (one.id && `#${one.id}`) + [...one.classList].map(word => `.${word}`).join("");
    return [`the page is ${root.scrollWidth} px wide in ${root.clientWidth}`, ...wide.map(name)];
}"""


def chromium_path() -> str:
    """Returns where Chromium is, or "" where it is not; CANDOR_TEST_CHROMIUM names another than Debian's."""
    return shutil.which(os.environ.get("CANDOR_TEST_CHROMIUM") or "/usr/bin/chromium") or ""


def why_no_browser() -> str:
    """Returns why no browser can be driven here, or "" where one can."""
    if importlib.util.find_spec("playwright") is None:
        return "playwright is not installed: make setup-dev"
    if not chromium_path():
        return "no Chromium: apt install chromium, or name one in CANDOR_TEST_CHROMIUM"
    return ""


def why_no_axe() -> str:
    """Returns why pages cannot be checked with axe-core here, or "" where they can."""
    return "" if AXE.is_file() else "axe-core is not installed: npm ci --prefix tests/browser"


@contextmanager
def chromium() -> Iterator["Browser"]:
    """Starts Chromium, and ends it and its driver.

    Meanwhile this thread counts as running an event loop, so that `asyncio.run` refuses to start another.
    """
    from playwright.sync_api import sync_playwright  # late: it may be absent

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
        yield started
        started.close()


def axe(page: "Page", *, rules: Sequence[str] = ()) -> list[str]:
    """Returns what axe-core holds against the page as it stands, a line for each rule; skips where it is absent.

    `rules` asks for those alone, such as COLOURS for a page that has been looked at by day.
    """
    if why_no_axe():
        pytest.skip(why_no_axe())
    assert page.evaluate("matchMedia('(scripting: enabled)').matches"), "axe-core would wait for ever without scripts"
    page.evaluate(_axe_source())
    asked = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": TAGS}
    return [_line(violation) for violation in page.evaluate(_RUN_AXE, asked)["violations"]]


@cache
def _axe_source() -> str:
    return AXE.read_text(encoding="utf-8")


def _line(violation: dict) -> str:
    first, *others = [" ".join(str(part) for part in node["target"]) for node in violation["nodes"]]
    return f"{violation['id']} ({violation['impact']}): {first}" + (f" and {len(others)} more" if others else "")


@dataclass
class Watched:
    """What happened in a page's context since it was watched; each list is empty on a page that behaves."""

    page: "Page"
    console: list[str] = field(default_factory=list)  # errors, the browser's own among them
    errors: list[str] = field(default_factory=list)  # exceptions that no script caught
    dialogs: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)  # requests to another origin than the first page's
    refused: list[str] = field(default_factory=list)  # by the content security policy; unseen where scripts are off
    opened: list[str] = field(default_factory=list)  # windows and downloads
    _home: str = ""

    def faults(self) -> list[str]:
        """Returns everything that a page which behaves does not do, once what was under way has been told."""
        self.page.evaluate("1")  # the answer comes after all that was told before
        kinds = ("console", "errors", "dialogs", "elsewhere", "refused", "opened")
        return [f"{kind}: {what}" for kind in kinds for what in getattr(self, kind)]

    def _hear(self, message: "ConsoleMessage") -> None:
        if message.text.startswith(_REFUSAL):
            self.refused.append(message.text.removeprefix(_REFUSAL))
        elif message.type in {"error", "assert"} and not message.location["url"].endswith("/favicon.ico"):
            self.console.append(message.text)  # but no icon: the browser guesses its address once, sooner or later

    def _answer(self, dialog: "Dialog") -> None:
        self.dialogs.append(f"{dialog.type} {dialog.message}")
        dialog.dismiss()

    def _follow(self, request: "Request") -> None:
        address = urlsplit(request.url)
        if address.scheme in {"data", "blob", "about"}:
            return
        origin = f"{address.scheme}://{address.netloc}"
        self._home = self._home or origin
        if origin != self._home:
            self.elsewhere.append(request.url)


def watch(page: "Page") -> Watched:
    """Records from now on what the page and the windows that it opens do; call it before the first visit."""
    watched = Watched(page)
    context = page.context
    context.add_init_script(_TELL_REFUSALS)
    context.on("console", watched._hear)
    context.on("weberror", lambda error: watched.errors.append(str(error.error)))
    context.on("dialog", watched._answer)
    context.on("request", watched._follow)
    context.on("page", lambda opened: watched.opened.append(f"window {opened.url}"))
    page.on("download", lambda download: watched.opened.append(f"download {download.url}"))
    page.on("websocket", lambda socket: watched.elsewhere.append(socket.url))
    return watched


def sticking_out(page: "Page") -> list[str]:
    """Returns which elements make the page scroll sideways, or nothing where it does not."""
    return page.evaluate(_STICKING_OUT)


def picture(page: "Page", name: str, *, whole: bool = False) -> Path | None:
    """Saves docs/pictures/<name>.png of the viewport or the whole page, only where CANDOR_TEST_PICTURES is 1."""
    if os.environ.get("CANDOR_TEST_PICTURES") != "1":
        return None
    path = PICTURES / f"{name}.png"
    page.screenshot(path=path, full_page=whole, animations="disabled")
    return path
