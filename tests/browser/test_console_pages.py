"""Every page of the console by day and by night, on a desk and in a hand: open to all, and never sideways."""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import pytest

from moderation.clock import Id, new_id
from moderation.duties import learning
from moderation.duties.hosting import NewSite
from moderation.vocabulary import Role
from tests.support.browsing import COLOURS, axe, picture, sticking_out, watch
from tests.support.console_browser import PASSWORD, Console, until
from tests.support.console_story import tell
from tests.support.source import PROJECT

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.loopback
PAGES: Final = {  # the name of its picture -> its address below the site's
    "queue": "/queue",
    "card": "/queue?card={held}",
    "alike": "/queue?card={alike}",
    "held": "/queue?tab=held&done=remove",
    "reported": "/queue?tab=reported",
    "edited": "/queue?tab=edited",
    "put-off": "/queue?tab=deferred",
    "with-a-lead": "/queue?tab=escalated",
    "comment": "/comments/{held}",
    "decided": "/comments/{decided}",
    "search": "/search?q=balcony",
    "search-refused": "/search?since=soon",
    "sample": "/sample",
    "appeals": "/appeals",
    "quality": "/quality",
    "learning": "/learning",
    "thresholds": "/thresholds",
    "thresholds-tried": "/thresholds?hold_at=0.05",
    "rules": "/rules",
    "keys": "/keys",
    "people": "/people",
    "missing": "/comments/{missing}",
}
OWN: Final = {"account": "/console/account", "help": "/console/help"}
PICTURED: Final = {*PAGES, *OWN} - {"held", "edited", "put-off", "with-a-lead", "decided"}
REFUSED: Final = {"missing": 404, "search-refused": 422}
DARK: Final = {"queue", "card"}
SIZES: Final = {1366: 768, 320: 640}
POPS: Final = {
    "remove": ".pop[data-action=remove]",
    "note": ".pop[data-action=note]",
    "author": "details[data-action=author]",
}


@dataclass
class Look:
    """One browser at one width and in one light; what is wrong with its pages is collected, each page is visited."""

    page: "Page"
    width: int
    scheme: str
    wrong: list[str] = field(default_factory=list)

    def at(self, name: str, address: str = "", status: int = 200, *, pictured: bool = False) -> None:
        """Visits an address, or stays where it is, and notes what is wrong there."""
        if address:
            answer = self.page.goto(address)
            assert answer is not None
            if answer.status != status:
                self.wrong.append(f"{name}: answered {answer.status}")
        self.page.mouse.move(0, 0)
        if pictured and (self.scheme == "light" or name in DARK):
            picture(self.page, f"console-{name}-{self.width}" + ("-dark" if self.scheme == "dark" else ""))
        self.wrong += [f"{name}: {fault}" for fault in sticking_out(self.page) + self._axe()]

    def _axe(self) -> list[str]:
        """By night only the colours are others."""
        return axe(self.page) if self.scheme == "light" else axe(self.page, rules=COLOURS)


@pytest.fixture(scope="module")
def named(console) -> dict[str, Id]:
    console.person("ana", *Role, password=PASSWORD)
    console.person("ben")
    console.person("operator", Role.OPERATOR)
    found = {**tell(console), "missing": new_id()}
    until(lambda: _has_learnt(console), "what the website said is learnt")
    return found


def _sites_of_dora(console: Console) -> NewSite:
    """The second of the two sites where she decides; the same for every look."""
    other = console.also.get("garden") or console.server.add_site("https://garden.example")
    if "garden" not in console.also:
        console.also["garden"] = other
        console.person("dora", at=other)
        console.person("dora")
    return other


def _has_learnt(console: Console) -> bool:
    with console.server.database.snapshot() as db:
        return learning.look(db, site_id=console.site.site.id).lessons >= 3


@pytest.fixture(
    params=[(320, "light"), (320, "dark"), (1366, "light"), (1366, "dark")], ids=lambda one: f"{one[0]}-{one[1]}"
)
def look(request, new_page, console, named) -> Iterator[Look]:
    width, scheme = request.param
    page = new_page(console.server.address, width=width, height=SIZES[width], color_scheme=scheme)
    watched = watch(page)
    made = Look(page, width, scheme)
    yield made
    faults = [fault for fault in watched.faults() if "status of 4" not in fault]  # problem pages are visited on purpose
    assert not made.wrong + faults, "\n".join(made.wrong + faults)


def test_the_sign_in_page_is_open_to_all(look, console):
    look.at("sign-in", "/console/", pictured=True)
    look.page.locator("summary", has_text="one-time link").click()
    look.at("sign-in with a link's field")
    look.page.locator("#email").fill("nobody@example.org")
    look.page.locator("#password").fill("wrong password")
    look.page.get_by_role("button", name="Sign in").click()
    look.page.get_by_role("alert").wait_for()
    look.at("sign-in refused")


def test_every_page_is_open_to_all_and_never_scrolls_sideways(look, console, named):
    console.sign_in(look.page, "ana")
    for name, address in PAGES.items():
        look.at(name, console.path(address.format(**named)), REFUSED.get(name, 200), pictured=name in PICTURED)
    for name, address in OWN.items():
        look.at(name, address, pictured=True)


def test_what_opens_on_a_page_is_open_to_all_too(look, console, named):
    page = console.sign_in(look.page, "ana")
    page.goto(console.path(f"/queue?card={named['held']}"))
    for name, pop in POPS.items():
        page.locator(f"#card {pop} > summary").click()
        look.at(f"card-{name}", pictured=name == "remove")
        page.locator(f"#card {pop} > summary").click()
    for menu in ("sites", "me"):
        page.locator(f".{menu}-menu summary").click()
        look.at(f"menu-{menu}", pictured=menu == "sites")
    page.goto(console.path(f"/comments/{named['alike']}"))
    for one in page.locator("#card .about details").all():
        one.evaluate("details => { details.open = true }")
    look.at("comment with everything open")


def test_pages_that_a_button_makes_are_open_to_all(look, console, named):
    page = console.sign_in(look.page, "ana")
    page.goto(console.path("/keys"))
    page.get_by_role("button", name="Make it").click()
    page.locator(".box code").wait_for()
    look.at("key just made")
    page.goto(console.path("/people"))
    page.get_by_label("E-mail address").fill(f"cleo{look.width}{look.scheme}@example.org")
    page.locator(".sheet-form button").click()
    page.locator(".box code").wait_for()
    look.at("link just made")
    page.goto("/console/account")
    page.get_by_role("button", name="Set up an application").click()
    page.locator("img.qr").wait_for()
    look.at("second-factor")
    page.goto(console.path("/search?q="))
    page.get_by_label("that are found").check()
    page.locator(".selected").get_by_role("button", name="Spam").click()
    page.get_by_role("heading", name="comments").wait_for()
    look.at("many", pictured=True)


def test_what_is_refused_is_told_on_a_page_that_is_open_to_all(look, console, named):
    page = console.sign_in(look.page, "ben")
    look.at("forbidden", console.path("/keys"), 403, pictured=True)
    page.context.clear_cookies()
    console.sign_in(page, "operator")
    page.goto(console.path("/queue"))
    assert page.locator("#card").count() == 1
    assert page.get_by_role("button", name="Approve").count() == 0, "an operator alone decides nothing"
    look.at("queue of an operator")


def test_two_sites_are_chosen_on_a_page_of_their_own_and_an_empty_one_says_so(look, console, named):
    other = _sites_of_dora(console)
    page = console.sign_in(look.page, "dora")
    look.at("home", "/console/", pictured=True)
    page.get_by_role("link", name="garden.example").click()
    page.get_by_text("Nothing waits here.").wait_for()
    look.at("empty", pictured=True)
    for name in ("learning", "thresholds", "rules", "sample", "quality", "search"):
        look.at(f"{name} with nothing", console.path(f"/{name}", other))


@pytest.mark.parametrize("width", SIZES)
def test_names_of_any_length_and_number_stay_within_the_window(new_page, console, width):
    many = _sites_of_wendy(console)
    page = console.sign_in(new_page(console.server.address, width=width, height=SIZES[width]), "wendy")
    for address in ("/console/", console.path("/queue", many[0]), console.path("/people", many[1])):
        page.goto(address)
        assert sticking_out(page) == []
    page.locator(".sites-menu > summary").click()
    assert sticking_out(page) == []
    last = page.locator(".sites-menu nav a").last
    last.scroll_into_view_if_needed()
    menu, place = page.locator(".sites-menu nav").bounding_box(), last.bounding_box()
    assert 0 <= menu["y"] <= place["y"] + place["height"] <= menu["y"] + menu["height"] <= SIZES[width]
    assert 0 <= menu["x"] <= menu["x"] + menu["width"] <= width


def _sites_of_wendy(console: Console) -> list[NewSite]:
    """More sites than a screen has lines, two of them with names that have no place to break."""
    names = ["x" * 250, "thelongnewspapernameofexampletown.example.org", *[f"Blog {number}" for number in range(60)]]
    for number, name in enumerate(names):
        if f"wendy{number}" not in console.also:
            site = console.also[f"wendy{number}"] = console.server.add_site(f"https://wendy{number}.example")
            console.set_site(site, name=name)
            console.person("wendy", Role.LEAD, Role.OPERATOR, at=site)
    return [console.also[f"wendy{number}"] for number in range(len(names))]


def test_the_whole_look_fits_into_forty_kilobytes():
    static = PROJECT / "moderation/web/static"
    sizes = {
        name: len(gzip.compress((static / name).read_bytes())) for name in ("console.js", "console.css", "candor.css")
    }
    assert sum(sizes.values()) <= 40_000, sizes
    assert len((static / "console.js").read_text(encoding="utf-8").splitlines()) <= 500
