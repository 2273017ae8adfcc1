"""What is counted for a site's year: stored comments by the month in which they came; it adds and hides nothing."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import case, func
from sqlmodel import col, select
from sqlmodel.sql.expression import Select

from moderation.clock import Id
from moderation.storage.database import Db
from moderation.storage.rights_tables import AppealRow, SubjectRequestRow
from moderation.storage.tables import AuditRow, CommentRow, DecisionRow
from moderation.vocabulary import Actor, Outcome, RequestKind, State, Verdict

Edges = Sequence[datetime]
"""When each month begins, and at the end when the last is over."""
Key = tuple[date, str]
_MONTH: Final = "came_in"


def counts(db: Db, *, site_id: Id, edges: Edges) -> Counter[Key]:
    """Returns a site's figures by month and name, named as in `tallies`; tests and erased comments are in none."""
    found: Counter[Key] = Counter()
    for month, count in _grouped(db, site_id, edges, _select(_of_month(edges), func.count()).select_from(CommentRow)):
        found[_month(edges, month), "received"] += count
    decided = _about(_select(_of_month(edges), DecisionRow.actor, DecisionRow.verdict, func.count()), DecisionRow)
    decided = decided.where(DecisionRow.site_id == site_id).group_by(col(DecisionRow.actor), col(DecisionRow.verdict))
    for month, actor, verdict, count in _grouped(db, site_id, edges, decided):
        found[_month(edges, month), f"decided.{actor.value}.{verdict.value}"] += count
    audited = _about(_select(_of_month(edges), AuditRow.found, AuditRow.said, func.count()), AuditRow)
    audited = audited.where(AuditRow.site_id == site_id, col(AuditRow.said).is_not(None))
    for month, verdict, said, count in _grouped(
        db, site_id, edges, audited.group_by(col(AuditRow.found), col(AuditRow.said))
    ):
        found[_month(edges, month), f"audited.{verdict}.{said}"] += count
    appealed = _about(_select(_of_month(edges), AppealRow.outcome, func.count()), AppealRow)
    appealed = appealed.where(AppealRow.site_id == site_id).group_by(col(AppealRow.outcome))
    for month, outcome, count in _grouped(db, site_id, edges, appealed):
        found[_month(edges, month), "appealed"] += count
        found[_month(edges, month), f"appeal.{Outcome(outcome).value if outcome else 'open'}"] += count
    return found


def overturned(db: Db, *, site_id: Id, edges: Edges) -> tuple[int, int]:
    """Returns how many stored comments are shown, of those that a program stopped first and a person decided then."""
    query = _about(_select(CommentRow.state, func.count()), DecisionRow)
    query = query.where(DecisionRow.site_id == site_id, DecisionRow.comment_version == 1)
    query = query.where(DecisionRow.actor == Actor.POLICY, DecisionRow.verdict != Verdict.PUBLISH)
    query = query.where(col(CommentRow.decided_by).in_((Actor.MODERATOR, Actor.APPEAL, Actor.BLOG)))
    rows = db.connection().execute(_within(query, site_id, edges).group_by(col(CommentRow.state)))
    by_state = {row[0]: row[1] for row in rows}
    return by_state.get(State.PUBLISHED, 0), sum(by_state.values())


def appeal_seconds(db: Db, *, site_id: Id, edges: Edges) -> list[float]:
    """Returns after how many seconds each answered appeal about a comment of the time was answered."""
    query = _about(_select(AppealRow.opened_at, AppealRow.heard_at), AppealRow).where(AppealRow.site_id == site_id)
    rows = db.connection().execute(_within(query.where(col(AppealRow.heard_at).is_not(None)), site_id, edges))
    return [(heard - opened).total_seconds() for opened, heard in rows]


def requests(db: Db, *, site_id: Id, edges: Edges) -> dict[RequestKind, int]:
    """Returns how often people asked for what about their own data, in the time itself."""
    query = _select(SubjectRequestRow.kind, func.count()).where(SubjectRequestRow.site_id == site_id)
    query = query.where(SubjectRequestRow.made_at >= edges[0], SubjectRequestRow.made_at < edges[-1])
    return {row[0]: row[1] for row in db.connection().execute(query.group_by(col(SubjectRequestRow.kind)))}


def _select(*columns: Any) -> Select[Any]:  # noqa: ANN401 - SQLModel's columns are typed as their values
    made: Select[Any] = select(*columns)
    return made


def _about(query: Select[Any], table: Any) -> Select[Any]:  # noqa: ANN401 - any of the tables about comments
    return query.select_from(table).join(CommentRow, col(CommentRow.id) == table.comment_id)


def _within(query: Select[Any], site_id: Id, edges: Edges) -> Select[Any]:
    query = query.where(CommentRow.site_id == site_id, CommentRow.received_at >= edges[0])
    query = query.where(CommentRow.received_at < edges[-1], CommentRow.state != State.ERASED)
    return query.where(col(CommentRow.is_test).is_(False))


def _grouped(db: Db, site_id: Id, edges: Edges, query: Select[Any]) -> Any:  # noqa: ANN401 - rows as asked for
    return db.connection().execute(_within(query, site_id, edges).group_by(_MONTH))


def _of_month(edges: Edges) -> Any:  # noqa: ANN401 - an expression of SQLAlchemy's
    """Which month a comment came in, as a place in `edges`: both databases can compare times, and name months apart."""
    return case(*[(col(CommentRow.received_at) < end, place) for place, end in enumerate(edges[1:])]).label(_MONTH)


def _month(edges: Edges, place: int) -> date:
    return edges[place].date()
