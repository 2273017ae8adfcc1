"""To operators: a copy of everything that opens elsewhere and later; it decides nothing about what is in it."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from moderation.seal import Seal
from moderation.storage import backup, replaying
from moderation.storage.backup import PuttingBack
from moderation.storage.database import Database, Db
from moderation.storage.replaying import Carried


def count(database: Database) -> int:
    """Returns how many rows a copy will have."""
    return backup.count_rows(database)


def keep(database: Database, path: Path, *, now: datetime, kept: timedelta | None = None) -> Iterator[int]:
    """Copies one consistent moment into a new file, and yields how many rows came with each piece.

    `kept` is for how long the operator keeps copies; database and copy then hold the day by which it must be gone.

    Raises:
        Conflict: where there is such a file already.
    """
    return backup.write(database, path, now=now, kept=kept)


def put_back(
    database: Database,
    path: Path,
    *,
    seal: Seal,
    now: datetime,
    then: Callable[[Db], object],
    force: bool = False,
    force_expired: bool = False,
) -> Iterator[int]:
    """Puts a copy in the place of everything, all or nothing, and yields how many rows each piece had.

    What had been erased in what is replaced is erased in the copy's rows too, and `then` deletes what is due.

    Raises:
        Conflict: where the database holds sites and `force` is not given, or the copy is past its date.
        Invalid: where the file is no copy, or damaged.
        SettingFault: where the copy is of a newer schema.
    """

    def finish(db: Db, known: Carried) -> None:
        replaying.replay(db, seal=seal, known=known, now=now)
        then(db)

    return backup.read(database, path, PuttingBack(now, finish, force, force_expired))
