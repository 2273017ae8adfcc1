"""Pages for readers and commenters."""

from typing import Final

from moderation.web.public import data, form_notice, key, lost, notice, receipt, rights, static

ROUTERS: Final = (
    notice.router,
    data.router,
    form_notice.router,
    receipt.router,
    rights.router,
    lost.router,
    key.router,
    static.router,
)
