"""What a site's notice said before: the chain of its versions, and what each changed, for readers and programs."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from moderation.duties import reporting
from moderation.errors import NotFound
from moderation.judging.versions import Difference, Version, differences
from moderation.runtime import Db
from moderation.web import language, pages
from moderation.web.deps import DoorsDep, ReadDb
from moderation.web.public.told import FRESH, READ, Told, named

router = APIRouter(include_in_schema=False)
SCHEMA: Final = "candor.history/1"
_NAMING: Final = ("text", "column", "name", "title", "what", "id")
"""By which of its values an entry of a list is told from the others."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is new in a fact, or gone from it; `is_new` says which."""

    is_new: bool
    said: str


@dataclass(frozen=True, slots=True)
class Changed:
    """One version and what it changed, fact by fact; nothing for the first, in which everything is new."""

    version: Version
    changes: tuple[tuple[Difference, tuple[Line, ...]], ...]


@router.api_route("/sites/{site}/comment-data/history", methods=READ)
def read_history(site: str, request: Request, doors: DoorsDep, db: ReadDb) -> Response:
    """Returns every version of a site's notice, the newest first."""
    told = named(doors, db, site)
    context = told.as_context() | {"versions": tuple(reversed(_chain(db, told)))}
    return pages.page("public/history.html", context, headers=FRESH, speaks=language.chosen(request))


@router.api_route("/sites/{site}/comment-data/history.json", methods=READ)
def read_history_as_data(site: str, doors: DoorsDep, db: ReadDb) -> Response:
    """Returns the chain for programs, oldest first, each link with what it changed."""
    told = named(doors, db, site)
    chain = [_link(changed) for changed in _chain(db, told)]
    said = {"schema": SCHEMA, "site": str(told.site.id), "notice": told.url, "in_force": told.notice.version}
    return JSONResponse(said | {"versions": chain}, headers=FRESH)


@router.api_route("/sites/{site}/comment-data/history/{number}.json", methods=READ)
def read_version_as_data(site: str, number: str, doors: DoorsDep, db: ReadDb) -> Response:
    """Returns one version with all that it said."""
    changed = _numbered(_chain(db, named(doors, db, site)), number)
    return JSONResponse(_link(changed) | {"facts": changed.version.facts}, headers=FRESH)


@router.api_route("/sites/{site}/comment-data/history/{number}", methods=READ)
def read_version(site: str, number: str, request: Request, doors: DoorsDep, db: ReadDb) -> Response:
    """Returns what the notice said in one version, and what was new in it."""
    told = named(doors, db, site)
    context = told.as_context() | {"it": _numbered(_chain(db, told), number)}
    return pages.page("public/version.html", context, headers=FRESH, speaks=language.chosen(request))


def lines(difference: Difference) -> tuple[Line, ...]:
    """Returns what went and what came: of lists and tables the entries that differ, of anything else the whole."""
    before, after = _entries(difference.before), _entries(difference.after)
    gone = [Line(False, said) for said in before if said not in after]
    new = [Line(True, said) for said in after if said not in before]
    return (*gone, *new)


def _chain(db: Db, told: Told) -> list[Changed]:
    versions = reporting.history(db, site_id=told.site.id)
    return [_changed(older, newer) for older, newer in zip((None, *versions), versions, strict=False)]


def _changed(older: Version | None, newer: Version) -> Changed:
    found = differences(older, newer) if older else ()
    return Changed(newer, tuple((difference, lines(difference)) for difference in found))


def _numbered(chain: Sequence[Changed], number: str) -> Changed:
    found = [changed for changed in chain if str(changed.version.number) == number]
    if not found:
        raise NotFound("There is no such version of this notice; its history lists them.")
    return found[0]


def _link(changed: Changed) -> dict[str, Any]:
    version = changed.version
    return {
        "number": version.number,
        "version": version.version,
        "in_force_since": version.in_force_since.isoformat(),
        "digest": version.digest,
        "changes": [
            {"id": one.id, "change": one.change.value, "before": one.before, "after": one.after}
            for one, _ in changed.changes
        ],
    }


def _entries(value: Any) -> list[str]:  # noqa: ANN401 - any fact's value
    """The parts of a value that can come and go by themselves, each in words."""
    if value is None:
        return []
    if isinstance(value, Mapping):
        return [f"{name}: {_words(part)}" for name, part in value.items()]
    return [_words(part) for part in value] if isinstance(value, list | tuple) else [_words(value)]


def _words(value: Any) -> str:  # noqa: ANN401 - any fact's value
    if isinstance(value, Mapping):
        by = next((name for name in _NAMING if name in value), None)
        rest = {name: part for name, part in value.items() if name != by}
        return f"{value[by]}: {_plain(rest)}" if by and rest else _plain(value)
    return value if isinstance(value, str) else _plain(value)


def _plain(value: Any) -> str:  # noqa: ANN401 - any fact's value
    return json.dumps(value, ensure_ascii=False, default=dict)
