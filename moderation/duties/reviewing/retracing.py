"""What would hold of a comment if some decisions on it had never been made: read from its history, it changes nothing.

Taking a decision back restores more than the state: the queue, since when it waits, reports, and the label before.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from moderation.clock import Id
from moderation.judging.moderating import label_behind
from moderation.storage.ledger import waiting_after
from moderation.storage.tables import DecisionRow, EventRow
from moderation.vocabulary import STATE_AFTER, EventKind, Label, State, Verdict, Waiting

_MOVES: Final = {
    EventKind.DEFERRED: Waiting.DEFERRED,
    EventKind.ESCALATED: Waiting.ESCALATED,
    EventKind.REPORTED: Waiting.REPORTED,
    EventKind.EDITED: Waiting.EDITED,
}


@dataclass(slots=True)
class Retraced:
    """A comment as its history without some decisions leads to it; `labels` is what each moderator said last."""

    is_test: bool
    verdict: Verdict
    waits_as: Waiting | None = None
    waits_since: datetime | None = None
    reports: int = 0
    deferrals: int = 0
    labels: dict[Id, Label] = field(default_factory=dict)

    @property
    def waiting(self) -> dict[str, Any]:
        """How it waits, as the columns of its row."""
        return {name: getattr(self, name) for name in ("waits_as", "waits_since", "reports", "deferrals")}

    def decide(self, made: DecisionRow) -> None:
        """Goes on with a decision."""
        self.verdict = made.verdict
        self._take(waiting_after(made.verdict, made.decided_at, is_test=self.is_test, waits_as=self.waits_as))
        label = label_behind(made.reasons[0]["code"])
        if made.moderator_id is not None and label is not None:
            self.labels[made.moderator_id] = label

    def happen(self, kind: Waiting, at: datetime) -> None:
        """Goes on with what let it wait elsewhere; what cannot be of this state changes nothing."""
        is_public = STATE_AFTER[self.verdict] is State.PUBLISHED and not self.is_test
        if kind is Waiting.REPORTED and STATE_AFTER[self.verdict] is not State.REMOVED:
            self.reports += 1
        fits = {
            Waiting.ESCALATED: True,
            Waiting.DEFERRED: self.waits_as is not None,
            Waiting.REPORTED: is_public and self.waits_as in {None, Waiting.EDITED},
            Waiting.EDITED: is_public and self.waits_as is None,
        }
        if fits[kind]:
            self.deferrals += kind is Waiting.DEFERRED
            self.waits_as, self.waits_since = kind, self.waits_since or at

    def _take(self, columns: dict[str, Any]) -> None:
        for name in self.waiting.keys() & columns.keys():
            setattr(self, name, columns[name])


def retrace(made: Sequence[DecisionRow], happened: Iterable[EventRow], *, but: Id, is_test: bool) -> Retraced:
    """Returns a comment as it would be without one decision, and without all that were taken back before.

    Raises:
        ValueError: where no other decision is left; a comment's first one is never a moderator's.
    """
    gone = {one.undoes for one in made if one.undoes is not None} | {but}
    standing = [one for one in made if one.undoes is None and one.id not in gone]
    if not standing:
        raise ValueError("a comment without any decision stands nowhere")
    moves = [one for one in happened if one.kind in _MOVES and "verdict" not in one.facts]
    found = Retraced(is_test, standing[0].verdict)
    steps: list[DecisionRow | EventRow] = [*standing, *moves]
    for step in sorted(steps, key=lambda step: step.id):
        if isinstance(step, DecisionRow):
            found.decide(step)
        else:
            found.happen(_MOVES[step.kind], step.happened_at)
    return found
