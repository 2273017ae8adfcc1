"""The verbs about the key itself: verification, subscription, statistics; all counted from what is stored."""

import re
from collections.abc import Callable
from typing import TypeVar

from starlette.concurrency import run_in_threadpool

from moderation import clock
from moderation.duties import counting
from moderation.duties.checking import Caller
from moderation.duties.counting import Tally
from moderation.errors import Unauthenticated
from moderation.runtime import Db
from moderation.seal import new_link_secret
from moderation.web.akismet import answers
from moderation.web.akismet.answers import Answer
from moderation.web.akismet.requests import Call

_MONTH = re.compile(r"[1-9][0-9]{3}-(0[1-9]|1[0-2])")
_ORDERS = {
    "total": "calls",
    "spam": "spam",
    "ham": "ham",
    "missed_spam": "missed_spam",
    "false_positives": "false_positives",
}
_PAGE = 500
Counted = TypeVar("Counted")


async def caller_of(call: Call) -> Caller | Answer:
    """Returns who calls; these verbs need no blog."""
    try:
        return await call.admit()
    except Unauthenticated:
        return answers.invalid(call.key_fault)


async def verify_key(call: Call) -> Answer:
    """`valid` or `invalid`; a blog may be missing, an unreadable one is refused."""
    if call.key == "":
        return answers.invalid('Empty "key" value')
    caller = await caller_of(call)
    if isinstance(caller, Answer):
        return caller
    blog = call.fields.get("blog").strip()
    return (
        answers.invalid("We were unable to parse your blog URI") if blog and not caller.blog else answers.word("valid")
    )


async def get_subscription(call: Call) -> Answer:
    """The account as WordPress wants to see it; without it, its key form calls a valid key invalid."""
    caller = await caller_of(call)
    if isinstance(caller, Answer):
        ended = call.doors.runtime.directory.latest.has_ended(call.digest, clock.now())
        return _subscription(0, "suspended") if ended else caller
    return _subscription(caller.site.id.int % 2**31, "active")


def _subscription(account: int, status: str) -> Answer:
    return answers.as_json(
        {
            "account_id": account,
            "account_type": "self-hosted",
            "account_name": "Candor",
            "status": status,
            "next_billing_date": False,
            "limit_reached": False,
        }
    )


async def usage_limit(call: Call) -> Answer:
    """How many checks this month; there is no limit."""
    caller = await caller_of(call)
    if isinstance(caller, Answer):
        return caller
    used = await _counted(call, lambda db: counting.calls_this_month(db, site_id=caller.site.id, now=clock.now()))
    answer: dict[str, object] = {"limit": "none", "usage": used, "percentage": "0", "throttled": False}
    if call.fields.is_true("extended"):
        answer |= {"notice_level": 0, "upgrade": False}
    return answers.as_json(answer)


async def get_stats(call: Call) -> Answer:
    """Totals as numbers and months as texts, the way the clients' type checks want them."""
    caller = await caller_of(call)
    if isinstance(caller, Answer):
        return caller
    period, now = call.fields.get("from").strip(), clock.now()
    first, last = counting.first_day_of(period, now), counting.last_day_of(period, now)
    stats = await _counted(call, lambda db: counting.since(db, site_id=caller.site.id, first=first, last=last))
    totals = {name: stats.total(name) for name in ("spam", "ham", "missed_spam", "false_positives")}
    months = {
        month.key: {name: str(getattr(month, name)) for name in totals}
        | {"blogs": str(month.blogs), "da": f"{month.key}-01"}
        for month in stats.months
    }
    saved = counting.SECONDS_SAVED * totals["spam"]
    return answers.as_json(totals | {"accuracy": stats.accuracy, "time_saved": saved, "breakdown": months})


async def key_sites(call: Call) -> Answer:
    """One month of the key's blogs, as one bucket, which is a list (the strictest client throws on anything else)."""
    caller = await caller_of(call)
    if isinstance(caller, Answer):
        return caller
    month = call.fields.get("month").strip() or f"{clock.now():%Y-%m}"
    if not _MONTH.fullmatch(month):
        return answers.refusal("The month must be written YYYY-MM.", "Invalid month")
    tallies = await _counted(call, lambda db: counting.blogs_in(db, site_id=caller.site.id, month=month))
    wanted = [tally for tally in tallies if call.fields.get("filter").strip().lower() in tally.key]
    order = _ORDERS.get(call.fields.get("order").strip(), "calls")
    wanted.sort(key=lambda tally: (-getattr(tally, order), tally.key))
    limit, offset = _number(call.fields.get("limit"), _PAGE), _number(call.fields.get("offset"), 0)
    rows = [_site_row(tally) for tally in wanted[offset : offset + limit]]
    paging = {"limit": limit, "offset": offset, "total": len(wanted)}
    return (
        _as_csv(call, month, rows, paging)
        if call.fields.get("format") == "csv"
        else answers.as_json({month: rows} | paging)
    )


def _site_row(tally: Tally) -> dict[str, str | bool]:
    return {
        "site": tally.key,
        "api_calls": str(tally.calls),
        "spam": str(tally.spam),
        "ham": str(tally.ham),
        "missed_spam": str(tally.missed_spam),
        "false_positives": str(tally.false_positives),
        "is_revoked": False,
    }


def _as_csv(call: Call, month: str, rows: list[dict[str, str | bool]], paging: dict[str, int]) -> Answer:
    masked = f"{(call.key or '')[:3]}*********"
    title = "Active sites for {} during {} (limit:{limit}, offset: {offset}, total: {total})".format(
        masked, month, **paging
    )
    head = ["Site", "Total API Calls", "Spam", "Ham", "Missed Spam", "False Positives", "Is Revoked"]
    return answers.as_csv(
        title, [head, *([str(cell).lower() if cell is False else str(cell) for cell in row.values()] for row in rows)]
    )


async def token(call: Call) -> Answer:
    """An opaque text; it opens nothing here."""
    caller = await caller_of(call)
    return caller if isinstance(caller, Answer) else answers.word(new_link_secret())


async def deactivate(call: Call) -> Answer:
    """Notes that the site's client was disconnected; changes nothing else."""
    caller = await caller_of(call)
    if isinstance(caller, Answer):
        return caller
    await run_in_threadpool(call.doors.note_disconnected, caller)
    return answers.word("deactivated")


async def verify_wpcom_key(call: Call) -> Answer:  # noqa: ARG001 - every verb takes its call
    """Sign-up at wordpress.com, which is not here."""
    return answers.invalid("Invalid key")


async def test(call: Call) -> Answer:  # noqa: ARG001 - every verb takes its call
    """WordPress's connectivity check."""
    return answers.word("connected")


async def compatible_plugins(call: Call) -> Answer:  # noqa: ARG001 - every verb takes its call
    """No plugin is recommended here."""
    return answers.as_json([])


async def _counted(call: Call, question: Callable[[Db], Counted]) -> Counted:
    def ask() -> Counted:
        with call.doors.runtime.database.snapshot() as db:
            return question(db)

    return await run_in_threadpool(ask)


def _number(text: str, default: int) -> int:
    return min(int(text), 10_000) if text.strip().isdecimal() and len(text) < 10 else default  # noqa: PLR2004 - digits
