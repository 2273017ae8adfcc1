"""A writer at the receipt's pages in tests: sends a comment, opens its receipt, presses its buttons."""

import re
from html.parser import HTMLParser
from typing import Any

import httpx

from tests.support import factories
from tests.support.asgi import Service


class Opened(HTMLParser):
    """A receipt's page: its text, its tags, and the stored values it shows by column."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.columns = re.findall(r"<code>(\w+\.\w+)</code></dt>", markup)
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.said.append(" " if tag in {"dd", "dt", "p", "li", "code"} else "")

    def handle_data(self, data: str) -> None:
        self.said.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.said))

    @property
    def links(self) -> list[str]:
        return [given["href"] or "" for tag, given in self.tags if tag == "a"]


def send(service: Service, content: str = factories.KIND_WORDS, **changes: Any) -> dict[str, Any]:
    answer = service.post("/api/v1/comments", json=factories.native(content, **changes), headers=service.bearer)
    assert answer.status_code == 201, answer.text
    return answer.json()


def token_of(sent: dict[str, Any]) -> str:
    return sent["receipt"]["url"].partition("#")[2]


def opened(service: Service, token: str) -> Opened:
    answer = service.post("/receipt", data={"token": token})
    assert answer.status_code == 200, answer.text
    return Opened(answer.text)


def ask(service: Service, what: str, token: str, **fields: str) -> httpx.Response:
    """Presses a button of the receipt."""
    return service.post(f"/receipt/{what}", data={"token": token, **fields})
