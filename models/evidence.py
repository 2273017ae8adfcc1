"""Evidence tokens: countable facts about a comment as named yes-or-no features; it knows no weights."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from models.hashing import Codes
from models.links import READ_LINKS, Link, shape
from models.text import UNTOUCHED, Counts
from models.topics import word_topics

_OTHER, _UPPER, _LOWER, _DIGIT, _SPACE, _BREAK, _SHOUT, _EMOJI = range(8)
_CASED_UP_TO: Final = 0x530
_EMOJI_RANGES: Final = ((0x2600, 0x27C0), (0x2B00, 0x2C00), (0x1F000, 0x1FB00))


def _classes() -> NDArray[np.uint8]:
    """Class of each code point below 0x20000; letters are told apart only where scripts have case."""
    table = np.zeros(0x20000, np.uint8)
    for code in range(_CASED_UP_TO):
        character = chr(code)
        table[code] = _UPPER if character.isupper() else _LOWER if character.islower() else _OTHER
    table[ord("0") : ord("9") + 1] = _DIGIT
    table[ord(" ")], table[ord("\n")], table[ord("!")] = _SPACE, _BREAK, _SHOUT
    for start, end in _EMOJI_RANGES:
        table[start:end] = _EMOJI
    return table


_CLASS: Final = _classes()

_EMAIL: Final = re.compile(r"[\w.+-]+@[\w-]+\.[a-z]{2,}")
_PHONE: Final = re.compile(r"(?<![\w./-])\+?\d(?:[ ().-]{0,2}\d){8,14}(?![\w/])")
_HANDLE: Final = re.compile(r"(?<![\w.@/])@[a-z]\w{3,}")
_WALLET: Final = re.compile(r"\b(?:0x[0-9a-f]{40}|bc1[a-z0-9]{25,60}|t[a-z0-9]{33}|[13][a-z0-9]{26,34})\b")
_BBCODE: Final = re.compile(r"\[(?:url|link|img|b|color|size)\b[^\]]{0,300}\]")
_HTML_LINK: Final = re.compile(r"<a\s[^>]{0,40}href|</a>")
_MARKDOWN: Final = re.compile(r"\]\((?:https?:|www\.|/)")
_TRACKBACK: Final = re.compile(r"^\s*(?:<strong>|\[\.\.\.\]|\[…\])|\[(?:&#?\w+;|\.\.\.|…)\]\s*$")
_PING: Final = re.compile(r"\[\.\.\.\]|\[…\]|read more (?:here|there|on)|find more (?:here|on)|more info(?:s|rmation)? (?:here|on|to)")

_LENGTHS: Final = (20, 50, 100, 200, 400, 800, 1600, 3200)
_COUNTS: Final = (1, 2, 3, 5, 10, 25)
_LETTERS_FOR_CASE: Final = 8
_NO_NAME: Final = frozenset({"anonymous", "guest", "admin"})
_NAME_LINK: Final = re.compile(r"https?:|www\.|\w\.(?:com|net|org|info|ru|biz|co|io|xyz|top|shop|online|site)\b")


def bucket(value: float, bounds: Sequence[float]) -> str:
    """The name of the half-open interval a value falls into: the number of bounds not above it."""
    return str(bisect_right(bounds, value))


def text_tokens(source_codes: Codes, folded_codes: Codes, folded: str) -> list[str]:
    """Length, case, digits, emoji, exclamation marks, lines, runs of one character, addresses of persons."""
    length = len(source_codes)
    tokens = [f"text.length:{bucket(length, _LENGTHS)}"]
    if not length:
        return tokens
    kinds = np.bincount(_CLASS.take(source_codes.view(np.int64), mode="clip"), minlength=8).tolist()
    tokens.extend(_case_tokens(kinds))
    tokens.extend(_share_tokens(kinds, length))
    if _has_long_run(folded_codes):
        tokens.append("text.run")
    if kinds[_DIGIT] or "@" in folded:
        tokens.extend(_contact_tokens(folded))
    return tokens


def _case_tokens(kinds: list[int]) -> list[str]:
    letters = kinds[_UPPER] + kinds[_LOWER]
    if letters < _LETTERS_FOR_CASE:
        return []
    return [f"text.upper:{bucket(kinds[_UPPER] / letters, (0.001, 0.02, 0.05, 0.1, 0.2, 0.4, 0.7))}"]


def _share_tokens(kinds: list[int], length: int) -> list[str]:
    tokens = []
    if kinds[_DIGIT]:
        tokens.append(f"text.digits:{bucket(kinds[_DIGIT] / length, (0.01, 0.03, 0.08, 0.2))}")
    if kinds[_EMOJI]:
        tokens.append(f"text.emoji:{bucket(kinds[_EMOJI] / length, (0.01, 0.05, 0.2, 0.5))}")
    if kinds[_SHOUT]:
        tokens.append(f"text.shout:{bucket(kinds[_SHOUT], (2, 4, 8))}")
    if kinds[_BREAK]:
        tokens.append(f"text.lines:{bucket(kinds[_BREAK], (3, 8, 20))}")
    return tokens


def _has_long_run(points: Codes) -> bool:
    """Whether one character stands four times in a row."""
    same = points[1:] == points[:-1]
    return bool((same[2:] & same[1:-1] & same[:-2]).any())


def _contact_tokens(folded: str) -> list[str]:
    tokens = []
    if "@" in folded:
        tokens += ["contact.email"] * bool(_EMAIL.search(folded)) + ["contact.handle"] * bool(_HANDLE.search(folded))
    if _PHONE.search(folded):
        tokens.append("contact.phone")
    if _WALLET.search(folded):
        tokens.append("contact.wallet")
    return tokens


def link_tokens(links: list[Link], folded: str) -> list[str]:
    """Number, share and shape of the addresses in the text, and the markup around them."""
    tokens = markup_tokens(folded) if "[" in folded or "<" in folded else []
    if not links:
        return tokens
    share = sum(link.end - link.start for link in links) / len(folded)
    tokens.append(f"link.count:{bucket(len(links), _COUNTS)}")
    tokens.append(f"link.share:{bucket(share, (0.1, 0.3, 0.6, 0.9))}")
    tokens.append("link.bare" if all(link.is_bare for link in links) else "link.scheme")
    for link in links[:READ_LINKS]:
        tokens.extend(shape(link.address, "link"))
    return tokens


def markup_tokens(folded: str) -> list[str]:
    """Link markup of forums and pages, and the ellipses of trackbacks."""
    found = (
        ("link.bbcode", _BBCODE),
        ("link.html", _HTML_LINK),
        ("link.markdown", _MARKDOWN),
        ("link.trackback", _TRACKBACK),
        ("link.ping", _PING),
    )
    return [name for name, pattern in found if pattern.search(folded)]


def disguise_tokens(counts: Counts) -> list[str]:
    """What the fold had to undo, each step as a bucketed count."""
    if counts is UNTOUCHED:
        return []
    steps = {
        "ignorable": counts.ignorable,
        "styled": counts.styled,
        "lookalike": counts.lookalike,
        "spaced": counts.spaced,
        "leet": counts.leet,
    }
    return [f"fold.{step}:{bucket(count, (1, 3, 10))}" for step, count in steps.items() if count]


def name_tokens(name: str, words: list[str]) -> list[str]:
    """The outward shape of an author's name (folded, without a leading @): never the name itself."""
    if not name:
        return []
    tokens = [f"name.words:{bucket(len(words), (1, 2, 3, 4, 6))}"]
    if any(map(str.isdigit, name)):
        tokens.append("name.digits")
    if _NAME_LINK.search(name):
        tokens.append("name.link")
    if len(name) > 30:  # noqa: PLR2004 - longer than people's names
        tokens.append("name.long")
    tokens.extend(f"name.topic:{topic}" for topic in word_topics(words))
    return tokens


def case_of_name(name: str) -> list[str]:
    """How a name of several words is capitalised, from its original form."""
    if " " not in name.strip():
        return []
    return ["name.case:lower"] if name.islower() else ["name.case:upper"] if name.isupper() else ["name.case:title"]


def topic_tokens(words: list[str], on_page: frozenset[str], *, has_address: bool) -> list[str]:
    """Trades named in the text, except those the page itself is about; and whether they come with an address."""
    topics = word_topics(words) - on_page
    if not topics:
        return []
    tokens = [f"topic.{topic}" for topic in topics]
    tokens.append(f"topic.count:{bucket(len(topics), (1, 2, 3, 5))}")
    if has_address:
        tokens.append(f"topic.linked:{bucket(len(topics), (1, 2, 3, 5))}")
    return tokens


def page_tokens(words: list[str], page_words: frozenset[str]) -> list[str]:
    """How much of the comment's vocabulary is the page's own; nothing when the page is not known."""
    content = {word for word in words if len(word) > 3}  # noqa: PLR2004 - short words are on every page
    if not page_words or not content:
        return []
    return [f"page.overlap:{bucket(len(content & page_words) / len(content), (0.001, 0.1, 0.25, 0.5))}"]
