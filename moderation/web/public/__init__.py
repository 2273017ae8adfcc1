"""Pages for readers and commenters."""

from typing import Final

from moderation.web.public import data, lost, notice, receipt, static

ROUTERS: Final = (notice.router, data.router, receipt.router, lost.router, static.router)
