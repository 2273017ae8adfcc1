"""To a site: what its people say changes its next verdicts, can be seen, and can be taken back; it judges no comment.

A label becomes a lesson in a transaction of its own, right after the one that stored it. What was missed in between is
found by the background loop.
"""

from moderation.duties.learning.looking import Line, Progress, export, history, look
from moderation.duties.learning.sitting import learn
from moderation.duties.learning.sweeping import is_due, sweep
from moderation.duties.learning.telling import Telling, telling
from moderation.duties.learning.undoing import roll_back, start_again, unlearn, withdraw

__all__ = [
    "Line",
    "Progress",
    "Telling",
    "export",
    "history",
    "is_due",
    "learn",
    "look",
    "roll_back",
    "start_again",
    "sweep",
    "telling",
    "unlearn",
    "withdraw",
]
