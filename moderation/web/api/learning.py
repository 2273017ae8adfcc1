"""`/api/v1/learning`: what the site's own model has learnt and how it does; the duty knows, nothing is learnt here."""

from datetime import datetime
from typing import Any, Final

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import Response

from moderation.duties import learning
from moderation.duties.learning import Progress
from moderation.web import problems
from moderation.web.api import access, views
from moderation.web.api.access import Reading
from moderation.web.api.document import gives
from moderation.web.deps import ReadDb

_DIGITS: Final = 4
router = APIRouter(prefix="/api/v1/learning", tags=["site"])


class LearningShown(BaseModel):
    """How far the site's own model is; losses are mean log-losses in nats over the newest lessons, before each."""

    revision: int = Field(description="How often the model changed; decisions carry it as `site_revision`.")
    lessons: int = Field(description="Lessons on which the model rests.")
    waiting: int = Field(description="Labels that are stored and not learnt yet.")
    learnt_at: datetime | None
    state: str = Field(
        description="`base` (nothing learnt), `learning`, or `paused`: worse than the base, which judges."
    )
    paused_at: datetime | None
    drifted_at: datetime | None = Field(description="When its comments were last found changed beyond chance.")
    base_loss: float
    site_loss: float


@router.get(
    "",
    operation_id="get_learning",
    summary="What the site's own model has learnt",
    response_model=None,
    responses=problems.declares(*access.REFUSALS) | gives(LearningShown, "How far it is."),
    openapi_extra=access.SECURITY,
)
def get_learning(caller: Reading, db: ReadDb) -> Response:
    """Returns how far the model of the token's site is, and whether it is in use."""
    return views.reply(views.body_of(shown(learning.look(db, site_id=caller.site.id))))


def shown(found: Progress) -> dict[str, Any]:
    """Returns a site's progress as `LearningShown` describes it."""
    times = {name: getattr(found, name) for name in ("learnt_at", "paused_at", "drifted_at")}
    return {
        "revision": found.revision,
        "lessons": found.lessons,
        "waiting": found.waiting,
        "state": found.state,
        **{name: views.moment(at) if at else None for name, at in times.items()},
        "base_loss": round(found.base_loss, _DIGITS),
        "site_loss": round(found.site_loss, _DIGITS),
    }
