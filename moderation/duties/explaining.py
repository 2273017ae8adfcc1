"""To authors: what became of one comment, opened by its receipt's secret; it changes nothing."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from moderation.clock import Id
from moderation.judging.procedure import ACTOR_WORDS, NEXT_SENTENCES, STATE_SENTENCES
from moderation.judging.receipt import BAND_WORDS, VERDICT_PAST
from moderation.storage import decisions, events, fields, labels, notes, receipts, reports, second_looks
from moderation.storage.database import Db
from moderation.storage.fields import FIELDS, Reader
from moderation.storage.sites import Site
from moderation.storage.tables import CommentRow, DecisionRow
from moderation.vocabulary import Actor

_TOLD: Final = ("decisions", "labels", "events", "reports", "notes", "second_looks")
_WITHHELD: Final = (
    "stored, and not shown here: it would help to write around the program, or belongs to the website's team"
)
_TEAMS_OWN: Final = frozenset({"weight", "moderator_id"})


@dataclass(frozen=True, slots=True)
class Moment:
    """One decision in readers' words; no name of whoever decided."""

    at: datetime
    actor: str
    verdict: str
    reasons: tuple[str, ...]
    band: str
    model: str


@dataclass(frozen=True, slots=True)
class Stored:
    """One stored value as its column keeps it, with what the registry says about the column."""

    column: str
    name: str
    form: str
    value: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything a receipt shows of its comment."""

    site: Site | None
    permalink: str
    content: str
    state: str
    state_sentence: str
    next_sentence: str
    by_program_alone: bool
    notice_version: str
    timeline: tuple[Moment, ...]
    stored: tuple[tuple[Stored, ...], ...]


def explain(db: Db, *, pasted: str, sites: Mapping[Id, Site], now: datetime) -> Explanation:
    """Returns what the receipt's token opens; raises NotFound as `receipts.opened` does."""
    row = receipts.opened(db, pasted=pasted, now=now)
    return _explained(db, row, sites.get(row.site_id))


def _explained(db: Db, row: CommentRow, site: Site | None) -> Explanation:
    history = decisions.history(db, site_id=row.site_id, comment_id=row.id)
    said = labels.of_comment(db, site_id=row.site_id, comment_id=row.id)
    happened = events.of_comment(db, site_id=row.site_id, comment_id=row.id)
    names = {"site_id": row.site_id, "comment_id": row.id}
    team = (reports.rows_about(db, **names), notes.rows_about(db, **names), second_looks.rows_about(db, **names))
    return Explanation(
        site=site,
        permalink=row.permalink,
        content=row.content,
        state=row.state.value,
        state_sentence=STATE_SENTENCES[row.state],
        next_sentence=NEXT_SENTENCES[row.state],
        by_program_alone=row.decided_by is Actor.POLICY,
        notice_version=row.notice_version,
        timeline=tuple(_moment(decision) for decision in history),
        stored=tuple(tuple(_stored(table, values)) for table, values in _rows(row, history, said, happened, *team)),
    )


def _rows(row: CommentRow, *others: Iterable[Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "comments", row.model_dump()
    for table, rows in zip(_TOLD, others, strict=True):
        yield from ((table, other.model_dump()) for other in rows)


def _stored(table: str, values: Mapping[str, Any]) -> Iterator[Stored]:
    for field in fields.of_table(table):
        value = values[field.column.partition(".")[2]]
        shown = _text(value) if Reader.WRITER in FIELDS[field.column].readers else _WITHHELD
        yield Stored(field.column, field.name, field.form, shown)


def _text(value: Any) -> str:  # noqa: ANN401 - any column's value
    if value is None or value in ("", []):
        return "nothing"
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, list | dict):
        return json.dumps(_without_the_teams_own(value), ensure_ascii=False)
    return str(value)


def _without_the_teams_own(value: list[Any] | dict[str, Any]) -> list[Any] | dict[str, Any]:
    """Weights add up to the score, and moderators act as the website; that they are stored is not withheld."""
    if isinstance(value, dict):
        return value | dict.fromkeys(_TEAMS_OWN & value.keys(), "not shown here")
    return [_without_the_teams_own(item) if isinstance(item, dict) else item for item in value]


def _moment(row: DecisionRow) -> Moment:
    decision = decisions.to_decision(row)
    model = decision.model
    return Moment(
        at=row.decided_at,
        actor=ACTOR_WORDS[decision.actor],
        verdict=VERDICT_PAST[decision.verdict],
        reasons=tuple(reason.text for reason in decision.reasons),
        band=BAND_WORDS[decision.band] if decision.band else "",
        model=f"{model.name} {model.version}" if model else "",
    )
