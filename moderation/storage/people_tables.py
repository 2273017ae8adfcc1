"""The rows about people who decide, and what they do together: inert, like all rows; comments are in `tables.py`."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, LargeBinary
from sqlmodel import Field, SQLModel

from moderation.clock import Id
from moderation.storage.columns import JsonValue, UtcTime, by_value, name_constraints, only_where
from moderation.vocabulary import Label, Role

name_constraints(SQLModel.metadata)


class ModeratorRow(SQLModel, table=True):
    """A person who decides."""

    __tablename__ = "moderators"

    id: Id = Field(primary_key=True)
    email: str = Field(unique=True)
    password_hash: str | None = None
    created_at: datetime = Field(sa_type=UtcTime)
    name: str | None = None
    totp_secret: bytes | None = Field(default=None, sa_type=LargeBinary)
    totp_used: int | None = Field(default=None, sa_type=BigInteger)
    preferences: dict[str, Any] | None = Field(default=None, sa_type=JsonValue)


class MembershipRow(SQLModel, table=True):
    """One role of a moderator at a site; who operates a site and also decides there has two."""

    __tablename__ = "memberships"

    moderator_id: Id = Field(primary_key=True, foreign_key="moderators.id")
    site_id: Id = Field(primary_key=True, foreign_key="sites.id", index=True)
    role: Role = Field(primary_key=True, sa_type=by_value(Role))


class SignInLinkRow(SQLModel, table=True):
    """A one-time way into the console."""

    __tablename__ = "sign_in_links"

    digest: str = Field(primary_key=True)
    moderator_id: Id = Field(foreign_key="moderators.id", index=True)
    expires_at: datetime = Field(sa_type=UtcTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcTime)


class SessionRow(SQLModel, table=True):
    """A moderator's login, found by the hash of what the browser holds."""

    __tablename__ = "sessions"

    digest: str = Field(primary_key=True)
    moderator_id: Id = Field(foreign_key="moderators.id", index=True)
    created_at: datetime = Field(sa_type=UtcTime)
    seen_at: datetime = Field(sa_type=UtcTime)
    network: str


class ClaimRow(SQLModel, table=True):
    """A moderator's short lease on a queued comment."""

    __tablename__ = "claims"
    __table_args__ = (Index("ix_claims_moderator", "site_id", "moderator_id"),)

    comment_id: Id = Field(primary_key=True, foreign_key="comments.id")
    site_id: Id = Field(foreign_key="sites.id")
    moderator_id: Id = Field(foreign_key="moderators.id")
    until: datetime = Field(sa_type=UtcTime)


class NoteRow(SQLModel, table=True):
    """What a moderator wrote for the team about a comment, or about its author."""

    __tablename__ = "notes"
    __table_args__ = (
        Index("ix_notes_comment", "site_id", "comment_id", "id"),
        Index("ix_notes_author", "site_id", "author_email_code", **only_where("author_email_code IS NOT NULL")),
    )

    id: Id = Field(primary_key=True)
    site_id: Id = Field(foreign_key="sites.id")
    comment_id: Id = Field(foreign_key="comments.id", index=True)
    author_email_code: str | None = None
    moderator_id: Id = Field(foreign_key="moderators.id")
    written_at: datetime = Field(sa_type=UtcTime)
    text: str


class SecondLookRow(SQLModel, table=True):
    """A moderator's decision drawn by chance for another moderator to look at without knowing it."""

    __tablename__ = "second_looks"
    __table_args__ = (
        Index("ix_second_looks_open", "site_id", "decision_id", **only_where("looked_at IS NULL")),
        Index("ix_second_looks_comment", "site_id", "comment_id"),
    )

    decision_id: Id = Field(primary_key=True, foreign_key="decisions.id")
    site_id: Id = Field(foreign_key="sites.id")
    comment_id: Id = Field(foreign_key="comments.id", index=True)
    drawn_at: datetime = Field(sa_type=UtcTime)
    first: Label = Field(sa_type=by_value(Label))
    first_by: Id = Field(foreign_key="moderators.id")
    second: Label | None = Field(default=None, sa_type=by_value(Label))
    second_by: Id | None = Field(default=None, foreign_key="moderators.id")
    looked_at: datetime | None = Field(default=None, sa_type=UtcTime)
