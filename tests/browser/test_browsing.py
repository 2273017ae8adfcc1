"""What watches the pages' tests is itself awake: a page that misbehaves in each way is found out."""

import json
from pathlib import Path

import pytest

from tests.support.browsing import axe, picture, sticking_out, watch

pytestmark = pytest.mark.loopback
HOME = "http://127.0.0.1:9"
FOLDER = Path(__file__).parent


@pytest.fixture
def visit(new_page):
    """Opens markup as a page of a server, in a context that is watched."""

    def visit(body, *, policy="default-src *; script-src 'unsafe-inline'; style-src 'unsafe-inline'", **context):
        page = new_page(HOME, **context)
        markup = f"<!doctype html><html lang='en'><title>A page</title><main><h1>A page</h1>{body}</main>"
        headers = {"content-type": "text/html", "content-security-policy": policy}
        page.route(f"{HOME}/", lambda route: route.fulfill(body=markup, headers=headers))
        watched = watch(page)
        page.goto("/")
        return page, watched

    return visit


def test_a_page_that_behaves_has_no_fault(visit):
    page, watched = visit("<p>Nothing.</p><script>console.log('Nothing.')</script>")
    assert (watched.faults(), axe(page), sticking_out(page)) == ([], [], [])


@pytest.mark.parametrize(
    ("body", "kind", "told"),
    [
        ("<script>alert(1)</script>", "dialogs", "alert 1"),
        ("<script>console.error('Oh.')</script>", "console", "Oh."),
        ("<script>throw new Error('Ah.')</script>", "errors", "Ah."),
        ("<img alt='' src='https://elsewhere.example/a.png'>", "elsewhere", "https://elsewhere.example/a.png"),
        ("<img alt='' src='http://192.0.2.1/a.png'>", "elsewhere", "http://192.0.2.1/a.png"),
        ("<img alt='' src='http://127.0.0.1:10/a.png'>", "elsewhere", "http://127.0.0.1:10/a.png"),
        ("<script>new WebSocket('ws://127.0.0.1:10/')</script>", "elsewhere", "ws://127.0.0.1:10/"),
        ("<script>open('about:blank')</script>", "opened", "window about:blank"),
    ],
)
def test_what_a_page_should_not_do_is_seen(visit, body, kind, told):
    page, watched = visit(body)
    page.wait_for_load_state("networkidle")
    assert any(told in line for line in watched.faults())
    assert any(told in line for line in getattr(watched, kind))


def test_what_the_policy_refuses_is_seen(visit):
    _, watched = visit("<script>alert(1)</script><p style='color: red'>Red.</p>", policy="default-src 'self'")
    assert watched.faults()
    assert (watched.refused, watched.dialogs) == (["script-src-elem inline", "style-src-attr inline"], [])


def test_without_scripts_nothing_runs_and_the_refusal_is_in_the_console(visit):
    page, watched = visit(
        "<script>alert(1)</script><p style='color: red'>Red.</p>", policy="default-src 'self'", javascript=False
    )
    assert [line.partition(":")[0] for line in watched.faults()] == ["console"]
    with pytest.raises(AssertionError, match="without scripts"):
        axe(page)


def test_axe_names_rule_weight_and_place(visit):
    page, _ = visit("<img id='bare' src='data:,'><img src='data:,'><p style='color: #ccc'>Pale.</p>")
    assert axe(page) == ["color-contrast (serious): p", "image-alt (critical): #bare and 1 more"]


def test_what_is_wider_than_the_screen_is_named(visit):
    page, _ = visit("<p id='long' class='one two' style='width: 400px'>Wide.</p>", width=320)
    assert sticking_out(page) == ["the page is 408 px wide in 320", "p#long.one.two"]


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_a_page_is_asked_for_as_the_test_says(new_page, color_scheme):
    page = new_page(color_scheme=color_scheme, reduced_motion="reduce", width=320, height=500)
    for wish in (f"prefers-color-scheme: {color_scheme}", "prefers-reduced-motion: reduce", "width: 320px"):
        assert page.evaluate("wish => matchMedia(`(${wish})`).matches", wish), wish


def test_pictures_are_taken_only_where_they_are_asked_for(visit, monkeypatch, tmp_path):
    page, _ = visit("<p>Nothing.</p>")
    monkeypatch.setattr("tests.support.browsing.PICTURES", tmp_path)
    monkeypatch.delenv("CANDOR_TEST_PICTURES", raising=False)
    assert (picture(page, "page"), list(tmp_path.iterdir())) == (None, [])
    monkeypatch.setenv("CANDOR_TEST_PICTURES", "1")
    assert picture(page, "page", whole=True) == tmp_path / "page.png"
    assert (tmp_path / "page.png").read_bytes().startswith(b"\x89PNG")


def test_the_lock_file_names_no_registry_but_npm_s_own():
    locked = json.loads((FOLDER / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    asked = json.loads((FOLDER / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert {name: locked[f"node_modules/{name}"]["version"] for name in asked} == asked
    for name, package in locked.items():
        assert package.get("resolved", "https://registry.npmjs.org/").startswith("https://registry.npmjs.org/")
        assert not name or package["integrity"].startswith("sha512-")
