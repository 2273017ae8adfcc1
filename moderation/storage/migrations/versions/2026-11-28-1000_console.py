"""The console: who is signed in, what waits and why, what is alike, who is on it, second looks, and words to search."""

import re
import unicodedata
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

JSON = sa.JSON().with_variant(JSONB(), "postgresql")
_WAITS = "waits_as IS NOT NULL"
_IN_QUEUE = f"{_WAITS} AND (alike_to IS NULL OR alike_to = id)"
_INDEXES = {
    "ix_comments_site_email": ("comments", ["site_id", "author_email_code", "id"], "author_email_code IS NOT NULL"),
    "ix_comments_site_name": (
        "comments",
        ["site_id", "author_name", "author_ip_prefix", "id"],
        "author_email_code IS NULL AND author_name <> ''",
    ),
    "ix_comments_parent": ("comments", ["site_id", "parent_id"], "parent_id IS NOT NULL"),
    "ix_comments_queue": ("comments", ["site_id", "waits_as", "waits_since", "id"], _IN_QUEUE),
    "ix_comments_queue_score": ("comments", ["site_id", "waits_as", "score", "id"], _IN_QUEUE),
    "ix_comments_waiting": ("comments", ["site_id", "waits_as"], _WAITS),
    "ix_comments_alike": ("comments", ["site_id", "alike_to"], "alike_to IS NOT NULL"),
    "ix_comments_ungrouped": ("comments", ["site_id", "id"], f"{_WAITS} AND alike_to IS NULL"),
    "ix_decisions_moderator": ("decisions", ["site_id", "moderator_id", "id"], "moderator_id IS NOT NULL"),
    "ix_decisions_batch": ("decisions", ["site_id", "batch_id"], "batch_id IS NOT NULL"),
    "ix_notes_comment": ("notes", ["site_id", "comment_id", "id"], None),
    "ix_notes_author": ("notes", ["site_id", "author_email_code"], "author_email_code IS NOT NULL"),
    "ix_second_looks_open": ("second_looks", ["site_id", "decision_id"], "looked_at IS NULL"),
    "ix_second_looks_comment": ("second_looks", ["site_id", "comment_id"], None),
    "ix_claims_moderator": ("claims", ["site_id", "moderator_id"], None),
    "ix_sessions_moderator_id": ("sessions", ["moderator_id"], None),
    "ix_alike_marks_comment_id": ("alike_marks", ["comment_id"], None),
    "ix_reports_comment_id": ("reports", ["comment_id"], None),
    "ix_memberships_site_id": ("memberships", ["site_id"], None),
}
_INTO_FTS = "INSERT INTO search (rowid, comment_id, site_id, content, author, host) VALUES (?, ?, ?, ?, ?, ?)"
_INTO_VECTORS = (
    "INSERT INTO search (comment_id, site_id, content, author, host) VALUES (%s, %s, "
    "to_tsvector('simple', %s), to_tsvector('simple', %s), to_tsvector('simple', %s))"
)
_AT_ONCE = 1_000
_FIRST_REASON = {"sqlite": "json_extract(d.reasons, '$[0].code')", "postgresql": "d.reasons -> 0 ->> 'code'"}

revision = "20261128_1000"
down_revision = "20261122_2200"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _columns()
    _tables()
    with op.batch_alter_table("memberships") as batch:
        batch.drop_constraint("pk_memberships", type_="primary")
        batch.create_primary_key("pk_memberships", ["moderator_id", "site_id", "role"])
    for name, (table, columns, condition) in _INDEXES.items():
        _index(name, table, columns, condition)
    _index("ix_decisions_undoes", "decisions", ["undoes"], "undoes IS NOT NULL", unique=True)
    _fill(op.get_bind())
    _words(op.get_bind())


def downgrade() -> None:
    raise NotImplementedError("schema changes go forward only; going back is a restore")


def _index(name: str, table: str, columns: list[str], condition: str | None, *, unique: bool = False) -> None:
    where = sa.text(condition) if condition else None
    op.create_index(name, table, columns, unique=unique, sqlite_where=where, postgresql_where=where)


def _columns() -> None:
    op.add_column("sites", sa.Column("answer_within_hours", sa.Integer(), server_default="24", nullable=False))
    op.add_column("moderators", sa.Column("name", sa.String(), nullable=True))
    op.add_column("moderators", sa.Column("totp_secret", sa.LargeBinary(), nullable=True))
    op.add_column("moderators", sa.Column("totp_used", sa.BigInteger(), nullable=True))
    op.add_column("moderators", sa.Column("preferences", JSON, nullable=True))
    op.add_column("comments", sa.Column("score", sa.Float(), nullable=True))
    op.add_column("comments", sa.Column("reason", sa.String(), nullable=True))
    op.add_column("comments", sa.Column("waits_as", sa.String(length=32), nullable=True))
    op.add_column("comments", sa.Column("waits_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("comments", sa.Column("deferrals", sa.Integer(), server_default="0", nullable=False))
    op.add_column("comments", sa.Column("reports", sa.Integer(), server_default="0", nullable=False))
    op.add_column("comments", sa.Column("alike_to", sa.Uuid(), nullable=True))
    op.add_column("decisions", sa.Column("moderator_id", sa.Uuid(), nullable=True))
    op.add_column("decisions", sa.Column("undoes", sa.Uuid(), nullable=True))
    op.add_column("decisions", sa.Column("batch_id", sa.Uuid(), nullable=True))
    op.add_column("audits", sa.Column("found", sa.String(length=32), nullable=True))
    op.add_column("audits", sa.Column("said", sa.String(length=32), nullable=True))
    op.add_column("audits", sa.Column("said_by", sa.Uuid(), nullable=True))
    op.add_column("audits", sa.Column("said_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("events", sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))


def _key(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}")


def _tables() -> None:
    op.create_table(
        "sessions",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("moderator_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("network", sa.String(), nullable=False),
        _key("sessions", "moderator_id", "moderators"),
        sa.PrimaryKeyConstraint("digest", name="pk_sessions"),
    )
    op.create_table(
        "alike_marks",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("mark", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("comment_id", sa.Uuid(), nullable=False),
        _key("alike_marks", "site_id", "sites"),
        _key("alike_marks", "comment_id", "comments"),
        sa.PrimaryKeyConstraint("site_id", "mark", "comment_id", name="pk_alike_marks"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "claims",
        sa.Column("comment_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("moderator_id", sa.Uuid(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        _key("claims", "comment_id", "comments"),
        _key("claims", "site_id", "sites"),
        _key("claims", "moderator_id", "moderators"),
        sa.PrimaryKeyConstraint("comment_id", name="pk_claims"),
    )
    op.create_table(
        "notes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("comment_id", sa.Uuid(), nullable=False),
        sa.Column("author_email_code", sa.String(), nullable=True),
        sa.Column("moderator_id", sa.Uuid(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        _key("notes", "site_id", "sites"),
        _key("notes", "comment_id", "comments"),
        _key("notes", "moderator_id", "moderators"),
        sa.PrimaryKeyConstraint("id", name="pk_notes"),
    )
    op.create_table(
        "reports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("comment_id", sa.Uuid(), nullable=False),
        sa.Column("reporter_code", sa.String(), nullable=False),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        _key("reports", "site_id", "sites"),
        _key("reports", "comment_id", "comments"),
        sa.PrimaryKeyConstraint("id", name="pk_reports"),
        sa.UniqueConstraint("site_id", "comment_id", "reporter_code", name="uq_reports_once"),
    )
    op.create_table(
        "second_looks",
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("comment_id", sa.Uuid(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first", sa.String(length=32), nullable=False),
        sa.Column("first_by", sa.Uuid(), nullable=False),
        sa.Column("second", sa.String(length=32), nullable=True),
        sa.Column("second_by", sa.Uuid(), nullable=True),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        _key("second_looks", "decision_id", "decisions"),
        _key("second_looks", "site_id", "sites"),
        _key("second_looks", "comment_id", "comments"),
        _key("second_looks", "first_by", "moderators"),
        _key("second_looks", "second_by", "moderators"),
        sa.PrimaryKeyConstraint("decision_id", name="pk_second_looks"),
    )


def _fill(bind: sa.Connection) -> None:
    """What waits now, and what the program last thought of each comment, as the histories tell."""
    score = (
        "UPDATE comments SET score = (SELECT d.score FROM decisions d WHERE d.site_id = comments.site_id AND "
        "d.comment_id = comments.id AND d.score IS NOT NULL ORDER BY d.comment_version DESC LIMIT 1)"
    )
    first = _FIRST_REASON[bind.dialect.name]
    reason = f"UPDATE comments SET reason = (SELECT {first} FROM decisions d WHERE d.id = comments.decision_id)"  # noqa: S608 - constants
    bind.execute(sa.text(score))
    bind.execute(sa.text(reason))
    held = "UPDATE comments SET waits_as = 'held', waits_since = changed_at WHERE state = 'held' AND NOT is_test"
    bind.execute(sa.text(held))


def _words(bind: sa.Connection) -> None:
    """The index of words: FTS5 on SQLite, text vectors on PostgreSQL, of the same words."""
    if bind.dialect.name == "sqlite":
        bind.exec_driver_sql(
            "CREATE VIRTUAL TABLE search USING fts5(comment_id UNINDEXED, site_id, content, author, host)"
        )
    else:
        bind.exec_driver_sql(
            "CREATE TABLE search (comment_id UUID NOT NULL, site_id UUID NOT NULL, content TSVECTOR NOT NULL, "
            "author TSVECTOR NOT NULL, host TSVECTOR NOT NULL, CONSTRAINT pk_search PRIMARY KEY (comment_id))"
        )
        bind.exec_driver_sql("CREATE INDEX ix_search_words ON search USING gin (content, author, host)")
    columns: list[Any] = [sa.column("id", sa.Uuid()), sa.column("site_id", sa.Uuid())]
    columns += [sa.column(name, sa.String()) for name in ("content", "author_name", "author_url", "state")]
    comments = sa.table("comments", *columns)
    read = sa.select(*comments.c[:-1]).where(comments.c.state != "erased").order_by(comments.c.id).limit(_AT_ONCE)
    rows = bind.execute(read).all()
    while rows:
        bind.exec_driver_sql(*_entries(bind.dialect.name, rows))
        rows = bind.execute(read.where(comments.c.id > rows[-1].id)).all()


def _entries(kind: str, rows: Any) -> tuple[str, list[tuple[Any, ...]]]:  # noqa: ANN401 - SQLAlchemy's rows
    entries = []
    for id_, site_id, content, name, url in rows:
        links = " ".join(word for word in content.split() if "://" in word or word.lower().startswith("www."))
        said = (_folded(content), _folded(name), _folded(f"{url} {links}"))
        entries.append((_rowid(id_.int), id_.hex, site_id.hex, *said) if kind == "sqlite" else (id_, site_id, *said))
    return (_INTO_FTS if kind == "sqlite" else _INTO_VECTORS), entries


def _folded(text: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if unicodedata.category(c)[0] != "M")
    return re.sub(r"[\W_]+", " ", plain.casefold()).strip()[:65_536]


def _rowid(value: int) -> int:
    return ((value >> 80) & (1 << 42) - 1) << 21 | ((value >> 64) & 0xFFF) << 9 | value & 0x1FF
