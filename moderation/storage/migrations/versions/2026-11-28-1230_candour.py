"""Candour: notices in force, dates of deletion, appeals, requests, mails, and what outlives an erased comment."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "20261128_1230"
down_revision = "20261128_1000"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_WORD = sa.String(32)
_NAMING = (  # what is asked, for each row that goes, whether something still names it
    ("decisions", "comment_id"),
    ("lessons", "comment_id"),
    ("lessons", "label_id"),
    ("notes", "comment_id"),
    ("second_looks", "comment_id"),
)
_TIMES = ("delete_published_after", "delete_held_after", "delete_removed_after", "reduce_after")


def upgrade() -> None:
    for name in (*_TIMES, "objected_at", "frozen_at"):
        op.add_column("comments", sa.Column(name, _TIME, nullable=True))
    op.add_column("comments", sa.Column("erased_by", _WORD, nullable=True))
    for state in ("published", "held", "removed"):
        column = f"delete_{state}_after"
        _index(f"ix_comments_due_{state}", "comments", [column], f"state = '{state}' AND {column} IS NOT NULL")
    _index("ix_comments_reduce", "comments", ["reduce_after"], "reduce_after IS NOT NULL")
    _index("ix_comments_parent_id", "comments", ["parent_id"], "parent_id IS NOT NULL")
    for table, column in _NAMING:
        _index(f"ix_{table}_{column}", table, [column])
    for make in (_notices, _appeals, _requests, _mails, _running):
        make()


def downgrade() -> None:
    raise NotImplementedError("schema changes go forward only; going back is a restore")


def _notices() -> None:
    op.create_table(
        "notices",
        _site(),
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        *_needed(sa.String(), "version", "facts"),
        *_needed(_TIME, "in_force_since"),
        *_needed(sa.String(), "digest"),
        sa.PrimaryKeyConstraint("site_id", "number", name="pk_notices"),
        _fk("notices", "site_id", "sites"),
    )


def _appeals() -> None:
    op.create_table(
        "appeals",
        *_needed(sa.Uuid(), "id", "site_id", "comment_id", "decision_id"),
        *_optional(sa.Uuid(), "first_by"),
        *_needed(_TIME, "opened_at"),
        *_needed(sa.String(), "text"),
        *_optional(_TIME, "heard_at"),
        *_optional(sa.Uuid(), "heard_by"),
        *_optional(_WORD, "outcome"),
        *_optional(sa.String(), "reply"),
        sa.PrimaryKeyConstraint("id", name="pk_appeals"),
        sa.UniqueConstraint("decision_id", name="uq_appeals_decision_id"),
        sa.CheckConstraint(
            "heard_by IS NULL OR first_by IS NULL OR heard_by <> first_by", name=op.f("ck_appeals_another_person")
        ),
        _fk("appeals", "site_id", "sites"),
        _fk("appeals", "comment_id", "comments"),
        _fk("appeals", "first_by", "moderators"),
        _fk("appeals", "heard_by", "moderators"),
    )
    _index("ix_appeals_comment_id", "appeals", ["comment_id"])
    _index("ix_appeals_open", "appeals", ["site_id", "opened_at"], "heard_at IS NULL")


def _requests() -> None:
    op.create_table(
        "subject_requests",
        *_needed(sa.Uuid(), "id", "site_id"),
        *_optional(sa.Uuid(), "comment_id"),
        *_needed(_WORD, "kind"),
        *_needed(_TIME, "made_at"),
        *_optional(_TIME, "done_at"),
        sa.PrimaryKeyConstraint("id", name="pk_subject_requests"),
        _fk("subject_requests", "site_id", "sites"),
    )
    _index("ix_subject_requests_comment_id", "subject_requests", ["comment_id"])
    _index("ix_subject_requests_site", "subject_requests", ["site_id", "kind", "made_at"])
    op.create_table(
        "passes",
        *_needed(sa.String(), "digest"),
        *_needed(sa.Uuid(), "site_id", "comment_id"),
        *_needed(_TIME, "ends_at"),
        sa.PrimaryKeyConstraint("digest", name="pk_passes"),
        _fk("passes", "site_id", "sites"),
        _fk("passes", "comment_id", "comments"),
    )
    _index("ix_passes_comment_id", "passes", ["comment_id"])


def _mails() -> None:
    op.create_table(
        "mails",
        *_needed(sa.Uuid(), "id"),
        *_needed(sa.LargeBinary(), "sealed_to"),
        *_needed(sa.String(), "language"),
        *_needed(_TIME, "asked_at", "due_at"),
        *_needed(sa.Integer(), "tries"),
        sa.PrimaryKeyConstraint("id", name="pk_mails"),
    )
    _index("ix_mails_due_at", "mails", ["due_at"])
    op.create_table(
        "mailed_links",
        *_needed(sa.String(), "digest"),
        _site(),
        *_needed(sa.String(), "email_code"),
        *_needed(_TIME, "ends_at"),
        sa.PrimaryKeyConstraint("digest", "site_id", name="pk_mailed_links"),
        _fk("mailed_links", "site_id", "sites"),
    )
    _index("ix_mailed_links_ends_at", "mailed_links", ["ends_at"])


def _running() -> None:
    op.create_table(
        "contacts",
        *_needed(sa.Date(), "day"),
        *_needed(sa.String(), "purpose"),
        *_needed(sa.Integer(), "count"),
        sa.PrimaryKeyConstraint("day", "purpose", name="pk_contacts"),
    )
    op.create_table(
        "retention_runs",
        *_needed(sa.Uuid(), "id"),
        *_needed(_TIME, "ran_at"),
        *_needed(sa.Integer(), "deleted", "reduced"),
        sa.PrimaryKeyConstraint("id", name="pk_retention_runs"),
    )
    _index("ix_retention_runs_ran_at", "retention_runs", ["ran_at"])
    op.create_table(
        "network_keys",
        *_needed(_TIME, "began_at"),
        *_needed(sa.LargeBinary(), "key"),
        sa.PrimaryKeyConstraint("began_at", name="pk_network_keys"),
    )
    op.create_table(
        "tallies",
        _site(),
        *_needed(sa.Date(), "month"),
        *_needed(sa.String(), "name"),
        *_needed(sa.Integer(), "count"),
        sa.PrimaryKeyConstraint("site_id", "month", "name", name="pk_tallies"),
        _fk("tallies", "site_id", "sites"),
    )
    op.create_table(
        "backups",
        *_needed(sa.Uuid(), "id"),
        *_needed(_TIME, "taken_at"),
        *_optional(_TIME, "gone_by"),
        sa.PrimaryKeyConstraint("id", name="pk_backups"),
    )
    _index("ix_backups_taken_at", "backups", ["taken_at"])


def _site() -> sa.Column[Any]:
    return sa.Column("site_id", sa.Uuid(), nullable=False)


def _needed(kind: Any, *names: str) -> list[sa.Column[Any]]:  # noqa: ANN401 - SQLAlchemy's types
    return [sa.Column(name, kind, nullable=False) for name in names]


def _optional(kind: Any, *names: str) -> list[sa.Column[Any]]:  # noqa: ANN401 - SQLAlchemy's types
    return [sa.Column(name, kind, nullable=True) for name in names]


def _fk(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}")


def _index(name: str, table: str, columns: list[str], condition: str | None = None) -> None:
    where = sa.text(condition) if condition else None
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)
