"""GET /api/v1/threads: what a blog renders, and nothing that readers should not see."""

import json
from typing import Any

import httpx
import pytest

from moderation.clock import new_id, now
from moderation.duties.showing import Node
from moderation.web.api.threads import NESTING, origin_of, tree
from tests.support.asgi import Service
from tests.support.factories import KIND_WORDS, PERMALINK, SPAM_WORDS, native

COMMENTS = "/api/v1/comments"
THREADS = "/api/v1/threads"


def submit(service: Service, content: str = KIND_WORDS, **changes: Any) -> str:
    return service.post(COMMENTS, json=native(content, **changes), headers=service.bearer).json()["id"]


def thread(service: Service, permalink: str = PERMALINK, **headers: str) -> httpx.Response:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return service.get(THREADS, params={"permalink": permalink}, headers=service.bearer | sent)


def node(replies: tuple[Node, ...] = (), **changes: Any) -> Node:
    given = {"author_name": "Ann", "author_url": "", "content": "x", "received_at": now(), "version": 1}
    return Node(id=new_id(), parent_id=None, replies=replies, **given | changes)


def depth(items: list[dict[str, Any]]) -> int:
    return 1 + max(depth(item["replies"]) for item in items) if items else 0


def test_a_page_s_published_comments_are_a_tree_oldest_first(service_on_both: Service):
    first = submit(service_on_both, "First")
    second = submit(service_on_both, "Second")
    answer = submit(service_on_both, "To the first", parent_id=first)
    deeper = submit(service_on_both, "To the answer", parent_id=answer)
    submit(service_on_both, SPAM_WORDS, parent_id=first)
    submit(service_on_both, "Elsewhere", permalink="https://blog.example/post/2")
    items = thread(service_on_both).json()["items"]
    assert [item["id"] for item in items] == [first, second]
    assert [reply["id"] for reply in items[0]["replies"]] == [answer]
    assert [reply["id"] for reply in items[0]["replies"][0]["replies"]] == [deeper]
    assert items[0]["replies"][0]["parent_id"] == first
    assert items[1]["replies"] == []


def test_only_name_address_and_words_of_a_person_are_shown(service: Service):
    submit(service)
    answer = thread(service)
    assert answer.json()["items"][0].keys() == {
        "id",
        "parent_id",
        "author",
        "content",
        "received_at",
        "version",
        "replies",
        "erased_by",
        "erased",
    }
    assert answer.json()["items"][0]["author"] == {"name": "Ann", "url": "https://ann.example"}
    for private in ("ann@example.org", "192.0.2", "score", "fingerprint"):
        assert private not in answer.text


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", " JavaScript:alert(1)", "data:text/html,x", "//evil.example", "java\tscript:x", "x"]
)
def test_an_address_that_is_no_web_address_is_not_handed_to_a_page(service: Service, url: str):
    submit(service, author={"name": "Ann", "url": url, "role": "administrator"})
    assert thread(service).json()["items"][0]["author"] == {"name": "Ann", "url": ""}


def test_a_page_without_comments_is_an_empty_thread(service: Service):
    assert thread(service, "https://blog.example/nothing").json() == {"items": []}
    assert thread(service, "\x00").json() == {"items": []}


@pytest.mark.parametrize("params", [{}, {"permalink": ""}, {"permalink": "x" * 2_049}], ids=["none", "empty", "long"])
def test_a_thread_needs_a_permalink(service: Service, params: dict[str, str]):
    answer = service.get(THREADS, params=params, headers=service.bearer)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "permalink")


def test_whoever_knows_the_thread_is_not_sent_it_again(service: Service):
    submit(service)
    first = thread(service)
    etag = first.headers["etag"]
    for known in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        again = thread(service, If_None_Match=known)
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    assert thread(service, If_None_Match='"other"').status_code == 200
    submit(service, "One more")
    changed = thread(service, If_None_Match=etag)
    assert (changed.status_code, len(changed.json()["items"])) == (200, 2)


def test_a_decision_changes_the_thread(service: Service):
    comment = submit(service)
    etag = thread(service).headers["etag"]
    service.post(f"{COMMENTS}/{comment}/decisions", json={"verdict": "remove"}, headers=service.bearer)
    answer = thread(service, If_None_Match=etag)
    assert (answer.status_code, answer.json()) == (200, {"items": []})


def test_a_chain_of_replies_does_not_nest_without_end(service: Service):
    parent = None
    for number in range(NESTING + 8):
        parent = submit(service, f"Reply {number}", parent_id=parent)
    items = thread(service).json()["items"]
    assert depth(items) == NESTING


def test_five_thousand_replies_in_a_chain_are_told_in_order():
    chain = node(content="4999")
    for number in range(4_998, -1, -1):
        chain = node((chain,), content=str(number))
    told = tree([chain])
    assert depth(told) == NESTING
    level, seen = told, []
    while level:
        seen += [item["content"] for item in level]
        level = level[0]["replies"]
    assert seen == [str(number) for number in range(5_000)]
    assert len(json.dumps(told)) > 5_000


def test_siblings_keep_their_order_at_every_depth():
    told = tree(
        [node((node(content="a"), node((node(content="c"),), content="b")), content="top"), node(content="end")]
    )
    assert [item["content"] for item in told] == ["top", "end"]
    assert [item["content"] for item in told[0]["replies"]] == ["a", "b"]


class TestOtherOrigins:
    """Browsers may read threads on the site's own pages, and nothing anywhere else."""

    def test_the_site_s_own_pages_may_read_the_answer(self, service: Service):
        answer = thread(service, Origin="https://blog.example")
        assert answer.headers["access-control-allow-origin"] == "https://blog.example"
        assert answer.headers["vary"] == "Origin"
        assert "access-control-allow-credentials" not in answer.headers

    @pytest.mark.parametrize(
        "origin",
        [
            "https://evil.example",
            "http://blog.example",
            "https://blog.example:8443",
            "https://blog.example.evil.example",
            "null",
            "*",
            "",
        ],
    )
    def test_other_pages_may_not(self, service: Service, origin: str):
        service.add_site("https://other.example")
        assert "access-control-allow-origin" not in thread(service, Origin=origin).headers
        assert "access-control-allow-origin" not in thread(service, Origin="https://other.example").headers
        preflight = service.request("OPTIONS", THREADS, headers={"Origin": origin})
        assert preflight.status_code == 204
        assert not [name for name in preflight.headers if name.startswith("access-control")]

    def test_a_browser_may_ask_first(self, service: Service):
        service.add_site("https://new.example")
        for origin in ("https://blog.example", "https://new.example"):
            answer = service.request("OPTIONS", THREADS, headers={"Origin": origin})
            assert answer.headers["access-control-allow-origin"] == origin
            assert answer.headers["access-control-allow-headers"] == "Authorization, If-None-Match"

    @pytest.mark.parametrize("path", [COMMENTS, "/api/v1/openapi.json", "/healthz"])
    def test_no_other_address_is_open_to_pages(self, service: Service, path: str):
        headers = service.bearer | {"Origin": "https://blog.example"}
        assert "access-control-allow-origin" not in service.get(path, headers=headers).headers
        assert "access-control-allow-origin" not in service.request("OPTIONS", path, headers=headers).headers

    @pytest.mark.parametrize(
        ("url", "origin"),
        [
            ("https://Blog.Example/path?x#y", "https://blog.example"),
            ("http://blog.example:80/", "http://blog.example"),
            ("https://blog.example:443", "https://blog.example"),
            ("https://blog.example:8443/", "https://blog.example:8443"),
            ("https://blog.example:99999/", ""),
        ],
    )
    def test_an_origin_is_written_as_browsers_write_it(self, url: str, origin: str):
        assert origin_of(url) == origin
