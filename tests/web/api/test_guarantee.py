"""A site can ask whether a program may remove, what is missing, and which comments wait to be looked at."""

from dataclasses import replace
from typing import Any

from moderation.web.api.guarantee import GuaranteeShown
from tests.support.asgi import Service, bearer
from tests.support.factories import native


def asked(service: Service) -> dict[str, Any]:
    answer = service.get("/api/v1/guarantee", headers=service.bearer)
    assert answer.status_code == 200, answer.text
    return GuaranteeShown.model_validate_json(answer.content).model_dump()


def submit(service: Service, words: str, *, is_drawn: bool) -> str:
    """Sends a comment to a service that draws all or none."""
    doors = service.app.state.doors
    checking = replace(doors.checking, audit_rate=1.0 if is_drawn else 0.0)
    service.app.state.doors = replace(doors, checking=checking, record=checking.record)
    return service.post("/api/v1/comments", json=native(words), headers=service.bearer).json()["id"]


def test_a_new_site_is_told_what_is_missing(service: Service):
    told = asked(service)
    assert told["text"] == "needs 299 approved comments, you have 0"
    assert (told["alpha"], told["delta"], told["needed"], told["have"]) == (0.01, 0.05, 299, 0)
    assert (told["holds"], told["removes"], told["threshold"]) == (False, False, None)
    assert told["watchdog"] == {"alarm": False, "alarmed_at": None, "wealth": 1.0, "alarm_at": 100.0, "seen": 0}


def test_a_drawn_comment_that_a_person_approves_is_counted(service_on_both: Service):
    drawn, other = (
        submit(service_on_both, words, is_drawn=is_drawn) for words, is_drawn in (("a", True), ("b", False))
    )
    for comment_id in (drawn, other):
        choice = {"verdict": "publish", "label": "ham"}
        service_on_both.post(
            f"/api/v1/comments/{comment_id}/decisions", json=choice, headers=service_on_both.bearer
        ).raise_for_status()
    assert asked(service_on_both)["text"] == "needs 299 approved comments, you have 1"


def test_drawn_comments_can_be_listed_page_by_page(service_on_both: Service):
    ids = [submit(service_on_both, f"words {number}", is_drawn=number % 2 == 0) for number in range(6)]
    first = listed(service_on_both, limit=2)
    rest = listed(service_on_both, limit=2, after=first["next"])
    assert [item["id"] for item in (*first["items"], *rest["items"])] == [ids[4], ids[2], ids[0]]
    assert rest["next"] is None
    assert len(listed(service_on_both, audited="false")["items"]) == 6
    assert listed(service_on_both, state="removed")["items"] == []
    assert listed(service_on_both, permalink="https://blog.example/other")["items"] == []


def test_another_site_sees_none_of_it(service: Service):
    submit(service, "words", is_drawn=True)
    other = service.add_site("https://other.example")
    answer = service.get("/api/v1/comments?audited=true", headers=bearer(other.api_token))
    assert answer.json()["items"] == []


def test_the_notice_says_whether_a_program_may_remove_and_why_not(service: Service):
    fact = service.get("/api/v1/transparency", headers=service.bearer).json()["facts"]["automation.guarantee"]
    assert fact["provenance"] == "measured"
    assert fact["value"] == {
        "switched_on": False,
        "holds": False,
        "alarm": False,
        "removes": False,
        "text": "needs 299 approved comments, you have fewer than 10",
    }
    page = service.get(f"/sites/{service.site.id}/comment-data").text
    assert "A program refuses no comments here. The website has not switched that on." in page


def listed(service: Service, **query: Any) -> dict[str, Any]:
    answer = service.get("/api/v1/comments", params={"audited": "true", **query}, headers=service.bearer)
    assert answer.status_code == 200, answer.text
    return answer.json()
