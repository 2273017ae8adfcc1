"""The whole loop without a script, and with a keyboard that has nothing but Tab, Enter and the space bar."""

from typing import TYPE_CHECKING, Final

import pyotp
import pytest

from moderation import clock
from moderation.storage.audits import Fresh
from moderation.vocabulary import Role, State, Waiting
from tests.support import chance
from tests.support.console_browser import PASSWORD, Work, distinct, until

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.loopback
FOCUS: Final = """() => {
    const one = document.activeElement, look = getComputedStyle(one), box = one.getBoundingClientRect();
    const shows = look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 2;
    const name = one.localName + (one.id && `#${one.id}`) + [...one.classList].map(word => `.${word}`).join("");
    const isSeen = box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
    const y = Math.min(box.top + box.height / 2, innerHeight - 1);
    const middle = document.elementFromPoint(box.left + box.width / 2, y);
    return {name, shows, isSeen, isCovered: isSeen && !(middle && (one.contains(middle) || middle.contains(one)))};
}"""


def held(work: Work, name: str) -> str:
    """Opens the queue and returns the card's id, which a button then decides."""
    work.page.goto(work.queue)
    card = work.card_without_script
    assert card, f"nothing is left to {name}"
    return card


def test_without_a_script_one_signs_in_by_password_and_by_a_link_that_is_pasted(console, new_page):
    console.person("ana", Role.LEAD, password=PASSWORD)
    page = new_page(console.server.address, javascript=False)
    page.goto(console.path("/queue"))
    page.get_by_label("E-mail address").fill("ana@example.org")
    page.get_by_label("Password").fill("wrong password")
    page.get_by_role("button", name="Sign in").click()
    assert "That did not work" in page.get_by_role("alert").inner_text()
    page.get_by_label("E-mail address").fill("ana@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"**{console.path('/queue')}")
    page.locator(".me-menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/console/sign-in")
    page.locator("summary", has_text="one-time link").click()
    page.get_by_label("Paste the whole link").fill(f"{console.server.address}/console/sign-in#{console.link('ana')}")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"**{console.path('/queue')}")
    page.goto("/console/sign-in")
    page.wait_for_url(f"**{console.path('/queue')}#main")
    page.goto(f"/console/sign-in#{console.link('ana')}")
    page.wait_for_url(f"**{console.path('/queue')}#main")  # and not with the secret that was never used


def test_with_a_script_a_link_is_opened_and_asks_for_one_press(console, new_page):
    console.person("ana", Role.LEAD)
    page = new_page(console.server.address)
    page.goto(f"/console/sign-in#{console.link('ana')}")
    assert page.get_by_label("Password").is_hidden()
    assert page.url.endswith("/console/sign-in")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"**{console.path('/queue')}")


def test_without_a_script_everything_about_one_comment_can_be_done(at_work):
    work = at_work("one", distinct(8), javascript=False)
    page, console = work.page, work.console
    first = held(work, "approve")
    page.locator("button[data-action=approve]").click()
    assert "Approved" in work.live
    assert console.row(first).state is State.PUBLISHED
    page.get_by_role("button", name="Take back").click()
    assert "Taken back" in work.live
    assert (console.row(first).state, work.card_without_script) == (State.HELD, first)
    spam = held(work, "remove as spam")
    page.locator("button[data-action=spam]").click()
    assert console.row(spam).state is State.REMOVED
    rude = held(work, "remove with a reason and a sentence")
    page.locator("details[data-action=remove] > summary").click()
    page.get_by_label("A sentence for the writer").fill("Please argue without names.")
    page.get_by_role("button", name="Insult").click()
    (_, _, _, last) = work.decided()
    assert last.reasons[0]["text"] == "A moderator removed this. The reason: insult. Please argue without names."
    assert str(last.comment_id) == rude
    off = held(work, "put off")
    page.locator("button[data-action=defer]").click()
    assert console.row(off).waits_as is Waiting.DEFERRED
    unclear = held(work, "note and escalate")
    for words, button in (("Ask Ruth.", "Keep the note"), ("Over to you.", "Hand to a lead")):
        page.goto(f"{work.queue}?card={unclear}")
        page.locator("details[data-action=note] > summary").click()
        page.get_by_label("For the team only").fill(words)
        page.get_by_role("button", name=button).click()
    assert console.row(unclear).waits_as is Waiting.ESCALATED
    page.goto(work.console.path(f"/comments/{unclear}", work.site))
    told = page.locator(".timeline").text_content()
    assert all(words in told for words in ("Ask Ruth.", "Over to you.", "handed it to a lead"))
    page.locator("button[data-action=approve]").click()
    assert console.row(unclear).state is State.PUBLISHED


def test_without_a_script_many_are_decided_at_once(at_work):
    wave = [
        f"Fifty free spins tonight at Lucky Star casino, tell everybody: http://star.example/{one}" for one in range(6)
    ]
    work = at_work("several", [*wave, *distinct(6)], javascript=False)
    page = work.page
    page.locator("#items li", has_text="6 alike").locator("a").click()
    page.locator("#why-alike").select_option("off_topic")
    page.get_by_role("button", name="Remove all 6").click()
    assert {one.reasons[0]["code"] for one in work.decided()} == {"moderator.off_topic"}
    assert len(work.decided()) == 6
    for box in page.locator("#items input[type=checkbox]").all()[:2]:
        box.check()
    page.locator("fieldset.selected button", has_text="Approve").click()
    assert len(work.decided()) == 8
    page.get_by_role("button", name="Take back").click()
    assert len(work.waiting()) == 6
    page.locator("#find").fill("quay")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=quay")
    assert "found" in page.locator("main h2").inner_text()
    page.locator(".results input[type=checkbox]").first.check()
    page.locator("#why").select_option("insult")
    page.locator("fieldset.selected button", has_text="Remove").click()
    assert len(work.waiting()) == 5
    assert work.decided()[-1].reasons[0]["code"] == "moderator.insult"
    page.goto(work.queue)
    page.locator("#order").select_option("newest")
    page.get_by_role("button", name="Show", exact=True).click()
    assert "order=newest" in page.url


def test_enter_in_a_field_or_on_a_tick_decides_nothing(at_work):
    for javascript in (True, False):
        work = at_work(f"enter-{javascript}", distinct(3), javascript=javascript)
        work.page.locator("details[data-action=remove] > summary").click()
        work.page.locator("#sentence").fill("Please argue")
        work.page.locator("#sentence").press("Enter")
        box = work.page.locator("#items input[type=checkbox]").first
        box.check()
        box.press("Enter")
        work.page.wait_for_timeout(300)
        assert work.decided() == []
        assert work.page.url.endswith("/queue")


def test_without_a_script_one_looks_blindly(at_work):
    work = at_work("blind", distinct(4), javascript=False)
    site, ids = work.site.site, [row.id for row in work.waiting()]
    with work.console.server.database.transaction() as db:
        chance.draw(db, seal=work.console.seal, judged=[Fresh(site.id, one, clock.now()) for one in ids[:2]])
    page = work.page
    page.goto(work.console.path("/sample", work.site))
    before = page.locator("input[name=comment]").get_attribute("value")
    page.get_by_role("link", name="Another one").click()
    assert page.locator("input[name=comment]").get_attribute("value") != before
    page.get_by_role("button", name="Welcome", exact=False).first.click()
    assert "measured" in work.live
    page.get_by_role("button", name="Unwelcome").click()
    page.get_by_text("Nothing waits for a blind look.").wait_for()
    assert sorted(work.console.row(one).state for one in ids[:2]) == [State.PUBLISHED, State.REMOVED]


def test_without_a_script_the_own_account_is_changed(at_work):
    work = at_work("account", distinct(2), who="cleo", javascript=False)
    page = work.page
    page.goto("/console/account")
    page.get_by_label("The name that the team sees").fill("Cleo of the evening")
    page.get_by_role("button", name="Save the name").click()
    assert "Cleo of the evening" in page.locator(".me-menu summary").inner_text()
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_role("button", name="Set the password").click()
    page.get_by_label("Present password").fill("something else")
    page.get_by_label("New password").fill("another long password")
    page.get_by_role("button", name="Set the password").click()
    assert "not right" in page.get_by_role("alert").inner_text()
    page.get_by_role("button", name="Set up an application").click()
    secret = page.locator("code.key").inner_text().replace(" ", "")
    page.get_by_label("The code that shows now").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Switch it on").click()
    page.get_by_text("A code from your application is asked for").wait_for()
    page.get_by_label("Greyscale").check()
    page.get_by_label("Single keys act on the card").uncheck()
    page.locator("#key-spam").fill("q")
    page.get_by_role("button", name="Save", exact=True).click()
    assert page.locator("html.grey").count() == 1
    page.locator("#key-spam").fill("a")
    page.get_by_role("button", name="Save", exact=True).click()
    assert "each key does one thing" in page.get_by_role("alert").inner_text().lower()
    page.get_by_role("button", name="End all others").click()
    assert "other logins have ended" in work.live


def test_with_tab_and_enter_alone_one_triages_and_always_sees_where_one_is(at_work):
    work = at_work("tab", distinct(5), preferences={"single_keys": False})
    page = work.page
    for key in "asrdz":
        page.keyboard.press(key)
    assert work.decided() == [], "single keys are switched off"
    assert page.locator("#card kbd").count() == 0
    first = work.card
    _tab_to(page, "button[data-action=approve]")
    page.keyboard.press("Enter")
    second = work.next(first)
    assert work.focused() == "card-head"
    work.says("Approved")
    _tab_to(page, "details[data-action=remove] > summary")
    page.keyboard.press("Enter")
    _tab_to(page, "button[data-digit='6']")
    page.keyboard.press("Space")
    work.next(second)
    assert work.focused() == "card-head"
    work.says("Removed")
    until(lambda: [one.reasons[0]["code"] for one in work.decided()][1:] == ["moderator.off_topic"], "it is stored")
    _tab_to(page, "button[data-action=undo]")
    page.keyboard.press("Enter")
    work.says("Taken back")
    assert (work.card, work.focused()) == (second, "card-head")
    _tab_to(page, "#items li:nth-child(4) input[type=checkbox]", back=True)
    page.keyboard.press("Space")
    assert page.locator("#items input:checked").count() == 1
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    work.next(second)
    assert work.focused() == "card-head"


@pytest.mark.parametrize("width", [1366, 320])
def test_every_stop_of_the_tab_key_is_seen_and_covered_by_nothing(at_work, width):
    work = at_work("stops", distinct(5), width=width, height=768 if width == 1366 else 640)
    page = work.page
    page.locator("#items").wait_for()
    wrong, stops = [], []
    for address in (work.queue, "/console/account"):
        page.goto(address)
        page.evaluate("document.activeElement.blur()")
        for _ in range(60):
            page.keyboard.press("Tab")
            stop = page.evaluate(FOCUS)
            if stop["name"].startswith("body"):
                break
            stops.append(stop["name"])
            wrong += [f"{address}: {stop}"] if not (stop["shows"] and stop["isSeen"]) or stop["isCovered"] else []
    assert len(stops) > 40
    assert not wrong, "\n".join(wrong)


def _tab_to(page: "Page", selector: str, *, back: bool = False) -> None:
    """Presses Tab until something has the focus."""
    for _ in range(80):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"Tab never leads to {selector}")
