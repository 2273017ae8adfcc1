"""The rows: inert columns, no behaviour; each column's meaning for readers stands in `fields.py`."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from moderation.clock import Id
from moderation.storage import people_tables, rights_tables  # noqa: F401 - they belong to the same tables
from moderation.storage.columns import JsonValue, UtcTime, by_value, name_constraints, only_where
from moderation.vocabulary import (
    Actor,
    Band,
    Category,
    Channel,
    ErasedBy,
    EventKind,
    KeyKind,
    Label,
    LessonKind,
    RuleKind,
    State,
    Verdict,
    Waiting,
)

name_constraints(SQLModel.metadata)
_WAITS = "waits_as IS NOT NULL"
_DUE = "state = '{0}' AND delete_{0}_after IS NOT NULL"
_IN_QUEUE = f"{_WAITS} AND (alike_to IS NULL OR alike_to = id)"


class DirectoryRow(SQLModel, table=True):
    """One row that counts every change to sites, keys and rules, so that caches know when they are old."""

    __tablename__ = "directory"

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    revision: int


class SiteRow(SQLModel, table=True):
    """A tenant: one community whose comments are judged."""

    __tablename__ = "sites"

    id: Id = Field(primary_key=True)
    home_url: str
    name: str
    created_at: datetime = Field(sa_type=UtcTime)
    removed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    suspended_at: datetime | None = Field(default=None, sa_type=UtcTime)
    hold_at: float
    remove_at: float
    discard_at: float
    removal_by_program: bool
    discards: bool
    trusts_administrators: bool
    is_listed: bool
    policy_version: int
    removes_from: float | None = None
    calibrated_at: datetime | None = Field(default=None, sa_type=UtcTime)
    calibrated_model: str | None = None
    alarmed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    answer_within_hours: int = Field(default=24, sa_column_kwargs={"server_default": "24"})


class KeyRow(SQLModel, table=True):
    """An Akismet key or API token of a site, stored as a hash."""

    __tablename__ = "keys"

    id: Id = Field(primary_key=True)
    site_id: Id = Field(foreign_key="sites.id", index=True)
    kind: KeyKind = Field(sa_type=by_value(KeyKind))
    digest: str = Field(unique=True)
    scopes: list[str] = Field(sa_type=JsonValue)
    created_at: datetime = Field(sa_type=UtcTime)
    expires_at: datetime | None = Field(default=None, sa_type=UtcTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcTime)


class RuleRow(SQLModel, table=True):
    """A site's own deterministic condition."""

    __tablename__ = "rules"

    id: Id = Field(primary_key=True)
    site_id: Id = Field(foreign_key="sites.id", index=True)
    kind: RuleKind = Field(sa_type=by_value(RuleKind))
    pattern: str
    verdict: Verdict = Field(sa_type=by_value(Verdict))
    created_at: datetime = Field(sa_type=UtcTime)
    retired_at: datetime | None = Field(default=None, sa_type=UtcTime)


class CommentRow(SQLModel, table=True):
    """A comment as received, in the forms that the notice states, and where it is now."""

    __tablename__ = "comments"
    __table_args__ = (
        Index("ix_comments_site_fingerprint", "site_id", "fingerprint"),
        Index("ix_comments_site_likeness", "site_id", "likeness"),
        Index("ix_comments_site_page", "site_id", "page_digest", "state", "id"),
        Index("ix_comments_site_state", "site_id", "state", "id"),
        Index(
            "uq_comments_site_external",  # the Akismet dialect's ids repeat where staging and production share a key
            "site_id",
            "external_id",
            unique=True,
            **only_where("channel = 'api' AND state <> 'erased'"),
        ),
        Index(
            "ix_comments_site_external",  # few Akismet clients name a comment, and most of those only to edit it
            "site_id",
            "external_id",
            **only_where("channel = 'akismet' AND external_id IS NOT NULL"),
        ),
        Index(
            "ix_comments_site_email",
            "site_id",
            "author_email_code",
            "id",
            **only_where("author_email_code IS NOT NULL"),
        ),
        Index(
            "ix_comments_site_name",
            "site_id",
            "author_name",
            "author_ip_prefix",
            "id",
            **only_where("author_email_code IS NULL AND author_name <> ''"),
        ),
        Index("ix_comments_parent_id", "parent_id", **only_where("parent_id IS NOT NULL")),  # asked when a row goes
        Index("ix_comments_parent", "site_id", "parent_id", **only_where("parent_id IS NOT NULL")),
        Index("ix_comments_queue", "site_id", "waits_as", "waits_since", "id", **only_where(_IN_QUEUE)),
        Index("ix_comments_queue_score", "site_id", "waits_as", "score", "id", **only_where(_IN_QUEUE)),
        Index("ix_comments_waiting", "site_id", "waits_as", **only_where(_WAITS)),
        Index("ix_comments_alike", "site_id", "alike_to", **only_where("alike_to IS NOT NULL")),
        Index("ix_comments_ungrouped", "site_id", "id", **only_where(f"{_WAITS} AND alike_to IS NULL")),
        Index("ix_comments_due_published", "delete_published_after", **only_where(_DUE.format("published"))),
        Index("ix_comments_due_held", "delete_held_after", **only_where(_DUE.format("held"))),
        Index("ix_comments_due_removed", "delete_removed_after", **only_where(_DUE.format("removed"))),
        Index("ix_comments_reduce", "reduce_after", **only_where("reduce_after IS NOT NULL")),
    )

    id: Id = Field(primary_key=True)
    site_id: Id = Field(foreign_key="sites.id")
    channel: Channel = Field(sa_type=by_value(Channel))
    external_id: str | None = None
    page_external_id: str | None = None
    parent_external_id: str | None = None
    parent_id: Id | None = Field(default=None, foreign_key="comments.id")
    permalink: str
    page_digest: str
    type: str
    content: str
    author_name: str
    author_url: str
    author_email_code: str | None = None
    author_ip_prefix: str | None = None
    author_roles: list[str] = Field(sa_type=JsonValue)
    language: str
    submitted_at: datetime | None = Field(default=None, sa_type=UtcTime)
    received_at: datetime = Field(sa_type=UtcTime)
    changed_at: datetime = Field(sa_type=UtcTime)
    is_test: bool
    fingerprint: str
    likeness: str
    notice_version: str
    receipt_locator: str = Field(unique=True)
    receipt_digest: str
    state: State = Field(sa_type=by_value(State))
    decided_by: Actor = Field(sa_type=by_value(Actor))
    version: int
    decision_id: Id
    decision_digest: str
    score: float | None = None
    reason: str | None = None
    waits_as: Waiting | None = Field(default=None, sa_type=by_value(Waiting))
    waits_since: datetime | None = Field(default=None, sa_type=UtcTime)
    deferrals: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    reports: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    alike_to: Id | None = None
    delete_published_after: datetime | None = Field(default=None, sa_type=UtcTime)
    delete_held_after: datetime | None = Field(default=None, sa_type=UtcTime)
    delete_removed_after: datetime | None = Field(default=None, sa_type=UtcTime)
    reduce_after: datetime | None = Field(default=None, sa_type=UtcTime)
    objected_at: datetime | None = Field(default=None, sa_type=UtcTime)
    frozen_at: datetime | None = Field(default=None, sa_type=UtcTime)
    erased_by: ErasedBy | None = Field(default=None, sa_type=by_value(ErasedBy))


class AlikeMarkRow(SQLModel, table=True):
    """Marks by which nearly the same text is found: of each comment that stands in the queue for its like."""

    __tablename__ = "alike_marks"
    __table_args__ = ({"sqlite_with_rowid": False},)  # its key is all there is of a row

    site_id: Id = Field(primary_key=True, foreign_key="sites.id")
    mark: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    comment_id: Id = Field(primary_key=True, foreign_key="comments.id", index=True)


class ReportRow(SQLModel, table=True):
    """A reader's word, passed on by the blog, that a published comment is bad."""

    __tablename__ = "reports"
    __table_args__ = (UniqueConstraint("site_id", "comment_id", "reporter_code", name="uq_reports_once"),)

    id: Id = Field(primary_key=True)
    site_id: Id = Field(foreign_key="sites.id")
    comment_id: Id = Field(foreign_key="comments.id", index=True)
    reporter_code: str
    category: Category = Field(sa_type=by_value(Category))
    reported_at: datetime = Field(sa_type=UtcTime)


class DecisionRow(SQLModel, table=True):
    """The recorded act that moved a comment's state; never changed, the newest stands."""

    __tablename__ = "decisions"
    __table_args__ = (
        Index("ix_decisions_site_comment", "site_id", "comment_id", "id"),
        Index("ix_decisions_moderator", "site_id", "moderator_id", "id", **only_where("moderator_id IS NOT NULL")),
        Index("ix_decisions_undoes", "undoes", unique=True, **only_where("undoes IS NOT NULL")),
        Index("ix_decisions_batch", "site_id", "batch_id", **only_where("batch_id IS NOT NULL")),
    )

    id: Id = Field(primary_key=True)
    site_id: Id = Field(foreign_key="sites.id")
    comment_id: Id = Field(foreign_key="comments.id", index=True)
    comment_version: int
    decided_at: datetime = Field(sa_type=UtcTime)
    verdict: Verdict = Field(sa_type=by_value(Verdict))
    actor: Actor = Field(sa_type=by_value(Actor))
    reasons: list[dict[str, Any]] = Field(sa_type=JsonValue)
    score: float | None = None
    band: Band | None = Field(default=None, sa_type=by_value(Band))
    model_name: str | None = None
    model_version: str | None = None
    site_revision: int | None = None
    policy_version: int | None = None
    digest: str
    moderator_id: Id | None = None
    undoes: Id | None = None
    batch_id: Id | None = None


class LabelRow(SQLModel, table=True):
    """What a person said a comment truly was; `learnt_in` is the revision of the site's model that took it in."""

    __tablename__ = "labels"
    __table_args__ = (
        UniqueConstraint("site_id", "comment_id", "actor", "reporter_code", name="uq_labels_once"),
        Index(
            "ix_labels_waiting",
            "site_id",
            "id",
            **only_where("learnt_in IS NULL"),
        ),
    )

    id: Id = Field(primary_key=True)
    site_id: Id = Field(foreign_key="sites.id")
    comment_id: Id = Field(foreign_key="comments.id", index=True)
    label: Label = Field(sa_type=by_value(Label))
    actor: Actor = Field(sa_type=by_value(Actor))
    reporter_code: str
    labelled_at: datetime = Field(sa_type=UtcTime)
    learnt_in: int | None = None


class SiteModelRow(SQLModel, table=True):
    """How far a site's own model is: one row for each site that was ever taught, locked by whoever teaches it."""

    __tablename__ = "site_models"

    site_id: Id = Field(primary_key=True, foreign_key="sites.id")
    revision: int
    rebuilt_in: int
    feature_spec: int
    lessons: int
    learnt_at: datetime | None = Field(default=None, sa_type=UtcTime)
    paused_at: datetime | None = Field(default=None, sa_type=UtcTime)
    drifted_at: datetime | None = Field(default=None, sa_type=UtcTime)
    watched_from: int


class LessonRow(SQLModel, table=True):
    """One line of a site's journal: a lesson as hashed slots, or what was done about an earlier line."""

    __tablename__ = "lessons"
    __table_args__ = (
        Index("ix_lessons_site_comment", "site_id", "comment_id"),
        Index("ix_lessons_site_day", "site_id", "happened_at"),
    )

    site_id: Id = Field(primary_key=True, foreign_key="sites.id")
    revision: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    kind: LessonKind = Field(sa_type=by_value(LessonKind))
    happened_at: datetime = Field(sa_type=UtcTime)
    of_revision: int | None = None
    comment_id: Id | None = Field(default=None, foreign_key="comments.id", index=True)
    label_id: Id | None = Field(default=None, foreign_key="labels.id", index=True)
    is_active: bool
    is_unwelcome: bool | None = None
    weight: float | None = None
    base_log_odds: float | None = None
    site_log_odds: float | None = None
    simhash: int | None = Field(default=None, sa_type=BigInteger)
    features: bytes | None = Field(default=None, sa_type=LargeBinary)


class SnapshotRow(SQLModel, table=True):
    """What a site's model was at a revision, packed, so that loading it replays few lessons."""

    __tablename__ = "snapshots"

    site_id: Id = Field(primary_key=True, foreign_key="sites.id")
    revision: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    taken_at: datetime = Field(sa_type=UtcTime)
    layer: bytes = Field(sa_type=LargeBinary)


class AuditRow(SQLModel, table=True):
    """A comment drawn by chance, whatever its score, for a person to look at."""

    __tablename__ = "audits"
    __table_args__ = (Index("ix_audits_site", "site_id", "comment_id"),)

    comment_id: Id = Field(primary_key=True, foreign_key="comments.id")
    site_id: Id = Field(foreign_key="sites.id")
    propensity: float
    drawn_at: datetime = Field(sa_type=UtcTime)
    found: Verdict | None = Field(default=None, sa_type=by_value(Verdict))
    said: Label | None = Field(default=None, sa_type=by_value(Label))
    said_by: Id | None = None
    said_at: datetime | None = Field(default=None, sa_type=UtcTime)


class EventRow(SQLModel, table=True):
    """A fact appended to the outbox in its decision's transaction."""

    __tablename__ = "events"

    id: Id = Field(primary_key=True)
    site_id: Id = Field(foreign_key="sites.id", index=True)
    comment_id: Id | None = Field(default=None, foreign_key="comments.id", index=True)
    kind: EventKind = Field(sa_type=by_value(EventKind))
    happened_at: datetime = Field(sa_type=UtcTime)
    facts: dict[str, Any] = Field(sa_type=JsonValue)
    due_at: datetime | None = Field(default=None, sa_type=UtcTime)


class UsageRow(SQLModel, table=True):
    """How often a site's key was asked, per day and calling blog, added up in the transaction that answered."""

    __tablename__ = "usage"

    site_id: Id = Field(primary_key=True, foreign_key="sites.id")
    day: date = Field(primary_key=True)
    blog: str = Field(primary_key=True)
    calls: int
    spam: int
    ham: int
    missed_spam: int
    false_positives: int


class AnswerRow(SQLModel, table=True):
    """A given answer, kept for a day under the client's idempotency key and readable only with it."""

    __tablename__ = "answers"

    site_id: Id = Field(primary_key=True, foreign_key="sites.id")
    key_code: str = Field(primary_key=True)
    request_digest: str
    status: int
    sealed_body: bytes = Field(sa_type=LargeBinary)
    answered_at: datetime = Field(sa_type=UtcTime, index=True)
