"""A site with comments, its notice, and ways to break what the notice tells behind the notice's back."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from models import artifact
from models.classifier import Classifier
from moderation.clock import Id, new_id
from moderation.duties import hosting
from moderation.duties.checking import Caller, Checking
from moderation.duties.forgetting import terms_of
from moderation.duties.hosting import NewSite, key_digest
from moderation.duties.reporting import Recording, Reporting, Surroundings
from moderation.judging.facts import Notice
from moderation.settings import Settings
from moderation.storage import retaining
from moderation.storage.bulk import insert_rows
from moderation.storage.database import Database
from moderation.storage.directory import DirectoryCache
from moderation.storage.model_shelf import ClassifierScorer
from moderation.storage.sites import Site
from moderation.vocabulary import Channel, KeyKind
from tests.support import factories
from tests.support.fakes import FixedScorer

NOW = factories.NOW
SOON = NOW + timedelta(minutes=5)
SPAM_WORD = "pills"


@dataclass
class Shelf:
    """A shelf whose model the test can exchange."""

    classifier: Classifier = field(default_factory=lambda: artifact.load(artifact.shipped_folder()))

    @property
    def scorer(self) -> ClassifierScorer:
        return ClassifierScorer(self.classifier)


@dataclass
class World:
    """Twelve comments published, twelve held, all under the notice in force; everything holds until it is broken."""

    database: Database
    settings: Settings
    around: Surroundings
    shelf: Shelf
    now: datetime = SOON

    def __post_init__(self) -> None:
        self.new: NewSite = factories.add_site(self.database, self.settings.seal)
        self.reload()
        words = [f"Lovely soup {number}" for number in range(12)] + [f"Buy pills {number}" for number in range(12)]
        self.ids = self.send(*words)
        with self.database.transaction() as db:
            retaining.note_run(db, now=NOW, deleted=0, reduced=0)

    @property
    def site_id(self) -> Id:
        return self.new.site.id

    @property
    def reporting(self) -> Reporting:
        return Reporting(self.settings, self.shelf, self.around, kept=timedelta())  # type: ignore[arg-type] # a shelf in all but name

    def reload(self) -> None:
        """The site as a process reads it that starts now."""
        with self.database.snapshot() as db:
            self.site: Site = DirectoryCache().fresh(db).sites[self.site_id]

    def notice(self) -> Notice:
        with self.database.snapshot() as db:
            return self.reporting.notice(db, site=self.site, now=self.now)

    def send(self, *words: str, channel: Channel = Channel.API, now: datetime = NOW) -> list[Id]:
        """Comments come in one transaction, as through the door."""
        scorer = FixedScorer(0.1, {SPAM_WORD: 0.9})
        directory = DirectoryCache()
        checking = Checking(self.settings.seal, scorer, directory, terms=terms_of(self.settings), audit_rate=0.0)
        kind = KeyKind.API if channel is Channel.API else KeyKind.AKISMET
        key = self.new.api_token if channel is Channel.API else self.new.akismet_key
        digest = key_digest(self.settings.seal, kind, key)
        version = self.reporting.version(self.site)
        with self.database.transaction() as db:
            Recording(self.reporting, directory).in_force(db, now=NOW)
            caller = Caller(self.site, kind, digest, directory.fresh(db).revision, self.site.host)
            batch = [
                checking.submission(caller, factories.comment(said), channel=channel, now=now, notice_version=version)
                for said in words
            ]
            return [done.comment_id for done in checking.record(db, batch)]  # type: ignore[union-attr] # none is refused

    def sql(self, *statements: str, **values: Any) -> None:
        """Something is done to the database behind the program's back."""
        with self.database.transaction() as db:
            for statement in statements:
                db.connection().execute(text(statement), values)

    def insert(self, table: type, *rows: dict[str, Any]) -> None:
        with self.database.transaction() as db:
            insert_rows(db, table, [{"site_id": self.site_id, **row} for row in rows])

    def set(self, **changes: str) -> None:
        """The site's people change a setting."""
        with self.database.transaction() as db:
            hosting.set_site(db, site_id=self.site_id, changes=changes, now=NOW)
        self.reload()

    def configure(self, **changes: Any) -> None:
        """The operator changes settings and starts the service again."""
        self.settings = Settings(_env_file=None, **self.settings.model_dump(exclude_unset=True) | changes)

    def without(self, *doors: str) -> None:
        """A page is taken away."""
        self.around = replace(self.around, routes=(self.around.routes or frozenset()) - set(doors))

    def rows(self, count: int, make: Callable[[int], dict[str, Any]]) -> list[dict[str, Any]]:
        return [{"id": new_id(), **make(number)} for number in range(count)]
