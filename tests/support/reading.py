"""How hard sentences are to read, by the library `readability`, and which texts of a page count as sentences.

A sentence stands in a paragraph, a list item or a definition and ends with a full stop, a question mark, an
exclamation mark or a colon. So tables, headings, terms, labels and lists of words are left out by themselves. Left out
besides are code and hashes, what writers and sites said (class `words` and `value`), the model's signed card, which is
quoted as it is (class `card`), what an earlier version of a notice said (classes `then` and `changes`), and pointers to
where a fact comes from, which name settings and tests (class `sources`).
"""

import re
import sys
from functools import cache
from html.parser import HTMLParser
from types import ModuleType
from typing import Final
from unittest import mock

HIGHEST_GRADE: Final = 8
_SAID: Final = {"p", "li", "dd", "label", "legend", "figcaption"}
_BLOCKS: Final = _SAID | {"summary", "blockquote", "div", "section", "dt", "ul", "ol", "dl"}
_LEFT_OUT: Final = {"table", "h1", "h2", "h3", "dt", "code", "nav", "title", "pre", "script", "style", "time"}
_QUOTED: Final = {"card", "then", "changes", "sources", "words", "value", "hash", "mark"}
_EMPTY: Final = {"br", "img", "input", "link", "meta", "hr", "path", "wbr"}


@cache
def _library() -> ModuleType:
    with mock.patch.dict(sys.modules, {"re2": None}):  # it would take RE2 where it finds it, which lacks its patterns
        import readability
    return readability


def grade(sentence: str) -> float:
    """Returns the Flesch-Kincaid grade of one sentence."""
    tokens = re.findall(r"[\w’'-]+|[^\w\s]", sentence.replace("’", "'"))
    return float(_library().getmeasures(" ".join(tokens), lang="en")["readability grades"]["Kincaid"])


def hard(markup: str) -> list[tuple[float, str]]:
    """Returns the sentences of a page that are too hard, hardest first."""
    graded = {sentence: grade(sentence) for sentence in sentences(markup)}
    return sorted(((round(at, 1), said) for said, at in graded.items() if at > HIGHEST_GRADE), reverse=True)


def sentences(markup: str) -> list[str]:
    """Returns the sentences of a page, each once, in its order."""
    reader = _Sentences()
    reader.feed(markup)
    reader.close()
    cut = [part for block in reader.blocks for part in re.split(r"(?<=[.?!:;])\s+(?=[A-Z“\"])", block)]
    said = [part.strip() for part in cut]
    return list(dict.fromkeys(part for part in said if _is_sentence(part)))


def _is_sentence(text: str) -> bool:
    return " " in text and text.endswith((".", "?", "!", ":"))


class _Sentences(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[str] = []
        self._open: list[tuple[str, bool, bool]] = []  # tag, whether it is left out, whether it is said
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _EMPTY:
            return
        before = self._open[-1] if self._open else ("", False, False)
        out = before[1] or tag in _LEFT_OUT or bool(_QUOTED & set((dict(attrs).get("class") or "").split()))
        if tag in _BLOCKS:
            self._end_block()
        self._open.append((tag, out, tag in _SAID or (tag not in _BLOCKS and before[2])))

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._end_block()
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1][2] and not self._open[-1][1]:
            self._text += data

    def _end_block(self) -> None:
        text = re.sub(r"\s+", " ", self._text).strip()
        if text:
            self.blocks.append(text)
        self._text = ""
