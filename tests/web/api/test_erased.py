"""What a website is told of an erased comment, and what it is told while deletion is late in strict mode."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from moderation import clock
from moderation.clock import Id
from moderation.duties import forgetting, learning
from moderation.storage import comments
from moderation.vocabulary import ErasedBy, LessonKind
from tests.support import factories
from tests.support.asgi import Service, bearer
from tests.support.factories import PERMALINK


def submit(service: Service, content: str, **changes) -> str:
    answer = service.post("/api/v1/comments", json=factories.native(content, **changes), headers=service.bearer)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def publish(service: Service, comment_id: str) -> None:
    choice = {"verdict": "publish", "label": "ham"}
    assert service.post(f"/api/v1/comments/{comment_id}/decisions", json=choice, headers=service.bearer).is_success


def erase(service: Service, comment_id: str, by: ErasedBy = ErasedBy.AUTHOR) -> None:
    with service.runtime.database.transaction() as db:
        row = comments.get(db, site_id=service.site.id, comment_id=Id(comment_id))
        forgetting.erase(db, seal=service.runtime.settings.seal, row=row, by=by, now=clock.now())


def get(service: Service, path: str, **parameters):
    return service.get(path, params=parameters, headers=service.bearer)


@pytest.mark.parametrize(
    ("by", "said"),
    [
        (ErasedBy.AUTHOR, "The writer removed this comment."),
        (ErasedBy.SITE, "The website removed this comment."),
        (ErasedBy.RETENTION, "A scheduled deletion removed this comment."),
    ],
)
def test_a_thread_keeps_the_place_of_an_erased_comment_above_its_replies(service: Service, by: ErasedBy, said: str):
    parent = submit(service, "Parent")
    child = submit(service, "Child", parent_id=parent)
    publish(service, parent)
    publish(service, child)
    before = get(service, "/api/v1/threads", permalink=PERMALINK)
    (shown,) = before.json()["items"]
    assert (shown["erased_by"], shown["erased"], shown["replies"][0]["erased"]) == (None, None, None)
    erase(service, parent, by)
    after = get(service, "/api/v1/threads", permalink=PERMALINK)
    (stone,) = after.json()["items"]
    replies = stone.pop("replies")
    month = clock.now().strftime("%Y-%m-01T00:00:00Z")
    assert stone == {
        "id": parent,
        "parent_id": None,
        "author": {"name": "", "url": ""},
        "content": "",
        "received_at": month,
        "version": 0,
        "erased_by": by.value,
        "erased": said,
    }
    assert [(reply["id"], reply["content"], reply["parent_id"]) for reply in replies] == [(child, "Child", parent)]
    assert after.headers["etag"] != before.headers["etag"]


@pytest.mark.parametrize(
    ("path", "sent"),
    [("decisions", {"verdict": "publish"}), ("reports", {"reporter": "r1", "category": "spam"})],
)
def test_what_is_erased_is_not_denied_where_somebody_would_act_on_it(service: Service, path: str, sent: dict[str, str]):
    comment_id = submit(service, "Soup")
    publish(service, comment_id)
    erase(service, comment_id)
    assert get(service, f"/api/v1/comments/{comment_id}").json()["state"] == "erased"
    answer = service.post(f"/api/v1/comments/{comment_id}/{path}", json=sent, headers=service.bearer)
    assert (answer.status_code, answer.json()["code"]) == (409, "comment.erased")
    stranger = service.add_site("https://other.example")
    answer = service.post(f"/api/v1/comments/{comment_id}/{path}", json=sent, headers=bearer(stranger.api_token))
    assert (answer.status_code, answer.json()["code"]) == (404, "comment.not_found")


def test_an_erased_comment_without_replies_leaves_the_thread(service: Service):
    comment_id = submit(service, "Soup")
    publish(service, comment_id)
    erase(service, comment_id)
    assert get(service, "/api/v1/threads", permalink=PERMALINK).json() == {"items": []}


def test_an_erased_comment_can_be_read_and_listed_and_no_longer_decided(service: Service):
    comment_id = submit(service, "Soup", external_id="b1")
    erase(service, comment_id)
    shown = get(service, f"/api/v1/comments/{comment_id}").json()
    assert (shown["state"], shown["erased_by"], shown["verdict"], shown["content"]) == ("erased", "author", None, "")
    assert (shown["reasons"], shown["author"]["name"], shown["external_id"]) == ([], "", None)
    for state in ({"state": "erased"}, {}):
        assert [item["id"] for item in get(service, "/api/v1/comments", **state).json()["items"]] == [comment_id]
    choice = {"verdict": "publish"}
    answer = service.post(f"/api/v1/comments/{comment_id}/decisions", json=choice, headers=service.bearer)
    assert answer.status_code == 409
    assert submit(service, "Soup again", external_id="b1") != comment_id


def test_what_an_erased_comment_taught_is_taken_back_though_its_labels_are_gone(service_on_both: Service):
    service = service_on_both
    words = "Lose weight with our green tea, order it in our shop today"
    check = factories.native(words)
    before = service.post("/api/v1/checks", json=check, headers=service.bearer).json()["score"]
    comment_id = submit(service, words)
    choice = {"verdict": "remove", "label": "spam"}
    service.post(f"/api/v1/comments/{comment_id}/decisions", json=choice, headers=service.bearer)
    classifier = service.runtime.shelf.classifier
    with service.runtime.database.transaction() as db:
        learning.sweep(db, classifier=classifier, now=clock.now())
    erase(service, comment_id)
    with service.runtime.database.transaction() as db:
        assert learning.is_due(db)
        learning.sweep(db, classifier=classifier, now=clock.now())
    with service.runtime.database.snapshot() as db:
        assert not learning.is_due(db)
        lines = learning.history(db, site_id=service.site.id, limit=9)
        assert all(line.comment_id is None for line in lines)
        assert {line.kind for line in lines} == {LessonKind.ERASED}
        assert learning.look(db, site_id=service.site.id).lessons == 0
        service.runtime.models.refresh(db)
    assert service.post("/api/v1/checks", json=check, headers=service.bearer).json()["score"] == before


@pytest.fixture
def late(make_service, database_url: str) -> Service:
    """A strict service at which a held comment should have been gone for an hour."""
    service = make_service(database_url=database_url, strict_retention=True)
    submit(service, factories.SPAM_WORDS)
    with service.runtime.database.transaction() as db:
        past = {"at": (clock.now() - timedelta(hours=1)).replace(tzinfo=None)}
        db.connection().execute(text("UPDATE comments SET delete_held_after = :at"), past)
    return service


def test_a_strict_service_that_cannot_delete_takes_nothing_in_and_says_why(late: Service):
    answer = late.post("/api/v1/comments", json=factories.native("Soup"), headers=late.bearer)
    assert (answer.status_code, answer.json()["code"]) == (503, "retention.late")
    assert int(answer.headers["retry-after"]) > 0
    form = dict(factories.akismet(late.akismet_key))
    checked = late.post("/1.1/comment-check", data=form)
    assert (checked.status_code, checked.text) == (200, "Service temporarily unavailable.")
    assert "not being deleted" in checked.headers["x-akismet-debug-help"]
    assert late.post("/1.1/submit-spam", data=form).text == "Service temporarily unavailable."
    ready = late.get("/readyz")
    assert (ready.status_code, ready.json()["checks"]["retention"]) == (
        503,
        "comments past their date are not being deleted",
    )
    with late.runtime.database.transaction() as db:
        settings = late.runtime.settings
        terms = forgetting.terms_of(settings)
        assert forgetting.sweep(db, seal=lambda: settings.seal, terms=terms, now=clock.now()) == 1
    assert late.get("/readyz").json()["checks"]["retention"] == "ok"
    submit(late, "Soup")


def test_whoever_only_asks_is_answered_while_deletion_is_late(late: Service):
    assert late.post("/api/v1/checks", json=factories.native("Soup"), headers=late.bearer).status_code == 200


def test_a_service_that_is_not_strict_takes_comments_in_and_says_nothing_of_it(service: Service):
    submit(service, factories.SPAM_WORDS)
    with service.runtime.database.transaction() as db:
        db.connection().execute(text("UPDATE comments SET delete_held_after = '2020-01-01 00:00:00.000000'"))
    submit(service, "Soup")
    assert "retention" not in service.get("/readyz").json()["checks"]


def test_dates_are_those_of_the_settings_in_force_when_it_came(make_service):
    service = make_service(keep_held_days=3, keep_removed_days=0, keep_published_days=5, keep_network_days=7)
    comment_id = submit(service, "Soup")
    with service.runtime.database.snapshot() as db:
        row = comments.get(db, site_id=service.site.id, comment_id=Id(comment_id))
    days = [
        date and (date - row.received_at).days
        for date in (row.delete_published_after, row.delete_held_after, row.delete_removed_after, row.reduce_after)
    ]
    assert days == [5, 3, None, 7]
