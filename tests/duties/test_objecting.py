"""Nothing is learnt where a writer objects, and what was learnt is taken back; what is frozen teaches no more."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from models import artifact
from moderation.clock import Id
from moderation.duties import forgetting, learning, objecting
from moderation.errors import Conflict
from moderation.storage import lessons
from moderation.vocabulary import ErasedBy, EventKind, LessonKind
from tests.support.desk import Desk
from tests.support.factories import NOW
from tests.support.seats import SPAM

Wish = Callable[..., None]
LATER = NOW + timedelta(hours=1)


def act(desk: Desk, wish: Wish, comment_id: Id) -> None:
    with desk.database.transaction() as db:
        wish(db, row=desk.row(comment_id), now=LATER)


def sweep(desk: Desk) -> int:
    with desk.database.transaction() as db:
        return learning.sweep(db, classifier=_classifier(), now=LATER)


def lessons_of(desk: Desk, comment_id: Id) -> list[LessonKind]:
    with desk.database.snapshot() as db:
        return [row.kind for row in lessons.of_comment(db, site_id=desk.site.site.id, comment_id=comment_id)]


def revision(desk: Desk) -> int:
    with desk.database.snapshot() as db:
        head = lessons.find(db, site_id=desk.site.site.id)
    return head.revision if head else 0


@pytest.mark.parametrize("wish", [objecting.object_, objecting.freeze])
def test_from_a_comment_that_is_spared_nothing_is_learnt(desk: Desk, wish: Wish):
    spared, other = desk.held("one"), desk.held("two")
    act(desk, wish, spared)
    for one in (spared, other):
        desk.seat().choose(one, SPAM)
    sweep(desk)
    assert lessons_of(desk, spared) == []
    assert lessons_of(desk, other) == [LessonKind.LEARNT]
    with desk.database.snapshot() as db:
        assert not learning.is_due(db)
        assert lessons.count_waiting(db, site_id=desk.site.site.id) == 0


def test_what_it_had_taught_is_taken_back_by_the_loop(desk: Desk):
    held = desk.held()
    desk.seat().choose(held, SPAM)
    sweep(desk)
    assert lessons_of(desk, held) == [LessonKind.LEARNT]
    act(desk, objecting.object_, held)
    with desk.database.snapshot() as db:
        assert learning.is_due(db)
    assert sweep(desk) == 1
    assert lessons_of(desk, held) == []
    with desk.database.snapshot() as db:
        assert not learning.is_due(db)


def test_what_a_frozen_comment_had_taught_stays(desk: Desk):
    held = desk.held()
    desk.seat().choose(held, SPAM)
    sweep(desk)
    act(desk, objecting.freeze, held)
    sweep(desk)
    assert lessons_of(desk, held) == [LessonKind.LEARNT]


def test_when_the_objection_is_taken_back_the_same_word_is_learnt_again(desk: Desk):
    held = desk.held()
    desk.seat().choose(held, SPAM)
    act(desk, objecting.object_, held)
    sweep(desk)
    before = revision(desk)
    act(desk, objecting.withdraw, held)
    sweep(desk)
    assert lessons_of(desk, held) == [LessonKind.LEARNT]
    assert revision(desk) > before


@pytest.mark.parametrize(
    ("wish", "end", "kind"),
    [
        (objecting.object_, objecting.withdraw, EventKind.OBJECTED),
        (objecting.freeze, objecting.thaw, EventKind.RESTRICTED),
    ],
)
def test_a_wish_and_its_end_are_told_once_each(desk: Desk, wish: Wish, end: Wish, kind: EventKind):
    held = desk.held()
    for each in (end, wish, wish, end, end):
        act(desk, each, held)
    assert [one for one in desk.events(held) if one is kind] == [kind, kind]


@pytest.mark.parametrize("wish", [objecting.object_, objecting.withdraw, objecting.freeze, objecting.thaw])
def test_an_erased_comment_takes_no_wish(desk: Desk, wish: Wish):
    held = desk.held()
    with desk.database.transaction() as db:
        forgetting.erase(db, seal=desk.seal, row=desk.row(held), by=ErasedBy.AUTHOR, now=NOW)
    with pytest.raises(Conflict):
        act(desk, wish, held)


_loaded: list = []


def _classifier():
    if not _loaded:
        _loaded.append(artifact.load(artifact.shipped_folder()))
    return _loaded[0]
