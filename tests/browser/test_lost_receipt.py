"""A lost receipt in a real browser: asked for, found in the mail, opened; with a script and without, by keys alone."""

import re
from collections.abc import Iterator

import pytest

from moderation import clock
from tests.support import factories
from tests.support.browsing import axe, sticking_out, watch
from tests.support.serving import Server, serving

ANN = "ann@mail.example"
WORDS = "The pears of last autumn were the best ones that I ever ate, thank you."


@pytest.fixture(scope="module")
def posting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A serving process whose mails go into a folder, with a comment of Ann's."""
    folder = tmp_path_factory.mktemp("posting")
    with serving(folder, CANDOR_MAIL_OUTBOX="outbox", CANDOR_RATE_LIMIT_MAILS="50") as server:
        form = factories.akismet(server.key, comment_author_email=ANN, comment_content=WORDS)
        body = "&".join(f"{name}={value.replace(' ', '+')}" for name, value in dict(form).items())
        head = "POST /1.1/comment-check HTTP/1.0\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        answer = server.send(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
        assert b"200" in answer.splitlines()[0], answer
        yield server


@pytest.fixture(scope="module")
def servers(posting: Server, server: Server) -> tuple[Server, Server]:
    """One that mails, and one that does not."""
    return posting, server


def mailed_link(server: Server, known: set[str]) -> str:
    """The link in the mail that the background loop writes within some seconds."""
    for _ in range(600):
        new = [path for path in (server.folder / "outbox").glob("*.eml") if path.name not in known]
        if new and (found := re.search(r"\S+/receipt/mailed#[0-9A-Z]{26}", new[0].read_text())):
            return found[0]
        clock.pause(0.1)
    raise AssertionError(f"no mail came: {server.said()}")


@pytest.mark.loopback
@pytest.mark.parametrize("javascript", [True, False])
@pytest.mark.parametrize("width", [320, 1366])
def test_a_person_finds_their_comments_again_by_keyboard_alone(posting, new_page, javascript, width):
    known = {path.name for path in (posting.folder / "outbox").glob("*.eml")}
    page = new_page(posting.address, width=width, javascript=javascript)
    watched = watch(page)
    page.goto("/receipt")
    page.get_by_role("link", name="Lost your receipt?").focus()
    page.keyboard.press("Enter")
    page.get_by_label("The e-mail address that you gave").focus()
    page.keyboard.type(ANN)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Look into your mail").wait_for()
    assert (axe(page) if javascript else [], sticking_out(page) if javascript else []) == ([], [])
    link = mailed_link(posting, known)
    page.goto(link)
    field = page.get_by_label("The secret from the mail, or the whole link")
    field.focus()
    if not javascript:
        page.keyboard.type(link)
    assert field.input_value().endswith(link.rpartition("#")[2])
    assert (axe(page) if javascript else [], sticking_out(page) if javascript else []) == ([], [])
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("The pears of last autumn").first.wait_for()
    assert (axe(page) if javascript else [], sticking_out(page) if javascript else []) == ([], [])
    page.get_by_role("button", name="Open the receipt of comment 1").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Your receipt").wait_for()
    page.get_by_text("The pears of last autumn").first.wait_for()
    assert watched.faults() == []


@pytest.mark.loopback
@pytest.mark.parametrize(("width", "color_scheme"), [(320, "light"), (1366, "dark")])
@pytest.mark.parametrize("path", ["/receipt/lost", "/receipt/mailed", "/receipt/lost?lang=de"])
def test_the_pages_are_open_to_all(servers, new_page, path, width, color_scheme):
    for running in servers:
        page = new_page(running.address, width=width, color_scheme=color_scheme)
        watched = watch(page)
        assert page.goto(path).status == 200
        assert (watched.faults(), sticking_out(page), axe(page)) == ([], [], [])
