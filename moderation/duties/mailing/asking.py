"""A lost receipt is asked for: the same row is stored whoever asks, and nobody is looked up; it sends nothing."""

import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from moderation.clock import new_id
from moderation.errors import Invalid, Unavailable
from moderation.seal import Seal
from moderation.storage import mails
from moderation.storage.database import Db

MOST_WAITING: Final = 1_000
LINK, SECRET = "{link}", "{secret}"
"""Where a letter leaves room: only when it is sent is there something to put in."""
_LONGEST: Final = 320
_ADDRESS: Final = re.compile(r"[^\s@<>(),;:\"\\\[\]]+@[^\s@<>(),;:\"\\\[\].]+(\.[^\s@<>(),;:\"\\\[\].]+)*")


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter in the language of whoever asked, with room for the link that it will carry."""

    to: str = field(repr=False)
    subject: str
    text: str
    language: str


def address_in(typed: str) -> str:
    """Returns the e-mail address that somebody typed; raises Invalid, without quoting it, where it is none."""
    address = typed.strip()
    if len(address) > _LONGEST or not address.isprintable() or not _ADDRESS.fullmatch(address):
        raise Invalid("This is not a whole e-mail address. Check it, then send it again.")
    return address


def ask(db: Db, *, seal: Seal, draft: Draft, now: datetime) -> None:
    """Stores that a mail is wanted, locked with the service's key.

    Raises:
        Unavailable: when too many wait already, whoever asks.
    """
    if mails.count(db) >= MOST_WAITING:
        raise Unavailable("Too many mails wait to be sent. Nothing was stored; try again in an hour.")
    id_ = new_id()
    content = json.dumps({"to": draft.to, "subject": draft.subject, "text": draft.text}).encode()
    mails.add(db, id_=id_, sealed_to=seal.close("mail", content, to=str(id_)), language=draft.language, now=now)
