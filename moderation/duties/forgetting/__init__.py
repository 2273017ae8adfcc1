"""To writers: what was stored about them goes when they, the website or the calendar say so; it judges nothing."""

from moderation.duties.forgetting.answering import forget_answers
from moderation.duties.forgetting.erasing import erase, erase_some, find_address, note_erasure
from moderation.duties.forgetting.proving import Proof, Remaining
from moderation.duties.forgetting.sweeping import (
    Due,
    Shortening,
    is_late,
    is_unsettled,
    look,
    settle,
    sweep,
    sweep_all,
    terms_of,
)

__all__ = [
    "Due",
    "Proof",
    "Remaining",
    "Shortening",
    "erase",
    "erase_some",
    "find_address",
    "forget_answers",
    "is_late",
    "is_unsettled",
    "look",
    "note_erasure",
    "settle",
    "sweep",
    "sweep_all",
    "terms_of",
]
