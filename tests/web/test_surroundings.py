"""What the web tells the notice's checks is read from the doors themselves."""

from datetime import timedelta

import pytest
from fastapi import APIRouter, FastAPI

from moderation.duties.reporting.truth_of_rights import CAN
from moderation.storage.fields import Reader, of_table
from moderation.web import pages
from moderation.web.surroundings import surroundings
from tests.support.asgi import Service
from tests.support.factories import native


def test_the_doors_are_those_of_the_application(service: Service):
    routes = surroundings(service.app).routes
    assert routes is not None
    assert {*CAN.values(), "GET /readyz", "POST /api/v1/comments", "GET /sites/{site}/comment-data"} <= routes
    assert "POST /receipt/nothing" not in routes


def test_a_door_that_is_taken_away_is_missed():
    inner, app = APIRouter(), FastAPI()
    inner.add_api_route("/receipt", lambda: None, methods=["POST"])
    app.include_router(inner)
    routes = surroundings(app).routes
    assert routes is not None
    assert "POST /receipt" in routes
    assert "POST /receipt/erase" not in routes


def test_what_is_sent_of_a_published_comment_is_what_the_registry_opens_to_everyone(service: Service):
    open_columns = {field.column for field in of_table("comments") if Reader.PUBLIC in field.readers}
    assert surroundings(service.app).public_columns == open_columns
    assert service.post("/api/v1/comments", json=native(), headers=service.bearer).status_code == 201


@pytest.mark.parametrize(("name", "found"), [("receipt.js", {"localStorage"}), ("console.js", set())])
def test_what_a_public_script_keeps_in_a_browser_is_found(
    service: Service, monkeypatch: pytest.MonkeyPatch, name: str, found: set[str]
):
    asset = pages.Asset(b"localStorage.setItem('a', 'b')", "text/javascript", "tag")
    monkeypatch.setitem(pages.assets(), name, asset)
    assert surroundings(service.app).browser_storage == found


def test_the_limiter_says_for_how_long_it_remembers(service: Service):
    assert surroundings(service.app).limit_window == timedelta(minutes=1)
