"""A second look: asked for once, heard by another person, put right at once; never by a program or the first."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from moderation.clock import Id, new_id
from moderation.duties import appealing, forgetting
from moderation.duties.appealing import Hearer
from moderation.errors import Conflict, Forbidden, Invalid, ModerationError, NotFound
from moderation.judging.capabilities import MAY, Action
from moderation.storage import appeals
from moderation.storage.appeals import Hearing
from moderation.storage.rights_tables import AppealRow
from moderation.vocabulary import Actor, ErasedBy, EventKind, Label, Outcome, Role, State, Verdict, Waiting
from tests.support.desk import Desk
from tests.support.factories import NOW
from tests.support.seats import INSULT, SPAM, Seat

HALF_A_YEAR = timedelta(days=184)
LATER = NOW + timedelta(hours=1)


def ask(desk: Desk, comment_id: Id, text: str = "I sell nothing.", now: datetime = NOW) -> AppealRow:
    row = desk.row(comment_id)
    refusal = None
    with desk.database.transaction() as db:
        try:
            return appealing.open_appeal(db, row=row, text=text, open_for=HALF_A_YEAR, now=now)
        except ModerationError as error:
            refusal = error
    raise refusal


def hear(
    desk: Desk, seat: Seat, comment_id: Id, outcome: Outcome = Outcome.OVERTURNED, reply: str = "You are right."
) -> None:
    place = seat.place
    hearer = Hearer(place.seal, place.site_id, place.moderator_id, place.roles)
    seat.write(
        lambda db: appealing.hear(db, hearer=hearer, comment_id=comment_id, outcome=outcome, reply=reply, now=LATER)
    )


def appeals_of(desk: Desk, comment_id: Id) -> list[AppealRow]:
    with desk.database.snapshot() as db:
        return appeals.of_comment(db, site_id=desk.site.site.id, comment_id=comment_id)


def test_a_wish_is_kept_with_the_decision_it_is_about(desk: Desk):
    held = desk.held()
    ask(desk, held, "  I sell nothing.\n")
    (appeal,) = appeals_of(desk, held)
    assert (appeal.text, appeal.opened_at, appeal.first_by) == ("I sell nothing.", NOW, None)
    assert appeal.decision_id == desk.row(held).decision_id
    assert (appeal.heard_at, appeal.outcome, appeal.reply) == (None, None, None)
    assert desk.events(held)[-1] is EventKind.APPEALED
    assert desk.row(held).state is State.HELD


class TestOnce:
    def test_an_open_wish_is_not_asked_twice(self, desk: Desk):
        held = desk.held()
        ask(desk, held)
        with pytest.raises(Conflict, match="asked already"):
            ask(desk, held)

    def test_what_was_heard_is_not_heard_again(self, desk: Desk):
        held = desk.held()
        ask(desk, held)
        hear(desk, desk.seat("ben"), held, Outcome.UPHELD)
        with pytest.raises(Conflict, match="answered already"):
            ask(desk, held)

    def test_a_new_decision_can_be_asked_about_anew(self, desk: Desk):
        held = desk.held()
        ask(desk, held)
        hear(desk, desk.seat("ben"), held, Outcome.UPHELD)
        desk.seat("ana").choose(held, SPAM, now=LATER)
        ask(desk, held, now=LATER)
        assert [one.outcome for one in appeals_of(desk, held)] == [Outcome.UPHELD, None]

    def test_two_open_wishes_about_one_comment_do_not_wait_together(self, desk: Desk):
        held = desk.held()
        ask(desk, held)
        desk.seat("ana").choose(held, SPAM)
        with pytest.raises(Conflict):
            ask(desk, held)


@pytest.mark.parametrize(
    ("age", "is_late"),
    [(HALF_A_YEAR, False), (HALF_A_YEAR + timedelta(seconds=1), True), (HALF_A_YEAR - timedelta(seconds=1), False)],
)
def test_the_time_for_it_is_counted_from_the_decision(desk: Desk, age: timedelta, *, is_late: bool):
    held = desk.held()
    if is_late:
        with pytest.raises(Conflict, match="is over"):
            ask(desk, held, now=NOW + age)
    else:
        assert ask(desk, held, now=NOW + age)


def test_what_is_published_or_erased_is_not_looked_at_again(desk: Desk):
    published, held = desk.published(), desk.held()
    with pytest.raises(Conflict, match="published"):
        ask(desk, published)
    with desk.database.transaction() as db:
        forgetting.erase(db, seal=desk.seal, row=desk.row(held), by=ErasedBy.AUTHOR, now=NOW)
    with pytest.raises(Conflict, match="erased"):
        ask(desk, held)
    assert desk.count(AppealRow) == 0


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 2_001, "a\x00b", "\ud800"])
def test_words_that_cannot_be_kept_are_refused(desk: Desk, text: str):
    with pytest.raises(Invalid):
        ask(desk, desk.held(), text)


class TestWhoHears:
    def test_whoever_decided_first_is_refused_by_the_duty(self, desk: Desk):
        ana, held = desk.seat("ana"), desk.held()
        ana.choose(held, INSULT)
        ask(desk, held)
        with pytest.raises(Forbidden, match="somebody else") as refused:
            hear(desk, ana, held)
        assert refused.value.code == "appeal.own"
        assert appeals_of(desk, held)[0].heard_at is None

    def test_and_by_the_database_itself(self, desk: Desk):
        ana, held = desk.seat("ana"), desk.held()
        ana.choose(held, INSULT)
        appeal = ask(desk, held)
        own = Hearing(ana.id, Outcome.UPHELD, "It stays.")
        with pytest.raises(IntegrityError), desk.database.transaction() as db:
            appeals.end(db, site_id=desk.site.site.id, appeal_id=appeal.id, hearing=own, now=LATER)
        assert appeals_of(desk, held)[0].heard_at is None

    def test_another_person_is_heard(self, desk: Desk):
        held = desk.held()
        desk.seat("ana").choose(held, INSULT)
        ask(desk, held)
        hear(desk, desk.seat("ben"), held, Outcome.UPHELD, "It stays an insult.")
        (appeal,) = appeals_of(desk, held)
        assert (appeal.outcome, appeal.reply, appeal.heard_at) == (Outcome.UPHELD, "It stays an insult.", LATER)

    @pytest.mark.parametrize("role", Role)
    def test_only_the_roles_that_decide_hear(self, desk: Desk, role: Role):
        held, seat = desk.held(), desk.seat("ben", role)
        ask(desk, held)
        if role in MAY[Action.HEAR]:
            hear(desk, seat, held)
        else:
            with pytest.raises(Forbidden):
                hear(desk, seat, held)

    def test_nobody_reaches_another_sites_writers(self, desk: Desk):
        other = desk.add_site("https://other.example")
        held, stranger = desk.held(), desk.seat("eve", at=other)
        ask(desk, held)
        with pytest.raises(NotFound):
            hear(desk, stranger, held)
        with pytest.raises(NotFound):
            hear(desk, stranger, new_id())

    def test_with_nobody_but_the_first_decider_the_wish_waits(self, desk: Desk):
        ana, held = desk.seat("ana"), desk.held()
        ana.choose(held, INSULT)
        ask(desk, held)
        site_id = desk.site.site.id
        with desk.database.snapshot() as db:
            assert not appealing.has_another_hearer(db, site_id=site_id, first_by=ana.id)
        desk.seat("ola", Role.OPERATOR)
        with desk.database.snapshot() as db:
            assert not appealing.has_another_hearer(db, site_id=site_id, first_by=ana.id)
        desk.seat("ben")
        with desk.database.snapshot() as db:
            assert appealing.has_another_hearer(db, site_id=site_id, first_by=ana.id)


class TestHowItEnds:
    def test_what_was_wrong_is_put_back_at_once_and_taught(self, desk: Desk):
        held, ben = desk.held(), desk.seat("ben")
        ask(desk, held)
        hear(desk, ben, held)
        row, last = desk.row(held), desk.history(held)[-1]
        assert (row.state, row.decided_by, row.waits_as) == (State.PUBLISHED, Actor.APPEAL, None)
        assert (last.actor, last.verdict, last.moderator_id) == (Actor.APPEAL, Verdict.PUBLISH, ben.id)
        assert desk.labels(held) == [(Actor.APPEAL, Label.HAM)]
        assert {EventKind.HEARD, EventKind.DECIDED, EventKind.LABELLED} <= set(desk.events(held))
        assert desk.broken_chains() == []

    def test_what_stays_changes_nothing_but_the_answer(self, desk: Desk):
        held = desk.held()
        ask(desk, held)
        before = desk.row(held).model_dump()
        hear(desk, desk.seat("ben"), held, Outcome.UPHELD, "It stays.")
        assert desk.row(held).model_dump() == before
        assert desk.labels(held) == []

    def test_what_was_wrong_in_part_is_kept_back_instead_of_refused(self, desk: Desk):
        held = desk.held()
        desk.seat("ana").choose(held, INSULT)
        ask(desk, held)
        hear(desk, desk.seat("ben"), held, Outcome.PARTLY_OVERTURNED, "Take the last word out.")
        row = desk.row(held)
        assert (row.state, row.decided_by, row.waits_as) == (State.HELD, Actor.APPEAL, Waiting.HELD)
        assert desk.labels(held) == []

    def test_what_is_held_cannot_be_put_back_in_part(self, desk: Desk):
        held = desk.held()
        ask(desk, held)
        with pytest.raises(Invalid):
            hear(desk, desk.seat("ben"), held, Outcome.PARTLY_OVERTURNED)
        assert appeals_of(desk, held)[0].heard_at is None

    def test_what_somebody_has_published_meanwhile_is_decided_once(self, desk: Desk):
        held = desk.held()
        ask(desk, held)
        desk.seat("ana").choose(held)
        count = len(desk.history(held))
        hear(desk, desk.seat("ben"), held)
        assert len(desk.history(held)) == count
        assert appeals_of(desk, held)[0].outcome is Outcome.OVERTURNED

    @pytest.mark.parametrize("reply", ["", " \n", "x" * 2_001])
    def test_no_appeal_ends_without_an_answer(self, desk: Desk, reply: str):
        held = desk.held()
        ask(desk, held)
        with pytest.raises(Invalid):
            hear(desk, desk.seat("ben"), held, reply=reply)
        assert appeals_of(desk, held)[0].heard_at is None

    def test_of_two_who_hear_the_quicker_one_counts(self, desk: Desk):
        held = desk.held()
        ask(desk, held)
        hear(desk, desk.seat("ben"), held, Outcome.UPHELD)
        with pytest.raises(Conflict) as refused:
            hear(desk, desk.seat("cleo"), held)
        assert refused.value.code == "appeal.closed"
        assert desk.row(held).state is State.HELD


def test_whoever_hears_sees_the_oldest_first_and_whose_is_their_own(desk: Desk):
    ana = desk.seat("ana")
    first, second = desk.held("one"), desk.held("two")
    ana.choose(second, INSULT)
    ask(desk, second, now=NOW)
    ask(desk, first, now=LATER)
    place = ana.place
    hearer = Hearer(place.seal, place.site_id, place.moderator_id, place.roles)
    waiting, heard = ana.read(lambda db: appealing.cases(db, hearer=hearer))
    assert [(case.row.id, case.is_own) for case in waiting] == [(second, True), (first, False)]
    assert heard == []
    assert [len(case.outcomes) for case in waiting] == [3, 2]
