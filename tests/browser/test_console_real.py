"""Real comments at the size of a small laptop's screen: all that decides is in sight as soon as a card is shown."""

import gzip
import json
import os
from pathlib import Path
from typing import Any, Final

import pytest

from tests.support.console_browser import distinct, until
from tests.support.factories import PERMALINK
from tests.support.source import PROJECT

pytestmark = pytest.mark.loopback
SETS: Final = {  # a set that may be used for training -> how many of its comments, evenly from first to last
    "beer_se_comments": 55,
    "fox_news_comments": 60,
    "youtube_spam_uci": 45,
    "wiki_talk_context": 20,
}
LONGEST: Final = 5  # of each set, besides
SHARE: Final = 0.95
MEASURE: Final = """async () => {
    const wait = () => new Promise(done => setTimeout(done, 1));
    const isInside = one => {
        const box = one.getBoundingClientRect();
        return box.width > 0 && box.top >= 0 && box.bottom <= innerHeight && box.left >= 0 && box.right <= innerWidth;
    };
    const seen = [];
    for (const li of document.querySelectorAll("#items li")) {
        li.querySelector("a").click();
        while (document.querySelector("#card")?.dataset.id !== li.dataset.id) await wait();
        const parts = [...document.querySelectorAll("#act .buttons > button, #act .buttons > details > summary")];
        const words = document.querySelector(".said-text").textContent;
        seen.push([parts.length, parts.every(isInside), words.length, scrollY]);
    }
    return seen;
}"""


def _folder() -> Path:
    return Path(os.environ.get("CANDOR_DATA") or PROJECT.parent / "shared/data")


def _real() -> list[dict[str, Any]]:
    """Comments of every set, with what a blog would know of them; none of them is stored or shown elsewhere."""
    found = []
    for name, count in SETS.items():
        path = _folder() / name / f"{name}.jsonl.gz"
        if not path.is_file():
            pytest.skip(f"no labelled comments: {path.name} is not in the folder that CANDOR_DATA names")
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
        longest = sorted(rows, key=lambda row: len(row["text"]))[-LONGEST:]
        found += [_body(row) for row in [*rows[:: len(rows) // count][:count], *longest]]
    return found


def _body(row: dict[str, Any]) -> dict[str, Any]:
    author = {"name": str(row.get("author") or "")[:200], "url": row.get("author_url") or "", "ip": "192.0.2.7"}
    return {"permalink": PERMALINK, "content": row["text"][:60_000], "author": author}


def test_all_that_decides_is_in_sight_for_nearly_every_real_comment(at_work, capsys):
    bodies = _real()
    work = at_work("real", bodies)
    seen, address = [], work.queue
    while address:
        work.page.goto(address)
        seen += work.page.evaluate(MEASURE)
        following = work.page.locator("#next-page")
        address = following.get_attribute("href") if following.count() else ""
    share = sum(is_inside for _, is_inside, _, _ in seen) / len(seen)
    longest = max(length for _, _, length, _ in seen)
    with capsys.disabled():
        print(f"\n{len(seen)} real comments, the longest of {longest:,} signs: {share:.1%} decided without scrolling")  # noqa: T201 - a figure
    assert len(seen) > 150
    assert longest > 2_000
    assert {count for count, _, _, _ in seen} == {5}
    assert {scrolled for _, _, _, scrolled in seen} == {0}
    assert share >= SHARE
    until(lambda: len(work.waiting()) == len(bodies), "looking decides nothing")


def test_nor_do_long_notes_push_what_decides_out_of_sight(at_work):
    """The worst that the team can do to a long comment: it is handed over, with notes as long as can be."""
    work = at_work("noted", [f"{text} " + "And so it goes on, and on. " * 200 for text in distinct(4)])
    for row in work.waiting():
        work.console.hand_over("ana", row.id, ["Seen on three other sites. " * 70, "Known troll. " * 150], at=work.site)
    work.page.goto(f"{work.queue}?tab=escalated")
    seen = work.page.evaluate(MEASURE)
    assert [(count, is_inside) for count, is_inside, _, _ in seen] == [(5, True)] * 4
    assert "Known troll." in work.page.locator("#card > .note").nth(1).inner_text()
