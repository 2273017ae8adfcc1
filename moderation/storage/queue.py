"""The queue of a site: what waits for a person, in the order that people chose, page by page; it decides nothing.

An order is a row of segments. Each is read from its own index, and only where the page is not full yet, so that a page
of a hundred thousand waiting comments reads no more rows than one of a hundred. Of comments that are nearly the same
only one is listed.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, literal, or_, select, tuple_
from sqlmodel import col

from moderation.clock import Id
from moderation.errors import Invalid
from moderation.storage.database import Db
from moderation.storage.tables import CommentRow
from moderation.vocabulary import Order, Waiting

Condition = ColumnElement[bool]
_ID: Final[Any] = col(CommentRow.id)
_SINCE: Final[Any] = col(CommentRow.waits_since)
_SCORE: Final[Any] = col(CommentRow.score)
_ROUNDING: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Ask:
    """Which waiting comments, in which order; what waits since before `overdue_before` is overdue."""

    kinds: tuple[Waiting, ...]
    order: Order
    thresholds: tuple[float, ...]
    overdue_before: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """Where a comment stands: its segment, its key there, its id; and as of when its order was made."""

    segment: int
    key: float
    comment_id: Id
    overdue_before: datetime

    def __str__(self) -> str:
        return f"{self.segment}_{self.key!r}_{self.comment_id.hex}_{self.overdue_before.timestamp()!r}"

    @property
    def time(self) -> datetime:
        """The key of a segment that is ordered by time."""
        return datetime.fromtimestamp(self.key, UTC)


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of one index, in its own order: what to compare (`key`), how it is sorted, what belongs to it.

    It begins at `near`, and on a later page, in the place of that, `behind` a place: two beginnings at once would leave
    it to the database which of them to read from.
    """

    key: Any
    order: tuple[Any, ...]
    conditions: tuple[Condition, ...]
    near: tuple[Condition, ...]
    behind: Callable[[Place], Condition]


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of an order: the runs of each kind of waiting."""

    runs: Callable[[Ask, datetime], Iterator[tuple[Waiting, Run]]]
    is_falling: bool = False


def place_in(said: str) -> Place:
    """Returns the place that an address carries; raises Invalid for any other text."""
    try:
        segment, key, id_, at = said.split("_")
        before = datetime.fromtimestamp(float(at), UTC)
        datetime.fromtimestamp(float(key), UTC)
        return Place(int(segment), float(key), Id(id_), before)
    except (ValueError, OverflowError, OSError):
        raise Invalid("This page of the queue cannot be found; begin at the first page.") from None


def counts(db: Db, *, site_id: Id) -> dict[Waiting, int]:
    """Returns how many comments of a site wait for each reason."""
    waits_as = col(CommentRow.waits_as)
    query = select(waits_as, func.count()).where(col(CommentRow.site_id) == site_id, waits_as.is_not(None))
    counted = db.connection().execute(query.group_by(waits_as))
    return {kind: count for kind, count in counted if kind is not None}


def page(db: Db, *, site_id: Id, ask: Ask, limit: int, after: Place | None = None) -> list[Place]:
    """Returns up to `limit` comments of a site's queue in its order, behind a place."""
    found: list[Place] = []
    before = after.overdue_before if after else ask.overdue_before
    for number, segment in enumerate(_SEGMENTS[ask.order]):
        if len(found) < limit and (after is None or number >= after.segment):
            behind = after if after is not None and number == after.segment else None
            rows = _read(db, site_id, ask, segment, before, limit - len(found), behind)
            found += [Place(number, key, id_, before) for key, id_ in rows]
    return found


def _read(  # noqa: PLR0917 - the parts of one question
    db: Db, site_id: Id, ask: Ask, segment: Segment, before: datetime, limit: int, behind: Place | None
) -> list[tuple[float, Id]]:
    """The first rows of all runs of a segment, which each come in the same order."""
    rows: list[tuple[float, Id]] = []
    for kind, run in segment.runs(ask, before):
        query = select(run.key, _ID).where(*_in_view(site_id, kind), *run.conditions)
        query = query.where(*run.near) if behind is None else query.where(run.behind(behind))
        rows += [(_number(row[0]), row[1]) for row in db.connection().execute(query.order_by(*run.order).limit(limit))]
    return sorted(rows, reverse=segment.is_falling)[:limit]


def _number(key: float | datetime) -> float:
    return key.timestamp() if isinstance(key, datetime) else float(key)


def _in_view(site_id: Id, kind: Waiting) -> list[Condition]:
    """In the words of the partial indexes, without which SQLite would not use them."""
    alike_to = col(CommentRow.alike_to)
    in_view = or_(alike_to.is_(None), alike_to == _ID)
    return [col(CommentRow.site_id) == site_id, col(CommentRow.waits_as) == kind, in_view]


def _by_age(
    *, is_long: bool | None = None, of: Callable[[Waiting], bool] = lambda _: True, is_falling: bool = False
) -> Segment:
    """Longest waiting first, or last; `is_long` where it does so for longer than it should, or not, None for both."""
    order = (_SINCE.desc(), _ID.desc()) if is_falling else (_SINCE, _ID)

    def behind(place: Place) -> Condition:
        return _beyond(_SINCE, place.time, place.comment_id, is_falling=is_falling)

    def runs(ask: Ask, before: datetime) -> Iterator[tuple[Waiting, Run]]:
        conditions, near = _of_length(before, is_long)
        for kind in filter(of, ask.kinds):
            yield kind, Run(_SINCE, order, conditions, near, behind)

    return Segment(runs, is_falling)


def _of_length(before: datetime, is_long: bool | None) -> tuple[tuple[Condition, ...], tuple[Condition, ...]]:  # noqa: FBT001 - a state of three
    """What waits for long ends where what does not begins."""
    if is_long is None:
        return (), ()
    return ((before > _SINCE,), ()) if is_long else ((), (before <= _SINCE,))


def _is_fresh(before: datetime) -> Condition:
    """What waits for no longer than it should, said so that no index of times is preferred to that of scores."""
    condition: Condition = func.coalesce(_SINCE, literal(before, _SINCE.type)) >= literal(before, _SINCE.type)
    return condition


def _beyond(column: Any, key: float | datetime, comment_id: Id, *, is_falling: bool) -> Condition:  # noqa: ANN401 - a column
    """Behind a place in an index, said as one comparison, which both databases find in the index."""
    here, place = tuple_(column, _ID), tuple_(literal(key, column.type), literal(comment_id, _ID.type))
    condition: Condition = here < place if is_falling else here > place
    return condition


def _nearest(ask: Ask, before: datetime) -> Iterator[tuple[Waiting, Run]]:
    """Up and down from each threshold, as far as the middle between two."""
    ends = [(low + high) / 2 for low, high in zip(ask.thresholds, ask.thresholds[1:], strict=False)]
    fresh = _is_fresh(before)
    for kind in filter(_is_plain, ask.kinds):
        for threshold, low, high in zip(ask.thresholds, [-1.0, *ends], [*ends, 2.0], strict=True):
            yield kind, _up(threshold, (high > _SCORE, fresh))
            yield kind, _down(threshold, (low <= _SCORE, fresh))


def _up(threshold: float, conditions: tuple[Condition, ...]) -> Run:
    def behind(place: Place) -> Condition:
        near = max(threshold, threshold + place.key - _ROUNDING)
        return and_(_further(_SCORE - threshold, place), near <= _SCORE)

    return Run(_SCORE - threshold, (_SCORE, _ID), conditions, (threshold <= _SCORE,), behind)


def _down(threshold: float, conditions: tuple[Condition, ...]) -> Run:
    def behind(place: Place) -> Condition:
        near = threshold - place.key + _ROUNDING
        return and_(_further(threshold - _SCORE, place), near >= _SCORE if near < threshold else threshold > _SCORE)

    return Run(threshold - _SCORE, (_SCORE.desc(), _ID), conditions, (threshold > _SCORE,), behind)


def _further(distance: Any, place: Place) -> Condition:  # noqa: ANN401 - an expression
    """Exact; beside it stands nearly the same of the column itself, which its index can use."""
    return or_(distance > place.key, and_(distance == place.key, place.comment_id < _ID))


def _by_score(*, is_falling: bool) -> Segment:
    order = (_SCORE.desc(), _ID.desc()) if is_falling else (_SCORE, _ID)

    def behind(place: Place) -> Condition:
        return _beyond(_SCORE, place.key, place.comment_id, is_falling=is_falling)

    def runs(ask: Ask, _: datetime) -> Iterator[tuple[Waiting, Run]]:
        for kind in ask.kinds:
            yield kind, Run(_SCORE, order, (), (_SCORE.is_not(None),), behind)

    return Segment(runs, is_falling)


def _scoreless(*, of: Callable[[Waiting], bool] = lambda _: True, is_fresh: bool = False) -> Segment:
    def runs(ask: Ask, before: datetime) -> Iterator[tuple[Waiting, Run]]:
        conditions = (_SCORE.is_(None), _is_fresh(before)) if is_fresh else (_SCORE.is_(None),)
        for kind in filter(of, ask.kinds):
            yield kind, Run(literal(0.0), (_ID,), conditions, (), lambda place: place.comment_id < _ID)

    return Segment(runs)


def _is_deferred(kind: Waiting) -> bool:
    return kind is Waiting.DEFERRED


def _is_reported(kind: Waiting) -> bool:
    return kind is Waiting.REPORTED


def _is_plain(kind: Waiting) -> bool:
    return not (_is_deferred(kind) or _is_reported(kind))


_OVERDUE: Final = (
    _by_age(is_long=True, of=lambda kind: not _is_deferred(kind)),
    _by_age(is_long=True, of=_is_deferred),
)
_SEGMENTS: Final[dict[Order, Sequence[Segment]]] = {
    Order.USEFUL: (
        *_OVERDUE,
        _by_age(is_long=False, of=_is_reported),
        Segment(_nearest),
        _scoreless(of=_is_plain, is_fresh=True),
        _by_age(is_long=False, of=_is_deferred),
    ),
    Order.OLDEST: (_by_age(),),
    Order.NEWEST: (_by_age(is_falling=True),),
    Order.LIKELY_SPAM: (_by_score(is_falling=True), _scoreless()),
    Order.LIKELY_FINE: (_by_score(is_falling=False), _scoreless()),
}
