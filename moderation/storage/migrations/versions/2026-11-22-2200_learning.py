"""What each site's own model has learnt: where it is, its journal of lessons, and snapshots of it."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_2200"
down_revision = "20261122_2100"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("labels", sa.Column("learnt_in", sa.Integer(), nullable=True))
    op.create_index(
        "ix_labels_waiting",
        "labels",
        ["site_id", "id"],
        unique=False,
        sqlite_where=sa.text("learnt_in IS NULL"),
        postgresql_where=sa.text("learnt_in IS NULL"),
    )
    op.create_table(
        "site_models",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("rebuilt_in", sa.Integer(), nullable=False),
        sa.Column("feature_spec", sa.Integer(), nullable=False),
        sa.Column("lessons", sa.Integer(), nullable=False),
        sa.Column("learnt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("drifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("watched_from", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_site_models_site_id"),
        sa.PrimaryKeyConstraint("site_id", name="pk_site_models"),
    )
    op.create_table(
        "lessons",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("of_revision", sa.Integer(), nullable=True),
        sa.Column("comment_id", sa.Uuid(), nullable=True),
        sa.Column("label_id", sa.Uuid(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("is_unwelcome", sa.Boolean(), nullable=True),
        sa.Column("weight", sa.Float(), nullable=True),
        sa.Column("base_log_odds", sa.Float(), nullable=True),
        sa.Column("site_log_odds", sa.Float(), nullable=True),
        sa.Column("simhash", sa.BigInteger(), nullable=True),
        sa.Column("features", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["comment_id"], ["comments.id"], name="fk_lessons_comment_id"),
        sa.ForeignKeyConstraint(["label_id"], ["labels.id"], name="fk_lessons_label_id"),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_lessons_site_id"),
        sa.PrimaryKeyConstraint("site_id", "revision", name="pk_lessons"),
    )
    op.create_index("ix_lessons_site_comment", "lessons", ["site_id", "comment_id"], unique=False)
    op.create_index("ix_lessons_site_day", "lessons", ["site_id", "happened_at"], unique=False)
    op.create_table(
        "snapshots",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("layer", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_snapshots_site_id"),
        sa.PrimaryKeyConstraint("site_id", "revision", name="pk_snapshots"),
    )


def downgrade() -> None:
    raise NotImplementedError("schema changes go forward only; going back is a restore")
