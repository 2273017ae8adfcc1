"""To writers: everything stored about their comment, value by value, and all of it as one signed file.

The receipt's page and the file are made of the same values, so neither can hold what the other leaves out.
"""

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any, Final

from moderation.clock import Id
from moderation.judging.receipt import told_from
from moderation.judging.statement import Made, Statement, statements
from moderation.seal import Seal
from moderation.storage import about, decisions, fields, redress, reports, requests
from moderation.storage.database import Db
from moderation.storage.fields import FIELDS, HOW_READERS_SEE, Reader
from moderation.storage.ledger import email_code
from moderation.storage.tables import CommentRow
from moderation.vocabulary import Actor, RequestKind, State, Verdict

SCHEMA: Final = "candor.export/1"
KEY_ADDRESS: Final = "/.well-known/candor-key.json"
WITHHELD: Final = (
    "stored, and not shown here: it would help to write around the program, or belongs to the website's team"
)
NOT_YET: Final = "stored, and not shown yet"
_THE_MONTH: Final = "the month, and no more"
_MONTHS: Final = frozenset({"comments.received_at", "comments.changed_at"})
"""What of an erased comment is the month alone."""
_DATED: Final = ("published", "held", "removed")
_TEAMS_OWN: Final = frozenset({"weight", "moderator_id"})
_NOT_SHOWN: Final = "not shown here"
_NOT_YET: Final[Mapping[str, frozenset[str]]] = {
    "comments": frozenset({"reason", "waits_as", "waits_since"}),
    "decisions": frozenset(
        {"verdict", "reasons", "score", "band", "model_name", "model_version", "site_revision", "policy_version"}
    ),
    "events": frozenset({"facts"}),
}
_TELLS_REFUSED: Final = "comments.state"
"""What a program held and what it refused look alike so long; that neither is shown everybody sees."""
_ONLY_HELD: Final = "alike_marks"
"""Rows that a held comment can have and a refused one has not: they would tell the two apart."""


@dataclass(frozen=True, slots=True)
class Stored:
    """One stored value as JSON, with what the registry says of its column; `withheld` says why there is none here."""

    column: str
    name: str
    form: str
    value: Any
    withheld: str = ""
    shown_from: datetime | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is stored there."""
        return self.value is None or self.value in ("", [])

    @property
    def text(self) -> str:
        """The value as text, a list or an object as JSON."""
        if self.is_empty:
            return "nothing"
        return self.value if isinstance(self.value, str) else json.dumps(self.value, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Veil:
    """The program's decisions of which not all is told yet, each with the moment from which it is."""

    early: Mapping[Id, datetime] = field(default_factory=dict)


OPEN: Final = Veil()


def stored(db: Db, *, row: CommentRow, veil: Veil = OPEN) -> tuple[tuple[Stored, ...], ...]:
    """Returns everything stored about a comment, row by row."""
    found = about.rows_about(db, row=row)
    hides = row.decision_id in veil.early
    return tuple(
        tuple(_values(table, values, veil, row)) for table, values in found if not (hides and table == _ONLY_HELD)
    )


def export(
    db: Db,
    *,
    seal: Seal,
    row: CommentRow,
    now: datetime,
    appeal_for: timedelta,
    veil: Veil = OPEN,
) -> dict[str, Any]:
    """Returns everything stored about a comment as JSON types, signed; what is withheld is named with the reason.

    The signature is over the file without its key `signature`, written as JSON with sorted keys and without spaces.
    Restrictions come with their statements of reasons, which are made of what is stored.
    """
    rows: dict[str, list[dict[str, Any]]] = {}
    withheld: dict[str, str] = {}
    for values in stored(db, row=row, veil=veil):
        table = values[0].column.partition(".")[0]
        rows.setdefault(table, []).append({_short(one.column): one.value for one in values if not one.withheld})
        withheld |= {one.column: _why(one) for one in values if one.withheld}
    told = {
        "schema": SCHEMA,
        "made_at": now.isoformat(),
        "comment_id": str(row.id),
        "site_id": str(row.site_id),
        "state": (State.HELD if _TELLS_REFUSED in withheld else row.state).value,
        "stored": rows,
        "withheld": withheld,
        "statements": [one.as_json() for one in statements_of(db, row=row, veil=veil, appeal_for=appeal_for, now=now)],
        "deleted_after": {state: as_json(getattr(row, f"delete_{state}_after")) for state in _DATED},
        "meaning": {column: _meaning(column) for column in sorted(_columns(rows) | withheld.keys())},
    }
    return told | {"signature": _signature(seal, told)}


def export_for_writer(
    db: Db, *, seal: Seal, row: CommentRow, now: datetime, veil: Veil, appeal_for: timedelta
) -> dict[str, Any]:
    """Returns the same, and writes down that the writer asked for it."""
    requests.note_done(db, site_id=row.site_id, comment_id=row.id, kind=RequestKind.EXPORT, now=now)
    return export(db, seal=seal, row=row, now=now, veil=veil, appeal_for=appeal_for)


def statements_of(
    db: Db, *, row: CommentRow, veil: Veil, appeal_for: timedelta, now: datetime
) -> tuple[Statement, ...]:
    """Returns the statement of reasons of each restriction of a comment of which all may be told, oldest first."""
    names = {"site_id": row.site_id, "comment_id": row.id}
    history = [_as_told(made, veil) for made in decisions.made(decisions.history(db, **names))]
    complaints = [one.reported_at for one in reports.rows_about(db, **names)]
    reference = f"/sites/{row.site_id}/comment-data/history"
    tells = row.decision_id not in veil.early
    offered = redress.of_comment(db, row=row, open_for=appeal_for, now=now, tells_states_apart=tells)
    found = statements(history, complaints=complaints, reference=reference, redress=offered)
    return tuple(one for one in found if one.decision_id not in veil.early)


def _as_told(made: Made, veil: Veil) -> Made:
    """What a program refused looks like what it held, so long as not all of it is told: it ends nothing either."""
    is_hidden = made.id in veil.early and made.decision.verdict is Verdict.REMOVE
    return replace(made, decision=replace(made.decision, verdict=Verdict.HOLD)) if is_hidden else made


def veil_of(db: Db, *, seal: Seal, row: CommentRow, delay: timedelta, now: datetime) -> Veil:
    """Returns what of a comment is not told yet; a part of the delay depends on the comment, by a keyed code."""
    history = decisions.made(decisions.history(db, site_id=row.site_id, comment_id=row.id))
    share = int(seal.code("delay", str(row.id))[:8], 16) / 0xFFFF_FFFF
    return Veil(told_from(history, delay=delay, share=share, now=now))


def note_export(db: Db, *, site_id: Id, now: datetime) -> None:
    """Writes down that somebody's comments at a site were asked for; it names neither the person nor a comment."""
    requests.note_done(db, site_id=site_id, comment_id=None, kind=RequestKind.EXPORT, now=now)


def comments_of(db: Db, *, seal: Seal, site_id: Id, email: str | None = None) -> Iterator[CommentRow]:
    """Yields a person's comments at a site, found by the keyed code of an address, or all of a site; oldest first."""
    code = email_code(seal, site_id, email) if email is not None else None
    if email is not None and code is None:
        return
    yield from about.comments_of(db, site_id=site_id, email_code=code)


def canonical(told: Mapping[str, Any]) -> bytes:
    """Returns what is signed: JSON with sorted keys, without spaces, in UTF-8."""
    return json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "replace")


def _values(table: str, values: Mapping[str, Any], veil: Veil, row: CommentRow) -> Iterator[Stored]:
    shown_from = _told_from(table, values, veil, row)
    for entry in fields.of_table(table):
        name = _short(entry.column)
        if Reader.WRITER not in entry.readers:
            yield Stored(entry.column, entry.name, entry.form, None, WITHHELD)
        elif shown_from is not None and (name in _NOT_YET[table] or _tells_refused(entry.column, row)):
            yield Stored(entry.column, entry.name, entry.form, None, NOT_YET, shown_from)
        elif row.state is State.ERASED and entry.column in _MONTHS:
            yield Stored(entry.column, entry.name, _THE_MONTH, f"{values[name]:%Y-%m}")
        else:
            yield Stored(entry.column, entry.name, entry.form, as_json(values[name]))


def _tells_refused(column: str, row: CommentRow) -> bool:
    return column == _TELLS_REFUSED and row.state is not State.PUBLISHED


def _told_from(table: str, values: Mapping[str, Any], veil: Veil, row: CommentRow) -> datetime | None:
    """From when a row tells what the program decided; None where it may be told now."""
    if table == "comments":
        return veil.early.get(row.decision_id)
    if table == "decisions":
        return veil.early.get(values["id"])
    if table == "events" and values["facts"].get("actor") == Actor.POLICY.value:
        return veil.early.get(Id(values["facts"]["decision_id"]))
    return None


def as_json(value: Any) -> Any:  # noqa: ANN401 - any column's value
    """Returns a stored value as JSON types; what belongs to the team inside of it is named and not told."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Id | date):
        return str(value)
    if isinstance(value, dict):
        return {name: _NOT_SHOWN if name in _TEAMS_OWN else as_json(item) for name, item in value.items()}
    if isinstance(value, list):
        return [as_json(item) for item in value]
    return value


def _signature(seal: Seal, told: Mapping[str, Any]) -> dict[str, str]:
    return {
        "algorithm": "Ed25519",
        "public_key": base64.b64encode(seal.public_key).decode(),
        "key_address": KEY_ADDRESS,
        "over": "this file without `signature`, as JSON with sorted keys, without spaces, in UTF-8",
        "value": base64.b64encode(seal.sign(canonical(told))).decode(),
    }


def _why(one: Stored) -> str:
    return f"{one.withheld}; from {one.shown_from.isoformat(timespec='seconds')}" if one.shown_from else one.withheld


def _meaning(column: str) -> dict[str, Any]:
    entry = FIELDS[column]
    return {
        "name": entry.name,
        "from": entry.origin.value,
        "why": entry.purpose.value,
        "kept_as": entry.form,
        "seen_by": [f"{reader.value} ({HOW_READERS_SEE[reader]})" for reader in entry.readers],
    }


def _columns(rows: Mapping[str, list[dict[str, Any]]]) -> set[str]:
    return {f"{table}.{name}" for table, found in rows.items() for values in found for name in values}


def _short(column: str) -> str:
    return column.partition(".")[2]
