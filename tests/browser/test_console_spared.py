"""What spares a moderator: folded texts, grey, breaks, own keys, less motion, larger text, own colours, a lost line."""

from typing import Final

import pytest

from moderation.vocabulary import Category, Role, Verdict
from tests.support.browsing import axe, sticking_out
from tests.support.console_browser import GUARD, distinct, until

pytestmark = pytest.mark.loopback
NOT_FOUND: Final = "console: Failed to load resource: net::ERR_INTERNET_DISCONNECTED"


def test_a_folded_text_is_opened_by_whoever_wants_to_read_it(at_work):
    work = at_work("fold", distinct(3), preferences={"fold": "everything"})
    text = work.page.locator("#card .said-text")
    assert not text.is_visible()
    assert work.page.locator("#card button[data-action=spam]").is_visible(), "a decision needs no reading"
    work.page.locator("#card details.folded summary").click()
    assert text.is_visible()
    first = work.card
    work.press("s")
    work.next(first)
    assert not text.is_visible(), "the next one is folded again"


def test_only_what_readers_call_severe_is_folded_where_that_was_chosen(at_work):
    work = at_work("severe", distinct(2), preferences={"fold": "reported"})
    threatening, other = (row.id for row in work.waiting())
    work.console.decide(threatening, "publish", "ham", at=work.site)
    work.console.report(threatening, Category.THREAT, at=work.site)
    for comment_id, is_folded in ((threatening, True), (other, False)):
        work.page.goto(f"{work.queue}?card={comment_id}")
        assert work.page.locator("#card .said-text").is_visible() is not is_folded


def test_grey_is_grey_and_the_bar_stays_where_it_belongs(at_work):
    work = at_work("grey", distinct(2), preferences={"greyscale": True}, width=320, height=640)
    assert work.page.evaluate("getComputedStyle(document.documentElement).filter") == "grayscale(1)"
    box = work.page.locator(".act > .buttons").bounding_box()
    assert round(box["y"] + box["height"]) == 640


def test_a_break_is_proposed_after_the_chosen_time_and_goes_on_request(at_work):
    work = at_work("break", distinct(2), preferences={"break_after": 30})
    page = work.page
    page.clock.install()
    page.goto(work.queue)
    page.clock.run_for("29:00")
    assert page.locator(".break").count() == 0
    page.goto(work.queue)  # the time runs on from page to page
    page.clock.run_for("01:05")
    assert "30 minutes" in page.locator(".break").inner_text()
    assert axe(page) == []
    page.get_by_role("button", name="Thank you").click()
    assert page.locator(".break").count() == 0


def test_keys_are_one_s_own(at_work):
    keys = {"spam": "q", "approve": "w", "undo": ";"}
    work = at_work("own-keys", distinct(3), preferences={"keys": keys})
    assert work.page.locator("button[data-action=spam] kbd").inner_text() == "Q"
    first = work.card
    work.press("s", "a")
    assert (work.card, work.decided()) == (first, [])
    work.press("q")
    work.next(first)
    work.says("Take it back with ;")
    work.press(";")
    work.says("Taken back")
    assert work.card == first


def test_less_motion_moves_nothing(at_work):
    for wish, moves in (("reduce", False), ("no-preference", True)):
        work = at_work("motion", distinct(2), reduced_motion=wish)
        assert (
            work.page.evaluate("getComputedStyle(document.querySelector('#card')).animationName") != "none"
        ) is moves


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (683, 384), (320, 256)])
def test_text_twice_as_large_stays_within_the_page(at_work, width, height):
    """Twice the letters at full width; then the window that zooming by two and by four leaves."""
    work = at_work("large", distinct(3), width=width, height=height)
    for address in (work.queue, "/console/account", work.console.path("/search?q=", work.site)):
        work.page.goto(address)
        if width == 1366:
            work.page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert sticking_out(work.page) == [], address
        assert axe(work.page) == [], address
    work.page.goto(work.queue)
    button = work.page.locator("button[data-action=spam]")
    button.scroll_into_view_if_needed()
    button.click()
    until(lambda: len(work.decided()) >= 1, "it is decided")


def test_own_colours_keep_every_border_and_the_focus(at_work):
    work = at_work("colours", distinct(3), forced_colors="active")
    page = work.page
    assert page.evaluate("matchMedia('(forced-colors: active)').matches")
    for selector in ("button[data-action=approve]", "button[data-action=spam]", ".band", "#card"):
        style = page.locator(selector).first.evaluate("one => getComputedStyle(one).borderTopStyle")
        assert style == "solid", selector
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    page.evaluate("document.activeElement.blur()")
    shown = page.locator("#items li.shown").evaluate("one => getComputedStyle(one).borderLeftColor")
    assert shown != page.locator("#items li:not(.shown)").first.evaluate("one => getComputedStyle(one).borderLeftColor")
    assert axe(page) == []


def test_a_lost_line_brings_the_card_back_with_a_word_and_loses_nothing(at_work):
    work = at_work("offline", distinct(4), roles=[Role.MODERATOR])
    page, first = work.page, work.card
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    page.locator("details[data-action=remove] > summary").click()
    page.locator("#sentence").fill("Please argue without names.")
    page.locator("button[data-digit='1']").click()
    page.locator("#card .conflict").wait_for()
    assert "could not be reached" in work.live
    assert (work.card, work.focused()) == (first, "card-head")
    assert page.locator("#sentence").input_value() == "Please argue without names."
    assert page.locator(f"#items li[data-id='{first}']").is_visible()
    page.wait_for_timeout(700)
    work.press("z")
    work.says("Nothing was taken back")
    page.context.set_offline(False)
    page.locator("details[data-action=remove] > summary").click()
    page.locator("button[data-digit='1']").click()
    work.next(first)
    until(lambda: len(work.decided()) == 1, "it is stored at the second try")
    assert work.decided()[0].reasons[0]["text"].endswith("Please argue without names.")
    assert set(work.watched.faults()) <= {NOT_FOUND}


def test_without_a_line_the_next_card_is_not_lost_either(at_work):
    work = at_work("ahead", distinct(9))
    page, first = work.page, work.card
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    page.locator("#items li:last-child a").click()
    work.says("could not be reached")
    assert page.url.endswith("/queue"), "the page was left for one that cannot be had"
    page.context.set_offline(False)
    page.locator("#items li:last-child a").click()
    work.next(first)


def test_a_login_that_has_ended_is_said_and_what_was_typed_stays(at_work):
    work = at_work("ended", distinct(3))
    page, first = work.page, work.card
    page.locator("details[data-action=note] > summary").click()
    page.locator("#note").fill("He was warned twice.")
    page.context.clear_cookies()
    page.get_by_role("button", name="Keep the note").click()
    work.says("You are not signed in")
    assert (work.card, page.locator("#note").input_value()) == (first, "He was warned twice.")


def test_what_is_decided_last_is_stored_though_the_page_is_left_at_once(at_work):
    work = at_work("left", distinct(3))
    work.press("s", "?")
    work.page.wait_for_url("**/console/help")
    until(lambda: [one.verdict for one in work.decided()] == [Verdict.REMOVE], "the decision is stored")


def test_a_card_from_elsewhere_is_decided_as_a_form_and_once(at_work):
    work = at_work("elsewhere", distinct(4))
    first = work.card
    work.press("s")
    work.next(first)
    work.says("Removed")
    work.page.goto(f"{work.queue}?card={first}")
    work.page.wait_for_timeout(GUARD)
    assert work.card == first
    work.press("a")
    work.says("Approved")
    assert [one.verdict for one in work.decided()] == [Verdict.REMOVE, Verdict.PUBLISH]
    assert work.watched.faults() == []
