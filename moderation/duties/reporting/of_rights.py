"""What the notice says of what a writer can do; it does none of it."""

from datetime import timedelta
from typing import Any, Final

from moderation.duties.reporting import truth_of_rights as truth
from moderation.duties.reporting.of_running import writes_mail
from moderation.duties.reporting.statements import Statement
from moderation.duties.reporting.wording import iso, iso_days
from moderation.judging.facts import Provenance
from moderation.judging.redress import days_to_ask
from moderation.settings import Settings

HEARING: Final = (
    "A person answers each appeal, and never the one who decided first. If the website has no second person, the "
    "appeal waits until it has one."
)
_RUNNING: Final = "the running settings"


def _rules_of_appeals(settings: Settings) -> dict[str, Any]:
    """For how long a writer can ask for another look, by the comment's state, and how soon an answer is meant."""
    kept = {"held": settings.keep_held_days, "removed": settings.keep_removed_days}
    open_for = {state: iso_days(days_to_ask(settings.appeal_days, days)) for state, days in kept.items()}
    return {"open_for": open_for, "target": iso(timedelta(hours=settings.appeal_hours))}


STATEMENTS: Final = (
    Statement(
        "receipt.url",
        Provenance.SETTINGS,
        f"{_RUNNING}; the pages that this service has are asked for it",
        lambda ground: f"{ground.settings.base_url}/receipt",
        truth.url,
    ),
    Statement(
        "receipt.can",
        Provenance.SCHEMA,
        "the pages this version has; each is looked for",
        lambda ground: dict.fromkeys(truth.CAN, True) | {truth.APPEAL: not ground.site.is_closed},
        truth.can,
    ),
    Statement(
        "receipt.delay",
        Provenance.SETTINGS,
        f"{_RUNNING}; what the program thought is told that much later, or up to half as long again; a "
        "receipt is asked",
        lambda ground: iso(timedelta(minutes=ground.settings.receipt_delay_minutes)),
        truth.delay,
    ),
    Statement(
        "receipt.lost",
        Provenance.SETTINGS,
        f"{_RUNNING}; the page for lost receipts is looked for",
        lambda ground: writes_mail(ground.settings),
        truth.lost,
    ),
    Statement(
        "appeals.rules",
        Provenance.SETTINGS,
        f"{_RUNNING}; the stored appeals are compared with them",
        lambda ground: _rules_of_appeals(ground.settings),
        truth.appeals,
    ),
    Statement(
        "appeals.hearing",
        Provenance.SCHEMA,
        "a rule of the database itself; the stored appeals are searched for one that breaks it",
        lambda _: HEARING,
        truth.hearing,
    ),
)
