"""`/api/v1/guarantee`: whether a program may remove here, and what is missing; the duty works it out."""

import math
from datetime import datetime
from typing import Any, Final

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import Response

from moderation import clock
from moderation.duties import guaranteeing
from moderation.duties.guaranteeing import Look
from moderation.web import problems
from moderation.web.api import access, views
from moderation.web.api.access import Reading
from moderation.web.api.document import gives
from moderation.web.deps import ReadDb

_MOST_SHOWN: Final = 1e12  # the wealth of a watchdog grows without end, and JSON readers' numbers do not
router = APIRouter(prefix="/api/v1/guarantee", tags=["site"])


class WatchdogShown(BaseModel):
    """Whether good comments drawn since keep to the promise; it is found broken when `wealth` reaches `alarm_at`."""

    alarm: bool
    alarmed_at: datetime | None = Field(description="When the promise was last found broken.")
    wealth: float
    alarm_at: float
    seen: int = Field(description="Good comments since the threshold was worked out.")


class GuaranteeShown(BaseModel):
    """With confidence 1 - `delta` at most a share `alpha` of good comments scores above `threshold`."""

    alpha: float
    delta: float
    needed: int = Field(description="Good comments without which there is no guarantee.")
    have: int = Field(description="Comments drawn by chance that a person called welcome.")
    waiting: int = Field(description="Comments drawn two weeks ago or earlier at which no person has looked.")
    holds: bool
    removal_by_program: bool = Field(description="Whether the site lets a program remove at all.")
    removes: bool = Field(description="Whether a program removes here now: it is switched on and the guarantee holds.")
    threshold: float | None
    calibrated_at: datetime | None
    watchdog: WatchdogShown
    text: str = Field(examples=["needs 299 approved comments, you have 112"])


@router.get(
    "",
    operation_id="get_guarantee",
    summary="Whether a program may remove here",
    response_model=None,
    responses=problems.declares(*access.REFUSALS) | gives(GuaranteeShown, "How the guarantee stands."),
    openapi_extra=access.SECURITY,
)
def get_guarantee(caller: Reading, db: ReadDb) -> Response:
    """Returns the guarantee of the token's site as it follows from what people said about comments drawn by chance."""
    found = guaranteeing.look(db, site_id=caller.site.id, now=clock.now())
    policy = caller.site.policy
    return views.reply(
        views.body_of(shown(found, switched_on=policy.removal_by_program, removes=policy.program_may_remove))
    )


def shown(found: Look, *, switched_on: bool, removes: bool) -> dict[str, Any]:
    """Returns a guarantee as `GuaranteeShown` describes it."""
    promised, dog, anchor = found.guarantee, found.watchdog, found.anchor
    return {
        "alpha": found.alpha,
        "delta": found.delta,
        "needed": found.needed,
        "have": found.have,
        "waiting": found.waiting,
        "holds": found.holds,
        "removal_by_program": switched_on,
        "removes": removes,
        "threshold": promised.threshold if promised else None,
        "calibrated_at": views.moment(anchor.calibrated_at) if anchor.calibrated_at else None,
        "watchdog": {
            "alarm": found.is_alarmed,
            "alarmed_at": views.moment(anchor.alarmed_at) if anchor.alarmed_at else None,
            "wealth": math.exp(min(dog.log_wealth, math.log(_MOST_SHOWN))),
            "alarm_at": round(1 / dog.delta),
            "seen": dog.seen,
        },
        "text": found.text,
    }
