"""Hostile bodies against the reader alone: each is refused with a code and a field, never with an exception."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.errors import Invalid
from moderation.web.api import bodies
from moderation.web.api.schemas import CommentSent, DecisionSent

CANARY = "canary-8f1d"
GOOD = {"permalink": "https://blog.example/post/1", "content": "Hello"}


def nested(depth: int) -> str:
    return "[" * depth + "]" * depth


MALFORMED = {
    "nothing": b"",
    "only spaces": b"   ",
    "a form": b"content=hello&permalink=x",
    "half an object": b'{"content": "hel',
    "bytes that are not UTF-8": b'{"content": "\xff\xfe"}',
    "a surrogate written in UTF-8": b'{"content": "\xed\xa0\x80"}',
    "UTF-16": '{"content": "hello"}'.encode("utf-16"),
    "NaN": b'{"content": NaN}',
    "Infinity": b'{"form": {"elapsed_ms": Infinity}}',
    "minus Infinity": b'{"form": {"elapsed_ms": -Infinity}}',
    "a comment": b'{"content": "x" /* hi */}',
    "a comma too many": b'{"content": "x",}',
    "single quotes": b"{'content': 'x'}",
    "a raw line break in a text": b'{"content": "a\nb"}',
    "two objects": b"{}{}",
}
INVALID = {
    "a list": (b"[]", "body"),
    "a text": (b'"hello"', "body"),
    "null": (b"null", "body"),
    "a name twice": (b'{"content": "a", "content": "b", "permalink": "p"}', "body"),
    "a name twice, deep inside": (b'{"author": {"name": "a", "name": "b"}}', "body"),
    "a name twice, written differently": (b'{"content": "a", "c\\u006fntent": "b"}', "body"),
    "a list eleven deep": (f'{{"x": {nested(10)}}}'.encode(), "body"),
    "a list 100,000 deep": (f'{{"x": {nested(100_000)}}}'.encode(), "body"),
    "objects 5,000 deep": (b'{"x":' * 5_000 + b"1" + b"}" * 5_000, "body"),
    "501 names": (json.dumps({f"n{index}": 1 for index in range(501)}).encode(), "body"),
    "501 names in many objects": (json.dumps({"x": [{"a": 1}] * 501}).encode(), "body"),
    "a number beyond a double": (b'{"form": {"elapsed_ms": 1e400}}', "body"),
    "an integer of 10,000 digits": (b'{"x": ' + b"9" * 10_000 + b"}", "body"),
}
FIELDS: list[tuple[dict[str, Any], str]] = [
    ({"content": None}, "content"),
    ({"content": 5}, "content"),
    ({"content": ["a"]}, "content"),
    ({"content": "a\x00b"}, "content"),
    ({"content": "x" * 65_537}, "content"),
    ({"permalink": ""}, "permalink"),
    ({"permalink": "  "}, "permalink"),
    ({"permalink": "https://blog.example/" + "x" * 2_048}, "permalink"),
    ({"permalink": "a\x00"}, "permalink"),
    ({"type": True}, "type"),
    ({"type": "x" * 65}, "type"),
    ({"external_id": 42}, "external_id"),
    ({"external_id": "x" * 256}, "external_id"),
    ({"external_id": "\x00"}, "external_id"),
    ({"parent_id": 7}, "parent_id"),
    ({"parent_id": "x" * 65}, "parent_id"),
    ({"author": "Ann"}, "author"),
    ({"author": []}, "author"),
    ({"author": {"name": 1}}, "author.name"),
    ({"author": {"name": "x" * 251}}, "author.name"),
    ({"author": {"name": "a\x00"}}, "author.name"),
    ({"author": {"email": "x" * 321}}, "author.email"),
    ({"author": {"email": {"a": 1}}}, "author.email"),
    ({"author": {"url": "x" * 2_049}}, "author.url"),
    ({"author": {"url": "\x00"}}, "author.url"),
    ({"author": {"ip": "not an address"}}, "author.ip"),
    ({"author": {"ip": "192.0.2.256"}}, "author.ip"),
    ({"author": {"ip": "192.0.2.7/24"}}, "author.ip"),
    ({"author": {"user_agent": 5}}, "author.user_agent"),
    ({"author": {"role": "x" * 65}}, "author.role"),
    ({"submitted_at": "yesterday"}, "submitted_at"),
    ({"submitted_at": 1_700_000_000}, "submitted_at"),
    ({"submitted_at": "1700000000"}, "submitted_at"),
    ({"submitted_at": "0000-00-00T00:00:00Z"}, "submitted_at"),
    ({"submitted_at": "0001-01-01T00:00:00+23:00"}, "submitted_at"),
    ({"submitted_at": "9999-12-31T23:59:59-23:00"}, "submitted_at"),
    ({"submitted_at": "10000-01-01T00:00:00Z"}, "submitted_at"),
    ({"submitted_at": "2026-02-30T00:00:00Z"}, "submitted_at"),
    ({"submitted_at": "2026-06-30T23:59:60Z"}, "submitted_at"),
    ({"submitted_at": "2026-11-22T10:00:00+00:60"}, "submitted_at"),
    ({"submitted_at": "2026-11-22T10:00:00+25:00"}, "submitted_at"),
    ({"submitted_at": "2026-11-22T10:00:00"}, "submitted_at"),
    ({"submitted_at": "2026-11-22"}, "submitted_at"),
    ({"submitted_at": "２０２６-11-22T10:00:00Z"}, "submitted_at"),
    ({"language": "x" * 65}, "language"),
    ({"form": []}, "form"),
    ({"form": {"honeypot": False}}, "form.honeypot"),
    ({"form": {"elapsed_ms": "5400"}}, "form.elapsed_ms"),
    ({"form": {"elapsed_ms": -1}}, "form.elapsed_ms"),
    ({"form": {"elapsed_ms": True}}, "form.elapsed_ms"),
    ({"context": "soup"}, "context"),
    ({"context": {"tags": "soup"}}, "context.tags"),
    ({"context": {"tags": ["soup", 5]}}, "context.tags.1"),
    ({"context": {"title": "\x00"}}, "context.title"),
]


@pytest.mark.parametrize("raw", MALFORMED.values(), ids=MALFORMED)
def test_what_is_no_json_is_malformed(raw: bytes):
    with pytest.raises(Invalid) as refused:
        bodies.read(raw, CommentSent)
    assert refused.value.code == "body.malformed"


@pytest.mark.parametrize(("raw", "field"), INVALID.values(), ids=INVALID)
def test_json_beyond_the_limits_is_invalid_as_a_whole(raw: bytes, field: str):
    with pytest.raises(Invalid) as refused:
        bodies.read(raw, CommentSent)
    assert (refused.value.code, [fault.field for fault in refused.value.faults]) == ("request.invalid", [field])


@pytest.mark.parametrize(("changes", "field"), FIELDS, ids=lambda value: str(value)[:60].replace("\x00", "NUL"))
def test_a_bad_field_is_named_and_its_value_is_not_repeated(changes: dict[str, Any], field: str):
    with pytest.raises(Invalid) as refused:
        bodies.read(json.dumps(GOOD | changes).encode(), CommentSent)
    assert [fault.field for fault in refused.value.faults] == [field]
    assert refused.value.code == "request.invalid"


def test_every_bad_field_is_named_at_once():
    with pytest.raises(Invalid) as refused:
        bodies.read(b'{"author": {"name": 1, "url": 2}, "language": 3}', CommentSent)
    named = {fault.field for fault in refused.value.faults}
    assert named == {"permalink", "content", "author.name", "author.url", "language"}


@pytest.mark.parametrize("field", ["content", "permalink", "type", "external_id", "parent_id", "language"])
def test_a_refusal_never_repeats_what_was_sent(field: str):
    for value in ([CANARY], {CANARY: CANARY}, f"{CANARY}\x00" * 5_000):
        with pytest.raises(Invalid) as refused:
            bodies.read(json.dumps(GOOD | {field: value}).encode(), CommentSent)
        assert CANARY not in f"{refused.value.message} {refused.value.faults}"


@pytest.mark.parametrize(
    "body",
    [
        {"verdict": "publish", "label": "neutral"},
        {"verdict": "PUBLISH"},
        {"verdict": 1},
        {"label": "ham"},
        {"verdict": "hold", "reason": "x" * 2_001},
        {"verdict": "hold", "reason": "\x00"},
    ],
)
def test_a_decision_takes_only_the_words_of_the_contract(body: dict[str, Any]):
    with pytest.raises(Invalid):
        bodies.read(json.dumps(body).encode(), DecisionSent)


def test_the_limits_themselves_are_allowed():
    body = GOOD | {
        "content": "😀" * 65_536,
        "x": json.loads(nested(9)),
        "y": json.loads(nested(9).replace("[]", "[1]")),
        "names": {f"n{index}": 1 for index in range(500 - 5)},
    }
    assert len(bodies.read(json.dumps(body).encode(), CommentSent).content) == 65_536


def test_null_means_the_same_as_leaving_a_field_out():
    empty = dict.fromkeys(["type", "parent_id", "external_id", "author", "submitted_at", "language", "form", "context"])
    read = bodies.read(json.dumps(GOOD | empty).encode(), CommentSent)
    assert read.comment() == bodies.read(json.dumps(GOOD).encode(), CommentSent).comment()
    inner = GOOD | {"author": dict.fromkeys(["name", "email", "url", "ip", "user_agent", "role"])}
    assert bodies.read(json.dumps(inner).encode(), CommentSent).comment() == read.comment()


def test_unknown_fields_are_passed_over():
    body = GOOD | {"colour": "red", "author": {"shoe_size": 42}, "form": {"x": [1, 2]}}
    assert bodies.read(json.dumps(body).encode(), CommentSent).content == "Hello"


def test_half_characters_become_replacement_characters():
    raw = b'{"permalink": "p", "content": "a\\ud83d b \\ude00 c \\ud83d\\ude00", "author": {"name": "\\udfff"}}'
    comment = bodies.read(raw, CommentSent).comment()
    assert (comment.content, comment.author.name) == ("a\ufffd b \ufffd c 😀", "\ufffd")


def test_a_byte_order_mark_does_no_harm():
    assert bodies.read(b"\xef\xbb\xbf" + json.dumps(GOOD).encode(), CommentSent).content == "Hello"


@pytest.mark.parametrize(
    ("sent", "normal"),
    [
        ("2026-11-22T10:00:00Z", "2026-11-22T10:00:00+00:00"),
        ("2026-11-22t10:00:00z", "2026-11-22T10:00:00+00:00"),
        ("2026-11-22T12:30:00+02:30", "2026-11-22T10:00:00+00:00"),
        ("2026-11-22T10:00:00.123456789Z", "2026-11-22T10:00:00.123456+00:00"),
        ("1970-01-01T00:00:00-14:00", "1970-01-01T14:00:00+00:00"),
    ],
)
def test_a_time_is_read_as_utc(sent: str, normal: str):
    comment = bodies.read(json.dumps(GOOD | {"submitted_at": sent}).encode(), CommentSent).comment()
    assert comment.submitted_at is not None
    assert comment.submitted_at.isoformat() == normal


def test_a_whole_body_becomes_a_whole_comment():
    body = GOOD | {
        "type": "reply",
        "external_id": "blog-42",
        "author": {"name": "Ann", "email": "a@b.c", "url": "u", "ip": "::ffff:192.0.2.7", "role": "administrator"},
        "language": "en",
        "form": {"honeypot": "caught", "elapsed_ms": 5400.9},
        "context": {"title": "T" * 600, "tags": ["soup"] * 60, "excerpt": "E" * 9_000},
    }
    comment = bodies.read(json.dumps(body).encode(), CommentSent).comment()
    assert (comment.type, comment.external_id, comment.language) == ("reply", "blog-42", "en")
    assert (comment.author.ip, comment.author.roles) == ("192.0.2.7", frozenset({"administrator"}))
    assert (comment.form.honeypot_filled, comment.form.elapsed_ms) == (True, 5400)
    assert (len(comment.page.title), len(comment.page.tags), len(comment.page.excerpt)) == (500, 50, 8_000)


def outcome_of(raw: bytes) -> str:
    try:
        bodies.read(raw, CommentSent).comment()
    except Invalid as refused:
        return refused.code
    return "read"


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(raw: bytes):
    assert outcome_of(raw) in {"read", "body.malformed", "request.invalid"}


_WORDS = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=250)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(CommentSent.model_fields, _JSON)))
def test_any_json_in_any_field_is_read_or_refused(body: dict[str, Any]):
    assert outcome_of(json.dumps(body).encode()) in {"read", "request.invalid"}


@given(_WORDS, _WORDS)
def test_any_text_is_read_as_it_was_sent(content: str, name: str):
    body = {"permalink": "p", "content": content, "author": {"name": name}}
    comment = bodies.read(json.dumps(body, ensure_ascii=False).encode(), CommentSent).comment()
    assert (comment.content, comment.author.name) == (content, name)
