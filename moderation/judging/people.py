"""How a moderator is named, and what a password has to be; it knows nobody and checks no secret."""

from typing import Final

from moderation.errors import Invalid

PASSWORD_LENGTH: Final = 12
LONGEST_PASSWORD: Final = 1_024


def address_of(email: str) -> str:
    """Returns an e-mail address as it is kept and compared, however it was typed."""
    return email.strip().casefold()


def refuse_no_address(email: str) -> None:
    """Raises Invalid for what is no e-mail address: it would seem as if nothing were stored about that person."""
    local, at, host = email.strip().rpartition("@")
    if not (local and at and host):
        raise Invalid("A person is named by an e-mail address, for example ann@example.org.")


def refuse_bad_password(password: str) -> None:
    """Raises Invalid for a new password that is too short to hold, or too long to be hashed."""
    if not PASSWORD_LENGTH <= len(password) <= LONGEST_PASSWORD:
        raise Invalid(f"A password has {PASSWORD_LENGTH} to {LONGEST_PASSWORD:,} characters.", code="password.refused")
