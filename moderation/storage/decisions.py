"""Decisions: append-only, chained by digests, each with its event; the newest one moves its comment's state."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

import orjson
from sqlalchemy import String, exists, type_coerce
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.sql.expression import Select

from moderation.clock import Id, new_id
from moderation.judging.decision import Decision
from moderation.judging.signal import ModelRef, Reason, Span
from moderation.judging.statement import Made
from moderation.seal import Seal, equal
from moderation.storage.bulk import insert_rows
from moderation.storage.database import Db
from moderation.storage.tables import CommentRow, DecisionRow
from moderation.vocabulary import STATE_AFTER, State

_PAGE = 500
_select: Callable[..., Select[Any]] = select  # whose types count to four columns


@dataclass(frozen=True, slots=True)
class Hand:
    """Which moderator decided, which of that person's decisions is taken back, and what was decided together."""

    moderator_id: Id | None = None
    undoes: Id | None = None
    batch_id: Id | None = None


NOBODY: Final = Hand()
_LATER: Final = frozenset({"moderator_id", "undoes", "batch_id"})
"""Columns that histories written before them do not have: a digest covers them where they say something."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A decision on its way into the history of one comment."""

    site_id: Id
    comment_id: Id
    comment_version: int
    decision: Decision
    previous_digest: str
    decided_at: datetime
    hand: Hand = NOBODY


def chain(seal: Seal, entry: Entry) -> dict[str, Any]:
    """Returns the row of an entry, its digest keyed and built on the previous one, so that changing history shows."""
    decision, model = entry.decision, entry.decision.model
    row = {
        "id": new_id(),
        "site_id": entry.site_id,
        "comment_id": entry.comment_id,
        "comment_version": entry.comment_version,
        "decided_at": entry.decided_at,
        "verdict": decision.verdict,
        "actor": decision.actor,
        "reasons": [_reason_json(reason) for reason in decision.reasons],
        "score": decision.score,
        "band": decision.band,
        "model_name": model.name if model else None,
        "model_version": model.version if model else None,
        "site_revision": model.site_revision if model else None,
        "policy_version": decision.policy_version,
        "moderator_id": entry.hand.moderator_id,
        "undoes": entry.hand.undoes,
        "batch_id": entry.hand.batch_id,
    }
    return row | {"digest": _digest(seal, entry.previous_digest, row)}


def moved(row: dict[str, Any], score: float | None) -> dict[str, Any]:
    """Returns what a decision's row changes on its comment; the program's score stays where a person decided."""
    return ({} if score is None else {"score": score}) | {
        "reason": row["reasons"][0]["code"],
        "state": STATE_AFTER[row["verdict"]],
        "decided_by": row["actor"],
        "version": row["comment_version"],
        "changed_at": row["decided_at"],
        "decision_id": row["id"],
        "decision_digest": row["digest"],
    }


def append(db: Db, rows: list[dict[str, Any]]) -> None:
    """Stores decisions in one statement; their events go to the outbox in the same transaction (`events.append`)."""
    insert_rows(db, DecisionRow, rows)


def latest(db: Db, *, site_id: Id, decision_ids: list[Id]) -> dict[Id, Decision]:
    """Returns decisions of a site by their ids."""
    rows = db.exec(select(DecisionRow).where(col(DecisionRow.id).in_(decision_ids)))
    return {row.id: to_decision(row) for row in rows if row.site_id == site_id}


def history(db: Db, *, site_id: Id, comment_id: Id) -> list[DecisionRow]:
    """Returns every decision on a comment of a site, oldest first."""
    query = select(DecisionRow).where(DecisionRow.site_id == site_id, DecisionRow.comment_id == comment_id)
    return list(db.exec(query.order_by(col(DecisionRow.comment_version), col(DecisionRow.id))))


@dataclass(frozen=True, slots=True)
class Own:
    """A moderator's decision that still stands: nothing but what was taken back came after it."""

    id: Id
    comment_id: Id
    decided_at: datetime
    batch_id: Id | None


def standing_of(db: Db, *, site_id: Id, moderator_id: Id, since: datetime, limit: int) -> list[Own]:
    """Returns a moderator's newest decisions at a site that still stand and take nothing back, the newest first."""
    query = _standing(site_id).where(DecisionRow.moderator_id == moderator_id, DecisionRow.decided_at >= since)
    return [Own(*row) for row in db.exec(query.order_by(col(DecisionRow.id).desc()).limit(limit))]


def of_batch(db: Db, *, site_id: Id, moderator_id: Id, batch_id: Id, limit: int) -> list[Own]:
    """Returns what a moderator decided together at a site and still stands, the newest first."""
    query = _standing(site_id).where(DecisionRow.batch_id == batch_id, DecisionRow.moderator_id == moderator_id)
    return [Own(*row) for row in db.exec(query.order_by(col(DecisionRow.id).desc()).limit(limit))]


def _standing(site_id: Id) -> Any:  # noqa: ANN401 - SQLModel types a select by its columns
    """Decisions that take nothing back, were not taken back, and are the last such ones of their comments."""
    later = aliased(DecisionRow)
    after = exists().where(col(later.site_id) == site_id, col(later.comment_id) == DecisionRow.comment_id)
    after = after.where(col(later.comment_version) > DecisionRow.comment_version, *_counts(later))
    query = select(DecisionRow.id, DecisionRow.comment_id, DecisionRow.decided_at, DecisionRow.batch_id)
    query = query.join(CommentRow, col(CommentRow.id) == DecisionRow.comment_id)
    query = query.where(DecisionRow.site_id == site_id, CommentRow.state != State.ERASED)
    return query.where(*_counts(DecisionRow), ~after)


def _counts(row: Any) -> tuple[Any, Any]:  # noqa: ANN401 - a table, or another name of it
    undoing = aliased(DecisionRow)
    return row.undoes.is_(None), ~exists().where(undoing.undoes == row.id)


def broken_chains(db: Db, *, seal: Seal, site_id: Id) -> Iterator[Id]:
    """Yields each comment of a site whose state is not what its unchanged history of decisions led to."""
    standing = (
        _select(
            CommentRow.id,
            CommentRow.decision_digest,
            _as_text(CommentRow.state),
            _as_text(CommentRow.decided_by),
            _as_text(CommentRow.erased_by),
        )
        .where(CommentRow.site_id == site_id)
        .execution_options(yield_per=_PAGE)
    )
    for page in db.connection().execute(standing).partitions():
        yield from _broken(db, seal, site_id, [Head(*row) for row in page])


@dataclass(frozen=True, slots=True)
class Head:
    """Where a comment says that its history leads; words as stored, since they may have been tampered with."""

    comment_id: Id
    digest: str
    state: str
    decided_by: str
    erased_by: str | None


def erased_mark(seal: Seal, site_id: Id, comment_id: Id, erased_by: str) -> str:
    """Returns what stands in the place of an erased comment's history: a code that only this service can write."""
    return seal.code("chain", "erased", str(site_id), str(comment_id), erased_by)


def _broken(db: Db, seal: Seal, site_id: Id, heads: Sequence[Head]) -> list[Id]:
    """A value that can no longer be read spoils its page, which is then read comment by comment."""
    ids = [head.comment_id for head in heads]
    query = select(DecisionRow).where(DecisionRow.site_id == site_id, col(DecisionRow.comment_id).in_(ids))
    ordered = query.order_by(col(DecisionRow.comment_version), col(DecisionRow.id))
    histories: dict[Id, list[DecisionRow]] = defaultdict(list)
    try:
        for row in db.exec(ordered):
            histories[row.comment_id].append(row)
    except ValueError:
        return ids if len(heads) == 1 else [id_ for head in heads for id_ in _broken(db, seal, site_id, [head])]
    return [
        head.comment_id
        for head in heads
        if not (_leads_to(seal, histories[head.comment_id], head) or _was_erased(seal, site_id, histories, head))
    ]


def _was_erased(seal: Seal, site_id: Id, histories: Mapping[Id, Sequence[DecisionRow]], head: Head) -> bool:
    """Whether a comment without a history is one whose history this service has erased."""
    mark = erased_mark(seal, site_id, head.comment_id, head.erased_by or "")
    is_bare = head.state == State.ERASED and not histories.get(head.comment_id)
    return is_bare and equal(mark, head.digest)


def _leads_to(seal: Seal, history: Sequence[DecisionRow], head: Head) -> bool:
    digest = ""
    for row in history:
        if _digest(seal, digest, row.model_dump()) != row.digest:
            return False
        digest = row.digest
    if digest != head.digest or not history:
        return False
    last = history[-1]
    return head.state == State.ERASED or (head.state, head.decided_by) == (STATE_AFTER[last.verdict], last.actor)


def _as_text(column: Any) -> Any:  # noqa: ANN401 - SQLModel's columns are typed as their values
    return type_coerce(column, String)


def to_decision(row: DecisionRow) -> Decision:
    """Returns the value behind a row."""
    model = ModelRef(row.model_name, row.model_version or "", row.site_revision or 0) if row.model_name else None
    return Decision(
        verdict=row.verdict,
        actor=row.actor,
        reasons=tuple(_reason(reason) for reason in row.reasons),
        score=row.score,
        band=row.band,
        model=model,
        policy_version=row.policy_version,
    )


def made(rows: Sequence[DecisionRow]) -> list[Made]:
    """Returns the values behind a history's rows, each with its id and time."""
    return [Made(row.id, to_decision(row), row.decided_at) for row in rows]


def _reason_json(reason: Reason) -> dict[str, Any]:
    spans = [asdict(span) for span in reason.spans]
    return {"code": reason.code, "text": reason.text, "weight": round(reason.weight, 4) + 0.0, "spans": spans}


def _reason(stored: dict[str, Any]) -> Reason:
    return Reason(stored["code"], stored["text"], stored["weight"], tuple(Span(**span) for span in stored["spans"]))


def _digest(seal: Seal, previous: str, row: dict[str, Any]) -> str:
    """Over every column in the order of their names, in the form that both databases give back."""
    said = {
        name: value for name, value in row.items() if name != "digest" and (name not in _LATER or value is not None)
    }
    return seal.code("chain", previous, orjson.dumps(said, option=orjson.OPT_SORT_KEYS).decode())
