"""Comments in scripts without spaces can be found by any part of a run; signs that cannot be seen part no words."""

import re
import unicodedata
from typing import Any

import sqlalchemy as sa
from alembic import op

_INTO_FTS = "INSERT INTO search (rowid, comment_id, site_id, content, author, host) VALUES (?, ?, ?, ?, ?, ?)"
_INTO_VECTORS = (
    "INSERT INTO search (comment_id, site_id, content, author, host) VALUES (%s, %s, "
    "to_tsvector('simple', %s), to_tsvector('simple', %s), to_tsvector('simple', %s))"
)
_OUT_OF_FTS = "DELETE FROM search WHERE rowid = ?"
_OUT_OF_VECTORS = "DELETE FROM search WHERE comment_id = %s"
_AT_ONCE = 1_000
_DROPPED = {"Mn", "Mc", "Me", "Cf"}
_RUN = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u1950-\u19ff\u1a20-\u1aaf\u3005-\u3007\u3040-\u312f\u31a0-\u31ff\u3400-\u4dbf"
    "\u4e00-\ua4cf\ua9e0-\ua9ff\uaa60-\uaadf\uf900-\ufaff\U0001b000-\U0001b16f\U00020000-\U0003ffff]+"
)

revision = "20261128_1830"
down_revision = "20261128_1230"
branch_labels = None
depends_on = None


def upgrade() -> None:
    bind = op.get_bind()
    columns: list[Any] = [sa.column("id", sa.Uuid()), sa.column("site_id", sa.Uuid())]
    columns += [sa.column(name, sa.String()) for name in ("content", "author_name", "author_url", "state")]
    comments = sa.table("comments", *columns)
    read = sa.select(*comments.c[:-1]).where(comments.c.state != "erased").order_by(comments.c.id).limit(_AT_ONCE)
    rows = bind.execute(read).all()
    while rows:
        _renew(bind, [row for row in rows if any(map(_is_indexed_otherwise, row[2:]))])
        rows = bind.execute(read.where(comments.c.id > rows[-1].id)).all()


def downgrade() -> None:
    raise NotImplementedError("schema changes go forward only; going back is a restore")


def _is_indexed_otherwise(text: str) -> bool:
    """Nearly all texts in scripts with spaces are in the index already as they should be."""
    if text.isascii():
        return False
    return bool(_RUN.search(unicodedata.normalize("NFKD", text))) or "Cf" in {*map(unicodedata.category, set(text))}


def _renew(bind: sa.Connection, rows: list[Any]) -> None:
    if not rows:
        return
    is_sqlite = bind.dialect.name == "sqlite"
    entries = [_entry(row, is_sqlite=is_sqlite) for row in rows]
    bind.exec_driver_sql(_OUT_OF_FTS if is_sqlite else _OUT_OF_VECTORS, [entry[:1] for entry in entries])
    bind.exec_driver_sql(_INTO_FTS if is_sqlite else _INTO_VECTORS, entries)


def _entry(row: Any, *, is_sqlite: bool) -> tuple[Any, ...]:  # noqa: ANN401 - SQLAlchemy's row
    id_, site_id, content, name, url = row
    links = " ".join(word for word in content.split() if "://" in word or word.lower().startswith("www."))
    said = (_cut(content), _cut(name), _cut(f"{url} {links}"))
    return (_rowid(id_.int), id_.hex, site_id.hex, *said) if is_sqlite else (id_, site_id, *said)


def _cut(text: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if unicodedata.category(c) not in _DROPPED)
    return " ".join(_RUN.sub(_pairs, re.sub(r"[\W_]+", " ", plain.casefold()).strip()[:65_536]).split())


def _pairs(run: re.Match[str]) -> str:
    letters = run.group()
    return f" {' '.join(letters[at : at + 2] for at in range(len(letters)))} "


def _rowid(value: int) -> int:
    return ((value >> 80) & (1 << 42) - 1) << 21 | ((value >> 64) & 0xFFF) << 9 | value & 0x1FF
