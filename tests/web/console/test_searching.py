"""Search: the query stands in the address, so that it can be kept and shared; every filter finds what it says."""

import re

import pytest

from tests.support.asgi import Service
from tests.support.console import Guest, say
from tests.support.factories import KIND_WORDS, SPAM_WORDS


def found(guest: Guest, here: str, **query: str) -> list[str]:
    answer = guest.get(f"{here}/search", params=query)
    assert answer.status_code == 200, answer.text
    return re.findall(r'<input type="checkbox" name="id" value="([^"]+)"', answer.text)


@pytest.fixture(scope="module")
def comments(shared: Service) -> dict[str, str]:
    author = {"name": "Zoë Quill", "email": "zoe@mail.example", "url": "https://zoe-writes.example"}
    return {
        "spam": say(shared, f"{SPAM_WORDS} aardvark"),
        "kind": say(shared, f"{KIND_WORDS} aardvark https://numbats.example/x", author=author),
        "page": say(shared, f"{KIND_WORDS} bandicoot", permalink="https://blog.example/post/search"),
    }


class TestSearch:
    @pytest.mark.parametrize(
        ("query", "names"),
        [
            ({"q": "aardvark"}, ["kind", "spam"]),
            ({"q": "AARDV"}, ["kind", "spam"]),
            ({"q": "aardvark", "state": "held"}, ["spam"]),
            ({"q": "aardvark", "author": "zoe quill"}, ["kind"]),
            ({"author": "ZOE@mail.example"}, ["kind"]),
            ({"host": "numbats.example"}, ["kind"]),
            ({"q": "aardvark", "from": "0.7"}, ["spam"]),
            ({"q": "aardvark", "to": "0.5"}, ["kind"]),
            ({"q": "bandicoot", "page": "https://blog.example/post/search"}, ["page"]),
            ({"q": "https://blog.example/post/search"}, ["page"]),
            ({"q": "bandicoot", "since": "2020-01-01", "until": "9998-12-31"}, ["page"]),
            ({"q": "bandicoot", "until": "2020-01-01"}, []),
            ({"q": "bandicoot", "by": "moderator"}, []),
            ({"q": "aardvark", "reason": "model", "by": "policy", "state": "held"}, ["spam"]),
            ({"q": '" OR 1=1 --'}, []),
            ({"q": "nothing-of-this"}, []),
        ],
        ids=str,
    )
    def test_every_filter_finds_what_it_says(
        self, ana: Guest, here: str, comments: dict[str, str], query: dict[str, str], names: list[str]
    ):
        newest_first = sorted(names, key=list(comments).index, reverse=True)
        assert found(ana, here, **query) == [comments[name] for name in newest_first]

    def test_an_id_leads_to_the_comment_at_once(self, ana: Guest, here: str, comments: dict[str, str]):
        for said in (comments["kind"], comments["kind"].replace("-", "").upper(), f" {comments['kind']} "):
            answer = ana.get(f"{here}/search", params={"q": said})
            assert (answer.status_code, answer.headers["location"]) == (303, f"{here}/comments/{comments['kind']}")

    def test_the_address_and_the_fields_carry_the_query(self, ana: Guest, here: str, comments: dict[str, str]):
        page = ana.get(f"{here}/search", params={"q": "aardvark", "state": "held", "from": "0.5"}).text
        assert 'id="q" name="q" maxlength="400" value="aardvark"' in page
        assert "<option selected>held</option>" in page
        assert 'name="search.from" value="0.5"' in page

    @pytest.mark.parametrize(
        ("name", "said"),
        [
            ("q", "%"),
            ("author", "???"),
            ("host", "://"),
            ("state", "gone"),
            ("by", "nobody"),
            ("from", "much"),
            ("from", "nan"),
            ("to", "1.01"),
            ("since", "yesterday"),
            ("since", "2026-13-01"),
            ("until", "9999-12-31"),
        ],
    )
    def test_what_cannot_be_read_is_said_and_stays_in_the_field(self, ana: Guest, here: str, name: str, said: str):
        answer = ana.get(f"{here}/search", params={name: said})
        assert (answer.status_code, "This search cannot be read." in answer.text) == (422, True)
        if name not in {"state", "by"}:
            assert f'value="{said}"' in answer.text

    def test_pages_follow_each_other_without_a_gap(self, shared: Service, ana: Guest, here: str):
        ids = [say(shared, f"{KIND_WORDS} wombatting {number}") for number in range(60)]
        first = ana.get(f"{here}/search?q=wombatting").text
        assert "60 found" in first
        following = re.search(r'rel="next" href="([^"]+)"', first)
        assert following
        second = ana.get(following[1].replace("&amp;", "&")).text
        seen = re.findall(r'name="id" value="([^"]+)"', first + second)
        assert seen == ids[::-1]
