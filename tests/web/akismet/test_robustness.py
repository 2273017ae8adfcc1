"""Whatever arrives: status 200, one of three words or a sentence, no newline, and no failure inside."""

import re
from urllib.parse import quote_from_bytes

import httpx
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.support.asgi import Service
from tests.support.dialect import FORM, Blog

SENTENCE = re.compile(r"true|false|invalid|[A-Z][^\n]*\.")
THANKS = "Thanks for making the web a better place."
FIELDS = re.findall(
    r"\S+",
    """
    blog user_ip user_agent referrer permalink comment_type content_type comment_author comment_author_email
    comment_author_url comment_content content comment_date_gmt comment_post_modified_gmt comment_parent
    comment_post_ID comment_ID comment_context comment_context[] comment_context[7] blog_lang blog_charset
    user_role is_test recheck_reason honeypot_field_name honeypot POST_ak_hp_textarea test_discard reporter guid
    comment_check_response candor_receipt callback PHP_AUTH_PW HTTP_COOKIE api_key key month filter order limit
    offset extended format from
    """,
)
CHARSETS = ("utf-8", "latin-1", "iso-8859-1", "windows-1251", "shift_jis", "gb18030", "euc-kr", "big5", "koi8-r")
HOSTILE = ("utf-7", "utf-16", "utf-32", "zip", "idna", "unicode_escape", "rot13", "hex", "punycode", "undefined", "")
DATES = (
    "2026-11-22 10:00:00",
    "0000-00-00 00:00:00",
    "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59-23:59",
    "2026-11-22T10:00:00+99:99",
    "99999-01-01",
    "-1",
    "1e9",
    "now",
    "2026-W47-7",
    "20261122T100000Z",
    "٢٠٢٦-١١-٢٢",
)
TYPES = (
    FORM.encode(),
    b"multipart/form-data; boundary=B",
    b"multipart/form-data",
    b"multipart/form-data; boundary=",
    b'multipart/form-data; boundary="' + b"b" * 300 + b'"',
    b"multipart/form-data; boundary=\xff\x00",
    b"multipart/mixed; boundary=B",
    b"application/json",
    b"application/octet-stream",
    b"charset=utf-8",
    b";;;",
    b"\xff\xfe",
    b"",
)
BYTES = st.binary(max_size=40) | st.text(max_size=40).map(lambda text: text.encode("utf-8", "surrogatepass"))
VALUES = (
    BYTES
    | st.sampled_from([*CHARSETS, *HOSTILE]).map(str.encode)
    | st.sampled_from(DATES).map(str.encode)
    | st.sampled_from(
        [b"\x00", b"\xed\xa0\x80", b"\xf0\x9f\x92\xa9" * 30, b"a" * 70_000, b"1" * 5_000, b"::ffff:1.2.3.4"]
    )
)
PAIRS = st.lists(st.tuples(st.sampled_from(FIELDS).map(str.encode) | BYTES, VALUES), max_size=12)
VERBS = ("comment-check", "submit-spam", "submit-ham")
OTHERS = ("verify-key", "usage-limit", "get-subscription", "get-stats", "get-key-stats", "key-sites", "token", "test")
tireless = settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module")
def blog(lasting_service: Service) -> Blog:
    return Blog(lasting_service, lasting_service.sites[0])


def assert_is_an_answer(answer: httpx.Response) -> None:
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert SENTENCE.fullmatch(answer.text), answer.text
    assert_nothing_failed(answer)


def assert_nothing_failed(answer: httpx.Response) -> None:
    assert answer.headers.get("x-akismet-debug-help") != "Internal error"
    assert not any(b"\n" in value or b"\r" in value for _, value in answer.headers.raw)


def form(blog: Blog, pairs: list[tuple[bytes, bytes]]) -> bytes:
    """A form whose key, blog and address are good, so that the rest of it goes all the way, then whatever else."""
    good = f"api_key={blog.site.akismet_key}&user_ip=192.0.2.7&blog=https://blog.example"
    rest = [
        f"&{quote_from_bytes(name)}={quote_from_bytes(value)}"
        for name, value in pairs
        if name not in {b"api_key", b"key"}
    ]
    return (good + "".join(rest)).encode()


def multipart(pairs: list[tuple[bytes, bytes]], extra: bytes) -> bytes:
    parts = [
        b'--B\r\nContent-Disposition: form-data; name="' + name + b'"\r\n' + extra + b"\r\n" + value + b"\r\n"
        for name, value in pairs
    ]
    return b"".join(parts) + b"--B--\r\n"


@tireless
@given(pairs=PAIRS, verb=st.sampled_from(VERBS))
@example(pairs=[(b"comment_content", b"\x00\xed\xa0\x80\xff"), (b"blog_charset", b"utf-16")], verb="comment-check")
@example(pairs=[(b"comment_date_gmt", date.encode()) for date in DATES[:1]], verb="comment-check")
def test_any_form_with_a_good_key_is_answered(blog: Blog, pairs, verb: str):
    answer = blog.post(f"/1.1/{verb}", form(blog, pairs), {"Content-Type": FORM})
    assert_is_an_answer(answer)
    assert answer.text in ({"true", "false"} if verb == "comment-check" else {THANKS})


@pytest.mark.parametrize("date", DATES)
def test_any_time_is_stored_or_absent(blog: Blog, date: str):
    assert blog.check(f"at {date}", comment_date_gmt=date).text in {"true", "false"}


@tireless
@given(body=st.binary(max_size=300), kind=st.sampled_from(TYPES) | st.binary(max_size=60), query=st.binary(max_size=60))
@example(body=b"", kind=b"multipart/form-data; boundary=B", query=b"%00=%00&&&=&%ff")
def test_any_bytes_of_any_type_are_answered(blog: Blog, body: bytes, kind: bytes, query: bytes):
    target = f"/1.1/comment-check?{quote_from_bytes(query, safe='=&%+')}"
    assert_is_an_answer(blog.post(target, body, {b"Content-Type": kind}))


@tireless
@given(
    pairs=PAIRS,
    extra=st.sampled_from(
        [
            b"",
            b"Content-Type: text/plain; charset=utf-7\r\n",
            b"Content-Transfer-Encoding: base64\r\n",
            b"Content-Transfer-Encoding: quoted-printable\r\n",
            b"Content-Transfer-Encoding: klingon\r\n",
            b"X-Many: 1\r\n" * 100,
            b"X-Long: " + b"x" * 20_000 + b"\r\n",
            b": \r\n",
        ]
    )
    | st.binary(max_size=30),
    cut=st.integers(0, 400),
)
def test_any_multipart_is_answered(blog: Blog, pairs, extra: bytes, cut: int):
    good = [
        (b"api_key", blog.site.akismet_key.encode()),
        (b"blog", b"https://blog.example"),
        (b"user_ip", b"192.0.2.7"),
    ]
    body = multipart([*good, *pairs], extra)
    assert_is_an_answer(blog.post("/1.1/comment-check", body[: len(body) - cut], {"Content-Type": TYPES[1].decode()}))


def test_parts_within_parts_and_files_are_not_read(blog: Blog):
    inner = multipart([(b"comment_author", b"viagra-test-123")], b"").replace(b"--B", b"--C")
    nested = b"Content-Type: multipart/mixed; boundary=C\r\n"
    body = multipart([(b"x", inner * 50)], nested)
    body += (
        b'--B\r\nContent-Disposition: form-data; name="comment_author"; filename="f"\r\n\r\nviagra-test-123\r\n--B--'
    )
    good = f"api_key={blog.site.akismet_key}&user_ip=192.0.2.7&blog=https://blog.example&permalink=parts"
    answer = blog.post(f"/1.1/comment-check?{good}", body, {"Content-Type": "multipart/form-data; boundary=B"})
    assert answer.text == "false"


@tireless
@given(pairs=PAIRS, verb=st.sampled_from(OTHERS), names_key=st.booleans())
def test_any_form_to_the_other_verbs_is_answered(blog: Blog, pairs, verb: str, names_key: bool):
    rest = [pair for pair in pairs if not names_key or pair[0] not in {b"api_key", b"key"}]
    body = "&".join(f"{quote_from_bytes(name)}={quote_from_bytes(value)}" for name, value in rest)
    named = f"?api_key={blog.site.akismet_key}" if names_key else ""
    answer = blog.post(f"/1.2/{verb}{named}", body.encode(), {"Content-Type": FORM})
    assert answer.status_code == 200
    assert answer.text
    assert_nothing_failed(answer)


@tireless
@given(value=st.binary(max_size=60) | BYTES.map(lambda value: b"Basic " + value), host=st.binary(max_size=60))
def test_any_host_and_authorization_are_answered(blog: Blog, value: bytes, host: bytes):
    answer = blog.post("/1.1/comment-check", b"user_ip=1&blog=http://a", {b"Authorization": value, b"Host": host})
    assert_is_an_answer(answer)
    assert answer.text == "invalid"


@tireless
@given(path=st.text(st.characters(codec="utf-8", exclude_characters="?#"), max_size=20))
def test_any_address_of_the_dialect_is_answered(blog: Blog, path: str):
    answer = blog.service.get(f"http://candor.test/1.1/{quote_from_bytes(path.encode())}")
    assert answer.status_code in {200, 404}
    assert answer.text == "Unknown endpoint." or answer.status_code == 200
