"""The rows behind what is owed to writers: notices, appeals, requests, mails, deletions; inert, like all rows."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, LargeBinary
from sqlmodel import Field, SQLModel

from moderation.clock import Id
from moderation.storage.columns import UtcTime, by_value, name_constraints, only_where
from moderation.vocabulary import Outcome, RequestKind

name_constraints(SQLModel.metadata)


class NoticeRow(SQLModel, table=True):
    """A version of a site's notice: its rules as canonical JSON, chained to the version before it."""

    __tablename__ = "notices"

    site_id: Id = Field(primary_key=True, foreign_key="sites.id")
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    version: str
    facts: str
    in_force_since: datetime = Field(sa_type=UtcTime)
    digest: str


class AppealRow(SQLModel, table=True):
    """A writer asks for a second look at a decision; the database itself refuses the first decider as its judge."""

    __tablename__ = "appeals"
    __table_args__ = (
        CheckConstraint("heard_by IS NULL OR first_by IS NULL OR heard_by <> first_by", name="another_person"),
        Index("ix_appeals_open", "site_id", "opened_at", **only_where("heard_at IS NULL")),
    )

    id: Id = Field(primary_key=True)
    site_id: Id = Field(foreign_key="sites.id")
    comment_id: Id = Field(foreign_key="comments.id", index=True)
    decision_id: Id = Field(unique=True)
    first_by: Id | None = Field(default=None, foreign_key="moderators.id")
    opened_at: datetime = Field(sa_type=UtcTime)
    text: str
    heard_at: datetime | None = Field(default=None, sa_type=UtcTime)
    heard_by: Id | None = Field(default=None, foreign_key="moderators.id")
    outcome: Outcome | None = Field(default=None, sa_type=by_value(Outcome))
    reply: str | None = None


class SubjectRequestRow(SQLModel, table=True):
    """What somebody asked for about their own data, and when it was done; no person is named."""

    __tablename__ = "subject_requests"
    __table_args__ = (Index("ix_subject_requests_site", "site_id", "kind", "made_at"),)

    id: Id = Field(primary_key=True)
    site_id: Id = Field(foreign_key="sites.id")
    comment_id: Id | None = Field(default=None, index=True)
    kind: RequestKind = Field(sa_type=by_value(RequestKind))
    made_at: datetime = Field(sa_type=UtcTime)
    done_at: datetime | None = Field(default=None, sa_type=UtcTime)


class PassRow(SQLModel, table=True):
    """A further secret that opens one comment's receipt for a short time."""

    __tablename__ = "passes"

    digest: str = Field(primary_key=True)
    site_id: Id = Field(foreign_key="sites.id")
    comment_id: Id = Field(foreign_key="comments.id", index=True)
    ends_at: datetime = Field(sa_type=UtcTime)


class MailRow(SQLModel, table=True):
    """A mail that waits to be sent; the address is locked with the service's key, and the row goes when it is sent."""

    __tablename__ = "mails"

    id: Id = Field(primary_key=True)
    sealed_to: bytes = Field(sa_type=LargeBinary)
    language: str
    asked_at: datetime = Field(sa_type=UtcTime)
    due_at: datetime = Field(sa_type=UtcTime, index=True)
    tries: int


class MailedLinkRow(SQLModel, table=True):
    """What a mailed link opens, once: the comments of one address at one site."""

    __tablename__ = "mailed_links"

    digest: str = Field(primary_key=True)
    site_id: Id = Field(primary_key=True, foreign_key="sites.id")
    email_code: str
    ends_at: datetime = Field(sa_type=UtcTime, index=True)


class ContactRow(SQLModel, table=True):
    """How often the service spoke to another machine on a day, and what for."""

    __tablename__ = "contacts"

    day: date = Field(primary_key=True)
    purpose: str = Field(primary_key=True)
    count: int


class RetentionRunRow(SQLModel, table=True):
    """One run of the retention sweep, and what it did."""

    __tablename__ = "retention_runs"

    id: Id = Field(primary_key=True)
    ran_at: datetime = Field(sa_type=UtcTime, index=True)
    deleted: int
    reduced: int


class NetworkKeyRow(SQLModel, table=True):
    """The key under which network addresses are kept as codes for a while; destroyed after it, so are the links."""

    __tablename__ = "network_keys"

    began_at: datetime = Field(primary_key=True, sa_type=UtcTime)
    key: bytes = Field(sa_type=LargeBinary)


class TallyRow(SQLModel, table=True):
    """Figures of a month that outlive the comments they were counted from; no id leads back to one."""

    __tablename__ = "tallies"

    site_id: Id = Field(primary_key=True, foreign_key="sites.id")
    month: date = Field(primary_key=True)
    name: str = Field(primary_key=True)
    count: int


class BackupRow(SQLModel, table=True):
    """A copy that was taken of everything, and by when it must be gone."""

    __tablename__ = "backups"

    id: Id = Field(primary_key=True)
    taken_at: datetime = Field(sa_type=UtcTime, index=True)
    gone_by: datetime | None = Field(default=None, sa_type=UtcTime)
