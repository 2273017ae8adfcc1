"""A word of the website's people changes the next verdict of their site, once, for every process, and can be undone."""

from collections.abc import Callable
from typing import Any

import pytest

from moderation import clock
from moderation.duties import learning
from moderation.storage.tables import LessonRow
from tests.support import factories
from tests.support.asgi import Service

UNSURE = "Our evening course in bookbinding starts in May, see you there"
SIMILAR = "Another evening course in bookbinding begins in June, see you there"
OTHER = "Thank you for the recipe, my children loved the soup."


def send(service: Service, content: str, token: dict[str, str] | None = None, **changes: Any) -> dict[str, Any]:
    answer = service.post("/api/v1/comments", json=factories.native(content, **changes), headers=token or service.bearer)
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


def journal(service: Service) -> list[LessonRow]:
    with service.runtime.database.snapshot() as db:
        return learning.history(db, site_id=service.site.id, limit=100)[::-1]


@pytest.mark.parametrize("label", ["spam", "ham"])
def test_a_decision_moves_the_next_score_of_the_same_and_of_a_similar_comment(service_on_both: Service, label: str):
    service = service_on_both
    before = {content: judged(service, content)["score"] for content in (UNSURE, SIMILAR)}
    teach(service, UNSURE, label)
    sign = 1 if label == "spam" else -1
    for content, score in before.items():
        assert sign * (judged(service, content)["score"] - score) > 0, content
    assert judged(service, UNSURE)["model"]["site_revision"] == 1
