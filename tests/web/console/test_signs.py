"""What hides itself or covers others is shown as a sign wherever somebody else's words stand, not on the card alone."""

import re
from collections.abc import Iterator

import pytest

from moderation.vocabulary import Role
from tests.support.asgi import Service
from tests.support.console import Guest, group, person, say
from tests.support.factories import KIND_WORDS, SPAM_WORDS

TURNED = "\u202e"
PILE = "Z" + "\u0301" * 200
RAW = re.compile("[\u202a-\u202e\u2066-\u2069\u200b]|\u0301{5}")
HIDDEN = f"marsupial {TURNED}live\u202c {PILE} {SPAM_WORDS}"
AUTHOR = {"name": f"An{TURNED}n {PILE}"[:250], "email": "ann@example.org"}


@pytest.fixture(scope="module")
def lead(shared: Service) -> Guest:
    return person(shared, "lead", Role.LEAD)


@pytest.fixture(scope="module")
def pages(shared: Service, lead: Guest) -> dict[str, str]:
    """Every kind of page on which an excerpt or a name of somebody else stands."""
    here = f"/console/sites/{shared.sites[0].site.id}"
    first = say(shared, HIDDEN, author=AUTHOR, permalink=f"https://blog.example/post/{TURNED}x")
    answer = say(shared, f"{HIDDEN} in reply", author=AUTHOR, parent_id=first)
    for number in range(60):
        say(shared, f"{HIDDEN} filler {number}", author=AUTHOR)
    blank = say(shared, "\n" * 3_000 + "marsupial unseen, viagra casino http://pills.example", author={"name": " \n "})
    say(shared, f"marsupial {TURNED} {PILE} {KIND_WORDS}", author=AUTHOR)
    group(shared)
    asked = {
        "queue": f"{here}/queue?order=newest",
        "search": f"{here}/search?q=marsupial",
        "thresholds": f"{here}/thresholds?hold_at=0.000001",
        "card": f"{here}/comments/{answer}/card",
        "blank": f"{here}/comments/{blank}",
    }
    found = {name: lead.get(address).text for name, address in asked.items()}
    found["bulk"] = lead.post(f"{here}/bulk", {"act": "spam", "all_found": "1", "search.q": "marsupial"}).text
    return found


def excerpts(page: str) -> Iterator[str]:
    for inner in re.findall(r'class="excerpt"><bdi>(.*?)</bdi>', page, re.DOTALL):
        yield re.sub("<[^>]+>", "", inner)


@pytest.mark.parametrize("name", ["queue", "search", "thresholds", "card", "bulk"])
def test_a_sign_stands_for_what_turns_hides_or_piles_up(pages: dict[str, str], name: str):
    assert '<span class="sign">U+202E right-to-left override</span>' in pages[name]
    assert re.search(r'<span class="sign">\d+ more marks</span>', pages[name])
    assert RAW.search(pages[name]) is None


def test_the_line_above_an_answer_shows_them_too(pages: dict[str, str]):
    (parent,) = re.findall(r'<p class="parent">.*?</p>', pages["card"], re.DOTALL)
    assert parent.count("U+202E right-to-left override") == 2


@pytest.mark.parametrize("name", ["queue", "search"])
def test_what_begins_with_nothing_is_not_shown_as_nothing(pages: dict[str, str], name: str):
    said = list(excerpts(pages[name]))
    assert said
    assert all(said)
    assert any(one.startswith("marsupial unseen") for one in said)


def test_a_name_of_nothing_is_no_name(pages: dict[str, str]):
    assert 'aria-label="Select the comment of no name"' in pages["search"]
    assert "<bdi>No name</bdi>" in pages["search"]
