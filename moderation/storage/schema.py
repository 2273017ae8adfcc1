"""Moves the schema forward by Alembic's revisions; it knows no rows, and serving a current database never loads it."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(connection: Connection) -> None:
    """Brings the schema behind an open connection up to the newest revision, in that connection's transaction."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def is_known(revision: str | None) -> bool:
    """Returns whether this code has a revision of that name."""
    try:
        return bool(_scripts().get_revision(revision or "base"))
    except CommandError:
        return False


def newest() -> str | None:
    """Returns the name of the newest revision."""
    return _scripts().get_current_head()


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config
