"""Writers who ask for another look: their words and the comment first; what the program thought is told afterwards."""

from functools import partial
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from fastapi.responses import RedirectResponse, Response
from starlette.background import BackgroundTask

from moderation import clock
from moderation.clock import Id, parse_id
from moderation.duties import appealing, guaranteeing
from moderation.duties.appealing import Case, Hearer
from moderation.errors import Invalid, ModerationError, NotFound, VersionMismatch
from moderation.judging.marking import pieces
from moderation.judging.receipt import DECIDED, LOOKED
from moderation.runtime import Db
from moderation.vocabulary import Outcome
from moderation.web import problems
from moderation.web.console import shell
from moderation.web.console.access import Here, HereDep, OwnForm
from moderation.web.deps import ReadDb
from moderation.web.forms import Fields, Form

router = APIRouter(include_in_schema=False)
OUTCOME_WORDS: Final = {
    Outcome.OVERTURNED: "Put it back: it is published",
    Outcome.PARTLY_OVERTURNED: "Partly: it is kept back, not refused",
    Outcome.UPHELD: "The decision stays",
}
ENDED_WORDS: Final = {
    Outcome.OVERTURNED: "put back",
    Outcome.PARTLY_OVERTURNED: "kept back instead of refused",
    Outcome.UPHELD: "the decision stayed",
}


@router.get("/console/sites/{site_id}/appeals")
def appeals(here: HereDep, db: ReadDb, done: Annotated[str, Query()] = "") -> Response:
    """Returns the writers who wait for an answer, and those who were answered last."""
    return _page(db, here, done=done)


@router.post("/console/sites/{site_id}/comments/{comment_id}/appeal", dependencies=[OwnForm])
def hear(here: HereDep, comment_id: str, form: Form) -> Response:
    """Answers a writer; what was wrong is put right with the same press."""
    wanted = parse_id(comment_id)
    if wanted is None:
        raise NotFound("This site has no such comment.", code="comment.not_found")
    try:
        outcome = _outcome(form)
        with here.doors.runtime.database.transaction() as db:
            _heard(here, wanted, outcome, form, db)
    except (Invalid, VersionMismatch) as error:
        with here.doors.runtime.database.snapshot() as db:
            return _page(db, here, problem=error, written={wanted: form.get("reply")})
    task = BackgroundTask(here.doors.teacher.teach, here.site.id)
    return RedirectResponse(f"{here.path}/appeals?done=heard", problems.SEE_OTHER, background=task)


def _outcome(form: Fields) -> Outcome:
    chosen = form.get("outcome")
    if chosen not in set(Outcome):
        raise Invalid("Choose how it ends.", code="appeal.invalid")
    return Outcome(chosen)


def _heard(here: Here, comment_id: Id, outcome: Outcome, form: Fields, db: Db) -> None:
    now, reply = clock.now(), form.get("reply").replace("\r\n", "\n")
    appealing.hear(
        db,
        hearer=_hearer(here),
        comment_id=comment_id,
        outcome=outcome,
        reply=reply,
        now=now,
        expected_version=form.whole("version"),
    )
    guaranteeing.follow(db, site_id=here.site.id, comment_id=comment_id, now=now)


def _hearer(here: Here) -> Hearer:
    return Hearer(here.doors.runtime.settings.seal, here.site.id, here.signed.visit.person.id, here.roles)


def _page(
    db: Db,
    here: Here,
    *,
    done: str = "",
    problem: ModerationError | None = None,
    written: dict[Id, str] | None = None,
) -> Response:
    waiting, heard = appealing.cases(db, hearer=_hearer(here))
    context: dict[str, Any] = {
        "tab": "appeals",
        "waiting": [_shown(case) for case in waiting],
        "heard": [_shown(case) | {"thought": _thought(case)} for case in heard],
        "outcome_words": OUTCOME_WORDS,
        "ended_words": ENDED_WORDS,
        "longest": appealing.LONGEST,
        "hours": here.doors.runtime.settings.appeal_hours,
        "problem": problem.message if problem else "",
        "written": written or {},
    }
    return shell.page("appeals.html", shell.at_site(db, here, done, **context), refusal=problem)


def _shown(case: Case) -> dict[str, Any]:
    """A case with hostile texts cut into pieces; without score, band and reasons, which would lean on whoever hears."""
    cut = partial(map, pieces)
    content, name, said, reply = cut(
        (case.row.content, case.row.author_name, case.appeal.text, case.appeal.reply or "")
    )
    return {
        "case": case,
        "content": content,
        "author_name": name,
        "said": said,
        "reply": reply,
        "decided": DECIDED[case.decided.actor, case.decided.verdict],
    }


def _thought(case: Case) -> str:
    """What the program had thought of it, once that can lean on nobody."""
    decided = case.decided
    if decided.score is None or decided.band is None:
        return ""
    return f"{LOOKED[decided.band]} Its score was {decided.score:.2f}."
