"""A writer at the receipt in a real browser: with keys alone, without scripts, in small windows, at night."""

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.support.browsing import axe, picture, sticking_out, watch
from tests.support.factories import KIND_WORDS, SPAM_WORDS, native
from tests.support.serving import Server, serving

if TYPE_CHECKING:
    from playwright.sync_api import Page

WIDTHS = pytest.mark.parametrize("width", [320, 1366])
COLOURS = pytest.mark.parametrize("color_scheme", ["light", "dark"])


@pytest.fixture(scope="module")
def telling(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A serving process that tells at once what the program decided."""
    variables = {"CANDOR_RECEIPT_DELAY_MINUTES": "0", "CANDOR_RATE_LIMIT_RECEIPTS": "1000"}
    with serving(tmp_path_factory.mktemp("telling"), **variables) as server:
        yield server


@pytest.fixture
def receipt(telling: Server) -> Callable[..., str]:
    """Sends a comment and returns the address of its receipt."""

    def send(content: str = SPAM_WORDS) -> str:
        headers = {"authorization": f"Bearer {telling.site.api_token}"}
        answer = httpx.post(f"{telling.address}/api/v1/comments", json=native(content), headers=headers, timeout=60)
        return f"{telling.address}/receipt#{answer.json()['receipt']['url'].partition('#')[2]}"

    return send


def press(page: "Page", name: str) -> None:
    """Reaches a button with the tabulator, from where the reader is, and presses it."""
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('button') && document.activeElement.innerText.trim()") == name:
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"no button {name!r} can be reached")


def open_by_keyboard(page: "Page", address: str) -> None:
    """Opens a receipt as somebody does who has neither mouse nor scripts: by pasting."""
    page.goto("/receipt")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "token":
            break
    page.keyboard.insert_text(address)
    press(page, "Show my comment")
    page.get_by_role("heading", name="What happened").wait_for()


@pytest.mark.loopback
@WIDTHS
def test_with_the_keyboard_alone_and_no_script_a_writer_sees_appeals_exports_and_erases(
    telling: Server, new_page, receipt: Callable[..., str], width: int
):
    page = new_page(telling.address, width=width, javascript=False, accept_downloads=True)
    open_by_keyboard(page, receipt())
    assert "This comment is held" in page.inner_text("main")
    assert page.locator("blockquote.words").first.inner_text() == SPAM_WORDS

    page.get_by_label("Why is the decision wrong?").focus()
    page.keyboard.insert_text("I run no shop. These are my own words.")
    press(page, "Ask for another look")
    page.get_by_role("status").wait_for()
    assert "You have asked for another look." in page.get_by_role("status").inner_text()
    assert "I run no shop." in page.inner_text("main")

    with page.expect_download() as download:
        press(page, "Download the copy")
    told = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert told["stored"]["comments"][0]["content"] == SPAM_WORDS
    assert told["stored"]["appeals"][0]["text"] == "I run no shop. These are my own words."

    press(page, "Erase my comment")
    page.get_by_role("heading", name="Erase your comment?").wait_for()
    press(page, "Yes, erase it")
    page.get_by_role("heading", name="Your comment is erased").wait_for()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the proof").focus()
        page.keyboard.press("Enter")
    proof = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert proof["signature"]["algorithm"] == "Ed25519"


@pytest.mark.loopback
@WIDTHS
@COLOURS
def test_each_page_of_the_receipt_stays_at_home_within_the_screen_and_open_to_all(
    telling: Server, new_page, receipt: Callable[..., str], width: int, color_scheme: str
):
    page = new_page(telling.address, width=width, color_scheme=color_scheme)
    watched = watch(page)
    page.goto(receipt())
    page.get_by_role("button", name="Show my comment").click()
    page.get_by_role("heading", name="What happened").wait_for()
    _check(page, f"receipt-opened-{color_scheme}-{width}")
    page.get_by_label("Why is the decision wrong?").fill("I run no shop.")
    page.get_by_role("button", name="Ask for another look").click()
    page.get_by_role("status").wait_for()
    _check(page, f"receipt-appealed-{color_scheme}-{width}")
    page.get_by_role("button", name="Keep it", exact=True).click()
    page.get_by_text("It has been kept since").wait_for()
    page.get_by_role("button", name="I object to learning").click()
    page.get_by_text("You objected on").wait_for()
    page.get_by_role("button", name="Store the new words").click()  # nothing was changed
    page.get_by_role("alert").wait_for()
    _check(page, f"receipt-refused-{color_scheme}-{width}")
    page.get_by_role("button", name="Erase my comment").click()
    page.get_by_role("heading", name="Erase your comment?").wait_for()
    _check(page, f"receipt-sure-{color_scheme}-{width}")
    page.get_by_role("button", name="Yes, erase it").click()
    page.get_by_role("heading", name="Your comment is erased").wait_for()
    _check(page, f"receipt-erased-{color_scheme}-{width}")
    assert [fault for fault in watched.faults() if "409" not in fault] == []


@pytest.mark.loopback
def test_the_token_leaves_the_address_and_never_comes_back_into_it(
    telling: Server, new_page, receipt: Callable[..., str]
):
    page = new_page(telling.address)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(f"{request.url} {request.headers.get('referer', '')}"))
    address = receipt(KIND_WORDS)
    page.goto(address)
    page.get_by_role("button", name="Show my comment").click()
    page.get_by_role("button", name="I object to learning").click()
    page.get_by_text("You objected on").wait_for()
    page.get_by_role("link", name="What changed").click()
    secret = address.rpartition(".")[2]
    assert [url for url in [page.url, *asked[1:]] if secret in url] == []


@pytest.mark.loopback
def test_in_german_the_forms_stay_german(telling: Server, new_page, receipt: Callable[..., str]):
    page = new_page(telling.address, javascript=False)
    page.goto("/receipt?lang=de")
    page.locator("#token").fill(receipt(KIND_WORDS))
    page.locator("button[type=submit]").click()
    page.locator("#object button").click()
    page.locator("#object .paste").wait_for()
    assert page.locator("html").get_attribute("lang") == "de"
    assert page.url.endswith("/receipt/object?lang=de")


def _check(page: "Page", name: str) -> None:
    assert sticking_out(page) == []
    assert axe(page) == []
    picture(page, name, whole=True)
