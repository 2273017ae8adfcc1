"""To authors: what became of one comment, opened by its receipt's secret, in readers' words; it changes nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from models.counterfactual import Explains, counterfactual
from moderation.clock import Id
from moderation.judging.procedure import CLOSED, NEXT_SENTENCES, STATE_SENTENCES
from moderation.judging.receipt import DECIDED, LOOKED
from moderation.judging.redress import Redress
from moderation.judging.signal import ModelRef
from moderation.judging.statement import Made
from moderation.storage import appeals, decisions, erasing, events, receipts, requests
from moderation.storage.database import Db
from moderation.storage.model_shelf import sample_of_row
from moderation.storage.rights_tables import AppealRow, SubjectRequestRow
from moderation.storage.sites import Site
from moderation.storage.tables import CommentRow, DecisionRow, EventRow
from moderation.vocabulary import Actor, Band, EventKind, Outcome, RequestKind, State, Verdict

Row: TypeAlias = CommentRow
"""What a receipt opens."""
ASKED_AGAIN: Final = "You asked for another look. A person answers you here."
NOTHING_MORE: Final = "Nothing more happens by itself."
_HAPPENED: Final = {
    (EventKind.CORRECTED, ""): "The writer changed the words.",
    (EventKind.OBJECTED, "yes"): "The writer objected to learning from it.",
    (EventKind.OBJECTED, "no longer"): "The writer took the objection back.",
    (EventKind.RESTRICTED, "yes"): "The writer had it kept as it is.",
    (EventKind.RESTRICTED, "no longer"): "The writer let it be deleted on its date again.",
    (EventKind.ERASED, ""): "The comment was erased.",
}
_EDITED: Final = "The words were changed at the website."
_APPEALED: Final = "The writer asked for another look."
_HEARD: Final = {
    Outcome.UPHELD: "A person answered: the decision stays.",
    Outcome.OVERTURNED: "A person answered: the decision was wrong.",
    Outcome.PARTLY_OVERTURNED: "A person answered: the decision was wrong in part.",
}
_EXPORTED: Final = "The writer took a copy of everything."
_PLACES: Final = {"author.name": "the name", "author.url": "the web address"}


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened, in readers' words; no name of whoever did it. `said` are the words of a person."""

    at: datetime
    what: str
    looked: str = ""
    reasons: tuple[str, ...] = ()
    model: str = ""
    said: str = ""
    told_from: datetime | None = None


@dataclass(frozen=True, slots=True)
class ThenAndNow:
    """What judged the comment when it came, and what would judge it today."""

    model: str
    thresholds: int | None
    model_now: str
    thresholds_now: int | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that a receipt tells of its comment beside the stored values."""

    row: CommentRow
    site: Site | None
    state: State
    state_sentence: str
    next_sentences: tuple[str, ...]
    by_program_alone: bool
    timeline: tuple[Moment, ...]
    then_and_now: ThenAndNow
    open_appeal: AppealRow | None
    needless: tuple[str, ...]
    needless_places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judges:
    """What judges a site's comments now: its classifier, and how that is called."""

    classifier: Explains
    model: str


def opened(db: Db, *, pasted: str, now: datetime) -> Row:
    """Returns the comment that a token opens; raises NotFound in the same words for every token that opens none."""
    return receipts.opened(db, pasted=pasted, now=now)


def opened_to_change(db: Db, *, pasted: str, now: datetime) -> Row:
    """Returns the same as it stands by now, locked: until this ends, nobody else decides about it or erases it.

    Raises:
        NotFound: as for `opened`, also where the comment went in between.
    """
    row = opened(db, pasted=pasted, now=now)
    if not erasing.lock(db, site_id=row.site_id, comment_ids=[row.id]):
        raise receipts.unknown()
    return row


def explain(
    db: Db, *, row: CommentRow, site: Site | None, judges: Judges, early: dict[Id, datetime], redress: Redress
) -> Explanation:
    """Returns what became of a comment; of the program's decisions in `early` only that there are such."""
    names = {"site_id": row.site_id, "comment_id": row.id}
    history = decisions.history(db, **names)
    made = decisions.made(history)
    asked = appeals.of_comment(db, **names)
    state = State.HELD if row.decision_id in early and row.state is State.REMOVED else row.state
    open_appeal = next((one for one in asked if one.heard_at is None), None)
    program = next((one for one in made if one.decision.model and one.id not in early), None)
    needless, places = _needless(row, site, judges, _last_of_program(history, early), asked)
    told = [
        *(_decided(one, early) for one in made),
        *_happened(events.of_comment(db, **names)),
        *_asked(asked),
        *_requested(requests.of_comment(db, **names)),
    ]
    return Explanation(
        row=row,
        site=site,
        state=state,
        state_sentence=STATE_SENTENCES[state],
        next_sentences=_next(state, site, redress, is_asked=open_appeal is not None),
        by_program_alone=row.decided_by is Actor.POLICY,
        timeline=tuple(sorted(told, key=lambda moment: moment.at)),
        then_and_now=_then_and_now(program, site, judges),
        open_appeal=open_appeal,
        needless=needless,
        needless_places=places,
    )


def _next(state: State, site: Site | None, redress: Redress, *, is_asked: bool) -> tuple[str, ...]:
    """What comes next; where the website is closed, nobody is there to decide."""
    if site is None and state is not State.ERASED:
        return (CLOSED,)
    if is_asked:
        return (ASKED_AGAIN,)
    if state is State.REMOVED and redress.why_not:
        return (NOTHING_MORE, redress.why_not)
    return (NEXT_SENTENCES[state],)


def _decided(made: Made, early: dict[Id, datetime]) -> Moment:
    decision = made.decision
    if made.id in early:
        verdict = Verdict.HOLD if decision.verdict is Verdict.REMOVE else decision.verdict
        return Moment(made.decided_at, DECIDED[decision.actor, verdict], told_from=early[made.id])
    return Moment(
        at=made.decided_at,
        what=DECIDED[decision.actor, decision.verdict],
        looked=LOOKED[decision.band] if decision.band else "",
        reasons=tuple(reason.text for reason in decision.reasons),
        model=_title(decision.model),
    )


def _happened(rows: Sequence[EventRow]) -> Iterator[Moment]:
    corrected = {one.happened_at for one in rows if one.kind is EventKind.CORRECTED}
    for one in rows:
        what = _HAPPENED.get((one.kind, str(one.facts.get("asked", ""))), "")
        if one.kind is EventKind.EDITED and one.happened_at not in corrected:
            what = _EDITED
        if what:
            yield Moment(one.happened_at, what)


def _asked(rows: Sequence[AppealRow]) -> Iterator[Moment]:
    for one in rows:
        yield Moment(one.opened_at, _APPEALED, said=one.text)
        if one.heard_at is not None and one.outcome is not None:
            yield Moment(one.heard_at, _HEARD[one.outcome], said=one.reply or "")


def _requested(rows: Sequence[SubjectRequestRow]) -> Iterator[Moment]:
    yield from (Moment(one.made_at, _EXPORTED) for one in rows if one.kind is RequestKind.EXPORT)


def _then_and_now(program: Made | None, site: Site | None, judges: Judges) -> ThenAndNow:
    decision = program.decision if program else None
    return ThenAndNow(
        model=_title(decision.model) if decision else "",
        thresholds=decision.policy_version if decision else None,
        model_now=judges.model,
        thresholds_now=site.policy.version if site else None,
    )


def _last_of_program(history: Sequence[DecisionRow], early: dict[Id, datetime]) -> Made | None:
    """The program's last word about the words as they are, where it restricted them and may be told."""
    of_program = [one for one in history if one.actor is Actor.POLICY and one.model_name]
    last = decisions.made(of_program[-1:])
    if not last or last[0].id in early or last[0].decision.verdict is Verdict.PUBLISH:
        return None
    return last[0]


def _needless(
    row: CommentRow, site: Site | None, judges: Judges, program: Made | None, asked: Sequence[AppealRow]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words, and the fields, without which the comment would have passed; none unless scoring it again agrees.

    For what looked like spam only after a person has heard the writer: else it would teach how to write around it.
    """
    if program is None or site is None or row.state is State.ERASED:
        return (), ()
    is_heard = any(one.heard_at is not None for one in asked)
    if program.decision.band is not Band.UNSURE and not is_heard:
        return (), ()
    found = counterfactual(judges.classifier, sample_of_row(row), site.policy.hold_at)
    spans = found.spans if found else ()
    words = tuple(row.content[span.start : span.end] for span in spans if span.field == "content")
    return words, tuple(dict.fromkeys(_PLACES[span.field] for span in spans if span.field in _PLACES))


def _title(model: ModelRef | None) -> str:
    return model.title if model else ""
