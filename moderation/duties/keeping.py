"""To operators: a copy of everything that opens elsewhere and later; it decides nothing about what is in it."""

from collections.abc import Iterator
from pathlib import Path

from moderation.storage import backup
from moderation.storage.database import Database


def count(database: Database) -> int:
    """Returns how many rows a copy will have."""
    return backup.count_rows(database)


def keep(database: Database, path: Path) -> Iterator[int]:
    """Copies one consistent moment into a new file, and yields how many rows came with each piece.

    Raises:
        Conflict: where there is such a file already.
    """
    return backup.write(database, path)


def put_back(database: Database, path: Path, *, force: bool) -> Iterator[int]:
    """Puts a copy in the place of everything, all or nothing, and yields how many rows each piece had.

    Raises:
        Conflict: where the database holds sites and `force` is not given.
        Invalid: where the file is no copy, or damaged.
        SettingFault: where the copy is of a newer schema.
    """
    return backup.read(database, path, force=force)
