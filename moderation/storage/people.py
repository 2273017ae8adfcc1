"""Moderators, what they may do where, and their one-time links; passwords and links only as hashes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, update
from sqlmodel import col, select

from moderation.clock import Id, new_id
from moderation.storage.database import Db
from moderation.storage.people_tables import MembershipRow, ModeratorRow, SignInLinkRow
from moderation.storage.tables import SiteRow
from moderation.vocabulary import Role


@dataclass(frozen=True, slots=True)
class NewModerator:
    """Who is to be added: the address that names them, and a password's hash or None."""

    email: str
    password_hash: str | None
    role: Role


@dataclass(frozen=True, slots=True)
class Person:
    """A moderator as the console knows them; `roles` by site. Whoever operates a site and decides there has two."""

    id: Id
    email: str
    name: str
    roles: Mapping[Id, frozenset[Role]] = field(default_factory=dict)
    preferences: Mapping[str, Any] = field(default_factory=dict)
    has_password: bool = False
    has_second_factor: bool = False

    def roles_at(self, site_id: Id) -> frozenset[Role]:
        """Returns the person's roles at a site, none for a site that is not theirs."""
        return self.roles.get(site_id, frozenset())


def add(db: Db, *, site_id: Id, person: NewModerator, now: datetime) -> Id:
    """Gives a person a role at a site and returns the person's id; moderator and lead take each other's place."""
    row = find_row(db, email=person.email)
    if row is None:
        row = ModeratorRow(id=new_id(), email=person.email, created_at=now)
    row.password_hash = person.password_hash or row.password_hash
    db.add(row)
    db.flush()
    if person.role is not Role.OPERATOR:
        remove(db, site_id=site_id, moderator_id=row.id, roles={Role.MODERATOR, Role.LEAD} - {person.role})
    db.merge(MembershipRow(moderator_id=row.id, site_id=site_id, role=person.role))
    db.flush()
    return row.id


def remove(db: Db, *, site_id: Id, moderator_id: Id, roles: Iterable[Role] = Role) -> int:
    """Takes roles at a site from a person, and returns how many those were."""
    gone = delete(MembershipRow).where(col(MembershipRow.site_id) == site_id)
    gone = gone.where(col(MembershipRow.moderator_id) == moderator_id, col(MembershipRow.role).in_(list(roles)))
    return db.connection().execute(gone).rowcount


def find_row(db: Db, *, email: str) -> ModeratorRow | None:
    """Returns the row of the person whom an address names, or None."""
    return db.exec(select(ModeratorRow).where(ModeratorRow.email == email)).one_or_none()


def get_row(db: Db, moderator_id: Id) -> ModeratorRow | None:
    """Returns a person's row, or None."""
    return db.get(ModeratorRow, moderator_id)


def find(db: Db, moderator_id: Id) -> Person | None:
    """Returns a person with their roles at the sites that have not been removed, or None."""
    row = get_row(db, moderator_id)
    if row is None:
        return None
    query = select(MembershipRow.site_id, MembershipRow.role).join(SiteRow, col(SiteRow.id) == MembershipRow.site_id)
    query = query.where(MembershipRow.moderator_id == moderator_id, col(SiteRow.removed_at).is_(None))
    return _person(row, [(site_id, Role(role)) for site_id, role in db.exec(query)])


def of_site(db: Db, *, site_id: Id) -> list[Person]:
    """Returns the people of a site, each with the roles there, in the order of their addresses."""
    query = select(ModeratorRow, MembershipRow.role).join(
        MembershipRow, col(MembershipRow.moderator_id) == ModeratorRow.id
    )
    found: dict[Id, tuple[ModeratorRow, list[tuple[Id, Role]]]] = {}
    for row, role in db.exec(query.where(MembershipRow.site_id == site_id).order_by(ModeratorRow.email)):
        found.setdefault(row.id, (row, []))[1].append((site_id, Role(role)))
    return [_person(row, roles) for row, roles in found.values()]


def names(db: Db, moderator_ids: Iterable[Id]) -> dict[Id, str]:
    """Returns the names by which the team knows people."""
    query = select(ModeratorRow).where(col(ModeratorRow.id).in_(list(moderator_ids)))
    return {row.id: name_of(row) for row in db.exec(query)}


def change(db: Db, moderator_id: Id, **values: Any) -> None:  # noqa: ANN401 - columns of a row
    """Writes values into a person's row."""
    db.connection().execute(update(ModeratorRow).where(col(ModeratorRow.id) == moderator_id).values(**values))


def add_link(db: Db, *, moderator_id: Id, digest: str, expires_at: datetime) -> None:
    """Stores a one-time link by its hash."""
    db.add(SignInLinkRow(digest=digest, moderator_id=moderator_id, expires_at=expires_at))


def find_link(db: Db, *, digest: str, now: datetime) -> Id | None:
    """Returns whose an unused, unexpired one-time link is, or None."""
    query = select(SignInLinkRow.moderator_id).where(SignInLinkRow.digest == digest, SignInLinkRow.expires_at > now)
    return db.exec(query.where(col(SignInLinkRow.used_at).is_(None))).one_or_none()


def use_link(db: Db, *, digest: str, now: datetime) -> bool:
    """Uses a one-time link up and returns whether this was the first to do so."""
    unused = update(SignInLinkRow).where(col(SignInLinkRow.digest) == digest, col(SignInLinkRow.used_at).is_(None))
    return db.connection().execute(unused.values(used_at=now)).rowcount == 1


def use_code(db: Db, moderator_id: Id, *, step: int) -> bool:
    """Uses a one-time code up by its step and returns whether neither it nor a later one was used before."""
    own = update(ModeratorRow).where(col(ModeratorRow.id) == moderator_id)
    used = col(ModeratorRow.totp_used)
    return db.connection().execute(own.where(or_(used.is_(None), used < step)).values(totp_used=step)).rowcount == 1


def has_been_in(db: Db, moderator_id: Id) -> bool:
    """Returns whether a person can get in by themselves, or has been in by a one-time link."""
    row = get_row(db, moderator_id)
    used = select(SignInLinkRow.digest).where(SignInLinkRow.moderator_id == moderator_id)
    has_used = db.exec(used.where(col(SignInLinkRow.used_at).is_not(None)).limit(1)).first() is not None
    return has_used or (row is not None and row.password_hash is not None)


def _person(row: ModeratorRow, roles: Iterable[tuple[Id, Role]]) -> Person:
    by_site: dict[Id, set[Role]] = {}
    for site_id, role in roles:
        by_site.setdefault(site_id, set()).add(role)
    return Person(
        id=row.id,
        email=row.email,
        name=name_of(row),
        roles={site_id: frozenset(found) for site_id, found in by_site.items()},
        preferences=row.preferences or {},
        has_password=row.password_hash is not None,
        has_second_factor=row.totp_secret is not None,
    )


def name_of(row: ModeratorRow) -> str:
    """Returns the name by which the team knows a person: their own, or how their address begins."""
    return row.name or row.email.partition("@")[0]
