"""What the notice says of what is stored, of what is not, and of who gets it; it stores nothing."""

from collections.abc import Iterable
from dataclasses import MISSING
from dataclasses import fields as dataclass_fields
from datetime import timedelta
from typing import Any, Final

from moderation.duties.reporting import truth_of_storage as truth
from moderation.duties.reporting.statements import Check, Ground, Statement
from moderation.duties.reporting.wording import iso
from moderation.judging.comment import Comment
from moderation.judging.facts import FactValue, Provenance
from moderation.storage import fields
from moderation.storage.fields import (
    ABOUT_COMMENTS,
    AS_LONG,
    FIELDS,
    HOW_READERS_SEE,
    WITH_THEIR_COMMENT,
    Field,
    Origin,
    Purpose,
    Reader,
)
from moderation.vocabulary import Channel

LIMIT_WINDOW: Final = timedelta(minutes=1)
NOT_KEPT: Final = (
    "the comment's e-mail address itself",
    "the whole network address",
    "the browser's name (user agent)",
    "the page you came from (referrer)",
    "cookies",
    "anything else that the website sends along",
)
SOURCES: Final = {
    Channel.AKISMET: "from the website, by the way that Akismet's plugins use",
    Channel.API: "from the website, by this service's own interface",
}
_TABLES: Final = "the tables in use; each column of the running database is compared with this list"
_FORM: Final = "the form in which this service takes comments; one with no more than this is judged as a try"


def told(field: Field) -> dict[str, FactValue]:
    """Returns what readers are told of a column."""
    return {
        "column": field.column,
        "name": field.name,
        "personal": field.personal,
        "about_comments": field.table in ABOUT_COMMENTS,
        "origin": field.origin.value,
        "purpose": field.purpose.value,
        "form": field.form,
        "readers": tuple(reader.value for reader in field.readers),
        "kept": kept(field),
    }


def kept(field: Field) -> str | None:
    """Returns how long a column's values stay: ISO 8601, as long as their comment does, or None where no end is set."""
    return AS_LONG if field.table in WITH_THEIR_COMMENT else iso(field.kept)


def _transient(_: Ground) -> FactValue:
    """What is used without being stored; `kept` is an ISO 8601 duration, or None for as long as the answer takes."""
    return (
        {
            "what": "the first part of the network address of whoever opens receipts or tries wrong keys",
            "why": "to limit guessing",
            "kept": iso(LIMIT_WINDOW),
        },
        {
            "what": "the page's title, tags and excerpt, and what the form noticed, where the website sends them",
            "why": "to judge the comment",
            "kept": None,
        },
        {
            "what": "single words and web addresses of comments judged lately, without the comments, in working memory",
            "why": "to judge faster",
            "kept": "until others take their place or the service stops",
        },
    )


def _purposes(_: Ground) -> FactValue:
    used = {field.purpose for field in FIELDS.values()}
    return tuple(purpose.value for purpose in Purpose if purpose in used)


def _from_writer() -> tuple[Field, ...]:
    """What the writer gives with the comment; what is asked for afterwards is a right."""
    given = (field for field in fields.of_table("comments") if field.origin is Origin.WRITER)
    return tuple(field for field in given if field.purpose is not Purpose.RIGHTS)


def required() -> tuple[str, ...]:
    """What the writer must give: the columns of the comment form that have no default where a comment is taken in."""
    needed = {f"comments.{field.name}" for field in dataclass_fields(Comment) if _has_no_default(field)}
    return tuple(field.name for field in _from_writer() if field.column in needed)


def optional() -> tuple[str, ...]:
    """What the writer can leave out."""
    return tuple(field.name for field in _from_writer() if field.name not in required())


def _has_no_default(field: Any) -> bool:  # noqa: ANN401 - dataclasses' field of any type
    return field.default is MISSING and field.default_factory is MISSING


def _names(fields_: Iterable[Field]) -> tuple[str, ...]:
    return tuple(field.name for field in fields_)


def _database(ground: Ground) -> FactValue:
    return "SQLite, a file of this service" if ground.settings.database_url.startswith("sqlite") else "PostgreSQL"


def _schema(id_: str, value: Any, check: Check, source: str = _TABLES) -> Statement:  # noqa: ANN401 - a fact's value
    return Statement(id_, Provenance.SCHEMA, source, value if callable(value) else lambda _: value, check)


STATEMENTS: Final = (
    _schema("fields", lambda _: tuple(told(field) for field in FIELDS.values()), truth.fields),
    _schema(
        "fields.public",
        lambda _: _names(field for field in fields.of_table("comments") if Reader.PUBLIC in field.readers),
        truth.public,
        "the tables in use; what this service sends to everyone is compared with this list",
    ),
    _schema(
        "fields.as_given", lambda _: _names(field for field in _from_writer() if field.is_as_given), truth.as_given
    ),
    _schema("fields.readers", lambda _: {reader.value: how for reader, how in HOW_READERS_SEE.items()}, truth.readers),
    _schema("fields.required", lambda _: required(), truth.required, _FORM),
    _schema("fields.optional", lambda _: optional(), truth.optional, _FORM),
    _schema("purposes", _purposes, truth.purposes),
    _schema(
        "not_kept",
        NOT_KEPT,
        truth.not_kept,
        "no column of the running database has such a name, no stored value such a form",
    ),
    _schema("transient", _transient, truth.transient, "the program's limiter, which is asked; it has no table"),
    _schema(
        "client_storage",
        (),
        truth.client_storage,
        "no page for readers or writers sets a cookie; their scripts are searched for storage",
    ),
    _schema(
        "sources",
        lambda _: tuple(SOURCES[channel] for channel in Channel),
        truth.sources(SOURCES),
        "the doors that this program has; the stored comments are asked for theirs",
    ),
    Statement(
        "logs",
        Provenance.SETTINGS,
        "the running settings, and the log that is set up; docs/data.md lists every event",
        lambda ground: {"level": ground.settings.log_level, "holds": "names of events, ids, counts and codes"},
        truth.logs,
    ),
    Statement(
        "database",
        Provenance.SETTINGS,
        "the running settings; the open connection says what it is",
        _database,
        truth.database,
    ),
)
