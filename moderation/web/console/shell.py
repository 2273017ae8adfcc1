"""What every page of the console shares: the bar with true counts, where one can go, how a refusal is said."""

import json
from collections.abc import Mapping
from typing import Any, Final

from fastapi.responses import Response

from moderation import clock
from moderation.duties import appealing, rechecking, reviewing
from moderation.errors import ModerationError
from moderation.judging.capabilities import Action
from moderation.judging.moderating import CATEGORY_WORDS, DIGITS
from moderation.judging.preferences import KEY_WORDS
from moderation.runtime import Db
from moderation.vocabulary import Order, Waiting
from moderation.web import pages, problems
from moderation.web.console.access import Here, Signed

ORDER_WORDS: Final[Mapping[Order, str]] = {
    Order.USEFUL: "Most useful first: overdue, then reported, then nearest to a threshold, then oldest",
    Order.OLDEST: "Longest waiting first",
    Order.NEWEST: "Newest first",
    Order.LIKELY_SPAM: "Likeliest spam first",
    Order.LIKELY_FINE: "Likeliest fine first",
}
TAB_WORDS: Final[Mapping[Waiting, str]] = {
    Waiting.HELD: "Held",
    Waiting.REPORTED: "Reported",
    Waiting.EDITED: "Edited",
    Waiting.DEFERRED: "Put off",
    Waiting.ESCALATED: "With a lead",
}
SAID: Final[Mapping[str, str]] = {
    "publish": "Approved.",
    "remove": "Removed.",
    "hold": "Held.",
    "overtaken": "Done, but for what somebody else decided, or the writer changed, since the page was made.",
    "none": "Nothing was decided.",
    "defer": "Put off: it stands last now.",
    "escalate": "Handed to a lead.",
    "note": "Your note is kept.",
    "take_over": "You are on it now.",
    "undo": "Taken back.",
    "undo_more": "Part of it is taken back. Take back once more for the rest.",
    "saved": "Saved.",
    "added": "Added.",
    "removed": "It is gone.",
    "ended": "The other logins have ended.",
    "rolled_back": "The model is what it was then.",
    "heard": "Answered. The writer reads it on the receipt.",
    "looked": "Thank you. That is measured.",
}
"""What a page says after something was done; the address carries the word, never a text."""
UNDOABLE: Final = frozenset({"publish", "remove", "hold"})
"""What can be taken back: decisions; what was put off or handed on waits still, and is decided there."""

_DIGITS: Final = 5


def page(template: str, context: Mapping[str, Any], *, refusal: ModerationError | None = None) -> Response:
    """Returns a page of the console; one that says why something was refused has the refusal's status and headers."""
    if refusal is None:
        return pages.page(f"console/{template}", context)
    return pages.page(
        f"console/{template}", context, status=problems.status_of(refusal), headers=problems.headers_of(refusal)
    )


def signed(me: Signed, done: str = "", /, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - a template's values
    """Returns what a page of somebody who is signed in shows."""
    preferences = me.preferences
    return {
        "me": me.visit.person,
        "token": me.token,
        "sites": me.sites,
        "site": None,
        "preferences": preferences,
        "keys": preferences.keys,
        "key_words": KEY_WORDS,
        "keys_json": json.dumps(dict(preferences.keys) if preferences.single_keys else {}),
        "done": SAID.get(done, ""),
        "undoable": done in UNDOABLE,
        "problem": "",
        "part": "",
    } | more


def said(done: str, left: str) -> str:
    """Returns what a page says after many were decided at once: `left` counts those that somebody else is on."""
    count = int(left) if left.isascii() and left.isdecimal() and len(left) <= _DIGITS else 0
    on_them = f"{count:,} left: somebody is on {'it' if count == 1 else 'them'}." if count else ""
    return f"{SAID.get(done, '')} {on_them}".strip()


def at_site(db: Db, here: Here, done: str = "", /, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - a template's values
    """Returns what a page about one site shows: counted in the same moment as the rest of the page."""
    with_tabs: dict[str, Any] = {
        "site": here.site,
        "path": here.path,
        "may": {action.name.lower(): here.may(action) for action in Action},
        "tabs": counts(db, here),
        "tab": "",
        "categories": {digit: (category.value, CATEGORY_WORDS[category]) for digit, category in DIGITS.items()},
    }
    return signed(here.signed, done, **with_tabs) | more


def counts(db: Db, here: Here) -> list[dict[str, Any]]:
    """Returns the tabs of a site: what each is called, its word in an address, and how much waits there."""
    waiting = reviewing.counts(db, desk=here.desk)
    whole = sum(waiting.get(kind, 0) for kind in reviewing.tabs(here.desk))
    shown = [{"word": "all", "name": "Queue", "count": whole}]
    for kind, name in TAB_WORDS.items():
        if kind is Waiting.HELD or waiting.get(kind):
            shown.append({"word": kind.value, "name": name, "count": waiting.get(kind, 0)})
    if here.may(Action.DECIDE):
        sample = rechecking.count_waiting(db, site_id=here.site.id, moderator_id=here.signed.visit.person.id)
        shown.append({"word": "sample", "name": "Sample", "count": sample})
    if here.may(Action.HEAR):
        asked = appealing.count_waiting(db, site_id=here.site.id)
        shown.append({"word": "appeals", "name": "Appeals", "count": asked})
    return shown


def new_key() -> str:
    """Returns a name for one sending of a form, so that a second press has no second effect."""
    return clock.new_id().hex
