"""Keys and signatures."""

import stat

import pytest

from models import signing
from models.signing import SigningError


def test_a_missing_key_is_made_for_its_owner_only_and_kept(tmp_path):
    path = tmp_path / "keys" / "signing.key"
    first = signing.read_or_create_key(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert signing.public_line(signing.read_or_create_key(path)) == signing.public_line(first)


def test_a_signature_is_known_by_the_name_of_its_key(key, trusted):
    keys = signing.trusted_keys(trusted)
    assert signing.verify(b"data", signing.sign(b"data", key), keys) == "test"
    with pytest.raises(SigningError, match="no trusted key"):
        signing.verify(b"other data", signing.sign(b"data", key), keys)


def test_broken_keys_are_named(tmp_path):
    (tmp_path / "bad.pub").write_text("abc", encoding="ascii")
    (tmp_path / "bad.key").write_text("abc", encoding="ascii")
    with pytest.raises(SigningError, match=r"bad\.pub is not a public key"):
        signing.trusted_keys(tmp_path)
    with pytest.raises(SigningError, match=r"bad\.key is not a signing key"):
        signing.read_or_create_key(tmp_path / "bad.key")
