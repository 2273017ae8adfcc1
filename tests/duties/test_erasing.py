"""An erased comment leaves a tombstone and nothing else; the erasure is proved, and never counted as a refusal."""

import base64
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlmodel import select

from moderation.clock import Id
from moderation.duties import forgetting, grouping, showing
from moderation.duties.forgetting import proving
from moderation.errors import Conflict, NotFound
from moderation.judging.retention import RECEIPT_AFTER
from moderation.storage import comments, erasing, labels, receipts, requests, search, tallies
from moderation.storage.rights_tables import BackupRow, SubjectRequestRow
from moderation.storage.search import Wanted
from moderation.storage.tables import CommentRow, EventRow, LessonRow
from moderation.vocabulary import Actor, Channel, ErasedBy, EventKind, Label, LessonKind, RequestKind, State, Verdict
from tests.support import forgetting as support
from tests.support.databases import is_postgres
from tests.support.desk import Desk
from tests.support.factories import NOW, author, comment
from tests.support.forgetting import erase, lived, rows_about, sweep

MONTH = datetime(2026, 11, 1, tzinfo=UTC)
LATER = NOW + timedelta(days=3)


def tombstone(desk: Desk, comment_id: Id) -> dict:
    return desk.row(comment_id).model_dump()


def found(desk: Desk, word: str) -> int:
    with desk.database.snapshot() as db:
        matching = search.matching(db, site_id=desk.site.site.id, wanted=Wanted(word))
        return len(db.connection().execute(select(matching.comment_id)).all())


def test_an_erased_comment_leaves_nothing_in_any_table_but_its_tombstone_and_the_event_of_it(desk: Desk):
    comment_id = lived(desk)
    before = rows_about(desk.database, comment_id)
    assert set(before) == set(support.ABOUT) - {"lessons"}
    assert found(desk, "tulips") == 1
    erase(desk, comment_id)
    assert rows_about(desk.database, comment_id) == {"events": 1, "passes": 1}  # a pass has an end of its own
    assert desk.events(comment_id) == [EventKind.ERASED]
    assert found(desk, "tulips") == 0
    with desk.database.snapshot() as db:
        requests = [
            (row.kind, row.comment_id) for row in db.exec(select(SubjectRequestRow).order_by(SubjectRequestRow.id))
        ]
    assert requests == [(RequestKind.EXPORT, None), (RequestKind.ERASURE, None)]


@pytest.mark.parametrize(
    ("by", "actor"),
    [(ErasedBy.AUTHOR, Actor.AUTHOR), (ErasedBy.SITE, Actor.BLOG), (ErasedBy.RETENTION, Actor.POLICY)],
)
def test_a_tombstone_says_who_and_in_which_month_and_nothing_of_the_comment(desk: Desk, by: ErasedBy, actor: Actor):
    parent = desk.published("The first one")
    said = comment("Soup", external_id="b1", language="en", submitted_at=NOW, author=author(roles=frozenset({"a"})))
    (checked,) = desk.record(desk.submission(said, channel=Channel.API, parent_id=parent))
    row = tombstone(desk, checked.comment_id)
    erase(desk, checked.comment_id, by=by, now=LATER)
    stone = tombstone(desk, checked.comment_id)
    about_erasure = {"state": State.ERASED, "erased_by": by, "decided_by": actor, "decision_id": checked.comment_id}
    dates = {"received_at": MONTH, "changed_at": MONTH, "reduce_after": LATER + RECEIPT_AFTER}
    kept = {name: row[name] for name in erasing.KEPT}
    rest = {name: value for name, value in stone.items() if name not in kept | about_erasure | dates}
    assert {name: stone[name] for name in about_erasure | dates | kept} == about_erasure | dates | kept
    assert stone["parent_id"] == parent
    rest.pop("decision_digest")
    assert rest.pop("channel") is Channel.API
    assert {name: value for name, value in rest.items() if value not in (None, "", 0, [])} == {}


def test_the_history_of_an_erased_comment_holds_and_a_forged_tombstone_is_found(desk: Desk):
    erased, forged = lived(desk), desk.published("Soup")
    erase(desk, erased)
    assert desk.broken_chains() == []
    with desk.database.transaction() as db:
        row = db.get(CommentRow, erased)
        row.erased_by = ErasedBy.SITE
        db.add(row)
        other = db.get(CommentRow, forged)
        other.state, other.erased_by, other.decision_digest = State.ERASED, ErasedBy.AUTHOR, "0" * 64
        db.add(other)
    assert set(desk.broken_chains()) == {erased, forged}


def test_erasing_twice_changes_nothing_and_says_so(desk: Desk):
    comment_id = lived(desk)
    erase(desk, comment_id)
    stone = tombstone(desk, comment_id)
    figures = _figures(desk)
    again = erase(desk, comment_id, by=ErasedBy.SITE, now=LATER)
    assert tombstone(desk, comment_id) == stone
    assert _figures(desk) == figures
    assert desk.events(comment_id) == [EventKind.ERASED]
    assert (again.erased_by, again.erased_at, again.places) == (ErasedBy.AUTHOR, NOW, ())


def told_again(desk: Desk, comment_id: Id, after: timedelta) -> dict:
    return erase(desk, comment_id, now=NOW + after).as_json()


def test_a_proof_that_is_made_again_says_only_what_is_still_known(desk: Desk):
    """Neither what went nor anything whose end is over by then; and no moment that never was."""
    comment_id = lived(desk)
    first = erase(desk, comment_id, now=NOW).as_json()
    again = told_again(desk, comment_id, timedelta(days=1, seconds=1))
    assert (first["erased_at"], again["erased_at"]) == ("2026-11-22T12:00:00Z",) * 2
    assert (again["stated_at"], "removed" in again, "erased_in" in again) == ("2026-11-23T12:00:01Z", False, False)
    ends = {one["what"]: one["until"] for one in first["remains"]}
    assert {ends[proving.ANSWERS], ends[proving.PASSES]} == {"2026-11-23T12:00:00Z", "2026-11-22T13:00:00Z"}
    assert {one["what"] for one in again["remains"]} == ends.keys() - {proving.ANSWERS, proving.PASSES}
    assert all(one["until"] == ends[one["what"]] for one in again["remains"])


def test_what_was_copied_after_an_erasure_is_in_no_proof_of_it(desk: Desk):
    comment_id = lived(desk)
    erase(desk, comment_id, now=NOW)
    with desk.database.transaction() as db:
        db.add(BackupRow(id=Id(int=1), taken_at=NOW + timedelta(days=1), gone_by=NOW + timedelta(days=15)))
    again = told_again(desk, comment_id, timedelta(days=2))
    assert proving.COPIES not in {one["what"] for one in again["remains"]}


def test_once_the_receipt_has_ended_only_the_month_of_the_erasure_is_left(desk: Desk):
    comment_id = desk.published("The first one")
    desk.record(desk.submission(comment("An answer"), channel=Channel.API, parent_id=comment_id))
    erase(desk, comment_id, by=ErasedBy.RETENTION, now=NOW)
    sweep(desk, now=NOW + RECEIPT_AFTER)
    again = told_again(desk, comment_id, RECEIPT_AFTER)
    assert ("erased_at" in again, again["erased_in"], again["receipt"]) == (False, "2026-11", "")
    assert [one["until"] for one in again["remains"]] == [None] * len(again["remains"])
    assert desk.events(comment_id) == []
    assert tombstone(desk, comment_id)["changed_at"] == MONTH


def _figures(desk: Desk) -> dict[str, int]:
    with desk.database.snapshot() as db:
        figures = tallies.by_month(db, site_id=desk.site.site.id)
    return {name: count for (month, name), count in figures.items() if month == MONTH.date()}


def test_what_a_comment_was_is_counted_before_it_goes_and_its_erasure_is_no_refusal(desk: Desk):
    erase(desk, lived(desk))
    erase(desk, desk.held("More"), by=ErasedBy.RETENTION)
    figures = _figures(desk)
    assert figures.pop("audited") >= 1  # chance draws one in fifty beside the one that was
    assert figures == {
        "received": 2,
        "state.held": 2,
        "first.publish": 1,
        "first.hold": 1,
        "decided.policy.publish": 1,
        "decided.policy.hold": 1,
        "decided.moderator.hold": 1,
        "decided.blog.hold": 1,
        "labelled.blog.spam": 1,
        "reported": 1,
        "appealed": 1,
        "appeal.withdrawn": 1,
        "erased.author": 1,
        "erased.retention": 1,
    }


def test_tests_are_in_no_figure(desk: Desk):
    erase(desk, desk.published("A test", is_test=True))
    assert _figures(desk) == {}


def test_a_proof_names_what_went_and_what_stays_and_anybody_can_check_its_signature(desk: Desk):
    with desk.database.transaction() as db:
        db.add(BackupRow(id=Id(int=1), taken_at=NOW - timedelta(days=1), gone_by=NOW + timedelta(days=13)))
    comment_id = lived(desk)
    locator = desk.row(comment_id).receipt_locator
    proof = erase(desk, comment_id, now=LATER)
    told = orjson.loads(orjson.dumps(proof.as_json()))
    signature = told.pop("signature")
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(signature["public_key"]))
    key.verify(base64.b64decode(signature["value"]), orjson.dumps(told, option=orjson.OPT_SORT_KEYS))
    assert (told["receipt"], told["site"], told["erased_by"]) == (locator, "https://blog.example", "author")
    assert told["erased_at"] == "2026-11-25T12:00:00Z"
    assert len(told["removed"]) == len(proving.PLACES)
    ends = {one["what"]: one["until"] for one in told["remains"]}
    assert ends[proving.COPIES] == "2026-12-05T12:00:00Z"
    assert ends[proving.RECEIPT] == "2026-12-25T12:00:00Z"
    assert "ulips" not in orjson.dumps(told).decode()


def test_a_receipt_opens_for_thirty_days_and_then_no_more(desk: Desk):
    (checked,) = desk.record(desk.submission(comment("Soup")))
    reply = desk.record(desk.submission(comment("Yes"), parent_id=checked.comment_id))[0]
    erase(desk, checked.comment_id)
    end = NOW + RECEIPT_AFTER
    sweep(desk, now=end - timedelta(seconds=1))
    with desk.database.snapshot() as db:
        assert receipts.opened(db, pasted=checked.receipt.token, now=NOW).state is State.ERASED
    sweep(desk, now=end)
    with desk.database.snapshot() as db, pytest.raises(NotFound):
        receipts.opened(db, pasted=checked.receipt.token, now=NOW)
    assert desk.row(checked.comment_id).state is State.ERASED  # a reply names it
    erase(desk, reply.comment_id, now=end)
    sweep(desk, now=end + RECEIPT_AFTER)
    assert support.states(desk) == {}
    assert desk.count(EventRow) == 0


@pytest.mark.parametrize("gone_by", [NOW + timedelta(days=90), None], ids=["a day", "not stated"])
def test_a_tombstone_stays_as_long_as_a_copy_may_hold_the_comment(desk: Desk, gone_by: datetime | None):
    with desk.database.transaction() as db:
        db.add(BackupRow(id=Id(int=1), taken_at=NOW, gone_by=gone_by))
    comment_id = desk.published()
    erase(desk, comment_id)
    sweep(desk, now=NOW + timedelta(days=89))
    assert support.states(desk) == {comment_id: "erased"}
    assert desk.row(comment_id).receipt_digest == ""
    sweep(desk, now=NOW + timedelta(days=400))
    assert support.states(desk) == ({} if gone_by else {comment_id: "erased"})


def outline(nodes) -> list:
    return [[node.erased_by or node.content, *outline(node.replies)] for node in nodes]


def thread(desk: Desk):
    with desk.database.snapshot() as db:
        return showing.thread(db, site_id=desk.site.site.id, permalink="https://blog.example/post/1")


def test_replies_stay_readable_below_what_was_erased(desk: Desk):
    root = desk.published("Root")
    middle = desk.record(desk.submission(comment("Middle"), channel=Channel.API, parent_id=root))[0].comment_id
    leaf = desk.record(desk.submission(comment("Leaf"), channel=Channel.API, parent_id=middle))[0].comment_id
    erase(desk, middle)
    assert outline(thread(desk)) == [["Root", ["author", ["Leaf"]]]]
    erase(desk, root, by=ErasedBy.SITE)
    assert outline(thread(desk)) == [["site", ["author", ["Leaf"]]]]
    erase(desk, leaf, by=ErasedBy.RETENTION)
    assert outline(thread(desk)) == []


def test_replies_that_knew_it_by_the_blogs_id_stay_below_it_too(desk: Desk):
    root = desk.published("Root", external_id="7")
    desk.published("Reply", external_id="8", parent_external_id="7")
    assert outline(thread(desk)) == [["Root", ["Reply"]]]
    erase(desk, root)
    assert outline(thread(desk)) == [["author", ["Reply"]]]


def test_an_erased_comment_is_shown_without_a_decision(desk: Desk):
    comment_id = desk.published()
    erase(desk, comment_id)
    with desk.database.snapshot() as db:
        shown = showing.read(db, site_id=desk.site.site.id, comment_id=comment_id)
    assert (shown.row.state, shown.decision) == (State.ERASED, None)


def test_the_same_words_after_an_erasure_are_a_new_comment(desk: Desk):
    first = desk.published()
    erase(desk, first)
    second = desk.check()
    assert second.comment_id != first
    assert desk.row(first).state is State.ERASED


def test_what_an_erased_comment_stood_for_is_grouped_anew(desk: Desk):
    ids = desk.flood(5, "Hello, buy the very best of everything in our shop today, it is cheap and good")
    _group(desk)
    head = desk.row(ids[1]).alike_to
    assert head == ids[0]
    erase(desk, head)
    assert {desk.row(id_).alike_to for id_ in ids[1:]} == {None}
    _group(desk)
    assert {desk.row(id_).alike_to for id_ in ids[1:]} == {ids[1]}


def _group(desk: Desk) -> None:
    with desk.database.transaction() as db:
        grouping.sweep(db)


def test_all_comments_of_an_address_at_a_site_go_through_whichever_door_they_came(desk: Desk):
    other = desk.add_site("https://other.example")
    mine = [desk.published(f"Soup {number}") for number in range(3)]
    native = desk.record(desk.submission(comment("Native"), channel=Channel.API))[0].comment_id
    elsewhere = desk.check(comment("Soup"), caller=desk.caller(other)).comment_id
    not_mine = desk.published("Bread", author=author(email="bea@example.org"))
    proofs = []
    with desk.database.transaction() as db:
        site_id = desk.site.site.id
        assert forgetting.find_address(db, seal=desk.seal, site_id=site_id, email=" ANN@example.org") == 4
        while some := forgetting.erase_some(db, seal=desk.seal, site_id=site_id, email="ann@example.org ", now=NOW):
            proofs += some
        assert forgetting.erase_some(db, seal=desk.seal, site_id=site_id, email="", now=NOW) == []
    assert [proof.comment_id for proof in proofs] == [*mine, native]
    left = {id_ for id_, state in support.states(desk).items() if state != "erased"}
    assert left == {elsewhere, not_mine}


def test_the_comment_of_another_site_is_not_erased_by_its_id(desk: Desk):
    foreign = desk.check(caller=desk.caller(desk.add_site("https://other.example"))).comment_id
    with desk.database.transaction() as db:
        assert erasing.lock(db, site_id=desk.site.site.id, comment_ids=[foreign]) == []


def test_bytes_of_what_was_erased_leave_the_file_and_its_log(desk: Desk, tmp_path):
    if is_postgres(desk.database):
        pytest.skip("PostgreSQL's files are not ours to read; that dead rows go is tested below")
    comment_id = lived(desk, "Zanzibarsecret words", author=author(name="Zanzibarname", url="https://zanzibar.example"))
    desk.published("Other words that stay")
    assert b"anzibar" in _bytes(tmp_path)
    erase(desk, comment_id)
    assert b"anzibar" in _bytes(tmp_path)  # deleted rows alone are not enough
    assert sum(forgetting.settle(desk.database)) > 0
    assert b"anzibar" not in _bytes(tmp_path)
    assert b"other words" in _bytes(tmp_path)
    with desk.database.snapshot() as db:
        assert not forgetting.is_unsettled(db)


def _bytes(folder) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob("candor.db*")).lower()


def test_dead_rows_are_vacuumed(desk: Desk):
    if not is_postgres(desk.database):
        pytest.skip("SQLite overwrites what is deleted")
    erase(desk, lived(desk))
    assert sum(forgetting.settle(desk.database)) == 1
    with desk.database.engine.connect() as connection:
        said = connection.exec_driver_sql(
            "SELECT bool_and(last_vacuum IS NOT NULL) FROM pg_stat_user_tables WHERE relname IN ('comments', 'search')"
        )
        assert said.scalar_one()


def test_lessons_of_what_was_due_are_cut_loose_and_others_wait_to_be_taken_back(desk: Desk):
    kept, due = desk.published("Soup"), desk.published("Bread")
    with desk.database.transaction() as db:
        for revision, comment_id in enumerate([kept, due], 1):
            db.add(_lesson(desk, revision, comment_id))
    erase(desk, kept)
    erase(desk, due, by=ErasedBy.RETENTION)
    with desk.database.snapshot() as db:
        assert [row.comment_id for row in db.exec(select(LessonRow).order_by(LessonRow.revision))] == [kept, None]


def _lesson(desk: Desk, revision: int, comment_id: Id) -> LessonRow:
    return LessonRow(
        site_id=desk.site.site.id,
        revision=revision,
        kind=LessonKind.LEARNT,
        happened_at=NOW,
        comment_id=comment_id,
        is_active=True,
    )


def test_a_decision_about_an_erased_comment_is_told_so(desk: Desk):
    comment_id = desk.published()
    erase(desk, comment_id)
    with pytest.raises(Conflict):
        desk.decide(comment_id, Verdict.REMOVE)


def test_what_was_stored_in_the_moment_of_an_erasure_goes_with_the_next_sweep(desk: Desk):
    comment_id = desk.published()
    version = desk.row(comment_id).version
    erase(desk, comment_id)
    with desk.database.transaction() as db:  # as another process would, that had read the comment a moment before
        site_id = desk.site.site.id
        labels.record(db, site_id=site_id, said=labels.Said(comment_id, Label.SPAM, Actor.BLOG), now=NOW)
        receipts.add_pass(db, row=db.get(CommentRow, comment_id), now=NOW)
        requests.note_done(db, site_id=site_id, comment_id=comment_id, kind=RequestKind.OBJECTION, now=NOW)
        comments.move(db, site_id=site_id, comment_id=comment_id, values={"content": "Back", "version": version + 1})
    assert desk.row(comment_id).content == ""
    sweep(desk, now=NOW + timedelta(minutes=1))
    assert rows_about(desk.database, comment_id) == {"events": 1, "passes": 1}
    assert desk.events(comment_id) == [EventKind.ERASED]


def test_two_who_erase_the_same_comment_at_once_erase_it_once(desk: Desk):
    comment_id = lived(desk)
    with ThreadPoolExecutor(4) as threads:
        proofs = list(threads.map(lambda _: erase(desk, comment_id), range(4)))
    assert [len(proof.places) > 0 for proof in proofs].count(True) == 1
    assert desk.events(comment_id) == [EventKind.ERASED]
    assert _figures(desk)["erased.author"] == 1
    assert desk.count(SubjectRequestRow) == 2  # the export that it lived through, and one erasure
    assert desk.broken_chains() == []
