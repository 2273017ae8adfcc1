"""The notice as data: its published schema, its languages, and where the rest is."""

import json

import jsonschema_rs
import pytest

from moderation.web import language
from moderation.web.public.data import SCHEMA_PATH
from tests.support.asgi import Service


def address(service: Service, ending: str = "") -> str:
    return f"/sites/{service.site.id}/comment-data{ending}"


def test_the_notice_is_what_its_published_schema_says(service: Service):
    answer = service.get(address(service, ".json"))
    assert answer.headers["link"] == f'<{SCHEMA_PATH}>; rel="describedby"; type="application/schema+json"'
    published = service.get(SCHEMA_PATH)
    assert published.headers["content-type"] == "application/schema+json"
    validator = jsonschema_rs.Draft202012Validator(published.json())
    assert list(map(str, validator.iter_errors(answer.json()))) == []


@pytest.mark.parametrize(
    "broken",
    [
        {"schema": "candor.notice/1"},
        {"failed": None},
        {"surplus": 1},
        {"facts": {"site.name": {"value": 1}}},
        {"facts": {"site.name": {"value": 1, "provenance": "guessed", "source": "", "observed_at": None}}},
    ],
)
def test_the_schema_refuses_what_the_notice_is_not(service: Service, broken: dict):
    validator = jsonschema_rs.Draft202012Validator(service.get(SCHEMA_PATH).json())
    assert not validator.is_valid(service.get(address(service, ".json")).json() | broken)


def test_the_data_names_each_language_and_who_looked_at_it(service: Service):
    told = service.get(address(service, ".json")).json()
    assert set(told["languages"]) == set(language.NAMES)
    for code, shown in told["languages"].items():
        assert shown["url"] == f"{told['url']}?lang={code}"
        assert bool(shown["review"]) is (code != language.SOURCE)
    json.dumps(told, allow_nan=False)


@pytest.mark.parametrize(
    ("query", "accepts", "spoken"),
    [
        ("", "", "en"),
        ("", "de-AT,de;q=0.9,en;q=0.5", "de"),
        ("", "fr,de;q=0.3", "de"),
        ("", "fr", "en"),
        ("?lang=de", "en", "de"),
        ("?lang=en", "de", "en"),
        ("?lang=xx", "de", "de"),
    ],
)
@pytest.mark.parametrize("ending", ["", ".txt"])
def test_a_face_speaks_the_readers_language(service: Service, ending: str, query: str, accepts: str, spoken: str):
    answer = service.get(address(service, ending + query), headers={"Accept-Language": accepts})
    assert answer.headers["content-language"] == spoken
    assert "Accept-Language" in answer.headers["vary"]
    if not ending:
        assert f'<html lang="{spoken}">' in answer.text


def test_a_page_leads_to_itself_in_each_language_and_says_who_looked_at_the_texts(service: Service):
    with language.speaking("de"):
        review = language.gettext(language.review("de"))
    for path in ("/comment-data", address(service), "/sites/nowhere/comment-data"):
        page = service.get(f"{path}?lang=de").text
        assert all(f'<a href="?lang={code}" hreflang="{code}" lang="{code}"' in page for code in language.NAMES)
        assert review in page
    assert (
        f'<link rel="alternate" hreflang="de" href="{address(service)}?lang=de">' in service.get(address(service)).text
    )
