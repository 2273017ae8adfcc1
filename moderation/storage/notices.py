"""The versions of each site's notice, appended and never changed; it makes no notice."""

import json
from datetime import datetime
from typing import Any

from sqlmodel import col, select

from moderation.clock import Id
from moderation.judging import versions
from moderation.judging.versions import Version
from moderation.storage.database import Db
from moderation.storage.rights_tables import NoticeRow
from moderation.storage.tables import SiteRow


def ensure(db: Db, *, site_id: Id, version: str, facts: str, now: datetime) -> bool:
    """Appends a version of a site's notice where it is not the newest, and returns whether it was appended."""
    newest = _newest(db, site_id)
    if newest is not None and newest.version == version:
        return False
    db.exec(select(SiteRow.id).where(SiteRow.id == site_id).with_for_update()).one()  # one process at a time appends
    newest = _newest(db, site_id)
    if newest is not None and newest.version == version:
        return False
    number, previous = (newest.number + 1, newest.digest) if newest is not None else (1, "")
    digest = versions.chained(previous, version, now, facts)
    db.add(NoticeRow(site_id=site_id, number=number, version=version, facts=facts, in_force_since=now, digest=digest))
    db.flush()
    return True


def is_known(db: Db, *, site_id: Id, version: str) -> bool:
    """Returns whether a site's notice ever had this version."""
    query = select(NoticeRow.number).where(NoticeRow.site_id == site_id, NoticeRow.version == version)
    return db.exec(query.limit(1)).first() is not None


def number_of(db: Db, *, site_id: Id, version: str, at: datetime) -> int | None:
    """Returns under which number a version of a site's notice that was in force at a moment was recorded, if it was.

    The same version can be in force again later; one that is recorded with the first comment under it begins then.
    """
    query = select(NoticeRow).where(NoticeRow.site_id == site_id, NoticeRow.version == version)
    found = list(db.exec(query.order_by(col(NoticeRow.number))))
    begun = [row.number for row in found if row.in_force_since <= at]
    return begun[-1] if begun else next((row.number for row in found), None)


def newest(db: Db, *, site_id: Id) -> Version | None:
    """Returns the newest version of a site's notice, None where none was recorded."""
    row = _newest(db, site_id)
    return _version(row) if row is not None else None


def history(db: Db, *, site_id: Id) -> tuple[Version, ...]:
    """Returns every version of a site's notice, oldest first."""
    return tuple(_version(row) for row in _rows(db, site_id))


def first_broken(db: Db, *, site_id: Id) -> int | None:
    """Returns the first version of a site's notice that was changed after it was recorded, None where none was."""
    return versions.first_broken([(_version(row), row.facts) for row in _rows(db, site_id)])


def _rows(db: Db, site_id: Id) -> list[NoticeRow]:
    query = select(NoticeRow).where(NoticeRow.site_id == site_id).order_by(col(NoticeRow.number))
    return list(db.exec(query))


def _newest(db: Db, site_id: Id) -> NoticeRow | None:
    query = select(NoticeRow).where(NoticeRow.site_id == site_id).order_by(col(NoticeRow.number).desc())
    return db.exec(query.limit(1)).first()


def _version(row: NoticeRow) -> Version:
    return Version(row.number, row.version, row.in_force_since, row.digest, _facts(row.facts))


def _facts(text: str) -> dict[str, Any]:
    """Facts that somebody damaged are none: the chain says so."""
    try:
        read = json.loads(text)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}
