"""Each version of a site's notice is recorded before anything is stored under it; a page view records nothing."""

from datetime import datetime

from moderation.clock import Id
from moderation.duties.reporting.collecting import Reporting
from moderation.duties.reporting.finding import told_of
from moderation.judging.versions import Version, text_of
from moderation.storage import notices
from moderation.storage.database import Db
from moderation.storage.directory import DirectoryCache
from moderation.storage.sites import Site


def history(db: Db, *, site_id: Id) -> tuple[Version, ...]:
    """Returns every version of a site's notice, oldest first."""
    return notices.history(db, site_id=site_id)


def number_of(db: Db, *, site_id: Id, version: str, at: datetime) -> int | None:
    """Returns under which number the version of a notice stands in its history that was in force at a moment."""
    return notices.number_of(db, site_id=site_id, version=version, at=at)


class Recording:
    """Writes down what is in force, once for each version that this process sees."""

    def __init__(self, reporting: Reporting, directory: DirectoryCache) -> None:
        """Takes what makes the notices, and where the sites are found."""
        self._reporting = reporting
        self._directory = directory
        self._seen: set[tuple[Id, str]] = set()

    def is_due(self, db: Db) -> bool:
        """Returns whether any site's present version is not the newest of its history."""
        return any(not self._is_newest(db, site) for site in told_of(db, self._directory.fresh(db)))

    def in_force(self, db: Db, *, now: datetime) -> int:
        """Makes each site's present version the newest of its history, and returns how many were appended."""
        return sum(self._append(db, site, now) for site in told_of(db, self._directory.fresh(db)))

    def stamp(self, db: Db, *, site: Site, now: datetime) -> str:
        """Returns the version in force at a site, recorded in the transaction that stores the first comment under it.

        What this transaction appends may yet be undone with it, so a version counts as seen from the next time on.
        """
        version = self._reporting.version(site)
        if (site.id, version) in self._seen:
            return version
        if notices.is_known(db, site_id=site.id, version=version):
            self._seen.add((site.id, version))
        else:
            self._append(db, site, now)
        return version

    def _is_newest(self, db: Db, site: Site) -> bool:
        newest = notices.newest(db, site_id=site.id)
        return newest is not None and newest.version == self._reporting.version(site)

    def _append(self, db: Db, site: Site, now: datetime) -> bool:
        rules = self._reporting.rules_of(site)
        return notices.ensure(db, site_id=site.id, version=rules.version, facts=text_of(rules), now=now)
