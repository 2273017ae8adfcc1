"""Pages for readers and commenters."""

from typing import Final

from moderation.web.public import notice, receipt, static

ROUTERS: Final = (notice.router, receipt.router, static.router)
