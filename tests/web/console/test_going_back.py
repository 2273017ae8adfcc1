"""After signing in one comes back to the page that was wanted, and never to a place outside of the console."""

import pytest

from moderation.web.console.access import HOME, safe_path
from tests.support.asgi import Service
from tests.support.console import SIGN_IN, Guest

TRICKS = (
    "//evil.example",
    "//evil.example/console/",
    "///evil.example",
    "https://evil.example/console/",
    "https:evil.example",
    "http:/console/",
    "HTTPS://evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "\\\\evil.example",
    "/\\evil.example",
    "/console/\\evil.example",
    "/console\\..\\x",
    "/console//evil.example",
    "/console/../api/docs",
    "/console/..",
    "/console/./../x",
    "/console/%2e%2e/api/docs",
    "/console/%2E%2e//evil.example",
    "/console/.%2e/x",
    "/console/%2fevil.example",
    "/console/%5cevil.example",
    "/console/%5c%2e%2e%5cx",
    "/console/%0d%0aLocation: https://evil.example",
    "/console/\r\nset-cookie: a=b",
    "/console/\tx",
    "\t/console/",
    " /console/",
    "/\t/evil.example",
    "/console@evil.example",
    "/console",
    "/consoles/",
    "console/",
    "@evil.example/console/",
    "/console/#@evil.example",
    "/sites/",
    "//[x",
    "http://[::1",
    "/console/\u2025/",
    "/console/\uff0e\uff0e/x",
    "/console/\x00",
    "/console/%00",
    "?next=/console/",
    "",
    "/console/sign-in?next=//evil.example",
    "/console/sign%2din",
)
PAGES = (
    "/console/help",
    "/console/account?done=saved",
    "/console/sites/0/queue?tab=held&order=oldest&card=1",
    "/console/sites/0/search?q=%2F%2Fevil.example+..%2F&author=a%40b.example",
    "/console/sites/0/search?q=//x",
)


@pytest.mark.parametrize("wanted", TRICKS)
def test_a_trick_leads_to_the_first_page(wanted: str):
    assert safe_path(wanted) == HOME


@pytest.mark.parametrize("wanted", PAGES)
def test_a_page_of_the_console_is_come_back_to(wanted: str):
    assert safe_path(wanted) == wanted


def test_the_doors_use_it_on_the_way_in(shared: Service, ana: Guest):
    for wanted in (*TRICKS, *PAGES):
        asked = Guest(shared).get(SIGN_IN, params={"next": wanted})
        assert (asked.status_code, 'name="next" value="/console/' in asked.text) == (200, True)
        gone = ana.get(SIGN_IN, params={"next": wanted})
        assert (gone.status_code, gone.headers["location"]) == (303, f"{safe_path(wanted)}#main")
        refused = Guest(shared).sign_in(link="wrong", next=wanted.replace("\x00", ""))
        assert 'name="next" value="/console/' in refused.text or refused.status_code == 429


def test_a_page_that_was_asked_for_too_early_is_come_back_to(shared: Service):
    for path in ("/console/help?x=%0d%0a", "/console/%2e%2e/api", "/console//evil.example", "/console/account"):
        answer = Guest(shared).get(path)
        if answer.status_code == 303:
            assert answer.headers["location"].startswith(SIGN_IN)
            assert "\r" not in answer.headers["location"]
        else:
            assert answer.status_code == 404
