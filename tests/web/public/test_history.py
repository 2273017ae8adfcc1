"""What a site's notice said before: the chain of its versions, as pages and as data, and what each changed."""

import re
from typing import Any

import pytest

from moderation import clock
from moderation.duties import hosting
from moderation.judging.versions import Change, Difference
from moderation.web.public.history import SCHEMA, Line, lines
from tests.support import factories
from tests.support.asgi import Service
from tests.support.reading import hard


def path_of(service: Service, ending: str = "") -> str:
    return f"/sites/{service.site.id}/comment-data/history{ending}"


def change(service: Service, **changes: str) -> None:
    """Changes the site's rules and lets a comment come, under which the new version is recorded."""
    if changes:
        with service.runtime.database.transaction() as db:
            hosting.set_site(db, site_id=service.site.id, changes=changes, now=clock.now())
    service.get(path_of(service))  # this process now knows of the change
    sent = factories.native(f"A comment under {sorted(changes.items())}")
    assert service.post("/api/v1/comments", json=sent, headers=service.bearer).status_code == 201


def chain_of(service: Service) -> list[dict[str, Any]]:
    told = service.get(path_of(service, ".json")).json()
    assert told["schema"] == SCHEMA
    return told["versions"]


def test_a_notice_without_a_past_says_so(service: Service):
    page = service.get(path_of(service))
    assert page.status_code == 200
    assert "No version is written down yet." in page.text
    assert chain_of(service) == []


def test_each_change_of_the_rules_is_a_link_with_what_it_changed(service_on_both: Service):
    service = service_on_both
    change(service)
    change(service, hold_at="0.55")
    change(service, name="Another name")
    first, second, third = chain_of(service)
    assert [link["number"] for link in (first, second, third)] == [1, 2, 3]
    assert len({link["digest"] for link in (first, second, third)}) == 3
    assert first["changes"] == []
    thresholds = next(one for one in second["changes"] if one["id"] == "automation.thresholds")
    assert (thresholds["change"], thresholds["before"]["hold_at"], thresholds["after"]["hold_at"]) == (
        "changed",
        0.7,
        0.55,
    )
    assert [one["id"] for one in third["changes"]] == ["site.name"]
    told = service.get(f"/sites/{service.site.id}/comment-data.json").json()
    assert third["version"] == told["notice_version"]
    assert told["history"].endswith(path_of(service, ".json"))


def test_the_page_tells_the_newest_first_and_what_went_and_came(service: Service):
    change(service)
    change(service, hold_at="0.55")
    page = service.get(path_of(service, "?all=1")).text
    assert re.findall(r"Version (\d+)</a>", page) == ["2", "1"]
    assert "in force now" in page.partition("Version 1")[0]
    assert re.search(r"<del>.*hold_at: 0\.7\b", page)
    assert re.search(r"<ins>.*hold_at: 0\.55\b", page)
    for link in chain_of(service):
        assert link["version"] in page
        assert link["digest"] in page


def test_each_version_has_a_page_with_all_that_it_said(service: Service):
    change(service)
    change(service, hold_at="0.55")
    for link in chain_of(service):
        number = link["number"]
        page = service.get(path_of(service, f"/{number}"))
        data = service.get(path_of(service, f"/{number}.json")).json()
        assert page.status_code == 200
        assert {name: data[name] for name in link} == link
        assert set(re.findall(r"<summary><code>([\w.]+)</code></summary>", page.text)) == set(data["facts"])
    at = service.get(path_of(service, "/1.json")).json()["facts"]["automation.thresholds"]["value"]["hold_at"]
    assert at == 0.7


@pytest.mark.parametrize("number", ["0", "3", "x", "-1", "1e0", "01", "9" * 40])
@pytest.mark.parametrize("ending", ["", ".json"])
def test_there_is_no_other_version(service: Service, number: str, ending: str):
    change(service)
    assert service.get(path_of(service, f"/{number}{ending}")).status_code == 404


def test_the_history_of_one_site_is_not_anothers(service: Service):
    change(service)
    other = service.add_site("https://other.example").site
    assert service.get(f"/sites/{other.id}/comment-data/history.json").json()["versions"] == []


def test_a_hostile_name_is_inert_in_the_history(service: Service):
    change(service)
    change(service, name="<script>alert(1)</script>")
    for ending in ("", "/1", "/2"):
        assert "<script>" not in service.get(path_of(service, ending)).text


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (1, 2, [(False, "1"), (True, "2")]),
        (None, "a", [(True, "a")]),
        ("a", None, [(False, "a")]),
        (["a", "b"], ["b", "c"], [(False, "a"), (True, "c")]),
        (["a", "b"], ["b", "a"], []),
        ({"x": 1, "y": 2}, {"x": 1, "y": 3}, [(False, "y: 2"), (True, "y: 3")]),
        (
            [{"column": "a.b", "kept": None}],
            [{"column": "a.b", "kept": "P1D"}],
            [(False, 'a.b: {"kept": null}'), (True, 'a.b: {"kept": "P1D"}')],
        ),
    ],
)
def test_a_difference_names_what_went_and_what_came(before: Any, after: Any, said: list[tuple[bool, str]]):
    found = lines(Difference("id", Change.CHANGED, before, after))
    assert found == tuple(Line(*line) for line in said)


def test_its_sentences_can_be_read(service: Service):
    change(service)
    change(service, hold_at="0.55")
    assert [hard(service.get(path_of(service, ending)).text) for ending in ("", "/1", "/2")] == [[], [], []]
