"""The notice of a site, as page, text and data, and the list of the sites that have one; it collects no fact itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from moderation import clock
from moderation.duties import reporting
from moderation.judging.facts import Notice, Provenance
from moderation.runtime import Db, Site
from moderation.vocabulary import Scope
from moderation.web import pages, problems
from moderation.web.api import access
from moderation.web.deps import DoorsDep, ReadDb

router = APIRouter()
SCHEMA: Final = "candor.notice/1"
TITLES: Final[Mapping[str, str]] = {
    "comments": "The comment",
    "decisions": "Each decision about it",
    "labels": "What people said it is",
    "audits": "Whether it was drawn by chance to be checked by a person",
    "events": "What happened to it",
    "answers": "Answers kept in case a request is repeated",
    "reports": "What readers complained of",
    "notes": "What moderators wrote for each other",
    "second_looks": "Whether another moderator looked once more",
    "claims": "Which moderator is looking at it",
    "search": "Its words, by which moderators find it",
    "alike_marks": "Marks by which nearly the same texts are found",
    "appeals": "When the writer asked for another look",
    "subject_requests": "What the writer asked for about it",
    "passes": "Links by which the writer opens its receipt for a while",
}
_READ: Final = ["GET", "HEAD"]
_FRESH: Final = {"cache-control": "no-cache"}
_with_token = access.may(Scope.READ)


class FactShown(BaseModel):
    """One value, null where it is not known; where it comes from, where to look, and when it was measured."""

    value: Any
    provenance: Provenance
    source: str
    observed_at: datetime | None


class SiteNamed(BaseModel):
    """The site that a notice is about."""

    id: str
    name: str
    home_url: str


class NoticeShown(BaseModel):
    """Every fact of a site's notice; `notice_version` leaves out what is measured, `snapshot` does not."""

    model_config = ConfigDict(populate_by_name=True)

    schema_: str = Field(alias="schema", examples=[SCHEMA])
    site: SiteNamed
    url: str
    notice_version: str
    snapshot: str
    facts: dict[str, FactShown]
    unknown: list[str]


@dataclass(frozen=True, slots=True)
class Told:
    """A site's notice as one request sees it."""

    site: Site
    notice: Notice
    at: datetime
    address: str

    @property
    def path(self) -> str:
        """Where the notice's page is found."""
        return f"/sites/{self.site.id}/comment-data"

    def as_json(self) -> dict[str, Any]:
        """Returns the notice as `NoticeShown` describes it."""
        site = {"id": str(self.site.id), "name": self.site.name, "home_url": self.site.home_url}
        return {
            "schema": SCHEMA,
            "site": site,
            "url": f"{self.address}{self.path}",
            "notice_version": self.notice.version,
            "snapshot": self.notice.snapshot,
            "facts": {fact.id: fact.as_json() for fact in self.notice.facts},
            "unknown": [fact.id for fact in self.notice.unknown],
        }


async def asked_by_caller(request: Request, site: Annotated[str | None, Query(max_length=255)] = None) -> str | Site:
    """Returns the site of the token, or the name of the one asked for where no token was sent."""
    if site is not None and "authorization" not in request.headers:
        return site
    return (await _with_token(request)).site


IfNoneMatch = Annotated[str | None, Header()]


@router.api_route("/comment-data", methods=_READ, include_in_schema=False)
def list_notices(doors: DoorsDep, db: ReadDb) -> Response:
    """Returns the page that names the sites which let themselves be named."""
    sites = reporting.listed(doors.runtime.directory.fresh(db).sites.values())
    return pages.page("public/list.html", {"sites": sites}, headers=_FRESH)


@router.api_route("/sites/{site}/comment-data", methods=_READ, include_in_schema=False)
def read_notice(site: str, doors: DoorsDep, db: ReadDb, unfolded: Annotated[str, Query(alias="all")] = "") -> Response:
    """Returns a site's notice for readers; `?all=1` unfolds everything."""
    context = _context(_named(doors, db, site))
    return pages.page("public/notice.html", {**context, "all_open": unfolded == "1"}, headers=_FRESH)


@router.api_route("/sites/{site}/comment-data.txt", methods=_READ, include_in_schema=False)
def read_notice_as_text(site: str, doors: DoorsDep, db: ReadDb) -> Response:
    """Returns the same words without markup."""
    context = _context(_named(doors, db, site))
    markup = pages.render("public/notice.html", {**context, "all_open": True})
    return PlainTextResponse(pages.as_text(markup), headers=_FRESH)


@router.api_route("/sites/{site}/comment-data.json", methods=_READ, include_in_schema=False)
def read_notice_as_data(site: str, doors: DoorsDep, db: ReadDb, if_none_match: IfNoneMatch = None) -> Response:
    """Returns the same facts for programs."""
    return _data(_named(doors, db, site), if_none_match)


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
    asked: Annotated[str | Site, Depends(asked_by_caller)],
    doors: DoorsDep,
    db: ReadDb,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Returns the notice of the token's site; without a token that of `site`, an id or host name, if it is listed."""
    if isinstance(asked, str):
        asked = reporting.find_site(reporting.listed(doors.runtime.directory.fresh(db).sites.values()), asked)
    return _data(_told(doors, db, asked), if_none_match)


def _named(doors: DoorsDep, db: Db, name: str) -> Told:
    sites = doors.runtime.directory.fresh(db).sites
    return _told(doors, db, reporting.find_site(sites.values(), name))


def _told(doors: DoorsDep, db: Db, site: Site) -> Told:
    now = clock.now()
    notice = doors.reporting.notice(db, site=site, now=now)
    return Told(site, notice, now, doors.runtime.settings.base_url)


def _data(told: Told, if_none_match: str | None) -> Response:
    tag = f'"{told.notice.snapshot}"'
    headers = {**_FRESH, "etag": tag}
    if tag in [known.strip().removeprefix("W/") for known in (if_none_match or "").split(",")]:
        return problems.unchanged(headers)
    return JSONResponse(told.as_json(), headers=headers)


def _context(told: Told) -> dict[str, object]:
    """What the templates see: facts, and the columns' facts by table."""
    columns: Any = told.notice.fact("fields").value
    by_table: dict[str, list[Any]] = {}
    for column in columns:
        by_table.setdefault(column["column"].partition(".")[0], []).append(column)
    kept_for: dict[str | None, list[str]] = {}
    for table, rows in by_table.items():
        kept_for.setdefault(rows[0]["kept"], []).append(table)
    return {
        "fact": told.notice.by_id.__getitem__,
        "unknown": told.notice.unknown,
        "version": told.notice.version,
        "path": told.path,
        "now": told.at,
        "fields_of": by_table,
        "kept_for": kept_for,
        "tables_about_comments": TITLES,
        "other_tables": tuple(table for table in by_table if table not in TITLES),
    }
