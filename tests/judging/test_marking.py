"""A hostile text in pieces: what cannot be seen is named, what reasons point at is marked, and nothing else changes."""

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.judging.marking import Piece, hidden_name, pieces
from moderation.judging.signal import Span

ACUTE, ZWJ, STYLE = "\u0301", "\u200d", "\ufe0f"


def plain(text: str) -> tuple[Piece, ...]:
    return (Piece(text),)


def mark(start: int, end: int, field: str = "content") -> Span:
    return Span(field, start, end)


@pytest.mark.parametrize(
    ("text", "spans", "expected"),
    [
        ("", (), ()),
        ("buy now", (), [("buy now", False)]),
        ("buy now", (mark(0, 3),), [("buy", True), (" now", False)]),
        ("buy now", (mark(4, 7),), [("buy ", False), ("now", True)]),
        ("buy now", (mark(0, 7),), [("buy now", True)]),
        ("buy now", (mark(0, 3), mark(4, 7)), [("buy", True), (" ", False), ("now", True)]),
        ("buy now", (mark(0, 4), mark(2, 7)), [("buy now", True)]),
        ("buy now", (mark(0, 4), mark(4, 7)), [("buy now", True)]),
        ("buy now", (mark(5, 99),), [("buy n", False), ("ow", True)]),
        ("buy now", (mark(-5, 3),), [("buy", True), (" now", False)]),
        ("buy now", (mark(3, 3),), [("buy now", False)]),
        ("buy now", (mark(5, 2),), [("buy now", False)]),
        ("buy now", (mark(0, -3),), [("buy now", False)]),
        ("buy now", (mark(50, 60),), [("buy now", False)]),
        ("buy now", (mark(0, 3, "author.url"),), [("buy now", False)]),
        ("é😀x", (mark(1, 2),), [("é", False), ("😀", True), ("x", False)]),
        ("<b>&", (mark(0, 3),), [("<b>", True), ("&", False)]),
    ],
)
def test_spans_are_marked_in_code_points_wherever_they_lie(text: str, spans: tuple[Span, ...], expected):
    assert pieces(text, spans) == tuple(Piece(said, is_marked) for said, is_marked in expected)


def test_another_field_has_its_own_spans():
    spans = (mark(0, 3), mark(1, 2, "author.name"))
    assert pieces("Ann", spans, "author.name") == (Piece("A"), Piece("n", is_marked=True), Piece("n"))


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("a\u202eb", "U+202E right-to-left override"),
        ("a\u200bb", "U+200B zero width space"),
        ("a\u200db", "U+200D zero width joiner"),
        ("a\u200cb", "U+200C zero width non-joiner"),
        ("a\u2066b", "U+2066 left-to-right isolate"),
        ("a\ufeffb", "U+FEFF zero width no-break space"),
        ("a\u00adb", "U+00AD soft hyphen"),
        ("a\u2060b", "U+2060 word joiner"),
        ("a\u3164b", "U+3164 hangul filler"),
        ("a\u2800b", "U+2800 braille pattern blank"),
        ("a\u034fb", "U+034F combining grapheme joiner"),
        ("a\u2028b", "U+2028 line separator"),
        ("a\ue000b", "U+E000"),
        ("a\x07b", "U+0007"),
        ("a\x7fb", "U+007F"),
        ("a\x85b", "U+0085"),
        ("a\rb", "U+000D"),
        ("a\U000e0061b", "U+E0061 tag latin small letter a"),
        ("a\ufe0fb", "U+FE0F variation selector-16"),
        ("a\ufe00b", "U+FE00 variation selector-1"),
        ("a\U000e0101b", "U+E0101 variation selector-18"),
        ("a\u0378b", "U+0378"),
    ],
)
def test_what_cannot_be_seen_is_named(text: str, sign: str):
    assert pieces(text) == (Piece("a"), Piece(sign, is_sign=True), Piece("b"))
    assert hidden_name(text[1]) == sign


def test_the_same_hidden_sign_in_a_row_is_named_once_with_its_number():
    assert [piece.text for piece in pieces("a\u200b\u200b\u200b\u202e\u200bb")] == [
        "a",
        "3 × U+200B zero width space",
        "U+202E right-to-left override",
        "U+200B zero width space",
        "b",
    ]


def test_a_hidden_sign_that_a_reason_points_at_is_marked():
    assert pieces("a\u200b\u200bb", (mark(1, 2),)) == (
        Piece("a"),
        Piece("U+200B zero width space", is_marked=True, is_sign=True),
        Piece("U+200B zero width space", is_sign=True),
        Piece("b"),
    )


@pytest.mark.parametrize(
    "text",
    [
        "two\nlines\tand a tab",
        "two\r\nlines, as forms send them",
        "no-break\u00a0space and\u3000wide",
        "e\u0301 A\u030a o\u0308\u0304",
        "\u05e9\u05c1\u05b8\u05dc\u05d5\u05b9\u05dd",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "\u0915\u094d\u200d\u0937",
        "\u0e19\u0e49\u0e33\u0e17\u0e35\u0e48",
        "\u8fbb\U000e0100",
    ],
)
def test_what_writing_needs_is_left_as_it_is(text: str):
    assert pieces(text) == plain(text)


@pytest.mark.parametrize(
    "emoji",
    [
        "😀",
        "👩\u200d👩\u200d👧\u200d👦",
        "❤\ufe0f\u200d🔥",
        "👍🏽",
        "🇩🇪",
        "1\ufe0f\u20e3",
        "#\ufe0f\u20e3",
        "‼\ufe0f",
        "↔\ufe0f",
        "\u2139\ufe0f",
        "〰\ufe0f",
        "♂\ufe0e",
        "🏳\ufe0f\u200d🌈",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "\U0001fae8",
        "\U0001faff",
    ],
    ids=lambda emoji: "-".join(f"{ord(sign):04x}" for sign in emoji),
)
def test_an_emoji_is_left_whole_also_one_that_is_newer_than_this_program(emoji: str):
    assert pieces(f"so {emoji} it is") == plain(f"so {emoji} it is")
    assert pieces(emoji) == plain(emoji)


def test_letters_hidden_behind_a_flag_are_named():
    tags = "".join(chr(0xE0000 + ord(letter)) for letter in "buy pills")
    assert all(piece.is_sign for piece in pieces(f"🏴{tags}")[1:])
    assert len(pieces(f"🏴{tags}")) > 5


@pytest.mark.parametrize(
    ("text", "shown", "more"),
    [
        ("a" + ACUTE * 4, "a" + ACUTE * 4, 0),
        ("a" + ACUTE * 5, "a" + ACUTE * 4, 1),
        ("Z" + "\u0335\u0322\u034b\u0306" * 30, "Z\u0335\u0322\u034b\u0306", 116),
        ("ก" + "\u0e47" * 50, "ก" + "\u0e47" * 4, 46),
        ("x" + "\u20dd" * 9, "x" + "\u20dd" * 4, 5),
        (ACUTE * 6, ACUTE * 4, 2),
    ],
)
def test_a_pile_of_marks_is_cut_and_the_rest_is_told_as_a_number(text: str, shown: str, more: int):
    rest = (Piece(f"{more} more marks", is_sign=True),) if more else ()
    assert pieces(text) == (Piece(shown), *rest)
    assert pieces(text + "b") == ((Piece(shown), *rest, Piece("b")) if more else plain(text + "b"))


def test_a_joiner_lifts_no_pile_off_the_line():
    shown = "".join(piece.text for piece in pieces("a" + (ACUTE * 4 + ZWJ) * 20) if not piece.is_sign)
    assert shown.count(ACUTE) == 4


def test_the_rest_of_a_pile_is_marked_where_a_reason_points_at_it():
    text = "a" + ACUTE * 6
    assert pieces(text, (mark(5, 7),))[-1] == Piece("2 more marks", is_marked=True, is_sign=True)


anything = st.text(st.characters(), max_size=60) | st.text(
    st.sampled_from(
        "ab \n\r\t" + ACUTE + ZWJ + STYLE + "\u200b\u202e😀🏴\U000e0067\U000e007f\u0e01\u0e47\ufe00漢1\u20e3"
    ),
    max_size=60,
)
spans = st.lists(st.builds(mark, st.integers(-9, 70), st.integers(-9, 70)), max_size=5)


@given(anything, spans)
def test_any_text_with_any_spans_has_pieces_that_alternate(text: str, given_spans: list[Span]):
    found = pieces(text, given_spans)
    assert all(piece.text for piece in found)
    for one, other in pairwise(found):
        assert one.is_sign or other.is_sign or one.is_marked is not other.is_marked
    assert pieces(text) == pieces(text, given_spans, "author.name")


@given(anything)
def test_pieces_joined_are_the_text_where_nothing_is_hidden(text: str):
    found = pieces(text)
    if not any(piece.is_sign for piece in found):
        assert "".join(piece.text for piece in found) == text
    shown = "".join(piece.text for piece in found if not piece.is_sign)
    rest = iter(text)
    assert all(sign in rest for sign in shown), "what is shown stands in the text in this order"


@given(anything)
def test_whatever_is_shown_can_be_seen(text: str):
    shown = "".join(piece.text for piece in pieces(text) if not piece.is_sign)
    for sign in shown.replace(ZWJ, "").replace("\u200c", "").replace("\r\n", "\n"):
        kind = unicodedata.category(sign)
        is_picture = 0x1F000 <= ord(sign) < 0x1FB00 or 0xE0061 <= ord(sign) <= 0xE007F
        assert kind[0] != "C" or sign in "\n\t" or is_picture, repr(sign)


@given(st.text(st.characters(codec="ascii", categories=["L", "N", "P", "S", "Zs"]), max_size=60), spans)
def test_every_place_is_marked_that_a_span_covers_and_no_other(text: str, given_spans: list[Span]):
    covered = [any(span.start <= place < span.end for span in given_spans) for place in range(len(text))]
    found = [piece.is_marked for piece in pieces(text, given_spans) for _ in piece.text]
    assert found == covered
