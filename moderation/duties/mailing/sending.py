"""Mails that are due: looked up, linked and handed over, one after another; no lock is held while a server is asked."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol

from moderation import telemetry
from moderation.clock import Id
from moderation.duties.mailing.asking import LINK, SECRET
from moderation.egress import Contacted, Letter, MailFailure, Purpose
from moderation.seal import Seal, new_receipt
from moderation.storage import comments, contacts, mails, requests, sites
from moderation.storage.database import Database, Db
from moderation.storage.fields_of_rights import MAIL_LIFE
from moderation.storage.ledger import email_code
from moderation.storage.mails import Owner
from moderation.storage.rights_tables import MailRow
from moderation.vocabulary import RequestKind

MOST_AN_HOUR: Final = 3
"""Unused links for one address: whoever is sent more without having asked would be flooded by us."""
PAUSES: Final = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))


class Mailer(Protocol):
    """What takes mails."""

    def send(self, letter: Letter, *, now: datetime, contacted: Contacted) -> None:
        """Sends a mail or raises MailFailure."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A mail in hand: the letter with its link, or none where there is nothing to send."""

    id: Id
    tries: int
    letter: Letter | None
    secret: str = field(default="", repr=False)
    site_ids: tuple[Id, ...] = ()


def is_due(db: Db, *, now: datetime) -> bool:
    """Returns whether a mail is to be tried now."""
    return mails.is_due(db, now=now)


def forget(db: Db, *, now: datetime) -> int:
    """Deletes links that have ended, mails that nobody could be brought, and old counts of contacts."""
    return mails.forget(db, now=now) + contacts.forget(db, now=now)


def deliver(database: Database, *, seal: Seal, mailer: Mailer | None, base_url: str, now: datetime) -> int:
    """Deals with the mail that has been due the longest and returns 1, or 0 where none is due."""
    with database.transaction() as db:
        taken = _take(db, seal=seal, base_url=base_url, is_sent=mailer is not None, now=now)
    if taken is None:
        return 0
    if taken.letter is None or mailer is None:
        return 1

    def count(purpose: Purpose) -> None:
        with database.transaction() as db:
            contacts.note(db, purpose=purpose.value, day=now.date())

    try:
        mailer.send(taken.letter, now=now, contacted=count)
    except MailFailure as failure:
        with database.transaction() as db:
            _put_back(db, taken, failure)
        return 1
    with database.transaction() as db:
        mails.drop(db, id_=taken.id)
        for site_id in taken.site_ids:
            requests.note_done(db, site_id=site_id, comment_id=None, kind=RequestKind.LOST_RECEIPT, now=now)
    telemetry.log("mail.sent", tries=taken.tries + 1)
    return 1


def _take(db: Db, *, seal: Seal, base_url: str, is_sent: bool, now: datetime) -> Taken | None:
    """Takes the mail in hand; the row stays, due again after the first pause, in case we do not come back."""
    row = mails.next_due(db, now=now)
    if row is None:
        return None
    content = seal.open("mail", row.sealed_to, to=str(row.id))
    if not is_sent or content is None or row.asked_at <= now - MAIL_LIFE:
        return _given_up(db, row, "off" if not is_sent else "late" if content else "unreadable")
    draft = json.loads(content)
    owners = _owners(db, seal, draft["to"])
    if not owners or mails.links_lately(db, owners=owners, now=now) >= MOST_AN_HOUR:
        mails.drop(db, id_=row.id)
        return Taken(row.id, row.tries, None)
    secret = new_receipt().secret
    mails.add_links(db, secret=secret, owners=owners, now=now)
    mails.postpone(db, id_=row.id, due_at=now + PAUSES[min(row.tries, len(PAUSES) - 1)])
    text = draft["text"].replace(LINK, f"{base_url}/receipt/mailed#{secret}").replace(SECRET, secret)
    letter = Letter(str(row.id), draft["to"], draft["subject"], text)
    return Taken(row.id, row.tries, letter, secret, tuple(owner.site_id for owner in owners))


def _owners(db: Db, seal: Seal, address: str) -> list[Owner]:
    """Where somebody with this address has comments: each site has a code of its own for it."""
    found = []
    for site_id in sites.every_id(db):
        code = email_code(seal, site_id, address)
        if code and comments.has_email_code(db, site_id=site_id, email_code=code):
            found.append(Owner(site_id, code))
    return found


def _put_back(db: Db, taken: Taken, failure: MailFailure) -> None:
    """The link of a mail that was not taken is no good any more; the next try makes its own."""
    mails.drop_links(db, secret=taken.secret)
    if failure.is_final or taken.tries >= len(PAUSES):
        mails.drop(db, id_=taken.id)
        telemetry.log("mail.given_up", level="warning", tries=taken.tries + 1, cause=failure.cause)
        return
    telemetry.log("mail.failed", level="warning", tries=taken.tries + 1, cause=failure.cause)


def _given_up(db: Db, row: MailRow, cause: str) -> Taken:
    mails.drop(db, id_=row.id)
    telemetry.log("mail.given_up", level="warning", tries=row.tries, cause=cause)
    return Taken(row.id, row.tries, None)
