"""To readers and to the team: how often is the program wrong, and how often do people disagree? Looked at blindly.

Two in a hundred comments that the program decided, and three in a hundred decisions of moderators, are shown once more
to somebody who sees neither verdict nor score nor who decided. What they say is measured, and acts like any decision.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from moderation.clock import Id
from moderation.errors import Conflict, Forbidden
from moderation.judging.agreement import Rate, kappa, missed, wrong_holds
from moderation.judging.capabilities import Action, permit
from moderation.storage import audits, browsing, claims, comments, events, second_looks
from moderation.storage.audits import Blind
from moderation.storage.database import Db
from moderation.storage.tables import CommentRow
from moderation.vocabulary import VERDICT_BEHIND, Actor, EventKind, Label, Role, State, Verdict, Waiting

WINDOW: Final = timedelta(days=90)
"""How far back the figures reach."""
_AHEAD: Final = 20


@dataclass(frozen=True, slots=True)
class Task:
    """A comment to be looked at blindly; `decision_id` where a moderator's decision is checked, else the program's."""

    row: CommentRow
    decision_id: Id | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """What a blind look led to: a decision is due where the program's stands, or where two people disagree a lead."""

    comment_id: Id
    label: Label
    decides: bool


@dataclass(frozen=True, slots=True)
class Quality:
    """What blind looks of 90 days measured: of the good comments, those held; of the bad ones, those published."""

    wrong_holds: Rate
    missed: Rate
    pairs: Mapping[tuple[Label, Label], int]

    @property
    def looks(self) -> int:
        """How many comments were looked at twice."""
        return sum(self.pairs.values())

    @property
    def agreement(self) -> Rate:
        """How often two people said the same."""
        return Rate(sum(count for (one, other), count in self.pairs.items() if one is other), self.looks)

    @property
    def kappa(self) -> float | None:
        """Cohen's kappa of the pairs."""
        return kappa(self.pairs)


def tasks(
    db: Db, *, site_id: Id, moderator_id: Id, roles: frozenset[Role], now: datetime, limit: int = _AHEAD
) -> list[Task]:
    """Returns what waits for this moderator's blind look, the oldest first, and last what others are on in the queue.

    Raises:
        Forbidden: for whoever may not decide there.
    """
    permit(roles, Action.DECIDE)
    opened = second_looks.waiting(db, site_id=site_id, moderator_id=moderator_id, limit=limit)
    drawn = audits.unseen(db, site_id=site_id, limit=limit)
    wanted = [(one.comment_id, one.decision_id) for one in opened] + [(id_, None) for id_ in drawn]
    rows = browsing.get_many(db, site_id=site_id, comment_ids=[id_ for id_, _ in wanted])
    found = [Task(rows[id_], decision_id) for id_, decision_id in wanted if id_ in rows]
    theirs = claims.of_others(db, site_id=site_id, moderator_id=moderator_id, now=now)
    return sorted(found, key=lambda task: task.row.id in theirs)[:limit]


def count_waiting(db: Db, *, site_id: Id, moderator_id: Id) -> int:
    """Returns how many comments wait for this moderator's blind look."""
    opened = second_looks.count_waiting(db, site_id=site_id, moderator_id=moderator_id)
    return opened + audits.count_unseen(db, site_id=site_id)


def answer(
    db: Db,
    *,
    site_id: Id,
    moderator_id: Id,
    roles: frozenset[Role],
    comment_id: Id,
    decision_id: Id | None,
    label: Label,
    now: datetime,
) -> Answered:
    """Records a blind look. What two people see differently is handed to a lead; the first decision stands so long.

    Raises:
        Forbidden: for whoever may not decide there, or decided this themselves.
        Conflict: where somebody has looked meanwhile.
    """
    permit(roles, Action.DECIDE)
    row = comments.get(db, site_id=site_id, comment_id=comment_id)
    if decision_id is None:
        _note_blind(db, row, Blind(label, moderator_id, now))
        return Answered(comment_id, label, decides=True)
    _note_second(db, row, decision_id, second=label, moderator_id=moderator_id, now=now)
    facts = {"moderator_id": str(moderator_id)}
    told = [events.event(site_id, comment_id, EventKind.RECHECKED, now, facts)]
    if _word(row.state) is not label and row.waits_as is None:
        values = {"waits_as": Waiting.ESCALATED, "waits_since": now}
        comments.move(db, site_id=site_id, comment_id=comment_id, values=values)
        told.append(events.event(site_id, comment_id, EventKind.ESCALATED, now, facts))
    events.append(db, told)
    return Answered(comment_id, label, decides=False)


def quality(db: Db, *, site_id: Id, now: datetime) -> Quality:
    """Returns what blind looks at a site measured."""
    since = now - WINDOW
    said = audits.blind_counts(db, site_id=site_id, since=since)
    return Quality(wrong_holds(said), missed(said), second_looks.pairs(db, site_id=site_id, since=since))


def _note_blind(db: Db, row: CommentRow, blind: Blind) -> None:
    """Only what the program decided is measured as the program's: a person may have decided meanwhile."""
    is_open = row.decided_by is Actor.POLICY and row.state is not State.ERASED
    found = VERDICT_BEHIND.get(row.state, Verdict.HOLD)
    if not is_open or not audits.note_blind(db, site_id=row.site_id, comment_id=row.id, found=found, blind=blind):
        raise _done()


def _note_second(db: Db, row: CommentRow, decision_id: Id, *, second: Label, moderator_id: Id, now: datetime) -> None:
    """Whoever has decided anew meanwhile has looked already."""
    names = {"site_id": row.site_id, "decision_id": decision_id, "moderator_id": moderator_id}
    if second_looks.is_by(db, **names):
        raise Forbidden("This is your own decision; somebody else looks at it.", code="recheck.own")
    is_open = row.decision_id == decision_id and row.state is not State.ERASED
    if not is_open or not second_looks.note(db, **names, second=second, now=now):
        raise _done()


def _done() -> Conflict:
    return Conflict("Somebody has looked at this comment meanwhile.", code="recheck.done")


def _word(state: State) -> Label:
    return Label.HAM if state is State.PUBLISHED else Label.SPAM
