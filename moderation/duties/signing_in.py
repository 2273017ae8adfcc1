"""To moderators: only they get in, and they alone see and end their logins; it decides about no comment.

Unknown addresses, wrong passwords, wrong codes and used links get one answer, after the same work.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Self

from moderation.clock import Id
from moderation.errors import Invalid, Unauthenticated
from moderation.judging.comment import LIMITS, is_storable
from moderation.judging.people import LONGEST_PASSWORD, address_of, refuse_bad_password
from moderation.judging.preferences import Preferences
from moderation.seal import (
    Seal,
    digest,
    hash_password,
    is_outdated,
    is_password,
    new_session_secret,
    new_totp_secret,
    totp_address,
    totp_step,
)
from moderation.storage import claims, people, sessions
from moderation.storage.database import Db
from moderation.storage.people import Person
from moderation.storage.people_tables import ModeratorRow
from moderation.storage.sessions import Login

__all__ = [
    "Claimant",
    "Login",
    "Person",
    "Secrets",
    "Visit",
    "begin_second_factor",
    "change_name",
    "change_password",
    "claimant_of_link",
    "claimant_of_password",
    "confirm_second_factor",
    "end_everywhere",
    "enter",
    "forget_ended",
    "leave",
    "logins_of",
    "note_seen",
    "prefer",
    "remove_second_factor",
    "visit",
]

ISSUER: Final = "Candor"
_REFUSED: Final = "That did not work. Check the address, the password and the code, or use a fresh link."


@dataclass(frozen=True, slots=True)
class Secrets:
    """What somebody shows to get in: an address and a password, or a one-time link; and a code where one is needed."""

    email: str = ""
    password: str = field(default="", repr=False)
    link: str = field(default="", repr=False)
    code: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Claimant:
    """Who somebody claims to be, as stored; empty where there is no such person, so that checking takes as long."""

    moderator_id: Id | None = None
    password_hash: str | None = field(default=None, repr=False)
    totp_secret: bytes | None = field(default=None, repr=False)
    totp_used: int | None = None
    link_digest: str = ""

    @classmethod
    def of(cls, row: ModeratorRow | None, link_digest: str = "") -> Self:
        """Returns the claimant behind a row."""
        if row is None:
            return cls()
        return cls(row.id, row.password_hash, row.totp_secret, row.totp_used, link_digest)


@dataclass(frozen=True, slots=True)
class Visit:
    """A person who is signed in, and the login by which they are."""

    person: Person
    login: Login


def claimant_of_password(db: Db, shown: Secrets) -> Claimant:
    """Returns whose password may have been shown."""
    named = address_of(shown.email)
    return Claimant.of(people.find_row(db, email=named) if is_storable(named) else None)


def claimant_of_link(db: Db, shown: Secrets, *, now: datetime) -> Claimant:
    """Returns whose one-time link may have been shown."""
    hashed = digest(shown.link)
    moderator_id = people.find_link(db, digest=hashed, now=now)
    return Claimant.of(people.get_row(db, moderator_id) if moderator_id else None, hashed)


def is_right(seal: Seal, claimant: Claimant, shown: Secrets, *, now: datetime) -> bool:
    """Returns whether what was shown fits; takes as long for nobody as for somebody, and reads no database."""
    is_known = bool(shown.link) or is_password(claimant.password_hash, shown.password[: LONGEST_PASSWORD + 1])
    return is_known and claimant.moderator_id is not None and _step(seal, claimant, shown.code, now) is not None


def enter(db: Db, *, seal: Seal, claimant: Claimant, shown: Secrets, network: str, now: datetime) -> str:
    """Begins a login for whom `is_right` said so, and returns its secret; links and codes work once.

    Raises:
        Unauthenticated: where a link or code was used in between.
    """
    step = _step(seal, claimant, shown.code, now)
    if claimant.moderator_id is None or step is None:
        raise refused()
    if step and not people.use_code(db, claimant.moderator_id, step=step):
        raise refused()
    if shown.link and not people.use_link(db, digest=claimant.link_digest, now=now):
        raise refused()
    is_checked = bool(shown.password) and not shown.link  # beside a link nobody has looked at it
    if is_checked and claimant.password_hash and is_outdated(claimant.password_hash):
        people.change(db, claimant.moderator_id, password_hash=hash_password(shown.password))
    secret = new_session_secret()
    sessions.add(db, moderator_id=claimant.moderator_id, digest=digest(secret), network=network, now=now)
    return secret


def refused() -> Unauthenticated:
    """Returns the one answer to whatever does not fit."""
    return Unauthenticated(_REFUSED, code="sign_in.refused")


def _step(seal: Seal, claimant: Claimant, code: str, now: datetime) -> int | None:
    """The step of a right code, 0 where none is asked for, None for a wrong or used one."""
    if claimant.totp_secret is None:
        return 0
    secret = seal.open("totp", claimant.totp_secret, to=str(claimant.moderator_id))
    step = totp_step(secret.decode(), code, now) if secret is not None else None
    return step if step is not None and step > (claimant.totp_used or 0) else None


def visit(db: Db, *, secret: str, now: datetime) -> Visit | None:
    """Returns who is signed in by a browser's secret, or None."""
    login = sessions.find(db, digest=digest(secret), now=now) if secret else None
    person = people.find(db, login.moderator_id) if login else None
    return Visit(person, login) if person and login else None


def note_seen(db: Db, *, seen: Visit, now: datetime) -> None:
    """Notes that a login is used; for pages that change nothing else, no more often than once a minute."""
    sessions.note_seen(db, digest=seen.login.digest, now=now)


def is_to_be_noted(seen: Visit, *, now: datetime) -> bool:
    """Returns whether a login's last use is old enough to be noted anew."""
    return seen.login.seen_at <= now - sessions.NOTED_EVERY


def leave(db: Db, *, seen: Visit) -> None:
    """Ends a login, and gives back what its owner was on."""
    sessions.end(db, digest=seen.login.digest)
    claims.give_all_back(db, moderator_id=seen.person.id)


def end_everywhere(db: Db, *, seen: Visit, keeps_this: bool) -> int:
    """Ends all logins of a person and gives back what they were on, or all but the present one; returns how many."""
    if not keeps_this:
        claims.give_all_back(db, moderator_id=seen.person.id)
    return sessions.end_all(db, moderator_id=seen.person.id, but=seen.login.digest if keeps_this else "")


def logins_of(db: Db, *, person: Person, now: datetime) -> list[Login]:
    """Returns a person's logins, the one used last first."""
    return sessions.of_moderator(db, moderator_id=person.id, now=now)


def change_password(db: Db, *, seen: Visit, current: str, new: str) -> None:
    """Sets a person's password; whoever has one shows it, and every other login ends.

    Raises:
        Invalid: for a wrong present password, or a new one that is too short, too long or easy to guess.
    """
    row = people.get_row(db, seen.person.id)
    if row is None or (row.password_hash is not None and not is_password(row.password_hash, current)):
        raise Invalid("The present password is not right.", code="password.refused")
    refuse_bad_password(new, seen.person.email)
    people.change(db, seen.person.id, password_hash=hash_password(new))
    sessions.end_all(db, moderator_id=seen.person.id, but=seen.login.digest)


def change_name(db: Db, *, person: Person, name: str) -> None:
    """Sets the name by which the team knows a person; raises Invalid for one that cannot be shown."""
    said = " ".join(name.split())
    if len(said) > LIMITS["name"]:
        raise Invalid(f"A name has at most {LIMITS['name']} characters.")
    if not is_storable(said) or not said.isprintable():
        raise Invalid("There is a character in this name that nobody can see. Type the name anew, then save it.")
    people.change(db, person.id, name=said or None)


def prefer(db: Db, *, person: Person, given: Mapping[str, Any]) -> Preferences:
    """Stores how a person likes the console; raises Invalid for what cannot be."""
    try:
        preferences = Preferences.of(given)
    except (ValueError, TypeError) as error:
        raise Invalid(f"{error}.", code="preferences.invalid") from None
    people.change(db, person.id, preferences=preferences.as_json())
    return preferences


def begin_second_factor(*, seal: Seal, person: Person) -> tuple[str, str, str]:
    """Returns a fresh secret, its address for an application, and the secret sealed for the form that confirms it."""
    secret = new_totp_secret()
    sealed = seal.close("totp", secret.encode(), to=str(person.id)).hex()
    return secret, totp_address(secret, email=person.email, issuer=ISSUER), sealed


def confirm_second_factor(db: Db, *, seal: Seal, seen: Visit, sealed: str, code: str, now: datetime) -> None:
    """Turns the second factor on once its first code is right, and ends every other login.

    Raises:
        Invalid: for a wrong code, or where there is one already: only its code takes it off.
    """
    person = people.find(db, seen.person.id)
    if person is None or person.has_second_factor:
        raise Invalid("There is a second factor already; take it off with its code first.", code="code.refused")
    try:
        kept = bytes.fromhex(sealed)
    except ValueError:
        kept = b""
    secret = seal.open("totp", kept, to=str(person.id))
    step = totp_step(secret.decode(), code, now) if secret is not None else None
    if step is None:
        raise Invalid("That code is not right; try the one that shows now.", code="code.refused")
    people.change(db, person.id, totp_secret=kept, totp_used=step)
    sessions.end_all(db, moderator_id=person.id, but=seen.login.digest)


def remove_second_factor(db: Db, *, seal: Seal, person: Person, code: str, now: datetime) -> None:
    """Turns the second factor off for whoever can still show a code; raises Invalid."""
    if not _step(seal, Claimant.of(people.get_row(db, person.id)), code, now):
        raise Invalid("That code is not right; try the one that shows now.", code="code.refused")
    people.change(db, person.id, totp_secret=None, totp_used=None)


def forget_ended(db: Db, *, now: datetime) -> int:
    """Deletes logins and leases that have ended, and returns how many."""
    return sessions.forget(db, now=now) + claims.forget(db, now=now)
