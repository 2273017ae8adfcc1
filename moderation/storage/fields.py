"""The field registry: what each stored column is, why it is there, in which form, for whom; it holds no values."""

from typing import Final

from moderation.storage import fields_of_comments, fields_of_rights, fields_of_running
from moderation.storage.field_kinds import HOW_READERS_SEE, Field, Origin, Purpose, Reader

__all__ = ["ABOUT_COMMENTS", "FIELDS", "HOW_READERS_SEE", "Field", "Origin", "Purpose", "Reader", "of_table"]

ABOUT_COMMENTS: Final = (
    "comments",
    "decisions",
    "labels",
    "lessons",
    "audits",
    "events",
    "answers",
    "search",
    "alike_marks",
    "reports",
    "notes",
    "claims",
    "second_looks",
    "appeals",
    "subject_requests",
    "passes",
)
_ENTRIES: Final = (*fields_of_comments.ENTRIES, *fields_of_rights.ENTRIES, *fields_of_running.ENTRIES)
FIELDS: Final = {field.column: field for field in _ENTRIES}
WITH_THEIR_COMMENT: Final = frozenset(ABOUT_COMMENTS) - {"lessons", "answers", "claims", "passes", "subject_requests"}
"""Tables whose rows go when their comment does: by the date of its state, or because somebody has it erased."""
AS_LONG: Final = "as long as the comment"


def of_table(table: str) -> tuple[Field, ...]:
    """Returns the fields of one table, in the order in which readers are told of them."""
    return tuple(field for field in FIELDS.values() if field.table == table)
