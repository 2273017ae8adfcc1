"""The page at the top, what stands where nothing is, and the files that robots and browsers look for."""

import re

import pytest

BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_start_leads_to_where_people_go(service, language: str):
    answer = service.get("/", headers=BROWSER | {"accept-language": language})
    assert (answer.status_code, answer.headers["content-language"]) == (200, language)
    assert "<script" not in answer.text
    links = {link.partition("?")[0] for link in re.findall(r'<a href="([^"]+)"', answer.text)}
    assert links >= {"/console/", "/comment-data", "/receipt", "/api/docs"}
    for link in links - {"", "#main"}:
        assert service.get(link, headers=BROWSER).status_code < 400, link


@pytest.mark.parametrize("path", ["/nothing", "/static/none.css", "/api/nothing"])
def test_who_asks_for_a_page_gets_one_where_nothing_is_and_others_a_problem(service, path: str):
    page, problem = service.get(path, headers=BROWSER), service.get(path)
    assert (page.status_code, problem.status_code) == (404, 404)
    assert page.headers["content-type"].startswith("text/html")
    assert problem.headers["content-type"] == "application/problem+json"
    assert problem.json()["title"] in page.text


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/nothing.json", "/nothing.txt"])
def test_where_programs_ask_it_stays_a_problem(service, path: str):
    assert service.get(path, headers=BROWSER).headers["content-type"] == "application/problem+json"


def test_robots_keep_out_of_what_is_not_for_search_engines(service):
    answer = service.get("/robots.txt")
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.text.splitlines() == [
        "User-agent: *",
        *(f"Disallow: /{path}" for path in ("api", "console", "receipt")),
    ]


def test_a_browser_finds_the_icon_without_a_page(service):
    answer = service.get("/favicon.ico")
    assert answer.status_code == 303
    assert service.get(answer.headers["location"]).headers["content-type"] == "image/svg+xml"
