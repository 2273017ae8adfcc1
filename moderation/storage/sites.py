"""Sites, their keys and their thresholds; it does not know what a comment is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy import update
from sqlmodel import col, select

from moderation.clock import Id
from moderation.errors import NotFound
from moderation.judging.policy import Policy
from moderation.judging.rules import Rule
from moderation.storage.database import Db
from moderation.storage.tables import CommentRow, DirectoryRow, KeyRow, SiteRow
from moderation.vocabulary import KeyKind, Scope

_WORKED_OUT: Final = {"removes_from", "calibrated_at", "calibrated_model", "alarmed_at"}
_NO_SETTINGS: Final = {"id", "created_at", "removed_at", "policy_version", "suspended_at", *_WORKED_OUT}


@dataclass(frozen=True, slots=True)
class Site:
    """A tenant with what judging needs to know of it."""

    id: Id
    home_url: str
    name: str
    created_at: datetime
    policy: Policy
    rules: tuple[Rule, ...] = ()
    is_suspended: bool = False
    is_listed: bool = True
    answer_within_hours: int = 24
    is_closed: bool = False

    @property
    def host(self) -> str:
        """The host name of the site's home, in lower case."""
        return (urlsplit(self.home_url).hostname or "").lower()


def touch_directory(db: Db) -> None:
    """Makes every process see that sites, keys or rules have changed."""
    db.execute(update(DirectoryRow).values(revision=DirectoryRow.revision + 1))


def add(db: Db, site: Site) -> None:
    """Stores a new site."""
    db.add(_row_of(site))
    db.flush()
    touch_directory(db)


def get(db: Db, site_id: Id) -> Site:
    """Returns a site that has not been removed; raises NotFound."""
    return to_site(get_row(db, site_id))


def get_row(db: Db, site_id: Id, *, with_closed: bool = False) -> SiteRow:
    """Returns the stored row of a site, of a removed one only where that is asked for; raises NotFound."""
    row = db.get(SiteRow, site_id)
    if row is None or (row.removed_at is not None and not with_closed):
        raise NotFound("There is no such site; `candor site list` names them.", code="site.not_found")
    return row


def home_url_of(db: Db, site_id: Id) -> str:
    """Returns the address of a site, also of one that has been removed."""
    return db.exec(select(SiteRow.home_url).where(SiteRow.id == site_id)).one()


def is_closed(db: Db, site_id: Id) -> bool:
    """Returns whether a site has been removed."""
    return db.exec(select(SiteRow.removed_at).where(SiteRow.id == site_id)).one() is not None


def list_all(db: Db) -> list[Site]:
    """Returns every site that has not been removed, oldest first."""
    rows = db.exec(select(SiteRow).where(col(SiteRow.removed_at).is_(None)).order_by(col(SiteRow.id))).all()
    return [to_site(row) for row in rows]


def list_closed(db: Db) -> list[Site]:
    """Returns the sites that were removed and whose comments are still here, oldest first."""
    has_comments = select(CommentRow.id).where(CommentRow.site_id == SiteRow.id).exists()
    query = select(SiteRow).where(col(SiteRow.removed_at).is_not(None), has_comments)
    return [to_site(row) for row in db.exec(query.order_by(col(SiteRow.id)))]


def every_id(db: Db) -> list[Id]:
    """Returns the ids of all sites, also of those that were removed: their comments are still somebody's."""
    return list(db.exec(select(SiteRow.id).order_by(col(SiteRow.id))))


def replace(db: Db, site: Site, *, suspended_at: datetime | None) -> None:
    """Writes a site's changed settings and counts its policy's version up; one already suspended keeps its moment."""
    row = get_row(db, site.id)
    fresh = _row_of(site)
    for name in SiteRow.model_fields.keys() - _NO_SETTINGS:
        setattr(row, name, getattr(fresh, name))
    row.suspended_at = (row.suspended_at or suspended_at) if suspended_at else None
    row.policy_version += 1
    db.add(row)
    db.flush()
    touch_directory(db)


def remove(db: Db, site_id: Id, *, now: datetime) -> None:
    """Closes a site: its keys stop working at once; what it stored stays until retention or erasure takes it."""
    row = get_row(db, site_id)
    row.removed_at = now
    db.add(row)
    db.flush()
    touch_directory(db)


def add_key(
    db: Db, *, site_id: Id, key_id: Id, kind: KeyKind, digest: str, scopes: Sequence[Scope], now: datetime
) -> None:
    """Stores a key of a site by its hash."""
    names = [scope.value for scope in scopes]
    db.add(KeyRow(id=key_id, site_id=site_id, kind=kind, digest=digest, scopes=names, created_at=now))
    db.flush()
    touch_directory(db)


@dataclass(frozen=True, slots=True)
class Key:
    """What is known of a key: never the key itself."""

    id: Id
    kind: KeyKind
    created_at: datetime
    expires_at: datetime | None


def keys_of(db: Db, *, site_id: Id, now: datetime) -> list[Key]:
    """Returns a site's keys that still work, the newest first."""
    query = select(KeyRow).where(KeyRow.site_id == site_id, col(KeyRow.revoked_at).is_(None))
    rows = db.exec(query.order_by(col(KeyRow.id).desc()))
    return [
        Key(row.id, row.kind, row.created_at, row.expires_at)
        for row in rows
        if row.expires_at is None or row.expires_at > now
    ]


def revoke_key(db: Db, *, site_id: Id, key_id: Id, now: datetime) -> None:
    """Ends a key of a site at once; raises NotFound."""
    row = db.get(KeyRow, key_id)
    if row is None or row.site_id != site_id or row.revoked_at is not None:
        raise NotFound("This site has no such key that still works.", code="key.not_found")
    row.revoked_at = now
    db.add(row)
    db.flush()
    touch_directory(db)


def expire_keys(db: Db, *, site_id: Id, kind: KeyKind, at: datetime) -> int:
    """Lets a site's working keys of one kind end at `at`, at once if that is not in the future; returns how many.

    They are not revoked: who still has one is told that it has ended, and not that there never was one.
    """
    working = (
        select(KeyRow)
        .where(KeyRow.site_id == site_id, KeyRow.kind == kind, col(KeyRow.revoked_at).is_(None))
        .where(col(KeyRow.expires_at).is_(None) | (col(KeyRow.expires_at) > at))
    )
    rows = db.exec(working).all()
    for row in rows:
        row.expires_at = at
        db.add(row)
    db.flush()
    touch_directory(db)
    return len(rows)


def to_site(row: SiteRow, rules: Sequence[Rule] = ()) -> Site:
    """Returns the value behind a row."""
    policy = Policy(
        hold_at=row.hold_at,
        remove_at=row.remove_at,
        discard_at=row.discard_at,
        removal_by_program=row.removal_by_program,
        discards=row.discards,
        trusts_administrators=row.trusts_administrators,
        version=row.policy_version,
    )
    return Site(
        id=row.id,
        home_url=row.home_url,
        name=row.name,
        created_at=row.created_at,
        policy=policy,
        rules=tuple(rules),
        is_suspended=row.suspended_at is not None,
        is_listed=row.is_listed,
        answer_within_hours=row.answer_within_hours,
        is_closed=row.removed_at is not None,
    )


def _row_of(site: Site) -> SiteRow:
    return SiteRow(
        id=site.id,
        home_url=site.home_url,
        name=site.name,
        created_at=site.created_at,
        hold_at=site.policy.hold_at,
        remove_at=site.policy.remove_at,
        discard_at=site.policy.discard_at,
        removal_by_program=site.policy.removal_by_program,
        discards=site.policy.discards,
        trusts_administrators=site.policy.trusts_administrators,
        is_listed=site.is_listed,
        answer_within_hours=site.answer_within_hours,
        policy_version=site.policy.version,
    )
