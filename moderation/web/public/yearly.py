"""A site's year in figures, as a page and as a table for programs; it counts nothing itself."""

import csv
import io
from collections.abc import Iterator
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from moderation import clock
from moderation.duties import reporting, yearly
from moderation.duties.yearly import BY_MONTH, COUNTS, SHARES, Year
from moderation.runtime import Db, Site
from moderation.web import language, pages
from moderation.web.deps import Doors, DoorsDep, ReadDb
from moderation.web.public.told import FRESH, READ

router = APIRouter(include_in_schema=False)
_HEAD: Final = ("figure", "what", "month", "value", "of", "low", "high")
_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")
Asked = Annotated[str, Query(alias="year", max_length=16)]


@router.api_route("/sites/{site}/transparency", methods=READ)
def read_year(site: str, request: Request, doors: DoorsDep, db: ReadDb, asked: Asked = "") -> Response:
    """Returns a site's figures of a year for people; this year's where none is named."""
    found, told = _looked(doors, db, site, asked)
    now = clock.now()
    context = {
        "site": found,
        "told": told,
        "by_month": BY_MONTH,
        "shares": SHARES,
        "counts": COUNTS,
        "path": f"/sites/{found.id}/transparency",
        "now": now,
        "is_over": told.year < now.year,
    }
    return pages.page("public/transparency.html", context, headers=FRESH, speaks=language.chosen(request))


@router.api_route("/sites/{site}/transparency.csv", methods=READ)
def read_year_as_table(site: str, doors: DoorsDep, db: ReadDb, asked: Asked = "") -> Response:
    """Returns the same figures as comma-separated values, in English."""
    found, told = _looked(doors, db, site, asked)
    out = io.StringIO()
    csv.writer(out).writerows([cell(value) for value in line] for line in (_HEAD, *_lines(told)))
    name = f"transparency-{found.id}-{told.year}.csv"
    headers = FRESH | {"content-disposition": f'attachment; filename="{name}"'}
    return Response(out.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


def cell(value: object) -> str:
    """Returns a value as no spreadsheet takes it for a formula; nothing for None."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULAS) else text


def _looked(doors: Doors, db: Db, name: str, asked: str) -> tuple[Site, Year]:
    site = reporting.find_told(db, doors.runtime.directory.fresh(db), name)
    now = clock.now()
    year = yearly.year_in(asked, now=now)
    return site, yearly.look(db, site_id=site.id, year=year, now=now)


def _lines(told: Year) -> Iterator[tuple[object, ...]]:
    for row in told.rows:
        for month, value in zip(told.months, row.cells, strict=True):
            yield row.id, BY_MONTH[row.id], f"{month:%Y-%m}", value, None, None, None
        yield row.id, BY_MONTH[row.id], f"{told.year}", row.total, None, None, None
    for share in told.shares:
        yield share.id, SHARES[share.id], f"{told.year}", share.hits, share.count, share.low, share.high
    for name, value in told.counts.items():
        yield name, COUNTS[name], f"{told.year}", value, None, None, None
    yield "appeal.half", "Half of the other looks took at most", f"{told.year}", told.appeal_half, None, None, None
