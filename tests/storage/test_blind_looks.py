"""What people say blindly is counted against what was found; nobody looks at their own, and the first counts."""

import math
from dataclasses import replace
from datetime import timedelta

import pytest

from moderation.clock import Id, new_id
from moderation.seal import Seal
from moderation.storage import audits, second_looks
from moderation.storage.audits import Blind
from moderation.storage.people_tables import SecondLookRow
from moderation.storage.second_looks import RATE, First, Open
from moderation.storage.tables import CommentRow
from moderation.vocabulary import Label, State, Verdict
from tests.support.desk import SPAM_WORD, Desk
from tests.support.factories import NOW
from tests.support.seats import APPROVE, INSULT, SPAM, Seat

HAM, UNWELCOME = Label.HAM, Label.SPAM
LATER = NOW + timedelta(days=1)


@pytest.fixture
def all_drawn(desk: Desk) -> Desk:
    """A site at which every comment is in the sample."""
    desk.checking = replace(desk.checking, audit_rate=1.0)
    return desk


def unseen(desk: Desk) -> list[Id]:
    with desk.database.snapshot() as db:
        found = audits.unseen(db, site_id=desk.site.site.id, limit=100)
        assert len(found) == audits.count_unseen(db, site_id=desk.site.site.id)
    return found


def say(desk: Desk, comment_id: Id, label: Label, found: Verdict, at=NOW) -> bool:
    with desk.database.transaction() as db:
        blind = Blind(label, new_id(), at)
        return audits.note_blind(db, site_id=desk.site.site.id, comment_id=comment_id, found=found, blind=blind)


def test_what_the_program_decided_and_nobody_looked_at_is_shown_the_oldest_first(all_drawn: Desk):
    ids = [all_drawn.check(words).comment_id for words in ("kind", f"{SPAM_WORD} 1", "kinder", f"{SPAM_WORD} 2")]
    assert unseen(all_drawn) == ids
    all_drawn.seat().choose(ids[0], SPAM)
    say(all_drawn, ids[1], UNWELCOME, Verdict.HOLD)
    assert unseen(all_drawn) == ids[2:]
    other = all_drawn.add_site("https://other.example").site.id
    with all_drawn.database.snapshot() as db:
        assert audits.unseen(db, site_id=other, limit=9) == []
        assert audits.unseen(db, site_id=all_drawn.site.site.id, limit=1) == ids[2:3]


def test_the_first_to_look_counts_and_only_at_what_was_drawn(desk: Desk):
    desk.checking = replace(desk.checking, audit_rate=0.0)
    not_drawn = desk.check("not drawn").comment_id
    desk.checking = replace(desk.checking, audit_rate=1.0)
    drawn = desk.check("drawn").comment_id
    assert [say(desk, drawn, label, Verdict.PUBLISH) for label in (HAM, UNWELCOME)] == [True, False]
    assert not say(desk, not_drawn, HAM, Verdict.PUBLISH)
    with desk.database.snapshot() as db:
        counted = audits.blind_counts(db, site_id=desk.site.site.id, since=NOW)
    assert counted == {(Verdict.PUBLISH, HAM): 1}


def test_blind_words_are_counted_by_what_was_found_and_what_was_said_since_a_moment(all_drawn: Desk):
    looks = [
        (Verdict.PUBLISH, HAM, LATER),
        (Verdict.PUBLISH, HAM, LATER),
        (Verdict.PUBLISH, UNWELCOME, LATER),
        (Verdict.HOLD, HAM, LATER),
        (Verdict.HOLD, UNWELCOME, NOW),
    ]
    for number, (found, label, at) in enumerate(looks):
        assert say(all_drawn, all_drawn.check(f"words {number}").comment_id, label, found, at)
    all_drawn.check("nobody has looked at this")
    with all_drawn.database.snapshot() as db:
        site_id = all_drawn.site.site.id
        since_then = audits.blind_counts(db, site_id=site_id, since=LATER)
        in_all = audits.blind_counts(db, site_id=site_id, since=NOW)
        assert audits.blind_counts(db, site_id=new_id(), since=NOW) == {}
    assert since_then == {(Verdict.PUBLISH, HAM): 2, (Verdict.PUBLISH, UNWELCOME): 1, (Verdict.HOLD, HAM): 1}
    assert in_all == since_then | {(Verdict.HOLD, UNWELCOME): 1}


def test_about_three_in_a_hundred_decisions_are_drawn_and_none_can_be_told_beforehand():
    seal, other = Seal(bytes(32)), Seal(b"another secret, of 32 bytes or so")
    ids, site_id = [new_id() for _ in range(20_000)], new_id()
    drawn = [second_looks.is_drawn(seal, site_id, id_) for id_ in ids]
    assert abs(sum(drawn) / 20_000 - RATE) < 4 * math.sqrt(RATE * (1 - RATE) / 20_000)
    assert drawn == [second_looks.is_drawn(seal, site_id, id_) for id_ in ids]
    assert drawn != [second_looks.is_drawn(other, site_id, id_) for id_ in ids]
    assert drawn != [second_looks.is_drawn(seal, new_id(), id_) for id_ in ids]


def draw(seat: Seat, comment_id: Id, label: Label) -> Id:
    """Puts a moderator's standing decision into the sample, unless chance has done so, and returns its id."""
    decision_id = seat.read(lambda db: db.get(CommentRow, comment_id).decision_id)
    first = First(decision_id, comment_id, label, seat.id)
    if seat.read(lambda db: db.get(SecondLookRow, decision_id)) is None:
        seat.write(lambda db: second_looks.draw(db, site_id=seat.place.site_id, firsts=[first], now=NOW))
    return decision_id


def waiting(seat: Seat) -> list[Open]:
    who = {"site_id": seat.place.site_id, "moderator_id": seat.id}
    return seat.read(lambda db: second_looks.waiting(db, **who, limit=100))


def look(seat: Seat, decision_id: Id, label: Label, at=NOW) -> bool:
    who = {"site_id": seat.place.site_id, "moderator_id": seat.id}
    return seat.write(lambda db: second_looks.note(db, **who, decision_id=decision_id, second=label, now=at))


@pytest.fixture
def drawn(desk: Desk) -> tuple[Seat, Seat, list[tuple[Id, Id]]]:
    """Ana and Ben, and two decisions of Ana's in the sample: comment and decision."""
    ana, ben = desk.seat("ana"), desk.seat("ben")
    pairs = []
    for words, choice, label in (("one", APPROVE, HAM), ("two", INSULT, UNWELCOME)):
        comment_id = desk.held(words)
        ana.choose(comment_id, choice)
        pairs.append((comment_id, draw(ana, comment_id, label)))
    return ana, ben, pairs


def test_others_see_what_was_drawn_and_whoever_decided_does_not(drawn):
    ana, ben, ((one, first), (two, second)) = drawn
    assert waiting(ana) == []
    assert waiting(ben) == [Open(first, one, HAM), Open(second, two, UNWELCOME)]
    assert not look(ana, first, HAM)
    assert look(ben, first, UNWELCOME)
    assert not look(ben, first, HAM), "once"
    assert waiting(ben) == [Open(second, two, UNWELCOME)]


def test_what_was_decided_anew_or_erased_waits_no_more(desk: Desk, drawn):
    ana, ben, ((one, _), (two, _)) = drawn
    cleo = desk.seat("cleo")
    ben.choose(one, SPAM)
    assert two in {opened.comment_id for opened in waiting(cleo)}
    assert [opened.comment_id for opened in waiting(ben)] == [two]
    with desk.database.transaction() as db:
        db.get(CommentRow, two).state = State.ERASED
    assert waiting(ben) == []
    assert two not in {opened.comment_id for opened in waiting(cleo)}
    assert two not in {opened.comment_id for opened in waiting(ana)}


def test_one_s_own_is_told_from_what_others_have_looked_at(drawn):
    ana, ben, ((_, first), _) = drawn
    for seat, expected in ((ana, True), (ben, False)):
        who = {"site_id": seat.place.site_id, "moderator_id": seat.id}
        assert seat.read(lambda db, who=who: second_looks.is_by(db, **who, decision_id=first)) is expected


def test_pairs_are_counted_since_a_moment_for_one_site(desk: Desk, drawn):
    _, ben, ((_, first), (_, second)) = drawn
    look(ben, first, UNWELCOME)
    look(ben, second, UNWELCOME, LATER)
    with desk.database.snapshot() as db:
        site_id = desk.site.site.id
        assert second_looks.pairs(db, site_id=site_id, since=LATER) == {(UNWELCOME, UNWELCOME): 1}
        in_all = {(HAM, UNWELCOME): 1, (UNWELCOME, UNWELCOME): 1}
        assert second_looks.pairs(db, site_id=site_id, since=NOW) == in_all
        assert second_looks.pairs(db, site_id=new_id(), since=NOW) == {}
    other = desk.seat("eve", at=desk.add_site("https://other.example"))
    assert waiting(other) == []
    assert not look(other, first, HAM)
