"""What a writer can do from the receipt, without an account: each form carries the token on, never in an address."""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from starlette.concurrency import run_in_threadpool

from moderation import clock
from moderation.duties import appealing, explaining, exporting, forgetting, objecting, rewording
from moderation.duties.explaining import Row
from moderation.duties.rewording import Words
from moderation.errors import Conflict, ModerationError, NotFound
from moderation.judging.comment import LIMITS
from moderation.runtime import Db
from moderation.vocabulary import ErasedBy, State
from moderation.web.deps import Doors, DoorsDep
from moderation.web.forms import Fields
from moderation.web.public import receipt
from moderation.web.public.receipt import LONGEST_FORM, PRIVATE

router = APIRouter(include_in_schema=False)
_BYTES: Final = 12
"""Of a form, at the most, for one sign: four bytes of UTF-8, each written as three characters."""
LONGEST_APPEAL: Final = LONGEST_FORM + _BYTES * appealing.LONGEST
LONGEST_CORRECTION: Final = LONGEST_FORM + _BYTES * (LIMITS["content"] + LIMITS["name"])
SAID: Final = {
    "appeal": "You have asked for another look. The answer will stand here.",
    "correct": "Your new words are stored.",
    "object": "Nothing is learnt from this comment any more. What it had taught is taken back soon.",
    "withdraw": "Your objection is taken back.",
    "freeze": "This comment is kept as it is until you say otherwise.",
    "thaw": "This comment is deleted on its date again.",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a form asks for: the fields, and the comment that its token opened, within one transaction."""

    doors: Doors
    db: Db
    row: Row
    fields: Fields

    def text(self, name: str) -> str:
        """Returns a field with line ends as everywhere."""
        return self.fields.get(name).replace("\r\n", "\n")


Act = Callable[[Asked], None]


@router.post("/receipt/appeal")
async def appeal(request: Request, doors: DoorsDep) -> Response:
    """Takes the wish for another look."""
    return await _done(request, doors, "appeal", _appeal, longest=LONGEST_APPEAL)


@router.post("/receipt/correct")
async def correct(request: Request, doors: DoorsDep) -> Response:
    """Takes new words."""
    return await _done(request, doors, "correct", _correct, longest=LONGEST_CORRECTION)


@router.post("/receipt/object")
async def object_(request: Request, doors: DoorsDep) -> Response:
    """Lets nothing be learnt from the comment."""
    return await _done(request, doors, "object", partial(_mark, objecting.object_))


@router.post("/receipt/withdraw")
async def withdraw(request: Request, doors: DoorsDep) -> Response:
    """Takes the objection back."""
    return await _done(request, doors, "withdraw", partial(_mark, objecting.withdraw))


@router.post("/receipt/freeze")
async def freeze(request: Request, doors: DoorsDep) -> Response:
    """Keeps the comment as it is."""
    return await _done(request, doors, "freeze", partial(_mark, objecting.freeze))


@router.post("/receipt/thaw")
async def thaw(request: Request, doors: DoorsDep) -> Response:
    """Lets the comment be deleted on its date again."""
    return await _done(request, doors, "thaw", partial(_mark, objecting.thaw))


@router.post("/receipt/export")
async def export(request: Request, doors: DoorsDep) -> Response:
    """Hands out everything stored about the comment, signed."""
    return await _answered(request, doors, LONGEST_FORM, _exported)


@router.post("/receipt/erase")
async def erase(request: Request, doors: DoorsDep) -> Response:
    """Asks once more, and then erases the comment and shows the signed proof."""
    return await _answered(request, doors, LONGEST_FORM, partial(_erase, request))


async def _done(request: Request, doors: Doors, word: str, act: Act, *, longest: int = LONGEST_FORM) -> Response:
    """Does what a form asks for and shows the receipt as it is then."""

    def shown(asked: Asked) -> Callable[[], Response]:
        act(asked)
        return lambda: receipt.opened(request, doors, asked.fields.get("token"), done=SAID[word])

    return await _answered(request, doors, longest, shown)


async def _answered(
    request: Request, doors: Doors, longest: int, act: Callable[[Asked], Callable[[], Response]]
) -> Response:
    """Answers a form; a token that opens nothing gets the answer that every such token gets, whatever was asked for."""
    try:
        fields = await receipt.fields_of(request, doors, longest)
    except ModerationError as error:
        return receipt.asking(request, error)
    return await run_in_threadpool(_within, request, doors, fields, act)


def _within(request: Request, doors: Doors, fields: Fields, act: Callable[[Asked], Callable[[], Response]]) -> Response:
    token = fields.get("token")
    try:
        with doors.runtime.database.transaction() as db:
            row = explaining.opened_to_change(db, pasted=token, now=clock.now())
            answer = act(Asked(doors, db, row, fields))
        return answer()
    except NotFound as error:
        return receipt.asking(request, error)
    except ModerationError as error:
        return receipt.opened(request, doors, token, problem=error, written=_written(fields))


def _written(fields: Fields) -> Mapping[str, str]:
    """What had been written, so that a refusal loses none of it."""
    return {name: fields.get(name) for name in ("text", "content", "name") if name in fields.values}


def _appeal(asked: Asked) -> None:
    appealing.open_appeal(
        asked.db, row=asked.row, text=asked.text("text"), open_for=receipt.open_for(asked.doors), now=clock.now()
    )


def _correct(asked: Asked) -> None:
    comment = rewording.reworded(asked.row, Words(asked.text("content"), asked.text("name")))
    site = receipt.site_of(asked.doors, asked.db, asked.row)
    judged = asked.doors.checking.judge(site, comment, asked.row.channel) if site else None
    seal = asked.doors.runtime.settings.seal
    rewording.reword(asked.db, seal=seal, row=asked.row, comment=comment, judged=judged, now=clock.now())


def _mark(act: Callable[..., None], asked: Asked) -> None:
    act(asked.db, row=asked.row, now=clock.now())


def _erase(request: Request, asked: Asked) -> Callable[[], Response]:
    """One that is erased already is not asked about: its proof is made again."""
    if asked.fields.get("sure") != "yes" and asked.row.state is not State.ERASED:
        context = {"row": asked.row, "token": asked.fields.get("token")}
        return partial(receipt.page, request, "public/erase.html", context)
    seal = asked.doors.runtime.settings.seal
    proof = forgetting.erase(asked.db, seal=seal, row=asked.row, by=ErasedBy.AUTHOR, now=clock.now())
    told = json.dumps(proof.as_json(), ensure_ascii=False, indent=1)
    file = f"data:application/json;base64,{base64.b64encode(told.encode()).decode()}"
    return partial(receipt.page, request, "public/erased.html", {"proof": told, "file": file, "it": proof})


def _exported(asked: Asked) -> Callable[[], Response]:
    if asked.row.state is State.ERASED:
        raise Conflict("This comment is erased: nothing of it is left to copy.", code="comment.erased")
    told = exporting.export_for_writer(
        asked.db,
        seal=asked.doors.runtime.settings.seal,
        row=asked.row,
        now=clock.now(),
        veil=receipt.veil_of(asked.doors, asked.db, asked.row),
        appeal_for=receipt.open_for(asked.doors),
    )
    return partial(_file, told, f"comment-{asked.row.receipt_locator}.json")


def _file(told: Mapping[str, Any], name: str) -> Response:
    return JSONResponse(told, headers={**PRIVATE, "content-disposition": f'attachment; filename="{name}"'})
