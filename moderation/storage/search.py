"""The index of words: FTS5 on SQLite, text vectors on PostgreSQL, holding the same words; it knows no state.

Its table is made by a migration, not by a row class: neither kind is a table that both databases have.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, Subquery, bindparam, literal_column, or_, select, text, type_coerce
from sqlalchemy import table as plain_table
from sqlalchemy.types import Uuid

from models.domains import spellings
from moderation.clock import Id
from moderation.storage import emptying
from moderation.storage.database import Db

TABLE: Final = "search"
FIELDS: Final = ("content", "author", "host")
_DROPPED: Final = frozenset({"Mn", "Mc", "Me", "Cf"})
_PARTS: Final = re.compile(r"[\W_]+")
_UNPARTED: Final = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u1950-\u19ff\u1a20-\u1aaf\u3005-\u3007\u3040-\u312f\u31a0-\u31ff\u3400-\u4dbf"
    "\u4e00-\ua4cf\ua9e0-\ua9ff\uaa60-\uaadf\uf900-\ufaff\U0001b000-\U0001b16f\U00020000-\U0003ffff"
)
"""Scripts that put no spaces between words: Chinese, Japanese, Thai, Lao, Khmer, Burmese and their kin."""
_RUN: Final = re.compile(f"[{_UNPARTED}]+")
_ENDS_IN_RUN: Final = re.compile(f"[{_UNPARTED}]{{2}}$")
_INSERT: Final = {
    "sqlite": "INSERT INTO search (rowid, comment_id, site_id, content, author, host) VALUES (?, ?, ?, ?, ?, ?)",
    "postgresql": (
        "INSERT INTO search (comment_id, site_id, content, author, host) VALUES (%s, %s, "
        "to_tsvector('simple', %s), to_tsvector('simple', %s), to_tsvector('simple', %s))"
    ),
}
_MILLISECONDS: Final = (1 << 42) - 1
_WORDS: Final = 24
"""Words of a query that are used; the rest would cost time and find nothing more."""
_LONGEST: Final = 65_536
"""Letters of a field that are indexed: a sign can unfold to eighteen, and PostgreSQL refuses a vector of a megabyte."""


@dataclass(frozen=True, slots=True)
class Words:
    """What of a comment can be searched for: its text, its author's name, and the hosts of its links."""

    comment_id: Id
    site_id: Id
    content: str
    author_name: str
    author_url: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Words to find, by field; those of `anywhere` in any one field of a comment, the last one as a beginning."""

    anywhere: str = ""
    author: str = ""
    host: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is no word to look for."""
        return not any(map(words_of, (self.anywhere, self.author, self.host)))


@dataclass(frozen=True, slots=True)
class Entries:
    """Words of the index that must follow each other; with `is_beginning` the last one need not be whole."""

    words: tuple[str, ...]
    is_beginning: bool


@dataclass(frozen=True, slots=True)
class Matching:
    """What the index finds: a subquery with the comments' ids, and their places in it, which follow time."""

    found: Subquery
    place_of: Callable[[Id], Any]

    @property
    def comment_id(self) -> ColumnElement[Id]:
        """The ids of the comments."""
        return self.found.c.comment_id

    @property
    def place(self) -> ColumnElement[Any]:
        """Where each stands."""
        return self.found.c.place


def fold(said: str) -> str:
    """Returns a text as words in small letters without accents, vowel and unseen signs, parted by single spaces."""
    if not said.isascii():
        said = "".join([c for c in unicodedata.normalize("NFKD", said) if unicodedata.category(c) not in _DROPPED])
    return _PARTS.sub(" ", said.casefold()).strip()[:_LONGEST]


def cut(folded: str) -> str:
    """Returns folded words as the index holds them: a run without spaces as its pairs of letters and its last letter.

    So any part of a run is found: two letters and more as pairs in a row, a single one as the beginning of a pair.
    """
    return " ".join(_RUN.sub(_pairs, folded).split())


def _pairs(run: re.Match[str]) -> str:
    letters = run.group()
    return f" {' '.join([letters[at : at + 2] for at in range(len(letters))])} "


def words_of(said: str) -> list[str]:
    """Returns the words of a query, which hold nothing but letters and digits."""
    return fold(said).split()[:_WORDS]


def put(db: Db, entries: Sequence[Words]) -> None:
    """Enters the words of new comments."""
    if not entries:
        return
    kind = db.get_bind().dialect.name
    db.connection().exec_driver_sql(_INSERT[kind], [_row(kind, entry) for entry in entries])


def renew(db: Db, entries: Sequence[Words]) -> None:
    """Enters the words of comments in the place of those that edits replaced; of two edits of one, the later counts."""
    newest = {entry.comment_id: entry for entry in entries}
    for entry in newest.values():
        drop(db, site_id=entry.site_id, comment_id=entry.comment_id)
    put(db, list(newest.values()))


def drop(db: Db, *, site_id: Id, comment_id: Id) -> None:
    """Takes a comment of a site out of the index."""
    drop_many(db, site_id=site_id, comment_ids=[comment_id])


def drop_many(db: Db, *, site_id: Id, comment_ids: Iterable[Id]) -> None:
    """Takes comments of a site out of the index; what is left of them in the file goes later (`emptying`)."""
    if db.get_bind().dialect.name == "sqlite":
        where, rows = (
            "rowid = :row AND site_id = :site",
            [{"row": place_of(id_), "site": site_id.hex} for id_ in comment_ids],
        )
    else:
        where, rows = "comment_id = :row AND site_id = :site", [{"row": id_, "site": site_id} for id_ in comment_ids]
    if rows:
        db.connection().execute(text(f"DELETE FROM search WHERE {where}"), rows)  # noqa: S608 - two constants
        emptying.mark(db)


def matching(db: Db, *, site_id: Id, wanted: Wanted) -> Matching:
    """Returns what finds a site's comments that hold all wanted words, to be joined with them.

    Raises:
        ValueError: where there is no word to look for.
    """
    if wanted.is_empty:
        raise ValueError("there is nothing to search for")
    if db.get_bind().dialect.name == "sqlite":
        return _in_fts(site_id, wanted)
    return _in_vectors(site_id, wanted)


def _in_fts(site_id: Id, wanted: Wanted) -> Matching:
    """Only letters and digits stand between the quotes, so no operator of the index can be smuggled in."""
    parts = [f'site_id : "{site_id.hex}"']
    parts += [f"{{content author host}} : {_phrase(row)}" for row in _anywhere(wanted)]
    for field in ("author", "host"):
        rows = [f"{field} : {_phrase(row)}" for row in _in_a_row(wanted, field)]
        parts += [f"({' OR '.join(rows)})"] if rows else []
    found = literal_column("search").op("MATCH")(bindparam("fts", " AND ".join(parts), unique=True))
    return Matching(_subquery("rowid", found), place_of)


def _in_vectors(site_id: Id, wanted: Wanted) -> Matching:
    conditions: list[ColumnElement[bool]] = [
        literal_column("site_id") == bindparam("site", site_id, Uuid(), unique=True)
    ]
    conditions += [or_(*[_vector(field, row) for field in FIELDS]) for row in _anywhere(wanted)]
    for field in ("author", "host"):
        rows = [_vector(field, row) for row in _in_a_row(wanted, field)]
        conditions += [or_(*rows)] if rows else []
    return Matching(_subquery("comment_id", *conditions), lambda comment_id: comment_id)


def _anywhere(wanted: Wanted) -> list[Entries]:
    """The words that may each stand in a field of its own."""
    words = words_of(wanted.anywhere)
    return [_entries(word, is_last=place == len(words)) for place, word in enumerate(words, 1)]


def _in_a_row(wanted: Wanted, field: str) -> list[Entries]:
    """What one field must hold one of: a host in any of its spellings."""
    said = getattr(wanted, field)
    folded = dict.fromkeys(map(fold, spellings(said) if field == "host" else (said,)))
    return [_entries(" ".join(words), is_last=True) for words in map(words_of, folded) if words]


def _entries(said: str, *, is_last: bool) -> Entries:
    """The last letter of a run is left out where its last pair is asked for: the run may go on there."""
    words = cut(said).split()
    if _ENDS_IN_RUN.search(said):
        words.pop()
    is_letter = len(words[-1]) == 1 and _RUN.match(words[-1]) is not None
    return Entries(tuple(words[:_WORDS]), is_beginning=is_last or is_letter)


def _phrase(row: Entries) -> str:
    return f'"{" ".join(row.words)}"{"*" if row.is_beginning else ""}'


def _subquery(place: str, *conditions: ColumnElement[bool]) -> Subquery:
    kind = Uuid() if place == "comment_id" else BigInteger()
    id_ = type_coerce(literal_column("comment_id"), Uuid()).label("comment_id")
    at = literal_column(place, kind).label("place")
    return select(id_, at).select_from(plain_table(TABLE)).where(*conditions).subquery()


def _vector(field: str, row: Entries) -> ColumnElement[bool]:
    query = " <-> ".join(row.words) + (":*" if row.is_beginning else "")
    asked = text("to_tsquery('simple', :query)").bindparams(bindparam("query", query, unique=True))
    return literal_column(field).op("@@", is_comparison=True)(asked)


def _row(kind: str, entry: Words) -> tuple[Any, ...]:
    links = " ".join([word for word in entry.content.split() if "://" in word or word[:4].lower() == "www."])
    said = [cut(fold(field)) for field in (entry.content, entry.author_name, f"{entry.author_url} {links}")]
    if kind == "sqlite":
        return (place_of(entry.comment_id), entry.comment_id.hex, entry.site_id.hex, *said)
    return (entry.comment_id, entry.site_id, *said)


def place_of(comment_id: Id) -> int:
    """A number of 63 bits that follows time as the UUIDv7 does: 42 of its milliseconds, 12 below them, 9 of chance.

    Two comments of one moment in two processes may share it, one in 512 of those; the second insert then fails, and
    the writer does that comment again under another id.
    """
    value = comment_id.int
    return ((value >> 80) & _MILLISECONDS) << 21 | ((value >> 64) & 0xFFF) << 9 | value & 0x1FF
