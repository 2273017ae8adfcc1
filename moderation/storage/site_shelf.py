"""What each site taught, on top of the base, in memory: bounded, and brought up to date once a second; it teaches none.

A site that was never taught costs one look into a dictionary. Everything else is loaded by the thread that follows the
database; only a site that fell out of the bounded memory is loaded by whoever asks for it.
"""

import threading
from dataclasses import dataclass
from typing import Final

from models.classifier import Classifier
from models.site import SiteClassifier
from moderation import telemetry
from moderation.clock import Id
from moderation.errors import ModerationError
from moderation.storage import lessons, site_layers
from moderation.storage.database import Database, Db
from moderation.storage.lessons import Head
from moderation.storage.model_shelf import ClassifierScorer, ModelShelf
from moderation.storage.site_layers import Loaded

SITES: Final = 64
"""Sites whose models are kept in memory, 1 MB each; past it, those that came first go first."""
LAYERS: Final = 4
"""Sites whose whole layers are kept for the next lesson, 10 MB each."""
EVERY_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Taught:
    """A site's model after a lesson, to be put on the shelf when the lesson is stored."""

    site_id: Id
    loaded: Loaded
    is_paused: bool
    lessons: int = 0


@dataclass(frozen=True, slots=True)
class _Shelved:
    revision: int
    scorer: ClassifierScorer
    outliner: ClassifierScorer
    taught: SiteClassifier | None = None


class SiteShelf:
    """Scorers by site; the base's where a site taught nothing, or where its model is paused or cannot be read."""

    def __init__(self, shelf: ModelShelf, database: Database) -> None:
        self._base = _Shelved(0, shelf.scorer, shelf.outliner)
        self.classifier: Classifier = shelf.classifier
        self._database = database
        self._heads: dict[Id, Head] = {}
        self._sites: dict[Id, _Shelved] = {}
        self._layers: dict[Id, Loaded] = {}
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def scorer_of(self, site_id: Id) -> ClassifierScorer:
        """Returns what judges a site's comments, with places in its reasons."""
        return self._of(site_id).scorer

    def outliner_of(self, site_id: Id) -> ClassifierScorer:
        """Returns the same without places."""
        return self._of(site_id).outliner

    def taught_of(self, site_id: Id) -> SiteClassifier | None:
        """Returns what a site taught on top of the base, None where the base alone judges."""
        return self._of(site_id).taught

    def known(self, site_id: Id) -> Loaded | None:
        """Returns the layer that this process has of a site, perhaps an old one, or None."""
        return self._layers.get(site_id)

    def take(self, taught: Taught) -> None:
        """Puts a site's newer model on the shelf; an older one than is there changes nothing."""
        head = Head(taught.loaded.revision, taught.is_paused)
        site = SiteClassifier.of(self.classifier, taught.loaded.layer, head.revision)
        self._keep(taught.site_id, head, _shelved(site), taught.loaded)

    def look(self, db: Db) -> None:
        """Learns where every site's model is, and loads none: that waits until somebody asks."""
        for site_id, head in lessons.heads(db).items():
            self._note(site_id, head)

    def refresh(self, db: Db) -> None:
        """Learns where every site's model is, and loads those that have changed, as long as there is room."""
        for site_id, head in lessons.heads(db).items():
            known = self._sites.get(site_id)
            has_room = known is not None or len(self._sites) < SITES
            if has_room and (known is None or known.revision < head.revision):
                self._load(db, site_id, head)
            elif self._heads.get(site_id) != head:
                self._note(site_id, head)

    def follow(self) -> None:
        """Refreshes now and then every second, in a thread, until `close`."""
        self._thread = threading.Thread(target=self._follow, name="candor-models", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Ends the thread."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _follow(self) -> None:
        self._refresh()
        while not self._stop.wait(EVERY_SECONDS):
            self._refresh()

    def _refresh(self) -> None:
        try:
            with self._database.snapshot() as db:
                self.refresh(db)
        except Exception as error:  # noqa: BLE001 - a database that is away must not end the thread; it is logged
            telemetry.log_failure("models.refresh", error)

    def _of(self, site_id: Id) -> _Shelved:
        head = self._heads.get(site_id)
        if head is None or head.is_paused:
            return self._base
        return self._sites.get(site_id) or self._fetch(site_id, head)

    def _fetch(self, site_id: Id, head: Head) -> _Shelved:
        try:
            with self._database.snapshot() as db:
                return self._load(db, site_id, head)
        except ModerationError as error:
            telemetry.log_failure("models.fetch", error)
            return self._base

    def _load(self, db: Db, site_id: Id, head: Head) -> _Shelved:
        """What cannot be read is not tried again until it changes: the base judges meanwhile."""
        row = lessons.find(db, site_id=site_id)
        if row is None:
            return self._base
        try:
            loaded = site_layers.load(db, site_id=site_id, head=row, known=self.known(site_id))
        except ModerationError as error:
            telemetry.log("models.refused", level="error", site_id=str(site_id), why=error.message)
            shelved = _Shelved(head.revision, self._base.scorer, self._base.outliner)
            self._keep(site_id, head, shelved, None)
            return shelved
        shelved = _shelved(SiteClassifier.of(self.classifier, loaded.layer, loaded.revision))
        self._keep(site_id, Head(row.revision, row.paused_at is not None), shelved, loaded)
        return shelved

    def _note(self, site_id: Id, head: Head) -> None:
        with self._lock:
            if head.revision >= self._heads.get(site_id, head).revision:
                self._heads[site_id] = head

    def _keep(self, site_id: Id, head: Head, shelved: _Shelved, loaded: Loaded | None) -> None:
        with self._lock:
            if head.revision < self._heads.get(site_id, head).revision:
                return
            self._sites.pop(site_id, None)
            self._layers.pop(site_id, None)
            self._sites[site_id] = shelved
            if loaded is not None:
                self._layers[site_id] = loaded
            self._heads[site_id] = head
            for kept, most in ((self._sites, SITES), (self._layers, LAYERS)):
                while len(kept) > most:
                    kept.pop(next(iter(kept)))


def _shelved(site: SiteClassifier) -> _Shelved:
    return _Shelved(site.revision, ClassifierScorer(site), ClassifierScorer(site, seeks_places=False), site)
