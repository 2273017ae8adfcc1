"""By when what is erased today is gone from every copy: the last end, and none where one copy has none."""

from datetime import datetime, timedelta

import pytest

from moderation.clock import new_id
from moderation.storage import figures
from moderation.storage.database import Database
from moderation.storage.rights_tables import BackupRow
from tests.support.factories import NOW

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("ends", "told"),
    [([], None), ([NOW + DAY], NOW + DAY), ([NOW + 3 * DAY, NOW + DAY], NOW + 3 * DAY), ([NOW + DAY, None], None)],
)
def test_one_copy_without_an_end_leaves_all_without_one(
    database: Database, ends: list[datetime | None], told: datetime | None
):
    with database.transaction() as db:
        for end in ends:
            db.add(BackupRow(id=new_id(), taken_at=NOW, gone_by=end))
        db.flush()
        found = figures.copies(db)
    assert (found.gone_by if found else None) == told
    assert (found is None) is not bool(ends)
