"""The pages for readers and commenters in a real browser: narrow and wide, by day and by night."""

import pytest

from tests.support.browsing import axe, picture, sticking_out, watch

PAGES = {  # the name of its picture -> path
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
