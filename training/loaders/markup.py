"""HTML as the words a reader sees, with the addresses its links and pictures lead to."""

import re
from html.parser import HTMLParser
from typing import Final

LONGEST_MARKUP: Final = 100_000
"""Characters of a page that are parsed."""

SECTION: Final = re.compile(r"<!\[[^<>]*>")
"""Conditions for one browser, which are nobody's words."""

DANGLING: Final = re.compile(r"<(?![^<>]*>)|<(?=!--|!\[)")
"""An opening bracket that closes nowhere, or opens what was just removed: the standard parser scans to the end of the
page at each of them, or gives up."""

BLANKS: Final = re.compile(r"\s+")
UNSEEN: Final = frozenset({"script", "style"})
BREAKS: Final = frozenset({"p", "br", "div", "tr", "li", "table", "h1", "h2", "h3", "h4", "title", "body"})
ADDRESSES: Final = {"a": "href", "area": "href", "img": "src"}


class _Words(HTMLParser):
    """Collects text and addresses; unclosed or crossed tags do no harm because only the unseen ones are counted."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unseen += tag in UNSEEN
        if tag in BREAKS:
            self.pieces.append("\n")
        address = dict(attrs).get(ADDRESSES.get(tag, ""))
        if address and not address.startswith("cid:"):
            self.pieces.append(f" {address} ")

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in UNSEEN and self._unseen > 0
        if tag in BREAKS:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.pieces.append(BLANKS.sub(" ", data))


def words(markup: str) -> str:
    """The visible text of HTML and its links, one line a block; time is linear in its length."""
    parser = _Words()
    parser.feed(DANGLING.sub("&lt;", SECTION.sub("", _without_comments(markup[:LONGEST_MARKUP]))))
    parser.close()
    blocks = (" ".join(line.split()) for line in "".join(parser.pieces).split("\n"))
    return "\n".join(line for line in blocks if line)


def _without_comments(markup: str) -> str:
    """Markup less its comments; one that is never closed hides only its own beginning."""
    kept, position = [], 0
    while (start := markup.find("<!--", position)) >= 0 and (end := markup.find("-->", start + 4)) >= 0:
        kept.append(markup[position:start])
        position = end + 3
    return "".join(kept) + markup[position:].replace("<!--", "")
