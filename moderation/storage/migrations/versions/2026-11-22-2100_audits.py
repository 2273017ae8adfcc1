"""Comments drawn by chance for an audit, and what is promised from them at each site."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_2100"
down_revision = "20261122_1200"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audits",
        sa.Column("comment_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("propensity", sa.Float(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["comment_id"], ["comments.id"], name="fk_audits_comment_id"),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_audits_site_id"),
        sa.PrimaryKeyConstraint("comment_id", name="pk_audits"),
    )
    op.create_index("ix_audits_site", "audits", ["site_id", "comment_id"], unique=False)
    op.add_column("sites", sa.Column("removes_from", sa.Float(), nullable=True))
    op.add_column("sites", sa.Column("calibrated_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("sites", sa.Column("calibrated_model", sa.String(), nullable=True))
    op.add_column("sites", sa.Column("alarmed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("schema changes go forward only; going back is a restore")
