"""The journal of lessons: a pure fold says what a model rests on, and no revision can be written twice."""

import pytest
from sqlalchemy.exc import IntegrityError

from moderation.seal import Seal
from moderation.storage import lessons
from moderation.storage.database import Database
from moderation.storage.lessons import Line
from moderation.vocabulary import LessonKind
from tests.support.factories import NOW, add_site

LEARNT, COUNTED, BACK = LessonKind.LEARNT, LessonKind.COUNTED, LessonKind.ROLLED_BACK
WITHDRAWN, ERASED, PASSED = LessonKind.WITHDRAWN, LessonKind.ERASED, LessonKind.PASSED


def journal(*lines: tuple[LessonKind, int | None]) -> list[Line]:
    return [Line(number, kind, of) for number, (kind, of) in enumerate(lines, 1)]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], []),
        ([(LEARNT, None), (LEARNT, None)], [1, 2]),
        ([(LEARNT, None), (COUNTED, 1), (PASSED, None)], [1]),
        ([(LEARNT, None), (WITHDRAWN, 1), (LEARNT, None)], [3]),
        ([(ERASED, None), (LEARNT, None), (ERASED, 1)], [2]),
        ([(LEARNT, None), (LEARNT, None), (BACK, 1)], [1]),
        ([(LEARNT, None), (LEARNT, None), (BACK, 0)], []),
        ([(LEARNT, None), (WITHDRAWN, 1), (LEARNT, None), (BACK, 1)], [1]),
        ([(LEARNT, None), (LEARNT, None), (BACK, 1), (LEARNT, None), (BACK, 2)], [1, 2]),
        ([(LEARNT, None), (LEARNT, None), (BACK, 1), (LEARNT, None), (BACK, 4), (LEARNT, None)], [1, 4, 6]),
        ([(LEARNT, None), (BACK, 0), (BACK, 1), (BACK, 2)], []),
    ],
)
def test_what_a_model_rests_on_follows_from_its_journal(
    lines: list[tuple[LessonKind, int | None]], expected: list[int]
):
    assert sorted(lessons.resting_on(journal(*lines), len(lines))) == expected


def test_what_it_rested_on_at_an_earlier_line_does_not_change():
    lines = journal((LEARNT, None), (LEARNT, None), (WITHDRAWN, 1), (BACK, 1), (LEARNT, None))
    states = [sorted(lessons.resting_on(lines, at)) for at in range(6)]
    assert states == [[], [1], [1, 2], [2], [1], [1, 5]]


def test_thousands_of_rollbacks_take_no_longer_than_their_lines():
    lines = journal(*[(LEARNT, None), *[(BACK, number) for number in range(1, 9_000)]])
    assert sorted(lessons.resting_on(lines, len(lines))) == [1]


def test_a_revision_is_written_once(database: Database, seal: Seal):
    site_id = add_site(database, seal).site.id
    row = lessons.line(site_id, 1, LEARNT, NOW, is_active=True)
    with database.transaction() as db:
        lessons.append(db, [row])
    with pytest.raises(IntegrityError), database.transaction() as db:
        lessons.append(db, [row])


def test_a_site_that_was_never_taught_has_a_model_from_the_first_lock_on(database: Database, seal: Seal):
    site_id = add_site(database, seal).site.id
    with database.transaction() as db:
        assert lessons.find(db, site_id=site_id) is None
        assert [lessons.lock(db, site_id=site_id).revision for _ in range(2)] == [0, 0]
        assert set(lessons.heads(db)) == {site_id}
