"""To the public: the facts of a site's notice, read from what is running and checked against it; it writes no page."""

from moderation.duties.reporting.auditing import verify_all
from moderation.duties.reporting.collecting import CHECKED, STATEMENTS, Reporting, Verified
from moderation.duties.reporting.finding import find_site, find_told, listed, told_of
from moderation.duties.reporting.of_figures import FIGURES
from moderation.duties.reporting.of_storage import LIMIT_WINDOW
from moderation.duties.reporting.recording import Recording, history, number_of
from moderation.duties.reporting.statements import Surroundings
from moderation.duties.reporting.truth_of_figures import CHECKED_WITHIN
from moderation.judging.small_numbers import SMALLEST_COUNT, TOO_FEW
from moderation.judging.versions import Version, differences

__all__ = [
    "CHECKED",
    "CHECKED_WITHIN",
    "FIGURES",
    "LIMIT_WINDOW",
    "SMALLEST_COUNT",
    "STATEMENTS",
    "TOO_FEW",
    "Recording",
    "Reporting",
    "Surroundings",
    "Verified",
    "Version",
    "differences",
    "find_site",
    "find_told",
    "history",
    "listed",
    "number_of",
    "told_of",
    "verify_all",
]
