"""The record of processing activities (GDPR, Article 30) of a site, from the facts of its notice."""

from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from moderation.web import language, pages
from moderation.web.deps import DoorsDep, ReadDb
from moderation.web.public.told import FRESH, KINDS_KEPT, READ, Told, named

router = APIRouter(include_in_schema=False)
SCHEMA: Final = "candor.record/1"
PEOPLE: Final = {
    "comments": "people who write comments",
    "reports": "readers who complain of a comment",
    "moderators": "moderators and whoever runs the service",
}
"""Whom a table with personal data is about, by a table that is kept of them."""
PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "controller": ("controller.name", "controller.contact", "dpo"),
    "purposes": ("purposes", "legal_basis", "operator.balancing_test"),
    "categories": ("fields", "sources"),
    "recipients": ("recipients", "egress.observed", "fields.public"),
    "transfers": ("operator.hosting",),
    "time_limits": ("retention.rules", "retention", "operator.backups"),
    "measures": ("protection", "retention.network", "not_kept"),
}
"""The parts that the article asks for, and the facts that each is made of."""


@router.api_route("/sites/{site}/comment-data/record", methods=READ)
def read_record(site: str, request: Request, doors: DoorsDep, db: ReadDb) -> Response:
    """Returns the record as a page."""
    told = named(doors, db, site)
    context = told.as_context() | {"data": _data(told), "people": _people(told), "kinds_kept": KINDS_KEPT}
    return pages.page("public/record.html", context, headers=FRESH, speaks=language.chosen(request))


@router.api_route("/sites/{site}/comment-data/record.json", methods=READ)
def read_record_as_data(site: str, doors: DoorsDep, db: ReadDb) -> Response:
    """Returns the record for programs: each part's facts as the notice has them."""
    told = named(doors, db, site)
    facts = told.notice.by_id
    parts = {part: {id_: facts[id_].as_json() for id_ in ids} for part, ids in PARTS.items()}
    return JSONResponse(
        {
            "schema": SCHEMA,
            "site": {"id": str(told.site.id), "name": told.site.name, "home_url": told.site.home_url},
            "notice": told.url,
            "notice_version": told.notice.version,
            "people": list(_people(told)),
            "failed": {id_: told.failed[id_] for ids in PARTS.values() for id_ in ids if id_ in told.failed},
            **parts,
        },
        headers=FRESH,
    )


def _people(told: Told) -> tuple[str, ...]:
    """Whom the stored data are about: those of whom a table is kept."""
    tables = {field["column"].partition(".")[0] for field in told.value("fields") if field["personal"]}
    return tuple(who for table, who in PEOPLE.items() if table in tables)


def _data(told: Told) -> dict[str, list[Any]]:
    """The columns with personal data, by their tables."""
    found: dict[str, list[Any]] = {}
    for field in told.value("fields"):
        if field["personal"]:
            found.setdefault(field["column"].partition(".")[0], []).append(field)
    return found
