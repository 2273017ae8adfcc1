"""To writers: a second look at what was decided, by another person than whoever decided first; no program hears any."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from moderation.clock import Id
from moderation.errors import Conflict, Forbidden, Invalid, NotFound, VersionMismatch
from moderation.judging.capabilities import MAY, Action, permit
from moderation.judging.comment import is_storable
from moderation.judging.decision import Decision
from moderation.judging.redress import ERASED, Redress
from moderation.judging.signal import Reason
from moderation.seal import Seal
from moderation.storage import appeals, browsing, comments, decisions, events, labels, people, redress
from moderation.storage.appeals import Hearing
from moderation.storage.comments import Standing
from moderation.storage.database import Db
from moderation.storage.decisions import Hand
from moderation.storage.labels import Said
from moderation.storage.ledger import Ledger
from moderation.storage.rights_tables import AppealRow
from moderation.storage.tables import CommentRow
from moderation.vocabulary import Actor, EventKind, Label, Outcome, Role, State, Verdict

LONGEST: Final = 2_000
"""Characters of what a writer says, and of what the writer is answered."""
SHOWN: Final = 20
_VERDICT: Final = {Outcome.OVERTURNED: Verdict.PUBLISH, Outcome.PARTLY_OVERTURNED: Verdict.HOLD}
_REASON: Final = {
    Outcome.OVERTURNED: Reason("appeal.overturned", "Another person looked at it again and put it back."),
    Outcome.PARTLY_OVERTURNED: Reason(
        "appeal.partly_overturned", "Another person looked at it again: it is not refused any more, but kept back."
    ),
}


@dataclass(frozen=True, slots=True)
class Hearer:
    """Whoever hears appeals at a site, with their roles there."""

    seal: Seal = field(repr=False)
    site_id: Id
    moderator_id: Id
    roles: Collection[Role]


@dataclass(frozen=True, slots=True)
class Case:
    """An appeal with all that is needed to hear it; what the program thought is told once it is heard."""

    appeal: AppealRow
    row: CommentRow
    decided: Decision
    decided_at: datetime
    parent: CommentRow | None
    is_own: bool

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """How it can end: what is only kept back cannot be put back in part."""
        is_refused = self.row.state is State.REMOVED
        return tuple(Outcome) if is_refused else (Outcome.UPHELD, Outcome.OVERTURNED)


def open_appeal(db: Db, *, row: CommentRow, text: str, open_for: timedelta, now: datetime) -> AppealRow:
    """Takes a writer's appeal against the decision that stands on a comment.

    Raises:
        Invalid: where nothing was said, or too much.
        Conflict: for what is published or erased, after the time for it, or where this was asked for before.
    """
    said = text.strip()
    if not 0 < len(said) <= LONGEST or not is_storable(said):
        raise Invalid(f"Say in 1 to {LONGEST:,} characters why the decision is wrong.", code="appeal.invalid")
    standing = comments.find_standing(db, site_id=row.site_id, comment_id=row.id)
    problem = redress_of(db, row=row, open_for=open_for, now=now).why_not if standing else ERASED
    if problem:
        raise Conflict(problem, code="appeal.refused")
    decided = redress.standing(db, row=row)
    appeal = appeals.add(
        db,
        site_id=row.site_id,
        comment_id=row.id,
        decision_id=decided.id,
        first_by=decided.moderator_id,
        text=said,
        now=now,
    )
    facts = {"appeal_id": str(appeal.id), "decision_id": str(decided.id)}
    events.append(db, [events.event(row.site_id, row.id, EventKind.APPEALED, now, facts)])
    return appeal


def redress_of(db: Db, *, row: CommentRow, open_for: timedelta, now: datetime, is_veiled: bool = False) -> Redress:
    """Returns until when a writer can ask for another look, or why not.

    Where it is not told yet whether the comment is held or refused, the day is one that holds for both.
    """
    return redress.of_comment(db, row=row, open_for=open_for, now=now, tells_states_apart=not is_veiled)


def has_another_hearer(db: Db, *, site_id: Id, first_by: Id | None) -> bool:
    """Returns whether anybody but the first decider may hear an appeal at a site."""
    able = [one.id for one in people.of_site(db, site_id=site_id) if one.roles_at(site_id) & MAY[Action.HEAR]]
    return any(id_ != first_by for id_ in able)


def cases(db: Db, *, hearer: Hearer) -> tuple[list[Case], list[Case]]:
    """Returns the appeals of a site that wait, the oldest first, and those heard last; raises Forbidden."""
    permit(hearer.roles, Action.HEAR)
    waiting = appeals.waiting(db, site_id=hearer.site_id, limit=SHOWN)
    heard = appeals.heard(db, site_id=hearer.site_id, limit=SHOWN)
    rows = browsing.get_many(db, site_id=hearer.site_id, comment_ids=[one.comment_id for one in [*waiting, *heard]])
    return (
        [_case(db, hearer, one, rows[one.comment_id]) for one in waiting if one.comment_id in rows],
        [_case(db, hearer, one, rows[one.comment_id]) for one in heard if one.comment_id in rows],
    )


def count_waiting(db: Db, *, site_id: Id) -> int:
    """Returns how many appeals of a site wait."""
    return appeals.count_waiting(db, site_id=site_id)


def hear(
    db: Db,
    *,
    hearer: Hearer,
    comment_id: Id,
    outcome: Outcome,
    reply: str,
    now: datetime,
    expected_version: int | None = None,
) -> AppealRow:
    """Ends the open appeal about a comment: what was wrong is put right at once, and the writer gets an answer.

    `expected_version` is what the person had before them: words that were changed since were read by nobody.

    Raises:
        Forbidden: for whoever may not hear appeals there, or made the decision themselves.
        NotFound: for a comment that the site does not have.
        Invalid: without an answer for the writer, or for an outcome that the comment cannot have.
        Conflict: where no appeal is open, or somebody was quicker.
        VersionMismatch: where the comment has changed since it was read; nothing was stored.
    """
    permit(hearer.roles, Action.HEAR)
    standing = comments.find_standing(db, site_id=hearer.site_id, comment_id=comment_id)
    if standing is None:
        raise NotFound("This site has no such comment.", code="comment.not_found")
    answer = reply.strip()
    if not 0 < len(answer) <= LONGEST or not is_storable(answer):
        raise Invalid(f"Answer the writer in 1 to {LONGEST:,} characters.", code="appeal.invalid")
    appeal = _open_one(db, hearer, comment_id)
    if expected_version not in {None, standing.version}:
        raise VersionMismatch("The comment has changed since you read it. Read it again, then answer.")
    if outcome is Outcome.PARTLY_OVERTURNED and standing.state is not State.REMOVED:
        raise Invalid("Only what is refused can be put back in part.", code="appeal.invalid")
    hearing = Hearing(hearer.moderator_id, outcome, answer)
    if not appeals.end(db, site_id=hearer.site_id, appeal_id=appeal.id, hearing=hearing, now=now):
        raise _closed()
    facts = {"appeal_id": str(appeal.id), "outcome": outcome.value}
    events.append(db, [events.event(hearer.site_id, comment_id, EventKind.HEARD, now, facts)])
    _put_right(db, hearer, standing, outcome, now)
    return appeal


def _open_one(db: Db, hearer: Hearer, comment_id: Id) -> AppealRow:
    made = appeals.of_comment(db, site_id=hearer.site_id, comment_id=comment_id)
    appeal = next((one for one in made if one.heard_at is None), None)
    if appeal is None:
        raise _closed()
    if appeal.first_by == hearer.moderator_id:
        raise Forbidden("You made this decision; somebody else hears the writer.", code="appeal.own")
    return appeal


def _put_right(db: Db, hearer: Hearer, standing: Standing, outcome: Outcome, now: datetime) -> None:
    """A decision by way of the appeal, and what it teaches; nothing where the comment is there already."""
    verdict = _VERDICT.get(outcome)
    if verdict is None or standing.verdict is verdict:
        return
    label = Label.HAM if outcome is Outcome.OVERTURNED else None
    decision = Decision(verdict, Actor.APPEAL, (_REASON[outcome],), label=label)
    ledger = Ledger(hearer.seal)
    ledger.decide(standing, decision, now, hand=Hand(hearer.moderator_id))
    ledger.write(db)
    if label is not None:
        code = hearer.seal.code("reporter", str(hearer.site_id), str(hearer.moderator_id))
        labels.record(db, site_id=hearer.site_id, said=Said(standing.id, label, Actor.APPEAL, code), now=now)


def _case(db: Db, hearer: Hearer, appeal: AppealRow, row: CommentRow) -> Case:
    history = decisions.history(db, site_id=row.site_id, comment_id=row.id)
    made = next(one for one in history if one.id == appeal.decision_id)
    return Case(
        appeal,
        row,
        decisions.to_decision(made),
        made.decided_at,
        browsing.parent_of(db, row=row),
        is_own=appeal.first_by == hearer.moderator_id,
    )


def _closed() -> Conflict:
    return Conflict("No appeal about this comment is open: it was heard meanwhile.", code="appeal.closed")
