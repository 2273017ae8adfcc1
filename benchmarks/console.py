"""The console before 100 and before 100,000 waiting comments: pages as ratios, and what a moderator waits for.

Fills two services on SQLite through their API, asks both for the same pages in turn, and lets Chromium triage by keys:
from the key to the next card as painted, and how long the write behind it took.
"""

import contextlib
import json
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Sequence
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, Final
from urllib.parse import urlencode

from benchmarks import material, servers
from benchmarks.load import fire
from benchmarks.material import Row
from benchmarks.servers import Server
from moderation import clock

RESULTS: Final = Path(__file__).parent / "results"
SIZES: Final = (100, 100_000)
PORTS: Final = (18_741, 18_742)
ROUNDS: Final = 25
DECISIONS: Final = 100
PAINTS: Final = 10
PIECE: Final = 2_000
CONNECTIONS: Final = 64
HOME: Final = "https://blog.example"
EMAIL: Final = "ann@example.org"
PASSWORD: Final = "a password for measuring"
WATCH: Final = """
window.painted = [];
addEventListener("keydown", () => { window.pressed = performance.now(); }, true);
new MutationObserver(() => {
  const id = document.querySelector("#card")?.dataset.id;
  if (!id || id === window.last) return;
  window.last = id;
  const since = window.pressed;
  if (since) requestAnimationFrame(() => setTimeout(() => window.painted.push(performance.now() - since), 0));
  window.pressed = 0;
}).observe(document, {childList: true, subtree: true});
"""
PAGES: Final = {
    "queue, most useful first": "queue",
    "queue, newest first": "queue?order=newest",
    "search for one word": "search?" + urlencode({"q": "check"}),
    "search for an author": "search?" + urlencode({"author": "ann"}),
    "thresholds": "thresholds",
}


def main() -> None:
    """Measures, prints, and writes `results/<date>_console/summary.md` with `figures.json`."""
    with TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        sites = {}
        for size, port in zip(SIZES, PORTS, strict=True):
            say(f"storing {size:,} comments that are held")
            folder = Path(name, str(size))
            folder.mkdir()
            url = f"sqlite:///{folder}/candor.db"
            server = stack.enter_context(servers.candor(port, url, folder))
            sites[size] = f"http://127.0.0.1:{port}/console/sites/{_filled(server, url, folder, size)}"
        figures = _measured(sites)
    folder = RESULTS / f"{clock.now():%Y-%m-%d}_console"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "figures.json").write_text(json.dumps(figures, indent=1) + "\n")
    (folder / "summary.md").write_text(_summary(figures))
    print(json.dumps(figures) if "--json" in sys.argv else _summary(figures))


def say(line: str) -> None:
    """Tells a person at a terminal how far it is."""
    if sys.stderr.isatty():
        print(line, file=sys.stderr)


def _filled(server: Server, url: str, folder: Path, size: int) -> str:
    """Holds whatever comes while comments are posted, groups them, and puts the threshold where it belongs."""
    _candor(url, folder, "site", "set", HOME, "hold_at=0.000001")
    _candor(url, folder, "moderator", "add", EMAIL, "--site", HOME, "--role", "lead", "--password-stdin", said=PASSWORD)
    rows, chance = material.comments(), Random(material.SEED)
    for start in range(0, size, PIECE):
        piece = [rows[number % len(rows)] for number in range(start, min(start + PIECE, size))]
        load = fire(server.port, [_submission(row, server, chance) for row in piece], CONNECTIONS)
        if load.statuses != (HTTPStatus.CREATED,):
            raise SystemExit(f"comments were answered {load.statuses}")
    _candor(url, folder, "work", "--once")
    _candor(url, folder, "site", "set", HOME, "hold_at=0.7")
    sites = json.loads(_candor(url, folder, "site", "list", "--json"))
    return str(sites["items"][0]["site_id"])


def _submission(row: Row, server: Server, chance: Random) -> bytes:
    """A real comment, made unlike the others by words of chance."""
    salt = " ".join(f"{chance.getrandbits(40):x}" for _ in range(1 + len(row.text) // 12))
    author = {"name": row.author[:100], "email": f"p{chance.randrange(5_000)}@example.org", "ip": "192.0.2.7"}
    permalink = f"https://blog.example/{chance.randrange(300)}"
    body = {"permalink": permalink, "content": f"{row.text} {salt}"[:8_000], "author": author}
    sent = json.dumps(body).encode()
    head = f"Host: localhost\r\nContent-Type: application/json\r\nAuthorization: Bearer {server.api_token}\r\n"
    return f"POST /api/v1/comments HTTP/1.1\r\n{head}Content-Length: {len(sent)}\r\n\r\n".encode() + sent


def _candor(url: str, folder: Path, *words: str, said: str = "") -> str:
    """Runs the command beside the service and returns what it printed."""
    environment = dict(os.environ) | {
        "CANDOR_DATABASE_URL": url,
        "CANDOR_SECRET_KEY_FILE": str(folder / "secret.key"),
        "CANDOR_LOG_LEVEL": "warning",
    }
    command = [sys.executable, "-m", "moderation", *words]
    return subprocess.run(command, env=environment, input=said, check=True, capture_output=True, text=True).stdout


def _measured(sites: dict[int, str]) -> dict[str, dict[str, float]]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CANDOR_TEST_CHROMIUM", "/usr/bin/chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"],
        )
        cookies = {size: _signed_in(browser, address) for size, address in sites.items()}
        say("pages")
        pages = _pages(sites, cookies)
        say("keys")
        large = max(sites)
        return {"pages": pages, "browser": _triage(browser, sites[large], cookies[large])}


def _signed_in(browser: Any, address: str) -> Any:  # noqa: ANN401 - Playwright's objects
    page = browser.new_page()
    page.goto(f"{address}/queue")
    page.fill("#email", EMAIL)
    page.fill("#password", PASSWORD)
    page.click("main button")
    page.wait_for_selector("#card")
    state = page.context.storage_state()
    page.context.close()
    return state


def _pages(sites: dict[int, str], cookies: dict[int, Any]) -> dict[str, float]:
    """Each page from both servers in turn: medians in milliseconds, and the median of the ratios pair by pair."""
    figures: dict[str, float] = {}
    few, many = SIZES
    for name, path in PAGES.items():
        took: dict[int, list[float]] = {size: [] for size in SIZES}
        for _ in range(ROUNDS):
            for size in SIZES:
                took[size].append(_seconds(f"{sites[size]}/{path}", cookies[size]))
        pairs = [large / small for large, small in zip(took[many], took[few], strict=True)]
        figures[f"{name}: {few:,} wait, ms"] = statistics.median(took[few]) * 1e3
        figures[f"{name}: {many:,} wait, ms"] = statistics.median(took[many]) * 1e3
        figures[f"{name}: {many:,} / {few:,}"] = statistics.median(pairs)
    return figures


def _seconds(address: str, state: Any) -> float:  # noqa: ANN401 - Playwright's state
    host, _, path = address.removeprefix("http://").partition("/")
    connection = HTTPConnection(host, timeout=60)
    cookie = "; ".join(f"{one['name']}={one['value']}" for one in state["cookies"])
    started = clock.stopwatch()
    connection.request("GET", f"/{path}", headers={"cookie": cookie})
    answer = connection.getresponse()
    answer.read()
    took = clock.stopwatch() - started
    connection.close()
    if answer.status >= 400:  # noqa: PLR2004 - a refusal is no page
        raise SystemExit(f"{path} answered {answer.status}")
    return took


def _triage(browser: Any, address: str, state: Any) -> dict[str, float]:  # noqa: ANN401 - Playwright's objects
    """Paints of the queue's page, then decisions by keys."""
    context = browser.new_context(storage_state=state, viewport={"width": 1366, "height": 768})
    page = context.new_page()
    paints = [_painted(page, f"{address}/queue") for _ in range(PAINTS)]
    page.add_init_script(WATCH)
    keys, done = 0, 0
    painted: list[float] = []
    writes: list[float] = []
    page.goto(f"{address}/queue")
    while done < DECISIONS:
        page.wait_for_timeout(400)  # a person reads, too: cards are fetched ahead meanwhile
        keys += _decide(page, done)
        done += 1
        if done % 40 == 0:
            painted += page.evaluate("window.painted")
            writes += _writes(page)
            page.goto(f"{address}/queue")
    page.wait_for_timeout(500)
    painted += page.evaluate("window.painted")
    writes += _writes(page)
    context.close()
    return {
        "first contentful paint, ms, median": statistics.median(paints),
        "first contentful paint, ms, most": max(paints),
        "key to next card painted, ms, median": statistics.median(painted),
        "key to next card painted, ms, 95th percentile": _percentile(painted),
        "write behind it, ms, median": statistics.median(writes),
        "write behind it, ms, 95th percentile": _percentile(writes),
        "cards painted": len(painted),
        "decisions": done,
        "keystrokes for each": keys / done,
    }


def _painted(page: Any, address: str) -> float:  # noqa: ANN401 - Playwright's objects
    page.goto(address)
    page.wait_for_selector("#card")
    page.wait_for_function("performance.getEntriesByName('first-contentful-paint').length")
    return float(page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))


def _decide(page: Any, number: int) -> int:  # noqa: ANN401 - Playwright's objects
    """Six of ten spam, three approved, one removed with a reason."""
    pressed = ("s", "s", "a", "s", "r1", "s", "a", "s", "s", "a")[number % 10]
    for key in pressed:
        page.keyboard.press(key)
    return len(pressed)


def _writes(page: Any) -> list[float]:  # noqa: ANN401 - Playwright's objects
    return list(
        page.evaluate(
            "performance.getEntriesByType('resource').filter(e => e.name.endsWith('/act')).map(e => e.duration)"
        )
    )


def _percentile(values: Sequence[float], share: float = 0.95) -> float:
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


def _summary(figures: dict[str, dict[str, float]]) -> str:
    """A table for people. Ratios can be compared between machines; milliseconds cannot."""
    setting = (
        f"{os.cpu_count()} processors, Python {platform.python_version()}, SQLite, {_chromium()}; server, browser and "
        f"measurement on one machine. Pages: {ROUNDS} of each in turn. Keys: {DECISIONS} decisions before "
        f"{max(SIZES):,} waiting comments, 0.4 s of reading before each."
    )
    lines = [f"# The console, {clock.now():%Y-%m-%d}", "", setting]
    for name, values in figures.items():
        lines += ["", f"## {name}", "", "| figure | value |", "|---|---|"]
        lines += [f"| {figure} | {value:.3g} |" for figure, value in values.items()]
    return "\n".join(lines) + "\n"


def _chromium() -> str:
    path = os.environ.get("CANDOR_TEST_CHROMIUM", "/usr/bin/chromium")
    return subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout.strip()
