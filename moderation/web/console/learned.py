"""What the machine learnt here: most telling words, figures, the journal, and one button that takes it back."""

from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import APIRouter, Query
from fastapi.responses import RedirectResponse, Response

from moderation import clock
from moderation.duties import learning
from moderation.errors import Invalid
from moderation.judging.capabilities import Action, permit
from moderation.vocabulary import LessonKind
from moderation.web import problems
from moderation.web.console import shell
from moderation.web.console.access import HereDep, OwnForm
from moderation.web.deps import ReadDb
from moderation.web.forms import Form

router = APIRouter(include_in_schema=False)
LINES: Final = 50
KIND_WORDS: Final[Mapping[LessonKind, str]] = {
    LessonKind.LEARNT: "learnt",
    LessonKind.COUNTED: "counted with",
    LessonKind.PASSED: "passed over",
    LessonKind.WITHDRAWN: "taken back",
    LessonKind.ERASED: "taken back",
    LessonKind.ROLLED_BACK: "went back to",
}
"""What a line of the journal says; `erased` would read as if a person had asked for it, and mostly nobody has."""
Before = Annotated[int | None, Query(ge=1, le=2**31 - 1)]


@router.get("/console/sites/{site_id}/learning")
def learned(here: HereDep, db: ReadDb, done: Annotated[str, Query()] = "", before: Before = None) -> Response:
    """Returns what the site's model has learnt; its words come from comments, so they are escaped like these."""
    permit(here.roles, Action.READ)
    classifier = here.doors.runtime.models.taught_of(here.site.id)
    against, in_favour = learning.telling(db, site_id=here.site.id, classifier=classifier) if classifier else ([], [])
    lines = learning.history(db, site_id=here.site.id, limit=LINES + 1, before=before)
    context = {
        "part": "learning",
        "progress": learning.look(db, site_id=here.site.id),
        "lines": lines[:LINES],
        "kinds": KIND_WORDS,
        "is_newest": before is None,
        "has_earlier": len(lines) > LINES,
        "against": against,
        "in_favour": in_favour,
    }
    return shell.page("learning.html", shell.at_site(db, here, done, **context))


@router.post("/console/sites/{site_id}/learning", dependencies=[OwnForm])
def roll_back(here: HereDep, form: Form) -> Response:
    """Lets the site's model be what it was at a revision."""
    permit(here.roles, Action.ROLL_BACK)
    revision = form.whole("revision")
    if revision is None:
        raise Invalid("Choose the revision to go back to.")
    with here.doors.runtime.database.transaction() as db:
        taught = learning.roll_back(db, site_id=here.site.id, revision=revision, now=clock.now(), by=here.roles)
    here.doors.runtime.models.take(taught)
    return RedirectResponse(f"{here.path}/learning?done=rolled_back", problems.SEE_OTHER)
