"""Reading one comment and pages of them: stored forms only, in order, none twice and none left out."""

import re
from typing import Any

import pytest

from tests.support.asgi import Service
from tests.support.factories import KIND_WORDS, SPAM_WORDS, native

COMMENTS = "/api/v1/comments"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def submit(service: Service, content: str = KIND_WORDS, **changes: Any) -> dict[str, Any]:
    answer = service.post(COMMENTS, json=native(content, **changes), headers=service.bearer)
    assert answer.status_code == 201
    return answer.json()


def listed(service: Service, **params: Any) -> dict[str, Any]:
    answer = service.get(COMMENTS, params=params, headers=service.bearer)
    assert answer.status_code == 200
    return answer.json()


def test_a_comment_is_read_in_the_forms_that_are_stored(service_on_both: Service):
    sent = native(
        author={"name": "Ann", "email": "ann@example.org", "url": "https://ann.example", "ip": "2001:db8:1:2::7"},
        submitted_at="2026-11-22T12:30:00+02:30",
        language="en",
        external_id="blog-42",
    )
    told = service_on_both.post(COMMENTS, json=sent, headers=service_on_both.bearer).json()
    answer = service_on_both.get(f"{COMMENTS}/{told['id']}", headers=service_on_both.bearer)
    read = answer.json()
    assert (answer.status_code, answer.headers["etag"], answer.headers["cache-control"]) == (200, '"1"', "no-store")
    assert read["author"] == {
        "name": "Ann",
        "url": "https://ann.example",
        "ip_prefix": "2001:db8:1::/48",
        "roles": [],
    }
    assert (read["submitted_at"], read["language"], read["external_id"]) == ("2026-11-22T10:00:00Z", "en", "blog-42")
    assert (read["decided_by"], read["content"], read["permalink"]) == ("policy", KIND_WORDS, sent["permalink"])
    assert TIME.fullmatch(read["received_at"])
    assert TIME.fullmatch(read["changed_at"])
    assert {name: read[name] for name in told if name != "receipt"} == {
        name: value for name, value in told.items() if name != "receipt"
    }
    assert "ann@example.org" not in answer.text
    assert "receipt" not in read


def test_pages_follow_one_another_newest_first(service_on_both: Service):
    ids = [submit(service_on_both, f"Hello {number}")["id"] for number in range(7)]
    seen: list[str] = []
    page = listed(service_on_both, limit=3)
    while True:
        seen += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        page = listed(service_on_both, limit=3, after=page["next"])
    assert seen == ids[::-1]


def test_a_page_that_is_just_full_is_the_last(service: Service):
    for number in range(3):
        submit(service, f"Hello {number}")
    assert listed(service, limit=3)["next"] is None
    assert listed(service, limit=2)["next"] is not None
    assert listed(service) == listed(service, limit=50)


def test_a_list_is_of_a_state_and_a_page(service: Service):
    kind, spam = submit(service)["id"], submit(service, SPAM_WORDS)["id"]
    other = submit(service, permalink="https://blog.example/post/2")["id"]

    def ids(**params: Any) -> set[str]:
        return {item["id"] for item in listed(service, **params)["items"]}

    assert ids() == {kind, spam, other}
    assert ids(state="published") == {kind, other}
    assert ids(state="held") == {spam}
    assert ids(permalink="https://blog.example/post/2") == {other}
    assert ids(permalink="https://blog.example/post/2", state="held") == set()
    assert ids(permalink="https://blog.example/post/3") == set()
    assert ids(permalink="\x00") == set()


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": 101}, "limit"),
        ({"limit": -1}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"limit": "9" * 5_000}, "limit"),
        ({"limit": "1.5"}, "limit"),
        ({"state": "spam"}, "state"),
        ({"state": ""}, "state"),
        ({"state": "PUBLISHED"}, "state"),
        ({"after": "canary-8f1d"}, "after"),
        ({"after": ""}, "after"),
        ({"after": "x" * 65}, "after"),
        ({"after": "\x00"}, "after"),
        ({"permalink": "x" * 2_049}, "permalink"),
    ],
    ids=lambda value: str(value)[:40].replace("\x00", "NUL"),
)
def test_a_bad_question_is_refused_by_its_name(service: Service, params: dict[str, Any], field: str):
    answer = service.get(COMMENTS, params=params, headers=service.bearer)
    told = answer.json()
    assert (answer.status_code, told["code"]) == (422, "request.invalid")
    assert [fault["field"] for fault in told["errors"]] == [field]
    assert "canary-8f1d" not in answer.text
