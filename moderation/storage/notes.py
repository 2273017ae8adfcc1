"""What moderators wrote for each other about comments and authors; readers and writers never see it."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, or_, select

from moderation.clock import Id, new_id
from moderation.storage.database import Db
from moderation.storage.people_tables import NoteRow


@dataclass(frozen=True, slots=True)
class Note:
    """One note; `author_email_code` only where it is about the author rather than the one comment."""

    comment_id: Id
    moderator_id: Id
    written_at: datetime
    text: str
    author_email_code: str | None = None

    @property
    def is_about_author(self) -> bool:
        """Whether the note shows beside every comment of this author."""
        return self.author_email_code is not None


def add(db: Db, *, site_id: Id, note: Note) -> None:
    """Stores a note."""
    db.add(
        NoteRow(
            id=new_id(),
            site_id=site_id,
            comment_id=note.comment_id,
            author_email_code=note.author_email_code,
            moderator_id=note.moderator_id,
            written_at=note.written_at,
            text=note.text,
        )
    )
    db.flush()


def about(db: Db, *, site_id: Id, comment_id: Id, author_email_code: str | None) -> list[Note]:
    """Returns the notes on a comment of a site and on its author, oldest first."""
    of_comment = NoteRow.comment_id == comment_id
    of_author = col(NoteRow.author_email_code) == author_email_code
    query = select(NoteRow).where(NoteRow.site_id == site_id)
    query = query.where(or_(of_comment, of_author) if author_email_code else of_comment)
    return [
        Note(row.comment_id, row.moderator_id, row.written_at, row.text, row.author_email_code)
        for row in db.exec(query.order_by(col(NoteRow.id)))
    ]


def rows_about(db: Db, *, site_id: Id, comment_id: Id) -> list[NoteRow]:
    """Returns the rows about a comment of a site, as they are stored."""
    return list(db.exec(select(NoteRow).where(NoteRow.site_id == site_id, NoteRow.comment_id == comment_id)))
