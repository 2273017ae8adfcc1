"""Pages for readers and commenters."""

from typing import Final

from moderation.web.public import data, form_notice, lost, notice, receipt, static

ROUTERS: Final = (notice.router, data.router, form_notice.router, receipt.router, lost.router, static.router)
