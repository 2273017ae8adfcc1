"""The queue as moderators see it: why each comment stands there, who is on it, how many wait; and search beside it."""

from datetime import timedelta

import pytest

from moderation.duties import hosting, reviewing
from moderation.duties.grouping import group
from moderation.duties.reviewing import Filters, Item, Wanted
from moderation.errors import Invalid
from moderation.vocabulary import Order, Role, State, Verdict, Waiting
from tests.support.desk import Desk
from tests.support.factories import NOW
from tests.support.seats import APPROVE, INSULT, Seat

SOON = NOW + timedelta(minutes=1)
DAY = timedelta(hours=24)
TEXT = "Buy our wonderful pills today at the shop round the corner, cheap and good"


def only(seat: Seat, *kinds: Waiting, now=SOON) -> Item:
    (item,) = seat.look(*kinds, now=now).items
    return item


@pytest.mark.parametrize(
    ("readers", "why"), [(0, "held"), (1, "reported by 1 reader"), (2, "reported by 2 readers")], ids=str
)
def test_it_says_how_many_readers_complained(desk: Desk, readers: int, why: str):
    id_ = desk.published() if readers else desk.held()
    for number in range(readers):
        desk.report(id_, str(number))
    assert only(desk.seat()).why == why


def test_it_says_what_was_edited_put_off_or_handed_over(desk: Desk):
    ana, lead = desk.seat("ana"), desk.seat("lead", Role.LEAD)
    posted = desk.edit("7", "My soup").comment_id
    ana.choose(posted, APPROVE)
    desk.edit("7", "My broth", now=SOON)
    put_off, handed = desk.held("one"), desk.held("other")
    ana.defer(put_off)
    ana.escalate(handed)
    why = {item.row.id: item.why for item in lead.look(now=SOON).items}
    assert why == {posted: "edited after it was approved", put_off: "put off", handed: "handed to a lead"}


@pytest.mark.parametrize(("waited", "why"), [(DAY, "held"), (DAY + timedelta(seconds=1), "overdue")], ids=str)
def test_it_is_overdue_after_the_hours_that_the_site_promises(desk: Desk, waited: timedelta, why: str):
    ana = desk.seat()
    desk.held()
    item = only(ana, now=NOW + waited)
    assert (item.why, item.waits) == (why, "1 day")
    with desk.database.transaction() as db:
        site = hosting.set_site(db, site_id=desk.site.site.id, changes={"answer_within_hours": "48"}, now=NOW)
    ana.place = reviewing.Desk(desk.seal, site, ana.id, ana.place.roles)
    assert only(ana, now=NOW + waited).why == "held"


def test_overdue_outweighs_every_other_reason_and_comes_first(desk: Desk):
    ana, old, new = desk.seat(), desk.published("old"), desk.published("new")
    desk.report(old, now=NOW)
    for reader in ("one", "two"):
        desk.report(new, reader, now=NOW + DAY)
    items = ana.look(order=Order.USEFUL, now=NOW + DAY + timedelta(seconds=1)).items
    assert [(item.row.id, item.why) for item in items] == [(old, "overdue"), (new, "reported by 2 readers")]


def test_it_says_who_is_on_it_but_not_to_themselves(desk: Desk):
    ana, bob, one, other = desk.seat("ana"), desk.seat("bob"), desk.held("one"), desk.held("other")
    ana.claim(one)
    assert {item.row.id: item.on_it for item in bob.look(now=SOON).items} == {one: "ana", other: ""}
    assert {item.row.id: item.is_free for item in bob.look(now=SOON).items} == {one: False, other: True}
    assert {item.on_it for item in ana.look(now=SOON).items} == {""}
    assert {item.on_it for item in bob.look(now=NOW + timedelta(minutes=3)).items} == {""}
    assert (ana.card(one).on_it, bob.card(one).on_it, bob.card(other).on_it) == ("", "ana", "")


def test_what_is_alike_stands_there_once_with_its_number_and_some_of_it(desk: Desk):
    ana, ids, other = desk.seat(), desk.flood(5, TEXT), desk.held("Something else, about a garden fence and its owner")
    with desk.database.transaction() as db:
        assert group(db, site_id=desk.site.site.id) == 6
        assert group(db, site_id=desk.site.site.id) == 0
    assert {item.row.id: item.alike for item in ana.look().items} == {ids[0]: 5, other: 1}
    shown = ana.read(lambda db: reviewing.samples(db, desk=ana.place, head=ids[0], but=ids[0]))
    assert [row.id for row in shown] == list(ids[1:4])
    assert [ana.card(id_).alike for id_ in (ids[0], ids[4], other)] == [5, 5, 1]


def test_the_next_one_stands_for_the_rest_when_the_first_is_decided(desk: Desk):
    ana, ids = desk.seat(), desk.flood(5, TEXT)
    with desk.database.transaction() as db:
        group(db, site_id=desk.site.site.id)
    ana.choose(ids[0], INSULT)
    assert {item.row.id: item.alike for item in ana.look().items} == {ids[1]: 4}
    ana.choose(ids[3], APPROVE)
    assert {item.row.id: item.alike for item in ana.look().items} == {ids[1]: 3}


def test_what_was_handed_to_a_lead_is_in_the_whole_queue_of_leads_only(desk: Desk):
    ana, lead, held = desk.seat("ana"), desk.seat("lead", Role.LEAD), desk.held()
    ana.escalate(held)
    assert ana.look().items == ()
    assert [item.row.id for item in lead.look().items] == [held]
    assert [item.row.id for item in ana.look(Waiting.ESCALATED).items] == [held]
    assert set(reviewing.tabs(lead.place)) == set(Waiting)


def test_the_counts_of_the_tabs_are_what_the_tabs_hold_after_whatever_was_done(desk: Desk):
    ana, lead = desk.seat("ana"), desk.seat("lead", Role.LEAD)
    held, published = desk.flood(6), [desk.published(f"Soup {number}") for number in range(3)]
    acts = [
        lambda: ana.defer(held[0]),
        lambda: ana.escalate(held[1]),
        lambda: desk.report(published[0]),
        lambda: ana.choose(held[2], APPROVE),
        lambda: desk.decide(held[3], Verdict.REMOVE),
        lambda: desk.report(held[2]),
        lambda: ana.choose(held[0], INSULT),
        ana.undo,
        lambda: ana.choose(published[0], APPROVE),
        ana.undo,
    ]
    for act in acts:
        act()
        counted = lead.read(lambda db: reviewing.counts(db, desk=lead.place))
        assert counted == {kind: len(items) for kind in Waiting if (items := lead.look(kind, now=SOON).items)}
    assert counted == {Waiting.HELD: 2, Waiting.DEFERRED: 1, Waiting.ESCALATED: 1, Waiting.REPORTED: 2}


@pytest.mark.parametrize("order", Order)
def test_pages_follow_each_other_without_gap_or_repetition(desk: Desk, order: Order):
    ana, ids = desk.seat(), desk.flood(11)
    for number in (3, 7):
        ana.defer(ids[number])
    whole = [item.row.id for item in ana.look(order=order).items]
    assert set(whole) == set(ids)
    read, place, pages = [], None, 0
    while pages == 0 or place is not None:
        page = ana.look(order=order, after=place, limit=3)
        read += [item.row.id for item in page.items]
        place, pages = reviewing.place_in(str(page.next)) if page.next else None, pages + 1
    assert (read, pages) == (whole, 4)


@pytest.mark.parametrize("said", ["", "0", "0_0_0", "a_b_c_d", "0_nan_" + "0" * 32 + "_1", "0_1_" + "0" * 32 + "_1e99"])
def test_an_address_that_leads_nowhere_is_told_so(said: str):
    with pytest.raises(Invalid, match="begin at the first page"):
        reviewing.place_in(said)


def find(seat: Seat, limit: int = 50, after=None, **filters) -> reviewing.Found:
    return seat.read(
        lambda db: reviewing.find(db, desk=seat.place, filters=Filters(**filters), limit=limit, after=after)
    )


def test_a_search_finds_by_words_and_by_what_became_of_a_comment(desk: Desk):
    ana = desk.seat()
    soup, broth, pills = desk.published("My soup"), desk.published("My broth"), desk.held("Some soup")
    ana.choose(pills, INSULT)
    assert [row.id for row in find(ana).rows] == [pills, broth, soup]
    assert {row.id for row in find(ana, words=Wanted(anywhere="soup")).rows} == {soup, pills}
    assert [row.id for row in find(ana, words=Wanted(anywhere="soup"), state=State.REMOVED).rows] == [pills]
    assert [row.id for row in find(ana, reason="moderator").rows] == [pills]
    assert find(ana, email="Ann@Example.org").count == 3
    assert find(ana, email="eve@example.org").count == 0
    assert find(ana, since=SOON).rows == ()


def test_a_search_goes_on_where_its_page_ended(desk: Desk):
    ana, ids = desk.seat(), desk.flood(7)
    first = find(ana, limit=3)
    second = find(ana, limit=3, after=first.next)
    third = find(ana, limit=3, after=second.next)
    assert [row.id for page in (first, second, third) for row in page.rows] == list(ids[::-1])
    assert (third.next, {first.count, third.count}) == (None, {7})
    assert find(ana, limit=7).next is None
