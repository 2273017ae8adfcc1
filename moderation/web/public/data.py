"""The notice of a site as data: JSON with a schema of its own, and the facts that the API tells."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from moderation.duties import reporting
from moderation.judging.facts import Provenance
from moderation.runtime import Site
from moderation.vocabulary import Scope
from moderation.web import language, problems
from moderation.web.api import access
from moderation.web.deps import DoorsDep, ReadDb
from moderation.web.public.told import FRESH, READ, Told, named, of_site

router = APIRouter()
SCHEMA: Final = "candor.notice/2"
SCHEMA_PATH: Final = "/schemas/candor.notice-2.json"
_FOR_A_DAY: Final = "public, max-age=86400"
_SCHEMA_TYPE: Final = "application/schema+json"
_with_token = access.may(Scope.READ)


class FactShown(BaseModel):
    """One value, null where it is not known; where it comes from, where to look, and when it was measured."""

    model_config = ConfigDict(extra="forbid")

    value: Any
    provenance: Provenance
    source: str
    observed_at: datetime | None


class SiteNamed(BaseModel):
    """The site that a notice is about."""

    model_config = ConfigDict(extra="forbid")

    id: str
    name: str
    home_url: str


class LanguageShown(BaseModel):
    """A language in which the page speaks, where it does, and who has looked at its texts."""

    model_config = ConfigDict(extra="forbid")

    name: str
    url: str
    review: str


class NoticeShown(BaseModel):
    """Every fact of a site's notice; `notice_version` leaves out what is measured, `snapshot` does not."""

    model_config = ConfigDict(populate_by_name=True, extra="forbid")

    schema_: str = Field(alias="schema", examples=[SCHEMA])
    site: SiteNamed
    url: str
    history: str = Field(description="Where the notice's earlier versions are.")
    notice_version: str
    snapshot: str
    languages: dict[str, LanguageShown]
    facts: dict[str, FactShown]
    unknown: list[str] = Field(description="The facts without a value.")
    failed: dict[str, str] = Field(description="What is not true right now, by the fact's id.")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which site's facts somebody wants, None for their own, and which site's token they have."""

    name: str | None
    own: Site | None

    def find(self, sites: Collection[Site]) -> Site:
        """Returns the site, a listed one or the token's own; raises NotFound where there is none to be named."""
        if self.own is not None and self.name is None:
            return self.own
        nameable = {site.id: site for site in reporting.listed(sites)}
        if self.own is not None:
            nameable[self.own.id] = self.own
        return reporting.find_site(nameable.values(), self.name or "")


async def asked_by_caller(request: Request, site: Annotated[str | None, Query(max_length=255)] = None) -> Asked:
    """A token is needed where no site is named; where one is sent all the same, it must be good."""
    is_named = site is not None and "authorization" not in request.headers
    return Asked(site, None if is_named else (await _with_token(request)).site)


IfNoneMatch = Annotated[str | None, Header()]


@router.api_route("/sites/{site}/comment-data.json", methods=READ, include_in_schema=False)
def read_notice_as_data(site: str, doors: DoorsDep, db: ReadDb, if_none_match: IfNoneMatch = None) -> Response:
    """Returns the same facts for programs."""
    return _data(named(doors, db, site), if_none_match)


@router.api_route(SCHEMA_PATH, methods=READ, include_in_schema=False)
async def read_schema() -> Response:
    """Returns the JSON Schema of the notice as data."""
    return JSONResponse(notice_schema(), media_type=_SCHEMA_TYPE, headers={"cache-control": _FOR_A_DAY})


@router.get(
    "/api/v1/transparency",
    operation_id="get_transparency",
    summary="The facts and figures of a site's notice",
    tags=["notice"],
    response_model=NoticeShown,
    responses=problems.declares(*access.REFUSALS, "site.not_found")
    | problems.knows_already("The facts are as you know them."),
    openapi_extra={"security": [{"token": []}, {}]},
)
def get_transparency(
    asked: Annotated[Asked, Depends(asked_by_caller)],
    doors: DoorsDep,
    db: ReadDb,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Returns the notice of `site`, an id or host name, if it is listed or the token's own; without one the token's."""
    found = asked.find(doors.runtime.directory.fresh(db).sites.values())
    return _data(of_site(doors, db, found), if_none_match)


@lru_cache(maxsize=1)
def notice_schema() -> Mapping[str, Any]:
    """Returns what the notice as data looks like, as a JSON Schema (2020-12)."""
    made = NoticeShown.model_json_schema(by_alias=True)
    made["properties"]["schema"] = {"const": SCHEMA}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA_PATH} | made


def as_json(told: Told) -> dict[str, Any]:
    """Returns a notice as `NoticeShown` describes it."""
    notice = told.notice
    return {
        "schema": SCHEMA,
        "site": {"id": str(told.site.id), "name": told.site.name, "home_url": told.site.home_url},
        "url": told.url,
        "history": f"{told.url}/history.json",
        "notice_version": notice.version,
        "snapshot": notice.snapshot,
        "languages": {
            code: {"name": name, "url": f"{told.url}?lang={code}", "review": language.review(code)}
            for code, name in language.NAMES.items()
        },
        "facts": {fact.id: fact.as_json() for fact in notice.facts},
        "unknown": [fact.id for fact in notice.unknown],
        "failed": dict(told.failed),
    }


def _data(told: Told, if_none_match: str | None) -> Response:
    tag = f'"{told.notice.snapshot}"'
    headers = {**FRESH, "etag": tag, "link": f'<{SCHEMA_PATH}>; rel="describedby"; type="{_SCHEMA_TYPE}"'}
    if tag in [known.strip().removeprefix("W/") for known in (if_none_match or "").split(",")]:
        return problems.unchanged(headers)
    return JSONResponse(as_json(told), headers=headers)
