"""The native door: JSON in, verdicts with reasons out, under `/api/v1`."""

from typing import Final

from moderation.web.api import checks, comments, decisions, guarantee, learning, reference, reports, threads
from moderation.web.api.document import DOCUMENT, describe

__all__ = ["DOCUMENT", "ROUTERS", "describe"]

ROUTERS: Final = (
    comments.router,
    checks.router,
    decisions.router,
    reports.router,
    threads.router,
    guarantee.router,
    learning.router,
    reference.router,
)
