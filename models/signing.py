"""Digests and Ed25519 signatures of model folders; it knows bytes and keys, not models."""

import base64
import binascii
import hashlib
import os
from pathlib import Path
from typing import Final, TypeAlias

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

PrivateKey: TypeAlias = Ed25519PrivateKey

TRUSTED_KEYS: Final = Path(__file__).parent / "trusted_keys"
SIGNATURE_BYTES: Final = 64
_KEY_BYTES: Final = 32


class SigningError(Exception):
    """A key or signature that cannot be used; the text says which and why."""


def digest(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def sign(data: bytes, key: PrivateKey) -> str:
    """The Ed25519 signature of the data as one line of base64."""
    return base64.b64encode(key.sign(data)).decode("ascii") + "\n"


def verify(data: bytes, signature: str, keys: dict[str, Ed25519PublicKey]) -> str:
    """The name of the trusted key that made the signature; raises ``SigningError`` if none did."""
    try:
        raw = base64.b64decode(signature.strip(), validate=True)
    except (binascii.Error, ValueError) as error:
        message = "the signature is not base64"
        raise SigningError(message) from error
    for name, key in keys.items():
        if len(raw) == SIGNATURE_BYTES and _is_valid(data, raw, key):
            return name
    message = f"no trusted key ({', '.join(sorted(keys)) or 'there is none'}) made this signature"
    raise SigningError(message)


def _is_valid(data: bytes, signature: bytes, key: Ed25519PublicKey) -> bool:
    try:
        key.verify(signature, data)
    except InvalidSignature:
        return False
    return True


def trusted_keys(folder: Path = TRUSTED_KEYS) -> dict[str, Ed25519PublicKey]:
    """The public keys in ``*.pub`` files (one line of hexadecimal each), by file name."""
    return {path.stem: _read_public(path) for path in sorted(folder.glob("*.pub"))}


def _read_public(path: Path) -> Ed25519PublicKey:
    try:
        return Ed25519PublicKey.from_public_bytes(bytes.fromhex(path.read_text(encoding="ascii").strip()))
    except (ValueError, UnicodeDecodeError) as error:
        message = f"{path} is not a public key: it must hold {_KEY_BYTES} bytes in hexadecimal"
        raise SigningError(message) from error


def public_line(key: PrivateKey) -> str:
    """The public half as one line of hexadecimal, as it stands in a ``.pub`` file."""
    return key.public_key().public_bytes_raw().hex() + "\n"


def read_or_create_key(path: Path) -> PrivateKey:
    """The private key in a file of 64 hexadecimal digits; a missing file is made, readable by its owner only."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(Ed25519PrivateKey.generate().private_bytes_raw().hex() + "\n")
    try:
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text(encoding="ascii").strip()))
    except (ValueError, UnicodeDecodeError) as error:
        message = f"{path} is not a signing key: it must hold {_KEY_BYTES} bytes in hexadecimal; remove it to make one"
        raise SigningError(message) from error
