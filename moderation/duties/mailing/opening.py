"""A mailed link is used, once: the comments behind it, each with a fresh way to its receipt; it sends nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from moderation.clock import Id
from moderation.errors import NotFound
from moderation.judging.receipt import link_in
from moderation.storage import comments, mails, receipts
from moderation.storage.database import Db
from moderation.storage.fields_of_rights import LINK_LIFE, PASS_LIFE
from moderation.storage.sites import Site

LIFE: Final = f"PT{LINK_LIFE // timedelta(hours=1)}H"
OPEN_FOR: Final = f"PT{PASS_LIFE // timedelta(hours=1)}H"
MOST_SHOWN: Final = 100
"""Of each site, the newest; each has a row that opens it for an hour."""


@dataclass(frozen=True, slots=True)
class Found:
    """A comment in the list; `token` opens its receipt for an hour."""

    site: str
    permalink: str
    received_at: datetime
    state: str
    content: str
    token: str = field(repr=False)


def open_link(db: Db, *, pasted: str, sites: Mapping[Id, Site], now: datetime) -> tuple[Found, ...]:
    """Uses a mailed link up and returns the comments of the address that it was mailed to, the newest first.

    Raises:
        NotFound: in the same words for what is no link, unknown, used already or over.
    """
    owners = mails.take_link(db, secret=link_in(pasted), now=now)
    if not owners:
        raise NotFound("This link does not work. It may have been used already, or be too old. Ask for a new one.")
    rows = [
        row
        for owner in owners
        for row in comments.of_email_code(db, site_id=owner.site_id, email_code=owner.email_code, limit=MOST_SHOWN)
    ]
    rows.sort(key=lambda row: row.id, reverse=True)
    return tuple(
        Found(
            site=sites[row.site_id].name if row.site_id in sites else "",
            permalink=row.permalink,
            received_at=row.received_at,
            state=row.state.value,
            content=row.content,
            token=receipts.add_pass(db, row=row, now=now).token,
        )
        for row in rows
    )
