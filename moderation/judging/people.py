"""How a moderator is named, and what a password has to be; it knows nobody and checks no secret."""

import re
from typing import Final

from moderation.errors import Invalid

PASSWORD_LENGTH: Final = 12
LONGEST_PASSWORD: Final = 1_024
_UNGUESSED: Final = 8
"""Characters that have to be left of a password once what anyone would try first is taken out."""
_DIFFERENT: Final = 5
_OWN: Final = 3
"""Letters from which on a part of somebody's address counts as theirs."""
_LOOKED_AT: Final = 128
"""Characters that are looked at: what is longer is not guessed from its beginning."""
_ROWS: Final = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "qwertzuiop",
    "asdfghjkl",
    "zxcvbnm",
    "yxcvbnm",
)
_STEP: Final = 4
_RUNS: Final = frozenset(
    row[start : start + _STEP] for each in _ROWS for row in (each, each[::-1]) for start in range(len(row) - _STEP + 1)
)
_REPEATED: Final = re.compile(r"(.{1,6}?)\1{2,}")
_COMMON: Final = (
    *("administrator", "moderator", "password", "passwort", "passw0rd", "p@ssw0rd", "changeme", "baseball", "football"),
    *("iloveyou", "princess", "sunshine", "superman", "trustno1", "welcome", "willkommen", "letmein", "monkey"),
    *(
        "dragon",
        "master",
        "secret",
        "geheim",
        "shadow",
        "qwerty",
        "candor",
        "admin",
        "login",
        "hello",
        "hallo",
        "1q2w3e4r",
    ),
)
_EASY: Final = (
    "This password is easy to guess: it is mostly your address, a run such as 1234, the same again and again, or a "
    "word that many take. Take a few words that do not belong together."
)


def address_of(email: str) -> str:
    """Returns an e-mail address as it is kept and compared, however it was typed."""
    return email.strip().casefold()


def refuse_no_address(email: str) -> None:
    """Raises Invalid for what is no e-mail address: it would seem as if nothing were stored about that person."""
    local, at, host = email.strip().rpartition("@")
    if not (local and at and host):
        raise Invalid("A person is named by an e-mail address, for example ann@example.org.")


def refuse_bad_password(password: str, email: str) -> None:
    """Raises Invalid for a new password that is too short to hold, too long to be hashed, or easy to guess."""
    if not PASSWORD_LENGTH <= len(password) <= LONGEST_PASSWORD:
        raise Invalid(f"A password has {PASSWORD_LENGTH} to {LONGEST_PASSWORD:,} characters.", code="password.refused")
    left = _unguessed(password[:_LOOKED_AT].casefold(), address_of(email))
    if len(left) < _UNGUESSED or len(set(left)) < _DIFFERENT:
        raise Invalid(_EASY, code="password.refused")


def _unguessed(password: str, email: str) -> str:
    """What is left of a password without its owner's address, common words, runs, and the same again and again."""
    own = [part for part in re.split(r"[^\w]+|_", email) if len(part) >= _OWN]
    for known in sorted((email, *own, *_COMMON), key=len, reverse=True):
        password = password.replace(known, " ") if known else password
    places = {
        place
        for start in range(len(password) - _STEP + 1)
        if password[start : start + _STEP] in _RUNS
        for place in range(start, start + _STEP)
    }
    rest = "".join(sign for place, sign in enumerate(password) if place not in places and not sign.isspace())
    return _REPEATED.sub(r"\1", rest)
