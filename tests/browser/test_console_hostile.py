"""Hostile texts in every field that somebody else fills: each page that shows them is opened, and none of them runs."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

import httpx
import pytest

from moderation import clock
from moderation.clock import Id
from moderation.duties import hosting, learning, reviewing, signing_in
from moderation.duties.reviewing import Desk
from moderation.errors import ModerationError
from moderation.judging.comment import LIMITS, is_storable
from moderation.judging.moderating import Choice
from moderation.storage import people
from moderation.storage.audits import Fresh
from moderation.vocabulary import Category, Role, RuleKind, Verdict
from tests.support import chance
from tests.support.browsing import Watched, watch
from tests.support.console_browser import Console, distinct, until
from tests.support.hostile import HOME, PAYLOADS, SCRIPT_KINDS, Payload, akismet_forms, fits, native_bodies

if TYPE_CHECKING:
    from playwright.sync_api import Page, Request

pytestmark = pytest.mark.loopback
_RUNNING: Final = [one for one in PAYLOADS if one.kind in SCRIPT_KINDS and is_storable(one.text)]
_SHOWN: Final = [one for one in PAYLOADS if is_storable(one.text) and len(one.text) < 9_000]
_ODD: Final = [one for one in _SHOWN if one.kind not in SCRIPT_KINDS]
CHOSEN: Final = (*_RUNNING[::5], *_RUNNING[1::5], *_RUNNING[2::5], *_ODD[::12])
SOME: Final = CHOSEN[::5]  # for what one page shows all of
WALK: Final = """async () => {
    const wait = () => new Promise(done => setTimeout(done, 1));
    for (const li of document.querySelectorAll("#items li")) {
        li.querySelector("a").click();
        while (document.querySelector("#card")?.dataset.id !== li.dataset.id) await wait();
        for (const box of document.querySelectorAll("#card details")) box.open = true;
    }
    return document.querySelectorAll("#items li").length;
}"""


@dataclass
class Attacked:
    """A service in which everything that can carry a hostile text does."""

    console: Console
    ids: list[Id] = field(default_factory=list)

    @property
    def desk(self) -> Desk:
        return Desk(self.console.seal, self.console.site.site, self.console.people["ana"], frozenset(Role))


def _bodies() -> Iterator[dict[str, Any]]:
    """Two comments for each payload, which carry it in all fields; their ends differ, so that none hides another."""
    chosen, ends, threes = {one.name for one in CHOSEN}, iter(distinct(2 * len(CHOSEN))), native_bodies()
    for payload, page, named, labelled in zip(PAYLOADS, threes, threes, threes, strict=False):
        if payload.name in chosen:
            for body in (labelled | {"permalink": page["permalink"]}, named):
                yield body | {"content": f"{body['content'][: LIMITS['content'] - 300]} {next(ends)}"}


def _forms(key: str) -> Iterator[dict[str, str]]:
    chosen, ends, twos = {one.name for one in CHOSEN}, iter(distinct(3 * len(CHOSEN))[::-1]), akismet_forms(key)
    for payload, named, labelled in zip(PAYLOADS, twos, twos, strict=False):
        if payload.name in chosen:
            content = f"{named['comment_content'][: LIMITS['content'] - 300]} {next(ends)}"
            yield labelled | named | {"comment_content": content}


@pytest.fixture(scope="module")
def attacked(console) -> Attacked:
    made = Attacked(console)
    console.set_site(hold_at="0.00001", home_url=HOME, name=fits(_of_kind("handler"), LIMITS["name"]))
    console.person("ana", *Role)
    headers = {"authorization": f"Bearer {console.site.api_token}"}
    with httpx.Client(base_url=console.server.address, timeout=60) as client:
        with ThreadPoolExecutor(4) as pool:
            post = partial(client.post, "/api/v1/comments", headers=headers)
            answers = list(pool.map(lambda body: post(json=body), _bodies()))
            forms = list(
                pool.map(lambda form: client.post("/1.1/comment-check", data=form), _forms(console.server.key))
            )
        made.ids = [Id(answer.json()["id"]) for answer in answers if answer.is_success]
    assert len(made.ids) >= 2 * 150
    assert sum(answer.is_success for answer in forms) >= 150
    _spread(made)
    console.grouped()
    return made


def _of_kind(kind: str) -> Payload:
    return next(one for one in CHOSEN if one.kind == kind)


def _spread(made: Attacked) -> None:
    """What moderators and operators write: names, notes, sentences, rules, addresses; and a sample, and lessons."""
    console, site_id = made.console, made.console.site.site.id
    with console.server.database.transaction() as db:
        for number, payload in enumerate(SOME):
            for write in (_member, _address, _rule, _note, _sentence):
                try:
                    write(db, made, payload, number)
                except (ModerationError, ValueError):
                    continue  # what is refused is not shown
        judged = [Fresh(site_id, one, clock.now()) for one in made.ids[120:126]]
        chance.draw(db, seal=console.seal, judged=judged)
    for one in made.ids[60:72]:
        console.decide(one, "remove", "spam")


def _enrolled(db: Any, made: Attacked, email: str) -> Id:
    site_id, now = made.console.site.site.id, clock.now()
    return hosting.enrol(db, site_id=site_id, email=email, role=Role.LEAD, password=None, now=now)


def _member(db: Any, made: Attacked, payload: Payload, number: int) -> None:
    """A hostile name, of somebody who has written a note."""
    moderator_id = _enrolled(db, made, f"evil{number}@example.org")
    person = people.find(db, moderator_id)
    assert person is not None
    signing_in.change_name(db, person=person, name=fits(payload, LIMITS["name"]))
    desk = Desk(made.console.seal, made.console.site.site, moderator_id, frozenset({Role.LEAD}))
    reviewing.note(db, desk=desk, comment_id=made.ids[0], text="A note.", about_author=False, now=clock.now())


def _address(db: Any, made: Attacked, payload: Payload, number: int) -> None:
    text = fits(payload, 60).replace(" ", "/").replace("@", "")
    _enrolled(db, made, f"{text}@evil{number}.example")


def _rule(db: Any, made: Attacked, payload: Payload, number: int) -> None:
    site_id, pattern, now = made.console.site.site.id, fits(payload, 200), clock.now()
    hosting.add_rule(db, site_id=site_id, kind=RuleKind.WORD, pattern=pattern, verdict=Verdict.HOLD, now=now)


def _note(db: Any, made: Attacked, payload: Payload, number: int) -> None:
    text, now = fits(payload, 2_000), clock.now()
    reviewing.note(db, desk=made.desk, comment_id=made.ids[0], text=text, about_author=False, now=now)


def _sentence(db: Any, made: Attacked, payload: Payload, number: int) -> None:
    choice, now = Choice(Verdict.REMOVE, Category.OTHER, fits(payload, 2_000)), clock.now()
    comment_id = made.ids[number + 1]
    reviewing.choose(db, desk=made.desk, comment_id=comment_id, choice=choice, expected_version=None, now=now)


@pytest.fixture
def page(attacked, new_page) -> Iterator["Page"]:
    """A watched page whose visits may neither run, ask for, nor lead to anything of a hostile text's."""
    opened = new_page(attacked.console.server.address)
    opened.set_default_timeout(60_000)
    asked: list[str] = []
    seen: Watched = watch(opened)

    def follow(request: "Request") -> None:
        if "pwned" in request.url and not request.is_navigation_request():
            asked.append(request.url)

    opened.context.on("request", follow)
    attacked.console.sign_in(opened, "ana")
    yield opened
    assert asked == []
    faults = [fault for fault in seen.faults() if "status of 4" not in fault]
    assert faults == []


def visit(page: "Page", address: str) -> None:
    """Opens a page, and all that opens on it; it stays where it is, and nothing has run."""
    page.goto(address, wait_until="domcontentloaded")
    page.evaluate("for (const box of document.querySelectorAll('details')) box.open = true")
    stays(page, address)


def stays(page: "Page", address: str) -> None:
    assert page.evaluate("[window.__pwned, location.pathname]") == [None, address.partition("?")[0].partition("#")[0]]


def test_there_are_enough_of_them():
    assert sum(one.kind in SCRIPT_KINDS for one in CHOSEN) >= 150
    assert {one.kind for one in CHOSEN} >= SCRIPT_KINDS


def test_the_queue_and_every_card_that_the_script_fetches_run_nothing(page, attacked):
    count, address = 0, attacked.console.path("/queue?order=oldest")
    while address:
        visit(page, address)
        count += page.evaluate(WALK)
        stays(page, address)
        following = page.locator("#next-page")
        address = following.get_attribute("href") if following.count() else ""
    assert count > 2.5 * len(CHOSEN)


def test_the_pages_of_comments_with_threads_and_authors_run_nothing(page, attacked):
    for comment_id in attacked.ids[::6]:
        visit(page, attacked.console.path(f"/comments/{comment_id}"))
    visit(page, attacked.console.path(f"/comments/{attacked.ids[0]}"))
    assert page.locator(".timeline .note").count() > len(SOME) / 2
    visit(page, attacked.console.path(f"/comments/{attacked.ids[1]}"))
    assert "window.__pwned" in page.locator(".timeline").inner_text()


def test_what_is_searched_for_and_what_is_found_run_nothing(page, attacked):
    address = attacked.console.path("/search")
    for _ in range(4):
        visit(page, address)
        address = page.locator("a[rel=next]").get_attribute("href")
    for payload in SOME:
        query = urlencode(dict.fromkeys(("q", "author", "host", "page"), fits(payload, 400)))
        visit(page, attacked.console.path(f"/search?{query}"))
    for name in ("state", "reason", "by", "from", "since", "after"):
        visit(page, attacked.console.path(f"/search?{urlencode({name: fits(_of_kind('breakout'), 60)})}"))


def test_asking_about_many_runs_nothing(page, attacked):
    page.goto(attacked.console.path("/search"))
    page.get_by_label("that are found").check()
    page.locator(".selected").get_by_role("button", name="Spam").click()
    page.get_by_role("heading", name="comments").wait_for()
    stays(page, attacked.console.path("/bulk"))


def test_the_pages_of_a_site_run_nothing(page, attacked):
    until(lambda: _learnt(attacked) > 5, "what the website said is learnt")
    for name in ("sample", "sample?skip=1", "sample?skip=2", "quality", "learning", "rules", "keys", "people"):
        visit(page, attacked.console.path(f"/{name}"))
    visit(page, attacked.console.path("/thresholds?hold_at=0.9"))
    assert page.locator("ol.around li").count() > 5
    breakout = urlencode({"hold_at": fits(_of_kind("breakout"), 30), "remove_at": fits(_of_kind("svg"), 30)})
    visit(page, attacked.console.path(f"/thresholds?{breakout}"))
    for address in ("/console/account", "/console/help", "/console/"):
        page.goto(address)
        assert page.evaluate("window.__pwned") is None


def test_what_is_refused_is_shown_again_and_runs_nothing(page, attacked):
    for part, name in (("/people", "email"), ("/rules", "pattern"), ("/thresholds", "answer_within_hours")):
        for payload in SOME[::5]:
            page.goto(attacked.console.path(part))
            field_ = page.locator(f"[name={name}]").first
            field_.evaluate(
                "(one, text) => { one.type = 'text'; one.value = text }", fits(payload, 300).replace("\n", " ")
            )
            with page.expect_navigation():
                field_.evaluate("one => one.form.submit()")
            stays(page, attacked.console.path(part))
    page.context.clear_cookies()
    for address in ("/console/sign-in?next=", "/console/sites/"):
        for payload in SOME[::5]:
            page.goto(address + urlencode({"": fits(payload, 300)})[1:].replace("%2F", ""))
            assert page.evaluate("window.__pwned") is None
            assert page.url.startswith(attacked.console.server.address)


def _learnt(attacked: Attacked) -> int:
    with attacked.console.server.database.snapshot() as db:
        return learning.look(db, site_id=attacked.console.site.site.id).lessons
