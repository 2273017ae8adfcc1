"""Stored comments: finding, listing and reading them, always within one site; it does not decide."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, union_all, update
from sqlmodel import col, select
from sqlmodel.sql.expression import Select

from moderation.clock import Id
from moderation.errors import Conflict, NotFound
from moderation.judging.comment import Comment
from moderation.seal import Seal
from moderation.storage.bulk import insert_rows
from moderation.storage.database import Db
from moderation.storage.tables import CommentRow
from moderation.vocabulary import PEOPLE, VERDICT_BEHIND, Actor, Channel, NetworkForm, State, Verdict, Waiting

MATCH_WINDOW = timedelta(days=90)  # akismet.md 6.1


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a stored comment stands: what a new decision must build on."""

    id: Id
    site_id: Id
    version: int
    state: State
    decided_by: Actor
    decision_id: Id
    decision_digest: str
    is_test: bool
    waits_as: Waiting | None = None
    alike_to: Id | None = None
    content: str = ""

    @property
    def verdict(self) -> Verdict:
        """The verdict that stands."""
        return VERDICT_BEHIND[self.state]

    @property
    def is_decided_by_person(self) -> bool:
        """Whether a person's decision stands, which no program overturns."""
        return self.decided_by in PEOPLE


_select: Callable[..., Select[Any]] = select  # whose types count to four columns
_STANDING = (
    col(CommentRow.id),
    col(CommentRow.site_id),
    col(CommentRow.version),
    col(CommentRow.state),
    col(CommentRow.decided_by),
    col(CommentRow.decision_id),
    col(CommentRow.decision_digest),
    col(CommentRow.is_test),
    col(CommentRow.waits_as),
    col(CommentRow.alike_to),
)


_BY_FINGERPRINT = (  # built once: it runs for every batch of checks
    _select(CommentRow.fingerprint, *_STANDING)
    .where(CommentRow.site_id == bindparam("site"))
    .where(col(CommentRow.fingerprint).in_(bindparam("prints", expanding=True)))
    .where(CommentRow.received_at >= bindparam("since"), CommentRow.state != State.ERASED)
    .order_by(col(CommentRow.id))
    .with_for_update()  # as in _newest
)
_ON_PAGE = (
    _select(CommentRow.content)
    .where(CommentRow.site_id == bindparam("site"), CommentRow.page_digest == bindparam("page"))
    .where(CommentRow.state == State.PUBLISHED, col(CommentRow.is_test).is_(False))
    .order_by(col(CommentRow.id).desc())
    .limit(bindparam("most"))
)
_BY_EXTERNAL_ID = (
    _select(CommentRow.external_id, *_STANDING, col(CommentRow.content))
    .where(CommentRow.site_id == bindparam("site"), CommentRow.channel == bindparam("channel"))
    .where(col(CommentRow.external_id).in_(bindparam("ids", expanding=True)), CommentRow.state != State.ERASED)
    .order_by(col(CommentRow.id))
    .with_for_update()
)


def published_texts(db: Db, *, site_id: Id, page_digest: str, limit: int) -> tuple[str, ...]:
    """Returns the texts of the newest published comments of a page, the newest first, without tests."""
    wanted = {"site": site_id, "page": page_digest, "most": limit}
    return tuple(row[0] for row in db.connection().execute(_ON_PAGE, wanted))


def fingerprint_of(seal: Seal, site_id: Id, comment: Comment, form: NetworkForm = NetworkForm.TRUNCATED) -> str:
    """Returns the keyed hash by which the same words of the same author on the same page are known again.

    The network address is a part of it only where its first part is stored as it is: nothing that outlives a key for
    codes of addresses, or is kept where no address is, may tell one network from another.
    """
    author = comment.author
    ip = author.ip if form is NetworkForm.TRUNCATED else ""
    parts = (author.name, author.email.casefold(), ip, comment.content, comment.permalink)
    return seal.code("fingerprint", _kind("same", comment), str(site_id), *parts)


def likeness_of(seal: Seal, site_id: Id, comment: Comment) -> str:
    """Returns the keyed hash of the words, white space folded, and the page."""
    words = " ".join(comment.content.split())
    return seal.code("fingerprint", _kind("alike", comment), str(site_id), words, comment.permalink)


def _kind(level: str, comment: Comment) -> str:
    """A test is never the same as a comment in earnest: neither may answer for, or change, the other."""
    return f"{level} test" if comment.is_test else level


def page_digest(permalink: str) -> str:
    """Returns the digest by which a page's comments are indexed, since addresses can outgrow an index entry."""
    return hashlib.sha256(permalink.encode("utf-8", "replace")).hexdigest()[:32]


def find_by_fingerprint(db: Db, *, site_id: Id, fingerprints: Iterable[str], since: datetime) -> dict[str, Standing]:
    """Returns the newest comment of a site per fingerprint (same author, address, network, text and page)."""
    wanted = {"site": site_id, "prints": list(fingerprints), "since": since}
    return {row[0]: Standing(*row[1:]) for row in db.connection().execute(_BY_FINGERPRINT, wanted)}


def find_alike(db: Db, *, site_id: Id, likeness: str, since: datetime) -> Standing | None:
    """Returns the newest comment of a site with the same words on the same page, or None."""
    query = _select(*_STANDING).where(CommentRow.site_id == site_id, CommentRow.likeness == likeness)
    return _newest(db, query.where(CommentRow.received_at >= since, CommentRow.state != State.ERASED))


def find_standing(db: Db, *, site_id: Id, comment_id: Id) -> Standing | None:
    """Returns where a comment of a site stands, or None; erased ones are not found."""
    query = _select(*_STANDING).where(CommentRow.site_id == site_id, CommentRow.id == comment_id)
    return _newest(db, query.where(CommentRow.state != State.ERASED))


def standing(db: Db, *, site_id: Id, comment_id: Id) -> Standing:
    """Returns where a comment of a site stands; raises NotFound, and Conflict where nothing of it is left."""
    found = find_standing(db, site_id=site_id, comment_id=comment_id)
    if found is None:
        get(db, site_id=site_id, comment_id=comment_id)
        raise Conflict("This comment is erased: nothing of it is left.", code="comment.erased")
    return found


def find_standings(db: Db, *, site_id: Id, comment_ids: Iterable[Id]) -> dict[Id, Standing]:
    """Returns where comments of a site stand, oldest first; erased and unknown ones are left out."""
    query = _select(*_STANDING).where(col(CommentRow.id).in_(list(comment_ids)), CommentRow.state != State.ERASED)
    ordered = query.order_by(col(CommentRow.id)).with_for_update()  # in one order, lest two who decide block each other
    found = [Standing(*row) for row in db.connection().execute(ordered)]
    return {row.id: row for row in found if row.site_id == site_id}  # not asked of SQLite: it would read the whole site


def find_by_external_id(db: Db, *, site_id: Id, channel: Channel, external_ids: Iterable[str]) -> dict[str, Standing]:
    """Returns the newest comment of a site, with its content, for each id under which the site's blog knows one."""
    wanted = {"site": site_id, "channel": channel, "ids": list(external_ids)}
    return {row[0]: Standing(*row[1:]) for row in db.connection().execute(_BY_EXTERNAL_ID, wanted)}


def get(db: Db, *, site_id: Id, comment_id: Id) -> CommentRow:
    """Returns a comment of a site; raises NotFound, also for comments of other sites."""
    row = db.get(CommentRow, comment_id)
    if row is None or row.site_id != site_id:
        raise NotFound("This site has no such comment.", code="comment.not_found")
    return row


def exists(db: Db, *, site_id: Id, comment_id: Id) -> bool:
    """Returns whether a site has a comment of this id."""
    query = select(CommentRow.id).where(CommentRow.site_id == site_id, CommentRow.id == comment_id)
    return db.exec(query).first() is not None


def find_by_receipt(db: Db, *, locator: str) -> CommentRow | None:
    """Returns the comment whose receipt has this locator, whichever site's: a receipt's secret is its own key."""
    return db.exec(select(CommentRow).where(CommentRow.receipt_locator == locator)).one_or_none()


def has_email_code(db: Db, *, site_id: Id, email_code: str) -> bool:
    """Returns whether a site has a comment, not erased, of whoever has this code for an address."""
    query = select(CommentRow.id).where(CommentRow.site_id == site_id, CommentRow.author_email_code == email_code)
    return db.exec(query.where(CommentRow.state != State.ERASED).limit(1)).first() is not None


def of_email_code(db: Db, *, site_id: Id, email_code: str, limit: int) -> list[CommentRow]:
    """Returns the newest comments, not erased, of whoever has this code for an address at a site."""
    query = select(CommentRow).where(CommentRow.site_id == site_id, CommentRow.author_email_code == email_code)
    query = query.where(CommentRow.state != State.ERASED)
    return list(db.exec(query.order_by(col(CommentRow.id).desc()).limit(limit)))


def page(
    db: Db,
    *,
    site_id: Id,
    limit: int,
    state: State | None = None,
    page_digest: str | None = None,
    after: Id | None = None,
) -> list[CommentRow]:
    """Returns up to `limit` comments of a site, newest first, beginning behind the id `after`.

    The newest of each state are picked first, because the indexes hold ids in order only within a state, and a site's
    every comment would be read to sort them.
    """
    newest_ids = col(CommentRow.id).desc()
    picked = []
    for each in [state] if state is not None else State:
        query = select(CommentRow.id).where(CommentRow.site_id == site_id, CommentRow.state == each)
        if page_digest is not None:
            query = query.where(CommentRow.page_digest == page_digest)
        if after is not None:
            query = query.where(CommentRow.id < after)
        picked.append(select(query.order_by(newest_ids).limit(limit).subquery().c.id))
    found = select(CommentRow).where(col(CommentRow.id).in_(union_all(*picked)))
    return list(db.exec(found.order_by(newest_ids).limit(limit)))


def published(db: Db, *, site_id: Id, page_digest: str, limit: int) -> list[CommentRow]:
    """Returns the published comments of one page of a site, oldest first."""
    query = select(CommentRow).where(CommentRow.site_id == site_id, CommentRow.page_digest == page_digest)
    query = query.where(CommentRow.state == State.PUBLISHED, col(CommentRow.is_test).is_(False))
    return list(db.exec(query.order_by(col(CommentRow.id)).limit(limit)))


def tombstones(db: Db, *, site_id: Id, comment_ids: Iterable[Id]) -> list[CommentRow]:
    """Returns which of these comments of a site were erased."""
    query = select(CommentRow).where(CommentRow.site_id == site_id, CommentRow.state == State.ERASED)
    return list(db.exec(query.where(col(CommentRow.id).in_(list(comment_ids)))))


def are_left(db: Db, *, site_id: Id) -> bool:
    """Returns whether a site has any comment, if only its tombstone."""
    return db.exec(select(CommentRow.id).where(CommentRow.site_id == site_id).limit(1)).one_or_none() is not None


def count_by_state(db: Db, *, site_id: Id) -> Mapping[State, int]:
    """Returns how many comments of a site are in each state, tests left out."""
    query = select(col(CommentRow.state), func.count()).where(CommentRow.site_id == site_id)
    counted = db.exec(query.where(col(CommentRow.is_test).is_(False)).group_by(col(CommentRow.state)))
    return dict(counted.all())


def insert_many(db: Db, rows: list[dict[str, Any]]) -> None:
    """Stores new comments."""
    insert_rows(db, CommentRow, rows)


def move(db: Db, *, site_id: Id, comment_id: Id, values: Mapping[str, Any]) -> None:
    """Writes what a decision or an edit changes on a comment of a site; nothing is written on a tombstone."""
    statement = update(CommentRow).where(col(CommentRow.site_id) == site_id, col(CommentRow.id) == comment_id)
    statement = statement.where(col(CommentRow.state) != State.ERASED)
    db.connection().execute(statement.values(**values))


def _newest(db: Db, query: Select[Any]) -> Standing | None:
    """What is found is decided upon: locked on PostgreSQL, lest two processes decide on the same version."""
    newest = query.order_by(col(CommentRow.id).desc()).limit(1).with_for_update()
    row = db.connection().execute(newest).first()
    return Standing(*row) if row is not None else None
