"""A site can ask what its own model has learnt and whether it is in use."""

from typing import Any

from moderation.web.api.learning import LearningShown
from tests.support.asgi import Service
from tests.support.factories import native


def asked(service: Service) -> dict[str, Any]:
    answer = service.get("/api/v1/learning", headers=service.bearer)
    assert answer.status_code == 200, answer.text
    return LearningShown.model_validate_json(answer.content).model_dump()


def test_a_new_site_has_learnt_nothing(service_on_both: Service):
    assert asked(service_on_both) == {
        "revision": 0,
        "lessons": 0,
        "waiting": 0,
        "state": "base",
        "learnt_at": None,
        "paused_at": None,
        "drifted_at": None,
        "base_loss": 0.0,
        "site_loss": 0.0,
    }


def test_a_decision_with_a_label_is_seen_there_and_one_without_is_not(service_on_both: Service):
    service = service_on_both
    for choice in ({"verdict": "publish", "label": "ham"}, {"verdict": "remove"}):
        sent = service.post("/api/v1/comments", json=native(str(choice)), headers=service.bearer).json()
        url = f"/api/v1/comments/{sent['id']}/decisions"
        service.post(url, json=choice, headers=service.bearer).raise_for_status()
    told = asked(service)
    assert (told["revision"], told["lessons"], told["waiting"], told["state"]) == (1, 1, 0, "learning")
    assert told["learnt_at"] is not None
    assert told["base_loss"] == told["site_loss"] > 0
