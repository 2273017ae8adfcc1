"""Evidence tokens: countable facts about a comment as named yes-or-no features; it knows no weights."""

import re
import string
from bisect import bisect_right
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from models.hashing import Codes
from models.links import READ_LINKS, Link, shape
from models.text import UNTOUCHED, Counts
from models.topics import MANNERS, listed, name_topics

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
_CLASSES: Final = 8
_UPPERS: Final = string.ascii_uppercase.encode()
_LOWERS: Final = string.ascii_lowercase.encode()
_DIGITS: Final = string.digits.encode()

# Only from the start of a word and bounded: otherwise 8,000 letters before an @ would take a third of a second.
_EMAIL: Final = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}\.[a-z]{2,}")
_PHONE: Final = re.compile(r"(?<![\w./=&%#+-])\+?\d(?:[ ().-]{0,2}\d){8,14}(?![\w/])")
_HANDLE: Final = re.compile(r"(?<![\w.@/])@[a-z]\w{3,}")
_WALLET: Final = re.compile(r"\b(?:0x[0-9a-f]{40}|bc1[a-z0-9]{25,60}|t[a-z0-9]{33}|[13][a-z0-9]{26,34})\b")
_BBCODE: Final = re.compile(r"\[(?:url|link|img|b|color|size)\b[^\]]{0,300}\]")
_HTML_LINK: Final = re.compile(r"<a\s[^>]{0,40}href|</a>")
_MARKDOWN: Final = re.compile(r"\]\((?:https?:|www\.|/)")
_TRACKBACK: Final = re.compile(r"^\s*(?:<strong>|\[\.\.\.\]|\[…\])|\[(?:&#?\w+;|\.\.\.|…)\]\s*$")
_PING: Final = re.compile(
    r"\[\.\.\.\]|\[…\]|read more (?:here|there|on)|find more (?:here|on)|more info(?:s|rmation)? (?:here|on|to)"
)

_LENGTHS: Final = (20, 50, 100, 200, 400, 800, 1600, 3200)
_UPPER_SHARES: Final = (0.001, 0.02, 0.05, 0.1, 0.2, 0.4, 0.7)
# The names of the two tokens that every comment has are written out once.
_LENGTH_NAMES: Final = tuple(f"text.length:{i}" for i in range(len(_LENGTHS) + 1))
_UPPER_NAMES: Final = tuple(f"text.upper:{i}" for i in range(len(_UPPER_SHARES) + 1))
_PHONE_DIGITS: Final = 9
_WALLET_DIGITS: Final = 3
_COUNTS: Final = (1, 2, 3, 5, 10, 25)
_LETTERS_FOR_CASE: Final = 8
EVERYDAY: Final = frozenset({"trade", "services"})
"""Trades whose words everybody uses every day; they count less, and no page is about them."""
_WORDS_OF_A_NAME: Final = 6
_LONGEST_NAME: Final = 45
_ANY_DIGIT: Final = re.compile(r"\d")
_NAME_LINK: Final = re.compile(r"https?:|www\.|\w\.(?:com|net|org|info|ru|biz|co|io|xyz|top|shop|online|site)\b")


def bucket(value: float, bounds: Sequence[float]) -> str:
    """The name of the half-open interval a value falls into: the number of bounds not above it."""
    return str(bisect_right(bounds, value))


def text_tokens(source: str, folded_points: Codes, folded: str) -> list[str]:
    """Length, case, digits, emoji, exclamation marks, lines, runs of one character, addresses of persons."""
    length = len(source)
    tokens = [_LENGTH_NAMES[bisect_right(_LENGTHS, length)]]
    if not length:
        return tokens
    kinds = _ascii_kinds(source.encode("ascii")) if source.isascii() else _kinds(source)
    tokens += _case_tokens(kinds)
    tokens += _share_tokens(kinds, length)
    if _has_long_run(folded_points):
        tokens.append("text.run")
    if "@" in folded:
        tokens += _mail_tokens(folded)
    if kinds[_DIGIT] >= _WALLET_DIGITS and _WALLET.search(folded):
        tokens.append("contact.wallet")
    if kinds[_DIGIT] >= _PHONE_DIGITS and _PHONE.search(folded):
        tokens.append("contact.phone")
    return tokens


def _kinds(source: str) -> list[int]:
    """How many code points of each class a text has."""
    points = np.frombuffer(source.encode("utf-32-le", "surrogatepass"), np.int32)
    counts: list[int] = np.bincount(_CLASS.take(points, mode="clip"), minlength=_CLASSES).tolist()
    return counts


def _ascii_kinds(source: bytes) -> list[int]:
    """The same for ASCII, five times faster: what is left when a class is deleted tells how many there were."""
    length = len(source)
    kinds = [0] * _CLASSES
    kinds[_UPPER] = length - len(source.translate(None, _UPPERS))
    kinds[_LOWER] = length - len(source.translate(None, _LOWERS))
    kinds[_DIGIT] = length - len(source.translate(None, _DIGITS))
    kinds[_BREAK], kinds[_SHOUT] = source.count(b"\n"), source.count(b"!")
    return kinds


def _case_tokens(kinds: list[int]) -> list[str]:
    letters = kinds[_UPPER] + kinds[_LOWER]
    if letters < _LETTERS_FOR_CASE:
        return []
    return [_UPPER_NAMES[bisect_right(_UPPER_SHARES, kinds[_UPPER] / letters)]]


def _share_tokens(kinds: list[int], length: int) -> list[str]:
    tokens = []
    if kinds[_DIGIT]:
        tokens.append(f"text.digits:{bucket(kinds[_DIGIT] / length, (0.01, 0.03, 0.08, 0.2))}")
    if kinds[_EMOJI]:
        tokens.append(f"text.emoji:{bucket(kinds[_EMOJI] / length, (0.01, 0.05, 0.2, 0.5))}")
    if kinds[_SHOUT] > 2:  # noqa: PLR2004 - one or two are good manners
        tokens.append(f"text.shout:{bucket(kinds[_SHOUT], (5, 10))}")
    if kinds[_BREAK]:
        tokens.append(f"text.lines:{bucket(kinds[_BREAK], (3, 8, 20))}")
    return tokens


def _has_long_run(points: Codes) -> bool:
    """Whether one character stands four times in a row, that is, equals its neighbour three times in a row."""
    return b"\1\1\1" in (points[1:] == points[:-1]).tobytes()


def _mail_tokens(folded: str) -> list[str]:
    return ["contact.email"] * bool(_EMAIL.search(folded)) + ["contact.handle"] * bool(_HANDLE.search(folded))


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
    """The outward shape of an author's name (folded, without a leading @): never the name itself.

    Every name that a person may have, in any culture, gives the same tokens: one to six words of up to 45 code points.
    """
    if not name:
        return []
    tokens = ["name.given"]
    if name.count(" ") >= _WORDS_OF_A_NAME:
        tokens.append("name.words")
    if _ANY_DIGIT.search(name):
        tokens.append("name.digits")
    if ("." in name or ":" in name) and _NAME_LINK.search(name):
        tokens.append("name.link")
    if len(name) > _LONGEST_NAME:
        tokens.append("name.long")
    tokens += [f"name.topic:{topic}" for topic in name_topics(words)]
    return tokens


def case_of_name(name: str) -> list[str]:
    """Whether a name of several words is all in small letters or all in capitals, from its original form."""
    if " " not in name:
        return []
    return ["name.case:lower"] if name.islower() else ["name.case:upper"] if name.isupper() else []


def topic_tokens(words: list[str], on_page: frozenset[str], *, has_address: bool) -> list[str]:
    """Trades named in the text, except those the page is about, and calls to act; whether they come with an address."""
    found = listed(words)
    if not found:
        return []
    topics = set(found) - MANNERS - on_page
    tokens = [f"topic.{topic}" for topic in sorted(topics)]
    telling = len(topics - EVERYDAY)
    if telling > 1:
        tokens.append(f"topic.count:{bucket(telling, (3, 5))}")
    if telling and has_address:
        tokens.append(f"topic.linked:{bucket(telling, (2, 3, 5))}")
    if "action" in found:
        tokens.append("text.action_linked" if has_address else "text.action")
    return tokens


def page_tokens(words: list[str], page_words: frozenset[str]) -> list[str]:
    """How much of the comment's vocabulary is the page's own; nothing when the page is not known."""
    content = {word for word in words if len(word) > 3}  # noqa: PLR2004 - short words are on every page
    if not page_words or not content:
        return []
    return [f"page.overlap:{bucket(len(content & page_words) / len(content), (0.001, 0.1, 0.25, 0.5))}"]
