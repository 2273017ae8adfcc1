"""How a write leaves: through the one writer, and once where the client named it; it does not know what is written."""

from collections.abc import Callable, Sequence

from fastapi import Request

from moderation import clock
from moderation.clock import Id
from moderation.duties import answering
from moderation.duties.answering import Ask, Errand, Given
from moderation.errors import ModerationError
from moderation.runtime import Db
from moderation.seal import digest
from moderation.web.deps import doors_of

Act = Callable[[Db], Given]


async def write(request: Request, act: Act) -> Given:
    """Does a write and returns its answer once it is durable; raises what the duty raised."""
    return await doors_of(request).runtime.writer.submit(_each, act)


async def write_once(request: Request, *, site_id: Id, key: str, raw: bytes, act: Act) -> Given:
    """Does a write under the client's key, or returns the answer that it was given before.

    Raises:
        Conflict: when the key was used for another request.
    """
    doors = doors_of(request)
    asked = digest(f"{request.method} {request.scope['path']} {raw.hex()}")
    errand = Errand(doors.runtime.settings.seal, Ask(site_id, key, asked), act, clock.now())
    return await doors.runtime.writer.submit(answering.once, errand)


def _each(db: Db, batch: Sequence[Act]) -> list[Given | ModerationError]:
    return [_outcome(db, act) for act in batch]


def _outcome(db: Db, act: Act) -> Given | ModerationError:
    try:
        return act(db)
    except ModerationError as error:
        return error
