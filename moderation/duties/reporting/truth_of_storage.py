"""Whether what is stored is what the notice lists: the open database, the doors and the logs are looked at."""

import re
from typing import Any, Final

from moderation import telemetry
from moderation.duties.reporting.statements import Check, Look, NotHere
from moderation.duties.reporting.wording import differing, iso
from moderation.errors import ModerationError
from moderation.judging.comment import Author, Comment
from moderation.judging.judge import judge
from moderation.judging.said import Said
from moderation.judging.signal import Reason, Signal
from moderation.storage import recounting
from moderation.storage.fields import ABOUT_COMMENTS, AS_LONG, FIELDS, Purpose
from moderation.vocabulary import Channel, Verdict

_NEWEST: Final = 50
_KINDS: Final = {"sqlite": "SQLite, a file of this service", "postgresql": "PostgreSQL"}
_ENDINGS: Final = ("_code", "_digest", "_prefix", "_id", "_at")
_TELLING: Final = re.compile(r"agent|browser|referr?er|cookie|header|(^|_)(ip|e?mail|address)$")
_WHOLE_ADDRESS: Final = re.compile(r"[\d.]+|[0-9a-f:]*:[0-9a-f:]*|.*@.*", re.IGNORECASE)
_LEFT_OUT: Final = {
    "the name given": Author(name="x"),
    "the e-mail address": Author(email="x"),
    "the web address given": Author(url="x"),
}


def fields(look: Look, told: Any) -> str | None:  # noqa: ANN401 - a fact's value
    """The columns told are those of the open database, no more and no fewer."""
    live = _columns(look)
    named = {row["column"] for row in told}
    untold, missing = sorted(live - named), sorted(named - live)
    if untold or missing:
        return Said("Not told: %(untold)s. Not there: %(missing)s.", untold=_few(untold), missing=_few(missing))
    return None


def _columns(look: Look) -> frozenset[str]:
    return look.once("columns", lambda: recounting.columns(look.db))


def _few(names: list[str]) -> str:
    return ", ".join(names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "") if names else "none"


_SHOWN: Final = 5


def public(look: Look, told: Any) -> str | None:  # noqa: ANN401 - a fact's value
    """What everyone is sent of a published comment is what is told."""
    sent = look.surroundings.public_columns
    if sent is None:
        raise NotHere
    return differing(sorted(told), sorted(FIELDS[column].name if column in FIELDS else column for column in sent))


def as_given(look: Look, told: Any) -> str | None:  # noqa: ANN401 - a fact's value
    """What is kept as given is a column of the open database whose name speaks of no code, hash or part."""
    names = {FIELDS[column].name: column for column in _columns(look) if column in FIELDS and _is_comments(column)}
    wrong = [name for name in told if name not in names or names[name].endswith(_ENDINGS)]
    given = [field.name for field in FIELDS.values() if field.column in _TEXTS]
    return differing(sorted(told), sorted(given)) or (
        Said("Not as given: %(what)s.", what=_few(wrong)) if wrong else None
    )


_TEXTS: Final = frozenset({"comments.content", "comments.author_name", "comments.author_url"})


def _is_comments(column: str) -> bool:
    return column.startswith("comments.")


def readers(look: Look, told: Any) -> str | None:  # noqa: ANN401, ARG001 - a check's signature
    """Whoever is named beside a column is explained, and no one else."""
    return differing(sorted(told), sorted({reader.value for field in FIELDS.values() for reader in field.readers}))


def required(look: Look, told: Any) -> str | None:  # noqa: ANN401 - a fact's value
    """A comment with nothing else is judged, and one without it cannot be made."""
    bare = _decided(look, Comment("https://blog.example/", "words"))
    try:
        Comment("https://blog.example/")  # type: ignore[call-arg] # what is missing is the point
    except TypeError:
        return differing(told, ["the text"]) if bare is not None else "A bare comment is not judged."
    return "A comment without text is taken, too."


def optional(look: Look, told: Any) -> str | None:  # noqa: ANN401 - a fact's value
    """Each of these can be given alone or left out, and there is nothing else to give."""
    for what, author in _LEFT_OUT.items():
        if _decided(look, Comment("https://blog.example/", "words", author=author)) is None:
            return Said("A comment with this alone is not judged: %(what)s.", what=what)
    return differing(sorted(told), sorted(_LEFT_OUT))


class _Mild:
    """A scorer that finds everything welcome."""

    def weigh(self, comment: Comment) -> Signal:  # noqa: ARG002 - the Protocol's signature
        return Signal(0.0, (Reason("model.text", "A score that is looked at."),))


def _decided(look: Look, comment: Comment) -> Verdict | None:
    try:
        return judge(comment, look.site.rules, _Mild(), look.site.policy).verdict
    except ModerationError:
        return None


def purposes(look: Look, told: Any) -> str | None:  # noqa: ANN401 - a fact's value
    """Each purpose has a column of the open database, and each column one of these purposes."""
    live = _columns(look)
    used = {field.purpose for field in FIELDS.values() if field.column in live}
    return differing(list(told), [purpose.value for purpose in Purpose if purpose in used])


def not_kept(look: Look, told: Any) -> str | None:  # noqa: ANN401 - a fact's value
    """No column about comments has such a name, and no stored value such a form."""
    named = [
        column
        for column in sorted(_columns(look))
        if column.partition(".")[0] in ABOUT_COMMENTS and _TELLING.search(column.partition(".")[2])
    ]
    newest = _newest(look)
    whole = sum(bool(_WHOLE_ADDRESS.fullmatch(value)) for row in newest for value in row if isinstance(value, str))
    if named or whole or len(told) < _THINGS_NOT_KEPT:
        return Said("Stored all the same: %(what)s.", what=_few(named) if named else "whole addresses")
    return None


_THINGS_NOT_KEPT: Final = 6


def _newest(look: Look) -> list[Any]:
    def ask() -> list[Any]:
        return recounting.newest_under(look.db, site_id=look.site.id, version=look.version, limit=_NEWEST)

    return [(row.author_ip_prefix, row.author_email_code) for row in look.once("newest", ask)]


def transient(look: Look, told: Any) -> str | None:  # noqa: ANN401 - a fact's value
    """The limiter forgets when it is told to, and has no table."""
    window = look.surroundings.limit_window
    if window is None:
        raise NotHere
    tables = {column.partition(".")[0] for column in _columns(look)}
    wrong = sorted(table for table in tables if "limit" in table or "cache" in table)
    return differing(told[0]["kept"], iso(window)) or (
        Said("There is a table of it: %(what)s.", what=_few(wrong)) if wrong else None
    )


def client_storage(look: Look, told: Any) -> str | None:  # noqa: ANN401 - a fact's value
    """The public pages' scripts and answers leave nothing else in a browser."""
    found = look.surroundings.browser_storage
    if found is None:
        raise NotHere
    return differing(sorted(told), sorted(found))


def sources(words: dict[Channel, str]) -> Check:
    """Every door has its sentence, and no comment came by another."""

    def check(look: Look, told: Any) -> str | None:  # noqa: ANN401 - a fact's value
        came = recounting.channels(look.db, site_id=look.site.id)
        strange = sorted(came - {channel.value for channel in words})
        wrong = differing(list(told), [words.get(channel, channel.value) for channel in Channel])
        return wrong or (Said("Comments came by other doors: %(what)s.", what=_few(strange)) if strange else None)

    return check


def logs(look: Look, told: Any) -> str | None:  # noqa: ANN401, ARG001 - a check's signature
    """The log that is set up writes from the level told."""
    level = telemetry.level()
    if level is None:
        raise NotHere
    return differing(told["level"], level)


def database(look: Look, told: Any) -> str | None:  # noqa: ANN401 - a fact's value
    """The open connection says what it leads to."""
    return differing(told, _KINDS[recounting.kind_of(look.db)])


def retention(look: Look, told: Any) -> str | None:  # noqa: ANN401 - a fact's value
    """A table's columns have one end; no row is past it for longer than the loop needs, or outlives its comment."""
    following = {table for table, end in told.items() if end == AS_LONG}
    ends = {(field.table, iso(field.kept)) for field in FIELDS.values() if field.table not in following}
    wrong = differing(sorted(str(pair) for pair in told.items() if pair[0] not in following), sorted(map(str, ends)))
    return wrong or _left_behind(look, following) or _overdue_rows(look)


_NOT_ASKED: Final = frozenset({"comments", "events", "search"})
"""The tombstone itself, what is told of it, and the index of words, which would be read from end to end."""


def _left_behind(look: Look, following: set[str]) -> str | None:
    """What goes with its comment and is still there."""
    rows = {table: recounting.of_erased(look.db, table=table) for table in following - _NOT_ASKED}
    left = sorted(table for table, count in rows.items() if count)
    return Said("Rows about erased comments are left in: %(tables)s.", tables=_few(left)) if left else None


_MOMENTS: Final = {  # a table whose rows have an end -> the moment from which they are kept
    "answers": "answered_at",
    "mails": "asked_at",
    "subject_requests": "made_at",
    "retention_runs": "ran_at",
    "sessions": "created_at",
    "passes": "ends_at",
    "mailed_links": "ends_at",
}
_OWN_END: Final = frozenset({"passes", "mailed_links"})


def _overdue_rows(look: Look) -> str | None:
    kept = {field.table: field.kept for field in FIELDS.values()}
    late = {}
    for table, moment in _MOMENTS.items():
        life = kept.get(table)
        if life is not None and f"{table}.{moment}" in _columns(look):
            since = look.now - look.patience - (life * 0 if table in _OWN_END else life)
            late[table] = recounting.older_than(look.db, table=table, moment=moment, since=since)
    overdue = sorted(table for table, count in late.items() if count)
    return Said("Rows are past their end in: %(tables)s.", tables=_few(overdue)) if overdue else None
