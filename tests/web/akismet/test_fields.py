"""What a form becomes: the comment that its known fields describe, cut to what is stored, in every encoding."""

from datetime import UTC, datetime
from urllib.parse import quote_plus

import pytest

from moderation.judging.comment import LIMITS, Comment
from moderation.web.akismet.fields import blog_host, comment_of, key_of, parse, split_path

FORM = b"application/x-www-form-urlencoded"
KEY, OTHER_KEY = "0123456789ab", "ba9876543210"
TEN = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def read(**fields: str) -> Comment:
    body = "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in fields.items())
    return comment_of(parse(FORM, body.encode(), b""))


@pytest.mark.parametrize(
    ("fields", "place", "value"),
    [
        ({"comment_type": "forum-post"}, "type", "forum-post"),
        ({"content_type": "forum-post"}, "type", "forum-post"),
        ({"comment_type": "reply", "content_type": "forum-post"}, "type", "reply"),
        ({"content": "Hello"}, "content", "Hello"),
        ({"comment_content": "Hello", "content": "Goodbye"}, "content", "Hello"),
        ({"comment_ID": "7"}, "external_id", "7"),
        ({"comment_ID": ""}, "external_id", None),
        ({"comment_post_ID": "8"}, "page_external_id", "8"),
        ({"comment_parent": "9"}, "parent_external_id", "9"),
        ({"comment_author": "Ann"}, "author.name", "Ann"),
        ({"comment_author_email": "ann@example.org"}, "author.email", "ann@example.org"),
        ({"comment_author_url": "https://ann.example"}, "author.url", "https://ann.example"),
        ({"user_ip": "::ffff:192.0.2.7"}, "author.ip", "192.0.2.7"),
        ({"user_ip": " 2001:DB8::1 "}, "author.ip", "2001:db8::1"),
        ({"user_ip": "somewhere"}, "author.ip", ""),
        ({"user_ip": "1٩2.0.2.7"}, "author.ip", ""),
        ({"user_role": "Administrator, super_admin,,"}, "author.roles", frozenset({"administrator", "super_admin"})),
        ({"blog_lang": "en_US"}, "language", "en"),
        ({"blog_lang": "fr, de"}, "language", "fr"),
        ({"blog_lang": "12"}, "language", ""),
        ({"comment_context": "soup"}, "page.tags", ("soup",)),
        ({"comment_context[]": "soup"}, "page.tags", ("soup",)),
        ({"comment_context[1]": "soup", "comment_context[0]": "food"}, "page.tags", ("soup", "food")),
        ({"comment_context[x]": "soup", "comment_context]": "soup"}, "page.tags", ()),
        ({"is_test": "1"}, "is_test", True),
        ({"is_test": "false"}, "is_test", False),
        ({"comment_date_gmt": "2026-11-22 10:00:00"}, "submitted_at", TEN),
        ({"comment_date_gmt": "2026-11-22T10:00:00Z"}, "submitted_at", TEN),
        ({"comment_date_gmt": " 2026-11-22T12:00:00+02:00 "}, "submitted_at", TEN),
        ({"comment_date_gmt": "2026-11-22T10:00:00.000Z"}, "submitted_at", TEN),
        ({"comment_date_gmt": "22 November"}, "submitted_at", None),
        ({"comment_date_gmt": "0001-01-01T00:00:00+01:00"}, "submitted_at", None),
        ({"user_agent": "Mozilla", "referrer": "x", "PHP_AUTH_PW": "x"}, "content", ""),
    ],
)
def test_a_field_becomes_a_part_of_the_comment(fields: dict[str, str], place: str, value: object):
    found: object = read(**fields)
    for name in place.split("."):
        found = getattr(found, name)
    assert found == value


def test_what_is_too_long_is_cut_to_what_is_stored():
    fields = ("comment_content", "comment_author", "comment_author_email", "comment_author_url", "permalink")
    comment = read(**dict.fromkeys([*fields, "comment_type", "comment_ID"], "é" * 70_000), user_role="x," * 50)
    cut = (comment.content, comment.author.name, comment.author.email, comment.author.url, comment.permalink)
    names = ("content", "name", "email", "url", "permalink")
    assert [len(text) for text in cut] == [LIMITS[name] for name in names]
    assert (len(comment.type), len(comment.external_id or "")) == (LIMITS["type"], LIMITS["external_id"])


def test_page_tags_are_few_and_short():
    tags = parse(FORM, b"&".join(b"comment_context[]=" + b"x" * 500 for _ in range(90)), b"").context
    assert (len(tags), {len(tag) for tag in tags}) == (50, {200})


@pytest.mark.parametrize(
    ("charset", "encoding"),
    [
        ("ISO-8859-1", "latin-1"),
        (" windows-1251 ", "cp1251"),
        ("KOI8-R", "koi8-r"),
        ("Shift_JIS", "shift_jis"),
        ("EUC-KR", "euc-kr"),
        ("GB18030", "gb18030"),
        ("", "utf-8"),
        ("UTF-8", "utf-8"),
    ],
)
def test_a_text_is_decoded_as_its_blog_says(charset: str, encoding: str):
    said = {"latin-1": "café", "cp1251": "привет", "koi8-r": "привет", "shift_jis": "カフェ", "euc-kr": "카페"}
    text = said.get(encoding, "咖啡")
    body = b"comment_content=" + quote_plus(text.encode(encoding)).encode() + f"&blog_charset={charset}".encode()
    assert comment_of(parse(FORM, body, b"")).content == text


@pytest.mark.parametrize("charset", ["utf-7", "zip", "bz2", "rot13", "idna", "unicode_escape", "utf-16", "iso-8859-12"])
def test_an_encoding_that_is_not_one_for_forms_is_read_as_utf_8(charset: str):
    assert read(comment_content="café +AGE-", blog_charset=charset).content == "café +AGE-"


def test_a_byte_that_cannot_be_stored_is_replaced():
    assert read(comment_content="a\x00b").content == "a\ufffdb"
    assert comment_of(parse(FORM, b"comment_content=a%ffb%ed%a0%80", b"")).content.startswith("a\ufffdb\ufffd")


@pytest.mark.parametrize("trap", ["POST_ak_hp_textarea", "akismet_api_honeypot_field", "honeypot", "my_trap"])
@pytest.mark.parametrize(("filled", "is_bot"), [("x", True), (" ", False)])
def test_a_trap_counts_when_something_is_in_it(trap: str, filled: str, is_bot: bool):
    assert read(**{"honeypot_field_name": "my_trap", trap: filled}).form.honeypot_filled is is_bot


def test_a_trap_that_nobody_named_is_dropped():
    fields = parse(FORM, b"my_trap=x&website=y", b"")
    assert (fields.values, fields.honeypot_filled) == ({}, False)


def test_only_known_fields_come_out():
    body = b"blog=http://a&PHP_AUTH_PW=x&HTTP_COOKIE=x&POST_comment=x&user_agent=x&referrer=x&SERVER_NAME=x&callback=x"
    assert set(parse(FORM, body, b"SCRIPT_NAME=x").values) == {"blog"}


@pytest.mark.parametrize(
    ("body", "authorization", "host", "key"),
    [
        (f"api_key={KEY}", b"", b"rest.akismet.com", KEY),
        (f"key={KEY.upper()}&api_key={KEY}", b"", b"", KEY),
        ("", b"", f"{KEY}.rest.akismet.com".encode(), KEY),
        ("", b"", f"{KEY.upper()}.Rest.Akismet.Com.:8080".encode(), KEY),
        ("", b"", f"{KEY}.akismet.test".encode(), KEY),
        ("", b"", f"{KEY}.x.rest.akismet.com".encode(), ""),
        ("", b"", b"\xff.rest.akismet.com", ""),
        ("", b"Basic MDEyMzQ1Njc4OWFiLng6", b"", KEY),
        ("", b"basic  MDEyMzQ1Njc4OWFiLng6 ", b"", KEY),
        ("", b"Basic YWRtaW46c2VjcmV0", b"", ""),
        (f"key={KEY}", b"Basic YWRtaW46c2VjcmV0", b"127.0.0.1:8000", KEY),
        (f"key={KEY}&key={OTHER_KEY}", b"", b"", None),
        (f"key={KEY}", b"", f"{OTHER_KEY}.rest.akismet.com".encode(), None),
        (f"key={OTHER_KEY}", b"Basic MDEyMzQ1Njc4OWFiLng6", b"", None),
        ("key=not+a+key", b"", b"", "not a key"),
        ("", b"", b"", ""),
    ],
)
def test_the_key_is_found_wherever_it_is(body: str, authorization: bytes, host: bytes, key: str | None):
    bases = ("rest.akismet.com", "akismet.test")
    assert key_of(parse(FORM, body.encode(), b""), authorization, host, bases) == key


@pytest.mark.parametrize(
    ("blog", "host"),
    [
        ("https://Blog.Example/a?b#c", "blog.example"),
        (" http://blog.example:8080 ", "blog.example"),
        ("HTTP://user:pass@blog.example", "blog.example"),
        ("http://[2001:db8::1]/", "2001:db8::1"),
        ("http://café.example", "café.example"),
        ("blog.example", None),
        ("ftp://blog.example", None),
        ("http://", None),
        ("http://[bad", None),
        ("https://blog.example:65535/", "blog.example"),
        ("https://blog.example:99999/", None),
        ("https://blog.example:port/", None),
        ("http://exa mple", None),
        ("http://exa\tmple", None),
        ("http://exa\nmple", None),
        ("http://blog.example/\x7f a", "blog.example"),
        ("http://blog.example\u00a0/", None),
        ("", None),
    ],
)
def test_a_blog_is_its_host(blog: str, host: str | None):
    assert blog_host(blog) == host


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("/1.1/verify-key", ["1.1", "verify-key"]),
        ("//1.1//verify-key/", ["1.1", "verify-key"]),
        ("http://rest.akismet.com/1.1/verify-key", ["1.1", "verify-key"]),
        ("/", []),
        ("http://rest.akismet.com", []),
    ],
)
def test_a_path_is_its_parts(path: str, parts: list[str]):
    assert list(split_path(path)) == parts
