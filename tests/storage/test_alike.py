"""A flood of near copies is one line of the queue, whoever leaves it; nothing waits behind what does not wait."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

import pytest
from sqlmodel import select

from moderation.clock import Id
from moderation.duties import grouping, reviewing
from moderation.errors import Conflict, NotFound
from moderation.seal import Seal
from moderation.storage import alike, queue
from moderation.storage.database import open_database
from moderation.storage.tables import AlikeMarkRow, CommentRow
from moderation.vocabulary import Channel, Order, Role, Verdict, Waiting
from tests.support.desk import Desk
from tests.support.factories import NOW, comment
from tests.support.seats import APPROVE, HOLD, INSULT, SPAM, Seat
from tests.support.together import at_once
from tests.support.waiting import EVERY, Wait, ask, store

NAMES = ("Anna", "Bernd", "Carla", "Dieter", "Emil", "Friederike", "Gül", "Håkon", "Iñaki", "Jo")
OTHERS = (
    "Do these pills help against a headache? My doctor says that they do not.",
    "The recipe needs no pills at all, only soup and a long sleep.",
    "pills",
    "I disagree: the figures on pills on page two say the opposite of what you conclude from them.",
)


def copy_of(number: int) -> str:
    name = NAMES[number % len(NAMES)]
    return (
        f"Hello dear friends, buy the best cheap pills online at https://pills-{number}.example today, delivered in "
        f"two days to any place in the world; for a limited time only {number} packets are left, says {name}!"
    )


@pytest.fixture
def ana(desk: Desk) -> Seat:
    return desk.seat("ana", Role.LEAD)


def held(desk: Desk, *texts: str) -> list[Id]:
    """Stores comments that say "pills", so that they wait, and returns their ids."""
    results = desk.record(*[desk.submission(comment(text), channel=Channel.API) for text in texts])
    return [result.comment_id for result in results]


def sweep(desk: Desk) -> list[int]:
    """Groups until nothing is left to group, and returns how many comments each time."""
    done = []
    while not done or done[-1]:
        with desk.database.transaction() as db:
            done.append(grouping.sweep(db))
        assert len(done) < 100, "it never ends"
    return done


def listed(desk: Desk, *kinds: Waiting) -> list[Id]:
    asked = ask(Order.OLDEST, kinds or EVERY)
    with desk.database.snapshot() as db:
        return [place.comment_id for place in queue.page(db, site_id=desk.site.site.id, ask=asked, limit=1_000)]


def marked(desk: Desk) -> set[Id]:
    with desk.database.snapshot() as db:
        return set(db.exec(select(AlikeMarkRow.comment_id).distinct()))


def is_whole(desk: Desk) -> bool:
    """Whether everything that waits stands in the queue, or behind something of its kind that does."""
    with desk.database.snapshot() as db:
        rows = {row.id: row for row in db.exec(select(CommentRow).where(CommentRow.site_id == desk.site.site.id))}
        counted = queue.counts(db, site_id=desk.site.site.id)
    waiting = [row for row in rows.values() if row.waits_as is not None]
    for row in waiting:
        head = rows[row.alike_to] if row.alike_to else row
        assert head.waits_as is row.waits_as
        assert head.alike_to in {None, head.id}
    heads = {row.id for row in waiting if row.alike_to in {None, row.id}}
    assert set(listed(desk)) == heads
    assert not any(row.alike_to for row in rows.values() if row.waits_as is None)
    assert not any(row.waits_as for row in rows.values() if row.is_test)
    assert marked(desk) <= {row.id for row in waiting if row.alike_to == row.id}
    assert counted == Counter(row.waits_as for row in waiting)
    return True


def test_a_flood_of_copies_is_one_line_and_other_comments_are_their_own(desk: Desk):
    flood = held(desk, *[copy_of(number) for number in range(200)])
    others = held(desk, *OTHERS)
    sweep(desk)
    assert listed(desk) == [flood[0], *others]
    with desk.database.snapshot() as db:
        site_id = desk.site.site.id
        assert alike.counts(db, site_id=site_id, heads=[flood[0], *others]) == {flood[0]: 200} | dict.fromkeys(
            others, 1
        )
        assert alike.members(db, site_id=site_id, head=flood[0], limit=1_000) == flood
        assert alike.members(db, site_id=site_id, head=flood[0], limit=3) == flood[:3]
    assert is_whole(desk)


def test_what_comes_later_stands_behind_what_came_first(desk: Desk):
    first = held(desk, copy_of(1))
    sweep(desk)
    held(desk, *[copy_of(number) for number in range(2, 9)])
    assert len(listed(desk)) == 8, "until somebody has looked, each stands for itself"
    sweep(desk)
    assert listed(desk) == first


def test_a_sweep_does_a_batch_at_each_site_and_ends(desk: Desk):
    other = desk.add_site("https://other.example")
    held(desk, *[copy_of(number) for number in range(grouping.BATCH + 5)])
    submission = desk.submission(comment(copy_of(1)), caller=desk.caller(other), channel=Channel.API)
    desk.record(submission)
    with desk.database.snapshot() as db:
        assert grouping.is_due(db)
    assert sweep(desk) == [grouping.BATCH + 1, 5, 0]
    with desk.database.snapshot() as db:
        assert not grouping.is_due(db)


def test_two_sites_copies_are_not_alike(desk: Desk):
    other = desk.add_site("https://other.example")
    (mine,) = held(desk, copy_of(1))
    sweep(desk)
    (theirs,) = desk.record(desk.submission(comment(copy_of(2)), caller=desk.caller(other), channel=Channel.API))
    sweep(desk)
    with desk.database.snapshot() as db:
        assert alike.members(db, site_id=other.site.id, head=theirs.comment_id, limit=9) == [theirs.comment_id]
        assert alike.members(db, site_id=other.site.id, head=mine, limit=9) == []
        assert alike.counts(db, site_id=other.site.id, heads=[mine]) == {}


@pytest.mark.parametrize("choice", [APPROVE, SPAM, INSULT], ids=["approve", "spam", "insult"])
def test_when_the_head_is_decided_the_oldest_other_stands_for_the_rest(desk: Desk, ana: Seat, choice):
    flood = held(desk, *[copy_of(number) for number in range(4)])
    sweep(desk)
    for number, head in enumerate(flood):
        assert listed(desk) == [head]
        assert marked(desk) == {head}
        ana.choose(head, choice)
        assert is_whole(desk)
        if number == 1:  # a later copy finds the new head by the old one's marks
            flood += held(desk, copy_of(50))
            sweep(desk)
    assert (listed(desk), marked(desk)) == ([], set())


def test_when_one_behind_the_head_is_decided_the_rest_stays_as_it_is(desk: Desk, ana: Seat):
    flood = held(desk, *[copy_of(number) for number in range(3)])
    sweep(desk)
    ana.choose(flood[1])
    assert listed(desk) == [flood[0]]
    assert is_whole(desk)


def test_what_is_held_for_another_look_stays_in_its_group(desk: Desk, ana: Seat):
    flood = held(desk, *[copy_of(number) for number in range(3)])
    sweep(desk)
    ana.choose(flood[0], HOLD)
    assert listed(desk) == [flood[0]]
    assert is_whole(desk)


def test_what_is_put_off_or_handed_on_hides_nothing_that_is_not(desk: Desk, ana: Seat):
    flood = held(desk, *[copy_of(number) for number in range(6)])
    sweep(desk)
    ana.defer(flood[0])
    ana.escalate(flood[1])
    assert listed(desk, Waiting.HELD) == [flood[2]]
    sweep(desk)
    assert listed(desk, Waiting.HELD) == [flood[2]]
    assert listed(desk, Waiting.DEFERRED) == [flood[0]]
    ana.defer(flood[2])
    sweep(desk)
    assert listed(desk, Waiting.DEFERRED) == [flood[0]], "what is put off is alike to what is put off"
    assert listed(desk, Waiting.HELD) == [flood[3]]
    assert is_whole(desk)


def test_new_words_are_alike_to_others_than_the_old_ones_were(desk: Desk):
    flood = [desk.edit(str(number), copy_of(number)).comment_id for number in range(3)]
    (other,) = held(desk, OTHERS[0])
    sweep(desk)
    desk.edit("0", OTHERS[0] + " Truly.")
    assert set(listed(desk)) == {flood[0], flood[1], other}
    sweep(desk)
    assert set(listed(desk)) == {flood[1], other}
    desk.edit("2", "Something else about pills, which nobody else has said.")
    sweep(desk)
    assert set(listed(desk)) == {flood[1], flood[2], other}
    assert is_whole(desk)


def test_a_comment_without_words_is_alike_to_none(desk: Desk):
    site_id = desk.site.site.id
    store(desk.database, site_id, waits := [Wait(), Wait()], content="")
    sweep(desk)
    assert listed(desk) == sorted(wait.id for wait in waits)
    with desk.database.snapshot() as db:
        assert alike.sharing(db, site_id=site_id, marks=[]) == {}


def test_what_somebody_decides_at_this_moment_is_grouped_with_nothing(postgres_url: str, seal: Seal):
    database = open_database(postgres_url)
    desk = Desk(database, seal)
    ana = desk.seat()
    head, *copies = held(desk, *[copy_of(number) for number in range(3)])
    sweep(desk)
    late = held(desk, copy_of(7), copy_of(8))
    with database.transaction() as db:
        for decided in (head, late[0]):
            reviewing.choose(db, desk=ana.place, comment_id=decided, choice=SPAM, expected_version=None, now=NOW)
        with database.transaction() as meanwhile:
            assert grouping.sweep(meanwhile) == 1
    assert set(listed(desk)) == {copies[0], late[1]}, "each stands in the queue, and nothing behind what has left it"
    assert is_whole(desk)
    database.close()


def test_two_who_decide_about_a_group_at_once_hide_nobody(postgres_url: str, seal: Seal):
    database = open_database(postgres_url)
    desk = Desk(database, seal)
    seats = [desk.seat(name) for name in ("ana", "ben")]
    for attempt in range(5):
        head, second, third = held(desk, *[f"{copy_of(number)} {attempt}" * 2 for number in range(3)])
        sweep(desk)
        decided = (head, second) if attempt % 2 else (second, head)
        at_once(*[partial(seat.choose, one, SPAM) for seat, one in zip(seats, decided, strict=True)])
        assert listed(desk) == [third]
        assert is_whole(desk)
        seats[0].choose(third)
    database.close()


def _said(chance: random.Random, number: int) -> str:
    return chance.choice([copy_of(number), copy_of(number), f"{OTHERS[number % 4]} {number}", f"Soup number {number}."])


ACTS: dict[str, Callable[[Desk, Seat, Id, random.Random], Any]] = {
    "group": lambda desk, ana, one, chance: sweep(desk),
    "group again": lambda desk, ana, one, chance: sweep(desk),
    "decide": lambda desk, ana, one, chance: ana.choose(one, chance.choice([APPROVE, SPAM, INSULT, HOLD])),
    "put off": lambda desk, ana, one, chance: ana.defer(one),
    "hand on": lambda desk, ana, one, chance: ana.escalate(one),
    "edit": lambda desk, ana, one, chance: desk.edit(str(chance.randrange(16)), _said(chance, chance.randrange(99))),
    "report": lambda desk, ana, one, chance: desk.report(one, str(chance.random())),
    "test": lambda desk, ana, one, chance: desk.check(comment(_said(chance, chance.randrange(99)), is_test=True)),
    "take back": lambda desk, ana, one, chance: ana.undo(),
    "the blog decides": lambda desk, ana, one, chance: desk.decide(one, chance.choice([*Verdict])),
}


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_done_in_whatever_order_nothing_is_hidden_or_counted_twice(desk: Desk, ana: Seat, seed: int):
    chance, done = random.Random(seed), Counter[str]()
    for number in range(12):
        desk.edit(str(number), _said(chance, number))
    for _ in range(40):
        act = chance.choice([*ACTS])
        with suppress(Conflict, NotFound):  # what does not wait cannot be put off, and so on
            ACTS[act](desk, ana, chance.choice(every_id(desk)), chance)
            done[act] += 1
        assert is_whole(desk), act
    assert len(done) > 6
    assert desk.broken_chains() == []


def every_id(desk: Desk) -> Sequence[Id]:
    with desk.database.snapshot() as db:
        return db.exec(select(CommentRow.id).order_by(CommentRow.id)).all()
