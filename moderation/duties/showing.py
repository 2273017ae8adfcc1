"""To a site: its comments, one, many, or a page's published thread; it changes nothing."""

from dataclasses import dataclass
from datetime import datetime

from moderation.clock import Id
from moderation.judging.decision import Decision
from moderation.storage import audits, comments, decisions
from moderation.storage.comments import page_digest
from moderation.storage.database import Db
from moderation.storage.tables import CommentRow
from moderation.vocabulary import ErasedBy, State

THREAD_LIMIT = 5_000


@dataclass(frozen=True, slots=True)
class Shown:
    """A stored comment with the decision that stands on it; None on an erased one, of which none is kept."""

    row: CommentRow
    decision: Decision | None


@dataclass(frozen=True, slots=True)
class Filter:
    """Which comments to list: of a state, of a page, behind a cursor; None means all; or only those drawn by chance."""

    state: State | None = None
    permalink: str | None = None
    after: Id | None = None
    is_audited: bool = False


@dataclass(frozen=True, slots=True)
class Node:
    """A published comment as a blog renders it, with the replies below it; nothing personal but name and address.

    An erased one is empty and says in `erased_by` who had it erased; it is shown where replies to it are.
    """

    id: Id
    parent_id: Id | None
    author_name: str
    author_url: str
    content: str
    received_at: datetime
    version: int
    replies: tuple["Node", ...]
    erased_by: ErasedBy | None = None


def read(db: Db, *, site_id: Id, comment_id: Id) -> Shown:
    """Returns a comment of a site; raises NotFound."""
    row = comments.get(db, site_id=site_id, comment_id=comment_id)
    return _shown(db, site_id, [row])[0]


def browse(db: Db, *, site_id: Id, wanted: Filter, limit: int) -> tuple[list[Shown], Id | None]:
    """Returns up to `limit` comments of a site, newest first, and the cursor behind which the next page begins."""
    digest = page_digest(wanted.permalink) if wanted.permalink is not None else None
    found = audits.page if wanted.is_audited else comments.page
    rows = found(db, site_id=site_id, limit=limit + 1, state=wanted.state, page_digest=digest, after=wanted.after)
    more = rows[limit - 1].id if len(rows) > limit else None
    return _shown(db, site_id, rows[:limit]), more


def thread(db: Db, *, site_id: Id, permalink: str) -> tuple[Node, ...]:
    """Returns a page's published comments as a tree, oldest first; a reply whose parent is not shown stands alone."""
    rows = comments.published(db, site_id=site_id, page_digest=page_digest(permalink), limit=THREAD_LIMIT)
    return _tree(sorted([*rows, *_erased_above(db, site_id, rows)], key=lambda row: row.id))


def _erased_above(db: Db, site_id: Id, rows: list[CommentRow]) -> list[CommentRow]:
    """The erased comments that these answer, and those that they answered in turn."""
    found: list[CommentRow] = []
    seen, newest = {row.id for row in rows}, rows
    while wanted := {row.parent_id for row in newest if row.parent_id} - seen:
        seen |= wanted
        newest = comments.tombstones(db, site_id=site_id, comment_ids=sorted(wanted))
        found += newest
    return found


def _tree(rows: list[CommentRow]) -> tuple[Node, ...]:
    """Built from the newest comment back, since a reply is younger than its parent; so no depth can exhaust a stack."""
    by_blog_id = {row.external_id: row.id for row in rows if row.external_id}
    present = {row.id for row in rows}
    below: dict[Id | None, list[Node]] = {}
    for row in reversed(rows):
        parent = row.parent_id or by_blog_id.get(row.parent_external_id or "")
        parent = parent if parent in present and parent != row.id and parent < row.id else None
        below.setdefault(parent, []).append(_node(row, parent, below.pop(row.id, [])))
    return tuple(reversed(below.get(None, [])))


def _node(row: CommentRow, parent: Id | None, replies: list[Node]) -> Node:
    return Node(
        id=row.id,
        parent_id=parent,
        author_name=row.author_name,
        author_url=row.author_url,
        content=row.content,
        received_at=row.received_at,
        version=row.version,
        erased_by=row.erased_by,
        replies=tuple(reversed(replies)),
    )


def _shown(db: Db, site_id: Id, rows: list[CommentRow]) -> list[Shown]:
    standing = decisions.latest(db, site_id=site_id, decision_ids=[row.decision_id for row in rows])
    return [Shown(row, standing.get(row.decision_id)) for row in rows]
