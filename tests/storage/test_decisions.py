"""History is append-only and chained: whatever is changed, added or taken away afterwards is noticed, and named."""

import json
import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import String, delete, insert, select, type_coerce, update
from sqlmodel import col

from moderation.clock import new_id
from moderation.judging.decision import Decision
from moderation.judging.signal import ModelRef, Reason, Span
from moderation.seal import Seal
from moderation.storage import decisions
from moderation.storage.ledger import Ledger
from moderation.storage.tables import CommentRow, DecisionRow, EventRow
from moderation.vocabulary import Actor, Band, State, Verdict
from tests.support.desk import Desk
from tests.support.factories import NOW, comment

REASONS = (
    Reason("a", "Text “é” \U0001f600", 1.25, (Span("content", 0, 3), Span("author.url", 1, 2))),
    Reason("b", "B"),
)
TAMPERED = {
    "comment_version": 7,
    "decided_at": NOW.replace(microsecond=1),
    "verdict": Verdict.PUBLISH,
    "actor": Actor.APPEAL,
    "reasons": [],
    "score": 0.9000000001,
    "band": Band.LIKELY_SPAM,
    "model_name": "other",
    "model_version": "2",
    "site_revision": 1,
    "policy_version": 2,
    "digest": "0" * 64,
    "moderator_id": new_id(),
    "undoes": new_id(),
    "batch_id": new_id(),
}


@pytest.fixture
def history(desk: Desk):
    """A comment held by the program, then published, then removed by the blog; and another comment beside it."""
    checked = desk.check("pills")
    desk.check("soup")
    desk.decide(checked.comment_id, Verdict.PUBLISH, reason="Fine.")
    desk.decide(checked.comment_id, Verdict.REMOVE, reason="Not fine.")
    assert desk.broken_chains() == []
    return checked.comment_id


def tamper(desk: Desk, statement) -> None:
    with desk.database.transaction() as db:
        assert db.connection().execute(statement).rowcount in {1, -1}  # -1: psycopg counts no inserted rows


def of(comment_id, version: int):
    return (col(DecisionRow.comment_id) == comment_id) & (col(DecisionRow.comment_version) == version)


def test_every_column_of_a_decision_is_tampered_with_here():
    keys = {"id", "site_id", "comment_id"}
    assert set(TAMPERED) | keys == set(DecisionRow.model_fields)


@pytest.mark.parametrize("version", [1, 2, 3])
@pytest.mark.parametrize("name", TAMPERED)
def test_a_changed_value_is_noticed(desk: Desk, history, name: str, version: int):
    value = TAMPERED[name]
    if name == "verdict" and version == 2:
        value = Verdict.HOLD
    tamper(desk, update(DecisionRow).where(of(history, version)).values({name: value}))
    assert desk.broken_chains() == [history]


@pytest.mark.parametrize("version", [1, 2, 3])
def test_a_decision_taken_away_is_noticed(desk: Desk, history, version: int):
    tamper(desk, delete(DecisionRow).where(of(history, version)))
    assert desk.broken_chains() == [history]


def test_a_history_taken_away_whole_is_noticed(desk: Desk, history):
    with desk.database.transaction() as db:
        db.connection().execute(delete(DecisionRow).where(col(DecisionRow.comment_id) == history))
    assert desk.broken_chains() == [history]


def test_decisions_that_changed_places_are_noticed(desk: Desk, history):
    for before, after in ((1, 100), (2, 1), (100, 2)):
        tamper(desk, update(DecisionRow).where(of(history, before)).values(comment_version=after))
    assert desk.broken_chains() == [history]


def test_a_decision_added_beside_the_service_is_noticed(desk: Desk, history):
    other = Seal(b"another secret, of 32 bytes or so")
    last = desk.history(history)[-1]
    decision = Decision(Verdict.PUBLISH, Actor.MODERATOR, (Reason("x", "X"),))
    row = decisions.chain(other, decisions.Entry(last.site_id, history, 4, decision, last.digest, NOW))
    tamper(desk, insert(DecisionRow).values(row))
    assert desk.broken_chains() == [history]


@pytest.mark.parametrize(
    "values",
    [
        {"state": State.PUBLISHED},
        {"decided_by": Actor.POLICY},
        {"decision_digest": "0" * 64},
    ],
    ids=lambda values: next(iter(values)),
)
def test_a_comment_whose_state_its_history_does_not_lead_to_is_noticed(desk: Desk, history, values):
    tamper(desk, update(CommentRow).where(col(CommentRow.id) == history).values(values))
    assert desk.broken_chains() == [history]


@pytest.mark.parametrize("table_and_column", [(CommentRow, "state"), (DecisionRow, "verdict"), (DecisionRow, "actor")])
def test_a_word_that_does_not_exist_is_noticed_and_named(desk: Desk, history, table_and_column):
    table, name = table_and_column
    where = col(CommentRow.id) == history if table is CommentRow else of(history, 2)
    tamper(desk, update(table).where(where).values({name: type_coerce("holx", String)}))
    assert desk.broken_chains() == [history]


def test_json_cut_short_is_noticed_and_named(sqlite_database, seal):
    desk = Desk(sqlite_database, seal)
    checked, _ = desk.check("one"), desk.check("two")
    where = col(DecisionRow.comment_id) == checked.comment_id
    tamper(desk, update(DecisionRow).where(where).values(reasons=type_coerce('[{"code": ', String)))
    assert desk.broken_chains() == [checked.comment_id]


def test_an_erased_comment_keeps_an_unbroken_history(desk: Desk, history):
    tamper(desk, update(CommentRow).where(col(CommentRow.id) == history).values(state=State.ERASED, content=""))
    assert desk.broken_chains() == []


def test_another_secret_recognises_no_history(desk: Desk, history):
    with desk.database.snapshot() as db:
        other = Seal(b"another secret, of 32 bytes or so")
        broken = list(decisions.broken_chains(db, seal=other, site_id=desk.site.site.id))
    assert len(broken) == 2
    assert history in broken


def test_each_site_is_checked_for_itself(desk: Desk, history):
    tamper(desk, update(DecisionRow).where(of(history, 1)).values(score=0.5))
    other = desk.add_site("https://other.example")
    desk.check(caller=desk.caller(other))
    with desk.database.snapshot() as db:
        assert list(decisions.broken_chains(db, seal=desk.seal, site_id=other.site.id)) == []


def test_many_comments_are_checked_in_pages(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(decisions, "_PAGE", 3)
    results = desk.record(*[desk.submission(comment(f"comment {number}")) for number in range(10)])
    tampered = [results[index].comment_id for index in (1, 2, 8)]
    for id_ in tampered:
        tamper(desk, update(DecisionRow).where(of(id_, 1)).values(verdict=type_coerce("x", String)))
    assert sorted(desk.broken_chains()) == sorted(tampered)


def test_every_decision_has_its_event_with_nothing_personal(desk: Desk, history):
    with desk.database.snapshot() as db:
        events = db.connection().execute(select(EventRow.__table__).where(col(EventRow.comment_id) == history)).all()
        ids = [row.id for row in decisions.history(db, site_id=desk.site.site.id, comment_id=history)]
    assert [event.facts["decision_id"] for event in events] == [str(id_) for id_ in ids]
    assert {name for event in events for name in event.facts} == {"decision_id", "verdict", "actor"}
    assert "Ann" not in json.dumps([event.facts for event in events])


def test_a_decision_reads_back_as_it_was_written(desk: Desk):
    decision = Decision(
        Verdict.HOLD, Actor.POLICY, REASONS, 0.1 + 0.2, Band.UNSURE, ModelRef("m", "2026.11.1", 3), policy_version=2
    )
    ledger = Ledger(desk.seal)
    standing, _ = ledger.receive(desk.submission(comment()).arrival, decision)
    with desk.database.transaction() as db:
        assert ledger.decision_of(db, standing) is decision
        ledger.write(db)
    with desk.database.snapshot() as db:
        assert Ledger(desk.seal).decision_of(db, standing) == decision


storable = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
reasons = st.builds(
    Reason,
    storable,
    storable,
    st.floats(-1e5, 1e5) | st.sampled_from([-0.0, math.pi, 1e-9, -4.0]),
    st.lists(st.builds(Span, st.just("content"), st.integers(0, 2**31), st.integers(0, 2**31)), max_size=2).map(tuple),
)
made = st.builds(
    Decision,
    st.sampled_from(Verdict),
    st.sampled_from(Actor),
    st.lists(reasons, min_size=1, max_size=3).map(tuple),
    st.none() | st.floats(0, 1),
    st.none() | st.sampled_from(Band),
    st.none() | st.builds(ModelRef, storable.filter(bool), storable, st.integers(0, 2**31 - 1)),
    st.none() | st.integers(0, 2**31 - 1),
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(made, min_size=1, max_size=4), st.datetimes(allow_imaginary=False))
def test_any_history_reads_back_the_same_and_unbroken_on_both_databases(database, seal, history, moment):
    desk = Desk(database, seal)
    ledger, at = Ledger(seal), moment.replace(tzinfo=NOW.tzinfo)
    standing, _ = ledger.receive(desk.submission(comment(), now=at).arrival, history[0])
    for decision in history[1:]:
        standing = ledger.decide(standing, decision, at)
    with database.transaction() as db:
        ledger.write(db)
    assert desk.broken_chains() == []
    with database.snapshot() as db:
        read = [decisions.to_decision(row) for row in desk.history(standing.id)]
    assert [one.verdict for one in read] == [one.verdict for one in history]
    assert [one.score for one in read] == [one.score for one in history]
    assert all(row.decided_at == at for row in desk.history(standing.id))
