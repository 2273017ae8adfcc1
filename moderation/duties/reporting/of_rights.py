"""What the notice says of what a writer can do; it does none of it."""

from datetime import timedelta
from typing import Final

from moderation.duties.reporting.of_running import writes_mail
from moderation.duties.reporting.statements import Statement
from moderation.duties.reporting.wording import iso, iso_days
from moderation.judging.facts import Provenance

CAN: Final = {  # what a writer can do with the receipt -> the door that does it
    "see it": "POST /receipt",
    "ask for another look": "POST /receipt/appeal",
    "correct it": "POST /receipt/correct",
    "export it": "POST /receipt/export",
    "erase it": "POST /receipt/erase",
    "object to learning from it": "POST /receipt/object",
    "stop its deletion": "POST /receipt/freeze",
}
HEARING: Final = (
    "A person answers each appeal, and never the one who decided first. If the website has no second person, the "
    "appeal waits until it has one."
)
_RUNNING: Final = "the running settings"

STATEMENTS: Final = (
    Statement(
        "receipt.url",
        Provenance.SETTINGS,
        f"{_RUNNING}; the pages that this service has are asked for it",
        lambda ground: f"{ground.settings.base_url}/receipt",
    ),
    Statement(
        "receipt.can",
        Provenance.SCHEMA,
        "the pages this version has; each is looked for",
        lambda _: dict.fromkeys(CAN, True),
    ),
    Statement(
        "receipt.delay",
        Provenance.SETTINGS,
        f"{_RUNNING}; before that, a receipt says no more than that the comment has come",
        lambda ground: iso(timedelta(minutes=ground.settings.receipt_delay_minutes)),
    ),
    Statement(
        "receipt.lost",
        Provenance.SETTINGS,
        f"{_RUNNING}; the page for lost receipts is looked for",
        lambda ground: writes_mail(ground.settings),
    ),
    Statement(
        "appeals.rules",
        Provenance.SETTINGS,
        f"{_RUNNING}; the stored appeals are compared with them",
        lambda ground: {
            "open_for": iso_days(ground.settings.appeal_days),
            "target": iso(timedelta(hours=ground.settings.appeal_hours)),
        },
    ),
    Statement(
        "appeals.hearing",
        Provenance.SCHEMA,
        "a rule of the database itself; the stored appeals are searched for one that breaks it",
        lambda _: HEARING,
    ),
)
