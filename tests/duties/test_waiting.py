"""Putting off, handing to a lead, noting, taking over, readers' reports: none of them decides, each leaves a trace."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from moderation.clock import new_id
from moderation.duties import reviewing
from moderation.errors import Conflict, Forbidden, Invalid, ModerationError, NotFound, VersionMismatch
from moderation.judging.moderating import NOTE_LENGTH
from moderation.storage import notes
from moderation.storage.people_tables import ClaimRow, NoteRow
from moderation.storage.tables import ReportRow
from moderation.vocabulary import Category, EventKind, Role, State, Verdict, Waiting
from tests.support.desk import Desk
from tests.support.factories import NOW, author
from tests.support.seats import APPROVE, HOLD, INSULT

SOON = NOW + timedelta(minutes=1)
LATER = NOW + timedelta(hours=1)


def refused(desk: Desk, kind: type[ModerationError], act) -> ModerationError:
    """An act is refused and has stored nothing."""
    tables = (NoteRow, ClaimRow, ReportRow)
    before = (desk.counts(), [desk.count(table) for table in tables])
    with pytest.raises(kind) as refusal:
        act()
    assert (desk.counts(), [desk.count(table) for table in tables]) == before
    return refusal.value


def test_what_is_put_off_waits_as_that_since_when_it_did_and_is_counted(desk: Desk):
    ana, held = desk.seat(), desk.held()
    ana.claim(held)
    ana.defer(held, SOON)
    ana.defer(held, LATER)
    assert desk.waiting(held) == (Waiting.DEFERRED, NOW, 0, 2)
    assert desk.events(held) == [EventKind.RECEIVED, EventKind.DEFERRED, EventKind.DEFERRED]
    assert (desk.row(held).version, desk.count(ClaimRow)) == (1, 0)


def test_what_does_not_wait_cannot_be_put_off(desk: Desk):
    ana, published = desk.seat(), desk.published()
    refused(desk, Conflict, lambda: ana.defer(published))
    decided = desk.held()
    ana.choose(decided, INSULT)
    assert refused(desk, Conflict, lambda: ana.defer(decided)).code == "queue.left"


def test_what_is_held_again_after_it_was_put_off_stays_put_off(desk: Desk):
    ana, held = desk.seat(), desk.held()
    ana.defer(held, SOON)
    ana.choose(held, HOLD, now=LATER)
    assert desk.waiting(held) == (Waiting.DEFERRED, NOW, 0, 1)


@pytest.mark.parametrize("is_waiting", [True, False])
def test_what_is_handed_to_a_lead_waits_for_one_whether_it_had_waited_or_not(desk: Desk, is_waiting: bool):
    ana = desk.seat()
    id_ = desk.held() if is_waiting else desk.published()
    ana.escalate(id_, "Is this a threat?", SOON)
    assert desk.waiting(id_) == (Waiting.ESCALATED, NOW if is_waiting else SOON, 0, 0)
    assert desk.events(id_) == [EventKind.RECEIVED, EventKind.NOTED, EventKind.ESCALATED]
    with desk.database.snapshot() as db:
        (note,) = notes.about(db, site_id=desk.site.site.id, comment_id=id_, author_email_code=None)
    assert (note.text, note.moderator_id, note.is_about_author) == ("Is this a threat?", ana.id, False)


def test_handing_over_needs_no_words(desk: Desk):
    held = desk.held()
    desk.seat().escalate(held, "  ")
    assert (desk.waiting(held)[0], desk.count(NoteRow)) == (Waiting.ESCALATED, 0)


def test_words_that_cannot_be_kept_hand_nothing_over(desk: Desk):
    held, ana = desk.held(), desk.seat()
    refused(desk, Invalid, lambda: ana.escalate(held, "x" * (NOTE_LENGTH + 1)))
    assert desk.waiting(held)[0] is Waiting.HELD


@pytest.mark.parametrize("text", ["", "  \n", "x" * (NOTE_LENGTH + 1), "a\x00b", "\ud800"], ids=ascii)
def test_a_note_that_cannot_be_kept_is_refused(desk: Desk, text: str):
    held, ana = desk.held(), desk.seat()
    assert refused(desk, Invalid, lambda: ana.note(held, text)).code == "note.invalid"


def test_the_longest_note_is_kept_as_it_was_written(desk: Desk):
    held, ana = desk.held(), desk.seat()
    text = ("<script>" + "ä\u202e" * NOTE_LENGTH)[:NOTE_LENGTH]
    ana.note(held, f"  {text}\n"[: NOTE_LENGTH + 3].strip())
    with desk.database.snapshot() as db:
        assert [row.text for row in db.exec(select(NoteRow)).scalars()] == [text]
    assert desk.waiting(held) == (Waiting.HELD, NOW, 0, 0)


def test_a_note_about_the_author_stands_beside_the_authors_other_comments_and_no_one_elses(desk: Desk):
    ana = desk.seat()
    one, other = desk.held("one"), desk.held("other")
    foreign = desk.held("foreign", author=author(email="eve@example.org"))
    ana.note(one, "Writes kindly.", about_author=True)
    ana.note(one, "Off topic.")
    told = {id_: [line.what for line in ana.card(id_).history if line.is_note] for id_ in (one, other, foreign)}
    assert told == {one: ["Writes kindly.", "Off topic."], other: ["Writes kindly."], foreign: []}


def test_a_note_about_an_author_without_an_address_is_refused(desk: Desk):
    ana, held = desk.seat(), desk.held(author=author(email=""))
    refused(desk, Invalid, lambda: ana.note(held, "Who is this?", about_author=True))
    ana.note(held, "Who is this?")


def test_a_lead_takes_over_what_somebody_else_is_on_and_the_history_says_so(desk: Desk):
    ana, lead, held, other = desk.seat("ana"), desk.seat("lead", Role.LEAD), desk.held("one"), desk.held("other")
    ana.claim(held, other)
    assert lead.claim(held) == []
    lead.take_over(held, SOON)
    assert ana.claim(held, other, now=SOON) == [other]
    assert desk.events(held)[-1] is EventKind.TAKEN_OVER
    assert [line.who for line in ana.card(held).history][-1] == "lead"


def test_a_moderator_takes_nothing_over(desk: Desk):
    ana, bob, held = desk.seat("ana"), desk.seat("bob"), desk.held()
    ana.claim(held)
    refused(desk, Forbidden, lambda: bob.take_over(held))
    assert ana.claim(held) == [held]


def test_a_reader_counts_once_and_a_reported_comment_waits(desk: Desk):
    published = desk.published()
    assert desk.report(published, "one", Category.HATE, now=SOON)
    assert not desk.report(published, "one", Category.INSULT, now=LATER)
    assert desk.report(published, "two", now=LATER)
    assert desk.waiting(published) == (Waiting.REPORTED, SOON, 2, 0)
    assert desk.events(published) == [EventKind.RECEIVED, EventKind.REPORTED, EventKind.REPORTED]
    assert desk.row(published).state is State.PUBLISHED
    assert desk.seat().card(published).reports == {Category.HATE: 1, Category.INSULT: 1}
    assert desk.labels(published) == []


def test_only_what_is_published_is_reported(desk: Desk):
    held = desk.held()
    assert refused(desk, Conflict, lambda: desk.report(held)).code == "report.not_published"
    desk.seat().choose(held, INSULT)
    refused(desk, Conflict, lambda: desk.report(held))
    refused(desk, NotFound, lambda: desk.report(new_id()))
    foreign = desk.add_site("https://other.example")
    theirs = desk.check(caller=desk.caller(foreign)).comment_id
    refused(desk, NotFound, lambda: desk.report(theirs))


def test_a_comment_that_a_person_looked_at_waits_again_for_another_reader_only(desk: Desk):
    ana, published = desk.seat(), desk.published()
    desk.report(published, "one")
    ana.choose(published, APPROVE, now=SOON)
    assert desk.waiting(published) == (None, None, 0, 0)
    assert not desk.report(published, "one", now=LATER)
    assert desk.waiting(published) == (None, None, 0, 0)
    assert desk.report(published, "two", now=LATER)
    assert desk.waiting(published) == (Waiting.REPORTED, LATER, 1, 0)


def test_what_was_approved_waits_again_when_its_writer_changes_it(desk: Desk):
    ana = desk.seat()
    posted = desk.edit("7", "My soup").comment_id
    desk.report(posted)
    ana.choose(posted, APPROVE, now=SOON)
    desk.edit("7", "My broth", now=LATER)
    assert desk.waiting(posted) == (Waiting.EDITED, LATER, 0, 0)
    ana.choose(posted, APPROVE, now=LATER)
    assert desk.waiting(posted) == (None, None, 0, 0)


def test_a_report_outweighs_an_edit_and_neither_disturbs_what_a_lead_was_given(desk: Desk):
    ana, posted = desk.seat(), desk.edit("7", "My soup").comment_id
    ana.choose(posted, APPROVE)
    desk.edit("7", "My broth", now=SOON)
    desk.report(posted, now=LATER)
    assert desk.waiting(posted) == (Waiting.REPORTED, SOON, 1, 0)
    ana.escalate(posted, now=LATER)
    desk.report(posted, "two", now=LATER)
    desk.edit("7", "My stew", now=LATER)
    assert desk.waiting(posted) == (Waiting.ESCALATED, SOON, 2, 0)


def test_the_website_deciding_ends_the_waiting_as_well(desk: Desk):
    published = desk.published()
    desk.report(published)
    desk.decide(published, Verdict.REMOVE)
    assert desk.waiting(published) == (None, None, 0, 0)


def test_a_test_of_the_website_never_waits(desk: Desk):
    test = desk.published(is_test=True)
    desk.report(test)
    assert desk.waiting(test)[:2] == (None, None)


def test_five_comments_are_leased_for_three_minutes_and_the_earlier_ones_come_back(desk: Desk):
    ana, bob = desk.seat("ana"), desk.seat("bob")
    ids = [desk.held(str(number)) for number in range(7)]
    assert ana.claim(*ids) == ids[:5]
    assert bob.claim(*ids) == []  # the first five of seven are Ana's
    assert bob.claim(*ids[5:]) == ids[5:]
    assert ana.claim(ids[0]) == ids[:1]
    assert bob.claim(ids[1]) == ids[1:2]
    assert bob.claim(ids[0], now=NOW + timedelta(minutes=3) - timedelta(seconds=1)) == []
    assert bob.claim(ids[0], now=NOW + timedelta(minutes=3)) == ids[:1]


def test_what_does_not_wait_is_not_leased(desk: Desk):
    ana, published, held = desk.seat(), desk.published(), desk.held()
    assert ana.claim(published, new_id(), held) == [held]


def test_a_lease_names_who_is_on_it(desk: Desk):
    ana, bob, held = desk.seat("ana"), desk.seat("bob"), desk.held()
    ana.claim(held)
    had, others = bob.write(lambda db: reviewing.claim(db, desk=bob.place, comment_ids=[held], now=NOW))
    assert (had, {id_: claim.name for id_, claim in others.items()}) == ([], {held: "ana"})


def test_what_somebody_is_on_nobody_else_decides_or_moves_and_it_is_said_by_whom_and_until_when(desk: Desk):
    ana, bob, held = desk.seat("ana"), desk.seat("bob"), desk.held()
    ana.claim(held)
    for act in (
        lambda: bob.choose(held, INSULT, version=1, now=SOON),
        lambda: bob.defer(held, SOON),
        lambda: bob.escalate(held, "Is this a threat?", SOON),
    ):
        refusal = refused(desk, Conflict, act)
        assert refusal.code == "queue.taken"
        assert f"ana is on it until {NOW + timedelta(minutes=4):%H:%M} UTC" in refusal.message
        assert "a lead may take it over" in refusal.message
    assert desk.row(held).state is State.HELD
    bob.note(held)
    bob.choose(held, INSULT, now=NOW + timedelta(minutes=3))
    assert desk.row(held).state is State.REMOVED


def test_a_lead_takes_it_over_first_and_then_the_other_one_is_refused(desk: Desk):
    ana, lead, held = desk.seat("ana"), desk.seat("lead", Role.LEAD), desk.held()
    ana.claim(held)
    assert "take this one over" in refused(desk, Conflict, lambda: lead.choose(held, INSULT)).message
    lead.take_over(held)
    assert "lead is on it" in refused(desk, Conflict, lambda: ana.choose(held, INSULT)).message
    lead.choose(held, INSULT)


def test_ones_own_lease_the_website_and_taking_back_are_never_in_the_way(desk: Desk):
    ana, bob, held = desk.seat("ana"), desk.seat("bob"), desk.held()
    ana.claim(held)
    ana.choose(held, HOLD)
    bob.claim(held)
    ana.undo()
    desk.decide(held, Verdict.PUBLISH)
    assert desk.row(held).state is State.PUBLISHED


def test_who_was_quicker_says_more_than_who_is_on_it(desk: Desk):
    ana, bob, eve, held = desk.seat("ana"), desk.seat("bob"), desk.seat("eve"), desk.held()
    ana.choose(held, HOLD)
    eve.claim(held)
    refusal = refused(desk, VersionMismatch, lambda: bob.choose(held, INSULT, version=1, now=SOON))
    assert "ana held it" in refusal.message
