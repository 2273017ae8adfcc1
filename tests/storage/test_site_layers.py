"""Snapshots grow fewer with age, and there is always one not far before any lesson."""

from moderation.storage.site_layers import EVERY, thinned


def kept_after(count: int) -> list[int]:
    """The revisions whose snapshots are left, newest first, after so many were taken at even distances."""
    kept: list[int] = []
    for number in range(1, count + 1):
        kept.insert(0, number * EVERY)
        gone = thinned(kept)
        kept = [revision for revision in kept if revision not in gone]
    return kept


def test_a_few_snapshots_are_kept_however_many_were_taken():
    assert len(kept_after(1_000)) <= 12
    assert len(kept_after(5_000)) <= 14


def test_the_newest_is_always_kept():
    assert all(kept_after(count)[0] == count * EVERY for count in range(1, 200))
    assert thinned([7]) == thinned([]) == []


def test_what_must_be_replayed_for_a_lesson_grows_with_its_age():
    count = 1_000
    kept, newest = kept_after(count), count * EVERY
    for age in (4 * EVERY, 20 * EVERY, 100 * EVERY, 600 * EVERY):
        before = max((revision for revision in kept if revision <= newest - age), default=0)
        assert newest - before <= 18 * age
