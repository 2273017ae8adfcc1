"""Readers' words, passed on by the blog, that a comment is bad; they never decide and never teach."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from moderation.clock import Id, new_id
from moderation.storage.database import Db
from moderation.storage.tables import ReportRow
from moderation.vocabulary import Category


@dataclass(frozen=True, slots=True)
class Report:
    """One reader's word; the reader only as a keyed code."""

    comment_id: Id
    reporter_code: str
    category: Category
    reported_at: datetime


def add(db: Db, *, site_id: Id, report: Report) -> bool:
    """Stores a report and returns True, or False where the same reader had reported the same comment."""
    query = select(ReportRow.id).where(ReportRow.site_id == site_id, ReportRow.comment_id == report.comment_id)
    if db.exec(query.where(ReportRow.reporter_code == report.reporter_code)).first() is not None:
        return False
    db.add(
        ReportRow(
            id=new_id(),
            site_id=site_id,
            comment_id=report.comment_id,
            reporter_code=report.reporter_code,
            category=report.category,
            reported_at=report.reported_at,
        )
    )
    db.flush()
    return True


def of_comment(db: Db, *, site_id: Id, comment_id: Id) -> Counter[Category]:
    """Returns how many readers said what about a comment of a site."""
    query = select(ReportRow.category).where(ReportRow.site_id == site_id, ReportRow.comment_id == comment_id)
    return Counter(Category(said) for said in db.exec(query.order_by(col(ReportRow.id))))


def rows_about(db: Db, *, site_id: Id, comment_id: Id) -> list[ReportRow]:
    """Returns the rows about a comment of a site, as they are stored."""
    return list(db.exec(select(ReportRow).where(ReportRow.site_id == site_id, ReportRow.comment_id == comment_id)))
