"""Pages for moderators; every one of them works without a script, and shows a comment as text only."""

from typing import Final

from moderation.web.console import (
    account,
    acts,
    appeals,
    bulk,
    comment,
    hosting,
    learned,
    queue,
    sample,
    search,
    settings,
    sign_in,
)

ROUTERS: Final = (
    sign_in.router,
    queue.router,
    comment.router,
    acts.router,
    bulk.router,
    search.router,
    sample.router,
    appeals.router,
    account.router,
    settings.router,
    hosting.router,
    learned.router,
)
