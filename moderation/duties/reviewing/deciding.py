"""A moderator's word about one comment: recorded once, never over somebody else's unseen one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from moderation.clock import Id
from moderation.duties.reviewing.desk import BY, Desk, lasted
from moderation.duties.reviewing.leasing import refuse_taken
from moderation.errors import Conflict, Invalid, NotFound, VersionMismatch
from moderation.judging.capabilities import Action
from moderation.judging.comment import is_storable
from moderation.judging.decision import Decision
from moderation.judging.moderating import NOTE_LENGTH, Choice, welcome_or_not
from moderation.storage import alike, claims, comments, decisions, events, labels, notes, people, reports, second_looks
from moderation.storage.comments import Standing
from moderation.storage.database import Db
from moderation.storage.decisions import Hand
from moderation.storage.labels import Said
from moderation.storage.ledger import Ledger
from moderation.storage.notes import Note
from moderation.storage.reports import Report
from moderation.storage.second_looks import First
from moderation.storage.tables import DecisionRow
from moderation.vocabulary import Actor, Category, EventKind, State, Verdict, Waiting

OUTWARD_AFTER: Final = timedelta(seconds=10)
"""How long what a decision means outside waits, so that taking it back reaches nobody (console.md 4.2)."""
_TOLD: Final = {Waiting.DEFERRED: EventKind.DEFERRED, Waiting.ESCALATED: EventKind.ESCALATED}
_DONE: Final = {Verdict.PUBLISH: "approved", Verdict.HOLD: "held", Verdict.REMOVE: "removed"}


@dataclass(frozen=True, slots=True)
class Decided:
    """Where a comment stands after a moderator's word."""

    comment_id: Id
    version: int
    state: State
    decision: Decision
    is_lesson: bool


def choose(
    db: Db, *, desk: Desk, comment_id: Id, choice: Choice, expected_version: int | None, now: datetime
) -> Decided:
    """Records a moderator's decision on a comment, and what it teaches.

    Raises:
        Forbidden: for whoever may not decide there.
        NotFound: for a comment that the site does not have.
        VersionMismatch: when it has changed since the card was made; says who did what when. Nothing was stored.
        Conflict: while somebody else is on it.
    """
    desk.permit(Action.DECIDE)
    standing = _standing(db, desk, comment_id)
    if expected_version not in {None, standing.version}:
        raise VersionMismatch(_what_happened(db, desk, standing, now), code="comment.version")
    refuse_taken(db, desk=desk, comment_id=comment_id, now=now)
    ledger = Ledger(desk.seal)
    decided = enter(ledger, desk, standing, choice=choice, now=now)
    ledger.write(db)
    teach(db, desk, [decided], choice, now)
    return Decided(decided.id, decided.version, decided.state, choice.decision(), choice.label is not None)


def enter(
    ledger: Ledger, desk: Desk, standing: Standing, *, choice: Choice, now: datetime, batch_id: Id | None = None
) -> Standing:
    """Enters a moderator's decision; the outbox tells of it after the time in which it can be taken back unheard."""
    hand = Hand(desk.moderator_id, batch_id=batch_id)
    return ledger.decide(standing, choice.decision(), now, hand=hand, due_at=now + OUTWARD_AFTER)


def teach(db: Db, desk: Desk, decided: list[Standing], choice: Choice, now: datetime) -> None:
    """Records what decisions teach, draws some of them for a second look, and ends the leases on their comments."""
    if choice.label is not None:
        for one in decided:
            said = Said(one.id, choice.label, Actor.MODERATOR, desk.reporter_code)
            labels.record(db, site_id=desk.site_id, said=said, now=now, due_at=now + OUTWARD_AFTER)
    word = welcome_or_not(choice.verdict)
    firsts = [
        First(one.decision_id, one.id, word, desk.moderator_id)
        for one in decided
        if word is not None and second_looks.is_drawn(desk.seal, desk.site_id, one.decision_id)
    ]
    second_looks.draw(db, site_id=desk.site_id, firsts=firsts, now=now)
    claims.give_back(db, site_id=desk.site_id, comment_ids=[one.id for one in decided])


def defer(db: Db, *, desk: Desk, comment_id: Id, now: datetime) -> None:
    """Puts a waiting comment off: it goes to the end of the queue, and is counted, since that marks an unclear rule."""
    standing = _movable(db, desk, comment_id, Waiting.DEFERRED, now)
    _wait_as(db, desk, standing, Waiting.DEFERRED, now)


def escalate(db: Db, *, desk: Desk, comment_id: Id, text: str, now: datetime) -> None:
    """Hands a comment to a lead, with a note if there is one; raises Invalid for a note that cannot be kept."""
    standing = _movable(db, desk, comment_id, Waiting.ESCALATED, now)
    if text.strip():
        note(db, desk=desk, comment_id=comment_id, text=text, about_author=False, now=now)
    _wait_as(db, desk, standing, Waiting.ESCALATED, now)


def note(db: Db, *, desk: Desk, comment_id: Id, text: str, about_author: bool, now: datetime) -> None:
    """Keeps a note for the team on a comment, or on its author.

    Raises:
        Invalid: for an empty or over-long note, or one on an author of whom no e-mail address is known.
        NotFound: for a comment that the site does not have, or has erased.
    """
    desk.permit(Action.DECIDE)
    _standing(db, desk, comment_id)
    if not 0 < len(text.strip()) <= NOTE_LENGTH or not is_storable(text):
        raise Invalid(f"A note has 1 to {NOTE_LENGTH:,} characters, and no NUL.", code="note.invalid")
    row = comments.get(db, site_id=desk.site_id, comment_id=comment_id)
    code = row.author_email_code if about_author else None
    if about_author and code is None:
        raise Invalid("This author gave no e-mail address, so a note would not be found again.", code="note.invalid")
    notes.add(db, site_id=desk.site_id, note=Note(comment_id, desk.moderator_id, now, text.strip(), code))
    _tell(db, desk, comment_id, EventKind.NOTED, now)


def take_over(db: Db, *, desk: Desk, comment_id: Id, now: datetime) -> None:
    """Takes a comment over that somebody else is on; leads may, and the history says so. Raises Forbidden."""
    desk.permit(Action.TAKE_OVER)
    _standing(db, desk, comment_id)
    claims.give_back(db, site_id=desk.site_id, comment_ids=[comment_id])
    claims.take(db, site_id=desk.site_id, moderator_id=desk.moderator_id, comment_ids=[comment_id], now=now)
    _tell(db, desk, comment_id, EventKind.TAKEN_OVER, now)


def report(db: Db, *, site_id: Id, comment_id: Id, reporter_code: str, category: Category, now: datetime) -> bool:
    """Takes a reader's word, passed on by the blog, that a published comment is bad; it waits for a person then.

    Returns whether it was new: a reader counts once. Raises NotFound; and Conflict for what is not published.
    """
    standing = comments.standing(db, site_id=site_id, comment_id=comment_id)
    if standing.state is not State.PUBLISHED:
        raise Conflict("Only a published comment can be reported.", code="report.not_published")
    if not reports.add(db, site_id=site_id, report=Report(comment_id, reporter_code, category, now)):
        return False
    row = comments.get(db, site_id=site_id, comment_id=comment_id)
    values: dict[str, Any] = {"reports": row.reports + 1}
    if not standing.is_test and standing.waits_as in {None, Waiting.EDITED}:
        values |= {"waits_as": Waiting.REPORTED, "waits_since": row.waits_since or now, "alike_to": None}
    comments.move(db, site_id=site_id, comment_id=comment_id, values=values)
    alike.leave(db, [standing] if "alike_to" in values else [])
    facts = {"category": category.value}
    events.append(db, [events.event(site_id, comment_id, EventKind.REPORTED, now, facts)])
    return True


def _movable(db: Db, desk: Desk, comment_id: Id, kind: Waiting, now: datetime) -> Standing:
    """A comment that may wait in another queue; raises Conflict for a test, what has left, and what others are on."""
    desk.permit(Action.DECIDE)
    standing = _standing(db, desk, comment_id)
    if standing.is_test:
        raise Conflict("This was sent as a test; it waits for nobody.", code="queue.left")
    if kind is Waiting.DEFERRED and standing.waits_as is None:
        raise Conflict("This comment does not wait any more; it cannot be put off.", code="queue.left")
    refuse_taken(db, desk=desk, comment_id=comment_id, now=now)
    return standing


def _wait_as(db: Db, desk: Desk, standing: Standing, kind: Waiting, now: datetime) -> None:
    """Lets a comment wait in another queue; what waits already keeps the time since when it does."""
    row = comments.get(db, site_id=desk.site_id, comment_id=standing.id)
    values: dict[str, Any] = {"waits_as": kind, "waits_since": row.waits_since or now, "alike_to": None}
    values |= {"deferrals": row.deferrals + 1} if kind is Waiting.DEFERRED else {}
    comments.move(db, site_id=desk.site_id, comment_id=standing.id, values=values)
    alike.leave(db, [standing])
    claims.give_back(db, site_id=desk.site_id, comment_ids=[standing.id])
    _tell(db, desk, standing.id, _TOLD[kind], now)


def _tell(db: Db, desk: Desk, comment_id: Id, kind: EventKind, now: datetime) -> None:
    facts = {"moderator_id": str(desk.moderator_id)}
    events.append(db, [events.event(desk.site_id, comment_id, kind, now, facts)])


def _standing(db: Db, desk: Desk, comment_id: Id) -> Standing:
    standing = comments.find_standing(db, site_id=desk.site_id, comment_id=comment_id)
    if standing is None:
        raise NotFound("This site has no such comment.", code="comment.not_found")
    return standing


def _came_of_an_edit(db: Db, desk: Desk, last: DecisionRow) -> bool:
    """Whether the program judged anew because the writer had changed the words."""
    happened = events.of_comment(db, site_id=desk.site_id, comment_id=last.comment_id)
    return any(one.kind is EventKind.EDITED and one.facts["decision_id"] == str(last.id) for one in happened)


def _what_happened(db: Db, desk: Desk, standing: Standing, now: datetime) -> str:
    """Who did what when, in one sentence; an edit leaves no decision of that version."""
    last = decisions.history(db, site_id=desk.site_id, comment_id=standing.id)[-1]
    if last.comment_version < standing.version or _came_of_an_edit(db, desk, last):
        return "The writer has changed the words since this card was made. Read it again, then decide."
    names = people.names(db, [last.moderator_id] if last.moderator_id else [])
    who = names.get(last.moderator_id, "A moderator") if last.moderator_id else BY.get(last.actor, "A person")
    undone = " by taking a decision back" if last.undoes else ""
    return f"{who} {_DONE[last.verdict]} it{undone} {lasted(now - last.decided_at)} ago. Nothing of yours was stored."
