"""What browsers look for at addresses that are fixed: whether signals not to sell or share data are honoured."""

from typing import Final

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from moderation.web.deps import DoorsDep, ReadDb
from moderation.web.public.told import READ

router = APIRouter(include_in_schema=False)
LAST_UPDATE: Final = "2026-11-28"
"""The day on which the rule behind the answer was last changed in this program."""
_FOR_A_DAY: Final = {"cache-control": "public, max-age=86400"}


@router.api_route("/.well-known/gpc.json", methods=READ)
def read_privacy_control(doors: DoorsDep, db: ReadDb) -> Response:
    """Says whether Global Privacy Control is honoured (W3C): as every site's notice here says it."""
    sites = doors.runtime.directory.fresh(db).sites.values()
    honoured = all(doors.reporting.rules_of(site).fact("signals.gpc").value is True for site in sites)
    return JSONResponse({"gpc": honoured, "lastUpdate": LAST_UPDATE}, headers=_FOR_A_DAY)
