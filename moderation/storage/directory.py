"""Every site and key in memory, kept true by a revision that each transaction reads; it knows no comment."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlmodel import col, select

from moderation.clock import Id
from moderation.errors import Unauthenticated
from moderation.judging.rules import Rule
from moderation.storage import rules
from moderation.storage.database import Db
from moderation.storage.sites import Site, to_site
from moderation.storage.tables import DirectoryRow, KeyRow, SiteRow
from moderation.vocabulary import KeyKind, Scope

_REVISION = select(DirectoryRow.revision)


@dataclass(frozen=True, slots=True)
class Grant:
    """What a key opens: one site, one dialect, some scopes, until a moment or without end."""

    site: Site
    kind: KeyKind
    scopes: frozenset[Scope]
    expires_at: datetime | None

    def is_live(self, now: datetime) -> bool:
        """Returns whether the key works: not past its overlap, and its site is not suspended."""
        return not self.site.is_suspended and (self.expires_at is None or now < self.expires_at)


@dataclass(frozen=True, slots=True)
class Directory:
    """All sites and unrevoked keys as of one revision; a closed one has no keys, and its comments may still be here."""

    revision: int = 0
    sites: MappingProxyType[Id, Site] = field(default_factory=lambda: MappingProxyType({}))
    grants: MappingProxyType[str, Grant] = field(default_factory=lambda: MappingProxyType({}))
    closed: MappingProxyType[Id, Site] = field(default_factory=lambda: MappingProxyType({}))

    def grant(self, digest: str, kind: KeyKind, now: datetime) -> Grant:
        """Returns what a key opens; raises Unauthenticated alike for unknown, wrong, revoked and expired keys."""
        found = self.grants.get(digest)
        if found is None or found.kind is not kind or not found.is_live(now):
            raise Unauthenticated("This key is not valid here.")
        return found

    def has_ended(self, digest: str, now: datetime) -> bool:
        """Returns whether a key is known but suspended or past its overlap."""
        found = self.grants.get(digest)
        return found is not None and not found.is_live(now)


class DirectoryCache:
    """The latest directory of this process."""

    def __init__(self) -> None:
        self.latest = Directory()
        self._lock = threading.Lock()

    def fresh(self, db: Db) -> Directory:
        """Returns the directory as this transaction sees it; costs one tiny query where nothing has changed."""
        revision = db.connection().execute(_REVISION).scalar_one()
        seen = self.latest
        if revision == seen.revision:
            return seen
        loaded = load(db, revision)
        with self._lock:  # a transaction that began earlier must not bring back what it saw
            self.latest = max(self.latest, loaded, key=lambda directory: directory.revision)
        return loaded


def load(db: Db, revision: int) -> Directory:
    """Returns every site and unrevoked key."""
    by_site: Any = rules.by_site(db)
    known = [_in_force(row, by_site.get(row.id, ())) for row in db.exec(select(SiteRow).order_by(col(SiteRow.id)))]
    sites = {site.id: site for site in known if not site.is_closed}
    closed = {site.id: site for site in known if site.is_closed}
    keys = db.exec(select(KeyRow).where(col(KeyRow.revoked_at).is_(None))).all()
    grants = {
        key.digest: Grant(sites[key.site_id], key.kind, frozenset(map(Scope, key.scopes)), key.expires_at)
        for key in keys
        if key.site_id in sites
    }
    return Directory(revision, MappingProxyType(sites), MappingProxyType(grants), MappingProxyType(closed))


def _in_force(row: SiteRow, rules_of_site: Sequence[Rule]) -> Site:
    """A site as it judges now: with its rules, and removing no more than its guarantee covers."""
    site = to_site(row, rules_of_site)
    return replace(site, policy=site.policy.guaranteed(row.removes_from, row.calibrated_model or ""))
