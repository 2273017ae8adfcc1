"""A page as a browser reads it: every element with its attributes, and nothing that hides between them."""

from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser


@dataclass(frozen=True)
class Tag:
    """An element that a page has, with its attributes."""

    name: str
    attributes: Mapping[str, str]

    @property
    def shape(self) -> tuple[str, ...]:
        """What a template makes and no value may change: the element and the names of its attributes."""
        return (self.name, *sorted(self.attributes))


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Tag] = []
        self.other: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(Tag(tag, {name: value or "" for name, value in attrs}))

    def handle_comment(self, data: str) -> None:
        self.other.append(data)

    def handle_pi(self, data: str) -> None:
        self.other.append(data)


def tags(markup: str) -> list[Tag]:
    """Returns every element of a page as a browser would read it; a page of ours has no comment in its markup."""
    reader = _Tags()
    reader.feed(markup)
    reader.close()
    assert reader.other == []
    return reader.found
