"""What the notice tells, asked of the database a second time in other words than for the page; it changes nothing.

The questions stand here as plain SQL and answer with plain rows, so that a fault of `figures`, `comments` or `fields`
is not repeated.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Boolean, Date, Uuid, bindparam, column, inspect, text
from sqlalchemy.types import TypeEngine

from moderation.clock import Id
from moderation.storage.columns import UtcTime
from moderation.storage.database import INDEX_PARTS, Db

_TYPES: Final[dict[str, Any]] = {
    "site": Uuid(),
    "id": Uuid(),
    "comment_id": Uuid(),
    "since": UtcTime(),
    "now": UtcTime(),
    "at": UtcTime(),
    "until": UtcTime(),
    "published_until": UtcTime(),
    "held_until": UtcTime(),
    "removed_until": UtcTime(),
    "network_until": UtcTime(),
    "frozen_at": UtcTime(),
    "day": Date(),
    "is_active": Boolean(),
}


def _ask(db: Db, question: str, columns: str = "", /, **values: Any) -> list[Any]:  # noqa: ANN401 - any column's values
    """Returns the rows of a question; its values and columns are typed by their names."""
    given = [bindparam(name, type_=_TYPES.get(name)) for name in values]
    wanted = [column(name, _kind(name)) for name in columns.split()]
    statement = text(question).bindparams(*given)
    return list(db.connection().execute(statement.columns(*wanted) if wanted else statement, values))


def _kind(name: str) -> TypeEngine[Any] | None:
    found: TypeEngine[Any] | None = _TYPES.get(name)
    return found


def _number(db: Db, question: str, /, **values: Any) -> int:  # noqa: ANN401 - any column's values
    return int(_ask(db, question, **values)[0][0] or 0)


def columns(db: Db) -> frozenset[str]:
    """Returns every column that the open database really has, as `table.column`."""
    found = inspect(db.connection()).get_multi_columns()
    return frozenset(
        f"{name}.{one['name']}"
        for (_, name), given in found.items()
        for one in given
        if not name.startswith(INDEX_PARTS)
    )


def rules_of_tables(db: Db, *, table: str) -> frozenset[str]:
    """Returns the names of the conditions that the database itself keeps for a table."""
    return frozenset(str(one["name"]) for one in inspect(db.connection()).get_check_constraints(table))


def kind_of(db: Db) -> str:
    """Returns what the open database is: `sqlite` or `postgresql`."""
    return db.get_bind().dialect.name


def in_state(db: Db, *, site_id: Id, state: str) -> int:
    """Returns how many comments of a site are in a state, tests left out."""
    question = "SELECT count(*) FROM comments WHERE site_id = :site AND state = :state AND is_test = false"
    return _number(db, question, site=site_id, state=state)


def moved_by_nobody(db: Db, *, site_id: Id) -> int:
    """Returns how many comments of a site are elsewhere than where their last decision put them."""
    question = (
        "SELECT count(*) FROM comments c JOIN decisions d ON d.id = c.decision_id WHERE c.site_id = :site "
        "AND d.site_id = :site AND c.state <> 'erased' AND c.state <> CASE d.verdict WHEN 'publish' THEN 'published' "
        "WHEN 'hold' THEN 'held' ELSE 'removed' END"
    )
    return _number(db, question, site=site_id)


def states(db: Db, *, site_id: Id) -> frozenset[str]:
    """Returns the states in which a site's comments are."""
    return frozenset(
        row[0] for row in _ask(db, "SELECT DISTINCT state FROM comments WHERE site_id = :site", site=site_id)
    )


def channels(db: Db, *, site_id: Id) -> frozenset[str]:
    """Returns the doors through which a site's comments came."""
    question = "SELECT DISTINCT channel FROM comments WHERE site_id = :site"
    return frozenset(row[0] for row in _ask(db, question, site=site_id))


def stored_by_half(db: Db, *, site_id: Id) -> int:
    """Returns how many comments of a site have no decision, or decisions no comment."""
    undecided = (
        "SELECT count(*) FROM comments c WHERE c.site_id = :site AND c.state <> 'erased' "
        "AND NOT EXISTS (SELECT 1 FROM decisions d WHERE d.id = c.decision_id)"
    )
    homeless = (
        "SELECT count(*) FROM decisions d WHERE d.site_id = :site "
        "AND NOT EXISTS (SELECT 1 FROM comments c WHERE c.id = d.comment_id)"
    )
    return _number(db, undecided, site=site_id) + _number(db, homeless, site=site_id)


def rules(db: Db, *, site_id: Id) -> list[Any]:
    """Returns id, kind and verdict of a site's rules in force."""
    question = "SELECT id, kind, verdict FROM rules WHERE site_id = :site AND retired_at IS NULL ORDER BY id"
    return _ask(db, question, "id kind verdict", site=site_id)


def site(db: Db, *, site_id: Id) -> Any:  # noqa: ANN401 - a row
    """Returns a site's settings as they are stored."""
    question = (
        "SELECT name, home_url, hold_at, removal_by_program, trusts_administrators, removed_at FROM sites "
        "WHERE id = :site"
    )
    return _ask(db, question, site=site_id)[0]


def after_the_end(db: Db, *, site_id: Id) -> int:
    """Returns how many comments came in, and how many decisions people of a site made, since it was closed."""
    came = (
        "SELECT count(*) FROM comments c JOIN sites s ON s.id = c.site_id WHERE s.id = :site "
        "AND received_at > removed_at"
    )
    decided = (
        "SELECT count(*) FROM decisions d JOIN sites s ON s.id = d.site_id WHERE s.id = :site "
        "AND decided_at > removed_at AND actor IN ('moderator', 'appeal', 'blog')"
    )
    return _number(db, came, site=site_id) + _number(db, decided, site=site_id)


def first_verdicts(db: Db, *, site_id: Id) -> dict[str, int]:
    """Returns how many comments of a site the program first decided how, tests left out."""
    question = (
        "SELECT coalesce(sum(CASE d.verdict WHEN 'publish' THEN 1 ELSE 0 END), 0), "
        "coalesce(sum(CASE d.verdict WHEN 'hold' THEN 1 ELSE 0 END), 0), "
        "coalesce(sum(CASE d.verdict WHEN 'remove' THEN 1 ELSE 0 END), 0) FROM comments c JOIN decisions d "
        "ON d.site_id = c.site_id AND d.comment_id = c.id WHERE c.site_id = :site AND c.is_test = false "
        "AND d.actor = 'policy' AND d.comment_version < 2"
    )
    publish, hold, remove = _ask(db, question, site=site_id)[0]
    return {"publish": int(publish), "hold": int(hold), "remove": int(remove)}


def restricted(db: Db, *, site_id: Id, since: datetime) -> list[Any]:
    """Returns every decision on a site's comments of which one was stopped since a moment, and the comment's state.

    In order: comment by comment, each from its first decision to its last.
    """
    question = (
        "SELECT d.comment_id AS comment_id, d.decided_at AS at, d.verdict AS verdict, d.actor AS actor, "
        "c.state AS state FROM decisions d JOIN comments c ON c.id = d.comment_id "
        "WHERE d.site_id = :site AND c.is_test = false AND d.comment_id IN (SELECT comment_id FROM decisions "
        "WHERE site_id = :site AND verdict <> 'publish' AND decided_at >= :since) "
        "ORDER BY d.comment_id, d.comment_version"
    )
    return _ask(db, question, "comment_id at verdict actor state", site=site_id, since=since)


def rejudged(db: Db, *, site_id: Id) -> list[Any]:
    """Returns every decision on a site's comments that a program judged more than once, comment by comment in order."""
    question = (
        "SELECT d.comment_id AS comment_id, d.verdict AS verdict, d.actor AS actor, (SELECT count(*) FROM events e "
        "WHERE e.comment_id = d.comment_id AND e.kind = 'comment.edited') AS edits FROM decisions d "
        "WHERE d.site_id = :site AND d.comment_id IN (SELECT comment_id FROM decisions WHERE site_id = :site "
        "AND actor = 'policy' AND comment_version > 1) ORDER BY d.comment_id, d.comment_version"
    )
    return _ask(db, question, "comment_id verdict actor edits", site=site_id)


def blind(db: Db, *, site_id: Id, since: datetime) -> list[Any]:
    """Returns what the program had decided and what a person said of a site's drawn comments, since a moment."""
    question = "SELECT found, said FROM audits WHERE site_id = :site AND said_at >= :since"
    return _ask(db, question, site=site_id, since=since)


def waiting_since(db: Db, *, site_id: Id) -> list[datetime]:
    """Returns since when each held comment of a site waits."""
    question = (
        "SELECT waits_since AS at FROM comments WHERE site_id = :site AND state = 'held' AND waits_as IS NOT NULL"
    )
    return [row[0] for row in _ask(db, question, "at", site=site_id)]


def appeals(db: Db, *, site_id: Id) -> list[Any]:
    """Returns of each appeal at a site how it ended, when it was opened, and when what it is about was decided."""
    question = (
        "SELECT a.outcome AS outcome, a.opened_at AS at, d.decided_at AS since FROM appeals a "
        "LEFT JOIN decisions d ON d.id = a.decision_id WHERE a.site_id = :site"
    )
    return _ask(db, question, "outcome at since", site=site_id)


def heard_by_the_first(db: Db, *, site_id: Id) -> int:
    """Returns how many appeals at a site the first decider heard, or nobody did though they have an outcome."""
    question = (
        "SELECT count(*) FROM appeals WHERE site_id = :site AND (heard_by = first_by "
        "OR (outcome IS NOT NULL AND heard_by IS NULL))"
    )
    return _number(db, question, site=site_id)


def requests(db: Db, *, site_id: Id) -> list[Any]:
    """Returns kind, beginning and end of each request about own data at a site."""
    question = "SELECT kind, made_at AS since, done_at AS until FROM subject_requests WHERE site_id = :site"
    return _ask(db, question, "kind since until", site=site_id)


def contacts(db: Db) -> list[Any]:
    """Returns day, purpose and count of everything this service spoke to another machine for."""
    return _ask(db, "SELECT day, purpose, count FROM contacts", "day purpose count")


def runs(db: Db) -> list[Any]:
    """Returns the newest runs of the retention sweep, the newest first."""
    return _ask(db, "SELECT ran_at AS at, deleted FROM retention_runs ORDER BY ran_at DESC LIMIT 2", "at deleted")


def oldest_comment(db: Db, *, site_id: Id) -> datetime | None:
    """Returns when the oldest comment of a site came that is still here, None where there is none."""
    question = "SELECT min(received_at) AS at FROM comments WHERE site_id = :site AND state <> 'erased'"
    oldest: datetime | None = _ask(db, question, "at", site=site_id)[0][0]
    return oldest


def dated(db: Db, *, site_id: Id, now: datetime) -> list[Any]:
    """Returns of each comment of a site that is past its date: that date, its id, and since when it is frozen."""
    one = (
        "SELECT id, delete_{0}_after AS until, frozen_at FROM comments WHERE site_id = :site AND state = '{0}' "
        "AND delete_{0}_after IS NOT NULL AND delete_{0}_after <= :now"
    )
    question = " UNION ALL ".join(one.format(state) for state in ("published", "held", "removed"))
    return _ask(db, question, "id until frozen_at", site=site_id, now=now)


def appealed(db: Db, *, site_id: Id) -> frozenset[Id]:
    """Returns the comments of a site about which an appeal is open."""
    question = "SELECT comment_id FROM appeals WHERE site_id = :site AND heard_at IS NULL"
    return frozenset(row[0] for row in _ask(db, question, "comment_id", site=site_id))


def newest_under(db: Db, *, site_id: Id, version: str, limit: int) -> list[Any]:
    """Returns channel, arrival, network address and dates of the newest comments that carry a notice's version."""
    question = (
        "SELECT channel, received_at AS at, author_ip_prefix, delete_published_after AS published_until, "
        "delete_held_after AS held_until, delete_removed_after AS removed_until, reduce_after AS network_until, "
        "author_email_code FROM comments WHERE site_id = :site AND notice_version = :version AND state <> 'erased' "
        "ORDER BY id DESC LIMIT :most"
    )
    names = "channel at author_ip_prefix published_until held_until removed_until network_until author_email_code"
    return _ask(db, question, names, site=site_id, version=version, most=limit)


def taken_since(db: Db, *, site_id: Id, since: datetime) -> int:
    """Returns how many comments of a site came after a moment."""
    question = "SELECT count(*) FROM comments WHERE site_id = :site AND received_at > :since AND state <> 'erased'"
    return _number(db, question, site=site_id, since=since)


def copies(db: Db) -> list[Any]:
    """Returns beginning and end of each backup that was noted."""
    return _ask(db, "SELECT taken_at AS at, gone_by AS until FROM backups", "at until")


def taught(db: Db, *, site_id: Id) -> list[Any]:
    """Returns of each line of a site's journal that names a comment: it, whether the model rests on it, and its state.

    With since when its writer objects to learning from it, if so.
    """
    question = (
        "SELECT l.comment_id AS comment_id, l.is_active AS is_active, c.state AS state, c.objected_at AS at "
        "FROM lessons l LEFT JOIN comments c ON c.id = l.comment_id "
        "WHERE l.site_id = :site AND l.comment_id IS NOT NULL"
    )
    return _ask(db, question, "comment_id is_active state at", site=site_id)


def taught_by_programs(db: Db, *, site_id: Id) -> int:
    """Returns how many lessons of a site rest on no person's word."""
    question = (
        "SELECT count(*) FROM lessons l JOIN labels b ON b.id = l.label_id WHERE l.site_id = :site "
        "AND l.is_active = true AND b.actor NOT IN ('moderator', 'appeal', 'blog', 'author')"
    )
    return _number(db, question, site=site_id)


def model_head(db: Db, *, site_id: Id) -> Sequence[Any] | None:
    """Returns the revision of a site's model, the newest line of its journal, and since when it pauses, if any."""
    question = (
        "SELECT revision, (SELECT max(revision) FROM lessons WHERE site_id = :site) AS line, paused_at AS at "
        "FROM site_models WHERE site_id = :site"
    )
    found = _ask(db, question, "revision line at", site=site_id)
    return found[0] if found else None


def older_than(db: Db, *, table: str, moment: str, since: datetime) -> int:
    """Returns how many rows of one of our tables have a moment before another one."""
    return _number(db, f"SELECT count(*) FROM {table} WHERE {moment} < :since", since=since)  # noqa: S608 - names of ours


def of_erased(db: Db, *, table: str) -> int:
    """Returns how many rows of one of our tables are about a comment that is erased."""
    about = f"comments c JOIN {table} t ON t.site_id = c.site_id AND t.comment_id = c.id"
    return _number(db, f"SELECT count(*) FROM {about} WHERE c.state = 'erased'")  # noqa: S608 - names of ours


def secrets_in_the_open(db: Db) -> int:
    """Returns how many keys, receipts and passwords are stored in another form than a hash."""
    questions = (
        "SELECT count(*) FROM keys WHERE length(digest) < 32",
        "SELECT count(*) FROM comments WHERE length(receipt_digest) NOT IN (0, 64)",
        "SELECT count(*) FROM moderators WHERE password_hash NOT LIKE '$argon2id$%'",
    )
    return sum(_number(db, question) for question in questions)


def under_no_version(db: Db, *, site_id: Id, since: datetime) -> int:
    """Returns how many comments of a site came after a moment under a version of its notice that is not recorded."""
    question = (
        "SELECT count(*) FROM comments WHERE site_id = :site AND state <> 'erased' AND received_at > :since "
        "AND notice_version NOT IN (SELECT version FROM notices WHERE site_id = :site)"
    )
    return _number(db, question, site=site_id, since=since)


def rules_since(db: Db, *, site_id: Id) -> datetime | None:
    """Returns when a site's newest version of its notice came into force, None where none is recorded."""
    question = "SELECT in_force_since AS at FROM notices WHERE site_id = :site ORDER BY number DESC LIMIT 1"
    found = _ask(db, question, "at", site=site_id)
    return found[0].at if found else None


def tallied(db: Db, *, site_id: Id, like: str) -> int:
    """Returns the sum of a site's figures from before erasures, of those whose names have a form."""
    return _number(
        db, "SELECT sum(count) FROM tallies WHERE site_id = :site AND name LIKE :form", site=site_id, form=like
    )
