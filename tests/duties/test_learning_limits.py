"""Floods, contradictions and strangers' words: what a site's model does not learn, or learns and does not use."""

import random
import uuid

import pytest
from sqlalchemy import text
from sqlmodel import select

from moderation import clock, worker
from moderation.duties import learning
from moderation.duties.learning import sitting
from moderation.storage import labels
from moderation.storage.labels import Said
from moderation.storage.tables import EventRow
from moderation.vocabulary import Actor, EventKind, Label
from tests.support import factories
from tests.support.asgi import Service

WORDS = ("tea", "rye", "oak", "ash", "sun", "fox", "hen", "cat", "ink", "map", "cup", "jam", "fig", "elm", "bee", "owl")
PROBE = "The oak and the elm by the map, with tea and jam for the fox"


def send(service: Service, content: str) -> uuid.UUID:
    sent = service.post("/api/v1/comments", json=factories.native(content), headers=service.bearer)
    return uuid.UUID(sent.json()["id"])


def say(service: Service, content: str, label: Label, *, reporter: str = "") -> None:
    """A label that waits to be learnt."""
    comment_id = send(service, content)
    with service.runtime.database.transaction() as db:
        said = Said(comment_id, label, Actor.BLOG, reporter)
        labels.record(db, site_id=service.site.id, said=said, now=clock.now())


def learn(service: Service) -> learning.Progress:
    service.app.state.doors.teacher.teach(service.site.id)
    with service.runtime.database.snapshot() as db:
        return learning.look(db, site_id=service.site.id)


def kinds(service: Service) -> list[str]:
    with service.runtime.database.snapshot() as db:
        return [line.kind.value for line in learning.history(db, site_id=service.site.id, limit=100)][::-1]


def told(service: Service) -> list[EventKind]:
    """The events about the site itself, in order."""
    with service.runtime.database.snapshot() as db:
        query = select(EventRow.kind).where(EventRow.site_id == service.site.id, EventRow.comment_id.is_(None))
        return list(db.exec(query.order_by(EventRow.id)))


def mixed(number: int) -> str:
    chance = random.Random(number)
    return " ".join(chance.choice(WORDS) for _ in range(14))


def judged(service: Service) -> tuple[float, int]:
    answer = service.post("/api/v1/checks", json=factories.native(PROBE), headers=service.bearer).json()
    return answer["score"], answer["model"]["site_revision"]


def test_a_site_learns_so_many_lessons_a_day_and_notes_the_others(
    service_on_both: Service, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sitting, "SITE_DAY", 3)
    for number in range(5):
        say(service_on_both, mixed(number), Label.SPAM)
    assert (learn(service_on_both).lessons, learn(service_on_both).waiting) == (3, 0)
    assert kinds(service_on_both) == ["learnt"] * 3 + ["passed_over"] * 2
    with service_on_both.runtime.database.transaction() as db:  # a day later
        db.connection().execute(text("UPDATE lessons SET happened_at = '2026-01-01 00:00:00+00:00'"))
    say(service_on_both, mixed(7), Label.HAM)
    assert learn(service_on_both).lessons == 4


def test_one_reporter_cannot_fill_a_sites_day(service_on_both: Service, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sitting, "SOURCE_DAY", 2)
    for number in range(4):
        say(service_on_both, mixed(number), Label.SPAM, reporter="a code")
    say(service_on_both, mixed(9), Label.HAM, reporter="another code")
    assert learn(service_on_both).lessons == 3
    assert kinds(service_on_both) == ["learnt", "learnt", "passed_over", "passed_over", "learnt"]


def test_a_model_that_does_worse_than_the_base_is_paused_and_the_base_judges(service: Service):
    before = judged(service)
    for number in range(20):
        say(service, mixed(number), (Label.SPAM, Label.HAM)[number % 2])
    assert learn(service).state == "learning"
    assert judged(service) != before
    worse = "CASE WHEN is_unwelcome THEN base_log_odds - 2 ELSE base_log_odds + 2 END"
    with service.runtime.database.transaction() as db:  # as if its answers had been these
        db.connection().execute(text(f"UPDATE lessons SET site_log_odds = {worse}"))
    say(service, mixed(99), Label.HAM)
    assert (learn(service).state, judged(service)) == ("paused", before)
    assert told(service) == [EventKind.MODEL_PAUSED]


def test_labels_that_contradict_one_another_leave_a_model_that_is_hardly_worse_than_the_base(service: Service):
    chance = random.Random(1)
    for number in range(60):
        say(service, mixed(number), chance.choice([Label.SPAM, Label.HAM]))
    progress = learn(service)
    assert (progress.lessons, progress.waiting) == (60, 0)
    assert progress.state == "paused" or progress.site_loss <= progress.base_loss + 0.1


def test_a_paused_model_goes_on_learning_and_is_used_again_when_it_has_recovered(service: Service):
    for number in range(24):
        say(service, f"{mixed(number)} watches", Label.SPAM)
        say(service, f"{mixed(number)} {mixed(number + 500)} thanks", Label.HAM)
    learn(service)
    with service.runtime.database.transaction() as db:  # as if it had done badly
        db.connection().execute(text("UPDATE site_models SET paused_at = '2026-11-22 12:00:00+00:00'"))
    say(service, f"{mixed(900)} watches", Label.SPAM)
    assert learn(service).state == "learning"
    assert told(service) == [EventKind.MODEL_RESUMED]


def test_a_site_whose_comments_change_is_told(service: Service):
    for number in range(60):
        say(service, f"{mixed(number)} watches", Label.SPAM)
        say(service, f"{mixed(number + 500)} thanks", Label.HAM)
    assert learn(service).drifted_at is None
    chance = random.Random(2)
    for number in range(60):
        say(service, f"{mixed(number + 100)} thanks", chance.choice([Label.SPAM, Label.HAM]))
        say(service, f"{mixed(number + 600)} watches", chance.choice([Label.SPAM, Label.HAM]))
    assert learn(service).drifted_at is not None
    assert EventKind.MODEL_DRIFTED in told(service)


def test_a_new_way_of_hashing_learns_every_label_anew(service_on_both: Service):
    service = service_on_both
    for number in range(6):
        say(service, mixed(number), (Label.SPAM, Label.HAM)[number % 2])
    learn(service)
    taught = judged(service)
    with service.runtime.database.transaction() as db:
        db.connection().execute(text("UPDATE site_models SET feature_spec = 0"))
        db.connection().execute(text("UPDATE lessons SET features = :other"), {"other": b"other"})
    assert worker.run_once(service.runtime.database)["learn"] == 1
    with service.runtime.database.snapshot() as db:
        service.runtime.models.refresh(db)
        assert learning.look(db, site_id=service.site.id).lessons == 6
    assert judged(service) == (taught[0], 13)
