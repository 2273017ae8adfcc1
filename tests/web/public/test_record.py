"""The record of processing, and what browsers look for: both from the facts of the notice."""

import re
from collections.abc import Callable

from moderation.web.public.record import PARTS, SCHEMA
from tests.support.asgi import Service


def test_the_record_has_the_parts_of_article_30(make_service: Callable[..., Service]):
    service = make_service(controller_name="Ann", hosting="Example Hosting, Germany", dpo="none")
    path = f"/sites/{service.site.id}/comment-data"
    record = service.get(f"{path}/record.json").json()
    facts = service.get(f"{path}.json").json()["facts"]
    assert record["schema"] == SCHEMA
    assert {"controller", "purposes", "people", "categories", "recipients", "transfers"} <= set(record)
    assert {"time_limits", "measures"} <= set(record)
    assert "people who write comments" in record["people"]
    for part, ids in PARTS.items():
        assert {id_: fact["value"] for id_, fact in record[part].items()} == {id_: facts[id_]["value"] for id_ in ids}


def test_the_page_states_the_facts_of_the_record(make_service: Callable[..., Service]):
    service = make_service(controller_name="Ann", hosting="Example Hosting, Germany", backup_days="14")
    page = service.get(f"/sites/{service.site.id}/comment-data/record").text
    named = {fact for found in re.findall(r'data-facts="([^"]+)"', page) for fact in found.split()}
    assert {fact for ids in PARTS.values() for fact in ids} == named
    assert all(said in page for said in ("Ann", "Example Hosting, Germany", "14 days", "people who write comments"))
    assert page.count("<h1>") == 1


def test_browsers_are_told_what_the_page_says_of_their_signal(make_service: Callable[..., Service]):
    service = make_service()
    told = service.get("/.well-known/gpc.json")
    assert told.headers["content-type"] == "application/json"
    fact = service.get(f"/sites/{service.site.id}/comment-data.json").json()["facts"]["signals.gpc"]["value"]
    assert told.json()["gpc"] is fact
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", told.json()["lastUpdate"])
