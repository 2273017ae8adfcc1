"""Keys, hashes and sealed values: the only place that touches secrets, besides model signatures and certificates."""

import hashlib
import hmac
import os
import secrets
import string
import zlib
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, cached_property
from types import ModuleType
from typing import Final

import argon2
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SECRET_BYTES: Final = 32
TOKEN_PREFIX: Final = "cdr_"  # noqa: S105 - the public beginning of every token, no secret
_BASE62: Final = string.digits + string.ascii_letters
_CROCKFORD: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_NONCE_BYTES: Final = 12
_TOTP_SECONDS: Final = 30
_LABELS: Final = (
    *("akismet-key", "audit", "email", "fingerprint", "reporter", "chain", "answer", "idempotency"),
    *("form", "second-look", "totp", "mail", "network-key", "statement", "delay"),
)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What opens a comment's receipt: a public locator (60 bits) and a secret (130 bits), in Crockford's base 32."""

    locator: str
    secret: str = field(repr=False)

    @property
    def token(self) -> str:
        """The pair as it stands in the address's fragment."""
        return f"{self.locator}.{self.secret}"


@dataclass(frozen=True)
class Seal:
    """The service's secret and everything derived from it; each purpose has its own key (HKDF, RFC 5869)."""

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) < SECRET_BYTES:
            raise ValueError(f"the service secret needs at least {SECRET_BYTES} bytes")

    def _derive(self, label: str) -> bytes:
        return HKDF(SHA256(), SECRET_BYTES, salt=None, info=f"candor/{label}".encode()).derive(self.secret)

    @cached_property
    def _keys(self) -> dict[str, bytes]:
        return {label: self._derive(label) for label in _LABELS}

    def code(self, label: str, *parts: str) -> str:
        """Returns a keyed hash (64 hex characters) of texts; the same texts give the same code.

        BLAKE2b in its keyed mode (RFC 7693, section 2.9): a MAC like HMAC, at a fifth of its time on every comment.

        Raises:
            KeyError: for a purpose that has no key.
        """
        encoded = [part.encode("utf-8", "replace") for part in parts]
        message = b"".join([len(part).to_bytes(8) + part for part in encoded])
        return hashlib.blake2b(message, digest_size=32, key=self._keys[label]).hexdigest()

    def close(self, label: str, content: bytes, *, to: str) -> bytes:
        """Returns content that opens only with this service's secret *and* the text `to` (AES-256-GCM)."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + AESGCM(self._key_for(label, to)).encrypt(nonce, content, None)

    def open(self, label: str, sealed: bytes, *, to: str) -> bytes | None:
        """Returns what was closed, or None where secret or text differ, or a byte is missing or changed."""
        try:
            return AESGCM(self._key_for(label, to)).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], None)
        except (InvalidTag, ValueError):  # ValueError: too short to hold a nonce
            return None

    def sign(self, content: bytes) -> bytes:
        """Returns this service's Ed25519 signature (64 bytes) of content, which anybody can check with `public_key`."""
        return self._signer.sign(content)

    @property
    def public_key(self) -> bytes:
        """The 32 bytes by which this service's signatures are checked."""
        return self._signer.public_key().public_bytes_raw()

    @cached_property
    def _signer(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self._derive("signature"))

    def _key_for(self, label: str, to: str) -> bytes:
        return hmac.digest(self._keys[label], to.encode("utf-8", "replace"), "sha256")


def new_secret() -> bytes:
    """Returns a fresh service secret of 32 bytes."""
    return secrets.token_bytes(SECRET_BYTES)


def new_network_key() -> bytes:
    """Returns a fresh key for codes of network addresses, 32 bytes."""
    return secrets.token_bytes(SECRET_BYTES)


def code_under(key: bytes, *parts: str) -> str:
    """Returns a keyed hash (32 hex characters) of texts under a key of its own, which can be destroyed."""
    message = b"".join([len(part.encode()).to_bytes(8) + part.encode() for part in parts])
    return hashlib.blake2b(message, digest_size=16, key=key).hexdigest()


def new_akismet_key() -> str:
    """Returns 12 hexadecimal characters, the only form that Akismet's clients accept (akismet.md 1)."""
    return secrets.token_hex(6)


def new_api_token() -> str:
    """Returns `cdr_`, 256 random bits in base 62, and a checksum by which a mistyped token is known at once."""
    body = _base62(secrets.randbits(256), 43)
    return f"{TOKEN_PREFIX}{body}{_checksum(body)}"


def is_token(text: str) -> bool:
    """Returns whether a text has the form of a token and its checksum fits."""
    body = text.removeprefix(TOKEN_PREFIX)
    return text.startswith(TOKEN_PREFIX) and body.isascii() and equal(_checksum(body[:-6]), body[-6:])


def digest(text: str) -> str:
    """Returns the SHA-256 (64 hex characters) of a text with much entropy, such as a token; never of a password."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def equal(left: str, right: str) -> bool:
    """Compares two texts in a time that tells nothing about where they differ."""
    return hmac.compare_digest(left.encode("utf-8", "replace"), right.encode("utf-8", "replace"))


def new_receipt() -> Receipt:
    """Returns a fresh receipt."""
    return Receipt(_crockford(60 // 5), _crockford(130 // 5))


def new_session_secret() -> str:
    """Returns what a moderator's browser holds, 256 bits."""
    return secrets.token_urlsafe(32)


def new_totp_secret() -> str:
    """Returns a fresh secret for one-time codes, 160 bits in base 32 (RFC 4226, section 4)."""
    secret: str = _pyotp().random_base32()
    return secret


def totp_step(secret: str, code: str, at: datetime) -> int | None:
    """Returns which 30-second step of RFC 6238 a code belongs to, at most one away from `at`; None for a wrong one."""
    step = int(at.timestamp()) // _TOTP_SECONDS
    totp = _pyotp().TOTP(secret)
    near = {other: totp.generate_otp(other) for other in (step, step - 1, step + 1)}
    return next((other for other, right in near.items() if equal(right, code.strip().replace(" ", ""))), None)


def totp_address(secret: str, *, email: str, issuer: str) -> str:
    """Returns the address by which an authenticator application takes a secret over."""
    address: str = _pyotp().TOTP(secret).provisioning_uri(name=email, issuer_name=issuer)
    return address


def _pyotp() -> ModuleType:
    """Loaded by whoever has a second factor, not by every start."""
    import pyotp

    return pyotp


def new_link_secret() -> str:
    """Returns the secret part of a one-time link, 256 bits, fit for an address."""
    return secrets.token_urlsafe(32)


def hash_password(password: str) -> str:
    """Returns an argon2id hash with the library's current parameters."""
    return argon2.PasswordHasher().hash(password.encode("utf-8", "replace"))


def is_password(hashed: str | None, password: str) -> bool:
    """Returns whether a password is the one behind a hash; where there is none, the same work is done in vain."""
    try:
        right = argon2.PasswordHasher().verify(hashed or _nobodys_password(), password.encode("utf-8", "replace"))
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
        return False
    return right and hashed is not None


def is_outdated(hashed: str) -> bool:
    """Returns whether a hash was made with weaker parameters than the library's current ones."""
    return argon2.PasswordHasher().check_needs_rehash(hashed)


@cache
def _nobodys_password() -> str:
    return hash_password(secrets.token_urlsafe(16))


def _base62(number: int, length: int) -> str:
    digits = []
    for _ in range(length):
        number, rest = divmod(number, 62)
        digits.append(_BASE62[rest])
    return "".join(digits)


def _checksum(body: str) -> str:
    return _base62(zlib.crc32(body.encode()), 6)


def _crockford(length: int) -> str:
    """Five random bits a character; a byte's upper three are left out, which keeps every character equally likely."""
    return "".join([_CROCKFORD[byte & 31] for byte in os.urandom(length)])
