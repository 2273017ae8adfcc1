"""What can be said of a stored column: origin, purpose, form, readers; it names no column."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from moderation.judging import preferences
from moderation.judging.comment import LIMITS


class Purpose(StrEnum):
    """Why a column exists."""

    SHOW = "to show the comment where it was written"
    JUDGE = "to judge whether the comment is welcome"
    RECOGNISE = "to know a comment again when it is sent twice, edited or corrected"
    ANSWER = "to tell the writer and the website what happened and why"
    PROVE = "to notice it when somebody changes the history afterwards"
    CORRECT = "to record that the program was right or wrong"
    CHECK = "to check by hand, on comments drawn by chance, how often the program is wrong"
    LEARN = "to judge better after a person's correction, and to take back what was learnt"
    COUNT = "to count how often the service was asked"
    RUN = "to run the service: which sites there are and who has which key"
    ORDER = "to show moderators first what needs them most, and nearly the same comments together"
    FIND = "to let moderators find a comment by its words"
    TEAM = "to let moderators work together, and to know who decided"
    FORGET = "to delete on time, and to show that it was done"
    RIGHTS = "to do what the writer asks for, and to show that it was done"


class Reader(StrEnum):
    """Who sees a column's value."""

    PUBLIC = "everyone"
    WRITER = "the writer"
    WEBSITE = "the website"
    MODERATOR = "the website's moderators"
    OPERATOR = "the operator"


class Origin(StrEnum):
    """Where a column's value comes from."""

    WRITER = "from the comment form"
    WEBSITE = "from the website"
    SERVICE = "made by this service"
    OPERATOR = "set by whoever runs this service"


@dataclass(frozen=True, slots=True)
class Field:
    """One column as readers are told of it; `kept` is None where no end is set, `keys` are those of a JSON column."""

    column: str
    name: str
    origin: Origin
    purpose: Purpose
    form: str
    readers: tuple[Reader, ...]
    personal: bool
    kept: timedelta | None = None
    keys: tuple[str, ...] = ()

    @property
    def table(self) -> str:
        """The table that the column belongs to."""
        return self.column.partition(".")[0]

    @property
    def is_as_given(self) -> bool:
        """Whether the value is kept just as it came."""
        return self.form.startswith(AS_GIVEN)


HOW_READERS_SEE: Final = {
    Reader.PUBLIC: "in a comment while it is published, and on this service's public pages",
    Reader.WRITER: "with the receipt",
    Reader.WEBSITE: "with its key",
    Reader.MODERATOR: "people whom the operator names, signed in to the console",
    Reader.OPERATOR: "who runs this service and its database, and whomever they make operator in the console",
}

AS_GIVEN: Final = "as received"
FOLDED: Final = f"{AS_GIVEN}, in small letters"
LANGUAGE: Final = f"{AS_GIVEN}, or cut to a code"
LONG_TEXT: Final = f"as received, at most {LIMITS['content']:,} characters"
TIME: Final = "a time"
WORD: Final = "one word of a fixed list"
NUMBER: Final = "a number"
SWITCH: Final = "yes or no"
ID: Final = "an id made of the time and random digits"
HASH: Final = "a hash (SHA-256)"
CODE: Final = "a code made with this service's key"

STAFF: Final = (Reader.OPERATOR,)
TEAM: Final = (Reader.MODERATOR, Reader.OPERATOR)
SITE: Final = (Reader.WEBSITE, Reader.MODERATOR, Reader.OPERATOR)
TOLD: Final = (Reader.WRITER, Reader.MODERATOR, Reader.OPERATOR)
OURS: Final = (Reader.WRITER, Reader.OPERATOR)
CALLER: Final = (Reader.WEBSITE, Reader.OPERATOR)
ABROAD: Final = (Reader.WRITER, Reader.WEBSITE, Reader.OPERATOR)
BOTH: Final = (Reader.WRITER, Reader.WEBSITE, Reader.MODERATOR, Reader.OPERATOR)
OPEN: Final = (Reader.PUBLIC, *BOTH)


KEYS: Final[dict[str, tuple[str, ...]]] = {
    "comments.author_roles": (),
    "keys.scopes": (),
    "decisions.reasons": ("code", "text", "weight", "spans", "field", "start", "end"),
    "events.facts": (
        *("decision_id", "verdict", "actor", "label", "category", "moderator_id"),
        *("appeal_id", "outcome", "asked"),
    ),
    "moderators.preferences": ("keys", "single_keys", "fold", "greyscale", "break_after", "order", *preferences.KEYS),
}


def of_comment(  # noqa: PLR0917 - a row of a table, in the order of its heads
    column: str, name: str, origin: Origin, purpose: Purpose, form: str, readers: tuple[Reader, ...]
) -> Field:
    """A column of a row about one comment: whatever it holds is about the person who wrote that."""
    keys = KEYS.get(column, ())
    return Field(column, name, origin, purpose, form, readers, personal=True, keys=keys)


def of_staff(
    column: str,
    name: str,
    purpose: Purpose,
    form: str,
    readers: tuple[Reader, ...] = STAFF,
    *,
    personal: bool = False,
) -> Field:
    """A column of a row that runs the service, which nobody sees but whoever runs it, unless others are named."""
    origin = Origin.OPERATOR if form in {AS_GIVEN, FOLDED, WORD, SWITCH, NUMBER} else Origin.SERVICE
    return Field(column, name, origin, purpose, form, readers, personal=personal, keys=KEYS.get(column, ()))
