"""Comments that were kept back or taken down, with what a statement of reasons is made of; it states nothing."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlmodel import col, select

from moderation.clock import Id
from moderation.judging.statement import Made
from moderation.storage.database import Db
from moderation.storage.decisions import to_decision
from moderation.storage.tables import CommentRow, DecisionRow, ReportRow
from moderation.vocabulary import State, Verdict

_PIECE: Final = 200


@dataclass(frozen=True, slots=True)
class Restricted:
    """A comment's history, when readers complained of it, and what is told of the comment itself."""

    received_at: datetime
    language: str | None
    history: tuple[Made, ...]
    complaints: tuple[datetime, ...]


def of_site(db: Db, *, site_id: Id, since: datetime) -> Iterator[Restricted]:
    """Yields a site's comments that were restricted since a moment, oldest first; no tests, and no erased ones."""
    restricted = select(DecisionRow.comment_id).where(DecisionRow.site_id == site_id, DecisionRow.decided_at >= since)
    restricted = restricted.where(DecisionRow.verdict != Verdict.PUBLISH)
    query = select(CommentRow).where(CommentRow.site_id == site_id, col(CommentRow.id).in_(restricted))
    query = query.where(CommentRow.state != State.ERASED, col(CommentRow.is_test).is_(False))
    after: Id | None = None
    while rows := db.exec(_beyond(query, after).order_by(col(CommentRow.id)).limit(_PIECE)).all():
        after = rows[-1].id
        yield from _told(db, site_id, {row.id: (row.received_at, row.language) for row in rows})
        db.expunge_all()  # what was told is not needed any more, and a site can have many


def _beyond(query, after: Id | None):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202 - SQLModel's select, as it came
    return query if after is None else query.where(CommentRow.id > after)


def _told(db: Db, site_id: Id, found: dict[Id, tuple[datetime, str | None]]) -> Iterator[Restricted]:
    decided = select(DecisionRow).where(DecisionRow.site_id == site_id, col(DecisionRow.comment_id).in_(list(found)))
    histories: dict[Id, list[Made]] = defaultdict(list)
    for row in db.exec(decided.order_by(col(DecisionRow.comment_version), col(DecisionRow.id))):
        histories[row.comment_id].append(Made(row.id, to_decision(row), row.decided_at))
    reported = select(ReportRow).where(ReportRow.site_id == site_id, col(ReportRow.comment_id).in_(list(found)))
    complaints: dict[Id, list[datetime]] = defaultdict(list)
    for report in db.exec(reported):
        complaints[report.comment_id].append(report.reported_at)
    for id_, (received_at, language) in found.items():
        yield Restricted(received_at, language, tuple(histories[id_]), tuple(complaints[id_]))
