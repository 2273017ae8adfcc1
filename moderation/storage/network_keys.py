"""In which form a network address is stored: its first part, a code under a key that is destroyed, or not at all."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete
from sqlmodel import col, select

from moderation.clock import Id
from moderation.judging.network import ip_prefix
from moderation.judging.retention import Terms
from moderation.seal import Seal, code_under, new_network_key
from moderation.storage.database import Db
from moderation.storage.rights_tables import NetworkKeyRow
from moderation.vocabulary import NetworkForm

LABEL: Final = "network-key"
Stored = Callable[[Id, str], str | None]
"""What is stored at a site of a network address, None for nothing."""


def first_part(_site_id: Id, ip: str) -> str | None:
    """Returns an address with its last part removed."""
    return ip_prefix(ip)


def nothing(_site_id: Id, _ip: str) -> str | None:
    """Returns None, whatever the address is."""
    return None


def stored(db: Db, *, seal: Seal, terms: Terms, now: datetime) -> Stored:
    """Returns what becomes of addresses under these terms, making a new key where the last one's time is over."""
    if terms.form is not NetworkForm.KEYED:
        return first_part if terms.form is NetworkForm.TRUNCATED else nothing
    key = _current(db, seal, terms, now)

    def coded(site_id: Id, ip: str) -> str | None:
        prefix = ip_prefix(ip)
        return code_under(key, str(site_id), prefix) if prefix else None

    return coded


def life_of(terms: Terms) -> timedelta:
    """Returns how long a key may stay: not at all where codes are not the form."""
    return terms.key_life if terms.form is NetworkForm.KEYED else timedelta(0)


def count(db: Db) -> int:
    """Returns how many keys are stored."""
    return len(db.exec(select(NetworkKeyRow.began_at)).all())


def _current(db: Db, seal: Seal, terms: Terms, now: datetime) -> bytes:
    living = select(NetworkKeyRow).where(NetworkKeyRow.began_at > now - terms.key_life, NetworkKeyRow.began_at <= now)
    row = db.exec(living.order_by(col(NetworkKeyRow.began_at).desc()).limit(1)).first()
    key = seal.open(LABEL, row.key, to=row.began_at.isoformat()) if row is not None else None
    return key if key is not None else _new(db, seal, now)


def _new(db: Db, seal: Seal, now: datetime) -> bytes:
    """Destroys the keys before it, so that nobody can tell which codes were of one network."""
    db.connection().execute(delete(NetworkKeyRow))
    key = new_network_key()
    db.add(NetworkKeyRow(began_at=now, key=seal.close(LABEL, key, to=now.isoformat())))
    db.flush()
    return key
