"""A reader's complaint: it puts a published comment before a person, counts once, decides and teaches nothing."""

import pytest
from sqlmodel import select

from moderation.clock import Id
from moderation.storage import queue
from moderation.storage.tables import CommentRow, LabelRow, ReportRow
from moderation.vocabulary import Waiting
from tests.support import factories
from tests.support.asgi import Service, bearer

COMPLAINT = {"category": "insult", "reporter": "reader-4711"}


def submit(service: Service, content: str = factories.KIND_WORDS) -> str:
    answer = service.post("/api/v1/comments", json=factories.native(content), headers=service.bearer)
    return answer.json()["id"]


def report(service: Service, comment_id: str, **changes: str):
    address = f"/api/v1/comments/{comment_id}/reports"
    return service.post(address, json=COMPLAINT | changes, headers=service.bearer)


def row(service: Service, comment_id: str) -> CommentRow:
    with service.runtime.database.snapshot() as db:
        return db.get(CommentRow, Id(comment_id))


def test_a_reported_comment_stays_published_and_waits_for_a_person(service_on_both: Service):
    comment_id = submit(service_on_both)
    answer = report(service_on_both, comment_id)
    assert (answer.status_code, answer.json()) == (200, {"id": comment_id, "counted": True})
    stored = row(service_on_both, comment_id)
    assert (stored.state.value, stored.waits_as, stored.reports) == ("published", Waiting.REPORTED, 1)
    with service_on_both.runtime.database.snapshot() as db:
        assert queue.counts(db, site_id=service_on_both.site.id) == {Waiting.REPORTED: 1}
        assert db.exec(select(LabelRow)).all() == []


def test_a_reader_counts_once_and_is_known_only_by_a_code(service_on_both: Service):
    comment_id = submit(service_on_both)
    counted = [report(service_on_both, comment_id, reporter=name).json()["counted"] for name in ("a", "a", "b")]
    assert counted == [True, False, True]
    assert row(service_on_both, comment_id).reports == 2
    with service_on_both.runtime.database.snapshot() as db:
        codes = {one.reporter_code for one in db.exec(select(ReportRow))}
    assert len(codes) == 2
    assert all(len(code) == 64 for code in codes)


def test_the_same_words_twice_are_one_write_under_their_key(service: Service):
    comment_id = submit(service)
    address, headers = f"/api/v1/comments/{comment_id}/reports", {**service.bearer, "Idempotency-Key": "k"}
    first, second = (service.post(address, json=COMPLAINT, headers=headers).json() for _ in range(2))
    assert first == second == {"id": comment_id, "counted": True}


def test_only_what_readers_can_see_is_reported(service: Service):
    held = submit(service, factories.SPAM_WORDS)
    answer = report(service, held)
    assert (answer.status_code, answer.json()["code"]) == (409, "report.not_published")
    assert row(service, held).reports == 0


def test_comments_of_other_sites_are_like_none(service: Service):
    other = service.add_site("https://other.example")
    comment_id = submit(service)
    address = f"/api/v1/comments/{comment_id}/reports"
    answers = [
        service.post(address, json=COMPLAINT, headers=bearer(other.api_token)),
        report(service, "01a2047b-f448-7899-8765-41449f6a0624"),
    ]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(404, "comment.not_found")] * 2
    assert row(service, comment_id).reports == 0


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"category": "rude"}, "category"), ({"reporter": ""}, "reporter"), ({"reporter": "x" * 256}, "reporter")],
)
def test_a_complaint_that_cannot_be_kept_names_its_field(service: Service, changes: dict[str, str], field: str):
    answer = report(service, submit(service), **changes)
    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.json()["errors"]] == [field]
