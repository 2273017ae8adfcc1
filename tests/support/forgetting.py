"""A comment with everything about it, and a look for what is left of it, for tests of what is forgotten."""

from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlmodel import select

from moderation.clock import Id, new_id
from moderation.duties import forgetting, grouping, reviewing
from moderation.duties.forgetting import Proof
from moderation.judging import moderating
from moderation.judging.retention import Terms
from moderation.storage import audits, receipts, second_looks
from moderation.storage.audits import Fresh
from moderation.storage.database import Database
from moderation.storage.fields import FIELDS
from moderation.storage.rights_tables import AppealRow, SubjectRequestRow
from moderation.storage.second_looks import First
from moderation.storage.tables import CommentRow
from moderation.vocabulary import ErasedBy, Label, RequestKind, Verdict
from tests.support import chance
from tests.support.desk import Desk
from tests.support.factories import NOW

ABOUT = sorted({field.table for field in FIELDS.values() if field.column.endswith(".comment_id")} - {"search"})


def lived(desk: Desk, words: str = "Tulips for sale", **changes: Any) -> Id:
    """A comment that was held, labelled, reported, noted on, claimed, drawn twice, appealed, and opened by a pass."""
    comment_id = desk.published(words, **changes)
    desk.report(comment_id)
    seat = desk.seat("ana")
    seat.write(
        lambda db: reviewing.note(db, desk=seat.place, comment_id=comment_id, text="Look.", about_author=True, now=NOW)
    )
    seat.choose(comment_id, moderating.Choice(Verdict.HOLD))
    seat.write(lambda db: reviewing.claim(db, desk=seat.place, comment_ids=[comment_id], now=NOW))
    desk.decide(comment_id, Verdict.HOLD, label=Label.SPAM)
    with desk.database.transaction() as db:
        row = db.get(CommentRow, comment_id)
        site_id = row.site_id
        if not audits.is_audited(db, site_id=site_id, comment_id=comment_id):
            chance.draw(db, seal=desk.seal, judged=[Fresh(site_id, comment_id, NOW)])
        first = First(row.decision_id, comment_id, Label.SPAM, seat.id)
        second_looks.draw(db, site_id=site_id, firsts=[first], now=NOW)
        receipts.add_pass(db, row=row, now=NOW)
        db.add(_appeal(row, heard_at=NOW))
        db.add(
            SubjectRequestRow(id=new_id(), site_id=site_id, comment_id=comment_id, kind=RequestKind.EXPORT, made_at=NOW)
        )
        grouping.sweep(db)
    return comment_id


def appeal(desk: Desk, comment_id: Id) -> None:
    """The writer asks for a second look, and nobody has answered."""
    with desk.database.transaction() as db:
        db.add(_appeal(db.get(CommentRow, comment_id), heard_at=None))


def _appeal(row: CommentRow, heard_at: datetime | None) -> AppealRow:
    return AppealRow(
        id=new_id(),
        site_id=row.site_id,
        comment_id=row.id,
        decision_id=row.decision_id,
        opened_at=NOW,
        text="I meant it well.",
        heard_at=heard_at,
    )


def erase(desk: Desk, comment_id: Id, *, by: ErasedBy = ErasedBy.AUTHOR, now: datetime = NOW) -> Proof:
    with desk.database.transaction() as db:
        row = db.exec(select(CommentRow).where(CommentRow.id == comment_id)).one()
        return forgetting.erase(db, seal=desk.seal, row=row, by=by, now=now)


def sweep(desk: Desk, *, terms: Terms = Terms(), now: datetime = NOW) -> int:  # noqa: B008 - a frozen value
    """Everything that is due, in as many pieces as it takes; returns how much that was."""
    total = 0
    while True:
        with desk.database.transaction() as db:
            piece = forgetting.sweep(db, seal=lambda: desk.seal, terms=terms, now=now)
        total += piece
        if not piece:
            return total


def shorten(desk: Desk, terms: Terms) -> None:
    """What a process does once: today's terms bring stored dates forward."""
    pass_ = forgetting.Shortening(terms)
    while True:
        with desk.database.transaction() as db:
            if not pass_.piece(db):
                return


def states(desk: Desk) -> dict[Id, str]:
    with desk.database.snapshot() as db:
        return {row.id: row.state.value for row in db.exec(select(CommentRow))}


def rows_about(database: Database, comment_id: Id) -> dict[str, int]:
    """How many rows of each table name a comment."""
    named = comment_id.hex if database.is_embedded else comment_id
    with database.snapshot() as db:
        found = {
            table: db.connection().execute(text(f"SELECT count(*) FROM {table} WHERE comment_id = :id"), {"id": named})
            for table in ABOUT
        }
        return {table: count for table, result in found.items() if (count := result.scalar_one())}
