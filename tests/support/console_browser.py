"""A serving process as its moderators see it: people, comments and logins made straight through duties and doors."""

import re
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import httpx
from sqlmodel import col, select

from moderation import clock
from moderation.clock import Id
from moderation.duties import grouping, hosting, reviewing, signing_in
from moderation.duties.hosting import NewSite
from moderation.duties.reviewing import Desk
from moderation.duties.signing_in import Secrets
from moderation.judging.moderating import Choice
from moderation.seal import Seal
from moderation.storage import people
from moderation.storage.tables import CommentRow, DecisionRow
from moderation.vocabulary import Actor, Category, Role, Verdict
from tests.support.factories import PERMALINK
from tests.support.serving import SECRET, Server

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.support.browsing import Watched

PASSWORD: Final = "correct horse battery"
PATIENCE: Final = 60_000
"""Milliseconds until something must have happened, on a machine that does much else."""
GUARD: Final = 160
"""Milliseconds after which a key is taken for the card that has just come."""
SOME: Final = 200
"""Comments up to which their order is kept."""
TOPICS: Final = (
    "Goldfinches came to the feeder at dawn and stayed until the {0} lorry drove past, {1} of them at the least.",
    "My grandmother boiled quinces with {1} cloves and a {0} stick of cinnamon, never with lemon, and she was right.",
    "Does the ferry still run on Sundays in {0} weather? We missed it {1} years ago and slept on the quay.",
    "You have mixed up the two bridges: the {0} one was pulled down in 19{1:02d}, the other still stands.",
    "I rewired the {0} lamp after your guide and it hums at {1} hertz now; is the ballast to blame?",
    "Nobody mentions the smell of a {0} workshop: glue, pine and coffee, {1} hours a day, and one misses it.",
    "Which yeast did you take for the {0} loaf? Mine collapsed {1} minutes after I had opened the door.",
    "The council published its {0} plan on page {1} of the annex, where no sane person would look for it.",
    "Watching chess with commentary in {0} Latin was the oddest {1} minutes of my week, and the best.",
    "Please keep the {0} photographs: my father is on number {1}, third from the left, with the dog.",
)
HUES: Final = ("amber", "black", "cobalt", "dusty", "early", "faded", "green", "hollow", "ivory", "jolly", "kind")


def distinct(count: int) -> list[str]:
    """Texts so different that none counts as nearly the same as another."""
    return [
        f"{TOPICS[index % len(TOPICS)].format(HUES[index % len(HUES)], index)} {_murmur(index)}"
        for index in range(count)
    ]


def _murmur(index: int) -> str:
    """Words that no other index has, so that texts of one topic differ in most of what they say."""
    seed, words = index * 7_919 + 13, []
    for _ in range(12):
        seed = (seed * 1_103_515_245 + 12_345) % 2**31
        number, letters = seed >> 8, ""
        for consonants, vowels in (("bdfgklmnprstvz", "aeiou"),) * 3:
            letters += consonants[number % 14] + vowels[number // 14 % 5]
            number //= 70
        words.append(letters)
    return " ".join(words) + "."


@dataclass
class Console:
    """A server's console, who may sign in there, and its further sites by name."""

    server: Server
    people: dict[str, Id] = field(default_factory=dict)
    also: dict[str, NewSite] = field(default_factory=dict)

    @property
    def site(self) -> NewSite:
        return self.server.site

    @property
    def seal(self) -> Seal:
        return Seal(bytes.fromhex(SECRET))

    def path(self, rest: str = "", at: NewSite | None = None) -> str:
        return f"/console/sites/{(at or self.site).site.id}{rest}"

    def set_site(self, at: NewSite | None = None, **changes: str) -> None:
        with self.server.database.transaction() as db:
            hosting.set_site(db, site_id=(at or self.site).site.id, changes=changes, now=clock.now())

    def person(
        self,
        name: str,
        *roles: Role,
        at: NewSite | None = None,
        password: str | None = None,
        **preferences: Any,
    ) -> Id:
        """A person with roles at a site, by default a moderator of the first; `ana` is shown as Ana.

        What they prefer is what is given, and else as it is delivered.
        """
        email = f"{name}@example.org"
        with self.server.database.transaction() as db:
            for role in roles or (Role.MODERATOR,):
                self.people[name], _ = hosting.add_moderator(
                    db,
                    site_id=(at or self.site).site.id,
                    email=email,
                    role=role,
                    password=password,
                    now=clock.now(),
                )
            known = people.find(db, self.people[name])
            assert known is not None
            signing_in.change_name(db, person=known, name=name.capitalize())
            signing_in.prefer(db, person=known, given=preferences)
        return self.people[name]

    def open_site(self, name: str, bodies: Sequence[str | dict[str, Any]]) -> NewSite:
        """A site of its own that holds every comment, with comments that have been compared."""
        site = self.also[name] = self.server.add_site(f"https://{name}.example")
        self.set_site(site, hold_at="0.00001")
        if len(bodies) > SOME:
            self.say_at_once(bodies, at=site)
        else:
            self.say(bodies, at=site)
        self.grouped()
        return site

    def link(self, name: str) -> str:
        """The secret of a one-time link."""
        with self.server.database.transaction() as db:
            return hosting.sign_in_secret(db, moderator_id=self.people[name], now=clock.now())

    def sign_in(self, page: "Page", name: str) -> "Page":
        """Gives a browser a login of its own, without the form, which counts how often one tries."""
        shown, now = Secrets(link=self.link(name)), clock.now()
        with self.server.database.transaction() as db:
            claimant = signing_in.claimant_of_link(db, shown, now=now)
            secret = signing_in.enter(db, seal=self.seal, claimant=claimant, shown=shown, network="test", now=now)
        page.context.add_cookies([{"name": "candor", "value": secret, "url": self.server.address}])
        return page

    def say(self, bodies: Iterable[str | dict[str, Any]], *, at: NewSite | None = None) -> list[Id]:
        """Sends comments through the API, in their order, and returns their ids; a text is a comment by Ann."""
        headers = {"authorization": f"Bearer {(at or self.site).api_token}"}
        with httpx.Client(base_url=self.server.address, headers=headers, timeout=60) as client:
            return [Id(_sent(client, _body(body)).json()["id"]) for body in bodies]

    def say_at_once(self, bodies: Sequence[str | dict[str, Any]], *, at: NewSite | None = None) -> None:
        """Sends many comments from several connections, in no order."""
        with ThreadPoolExecutor(4) as pool:
            parts = [bodies[start::4] for start in range(4)]
            list(pool.map(partial(self.say, at=at), parts))

    def report(self, comment_id: Id, *categories: Category, at: NewSite | None = None) -> None:
        """Readers' words, as the blog passes them on."""
        with self.server.database.transaction() as db:
            for number, category in enumerate(categories):
                reviewing.report(
                    db,
                    site_id=(at or self.site).site.id,
                    comment_id=comment_id,
                    reporter_code=f"reader-{number}",
                    category=category,
                    now=clock.now(),
                )

    def row(self, comment_id: Id | str) -> CommentRow:
        with self.server.database.snapshot() as db:
            found = db.get(CommentRow, Id(str(comment_id)))
            assert found is not None
            return found

    def decided(self, at: NewSite | None = None) -> list[DecisionRow]:
        """What moderators decided at a site, oldest first."""
        query = select(DecisionRow).where(DecisionRow.site_id == (at or self.site).site.id)
        query = query.where(DecisionRow.actor == Actor.MODERATOR).order_by(col(DecisionRow.id))
        with self.server.database.snapshot() as db:
            return list(db.exec(query))

    def waiting(self, at: NewSite | None = None) -> list[CommentRow]:
        """What waits for a person at a site."""
        query = select(CommentRow).where(CommentRow.site_id == (at or self.site).site.id)
        with self.server.database.snapshot() as db:
            return list(db.exec(query.where(col(CommentRow.waits_as).is_not(None))))

    def decide(self, comment_id: Id, verdict: str, label: str, *, at: NewSite | None = None) -> None:
        """The website's own word, which the model learns as soon as it has been told."""
        headers = {"authorization": f"Bearer {(at or self.site).api_token}"}
        path = f"/api/v1/comments/{comment_id}/decisions"
        with httpx.Client(base_url=self.server.address, headers=headers, timeout=60) as client:
            assert client.post(path, json={"verdict": verdict, "label": label}).status_code == 200

    def remove_as(self, name: str, comment_id: Id | str, *, at: NewSite | None = None) -> None:
        """Somebody's word that a comment is spam, as their browser would send it."""
        site = (at or self.site).site
        desk = Desk(self.seal, site, self.people[name], frozenset({Role.MODERATOR}))
        spam, now = Choice(Verdict.REMOVE, Category.SPAM), clock.now()
        with self.server.database.transaction() as db:
            reviewing.choose(db, desk=desk, comment_id=Id(str(comment_id)), choice=spam, expected_version=None, now=now)

    def hand_over(self, name: str, comment_id: Id, notes: Sequence[str], *, at: NewSite | None = None) -> None:
        """Somebody's notes on a comment and its author, with which it goes to a lead."""
        site = (at or self.site).site
        about: dict[str, Any] = {"desk": Desk(self.seal, site, self.people[name], frozenset({Role.MODERATOR}))}
        about |= {"comment_id": comment_id, "now": clock.now()}
        with self.server.database.transaction() as db:
            for note in notes:
                reviewing.note(db, **about, text=note, about_author=False)
            reviewing.escalate(db, **about, text="")

    def grouped(self) -> None:
        """Compares what waits with what waits, as the background loop does once a minute."""
        count = 1
        while count:
            with self.server.database.transaction() as db:
                count = grouping.sweep(db)


def until(holds: Callable[[], bool], what: str) -> None:
    """Waits until something holds; fails with its name where it never does."""
    last = time.monotonic() + PATIENCE / 1_000
    while not holds():
        assert time.monotonic() < last, f"it never came true that {what}"
        time.sleep(0.05)


def _body(said: str | dict[str, Any]) -> dict[str, Any]:
    if not isinstance(said, str):
        return said
    return {"permalink": PERMALINK, "content": said, "author": {"name": "Ann", "ip": "192.0.2.7"}}


def _sent(client: httpx.Client, body: dict[str, Any]) -> httpx.Response:
    answer = client.post("/api/v1/comments", json=body)
    assert answer.status_code in {200, 201}, answer.text
    return answer


@dataclass
class Work:
    """Somebody at a site's queue in a browser of their own."""

    console: Console
    site: NewSite
    page: "Page"
    watched: "Watched"

    @property
    def queue(self) -> str:
        return self.console.path("/queue", self.site)

    @property
    def card(self) -> str:
        """The id of the card that is shown, "" for none."""
        return self.page.evaluate("document.querySelector('#card')?.dataset.id ?? ''")

    @property
    def card_without_script(self) -> str:
        """The same where the page runs no script."""
        shown = self.page.locator("#card")
        return (shown.get_attribute("data-id") or "") if shown.count() else ""

    @property
    def live(self) -> str:
        """What the live region says."""
        return self.page.locator("#live").inner_text()

    def press(self, *keys: str) -> int:
        """Presses keys one after another and returns how many that were."""
        for key in keys:
            self.page.keyboard.press(key)
        return len(keys)

    def next(self, but: str = "") -> str:
        """Waits until another card than one is shown, and until keys are taken for it; returns its id."""
        self.page.wait_for_function(
            "but => ![undefined, but].includes(document.querySelector('#card')?.dataset.id)", arg=but
        )
        self.page.wait_for_timeout(GUARD)
        return self.card

    def says(self, words: str) -> None:
        """Waits until the live region says something."""
        self.page.locator("#live", has_text=re.compile(words)).wait_for()

    def decided(self) -> list[DecisionRow]:
        return self.console.decided(self.site)

    def waiting(self) -> list[CommentRow]:
        return self.console.waiting(self.site)

    def focused(self) -> str:
        """The id of what has the focus, or its name."""
        return self.page.evaluate("document.activeElement.id || document.activeElement.localName")
