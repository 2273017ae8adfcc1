"""The blind sample and what it measured: whoever looks sees neither verdict, score nor who decided."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from fastapi.responses import RedirectResponse, Response
from starlette.background import BackgroundTask

from moderation import clock
from moderation.clock import Id, parse_id
from moderation.duties import guaranteeing, rechecking, reviewing
from moderation.errors import Invalid
from moderation.judging.capabilities import Action
from moderation.judging.marking import pieces
from moderation.judging.moderating import Choice
from moderation.runtime import Db
from moderation.vocabulary import Category, Label, Verdict
from moderation.web import problems
from moderation.web.console import shell
from moderation.web.console.access import Here, HereDep, OwnForm
from moderation.web.deps import ReadDb
from moderation.web.forms import Form

router = APIRouter(include_in_schema=False)
_CHOICES: Final = {Label.HAM: Choice(Verdict.PUBLISH), Label.SPAM: Choice(Verdict.REMOVE, Category.SPAM)}


@router.get("/console/sites/{site_id}/sample")
def sample(
    here: HereDep, db: ReadDb, skip: Annotated[int, Query(ge=0, le=1000)] = 0, done: Annotated[str, Query()] = ""
) -> Response:
    """Returns the next comment to be looked at blindly; one that is skipped comes again later."""
    person = here.signed.visit.person
    tasks = rechecking.tasks(db, site_id=here.site.id, moderator_id=person.id, roles=here.roles, now=clock.now())
    task = tasks[skip % len(tasks)] if tasks else None
    context = {
        "tab": "sample",
        "task": task,
        "content": pieces(task.row.content) if task else (),
        "author_name": pieces(task.row.author_name) if task else (),
        "author_url": pieces(task.row.author_url) if task else (),
        "skip": (skip + 1) % len(tasks) if tasks else 0,
        "waiting": len(tasks),
    }
    return shell.page("sample.html", shell.at_site(db, here, done, **context))


@router.post("/console/sites/{site_id}/sample", dependencies=[OwnForm])
def look(here: HereDep, form: Form) -> Response:
    """Takes a blind look's word; where the program had decided, it is a decision like any other, stored with it."""
    here.desk.permit(Action.DECIDE)
    comment_id, said = parse_id(form.get("comment")), form.get("said")
    if comment_id is None or said not in set(Label):
        raise Invalid("Say whether the comment is welcome.")
    decision_id = parse_id(form.get("decision"))
    with here.doors.runtime.database.transaction() as db:
        decides = _looked(here, comment_id, decision_id, Label(said), db, form.whole("version"))
    task = BackgroundTask(here.doors.teacher.teach, here.site.id) if decides else None
    return RedirectResponse(f"{here.path}/sample?done=looked", problems.SEE_OTHER, background=task)


def _looked(  # noqa: PLR0917 - what the form says
    here: Here, comment_id: Id, decision_id: Id | None, label: Label, db: Db, version: int | None
) -> bool:
    now = clock.now()
    answered = rechecking.answer(
        db,
        site_id=here.site.id,
        moderator_id=here.signed.visit.person.id,
        roles=here.roles,
        comment_id=comment_id,
        decision_id=decision_id,
        label=label,
        now=now,
    )
    if answered.decides:
        choice = _CHOICES[label]
        reviewing.choose(db, desk=here.desk, comment_id=comment_id, choice=choice, expected_version=version, now=now)
        guaranteeing.follow(db, site_id=here.site.id, comment_id=comment_id, now=now)
    return answered.decides


@router.get("/console/sites/{site_id}/quality")
def quality(here: HereDep, db: ReadDb) -> Response:
    """Returns what blind looks measured: for the team as a whole, never for a person."""
    here.desk.permit(Action.READ)
    measured = rechecking.quality(db, site_id=here.site.id, now=clock.now())
    promise = guaranteeing.look(db, site_id=here.site.id, now=clock.now())
    context: dict[str, Any] = {
        "part": "quality",
        "measured": measured,
        "promise": promise,
        "window": rechecking.WINDOW.days,
    }
    return shell.page("quality.html", shell.at_site(db, here, **context))
