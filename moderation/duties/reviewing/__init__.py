"""To moderators: what waits, why, in which order; one key decides, and nothing is overwritten unseen or lost.

What a decision means outside waits ten seconds, so that taking it back in that time reaches nobody.
"""

from moderation.duties.reviewing.cards import (
    SAMPLES,
    Card,
    Host,
    Told,
    card,
    samples,
    words_of_author,
)
from moderation.duties.reviewing.deciding import (
    OUTWARD_AFTER,
    Decided,
    choose,
    defer,
    escalate,
    note,
    report,
    take_over,
)
from moderation.duties.reviewing.desk import Desk
from moderation.duties.reviewing.finding import COUNTED, Filters, Found, Wanted, find
from moderation.duties.reviewing.leasing import claim
from moderation.duties.reviewing.listing import Item, Listing, counts, look, place_in, tabs
from moderation.duties.reviewing.many import Batch, Chosen, decide_many, gather, meant, parts
from moderation.duties.reviewing.undoing import STEPS, Undone, undo, undo_rest

__all__ = [
    "COUNTED",
    "OUTWARD_AFTER",
    "SAMPLES",
    "STEPS",
    "Batch",
    "Card",
    "Chosen",
    "Decided",
    "Desk",
    "Filters",
    "Found",
    "Host",
    "Item",
    "Listing",
    "Told",
    "Undone",
    "Wanted",
    "card",
    "choose",
    "claim",
    "counts",
    "decide_many",
    "defer",
    "escalate",
    "find",
    "gather",
    "look",
    "meant",
    "note",
    "parts",
    "place_in",
    "report",
    "samples",
    "tabs",
    "take_over",
    "undo",
    "undo_rest",
    "words_of_author",
]
