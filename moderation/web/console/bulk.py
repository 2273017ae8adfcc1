"""One word about many comments: a selection, all that are alike, or all that a search finds; in stoppable pieces."""

from typing import Any, Final

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from starlette.background import BackgroundTask

from moderation import clock
from moderation.clock import Id, parse_id
from moderation.duties import guaranteeing, reviewing
from moderation.duties.reviewing import Batch, Chosen
from moderation.errors import Invalid, ModerationError
from moderation.judging.capabilities import MANY
from moderation.judging.moderating import CATEGORY_WORDS, Choice
from moderation.seal import equal
from moderation.vocabulary import Verdict
from moderation.web import problems
from moderation.web.console import shell
from moderation.web.console.access import Here, HereDep, OwnForm
from moderation.web.console.acts import CHOICES, back_to
from moderation.web.console.search import query_of
from moderation.web.forms import Fields, Form

router = APIRouter(include_in_schema=False)
PIECES: Final = 8
"""Pieces of 250 that one request does; what is left is offered again, so that it can be stopped."""
_ASKED_AGAIN: Final = {"bulk.unconfirmed", "bulk.empty", "bulk.too_many", "role.forbidden"}


@router.post("/console/sites/{site_id}/bulk", dependencies=[OwnForm])
def bulk(here: HereDep, form: Form) -> Response:
    """Decides about many comments; above 50 a page shows how many and three of them, and asks for the number."""
    choice, chosen = _choice(form), _chosen(form)
    try:
        with here.doors.runtime.database.snapshot() as db:
            batch = reviewing.gather(
                db,
                desk=here.desk,
                chosen=chosen,
                choice=choice,
                typed=form.get("typed"),
                now=clock.now(),
                batch_id=_gone_on_with(here, form.get("batch")),
            )
    except ModerationError as error:
        if error.code not in _ASKED_AGAIN:
            raise
        return _asking(here, form, chosen, choice, error)
    return _decided(here, form, chosen, batch, choice)


def _choice(form: Fields) -> Choice:
    """What is to be done; what is removed for another reason than spam names it in a field of its own."""
    asked, reason = form.get("act"), form.get("reason")
    if asked == "remove" and not reason:
        raise Invalid("Choose a reason: writers read on their receipts why they were removed.", code="bulk.empty")
    choice = CHOICES.get(f"remove:{reason}" if asked == "remove" else asked)
    if choice is None:
        raise Invalid("Choose what is to be done with the selected comments.", code="bulk.empty")
    return choice


def _chosen(form: Fields) -> Chosen:
    """All alike where a group is named, all that is found where a search is, else what was ticked."""
    group = parse_id(form.get("alike"))
    if group is not None:
        return Chosen(alike_to=group)
    if form.get("all_found"):
        return Chosen(filters=query_of(dict(form.beginning("search."))).filters())
    ids = tuple(id_ for id_ in map(parse_id, form.every("id")) if id_ is not None)
    shown = {id_: form.whole(f"version.{id_}") for id_ in ids}
    return Chosen(ids, {id_: version for id_, version in shown.items() if version is not None})


def _decided(here: Here, form: Fields, chosen: Chosen, batch: Batch, choice: Choice) -> Response:
    """Piece by piece, each in a transaction of its own, which others can come between."""
    database, pieces = here.doors.runtime.database, reviewing.parts(batch)
    count = 0
    for piece in pieces[:PIECES]:
        if count:
            database.give_way()
        with database.transaction() as db:
            count += reviewing.decide_many(db, desk=here.desk, batch=piece, choice=choice, now=clock.now())
    with database.transaction() as db:
        guaranteeing.refresh(db, site_id=here.site.id, now=clock.now())
    left = sum(len(piece.comment_ids) for piece in pieces[PIECES:])
    answer = (
        _going_on(here, form, chosen, batch, count=count, left=left)
        if left
        else RedirectResponse(_told(here, form, batch, choice, count), problems.SEE_OTHER)
    )
    answer.background = BackgroundTask(here.doors.teacher.teach, here.site.id)
    return answer


def _told(here: Here, form: Fields, batch: Batch, choice: Choice, count: int) -> str:
    """The way back, with a word about what was done and how many are left because somebody is on them."""
    done = "overtaken" if batch.overtaken or count < len(batch.comment_ids) else choice.verdict.value
    if batch.taken and not count:
        done = "none"
    return back_to(here, form, done, left=batch.taken)


def _asking(here: Here, form: Fields, chosen: Chosen, choice: Choice, error: ModerationError) -> Response:
    """How many are meant, three of them, and where the number is typed in; or why it cannot be."""
    with here.doors.runtime.database.snapshot() as db:
        count, rows = reviewing.meant(db, desk=here.desk, chosen=chosen, limit=reviewing.SAMPLES)
        context: dict[str, Any] = {
            "form": form,
            "choice": _words(choice),
            "count": count,
            "rows": rows,
            "most": MANY,
            "can": error.code == "bulk.unconfirmed",
            "problem": "" if error.code == "bulk.unconfirmed" and not form.get("typed") else error.message,
            "meant": count,
            "batch": form.get("batch"),
            "decided": 0,
        }
        return shell.page(
            "bulk.html", shell.at_site(db, here, **context), refusal=error if context["problem"] else None
        )


def _going_on(here: Here, form: Fields, chosen: Chosen, batch: Batch, *, count: int, left: int) -> Response:
    """The rest with one button: its number was typed in once, and a search still finds what is decided."""
    with here.doors.runtime.database.snapshot() as db:
        meant, _ = reviewing.meant(db, desk=here.desk, chosen=chosen, limit=0)
        context: dict[str, Any] = {"form": form, "choice": "", "count": left, "rows": [], "most": MANY, "can": True}
        context |= {"meant": meant, "batch": _name_of(here, batch.id), "decided": count}
        return shell.page("bulk.html", shell.at_site(db, here, **context))


def _name_of(here: Here, batch_id: Id) -> str:
    """A batch as only this login can name it: it is taken back as a whole, also what others decided under its name."""
    seal, login = here.doors.runtime.settings.seal, here.signed.visit.login
    return f"{batch_id}.{seal.code('form', login.digest, str(batch_id))}"


def _gone_on_with(here: Here, said: str) -> Id | None:
    batch_id = parse_id(said.partition(".")[0])
    return batch_id if batch_id is not None and equal(_name_of(here, batch_id), said) else None


def _words(choice: Choice) -> str:
    if choice.category is not None:
        return f"remove as: {CATEGORY_WORDS[choice.category].lower()}"
    return "approve" if choice.verdict is Verdict.PUBLISH else "hold"
