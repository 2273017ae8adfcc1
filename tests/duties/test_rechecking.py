"""Blind looks: drawn by chance, asked of somebody else, measured as said; where two people differ a lead decides."""

from datetime import timedelta

import pytest

from moderation.clock import Id, new_id
from moderation.duties import rechecking
from moderation.duties.rechecking import Answered, Quality
from moderation.errors import Conflict, Forbidden, ModerationError
from moderation.storage import audits, second_looks
from moderation.storage.audits import Fresh
from moderation.storage.people_tables import SecondLookRow
from moderation.storage.second_looks import First
from moderation.vocabulary import EventKind, Label, Role, State, Verdict, Waiting
from tests.support import chance
from tests.support.desk import Desk
from tests.support.factories import NOW
from tests.support.seats import APPROVE, HOLD, SPAM, Seat

SOON = NOW + timedelta(minutes=1)
HAM, BAD = Label.HAM, Label.SPAM


@pytest.fixture(autouse=True)
def _no_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what a test draws is drawn; chance has tests of its own."""
    monkeypatch.setattr(audits, "is_drawn", lambda _seal, _fresh, rate=audits.RATE: rate == 1.0)
    monkeypatch.setattr(second_looks, "is_drawn", lambda *_: False)


def draw(desk: Desk, *ids: Id) -> None:
    """Lets chance draw comments that the program decided."""
    with desk.database.transaction() as db:
        judged = [Fresh(desk.site.site.id, id_, NOW) for id_ in ids]
        chance.draw(db, seal=desk.seal, judged=judged)


def draw_again(desk: Desk, seat: Seat, id_: Id, label: Label) -> Id:
    """Lets chance draw the decision that a moderator has just made; returns its id."""
    decision_id = desk.row(id_).decision_id
    with desk.database.transaction() as db:
        firsts = [First(decision_id, id_, label, seat.id)]
        second_looks.draw(db, site_id=desk.site.site.id, firsts=firsts, now=NOW)
    return decision_id


def answer(seat: Seat, id_: Id, label: Label, decision_id: Id | None = None, now=SOON) -> Answered:
    names = {"site_id": seat.place.site_id, "moderator_id": seat.id, "roles": seat.place.roles}
    return seat.write(
        lambda db: rechecking.answer(db, **names, comment_id=id_, decision_id=decision_id, label=label, now=now)
    )


def waiting(seat: Seat) -> list[tuple[Id, Id | None]]:
    names = {"site_id": seat.place.site_id, "moderator_id": seat.id}
    tasks = seat.read(lambda db: rechecking.tasks(db, **names, roles=seat.place.roles, now=SOON))
    assert seat.read(lambda db: rechecking.count_waiting(db, **names)) == len(tasks)
    return [(task.row.id, task.decision_id) for task in tasks]


def quality(desk: Desk, now=SOON) -> Quality:
    with desk.database.snapshot() as db:
        return rechecking.quality(db, site_id=desk.site.site.id, now=now)


def refused(desk: Desk, kind: type[ModerationError], act) -> str:
    before = (desk.counts(), desk.count(SecondLookRow), quality(desk))
    with pytest.raises(kind) as refusal:
        act()
    assert (desk.counts(), desk.count(SecondLookRow), quality(desk)) == before
    return refusal.value.code


def test_what_chance_drew_waits_for_everybody_until_one_has_looked(desk: Desk):
    ana, bob, (one, other) = desk.seat("ana"), desk.seat("bob"), desk.flood(2)
    draw(desk, one, other)
    assert waiting(ana) == waiting(bob) == [(one, None), (other, None)]
    assert answer(ana, one, HAM).decides
    ana.choose(one, APPROVE, now=SOON)
    assert waiting(ana) == waiting(bob) == [(other, None)]
    assert refused(desk, Conflict, lambda: answer(bob, one, BAD)) == "recheck.done"


def test_what_a_person_has_decided_is_no_measure_of_the_program(desk: Desk):
    ana, bob, held = desk.seat("ana"), desk.seat("bob"), desk.held()
    draw(desk, held)
    ana.choose(held, APPROVE)
    assert waiting(bob) == []
    assert refused(desk, Conflict, lambda: answer(bob, held, BAD)) == "recheck.done"


def test_what_was_never_drawn_is_not_looked_at_blindly(desk: Desk):
    held = desk.held()
    refused(desk, Conflict, lambda: answer(desk.seat(), held, HAM))
    refused(desk, Conflict, lambda: answer(desk.seat(), held, HAM, new_id()))


def test_the_figures_are_what_was_said_of_what_the_program_had_decided(desk: Desk):
    ana = desk.seat()
    held, published = desk.flood(5), [desk.published(f"Soup {number}") for number in range(7)]
    draw(desk, *held, *published)
    for number, id_ in enumerate(held):
        answer(ana, id_, HAM if number < 2 else BAD)
        ana.choose(id_, APPROVE if number < 2 else SPAM, now=SOON)
    for number, id_ in enumerate(published):
        answer(ana, id_, BAD if number < 1 else HAM)
        ana.choose(id_, SPAM if number < 1 else APPROVE, now=SOON)
    measured = quality(desk)
    assert (measured.wrong_holds.hits, measured.wrong_holds.count) == (2, 2 + 6)
    assert (measured.missed.hits, measured.missed.count) == (1, 3 + 1)
    low, high = measured.wrong_holds.interval
    assert low < 0.25 == measured.wrong_holds.share < high


def test_figures_reach_ninety_days_back(desk: Desk):
    ana, held = desk.seat(), desk.held()
    draw(desk, held)
    answer(ana, held, HAM, now=NOW)
    assert quality(desk, NOW + timedelta(days=90)).wrong_holds.count == 1
    assert quality(desk, NOW + timedelta(days=90, seconds=1)).wrong_holds.count == 0
    assert quality(desk, NOW + timedelta(days=91)).wrong_holds.share is None


def test_nobody_checks_their_own_decision(desk: Desk):
    ana, bob, held = desk.seat("ana"), desk.seat("bob"), desk.held()
    ana.choose(held, SPAM)
    made = draw_again(desk, ana, held, BAD)
    assert (waiting(ana), waiting(bob)) == ([], [(held, made)])
    assert refused(desk, Forbidden, lambda: answer(ana, held, BAD, made)) == "recheck.own"
    assert not answer(bob, held, BAD, made).decides
    assert waiting(bob) == []
    assert refused(desk, Conflict, lambda: answer(desk.seat("eve"), held, HAM, made)) == "recheck.done"
    assert refused(desk, Forbidden, lambda: answer(ana, held, HAM, made)) == "recheck.own"


@pytest.mark.parametrize(("choice", "label"), [(SPAM, BAD), (APPROVE, HAM)], ids=["removed", "published"])
@pytest.mark.parametrize("agrees", [True, False])
def test_a_disagreement_goes_to_a_lead_and_the_first_decision_stands_so_long(desk: Desk, choice, label, agrees: bool):
    ana, bob, held = desk.seat("ana"), desk.seat("bob"), desk.held()
    ana.choose(held, choice)
    made = draw_again(desk, ana, held, label)
    answer(bob, held, label if agrees else {HAM: BAD, BAD: HAM}[label], made)
    assert desk.row(held).decision_id == made
    assert desk.waiting(held)[:2] == ((None, None) if agrees else (Waiting.ESCALATED, SOON))
    assert desk.events(held).count(EventKind.RECHECKED) == 1
    assert desk.events(held).count(EventKind.ESCALATED) == (not agrees)
    lead = desk.seat("lead", Role.LEAD)
    assert [item.row.id for item in lead.look(now=SOON).items] == ([] if agrees else [held])
    assert bob.look(now=SOON).items == ()
    lead.choose(held, APPROVE, now=SOON)
    assert desk.waiting(held)[0] is None


def test_taking_the_first_decision_back_keeps_the_matter_with_the_lead(desk: Desk):
    ana, bob, held = desk.seat("ana"), desk.seat("bob"), desk.held()
    ana.choose(held, SPAM)
    answer(bob, held, HAM, draw_again(desk, ana, held, BAD))
    ana.undo(now=SOON)
    assert (desk.row(held).state, desk.waiting(held)[0]) == (State.HELD, Waiting.ESCALATED)


def test_what_waits_for_a_reason_of_its_own_stays_in_its_queue(desk: Desk):
    ana, bob, published = desk.seat("ana"), desk.seat("bob"), desk.published()
    ana.choose(published, APPROVE)
    made = draw_again(desk, ana, published, HAM)
    desk.report(published, now=NOW)
    answer(bob, published, BAD, made)
    assert desk.waiting(published) == (Waiting.REPORTED, NOW, 1, 0)


@pytest.mark.parametrize("by", ["moderator", "website", "undo"])
def test_a_decision_that_no_longer_stands_waits_for_nobody(desk: Desk, by: str):
    ana, bob, held = desk.seat("ana"), desk.seat("bob"), desk.held()
    ana.choose(held, SPAM)
    made = draw_again(desk, ana, held, BAD)
    {
        "moderator": lambda: desk.seat("eve").choose(held, HOLD, now=SOON),
        "website": lambda: desk.decide(held, Verdict.PUBLISH, now=SOON),
        "undo": lambda: ana.undo(now=SOON),
    }[by]()
    assert waiting(bob) == []
    assert refused(desk, Conflict, lambda: answer(bob, held, HAM, made)) == "recheck.done"


def test_a_decision_on_one_comment_is_not_looked_at_as_anothers(desk: Desk):
    ana, bob, one, other = desk.seat("ana"), desk.seat("bob"), desk.held("one"), desk.held("other")
    ana.choose(one, SPAM)
    made = draw_again(desk, ana, one, BAD)
    refused(desk, Conflict, lambda: answer(bob, other, HAM, made))
    assert waiting(bob) == [(one, made)]


def test_agreement_is_counted_in_pairs_and_by_kappa(desk: Desk):
    ana, bob, ids = desk.seat("ana"), desk.seat("bob"), desk.flood(10)
    pairs = [(BAD, BAD)] * 4 + [(HAM, HAM)] * 3 + [(BAD, HAM)] * 2 + [(HAM, BAD)]
    for id_, (first, second) in zip(ids, pairs, strict=True):
        ana.choose(id_, APPROVE if first is HAM else SPAM)
        answer(bob, id_, second, draw_again(desk, ana, id_, first))
    measured = quality(desk)
    assert measured.pairs == {(BAD, BAD): 4, (HAM, HAM): 3, (BAD, HAM): 2, (HAM, BAD): 1}
    assert (measured.looks, measured.agreement.hits) == (10, 7)
    by_chance = (0.6 * 0.5) + (0.4 * 0.5)
    assert measured.kappa == pytest.approx((0.7 - by_chance) / (1 - by_chance))


def test_the_second_looks_come_first_and_never_more_than_asked_for(desk: Desk):
    ana, bob, ids = desk.seat("ana"), desk.seat("bob"), desk.flood(6)
    draw(desk, *ids[:4])
    for id_ in ids[4:]:
        ana.choose(id_, SPAM)
        draw_again(desk, ana, id_, BAD)
    assert [id_ for id_, _ in waiting(bob)] == [*ids[4:], *ids[:4]]
    names = {"site_id": desk.site.site.id, "moderator_id": bob.id, "roles": bob.place.roles}
    assert len(bob.read(lambda db: rechecking.tasks(db, **names, now=SOON, limit=3))) == 3


def test_another_site_sees_and_measures_nothing_of_it(desk: Desk):
    other, held = desk.add_site("https://other.example"), desk.held()
    draw(desk, held)
    eve = desk.seat("eve", at=other)
    assert waiting(eve) == []
    answer(desk.seat(), held, HAM)
    with desk.database.snapshot() as db:
        assert rechecking.quality(db, site_id=other.site.id, now=SOON).wrong_holds.count == 0


def test_what_somebody_is_on_in_the_queue_is_looked_at_last(desk: Desk):
    ana, bob, ids = desk.seat("ana"), desk.seat("bob"), desk.flood(3)
    draw(desk, *ids)
    ana.claim(ids[0])
    assert [id_ for id_, _ in waiting(bob)] == [*ids[1:], ids[0]]
