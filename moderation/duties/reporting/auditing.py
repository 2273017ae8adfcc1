"""To operators: does every statement of every notice hold? It opens nothing and repairs nothing."""

from collections.abc import Iterator
from datetime import datetime

from moderation.duties.reporting.collecting import Reporting, Verified
from moderation.duties.reporting.finding import told_of
from moderation.settings import Settings
from moderation.storage.database import Db
from moderation.storage.directory import DirectoryCache
from moderation.storage.model_shelf import ModelShelf
from moderation.storage.sites import Site


def verify_all(db: Db, *, settings: Settings, now: datetime) -> Iterator[tuple[Site, Verified]]:
    """Yields each site with what was found of its notice; what only a running service can see is not looked at."""
    reporting = Reporting(settings, ModelShelf(settings.model))
    for site in told_of(db, DirectoryCache().fresh(db)):
        yield site, reporting.verify(db, site=site, now=now)
