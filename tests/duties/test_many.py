"""One word about many comments: which are meant, how many need a lead, and what others did meanwhile stays."""

from datetime import timedelta

import pytest

from moderation.clock import new_id
from moderation.duties import reviewing
from moderation.duties.grouping import group
from moderation.duties.reviewing import Chosen, Filters, Wanted
from moderation.duties.reviewing.many import AT_ONCE
from moderation.errors import Forbidden, Invalid
from moderation.judging.capabilities import MANY
from moderation.storage.people_tables import ClaimRow
from moderation.storage.tables import LabelRow
from moderation.vocabulary import Actor, EventKind, Label, Role, State, Verdict
from tests.support.desk import Desk
from tests.support.factories import NOW
from tests.support.seats import APPROVE, HOLD, INSULT, SPAM

SOON = NOW + timedelta(minutes=1)


@pytest.fixture
def lead(desk: Desk):
    return desk.seat("lead", Role.LEAD)


def states(desk: Desk, ids) -> list[State]:
    return [desk.row(id_).state for id_ in ids]


def test_a_selection_is_decided_under_one_name_with_its_lessons(desk: Desk):
    ana, ids = desk.seat(), desk.flood(4)
    ana.claim(*ids)
    batch = ana.gather(Chosen((ids[2], ids[0], ids[2])), SPAM)
    assert batch.comment_ids == (ids[2], ids[0])
    assert ana.decide_many(batch, SPAM, SOON) == 2
    assert states(desk, ids) == [State.REMOVED, State.HELD, State.REMOVED, State.HELD]
    made = [desk.history(id_)[-1] for id_ in (ids[0], ids[2])]
    assert {one.batch_id for one in made} == {batch.id}
    assert {(one.moderator_id, one.verdict, one.decided_at) for one in made} == {(ana.id, Verdict.REMOVE, SOON)}
    assert [desk.labels(id_) for id_ in ids] == [
        [(Actor.MODERATOR, Label.SPAM)],
        [],
        [(Actor.MODERATOR, Label.SPAM)],
        [],
    ]
    assert (desk.events(ids[0]).count(EventKind.DECIDED), desk.count(ClaimRow)) == (1, 2)
    assert desk.broken_chains() == []


def test_each_batch_has_a_name_of_its_own(desk: Desk):
    ana, ids = desk.seat(), desk.flood(2)
    assert ana.gather(Chosen(ids)).id != ana.gather(Chosen(ids)).id
    name = new_id()
    with desk.database.snapshot() as db:
        gone_on = reviewing.gather(
            db, desk=ana.place, chosen=Chosen(ids), choice=APPROVE, typed="", now=NOW, batch_id=name
        )
    assert gone_on.id == name


def test_all_that_are_alike_are_meant_by_the_one_that_stands_for_them(desk: Desk):
    text = "Buy our wonderful pills today at the shop round the corner, cheap and good"
    ids, other = desk.flood(7, text), desk.held("Something else entirely, about a garden fence and its owner")
    with desk.database.transaction() as db:
        group(db, site_id=desk.site.site.id)
    assert {desk.row(id_).alike_to for id_ in ids} == {ids[0]}
    ana = desk.seat()
    batch = ana.gather(Chosen(alike_to=ids[0]), SPAM)
    assert set(batch.comment_ids) == set(ids)
    assert ana.decide_many(batch, SPAM) == 7
    assert desk.row(other).state is State.HELD
    assert ana.gather(Chosen(alike_to=other), SPAM).comment_ids == (other,)


def test_all_that_a_search_finds_are_meant(desk: Desk):
    ana = desk.seat()
    ids, other = desk.flood(5, "Buy watches"), desk.held("Buy handbags")
    filters = Filters(words=Wanted(anywhere="watches"), state=State.HELD)
    batch = ana.gather(Chosen(filters=filters), INSULT)
    assert set(batch.comment_ids) == set(ids)
    ana.decide_many(batch, INSULT)
    assert (set(states(desk, ids)), desk.row(other).state) == ({State.REMOVED}, State.HELD)


def test_how_many_are_meant_and_a_few_of_them_are_shown_before(desk: Desk, lead):
    ids = desk.flood(60)
    count, rows = lead.read(lambda db: reviewing.meant(db, desk=lead.place, chosen=Chosen(ids), limit=3))
    assert (count, [row.id for row in rows]) == (60, list(ids[:3]))


@pytest.mark.parametrize("chosen", [Chosen(), Chosen(filters=Filters(words=Wanted(anywhere="nothing")))], ids=str)
def test_nothing_selected_is_said(desk: Desk, chosen: Chosen):
    with pytest.raises(Invalid) as refused:
        desk.seat().gather(chosen)
    assert refused.value.code == "bulk.empty"


@pytest.mark.parametrize("typed", ["", "0", "50", "52", "fifty-one", "5 1", "51.0"])
def test_above_fifty_the_number_is_typed_in(desk: Desk, lead, typed: str):
    ids = desk.flood(MANY + 1)
    with pytest.raises(Invalid, match="Type 51") as refused:
        lead.gather(Chosen(ids), SPAM, typed)
    assert refused.value.code == "bulk.unconfirmed"
    assert len(lead.gather(Chosen(ids), SPAM, " 51 ").comment_ids) == 51


def test_a_number_is_typed_with_or_without_its_commas(desk: Desk, lead):
    ids = tuple(new_id() for _ in range(1_200))
    for typed in ("1200", "1,200"):
        assert lead.gather(Chosen(ids), SPAM, typed).comment_ids == ()


def test_up_to_fifty_a_moderator_needs_nobody_and_above_a_lead_decides(desk: Desk, lead):
    ana, ids = desk.seat(), desk.flood(MANY + 1)
    assert len(ana.gather(Chosen(ids[:MANY]), SPAM).comment_ids) == MANY
    with pytest.raises(Forbidden):
        ana.gather(Chosen(ids), SPAM, "51")
    assert lead.decide_many(lead.gather(Chosen(ids), SPAM, "51"), SPAM) == 51


def test_more_than_ten_thousand_are_too_many(desk: Desk, lead):
    with pytest.raises(Invalid) as refused:
        lead.gather(Chosen(tuple(new_id() for _ in range(10_001))), SPAM, "10001")
    assert refused.value.code == "bulk.too_many"


def test_a_long_batch_goes_in_pieces_of_250_in_its_order(desk: Desk, lead):
    ids = desk.flood(2 * AT_ONCE + 1)
    batch = lead.gather(Chosen(ids), SPAM, "501")
    pieces = reviewing.parts(batch)
    assert [len(piece.comment_ids) for piece in pieces] == [250, 250, 1]
    assert {piece.id for piece in pieces} == {batch.id}
    assert tuple(id_ for piece in pieces for id_ in piece.comment_ids) == batch.comment_ids == ids
    assert lead.write(lambda db: reviewing.decide_many(db, desk=lead.place, batch=batch, choice=SPAM, now=NOW)) == 250
    assert states(desk, ids[249:251]) == [State.REMOVED, State.HELD]
    assert lead.decide_many(batch, SPAM) == 251


def test_what_a_person_has_decided_so_already_is_left_alone(desk: Desk):
    ana, bob, ids = desk.seat("ana"), desk.seat("bob"), desk.flood(4)
    bob.choose(ids[0], SPAM)
    bob.choose(ids[1], APPROVE)
    desk.decide(ids[2], Verdict.REMOVE)
    batch = ana.gather(Chosen(ids), SPAM)
    assert batch.comment_ids == (ids[1], ids[3])
    assert ana.decide_many(batch, SPAM) == 2
    assert [len(desk.history(id_)) for id_ in ids] == [2, 3, 2, 2]
    assert ana.gather(Chosen(ids), SPAM).comment_ids == ()


def test_a_batch_done_twice_is_done_once(desk: Desk):
    ana, ids = desk.seat(), desk.flood(3)
    batch = ana.gather(Chosen(ids), SPAM)
    assert [ana.decide_many(batch, SPAM) for _ in range(2)] == [3, 0]
    assert desk.count(LabelRow) == 3
    assert [len(desk.history(id_)) for id_ in ids] == [2, 2, 2]


@pytest.mark.parametrize("choice", [SPAM, APPROVE, HOLD], ids=["same", "opposite", "held"])
def test_what_somebody_decided_meanwhile_stands_and_the_rest_goes_on(desk: Desk, choice):
    ana, bob, ids = desk.seat("ana"), desk.seat("bob"), desk.flood(5)
    batch = ana.gather(Chosen(ids), SPAM)
    bob.choose(ids[1], choice, version=1)
    assert ana.decide_many(batch, SPAM) == 4
    made = desk.history(ids[1])
    assert [one.moderator_id for one in made] == [None, bob.id]
    assert set(states(desk, [*ids[:1], *ids[2:]])) == {State.REMOVED}
    assert desk.broken_chains() == []


def test_what_has_changed_since_the_page_showed_it_was_not_meant(desk: Desk):
    ana, ben, ids = desk.seat(), desk.seat("ben"), desk.flood(3)
    shown = {id_: desk.row(id_).version for id_ in ids}
    ben.choose(ids[0], APPROVE)
    batch = ana.gather(Chosen(tuple(ids), versions=shown), SPAM)
    assert (set(batch.comment_ids), batch.overtaken) == ({ids[1], ids[2]}, 1)
    ana.decide_many(batch, SPAM, SOON)
    assert states(desk, ids) == [State.PUBLISHED, State.REMOVED, State.REMOVED]


def test_new_words_meanwhile_were_not_meant(desk: Desk):
    ana, posted = desk.seat(), desk.edit("7", "Buy pills").comment_id
    batch = ana.gather(Chosen((posted,)), APPROVE)
    desk.edit("7", "Buy more pills", now=SOON)
    assert (ana.decide_many(batch, APPROVE), desk.row(posted).state) == (0, State.HELD)


def test_what_is_not_of_the_site_is_not_meant(desk: Desk):
    ana, other = desk.seat(), desk.add_site("https://other.example")
    theirs, mine = desk.check("pills", caller=desk.caller(other)).comment_id, desk.held()
    batch = ana.gather(Chosen((theirs, mine, new_id())), SPAM)
    assert batch.comment_ids == (mine,)
    assert ana.gather(Chosen(alike_to=theirs), SPAM).comment_ids == ()
    assert ana.decide_many(batch, SPAM) == 1


def test_what_somebody_is_on_is_left_out_and_counted(desk: Desk):
    ana, bob, ids = desk.seat("ana"), desk.seat("bob"), desk.flood(4)
    bob.claim(ids[1])
    batch = ana.gather(Chosen(ids), SPAM)
    assert (batch.comment_ids, batch.taken, batch.overtaken) == ((ids[0], *ids[2:]), 1, 0)
    bob.claim(ids[2])  # between counting and deciding
    assert ana.decide_many(batch, SPAM) == 2
    assert states(desk, ids) == [State.REMOVED, State.HELD, State.HELD, State.REMOVED]
