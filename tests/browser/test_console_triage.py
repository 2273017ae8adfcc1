"""Deciding with keys alone: how many it takes, when they are dead, fifty steps back, and a flood in one stroke."""

import time
from statistics import median
from typing import Final

import pytest

from moderation.clock import Id
from moderation.storage import events
from moderation.vocabulary import Category, EventKind, Role, State, Verdict
from tests.support.console_browser import GUARD, Console, Work, distinct, until

pytestmark = pytest.mark.loopback
COMMENTS: Final = 50
MIX: Final = "sasarsaaaras"  # of twelve comments five are approved, five are spam, and two go for another reason
WAVES: Final = 1_000
FLOOD: Final = "Win at Lucky Star casino tonight, fifty free spins for every new player, only today:"
REASONS: Final = dict(zip("123456789", tuple(Category)[1:], strict=True))


def test_fifty_comments_take_at_most_one_and_three_tenths_strokes_each(at_work, capsys):
    work = at_work("fifty", distinct(COMMENTS))
    page = work.page
    wanted: dict[str, tuple[Verdict, Category | None]] = {}
    strokes, waits = [], []
    for number in range(COMMENTS):
        card = work.card
        assert card not in wanted, "a decided card came back"
        key = MIX[number % len(MIX)]
        digit = str(number % 9 + 1) if key == "r" else ""
        reason = REASONS[digit] if digit else Category.SPAM
        wanted[card] = (Verdict.PUBLISH, None) if key == "a" else (Verdict.REMOVE, reason)
        began = time.monotonic()
        strokes.append(work.press(*key + digit))
        if number < COMMENTS - 1:
            page.wait_for_function("but => document.querySelector('#card').dataset.id !== but", arg=card)
            waits.append(time.monotonic() - began)
            page.wait_for_timeout(160)
    page.get_by_text("Nothing waits here.").wait_for()
    until(lambda: not work.waiting(), "every decision is stored")
    stored = {str(one.comment_id): (one.verdict, one.reasons[0]["code"]) for one in work.decided()}
    assert len(work.decided()) == COMMENTS
    assert stored == {id_: (verdict, _code(reason)) for id_, (verdict, reason) in wanted.items()}
    assert median(strokes) <= 1.3
    assert sum(strokes) / COMMENTS <= 1.3
    assert work.watched.faults() == []
    with capsys.disabled():
        print(  # noqa: T201 - a figure for whoever reads the run; nothing is asserted about time
            f"\n{COMMENTS} comments: median {median(strokes)}, mean {sum(strokes) / COMMENTS:.2f} strokes; "
            f"key to next card, median {median(waits) * 1_000:.0f} ms as seen from outside the browser"
        )


def _code(reason: Category | None) -> str:
    return f"moderator.{reason.value}" if reason else "moderator.approved"


def test_keys_are_dead_where_they_are_not_meant(at_work):
    work = at_work("dead", distinct(6))
    page = work.page
    first = work.card
    for modifier in ("Control", "Alt", "Meta"):
        page.keyboard.press(f"{modifier}+s")
    for key in ("7", "q", "Escape", "Enter", " ", "Tab"):
        page.keyboard.press(key)
    page.locator("#find").focus()
    page.keyboard.type("sard")
    page.keyboard.press("n")
    page.locator("#find").evaluate("field => { field.value = ''; field.blur() }")
    page.keyboard.press("n")
    page.keyboard.type("as sad as radishes, read aloud")
    page.keyboard.press("Escape")
    page.locator("#order").focus()
    page.keyboard.press("s")
    page.locator("#order").evaluate("field => field.blur()")
    assert (work.card, page.locator("#note").input_value()) == (first, "as sad as radishes, read aloud")
    assert work.decided() == []


def test_a_held_key_and_an_echo_on_the_next_card_decide_nothing(at_work):
    work = at_work("echo", distinct(6))
    page = work.page
    first = work.card
    page.evaluate("""() => {
        const press = repeat =>
            document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "s", repeat, bubbles: true }));
        const echo = (_, seen) => { seen.disconnect(); press(false); press(true); };
        press(true);
        new MutationObserver(echo).observe(document.querySelector("#pane"), { childList: true });
        press(false);
    }""")
    second = work.next(first)
    work.says("Removed")
    assert [str(one.comment_id) for one in work.decided()] == [first]
    page.keyboard.down("s")
    page.keyboard.down("s")  # what a browser sends while a key is held
    page.keyboard.up("s")
    work.next(second)
    work.says("4 left")
    until(lambda: len(work.decided()) == 2, "the second decision is stored")


def test_caps_lock_changes_no_key_and_shift_means_all_that_are_selected(at_work):
    work = at_work("caps", distinct(8))
    page = work.page
    first = work.card
    page.evaluate("document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'A', bubbles: true}))")
    work.next(first)
    until(lambda: [one.verdict for one in work.decided()] == [Verdict.PUBLISH], "one is approved")
    work.press("x")
    page.keyboard.press("j")
    page.wait_for_timeout(200)
    work.press("x")
    assert page.locator("#items input:checked").count() == 2
    page.keyboard.press("Shift+S")
    work.says("Removed")
    until(lambda: len(work.decided()) == 3, "the selected two are removed")
    assert len({one.batch_id for one in work.decided()[1:]}) == 1


def test_every_other_key_does_what_the_help_says(at_work):
    work = at_work("other", distinct(6))
    page = work.page
    first = work.card
    page.keyboard.press("j")
    second = work.next(first)
    page.keyboard.press("k")
    assert work.next(second) == first
    for key, part in (("t", "thread"), ("u", "author")):
        page.keyboard.press(key)
        assert page.locator(f"details[data-action={part}]").evaluate("one => one.open")
    page.keyboard.press("f")
    assert not page.locator(".list").is_visible()
    page.keyboard.press("f")
    page.keyboard.press("n")
    page.keyboard.type("Ask Ruth.")
    page.get_by_role("button", name="Keep the note").click()
    work.says("Your note is kept")
    assert work.card == first
    page.keyboard.press("d")
    work.next(first)
    work.says("Put off")
    third = work.card
    page.keyboard.press("e")
    work.next(third)
    work.says("Handed to a lead")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "find"
    page.locator("#find").evaluate("field => field.blur()")
    page.keyboard.press("Control+k")
    assert page.evaluate("document.activeElement.id") == "find"
    page.locator("#find").fill(first)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/comments/{first}")
    assert "Ask Ruth." in page.locator("#card").inner_text()
    page.keyboard.press("?")
    page.wait_for_url("**/console/help")
    assert work.watched.faults() == []


def test_fifty_decisions_are_taken_back_one_by_one(console, at_work):
    work = at_work("back", distinct(50))
    decided = [str(row.id) for row in work.waiting()[:45]]
    for id_ in decided:
        console.remove_as("ana", id_, at=work.site)
    work.page.reload()
    for left in (4, 3, 2, 1, 0):
        decided.append(work.card)
        work.press("s")
        work.says(f"Removed. {left} left") if left else work.page.get_by_text("Nothing waits here.").wait_for()
        work.page.wait_for_timeout(GUARD)
    for count in range(1, 51):
        work.press("z")
        work.page.wait_for_function("id => document.querySelector('#card')?.dataset.id === id", arg=decided[-count])
        work.page.wait_for_load_state()
        assert len(work.waiting()) == count
    assert {str(row.id) for row in work.waiting()} == set(decided)
    work.press("z")
    work.says("nothing left to take back")


def test_taking_back_reaches_outside_only_what_had_been_told(console, at_work):
    work = at_work("told", distinct(3))
    page = work.page
    soon = work.card
    page.keyboard.press("s")
    later = work.next(soon)
    work.says("Removed")
    page.keyboard.press("z")
    work.says("Taken back")
    assert work.card == soon
    assert console.row(soon).state is State.HELD
    assert _told(console, work, soon) == []
    page.locator(f"li[data-id='{later}'] a").click()
    work.next(soon)
    page.keyboard.press("s")
    work.says("Removed")
    page.wait_for_timeout(10_500)  # until whoever is outside has heard of it
    page.keyboard.press("z")
    work.says("Taken back")
    assert console.row(later).state is State.HELD
    assert len(_told(console, work, later)) == 2


def _told(console: Console, work: Work, comment_id: str) -> list[str]:
    """What the outbox has told, or will tell, of moderators' decisions about a comment."""
    with console.server.database.snapshot() as db:
        rows = events.of_comment(db, site_id=work.site.site.id, comment_id=Id(comment_id))
    decided = [row.facts for row in rows if row.kind is EventKind.DECIDED]
    return [facts["verdict"] for facts in decided if facts["actor"] == "moderator"]


def test_a_flood_is_one_card_and_is_cleared_by_one_key_and_a_typed_number(at_work, capsys):
    wave = [f"{FLOOD} http://lucky-star.example/?p={number}" for number in range(WAVES)]
    work = at_work("flood", wave)
    began, page = time.monotonic(), work.page
    assert page.locator("#items li").count() == 1
    assert page.locator("#card .alike").inner_text() == f"{WAVES} alike"
    assert page.locator("#card .group li").count() == 3
    page.keyboard.press("Shift+S")
    page.get_by_role("heading", name=f"{WAVES} comments").wait_for()
    assert page.locator("main ol.around li").count() == 3
    assert work.focused() == "typed"
    page.keyboard.type(str(WAVES - 1))
    page.keyboard.press("Enter")
    page.get_by_role("alert").wait_for()
    assert work.decided() == []
    page.locator("#typed").fill("")
    page.locator("#typed").focus()
    page.keyboard.type(str(WAVES))
    page.keyboard.press("Enter")
    page.get_by_text("Nothing waits here.").wait_for()
    took = time.monotonic() - began
    decided = work.decided()
    assert len({one.comment_id for one in decided}) == len(decided) == WAVES
    assert {one.verdict for one in decided} == {Verdict.REMOVE}
    assert len({one.batch_id for one in decided}) == 1
    assert [fault for fault in work.watched.faults() if "status of 422" not in fault] == []
    with capsys.disabled():
        print(f"\n{WAVES} alike, cleared in {took:.1f} s with one wrong number between")  # noqa: T201 - a figure


def test_what_was_decided_together_is_taken_back_together(at_work):
    work = at_work("wave", [f"{FLOOD} http://lucky-star.example/?p={number}" for number in range(30)])
    work.press("Shift+A")
    work.page.get_by_text("Nothing waits here.").wait_for()
    assert len(work.decided()) == 30
    work.press("z")
    work.says("Taken back")
    assert len(work.waiting()) == 30


def test_a_moderator_decides_fifty_at_once_and_no_more(at_work):
    wave = [f"{FLOOD} http://lucky-star.example/?p={number}" for number in range(60)]
    work = at_work("many", wave, who="ben", roles=[Role.MODERATOR])
    work.press("Shift+S")
    work.page.get_by_role("alert").wait_for()
    assert "Only a lead of this site may" in work.page.get_by_role("alert").inner_text()
    assert work.page.locator("#typed").count() == 0
    assert work.decided() == []


def test_only_what_can_be_taken_back_is_said_to_be(at_work):
    work = at_work("sayings", distinct(5))
    first = work.card
    work.press("s")
    second = work.next(first)
    work.says("Removed. 4 left on this page. Take it back with Z.")
    for key, words in (("e", "Handed to a lead. 3 left"), ("d", "Put off: it stands last now. 2 left")):
        work.press(key)
        second = work.next(second)
        work.says(words)
        assert "Take it back" not in work.live
    work.press("z")
    work.says("Taken back")
    assert work.card == first


def test_shift_and_the_key_that_removes_ask_for_the_reason_of_all_that_are_selected(at_work):
    work = at_work("why-all", distinct(5))
    work.press("x")
    work.press("j")
    work.page.wait_for_timeout(200)
    work.press("x")
    work.page.keyboard.press("Shift+R")
    work.says("Press a number. 1 Insult, 2 Harassment")
    assert work.decided() == []
    work.press("j")  # another key than a number, and nothing is asked any more
    work.press("6")
    work.page.wait_for_timeout(300)
    assert work.decided() == []
    work.page.keyboard.press("Shift+R")
    work.press("6")
    until(lambda: len(work.decided()) == 2, "both are removed")
    assert {one.reasons[0]["code"] for one in work.decided()} == {_code(REASONS["6"])}
    assert len({one.batch_id for one in work.decided()}) == 1
