"""What moderators look comments up by: words, filters, the author's other comments, the thread; always one site's."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement
from sqlmodel import col, select

from moderation.clock import Id
from moderation.seal import Seal
from moderation.storage import search
from moderation.storage.comments import page_digest
from moderation.storage.database import Db
from moderation.storage.ledger import email_code
from moderation.storage.search import Matching, Wanted
from moderation.storage.tables import CommentRow
from moderation.vocabulary import Actor, State

_ID: Final = col(CommentRow.id)
COUNTED: Final = 1_000
"""Comments that a search counts; beyond, it says "more than"."""
_HISTORY: Final = 10_000
"""Comments of one author that are counted."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What a moderator looks for; everything empty finds every comment. Scores 0..1, times aware, `until` excluded."""

    words: Wanted = field(default_factory=Wanted)
    email: str = ""
    state: State | None = None
    reason: str = ""
    decided_by: Actor | None = None
    score_from: float | None = None
    score_to: float | None = None
    since: datetime | None = None
    until: datetime | None = None
    language: str = ""
    permalink: str = ""


def found(
    db: Db, *, seal: Seal, site_id: Id, filters: Filters, limit: int, after: Id | None = None
) -> list[CommentRow]:
    """Returns up to `limit` comments of a site that fit, newest first, beginning behind the id `after`."""
    ids = found_ids(db, seal=seal, site_id=site_id, filters=filters, limit=limit, before=after)
    rows = get_many(db, site_id=site_id, comment_ids=ids)
    return [rows[id_] for id_ in ids if id_ in rows]


def found_ids(db: Db, *, seal: Seal, site_id: Id, filters: Filters, limit: int, before: Id | None = None) -> list[Id]:
    """Returns the ids of up to `limit` comments of a site that fit and are older than the id `before`, newest first.

    The newest of each state are read apart, because the indexes hold ids in order only within a state.
    """
    if not filters.words.is_empty:
        words = search.matching(db, site_id=site_id, wanted=filters.words)
        return _holding(db, words, _fitting(seal, site_id, filters), limit, before)
    fitting = _fitting(seal, site_id, filters)
    ids: list[Id] = []
    for state in (State.PUBLISHED, State.HELD, State.REMOVED):
        if filters.state in {None, state}:
            query = select(_ID).where(col(CommentRow.state) == state, *fitting)
            if before is not None:
                query = query.where(before > _ID)
            ids += db.exec(query.order_by(_ID.desc()).limit(limit))
    return sorted(ids, reverse=True)[:limit]


def _holding(db: Db, words: Matching, fitting: list[ColumnElement[bool]], limit: int, before: Id | None) -> list[Id]:
    """Goes through what the index of words finds, the newest first, and stops when there is enough."""
    query = select(_ID).join_from(words.found, CommentRow, words.comment_id == _ID).where(*fitting)
    if before is not None:
        query = query.where(words.place < words.place_of(before))
    return list(db.exec(query.order_by(words.place.desc()).limit(limit)))


def count(db: Db, *, seal: Seal, site_id: Id, filters: Filters) -> int:
    """Returns how many comments of a site fit, counting no further than 1,000."""
    return len(found_ids(db, seal=seal, site_id=site_id, filters=filters, limit=COUNTED))


def _fitting(seal: Seal, site_id: Id, filters: Filters) -> list[ColumnElement[bool]]:
    said: list[ColumnElement[bool]] = [col(CommentRow.site_id) == site_id, col(CommentRow.state) != State.ERASED]
    if filters.email:
        said.append(col(CommentRow.author_email_code) == email_code(seal, site_id, filters.email))
    if filters.state is not None:
        said.append(col(CommentRow.state) == filters.state)
    if filters.reason:
        code = col(CommentRow.reason)
        said.append(code.startswith(f"{filters.reason}.", autoescape=True) | (code == filters.reason))
    if filters.decided_by is not None:
        said.append(col(CommentRow.decided_by) == filters.decided_by)
    said += _between(col(CommentRow.score), filters.score_from, filters.score_to)
    if filters.since is not None:
        said.append(col(CommentRow.received_at) >= filters.since)
    if filters.until is not None:
        said.append(col(CommentRow.received_at) < filters.until)
    if filters.language:
        said.append(col(CommentRow.language) == filters.language)
    if filters.permalink:
        said.append(col(CommentRow.page_digest) == page_digest(filters.permalink))
    return said


def _between(score: Any, low: float | None, high: float | None) -> list[ColumnElement[bool]]:  # noqa: ANN401 - a column
    said: list[ColumnElement[bool]] = []
    if low is not None:
        said.append(score >= low)
    if high is not None:
        said.append(score <= high)
    return said


@dataclass(frozen=True, slots=True)
class Standing:
    """An author's comments at a site by state, this one included; `is_known` where they can be told from others'."""

    by_state: Mapping[State, int]
    is_known: bool = True

    @property
    def total(self) -> int:
        """How many there are."""
        return sum(self.by_state.values())


def author_history(db: Db, *, row: CommentRow) -> Standing:
    """Returns how the comments of a comment's author stand at its site."""
    same = _same_author(row)
    if same is None:
        return Standing({row.state: 1}, is_known=False)
    states = select(col(CommentRow.state)).where(CommentRow.site_id == row.site_id, *same)  # grouped in SQL, SQLite
    return Standing(Counter(db.exec(states.limit(_HISTORY))))  # would read the whole site in the order of its states


def by_same_author(db: Db, *, row: CommentRow, limit: int) -> list[CommentRow]:
    """Returns the newest comments of a comment's author at its site, without that one."""
    same = _same_author(row)
    if same is None:
        return []
    query = select(CommentRow).where(CommentRow.site_id == row.site_id, *same, row.id != _ID)
    return list(db.exec(query.where(CommentRow.state != State.ERASED).order_by(_ID.desc()).limit(limit)))


def _same_author(row: CommentRow) -> list[ColumnElement[bool]] | None:
    """By the code of the e-mail address; without one, by name and network: both are only what the form said."""
    email, name = col(CommentRow.author_email_code), col(CommentRow.author_name)
    if row.author_email_code is not None:
        return [email == row.author_email_code]
    if not row.author_name:
        return None
    return [
        email.is_(None),
        name != "",
        name == row.author_name,
        col(CommentRow.author_ip_prefix) == row.author_ip_prefix,
    ]


def parent_of(db: Db, *, row: CommentRow) -> CommentRow | None:
    """Returns the comment that a comment answers, where it is stored here."""
    query = select(CommentRow).where(CommentRow.site_id == row.site_id, CommentRow.state != State.ERASED)
    if row.parent_id is not None:
        return db.exec(query.where(CommentRow.id == row.parent_id)).first()
    if not row.parent_external_id:
        return None
    named = query.where(CommentRow.channel == row.channel, CommentRow.external_id == row.parent_external_id)
    return db.exec(named.order_by(_ID.desc())).first()


def around(db: Db, *, row: CommentRow, limit: int) -> list[CommentRow]:
    """Returns comments of the same page around a comment, in the order in which they came, that one among them."""
    base = select(CommentRow).where(CommentRow.site_id == row.site_id, CommentRow.page_digest == row.page_digest)
    base = base.where(col(CommentRow.state).in_([state for state in State if state is not State.ERASED]))
    before = list(db.exec(base.where(row.id >= _ID).order_by(_ID.desc()).limit(limit)))
    later = list(db.exec(base.where(row.id < _ID).order_by(_ID).limit(limit)))
    return [*reversed(before), *later]


def get_many(db: Db, *, site_id: Id, comment_ids: list[Id]) -> dict[Id, CommentRow]:
    """Returns comments of a site by their ids; erased and unknown ones are left out."""
    rows = db.exec(select(CommentRow).where(_ID.in_(comment_ids), CommentRow.state != State.ERASED))
    return {row.id: row for row in rows if row.site_id == site_id}  # not asked of SQLite: it would read the whole site
