"""POST /api/v1/comments/{id}/decisions: what the website's people decide stands, and nobody's newer word is lost."""

from typing import Any

import httpx
import pytest

from tests.support.asgi import Service
from tests.support.factories import KIND_WORDS, SPAM_WORDS, native

COMMENTS = "/api/v1/comments"


def submit(service: Service, content: str = KIND_WORDS, **changes: Any) -> dict[str, Any]:
    return service.post(COMMENTS, json=native(content, **changes), headers=service.bearer).json()


def decide(service: Service, comment_id: str, body: dict[str, Any], **headers: str) -> httpx.Response:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return service.post(f"{COMMENTS}/{comment_id}/decisions", json=body, headers=service.bearer | sent)


@pytest.mark.parametrize(("verdict", "state"), [("publish", "published"), ("hold", "held"), ("remove", "removed")])
def test_a_decision_moves_the_comment(service_on_both: Service, verdict: str, state: str):
    comment = submit(service_on_both, SPAM_WORDS)["id"]
    answer = decide(service_on_both, comment, {"verdict": verdict, "label": "ham", "reason": "We know her."})
    assert answer.status_code == 200
    assert answer.headers["etag"] == '"2"'
    assert answer.json() == {
        "id": comment,
        "version": 2,
        "state": state,
        "verdict": verdict,
        "reasons": [{"code": "blog.decision", "text": "We know her.", "weight": 0.0, "spans": []}],
    }
    read = service_on_both.get(f"{COMMENTS}/{comment}", headers=service_on_both.bearer).json()
    assert (read["state"], read["version"], read["decided_by"], read["score"]) == (state, 2, "blog", None)


def test_a_decision_without_a_reason_says_who_decided(service: Service):
    for reason in (None, "", "  "):
        answer = decide(service, submit(service)["id"], {"verdict": "hold", "reason": reason})
        assert answer.json()["reasons"][0]["text"] == "The website decided this."


@pytest.mark.parametrize("seen", ['"1"', "1", 'W/"1"', ' "1" ', "*"])
def test_the_version_that_was_seen_lets_the_decision_through(service: Service, seen: str):
    assert decide(service, submit(service)["id"], {"verdict": "hold"}, If_Match=seen).status_code == 200


@pytest.mark.parametrize("seen", ['"2"', "0", '"999999999"'])
def test_another_version_stops_the_decision(service_on_both: Service, seen: str):
    comment = submit(service_on_both)["id"]
    answer = decide(service_on_both, comment, {"verdict": "remove"}, If_Match=seen)
    assert (answer.status_code, answer.json()["code"]) == (412, "comment.version")
    assert "version 1" in answer.json()["detail"]
    assert service_on_both.get(f"{COMMENTS}/{comment}", headers=service_on_both.bearer).json()["version"] == 1


@pytest.mark.parametrize("seen", ["", '"', '""', '"one"', "-1", '"1", "2"', "1.0", "9" * 5_000, '"٣"'])
def test_a_version_that_is_none_is_refused(service: Service, seen: str):
    comment = submit(service)["id"]
    headers = {**service.bearer, "If-Match": seen.encode()}
    answer = service.post(f"{COMMENTS}/{comment}/decisions", json={"verdict": "hold"}, headers=headers)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "If-Match")


def test_of_two_who_saw_the_same_version_one_is_stopped(service_on_both: Service):
    comment = submit(service_on_both)["id"]
    one = {
        "method": "POST",
        "url": f"{COMMENTS}/{comment}/decisions",
        "headers": service_on_both.bearer | {"If-Match": '"1"'},
    }
    answers = service_on_both.together([one | {"json": {"verdict": verdict}} for verdict in ("remove", "publish")])
    assert sorted(answer.status_code for answer in answers) == [200, 412]


def test_a_person_s_decision_outlives_the_same_words_sent_again(service: Service):
    comment = submit(service, SPAM_WORDS, external_id="1")["id"]
    decide(service, comment, {"verdict": "publish"})
    again = submit(service, SPAM_WORDS, external_id="1")
    assert (again["id"], again["state"], again["version"]) == (comment, "published", 2)


def test_an_edit_cannot_slip_spam_past_a_person_s_decision(service: Service):
    comment = submit(service, KIND_WORDS, external_id="1")["id"]
    decide(service, comment, {"verdict": "publish"})
    edited = submit(service, SPAM_WORDS, external_id="1")
    assert (edited["id"], edited["state"]) == (comment, "held")


@pytest.mark.parametrize(
    ("body", "field"),
    [({}, "verdict"), ({"verdict": "spam"}, "verdict"), ({"verdict": "hold", "label": "x"}, "label")],
)
def test_a_decision_in_other_words_is_refused(service: Service, body: dict[str, Any], field: str):
    comment = submit(service)["id"]
    answer = decide(service, comment, body)
    assert (answer.status_code, [fault["field"] for fault in answer.json()["errors"]]) == (422, [field])
    assert service.get(f"{COMMENTS}/{comment}", headers=service.bearer).json()["version"] == 1
