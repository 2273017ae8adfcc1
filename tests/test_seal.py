"""Keys, hashes and sealed values: what opens, what does not, and what is never shown."""

import base64
import re
from datetime import UTC, datetime
from urllib.parse import parse_qs, unquote, urlsplit

import argon2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation import seal as sealing
from moderation.seal import Receipt, Seal

LABELS = (
    *("akismet-key", "audit", "email", "fingerprint", "reporter", "chain", "answer", "idempotency"),
    *("form", "second-look", "totp"),
)
SEAL = Seal(b"s" * 32)
OTHER = Seal(b"t" * 32)
texts = st.text(st.characters(), max_size=20)


@pytest.mark.parametrize("length", [0, 1, 31])
def test_a_short_secret_is_refused(length: int):
    with pytest.raises(ValueError, match="at least 32 bytes"):
        Seal(b"x" * length)


def test_a_secret_is_never_shown():
    assert (repr(SEAL), repr(Receipt("LOCATOR", "hidden"))) == ("Seal()", "Receipt(locator='LOCATOR')")
    assert "ssss" not in f"{SEAL} {SEAL.code('email', 'a')} {SEAL!r}"


def test_each_purpose_has_its_own_key():
    assert len({SEAL.code(label, "ann@example.org") for label in LABELS}) == len(LABELS)
    with pytest.raises(KeyError):
        SEAL.code("no such purpose", "x")


def test_a_code_depends_on_the_secret_and_is_the_same_tomorrow():
    assert SEAL.code("email", "a") == Seal(b"s" * 32).code("email", "a") != OTHER.code("email", "a")
    assert re.fullmatch(r"[0-9a-f]{64}", SEAL.code("email", "a"))


@given(st.lists(texts, max_size=4), st.lists(texts, max_size=4))
def test_texts_are_not_confused_with_their_concatenation(one: list[str], other: list[str]):
    assert (SEAL.code("fingerprint", *one) == SEAL.code("fingerprint", *other)) == (one == other)


@pytest.mark.parametrize(
    "text", ["\ud800", "\x00", "é", "\U0001f600" * 1000, ""], ids=["surrogate", "NUL", "accent", "emoji", "empty"]
)
def test_any_text_has_a_code_and_a_digest(text: str):
    assert len(SEAL.code("fingerprint", text)) == len(sealing.digest(text)) == 64


@given(st.binary(max_size=200), st.text(max_size=20))
def test_what_was_closed_opens_with_the_same_secret_and_text(content: bytes, to: str):
    assert SEAL.open("answer", SEAL.close("answer", content, to=to), to=to) == content


@pytest.mark.parametrize(
    ("seal", "label", "to"), [(OTHER, "answer", "key"), (SEAL, "idempotency", "key"), (SEAL, "answer", "other key")]
)
def test_it_opens_with_nothing_else(seal: Seal, label: str, to: str):
    assert seal.open(label, SEAL.close("answer", b"body", to="key"), to=to) is None


@given(st.integers(0, 31), st.integers(1, 255))
def test_a_changed_byte_keeps_it_shut(index: int, flip: int):
    closed = bytearray(SEAL.close("answer", b"body", to="key"))
    closed[index] ^= flip
    assert SEAL.open("answer", bytes(closed), to="key") is None


@pytest.mark.parametrize("length", [0, 1, 12, 27])
def test_a_truncated_value_stays_shut(length: int):
    assert SEAL.open("answer", SEAL.close("answer", b"body", to="key")[:length], to="key") is None


def test_the_same_content_is_never_closed_alike():
    assert len({SEAL.close("answer", b"body", to="key") for _ in range(100)}) == 100


def test_an_akismet_key_has_the_form_that_clients_accept():
    keys = {sealing.new_akismet_key() for _ in range(200)}
    assert len(keys) == 200
    assert all(re.fullmatch(r"[0-9a-f]{12}", key) for key in keys)


def test_a_token_is_known_by_its_form():
    tokens = {sealing.new_api_token() for _ in range(200)}
    assert len(tokens) == 200
    assert all(re.fullmatch(r"cdr_[0-9A-Za-z]{49}", token) and sealing.is_token(token) for token in tokens)


@given(st.integers(4, 52), st.sampled_from("0aZ"))
def test_a_mistyped_token_is_known_at_once(index: int, letter: str):
    token = sealing.new_api_token()
    mistyped = token[:index] + letter + token[index + 1 :]
    assert sealing.is_token(mistyped) is (mistyped == token)


@pytest.mark.parametrize(
    "text", ["", "cdr_", "cdr_é", "cdr_\ud800", "xyz_" + "0" * 49, "0" * 12, "cdr_" + "0" * 48 + "é"]
)
def test_other_texts_are_no_tokens(text: str):
    assert not sealing.is_token(text)


@given(texts, texts)
def test_texts_are_compared_by_their_characters(left: str, right: str):
    assert sealing.equal(left, left)
    assert sealing.equal(left, right) is (left.encode("utf-8", "replace") == right.encode("utf-8", "replace"))


def test_a_receipt_has_60_public_and_130_secret_bits():
    receipts = [sealing.new_receipt() for _ in range(100)]
    assert len({receipt.locator for receipt in receipts}) == len({receipt.secret for receipt in receipts}) == 100
    form = r"[0-9A-HJKMNP-TV-Z]{12}\.[0-9A-HJKMNP-TV-Z]{26}"
    assert all(re.fullmatch(form, receipt.token) for receipt in receipts)


def test_a_link_secret_is_long_and_fit_for_an_address():
    assert re.fullmatch(r"[\w-]{43}", sealing.new_link_secret())
    assert sealing.new_link_secret() != sealing.new_link_secret()
    assert len(sealing.new_secret()) == 32


def test_a_password_is_kept_as_argon2id():
    hashed = sealing.hash_password("correct horse battery")
    assert hashed.startswith("$argon2id$")
    assert argon2.PasswordHasher().verify(hashed, "correct horse battery")
    assert hashed != sealing.hash_password("correct horse battery")


@pytest.mark.parametrize("password", ["\ud800" * 12, "\x00" * 12, "pässwörter sind gut", "\U0001f600" * 12], ids=ascii)
def test_any_text_is_a_password_and_no_fault(password: str):
    hashed = sealing.hash_password(password)
    assert sealing.is_password(hashed, password)
    assert not sealing.is_password(hashed, f"{password}x")


@pytest.mark.parametrize("hashed", [None, "", "no hash", "$argon2id$v=19$m=65536,t=3,p=4$broken", "$2b$12$" + "x" * 53])
def test_where_there_is_no_hash_or_a_broken_one_no_password_is_right(hashed: str | None):
    assert not sealing.is_password(hashed, "")
    assert not sealing.is_password(hashed, "correct horse battery")


def test_nobodys_password_is_nobodys():
    assert not any(sealing.is_password(None, guess) for guess in ("", "None", "nobody"))


def test_weaker_parameters_are_known_as_outdated():
    assert sealing.is_outdated(argon2.PasswordHasher(time_cost=1, memory_cost=1024).hash("x"))
    assert not sealing.is_outdated(sealing.hash_password("x"))


# RFC 6238, appendix B (SHA-1; the last six of its eight digits), with the secret of its text in base 32
RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()
RFC_CODES = {59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037"}


@pytest.mark.parametrize(("seconds", "code"), RFC_CODES.items())
def test_a_one_time_code_is_that_of_the_standard(seconds: int, code: str):
    at = datetime.fromtimestamp(seconds, UTC)
    assert sealing.totp_step(RFC_SECRET, code, at) == seconds // 30


@pytest.mark.parametrize(("steps", "is_right"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_is_right_one_step_around_its_own_and_says_which_step_it_is(steps: int, is_right: bool):
    at = datetime.fromtimestamp(1111111109 + 30 * steps, UTC)
    assert sealing.totp_step(RFC_SECRET, "081804", at) == (1111111109 // 30 if is_right else None)


@pytest.mark.parametrize(
    "code", ["", " ", "081805", "81804", "0818040", "\ud800", "０８１８０４", "081804\x00"], ids=ascii
)
def test_no_other_text_is_the_code(code: str):
    assert sealing.totp_step(RFC_SECRET, code, datetime.fromtimestamp(1111111109, UTC)) is None


def test_a_secret_for_codes_has_160_bits_and_an_address_that_applications_read():
    secrets = {sealing.new_totp_secret() for _ in range(100)}
    assert len(secrets) == 100
    assert all(re.fullmatch(r"[A-Z2-7]{32}", secret) for secret in secrets)
    address = urlsplit(sealing.totp_address(RFC_SECRET, email="ann&x=1@example.org", issuer="Candor"))
    assert (address.scheme, address.netloc, unquote(address.path)) == ("otpauth", "totp", "/Candor:ann&x=1@example.org")
    assert parse_qs(address.query) == {"secret": [RFC_SECRET], "issuer": ["Candor"]}


def test_a_logins_secret_is_long_and_never_the_same():
    secrets = {sealing.new_session_secret() for _ in range(100)}
    assert len(secrets) == 100
    assert all(re.fullmatch(r"[\w-]{43}", secret) for secret in secrets)
