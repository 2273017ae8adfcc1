"""How long comments are kept: terms as values, and the dates that follow from them; it deletes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from moderation.vocabulary import Channel, NetworkForm, State

RECEIPT_AFTER: Final = timedelta(days=30)
"""For how long the receipt of an erased comment still opens and says so."""
LATE_AFTER: Final = timedelta(minutes=2)
"""From when what should be gone counts as late: two rounds of the background loop."""
COLUMN_OF: Final[Mapping[State, str]] = {
    State.PUBLISHED: "delete_published_after",
    State.HELD: "delete_held_after",
    State.REMOVED: "delete_removed_after",
}
REDUCED: Final = "reduce_after"
Dates = dict[str, datetime | None]


@dataclass(frozen=True, slots=True)
class Terms:
    """For how long a comment is kept after it came, by the state that it is in; None is until somebody has it erased.

    `checked` is for what only the Akismet dialect sent: the website has the comment itself, and shows it. `network` is
    for the network address alone, in the form that `form` says; a key for keyed codes is used for `key_life`.
    """

    published: timedelta | None = None
    checked: timedelta | None = None
    held: timedelta | None = None
    removed: timedelta | None = None
    network: timedelta | None = None
    form: NetworkForm = NetworkForm.TRUNCATED
    key_life: timedelta = timedelta(days=7)

    def dates(self, channel: Channel, received_at: datetime, *, has_network: bool) -> Dates:
        """Returns when a comment that came at a moment goes, by its state, and when its network address does."""
        shown = self.checked if channel is Channel.AKISMET else self.published
        kept = {State.PUBLISHED: shown, State.HELD: self.held, State.REMOVED: self.removed}
        dates: Dates = {COLUMN_OF[state]: _after(received_at, term) for state, term in kept.items()}
        return dates | {REDUCED: _after(received_at, self.network) if has_network else None}


def shortened(stored: Mapping[str, datetime | None], today: Mapping[str, datetime | None]) -> Dates:
    """Returns which stored dates today's terms bring forward: a later setting shortens what was said and never more."""
    changed: Dates = {}
    for name, date in today.items():
        before = stored[name]
        if date is not None and (before is None or date < before):
            changed[name] = date
    return changed


def month_of(moment: datetime) -> datetime:
    """Returns the first moment of a month: all that is kept of when an erased comment came and went."""
    return moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def next_month(month: datetime) -> datetime:
    """Returns the first moment of the month after one."""
    return month_of(month_of(month) + timedelta(days=31))


def _after(moment: datetime, term: timedelta | None) -> datetime | None:
    return None if term is None else moment + term
