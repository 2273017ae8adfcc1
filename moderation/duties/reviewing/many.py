"""One word about many comments: those alike, a selection, or all that a search finds; in pieces that can be stopped."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from moderation.clock import Id, new_id
from moderation.duties.reviewing.deciding import enter, teach
from moderation.duties.reviewing.desk import Desk
from moderation.duties.reviewing.leasing import on_others
from moderation.errors import Invalid
from moderation.judging.capabilities import MANY, Action
from moderation.judging.moderating import Choice
from moderation.storage import alike, browsing, comments
from moderation.storage.browsing import Filters
from moderation.storage.comments import Standing
from moderation.storage.database import Db
from moderation.storage.ledger import Ledger
from moderation.storage.tables import CommentRow
from moderation.vocabulary import STATE_AFTER

AT_ONCE: Final = 250
"""Comments decided in one transaction, so that nobody else waits long for the database."""
MOST: Final = 10_000


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which comments: an explicit list, all for which one stands in the queue, or what a search finds.

    `versions` are those that the page had shown: what has changed since then was not meant.
    """

    comment_ids: tuple[Id, ...] = ()
    versions: Mapping[Id, int] = field(default_factory=dict)
    alike_to: Id | None = None
    filters: Filters | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """What is to be decided together: a name under which it can be taken back, the comments, and their versions.

    `overtaken` counts those that somebody else, or the writer, had changed since the page showed them, and `taken`
    those that somebody else is on.
    """

    id: Id
    comment_ids: tuple[Id, ...]
    versions: tuple[int, ...]
    overtaken: int = 0
    taken: int = 0


def gather(
    db: Db, *, desk: Desk, chosen: Chosen, choice: Choice, typed: str, now: datetime, batch_id: Id | None = None
) -> Batch:
    """Returns the comments that are meant, do not stand as decided already, and that nobody else is on.

    They get a fresh batch's name, or that of the batch which is gone on with. Above 50 only a lead may, and types the
    number in.

    Raises:
        Forbidden: for whoever may not decide there, or not so many.
        Invalid: where there are none, too many, or the typed number is another.
    """
    desk.permit(Action.DECIDE)
    ids = _wanted(db, desk, chosen)
    _confirm(desk, len(ids), typed)
    standings = comments.find_standings(db, site_id=desk.site_id, comment_ids=ids)
    found = [standings[id_] for id_ in ids if id_ in standings]
    as_shown = [one for one in found if chosen.versions.get(one.id, one.version) == one.version]
    undecided, theirs = _undecided(as_shown, choice), on_others(db, desk=desk, now=now)
    free = {id_: version for id_, version in undecided.items() if id_ not in theirs}
    left = {"overtaken": len(found) - len(as_shown), "taken": len(undecided) - len(free)}
    return Batch(batch_id or new_id(), tuple(free), tuple(free.values()), **left)


def _confirm(desk: Desk, count: int, typed: str) -> None:
    if not count:
        raise Invalid("No comment is selected.", code="bulk.empty")
    if count > MOST:
        raise Invalid(f"At most {MOST:,} comments are decided at once; narrow the search.", code="bulk.too_many")
    if count > MANY:
        desk.permit(Action.DECIDE_MANY)
        if typed.strip().replace(",", "") != str(count):
            raise Invalid(f"Type {count} to confirm that all {count} are meant.", code="bulk.unconfirmed")


def meant(db: Db, *, desk: Desk, chosen: Chosen, limit: int) -> tuple[int, list[CommentRow]]:
    """Returns how many comments are meant, and a few of them; raises Forbidden for whoever may not read there."""
    desk.permit(Action.READ)
    ids = list(_wanted(db, desk, chosen))
    rows = browsing.get_many(db, site_id=desk.site_id, comment_ids=ids[:limit])
    return len(ids), [rows[id_] for id_ in ids[:limit] if id_ in rows]


def decide_many(db: Db, *, desk: Desk, batch: Batch, choice: Choice, now: datetime) -> int:
    """Decides comments of a batch, at most 250, and returns how many; the caller goes on with the rest.

    What has changed since the batch was gathered stays as it is: whoever was quicker, or new words, were not meant. So
    does what somebody else is on by now.

    Raises:
        Forbidden: for whoever may not decide there.
    """
    desk.permit(Action.DECIDE)
    ledger = Ledger(desk.seal)
    wanted = dict(zip(batch.comment_ids[:AT_ONCE], batch.versions, strict=False))
    standings = comments.find_standings(db, site_id=desk.site_id, comment_ids=wanted)
    theirs = on_others(db, desk=desk, now=now)
    decided = [
        enter(ledger, desk, standings[id_], choice=choice, now=now, batch_id=batch.id)
        for id_, version in wanted.items()
        if id_ in standings and standings[id_].version == version and id_ not in theirs
    ]
    ledger.write(db)
    teach(db, desk, decided, choice, now)
    return len(decided)


def parts(batch: Batch) -> list[Batch]:
    """Returns a batch in pieces of at most 250."""
    ids, versions = batch.comment_ids, batch.versions
    starts = range(0, len(ids), AT_ONCE)
    return [Batch(batch.id, ids[at : at + AT_ONCE], versions[at : at + AT_ONCE]) for at in starts]


def _wanted(db: Db, desk: Desk, chosen: Chosen) -> Sequence[Id]:
    if chosen.alike_to is not None:
        return alike.members(db, site_id=desk.site_id, head=chosen.alike_to, limit=MOST + 1) or [chosen.alike_to]
    if chosen.filters is not None:
        return browsing.found_ids(db, seal=desk.seal, site_id=desk.site_id, filters=chosen.filters, limit=MOST + 1)
    return list(dict.fromkeys(chosen.comment_ids))


def _undecided(found: Iterable[Standing], choice: Choice) -> dict[Id, int]:
    """With their versions, and without those that stand as chosen by a person: only the history would grow."""
    state = STATE_AFTER[choice.verdict]
    return {one.id: one.version for one in found if one.state is not state or not one.is_decided_by_person}
