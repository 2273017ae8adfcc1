"""Whoever is shown a stored value is named beside its column: every page and door is searched for marked values."""

import html
import re
from collections.abc import Iterator

import httpx

from moderation import clock
from moderation.clock import Id, new_id
from moderation.duties import hosting
from moderation.storage import comments
from moderation.storage import receipts as storage_receipts
from moderation.storage.fields import FIELDS, Reader
from moderation.storage.rights_tables import BackupRow, ContactRow, RetentionRunRow, TallyRow
from moderation.vocabulary import Role, RuleKind, Verdict
from tests.storage.test_fields import _use_everything
from tests.support import factories, marked, receipts
from tests.support.asgi import Service
from tests.support.console import Guest, path_of, person
from tests.support.console_routes import ADDRESSES

PUBLIC = (
    "/comment-data",
    "/receipt",
    "/receipt/lost",
    "/healthz",
    "/.well-known/gpc.json",
    "/.well-known/security.txt",
)
OF_SITE = (
    *("comment-data?all=1", "comment-data.txt", "comment-data.json", "comment-data.jsonld"),
    *("comment-data/history", "comment-data/history.json", "comment-data/history/1", "comment-data/history/1.json"),
    *("comment-data/record", "comment-data/record.json", "form-notice", "form-notice.txt", "form-notice.json"),
    *("transparency", "transparency.csv"),
)
API = ("comments", "comments?audited=true", "guarantee", "learning", "transparency")
AKISMET = ("verify-key", "key-sites", "usage-limit", "get-subscription", "get-stats", "get-key-stats")
ELSEWHERE = {
    Reader.MODERATOR: {
        "comments.reason": "decisions.reasons",  # the code of its first one
        "reports.reported_at": "events.happened_at",  # the same moment
    },
}
"""Marked, these differ from the columns in which the same value really stands."""
SUMS = {"contacts.count", "tallies.count", "retention_runs.deleted", "usage.calls", "sites.removes_from"}
"""What is told added up, rounded, or only when it holds: it need not be found."""
SELDOM = {"sites.removed_at", "sites.suspended_at", "sites.calibrated_at", "sites.alarmed_at", "answers.status"}
"""What is told in a case that is not here."""


def test_whoever_is_shown_a_column_is_named_beside_it_and_nobody_else(service: Service):
    shown, looks = shown_by_reader(service)
    assert {"decisions.decided_at", "events.happened_at", "sites.hold_at", "rules.pattern"} <= looks.keys()
    for reader, pages in shown.items():
        text = "\n".join([*pages, *shown[Reader.PUBLIC]])
        seen = {name for name, look in looks.items() if look.search(text)}
        named = {name for name in looks if reader in FIELDS[name].readers}
        assert seen - named == set(), f"{reader.value}: shown to them, and not said"
        assert named - seen - SUMS - SELDOM - ELSEWHERE.get(reader, {}).keys() == set(), f"{reader.value}: not shown"


def shown_by_reader(service: Service) -> tuple[dict[Reader, list[str]], dict[str, re.Pattern[str]]]:
    """Fills every table, marks each column, and opens what each reader can open."""
    _use_everything(service)
    receipts.send(service, f"{factories.SPAM_WORDS} again")
    receipts.send(service, "The onions were the best part of it, thank you!")
    with service.runtime.database.transaction() as db:
        site_id, now = service.site.id, clock.now()
        hosting.add_rule(db, site_id=site_id, kind=RuleKind.WORD, pattern="x", verdict=Verdict.HOLD, now=now)
        db.add(RetentionRunRow(id=new_id(), ran_at=now, deleted=0, reduced=0))
        db.add(BackupRow(id=new_id(), taken_at=now, gone_by=now))
        db.add(ContactRow(day=now.date(), purpose="mail", count=1))
        db.add(TallyRow(site_id=site_id, month=now.date().replace(day=1), name="deleted", count=1))
    people = [person(service, f"by-{role}", role) for role in (Role.MODERATOR, Role.LEAD)]
    ids = [one["id"] for one in service.get("/api/v1/comments", headers=service.bearer).json()["items"]]
    with service.runtime.database.transaction() as db:
        rows = [comments.get(db, site_id=service.site.id, comment_id=Id(one)) for one in ids]
        tokens = [storage_receipts.add_pass(db, row=row, now=clock.now()).token for row in rows]
        looks = marked.mark(db)
    return {
        Reader.PUBLIC: [*to_everyone(service)],
        Reader.WRITER: [*to_writers(service, tokens)],
        Reader.WEBSITE: [*to_website(service, ids)],
        Reader.MODERATOR: [page for guest in people for page in to_moderator(guest, ids)],
    }, looks


def to_everyone(service: Service) -> Iterator[str]:
    """The pages that anybody opens, and the thread that a blog shows to everyone."""
    for path in (*PUBLIC, *(f"/sites/{service.site.id}/{one}" for one in OF_SITE)):
        yield read(service.get(path))
    yield read(service.get("/api/v1/threads", params={"permalink": factories.PERMALINK}, headers=service.bearer))


def to_writers(service: Service, tokens: list[str]) -> Iterator[str]:
    """The receipts of all comments, each with its copy."""
    for token in tokens:
        yield read(service.post("/receipt", data={"token": token}))
        yield read(receipts.ask(service, "export", token))


def to_website(service: Service, ids: list[str]) -> Iterator[str]:
    """What both doors answer to whoever has a key."""
    for path in (*API, *(f"comments/{id_}" for id_ in ids)):
        yield read(service.get(f"/api/v1/{path}", headers=service.bearer))
    key = {"api_key": service.akismet_key, "key": service.akismet_key, "blog": "https://blog.example"}
    for version in ("1.1", "1.2"):
        for verb in AKISMET:
            yield read(service.post(f"/{version}/{verb}", data=key))


def to_moderator(guest: Guest, ids: list[str]) -> Iterator[str]:
    """Every page of the console that does not refuse them."""
    here = path_of(guest.service.sites[0])
    for address in (one for one in ADDRESSES if one.method == "GET"):
        for id_ in ids if "comment_id" in address.path else ids[:1]:
            yield read(guest.get(address.filled(guest.service.site.id, id_)))
    yield read(guest.get(f"{here}/search?state=removed"))
    yield read(guest.get(f"{here}/thresholds?hold_at=0.001"))
    yield read(guest.post(f"{here}/bulk", {"act": "spam", "all_found": "1", "search.from": "0"}))


def read(answer: httpx.Response) -> str:
    assert answer.status_code < 500, (answer.request.url, answer.text)
    return html.unescape(answer.text) + str(dict(answer.headers))
