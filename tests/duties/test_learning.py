"""A word of the website's people changes the next verdict of their site, once, for every process, and can be undone."""

import uuid
from typing import Any

import pytest
from sqlalchemy import text

from moderation import clock, worker
from moderation.duties import learning
from moderation.errors import NotFound
from moderation.storage import labels
from moderation.storage.labels import Said
from moderation.vocabulary import Actor, Label
from tests.support import factories
from tests.support.asgi import Service

UNSURE = "Our evening course in bookbinding starts in May, see you there"
SIMILAR = "Another evening course in bookbinding begins in June, see you there"
OTHER = "Thank you for the recipe, my children loved the soup."
NAMES = [(1, "Anna"), (2, "Bernd"), (7, "Carla"), (9, "Dieter")]


def send(service: Service, content: str, token: dict[str, str] | None = None, **changes: Any) -> dict[str, Any]:
    answer = service.post(
        "/api/v1/comments", json=factories.native(content, **changes), headers=token or service.bearer
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


def judged(service: Service, content: str) -> dict[str, Any]:
    """What the program would say of a comment now; nothing is stored."""
    answer = service.post("/api/v1/checks", json=factories.native(content), headers=service.bearer)
    assert answer.is_success, answer.text
    return answer.json()


def decide(service: Service, comment_id: str, label: str) -> None:
    choice = {"verdict": {"spam": "remove", "ham": "publish"}[label], "label": label}
    answer = service.post(f"/api/v1/comments/{comment_id}/decisions", json=choice, headers=service.bearer)
    assert answer.is_success, answer.text


def teach(service: Service, content: str, label: str) -> str:
    """A comment is sent and labelled; returns its id."""
    comment_id = send(service, content)["id"]
    decide(service, comment_id, label)
    return comment_id


def look(service: Service) -> learning.Progress:
    with service.runtime.database.snapshot() as db:
        return learning.look(db, site_id=service.site.id)


def journal(service: Service) -> list[Any]:
    with service.runtime.database.snapshot() as db:
        return learning.history(db, site_id=service.site.id, limit=100)[::-1]


def label(service: Service, comment_id: str, label: Label, actor: Actor = Actor.BLOG) -> None:
    """A label that is stored and not learnt yet."""
    with service.runtime.database.transaction() as db:
        said = Said(uuid.UUID(comment_id), label, actor)
        labels.record(db, site_id=service.site.id, said=said, now=clock.now())


def erase(service: Service, comment_id: str) -> None:
    """As whoever runs the service does it until there is a command: in the database."""
    change = "UPDATE comments SET state = 'erased', content = '' WHERE id = :id"
    hexed = uuid.UUID(comment_id).hex if service.runtime.database.is_embedded else comment_id
    with service.runtime.database.transaction() as db:
        db.connection().execute(text(change), {"id": hexed})


@pytest.mark.parametrize("label", ["spam", "ham"])
def test_a_decision_moves_the_next_score_of_the_same_and_of_a_similar_comment(service_on_both: Service, label: str):
    service = service_on_both
    before = {content: judged(service, content)["score"] for content in (UNSURE, SIMILAR)}
    teach(service, UNSURE, label)
    sign = 1 if label == "spam" else -1
    for content, score in before.items():
        assert sign * (judged(service, content)["score"] - score) > 0, content
    assert judged(service, UNSURE)["model"]["site_revision"] == 1


def test_a_site_that_was_never_taught_is_judged_by_the_base_alone(service: Service):
    other = service.add_site("https://other.example")
    before = judged(service, UNSURE)
    service.sites.reverse()
    teach(service, UNSURE, "spam")
    service.sites.reverse()
    assert judged(service, UNSURE) == before
    assert before["model"]["site_revision"] == 0
    with service.runtime.database.snapshot() as db:
        assert learning.look(db, site_id=other.site.id).lessons == 1


def test_akismets_feedback_teaches(service: Service):
    form = dict(factories.akismet(service.akismet_key, UNSURE))
    before = judged(service, UNSURE)["score"]
    service.post("/1.1/comment-check", data=form)
    service.post("/1.1/submit-spam", data=form)
    assert judged(service, UNSURE)["score"] > before


def test_the_reasons_say_what_people_at_the_website_taught(service: Service):
    for number in range(6):
        things = f"{number * 7919} {number * 104729} {number * 1299709} and {number * 15485863}"
        teach(service, f"Evening course in bookbinding, {things}", "spam")
        teach(service, f"{things}: my children loved the soup, thank you", "ham")
    assert {reason["code"] for reason in judged(service, UNSURE)["reasons"]} >= {"model.site"}
    texts = [reason["text"] for reason in judged(service, UNSURE)["reasons"] if reason["code"] == "model.site"]
    assert texts == ["People at this website called such comments unwelcome."]


def test_the_same_word_twice_is_one_lesson(service_on_both: Service):
    service = service_on_both
    comment_id = teach(service, UNSURE, "spam")
    once = judged(service, UNSURE)
    decide(service, comment_id, "spam")
    assert judged(service, UNSURE) == once
    assert [line.kind for line in journal(service)] == ["learnt"]


def test_a_later_word_takes_the_earlier_lesson_back(service_on_both: Service):
    service = service_on_both
    comment_id = teach(service, UNSURE, "spam")
    decide(service, comment_id, "ham")
    assert [(line.kind, line.of_revision) for line in journal(service)] == [
        ("learnt", None),
        ("withdrawn", 1),
        ("learnt", None),
    ]
    changed = judged(service, UNSURE)["score"]
    service.add_site("https://other.example")
    service.sites.reverse()
    teach(service, UNSURE, "ham")
    assert judged(service, UNSURE)["score"] == changed


def test_a_campaign_counts_once(service_on_both: Service):
    service = service_on_both
    copies = [f"Buy cheap watches online at https://watches-{i}.example today, best price for {n}!" for i, n in NAMES]
    teach(service, copies[0], "spam")
    once = judged(service, UNSURE)["score"]
    for copy in copies[1:]:
        teach(service, copy, "spam")
    assert [(line.kind, line.of_revision) for line in journal(service)] == [("learnt", None)] + [
        ("counted_with", 1)
    ] * 3
    assert judged(service, UNSURE)["score"] == once


def test_a_campaign_goes_on_counting_when_its_first_comment_is_corrected(service: Service):
    copies = [f"Buy cheap watches online at https://watches-{i}.example today, best price for {n}!" for i, n in NAMES]
    first = teach(service, copies[0], "spam")
    teach(service, copies[1], "spam")
    decide(service, first, "ham")
    kinds = [(line.kind, line.is_unwelcome, line.is_active) for line in journal(service)]
    assert kinds == [
        ("learnt", True, False),
        ("passed_over", True, False),
        ("withdrawn", None, False),
        ("learnt", True, True),
        ("learnt", False, True),
    ]


def test_a_campaign_that_is_corrected_as_a_whole_is_learnt_the_other_way(service: Service):
    copies = [f"Buy cheap watches online at https://watches-{i}.example today, best price for {n}!" for i, n in NAMES]
    ids = [teach(service, copy, "spam") for copy in copies]
    for comment_id in ids[:3]:
        label(service, comment_id, Label.HAM)
    service.app.state.doors.teacher.teach(service.site.id)
    counting = [line for line in journal(service) if line.is_active or line.kind == "counted_with"]
    assert [(line.kind, line.is_unwelcome, str(line.comment_id)) for line in counting] == [
        ("learnt", True, ids[3]),
        ("learnt", False, ids[0]),
        ("counted_with", False, ids[1]),
        ("counted_with", False, ids[2]),
    ]


def test_what_is_left_of_a_campaign_counts_when_most_of_it_is_erased(service: Service):
    copies = [f"Buy cheap watches online at https://watches-{i}.example today, best price for {n}!" for i, n in NAMES]
    ids = [teach(service, copy, "spam") for copy in copies]
    for comment_id in ids[:2]:
        erase(service, comment_id)
    worker.run_once(service.runtime.database)
    counting = [line for line in journal(service) if line.is_active or line.kind == "counted_with"]
    assert [(line.kind, line.of_revision, str(line.comment_id)) for line in counting] == [
        ("learnt", None, ids[2]),
        ("counted_with", 3, ids[3]),
    ]


@pytest.mark.parametrize("erased", [0, 1, 2, 3])
def test_an_erased_comment_leaves_no_trace_in_any_score(service_on_both: Service, erased: int):
    service = service_on_both
    said = [(UNSURE, "spam"), (OTHER, "ham"), (UNSURE + "!", "spam"), ("Casino bonus at my page, click", "spam")]
    ids = [teach(service, *each) for each in said]
    erase(service, ids[erased])
    assert worker.run_once(service.runtime.database)["learn"] == 1
    with service.runtime.database.snapshot() as db:
        service.runtime.models.refresh(db)
    with_hole = [judged(service, content)["score"] for content in (UNSURE, SIMILAR, OTHER)]
    assert ids[erased] not in {str(line.comment_id) for line in journal(service)}
    service.add_site("https://other.example")
    service.sites.reverse()
    for number, each in enumerate(said):
        if number != erased:
            teach(service, *each)
    assert [judged(service, content)["score"] for content in (UNSURE, SIMILAR, OTHER)] == with_hole


def test_a_label_for_an_erased_comment_teaches_nothing_and_is_no_error(service_on_both: Service):
    service = service_on_both
    comment_id = send(service, UNSURE)["id"]
    before = judged(service, UNSURE)
    label(service, comment_id, Label.SPAM, Actor.MODERATOR)
    erase(service, comment_id)
    assert worker.run_once(service.runtime.database)["learn"] is not None
    assert (look(service).lessons, look(service).waiting) == (0, 0)
    assert judged(service, UNSURE) == before


def test_a_moderators_word_stands_against_the_blogs_later_one(service: Service):
    comment_id = send(service, UNSURE)["id"]
    label(service, comment_id, Label.HAM, Actor.MODERATOR)
    decide(service, comment_id, "spam")
    assert [(line.kind, line.is_unwelcome, line.weight) for line in journal(service)] == [("learnt", False, 1.0)]


def test_what_a_writer_says_of_the_own_comment_teaches_nothing(service: Service):
    comment_id = send(service, UNSURE)["id"]
    label(service, comment_id, Label.HAM, Actor.AUTHOR)
    service.app.state.doors.teacher.teach(service.site.id)
    assert (look(service).lessons, look(service).waiting) == (0, 0)


def test_a_test_teaches_nothing(service: Service):
    checked = service.post("/1.1/comment-check", data=dict(factories.akismet(service.akismet_key, UNSURE, is_test="1")))
    decide(service, checked.headers["x-akismet-guid"], "spam")
    assert (look(service).lessons, look(service).waiting) == (0, 0)


@pytest.mark.parametrize(
    "content", ["", " ", "\u0000", "\U0001f600", "\u05e9\u05dc\u05d5\u05dd", "7" * 300, "a" * 65_000]
)
def test_whatever_people_label_is_learnt_or_passed_over(service: Service, content: str):
    form = dict(factories.akismet(service.akismet_key, content))
    service.post("/1.1/comment-check", data=form)
    service.post("/1.1/submit-spam", data=form)
    assert look(service).waiting == 0
    assert 0 <= judged(service, UNSURE)["score"] <= 1


def test_a_rollback_restores_every_score_to_the_bit(service_on_both: Service):
    service = service_on_both
    scores = [[judged(service, content)["score"] for content in (UNSURE, SIMILAR, OTHER)]]
    for content, label in [(UNSURE, "spam"), (OTHER, "ham"), ("Casino bonus at my page, click", "spam")]:
        teach(service, content, label)
        scores.append([judged(service, content)["score"] for content in (UNSURE, SIMILAR, OTHER)])
    for revision, back in [(2, 2), (1, 1), (3, 3), (4, 2), (0, 0), (6, 3)]:
        with service.runtime.database.transaction() as db:
            taught = learning.roll_back(db, site_id=service.site.id, revision=revision, now=clock.now())
        service.runtime.models.take(taught)
        assert [judged(service, content)["score"] for content in (UNSURE, SIMILAR, OTHER)] == scores[back], revision


def test_only_an_earlier_revision_can_be_rolled_back_to(service: Service):
    teach(service, UNSURE, "spam")
    for revision in (-1, 1, 2):
        with service.runtime.database.transaction() as db, pytest.raises(NotFound, match="candor learning list"):
            learning.roll_back(db, site_id=service.site.id, revision=revision, now=clock.now())


def test_learning_can_start_again(service_on_both: Service):
    service = service_on_both
    before = judged(service, UNSURE)["score"]
    comment_id = teach(service, UNSURE, "spam")
    with service.runtime.database.transaction() as db:
        service.runtime.models.take(learning.start_again(db, site_id=service.site.id, now=clock.now()))
    assert (judged(service, UNSURE)["score"], look(service).lessons) == (before, 0)
    assert [line.kind for line in journal(service)] == ["rolled_back"]
    decide(service, comment_id, "ham")
    assert (judged(service, UNSURE)["score"] < before, look(service).lessons) == (True, 1)
