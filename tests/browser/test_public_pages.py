"""The pages for readers and commenters in a real browser: narrow and wide, by day and by night."""

import pytest

from tests.support.browsing import axe, picture, sticking_out, watch

PAGES = {  # the name of its picture -> path
    "start": "/",
    "notices": "/comment-data",
    "notice": "/sites/{site}/comment-data",
    "notice-unfolded": "/sites/{site}/comment-data?all=1",
    "notice-german": "/sites/{site}/comment-data?lang=de",
    "history": "/sites/{site}/comment-data/history",
    "record": "/sites/{site}/comment-data/record",
    "receipt": "/receipt",
    "figures": "/sites/{site}/transparency",
}


@pytest.mark.loopback
@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("color_scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1366])
def test_a_page_stays_at_home_within_the_screen_and_open_to_all(server, new_page, name, color_scheme, width):
    page = new_page(server.address, width=width, color_scheme=color_scheme)
    watched = watch(page)
    assert page.goto(PAGES[name].format(site=server.site.site.id)).status == 200
    assert watched.faults() == []
    assert sticking_out(page) == []
    picture(page, f"{name}-{color_scheme}-{width}")
    assert axe(page) == []


@pytest.mark.loopback
@pytest.mark.parametrize("width", [320, 1366])
def test_an_address_that_is_none_is_a_page_open_to_all(server, new_page, width):
    page = new_page(server.address, width=width)
    assert page.goto("/nothing").status == 404
    assert page.locator("h1").inner_text() == "There is no such address"
    assert sticking_out(page) == []
    assert axe(page) == []


@pytest.mark.loopback
def test_the_notice_is_whole_without_scripts_and_by_keys_alone(server, new_page):
    page = new_page(server.address, width=320, javascript=False)
    watched = watch(page)
    page.goto(f"/sites/{server.site.site.id}/comment-data")
    first = page.locator("main summary").first
    assert first.evaluate("one => one.parentElement.open") is False
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "To the text"
    first.focus()
    page.keyboard.press("Enter")
    assert first.evaluate("one => one.parentElement.open") is True
    assert page.locator("section.short h2").count() == 6
    assert watched.faults() == []


@pytest.mark.loopback
def test_the_notice_on_paper_is_unfolded_and_says_its_address_and_version(server, new_page):
    page = new_page(server.address)
    path = f"/sites/{server.site.site.id}/comment-data"
    page.goto(path)
    hidden = page.locator(".sources").first
    assert not hidden.is_visible()
    assert not page.locator("p.print").is_visible()
    page.emulate_media(media="print")
    assert hidden.is_visible()
    assert page.locator("p.print").inner_text().endswith(path)
    assert page.locator("#who code.hash").is_visible()
    assert not page.locator("nav.contents").is_visible()


@pytest.mark.loopback
def test_you_can_object_is_a_landmark_before_the_other_choices(server, new_page):
    page = new_page(server.address)
    page.goto(f"/sites/{server.site.site.id}/comment-data")
    box = page.get_by_role("region", name="You can object")
    assert box.count() == 1
    above, below = (page.locator(f"#{id_}").bounding_box()["y"] for id_ in ("object", "choices"))
    assert above < below
    page.get_by_role("link", name="Deutsch").click()
    assert page.locator("html").get_attribute("lang") == "de"
    assert page.locator(".languages a[aria-current]").inner_text() == "Deutsch"


@pytest.mark.loopback
@pytest.mark.parametrize("width", [320, 1366])
def test_an_earlier_version_of_the_notice_is_open_to_all(server, new_page, width):
    page = new_page(server.address, width=width)
    for ending in ("", "/1", "/1?all=1"):
        assert page.goto(f"/sites/{server.site.site.id}/comment-data/history{ending}").status == 200
        assert sticking_out(page) == []
        assert axe(page) == []
