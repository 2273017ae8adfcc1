"""Pages for readers and commenters."""

from typing import Final

from moderation.web.public import (
    data,
    form_notice,
    history,
    key,
    linked_data,
    lost,
    notice,
    receipt,
    record,
    rights,
    start,
    static,
    well_known,
    yearly,
)

ROUTERS: Final = (
    start.router,
    notice.router,
    data.router,
    linked_data.router,
    form_notice.router,
    history.router,
    record.router,
    well_known.router,
    receipt.router,
    rights.router,
    lost.router,
    key.router,
    yearly.router,
    static.router,
)
