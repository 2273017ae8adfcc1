"""Comments drawn by chance for a person to look at, and what became of them; it promises nothing."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, exists, func, or_, update
from sqlmodel import col, select
from sqlmodel.sql.expression import Select

from moderation.clock import Id
from moderation.seal import Seal
from moderation.storage.bulk import insert_rows
from moderation.storage.database import Db
from moderation.storage.tables import AuditRow, CommentRow, DecisionRow, EventRow, LabelRow
from moderation.vocabulary import Actor, EventKind, Label, State, Verdict

RATE: Final = 0.02
_JUDGES: Final = (Actor.MODERATOR, Actor.APPEAL, Actor.BLOG)  # a writer's word about the own comment is no audit
_CODES: Final = 1 << 64
_FIRST: Final = 1
_select: Callable[..., Select[Any]] = select  # whose types count to four columns


@dataclass(frozen=True, slots=True)
class Fresh:
    """A comment that the program has just judged for the first time."""

    site_id: Id
    comment_id: Id
    judged_at: datetime


@dataclass(frozen=True, slots=True)
class Welcome:
    """The score that a drawn comment had got when it came, and when a person said that it is welcome."""

    said_at: datetime
    score: float


def is_drawn(seal: Seal, fresh: Fresh, rate: float = RATE) -> bool:
    """Returns whether a comment is in the sample: by a keyed code of its id, which knows neither words nor score.

    Nobody without this service's secret can tell it beforehand, and whoever has it can check every draw.
    """
    code = seal.code("audit", str(fresh.site_id), str(fresh.comment_id))
    return int(code[:16], 16) < int(rate * _CODES)


def draw(db: Db, *, seal: Seal, judged: Iterable[Fresh], rate: float = RATE) -> None:
    """Stores which of the comments just judged are in the sample, in the transaction that stores them."""
    drawn = [fresh for fresh in judged if is_drawn(seal, fresh, rate)]
    insert_rows(db, AuditRow, [_row(fresh, rate) for fresh in drawn])


def is_audited(db: Db, *, site_id: Id, comment_id: Id) -> bool:
    """Returns whether a comment of a site was drawn."""
    query = select(AuditRow.comment_id).where(AuditRow.site_id == site_id, AuditRow.comment_id == comment_id)
    return db.exec(query).first() is not None


def page(
    db: Db, *, site_id: Id, limit: int, state: State | None, page_digest: str | None, after: Id | None
) -> list[CommentRow]:
    """Returns up to `limit` drawn comments of a site, newest first, beginning behind the id `after`."""
    drawn = select(CommentRow).join(AuditRow, col(AuditRow.comment_id) == CommentRow.id)
    drawn = drawn.where(AuditRow.site_id == site_id)
    if state is not None:
        drawn = drawn.where(CommentRow.state == state)
    if page_digest is not None:
        drawn = drawn.where(CommentRow.page_digest == page_digest)
    if after is not None:
        drawn = drawn.where(AuditRow.comment_id < after)
    return list(db.exec(drawn.order_by(col(AuditRow.comment_id).desc()).limit(limit)))


def newest_model(db: Db, *, site_id: Id) -> tuple[str, str] | None:
    """Returns name and version of the model that scored a site's newest drawn comment, or None."""
    query = _scored(site_id, DecisionRow.model_name, DecisionRow.model_version)
    row = db.connection().execute(query.order_by(col(AuditRow.comment_id).desc()).limit(1)).first()
    return (row[0], row[1]) if row is not None else None


def welcome(db: Db, *, site_id: Id, model: tuple[str, str], since: datetime | None, limit: int) -> list[Welcome]:
    """Returns a site's drawn comments that a person called welcome after `since`, the newest `limit`, oldest first.

    Welcome is what a person's standing decision publishes, unless that person labels it spam, or what it holds with
    the label ham. Erased comments do not count; nor do edited ones, since the score was for other words.
    """
    newest = _of_model(_scored(site_id, CommentRow.changed_at, DecisionRow.score), model).where(_is_welcome())
    if since is not None:
        newest = newest.where(CommentRow.changed_at > since)
    newest = newest.order_by(col(CommentRow.changed_at).desc(), col(CommentRow.id).desc()).limit(limit)
    return [Welcome(*row) for row in db.connection().execute(newest)][::-1]


def waiting(db: Db, *, site_id: Id, model: tuple[str, str], before: datetime, limit: int) -> list[float]:
    """Returns the scores of a site's comments drawn before a moment of which no person has said anything since."""
    query = _of_model(_scored(site_id, DecisionRow.score), model).where(AuditRow.drawn_at < before)
    newest = query.where(col(CommentRow.decided_by).not_in(_JUDGES)).order_by(col(AuditRow.comment_id).desc())
    return [row[0] for row in db.connection().execute(newest.limit(limit))]


@dataclass(frozen=True, slots=True)
class Blind:
    """What a moderator said of a drawn comment without knowing what the program had decided."""

    label: Label
    moderator_id: Id
    said_at: datetime


def unseen(db: Db, *, site_id: Id, limit: int) -> list[Id]:
    """Returns a site's drawn comments on which the program's decision stands, the oldest first: nobody has looked."""
    query = select(AuditRow.comment_id).join(CommentRow, col(CommentRow.id) == AuditRow.comment_id)
    query = query.where(AuditRow.site_id == site_id, col(AuditRow.said_at).is_(None))
    query = query.where(CommentRow.decided_by == Actor.POLICY, CommentRow.state != State.ERASED)
    return list(db.exec(query.order_by(col(AuditRow.comment_id)).limit(limit)))


def count_unseen(db: Db, *, site_id: Id) -> int:
    """Returns how many of a site's drawn comments nobody has looked at."""
    query = select(func.count()).select_from(AuditRow).join(CommentRow, col(CommentRow.id) == AuditRow.comment_id)
    query = query.where(AuditRow.site_id == site_id, col(AuditRow.said_at).is_(None))
    return db.exec(query.where(CommentRow.decided_by == Actor.POLICY, CommentRow.state != State.ERASED)).one()


def note_blind(db: Db, *, site_id: Id, comment_id: Id, found: Verdict, blind: Blind) -> bool:
    """Stores what a moderator said blindly of a drawn comment, and returns whether nobody had before."""
    row = update(AuditRow).where(col(AuditRow.site_id) == site_id, col(AuditRow.comment_id) == comment_id)
    values = {"found": found, "said": blind.label, "said_by": blind.moderator_id, "said_at": blind.said_at}
    return db.connection().execute(row.where(col(AuditRow.said_at).is_(None)).values(**values)).rowcount == 1


def blind_counts(db: Db, *, site_id: Id, since: datetime) -> dict[tuple[Verdict, Label], int]:
    """Returns how often the program had decided what where moderators of a site said what, since a moment."""
    query = select(AuditRow.found, AuditRow.said, func.count()).where(AuditRow.site_id == site_id)
    query = query.where(col(AuditRow.said_at) >= since).group_by(col(AuditRow.found), col(AuditRow.said))
    return {(Verdict(found), Label(said)): count for found, said, count in db.exec(query) if found and said}


def _scored(site_id: Id, *columns: Any) -> Select[Any]:  # noqa: ANN401 - SQLModel's columns are typed as their values
    """Drawn comments of a site with the decision that judged them first, where it had a score."""
    query = _select(*columns).select_from(AuditRow).join(CommentRow, col(CommentRow.id) == AuditRow.comment_id)
    first = and_(
        col(DecisionRow.site_id) == AuditRow.site_id,
        col(DecisionRow.comment_id) == AuditRow.comment_id,
        col(DecisionRow.comment_version) == _FIRST,
    )
    query = query.join(DecisionRow, first).where(AuditRow.site_id == site_id, CommentRow.state != State.ERASED)
    was_edited = exists().where(col(EventRow.comment_id) == CommentRow.id, col(EventRow.kind) == EventKind.EDITED)
    return query.where(col(DecisionRow.score).is_not(None), ~was_edited)


def _of_model(query: Select[Any], model: tuple[str, str]) -> Select[Any]:
    """What another model scored says nothing about this one's scores."""
    return query.where(DecisionRow.model_name == model[0], DecisionRow.model_version == model[1])


def _is_welcome() -> ColumnElement[bool]:
    held_as_ham = and_(col(CommentRow.state) == State.HELD, _has_label(Label.HAM))
    published = and_(col(CommentRow.state) == State.PUBLISHED, ~_has_label(Label.SPAM))
    return and_(col(CommentRow.decided_by).in_(_JUDGES), or_(published, held_as_ham))


def _has_label(label: Label) -> ColumnElement[bool]:
    """Whether the standing decision came with a label; one of an earlier decision is overtaken."""
    said = exists().where(col(LabelRow.comment_id) == CommentRow.id, col(LabelRow.label) == label)
    return said.where(col(LabelRow.labelled_at) >= CommentRow.changed_at)


def _row(fresh: Fresh, rate: float) -> dict[str, Any]:
    return {
        "comment_id": fresh.comment_id,
        "site_id": fresh.site_id,
        "propensity": rate,
        "drawn_at": fresh.judged_at,
    }
