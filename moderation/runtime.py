"""What a running service holds open: settings, database, writer, directory and models; opened once, handed down."""

import gc
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Self

from moderation.errors import SettingFault, Unreachable
from moderation.settings import Settings, wrong_database
from moderation.storage import sites
from moderation.storage.database import Database, Db, open_database
from moderation.storage.directory import Directory, DirectoryCache, Grant
from moderation.storage.model_shelf import ModelShelf
from moderation.storage.site_shelf import SiteShelf
from moderation.storage.sites import Site
from moderation.storage.writer import Writer

__all__ = [
    "Database",
    "Db",
    "Directory",
    "DirectoryCache",
    "Grant",
    "ModelShelf",
    "Runtime",
    "Site",
    "open_database",
    "settle_memory",
]
COLLECT_AFTER = (10_000, 20, 50)  # objects made, then rounds of each generation; 700, 10, 10 suits small programs


@dataclass(frozen=True, slots=True)
class Runtime:
    """The open resources of one process."""

    settings: Settings
    database: Database
    writer: Writer
    directory: DirectoryCache
    shelf: ModelShelf
    models: SiteShelf

    @classmethod
    def open(cls, settings: Settings, *, migrate: bool = False) -> Self:
        """Opens everything, upgrading the schema first on SQLite, or anywhere when told to.

        Raises:
            SettingFault: for a bad setting, a database that cannot be reached, a damaged model, an old schema on
                PostgreSQL, or a newer schema.
            Unavailable: when the database does not answer.
        """
        shelf = ModelShelf(settings.model)
        database = open_database(settings.database_url)
        cache = DirectoryCache()
        with ExitStack() as undo:
            undo.callback(database.close)
            prepare_schema(settings, database, migrate=migrate)
            refuse_lost_secret(settings, database)
            settings.seal  # noqa: B018 - a bad secret stops the start, not the first request
            with database.snapshot() as db:
                cache.fresh(db)
                models = SiteShelf(shelf, database)
                models.look(db)
            undo.pop_all()
        return cls(settings, database, Writer(database), cache, shelf, models)

    def close(self) -> None:
        """Finishes what waits to be written and closes the database."""
        self.models.close()
        self.writer.close()
        self.database.close()


@contextmanager
def reaching() -> Iterator[None]:
    """At the start a database that cannot be reached is a setting's fault."""
    try:
        yield
    except Unreachable as error:
        problem = error.message.removesuffix(" Nothing was stored; try again.").rstrip(".")
        raise wrong_database(problem[0].lower() + problem[1:]) from None


def prepare_schema(settings: Settings, database: Database, *, migrate: bool) -> None:
    """Upgrades the schema where that is allowed, refuses to run on an old one where it is not."""
    with reaching():
        database.refuse_newer()
    if migrate or settings.database_url.startswith("sqlite"):
        database.upgrade()
    elif not database.is_current():
        raise SettingFault("the database's schema is older than this program: run `candor migrate`, or add --migrate")


def refuse_lost_secret(settings: Settings, database: Database) -> None:
    """Raises SettingFault where a new secret would be made beside sites whose keys and histories rest on another."""
    if settings.has_secret:
        return
    with database.snapshot() as db:
        if sites.list_all(db):
            raise SettingFault(
                f"CANDOR_SECRET_KEY_FILE: {settings.secret_key_file} is missing, and the keys of this database's sites "
                "rest on it: restore it from where it is kept; to go on without, write 64 random hexadecimal "
                "characters into it, then `candor key rotate` each site"
            )


def settle_memory() -> None:
    """Tells the garbage collector that what the start built will stay: looking through it again costs every request."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
