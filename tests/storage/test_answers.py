"""An answer is kept for a day under the client's key, opens with nothing else, and serves no other request."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from moderation.duties import answering
from moderation.duties.answering import Errand
from moderation.errors import Conflict, Invalid
from moderation.storage import answers
from moderation.storage.answers import KEPT, Ask, Given
from moderation.storage.tables import AnswerRow
from tests.support.desk import Desk
from tests.support.factories import NOW

GIVEN = Given(201, b'{"id": "canary"}')
A_MOMENT = timedelta(microseconds=1)


@pytest.fixture
def ask(desk: Desk) -> Ask:
    return Ask(desk.site.site.id, "client-key", "digest of the request")


def keep(desk: Desk, ask: Ask, given: Given = GIVEN, now=NOW) -> None:
    with desk.database.transaction() as db:
        answers.keep(db, seal=desk.seal, ask=ask, given=given, now=now)


def find(desk: Desk, ask: Ask, now=NOW) -> Given | None:
    with desk.database.snapshot() as db:
        return answers.find(db, seal=desk.seal, ask=ask, now=now)


def test_an_answer_is_given_again_for_a_day(desk: Desk, ask: Ask):
    assert find(desk, ask) is None
    keep(desk, ask)
    assert find(desk, ask) == find(desk, ask, NOW + KEPT) == GIVEN
    assert find(desk, ask, NOW + KEPT + A_MOMENT) is None


def test_the_key_for_another_request_is_a_conflict_within_the_day_and_free_afterwards(desk: Desk, ask: Ask):
    keep(desk, ask)
    other = Ask(ask.site_id, ask.key, "digest of another request")
    with pytest.raises(Conflict, match="choose a new one") as refusal:
        find(desk, other)
    assert refusal.value.code == "idempotency.reused"
    later = NOW + KEPT + A_MOMENT
    assert find(desk, other, later) is None
    keep(desk, other, Given(200, b"new"), later)
    assert find(desk, other, later) == Given(200, b"new")


def test_sites_and_keys_are_apart(desk: Desk, ask: Ask):
    keep(desk, ask)
    other = desk.add_site("https://other.example")
    assert find(desk, Ask(other.site.id, ask.key, ask.request_digest)) is None
    assert find(desk, Ask(ask.site_id, "another key", ask.request_digest)) is None


def test_neither_key_nor_answer_can_be_read_in_the_database(desk: Desk, ask: Ask):
    keep(desk, ask)
    with desk.database.snapshot() as db:
        row = db.connection().execute(select(AnswerRow.__table__)).one()
    assert "client-key" not in str(row)
    assert b"canary" not in row.sealed_body


def test_an_answer_whose_bytes_were_changed_is_none(desk: Desk, ask: Ask):
    keep(desk, ask)
    with desk.database.transaction() as db:
        row = db.exec(select(AnswerRow)).scalar_one()
        row.sealed_body = row.sealed_body[:-1]
    assert find(desk, ask) is None


def test_retention_forgets_what_is_past_its_day_at_every_site(desk: Desk, ask: Ask):
    other = desk.add_site("https://other.example")
    keep(desk, ask)
    keep(desk, Ask(other.site.id, "k", "d"), now=NOW - A_MOMENT)
    keep(desk, Ask(other.site.id, "young", "d"), now=NOW + timedelta(hours=1))
    with desk.database.transaction() as db:
        assert answers.oldest_time(db, site_id=ask.site_id) == NOW
        assert answers.forget(db, now=NOW + KEPT) == 1
        assert answers.forget(db, now=NOW + KEPT + A_MOMENT) == 1
        assert answers.oldest_time(db, site_id=ask.site_id) is None
    assert desk.count(AnswerRow) == 1


def once(desk: Desk, *errands: Errand) -> list:
    with desk.database.transaction() as db:
        return answering.once(db, errands)


def test_an_errand_is_done_once_and_answered_the_same_also_within_a_batch(desk: Desk, ask: Ask):
    done = []

    def act(_db) -> Given:
        done.append(1)
        return Given(201, f"answer {len(done)}".encode())

    errand = Errand(desk.seal, ask, act, NOW)
    given = [*once(desk, errand, errand), *once(desk, errand)]
    assert given == [Given(201, b"answer 1")] * 3
    assert len(done) == 1


def test_an_errand_that_was_refused_may_be_tried_again(desk: Desk, ask: Ask):
    def refuse(_db) -> Given:
        raise Invalid("no")

    (refused,) = once(desk, Errand(desk.seal, ask, refuse, NOW))
    assert isinstance(refused, Invalid)
    assert once(desk, Errand(desk.seal, ask, lambda _db: GIVEN, NOW)) == [GIVEN]
