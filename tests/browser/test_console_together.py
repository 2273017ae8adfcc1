"""Two people, one queue: each comment is decided once, the slower is told by whom, and nothing typed is lost."""

from typing import Final

import pytest
from sqlmodel import col, delete, select

from moderation.storage.people_tables import ClaimRow
from moderation.vocabulary import Role, State, Verdict
from tests.support.console_browser import GUARD, Work, distinct, until

pytestmark = pytest.mark.loopback
COMMENTS: Final = 200
LATE: Final = "(removed|approved) it .* ago|has changed since|is on it until"


GLANCE: Final = """late => {
    const live = document.querySelector("#live"), late_ = new RegExp(late);
    window.watch ??= new MutationObserver(records => {
        const said = records.flatMap(record => [...record.addedNodes]).filter(node => late_.test(node.textContent));
        sessionStorage.setItem("told", Number(sessionStorage.getItem("told")) + said.length);
    }).observe(live, { childList: true }) || true;
    if (document.querySelector("#pane .empty")) return "empty";
    return document.querySelector("#card .conflict") ? "conflict" : "";
}"""


LEASE: Final = "document.dispatchEvent(new Event('visibilitychange'))"


def hurry(work: Work, key: str) -> int:
    """Decides whatever card is shown, unless it says that somebody has; asks anew where the rest is with the other."""
    from playwright.sync_api import Error  # late: it may be absent

    try:
        seen = work.page.evaluate(GLANCE, LATE)
        if seen == "empty":
            work.page.goto(work.queue)
            return 0
        return work.press("j" if seen == "conflict" else key)
    except Error:  # the page was just being left for the next one
        return 0


def test_two_who_hurry_through_one_queue_decide_each_comment_once(at_work, capsys):
    ana = at_work("hurry", distinct(COMMENTS), roles=[Role.MODERATOR])
    ben = at_work("hurry", who="ben", roles=[Role.MODERATOR])
    both, strokes = (ana, ben), 0
    while ana.waiting():
        for work in both * 5:
            strokes += hurry(work, "s" if strokes % 3 else "a")
            work.page.wait_for_timeout(20)
        assert strokes < 40 * COMMENTS, "the queue never becomes empty"
    for work in both:
        work.page.wait_for_timeout(1_000)
        work.page.goto(work.queue)
    decided = ana.decided()
    assert len(decided) == len({one.comment_id for one in decided}) == COMMENTS
    by = [sum(one.moderator_id == ana.console.people[name] for one in decided) for name in ("ana", "ben")]
    assert min(by) > COMMENTS / 10, "one of them did nothing"
    refused = [sum("412" in fault or "422" in fault for fault in work.watched.faults()) for work in both]
    told = [int(work.page.evaluate("sessionStorage.getItem('told') ?? 0")) for work in both]
    assert told == refused
    with capsys.disabled():
        print(f"\n{COMMENTS} comments by two: {by}, conflicts {refused}, shown {told}")  # noqa: T201 - a figure


def test_whoever_is_slower_is_told_by_whom_and_loses_no_word(at_work):
    ana = at_work("same", distinct(4))
    first = ana.card
    ben = at_work("same", who="ben", roles=[Role.MODERATOR])
    ben.page.goto(f"{ben.queue}?card={first}")
    assert ben.card == first
    assert "Ana is on it" in ben.page.locator("#card").inner_text()
    ben.press("r")
    ben.page.locator("#sentence").fill("Please say it without the name.")
    ben.page.keyboard.press("Escape")
    ben.press("n")
    ben.page.locator("#note").fill("He was warned twice.")
    ben.page.keyboard.press("Escape")
    ana.press("s")
    ana.says("Removed")
    ben.press("a")
    ben.page.locator("#card .conflict").wait_for()
    assert ben.card == first
    for place in (ben.page.locator("#card .conflict").inner_text(), ben.live):
        assert "Ana removed it" in place
        assert "ago" in place
    assert ben.page.locator("#sentence").input_value() == "Please say it without the name."
    assert ben.page.locator("#note").input_value() == "He was warned twice."
    assert ben.focused() == "card-head"
    (decided,) = ben.decided()
    assert decided.verdict is Verdict.REMOVE
    ben.page.wait_for_timeout(700)  # a card that comes back takes no key that was meant for another
    ben.press("a")
    until(lambda: len(ben.decided()) == 2, "whoever has read what happened may decide anew")
    assert ben.console.row(first).state is State.PUBLISHED


def test_without_a_script_the_slower_is_told_too_and_finds_the_own_words(at_work):
    ana = at_work("plain", distinct(3))
    first = ana.card
    ben = at_work("plain", who="ben", roles=[Role.MODERATOR], javascript=False)
    ben.page.goto(f"{ben.queue}?card={first}")
    ben.page.locator("details[data-action=remove] > summary").click()
    ben.page.locator("#sentence").fill("Please say it without the name.")
    ana.press("a")
    ana.says("Approved")
    ben.page.get_by_role("button", name="Insult").click()
    ben.page.get_by_role("alert").wait_for()
    assert "Ana approved it" in ben.page.get_by_role("alert").inner_text()
    assert ben.page.locator("#sentence").input_value() == "Please say it without the name."
    assert len(ben.decided()) == 1


def test_the_shown_card_and_the_next_four_are_leased_and_a_lead_may_take_one_over(at_work):
    ana = at_work("lease", distinct(12), roles=[Role.MODERATOR])
    until(lambda: _leased(ana) == 5, "ana has her card and four more")
    ben = at_work("lease", who="ben")
    marks = ben.page.locator("#items .on-it:not([hidden])").all_inner_texts()
    assert marks == ["Ana is on it"] * 5
    assert ben.page.locator("#items li").nth(5).get_attribute("data-id") == ben.card
    until(lambda: _leased(ben) == 10, "ben has five more")
    fifth, first = (ben.page.locator("#items li").nth(number).get_attribute("data-id") for number in (5, 0))
    assert "is on it" not in ben.page.locator("#card").inner_text()
    ana.page.locator(f"#items li[data-id='{fifth}'] a").click()
    ana.next(first)
    assert "Ben is on it" in ana.page.locator("#card .on-it").inner_text()
    assert ana.page.get_by_role("button", name="Take it over").count() == 0, "a moderator asks a lead"
    ana.page.locator(f"#items li[data-id='{first}'] a").click()
    ana.next(fifth)
    until(lambda: _leased(ana) == 10, "ana is on her first one again")
    ben.page.goto(f"{ben.queue}?card={first}")
    ben.page.get_by_role("button", name="Take it over").click()
    ben.says("You are on it now")
    assert ben.card == first
    assert "is on it" not in ben.page.locator("#card").inner_text()
    assert "Ben took it over" in ben.page.locator("#card .timeline").text_content().replace("\n", " ")


def _opened_at_once(at_work, name: str) -> tuple[Work, Work]:
    """Two who have loaded the same page before either of them had a lease; Ana's comes first."""
    ana, ben = at_work(name, distinct(8)), at_work(name, who="ben")
    until(lambda: _leased(ana) == 8, "no lease is under way any more")
    for work in (ana, ben):
        work.page.route("**/claims", lambda route: route.abort())
    with ana.console.server.database.transaction() as db:
        db.connection().execute(delete(ClaimRow).where(col(ClaimRow.site_id) == ana.site.site.id))
    for work in (ana, ben):
        work.page.goto(f"{work.queue}?order=newest")
    assert ana.card == ben.card
    for work in (ana, ben):
        work.page.unroute("**/claims")
    ana.page.evaluate(LEASE)
    until(lambda: _leased(ana) == 5, "ana has hers")
    return ana, ben


def test_of_two_who_open_one_card_at_once_the_slower_is_led_on(at_work):
    ana, ben = _opened_at_once(at_work, "at-once")
    shown = ana.card
    ben.page.evaluate(LEASE)
    assert ben.next(shown) == ben.page.locator("#items li").nth(5).get_attribute("data-id")
    ben.says("Ana is on that one")
    assert ana.card == shown
    ben.page.wait_for_timeout(700)
    ben.press("s")
    ben.says("Removed")
    assert [one.moderator_id for one in ben.decided()] == [ben.console.people["ben"]]


def test_whoever_has_begun_on_it_stays_and_reads_who_else_is_on_it(at_work):
    ana, ben = _opened_at_once(at_work, "begun")
    ben.press("n")
    ben.page.keyboard.type("Half a thou")
    ben.page.evaluate(LEASE)
    ben.page.locator("#card .on-it", has_text="Ana is on it").wait_for()
    ben.page.keyboard.type("ght")
    ben.page.keyboard.press("Escape")
    ben.press("s")
    ben.page.locator("#card .conflict", has_text="Ana is on it until").wait_for()
    assert (ben.card, ben.page.locator("#note").input_value()) == (ana.card, "Half a thought")
    ben.page.get_by_role("button", name="Take it over").click()
    ben.says("You are on it now")
    ben.page.wait_for_timeout(GUARD)
    assert (ben.card, ben.page.locator("#note").input_value()) == (ana.card, "Half a thought")
    ben.page.keyboard.press("Escape")
    ben.press("s")
    ben.says("Removed")
    assert [one.moderator_id for one in ben.decided()] == [ben.console.people["ben"]]


def _leased(work: Work) -> int:
    with work.console.server.database.snapshot() as db:
        return len(list(db.exec(select(ClaimRow).where(ClaimRow.site_id == work.site.site.id))))


def test_what_came_meanwhile_is_told_and_moves_nothing(at_work):
    work = at_work("news", distinct(3))
    before = work.page.locator("#items li").evaluate_all("all => all.map(one => one.dataset.id)")
    work.console.say(distinct(5)[3:], at=work.site)
    work.press("j")
    work.page.locator("#new").wait_for()
    assert work.page.locator("#new").inner_text() == "View 2 new"
    assert work.page.locator("#items li").evaluate_all("all => all.map(one => one.dataset.id)") == before
    work.page.locator("#new a").click()
    work.page.wait_for_function("document.querySelectorAll('#items li').length === 5")
