"""What a moderator does to one comment: each form is sent once, decides once, and says what became of it."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

import orjson
from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.background import BackgroundTask

from moderation import clock
from moderation.clock import Id, parse_id
from moderation.duties import guaranteeing, learning, reviewing
from moderation.duties.answering import Given
from moderation.duties.reviewing import Undone
from moderation.errors import Invalid, ModerationError, NotFound
from moderation.judging.capabilities import Action
from moderation.judging.moderating import DIGITS, Choice
from moderation.runtime import Db
from moderation.vocabulary import Actor, Category, Verdict
from moderation.web import pages, problems
from moderation.web.console import shell
from moderation.web.console.access import Here, HereDep, OwnForm
from moderation.web.console.comment import comment_page
from moderation.web.forms import Fields, Form
from moderation.web.writes import write, write_once

router = APIRouter(include_in_schema=False)
CHOICES: Final = {
    "approve": Choice(Verdict.PUBLISH),
    "hold": Choice(Verdict.HOLD),
    "spam": Choice(Verdict.REMOVE, Category.SPAM),
    **{f"remove:{category.value}": Choice(Verdict.REMOVE, category) for category in DIGITS.values()},
}
UNDONE_AT_ONCE: Final = 1_000
"""Decisions that one request takes back; what is left is offered again."""
_KEY: Final = 64


@router.post("/console/sites/{site_id}/comments/{comment_id}/act", dependencies=[OwnForm])
async def act(request: Request, here: HereDep, form: Form, comment_id: str) -> Response:
    """Does what the pressed button says; a second press of the same form is told the same and changes nothing."""
    here.desk.permit(Action.DECIDE)  # before what the form says: whoever may not is not told how to do it right
    wanted = parse_id(comment_id)
    if wanted is None:
        raise NotFound("This site has no such comment.", code="comment.not_found")
    asked = form.get("act")
    does: Callable[[Db], Given] = partial(_done, here, wanted, asked, form)
    key = form.get("key")
    try:
        if 0 < len(key) <= _KEY and key.isalnum():
            given = await write_once(request, site_id=here.site.id, key=key, raw=form.raw, act=does)
        else:
            given = await write(request, does)
    except ModerationError as error:
        return _refused(request, here, form, wanted, error)
    return _answer(request, here, form, orjson.loads(given.body))


@router.post("/console/sites/{site_id}/undo", dependencies=[OwnForm])
def undo(request: Request, here: HereDep, form: Form) -> Response:
    """Takes the newest decision of this login back; what it taught goes with it, or both stay."""
    ids, is_more, teaches = _undone(here)
    with here.doors.runtime.database.snapshot() as db:
        done = "undo_more" if is_more else "undo"
        given = _told(db, here, done=done, ids=[str(id_) for id_ in ids], teaches=teaches)
    return _answer(request, here, form, orjson.loads(given.body))


@router.post("/console/sites/{site_id}/claims", dependencies=[OwnForm])
async def claims(request: Request, here: HereDep, form: Form) -> Response:
    """Leases the shown card and the next ones, and tells who is on which others, and how much waits."""
    wanted = [id_ for id_ in map(parse_id, form.every("id")) if id_ is not None]
    given = await write(request, partial(_claimed, here, wanted))
    return Response(given.body, media_type="application/json")


def _done(here: Here, comment_id: Id, asked: str, form: Fields, db: Db) -> Given:
    if asked in CHOICES:
        return _decided(here, comment_id, _with_sentence(CHOICES[asked], form.get("sentence")), _version(form), db)
    about: dict[str, Any] = {"desk": here.desk, "comment_id": comment_id, "now": clock.now()}
    text = form.get("note").replace("\r\n", "\n")
    if asked == "defer":
        reviewing.defer(db, **about)
    elif asked == "escalate":
        reviewing.escalate(db, **about, text=text)
    elif asked in {"note", "note_author"}:
        reviewing.note(db, **about, text=text, about_author=asked == "note_author")
    elif asked == "take_over":
        reviewing.take_over(db, **about)
    else:
        raise Invalid("There is no such button; open the page again.")
    return _told(db, here, done=asked.removesuffix("_author"), ids=[str(comment_id)], teaches=False)


def _decided(here: Here, comment_id: Id, choice: Choice, version: int, db: Db) -> Given:
    now = clock.now()
    decided = reviewing.choose(
        db, desk=here.desk, comment_id=comment_id, choice=choice, expected_version=version, now=now
    )
    guaranteeing.follow(db, site_id=here.site.id, comment_id=comment_id, now=now)
    ids, done = [str(comment_id)], choice.verdict.value
    return _told(db, here, done=done, ids=ids, version=decided.version, teaches=decided.is_lesson)


def _undone(here: Here) -> tuple[list[Id], bool, bool]:
    """Returns what was taken back, whether more is left, and whether there is something to learn again.

    What was decided together goes piece by piece, each in a transaction of its own, which others can come between.
    """
    ids, rest_of, teaches = list[Id](), None, False
    database = here.doors.runtime.database
    while not ids or (rest_of and len(ids) < UNDONE_AT_ONCE):
        if ids:
            database.give_way()
        with database.transaction() as db:
            undone = _piece_undone(db, here, rest_of=rest_of)
            teaches |= _withdrawn(db, here, undone)
        ids, rest_of = [*ids, *undone.comment_ids], undone.rest_of
    return ids, rest_of is not None, teaches


def _piece_undone(db: Db, here: Here, *, rest_of: Id | None) -> Undone:
    if rest_of is not None:
        return reviewing.undo_rest(db, desk=here.desk, batch_id=rest_of, now=clock.now())
    return reviewing.undo(db, desk=here.desk, since=here.signed.visit.login.created_at, now=clock.now())


def _withdrawn(db: Db, here: Here, undone: Undone) -> bool:
    """Takes back what the decisions taught and promised; returns whether there is something to learn again."""
    site_id, now = here.site.id, clock.now()
    teaches = False
    if undone.withdrawn:
        code, said = here.desk.reporter_code, undone.withdrawn
        taught = learning.withdraw(db, site_id=site_id, said=said, actor=Actor.MODERATOR, reporter_code=code, now=now)
        teaches = taught is not None
    for comment_id in undone.comment_ids:
        guaranteeing.follow(db, site_id=site_id, comment_id=comment_id, now=now)
    return teaches


def _claimed(here: Here, wanted: list[Id], db: Db) -> Given:
    had, others = reviewing.claim(db, desk=here.desk, comment_ids=wanted, now=clock.now())
    told = {
        "had": [str(id_) for id_ in had],
        "others": {str(id_): claim.name for id_, claim in others.items()},
        "counts": _counts(db, here),
    }
    return Given(problems.OK, orjson.dumps(told))


def _told(db: Db, here: Here, *, done: str, ids: list[str], version: int = 0, teaches: bool) -> Given:
    told = {"done": done, "text": shell.SAID[done], "ids": ids, "version": version, "teaches": teaches}
    return Given(problems.OK, orjson.dumps(told | {"undoable": done in shell.UNDOABLE, "counts": _counts(db, here)}))


def _counts(db: Db, here: Here) -> dict[str, int]:
    return {tab["word"]: tab["count"] for tab in shell.counts(db, here)}


def _answer(request: Request, here: Here, form: Fields, told: dict[str, Any]) -> Response:
    """JSON for the script; for a form the way back to where it stood, with a word about what was done."""
    task = BackgroundTask(here.doors.teacher.teach, here.site.id) if told["teaches"] else None
    if pages.wants_json(request):
        return Response(orjson.dumps(told), media_type="application/json", background=task)
    address = back_to(here, form, told["done"], shown=told["ids"][0] if told["done"] in _STAYS else "")
    return RedirectResponse(address, problems.SEE_OTHER, background=task)


_STAYS: Final = {"note", "take_over", "undo"}


def back_to(here: Here, form: Fields, done: str, *, shown: str = "", left: int = 0) -> str:
    """Returns the page on which a form stood; its address is made anew of the few words that may stand in it."""
    told = {"done": done} | ({"left": str(left)} if left else {}) | ({"card": shown} if shown else {})
    if form.get("on") == "comment" and shown:
        return f"{here.path}/comments/{shown}?{urlencode({'done': done})}"
    known = {name: value for name, value in parse_qsl(form.get("here")) if name in {"tab", "order", "after"}}
    return f"{here.path}/queue?{urlencode(known | told)}"


def _refused(request: Request, here: Here, form: Fields, comment_id: Id, error: ModerationError) -> Response:
    """What was refused is said on the card itself, with what the moderator had written, so that nothing is lost."""
    if pages.wants_json(request) or error.code in {"comment.not_found", "role.forbidden"}:
        raise error
    return comment_page(here, str(comment_id), problem=error, written=form.get("note"), said=form.get("sentence"))


def _with_sentence(choice: Choice, said: str) -> Choice:
    """A sentence of the moderator's own is told to the writer with the reason; a note never is."""
    if not said.strip() or choice.verdict is not Verdict.REMOVE:
        return choice
    try:
        return Choice(choice.verdict, choice.category, said.strip().replace("\r\n", "\n"))
    except ValueError as error:
        raise Invalid(f"{error}.", code="note.invalid") from None


def _version(form: Fields) -> int:
    """Which version of the comment was read; without it, a decision would be made unseen."""
    version = form.whole("version")
    if version is None:
        raise Invalid("The form does not say what was read; open the page again.")
    return version
