"""A card: one comment with all that a decision needs, each part a value, so that none of them can block a decision."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from models import domains, links
from moderation.clock import Id
from moderation.duties.reviewing.desk import BY, Desk
from moderation.duties.reviewing.leasing import on_others
from moderation.errors import NotFound
from moderation.judging.capabilities import Action
from moderation.judging.comment import JUDGED_CODE_POINTS, Author, Comment
from moderation.judging.decision import Decision
from moderation.judging.judge import Scorer
from moderation.judging.marking import Piece, pieces
from moderation.judging.signal import Reason, Span
from moderation.storage import alike, browsing, comments, decisions, events, notes, people, reports
from moderation.storage.browsing import Standing
from moderation.storage.database import Db
from moderation.storage.notes import Note
from moderation.storage.tables import CommentRow, DecisionRow, EventRow
from moderation.vocabulary import Actor, Category, EventKind, State, Verdict, Waiting

SAMPLES: Final = 3
"""Comments shown of those alike, besides the one on the card."""
AROUND: Final = 5
BY_AUTHOR: Final = 20
_DONE: Final = {Verdict.PUBLISH: "published", Verdict.HOLD: "held", Verdict.REMOVE: "removed"}
_HAPPENED: Final = {
    EventKind.DEFERRED: "put it off",
    EventKind.ESCALATED: "handed it to a lead",
    EventKind.REPORTED: "A reader reported it",
    EventKind.TAKEN_OVER: "took it over",
    EventKind.RECHECKED: "looked at it without knowing what had been decided",
}


@dataclass(frozen=True, slots=True)
class Told:
    """One line of a comment's history: when, who, what, and why where something was decided."""

    at: datetime
    who: str
    what: str
    reasons: tuple[Reason, ...] = ()
    score: float | None = None
    by: str = ""
    is_note: bool = False
    is_about_author: bool = False
    is_handing_over: bool = False


@dataclass(frozen=True, slots=True)
class Host:
    """Where a link in a comment would lead, as it is written and as a browser would ask for it."""

    written: str
    asked: str

    @property
    def registered(self) -> str:
        """The part of it that somebody registered, and so answers for."""
        return domains.registrable(self.asked)

    @property
    def is_disguised(self) -> bool:
        """Whether it is written otherwise than browsers ask for it: in look-alike letters, or behind another name."""
        return self.written != self.asked


@dataclass(frozen=True, slots=True)
class Card:
    """Everything that a moderator sees of one comment; `program` is what the program last thought of it, if it did.

    `is_outdated` where it thought so of words that the writer has changed since.
    """

    row: CommentRow
    content: tuple[Piece, ...]
    author_name: tuple[Piece, ...]
    author_url: tuple[Piece, ...]
    hosts: tuple[Host, ...]
    program: Decision | None
    reasons: tuple[Reason, ...]
    by: str
    history: tuple[Told, ...]
    author: Standing
    others: tuple[CommentRow, ...]
    parent: CommentRow | None
    around: tuple[CommentRow, ...]
    alike: int
    on_it: str
    reports: Mapping[Category, int]
    is_unread_to_the_end: bool
    is_outdated: bool

    @property
    def handed_over(self) -> Told | None:
        """Who handed it to a lead last, and when, while it waits for one."""
        handed = [line for line in self.history if line.is_handing_over]
        return handed[-1] if handed and self.row.waits_as is Waiting.ESCALATED else None

    @property
    def notes(self) -> tuple[Told, ...]:
        """What the team wrote about the comment or its author, newest first."""
        return tuple(line for line in reversed(self.history) if line.is_note)

    @property
    def notes_on_author(self) -> tuple[Told, ...]:
        """What the team wrote about the author, beside whichever comment, newest first."""
        return tuple(line for line in self.notes if line.is_about_author)


def card(db: Db, *, desk: Desk, comment_id: Id, scorer: Scorer, now: datetime) -> Card:
    """Returns the card of a comment of a site.

    Raises:
        NotFound: for a comment that the site does not have, or has erased.
        Forbidden: for whoever may not read there.
    """
    desk.permit(Action.READ)
    row = comments.get(db, site_id=desk.site_id, comment_id=comment_id)
    if row.state is State.ERASED:
        raise NotFound("This comment is erased.", code="comment.not_found")
    made = decisions.history(db, site_id=desk.site_id, comment_id=comment_id)
    happened = events.of_comment(db, site_id=desk.site_id, comment_id=comment_id)
    thought = next((one for one in reversed(made) if one.actor is Actor.POLICY), None)
    program = decisions.to_decision(thought) if thought else None
    is_outdated = thought is not None and any(_is_mere_edit(one) and one.id > thought.id for one in happened)
    reasons = _placed(row, program.reasons if program else (), scorer, is_outdated=is_outdated)
    spans = tuple(span for reason in reasons for span in reason.spans)
    return Card(
        row=row,
        content=pieces(row.content, spans),
        author_name=pieces(row.author_name, spans, "author.name"),
        author_url=pieces(row.author_url, spans, "author.url"),
        hosts=tuple(_hosts(row)),
        program=program,
        reasons=reasons,
        by=_by(program),
        history=_history(db, desk, row, made, happened),
        author=browsing.author_history(db, row=row),
        others=tuple(browsing.by_same_author(db, row=row, limit=BY_AUTHOR)),
        parent=browsing.parent_of(db, row=row),
        around=tuple(browsing.around(db, row=row, limit=AROUND)),
        alike=_alike(db, row),
        on_it=_on_it(db, desk, row, now),
        reports=reports.of_comment(db, site_id=desk.site_id, comment_id=comment_id),
        is_unread_to_the_end=len(row.content) > JUDGED_CODE_POINTS,
        is_outdated=is_outdated,
    )


def samples(db: Db, *, desk: Desk, head: Id, but: Id) -> list[CommentRow]:
    """Returns three of the comments for which one stands in the queue, besides the one that is shown."""
    desk.permit(Action.READ)
    members = alike.members(db, site_id=desk.site_id, head=head, limit=SAMPLES + 1)
    rows = browsing.get_many(db, site_id=desk.site_id, comment_ids=[id_ for id_ in members if id_ != but][:SAMPLES])
    return [rows[id_] for id_ in members if id_ in rows]


def _placed(row: CommentRow, reasons: tuple[Reason, ...], scorer: Scorer, *, is_outdated: bool) -> tuple[Reason, ...]:
    """Reasons with their places in the words as they are: those of the Akismet door come without, new words moved them.

    The model is asked once more for them.
    """
    if is_outdated:
        reasons = tuple(Reason(one.code, one.text, one.weight) for one in reasons)
    if not any(reason.code.startswith("model.") for reason in reasons) or any(reason.spans for reason in reasons):
        return reasons
    author = Author(name=row.author_name, url=row.author_url)
    signal = scorer.weigh(Comment(permalink=row.permalink, content=row.content, author=author))
    found: dict[str, tuple[Span, ...]] = {reason.code: reason.spans for reason in signal.reasons}
    return tuple(Reason(one.code, one.text, one.weight, found.get(one.code, ())) for one in reasons)


def _by(program: Decision | None) -> str:
    """Which rule or model spoke, in words."""
    if program is None:
        return ""
    if program.model is None:
        return "a rule" if program.main_reason.code.startswith("rule.") else "a fixed step, without the model"
    here = f", revision {program.model.site_revision} here" if program.model.site_revision else ""
    return f"model {program.model.title}{here}"


def _hosts(row: CommentRow) -> Iterator[Host]:
    """The hosts of the links in text and address as they stand there, each once: what the model unfolds is no link."""
    said = f"{row.content[:JUDGED_CODE_POINTS]} {row.author_url}".lower()
    seen = dict.fromkeys(Host(link.authority, domains.asked_host(link.host)) for link in links.find(said) if link.host)
    yield from list(seen)[: links.READ_LINKS]


def _alike(db: Db, row: CommentRow) -> int:
    head = row.alike_to
    return alike.counts(db, site_id=row.site_id, heads=[head]).get(head, 1) if head else 1


def _on_it(db: Db, desk: Desk, row: CommentRow, now: datetime) -> str:
    others = on_others(db, desk=desk, now=now)
    return others[row.id].name if row.id in others else ""


def _history(
    db: Db, desk: Desk, row: CommentRow, made: list[DecisionRow], happened: list[EventRow]
) -> tuple[Told, ...]:
    """Everything that happened to a comment, oldest first, with the notes on it and on its author."""
    written = notes.about(db, site_id=desk.site_id, comment_id=row.id, author_email_code=row.author_email_code)
    ids = {one.moderator_id for one in made if one.moderator_id} | {note.moderator_id for note in written}
    ids |= {Id(one.facts["moderator_id"]) for one in happened if "moderator_id" in one.facts}
    names = people.names(db, ids)
    lines = [_decided(one, names) for one in made]
    lines += [_event(one, names) for one in happened if one.kind in _HAPPENED or _is_edit(one)]
    lines += [_noted(note, names) for note in written]
    return tuple(sorted(lines, key=lambda line: line.at))


def _is_edit(one: EventRow) -> bool:
    return one.kind is EventKind.EDITED


def _is_mere_edit(one: EventRow) -> bool:
    """Whether the writer changed the words and nobody judged them anew."""
    return _is_edit(one) and "verdict" not in one.facts


def _decided(one: DecisionRow, names: Mapping[Id, str]) -> Told:
    decision = decisions.to_decision(one)
    who = names.get(one.moderator_id, "A moderator") if one.moderator_id else BY.get(one.actor, "A person")
    what = f"{_DONE[one.verdict]} it"
    if one.undoes is not None:
        what = f"took a decision back: {_DONE[one.verdict]} again"
    return Told(one.decided_at, who, what, decision.reasons, decision.score, _by(decision) if one.model_name else "")


def _event(one: EventRow, names: Mapping[Id, str]) -> Told:
    if _is_edit(one):
        return Told(one.happened_at, "The writer", "changed the words")
    said = _HAPPENED[one.kind]
    if one.kind is EventKind.REPORTED:
        return Told(one.happened_at, said, one.facts.get("category", "").replace("_", " "))
    who = names.get(Id(one.facts["moderator_id"]), "A moderator")
    return Told(one.happened_at, who, said, is_handing_over=one.kind is EventKind.ESCALATED)


def _noted(note: Note, names: Mapping[Id, str]) -> Told:
    about = "about the author" if note.is_about_author else "a note"
    who = f"{names.get(note.moderator_id, 'A moderator')}, {about}"
    return Told(note.written_at, who, note.text, is_note=True, is_about_author=note.is_about_author)


def words_of_author(author: Standing, row: CommentRow) -> str:
    """Returns an author's history in numbers and words."""
    if not author.is_known:
        return "no name and no e-mail address given: nothing is known of earlier comments"
    counted = Counter(dict(author.by_state))
    counted[row.state] -= 1
    before = {state: count for state, count in counted.items() if count > 0}
    if not before:
        return "first comment here"
    said = {State.PUBLISHED: "approved", State.HELD: "waiting", State.REMOVED: "removed", State.ERASED: "erased"}
    return ", ".join(f"{before[state]} {word}" for state, word in said.items() if state in before)
