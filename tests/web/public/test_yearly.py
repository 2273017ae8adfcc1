"""A site's year in figures: the same on the page and in the table, nothing small told, erased comments counted."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import pytest
from sqlalchemy import text

from moderation import clock
from moderation.duties import yearly
from moderation.duties.yearly import BY_MONTH, COUNTS, SHARES, Year
from moderation.judging.small_numbers import TOO_FEW
from moderation.storage import tallies
from moderation.vocabulary import Actor, ErasedBy, Outcome, RequestKind, Verdict
from moderation.web.public.yearly import cell
from tests.support import factories
from tests.support.asgi import Service


def submitted(service: Service, count: int, words: str = "A kind word about the garden, number") -> list[str]:
    bodies = [factories.native(f"{words} {number} of them") for number in range(count)]
    found = [service.post("/api/v1/comments", json=body, headers=service.bearer).json() for body in bodies]
    return [one["id"] for one in found]


def decided(service: Service, ids: list[str], verdict: str = "remove") -> None:
    for id_ in ids:
        choice = {"verdict": verdict, "reason": "It does not fit here."}
        answer = service.post(f"/api/v1/comments/{id_}/decisions", json=choice, headers=service.bearer)
        assert answer.status_code in {200, 201}, answer.text


def address(service: Service, *, suffix: str = "", year: str = "") -> str:
    return f"/sites/{service.site.id}/transparency{suffix}" + (f"?year={year}" if year else "")


def table(service: Service, **options: str) -> list[dict[str, str]]:
    answer = service.get(address(service, suffix=".csv", **options))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    return list(csv.DictReader(io.StringIO(answer.text)))


def value(service: Service, figure: str, *, month: str | None = None) -> str:
    wanted = month or f"{clock.now().year}"
    (found,) = [row["value"] for row in table(service) if (row["figure"], row["month"]) == (figure, wanted)]
    return found


def look(service: Service, now: datetime | None = None) -> Year:
    now = now or clock.now()
    with service.runtime.database.snapshot() as db:
        return yearly.look(db, site_id=service.site.id, year=now.year, now=now)


def test_every_decision_outcome_request_and_erasure_has_its_sentence():
    wanted = {f"appeal.{outcome.value}" for outcome in Outcome} | {f"request.{kind.value}" for kind in RequestKind}
    assert wanted | {f"erased.{by.value}" for by in ErasedBy} | {"appeal.open"} == set(COUNTS)
    groups = {actor: group for group, actors in yearly._GROUPS.items() for actor in actors}
    assert set(groups) == set(Actor)
    assert {f"{group}.{verdict.value}" for group in {*groups.values()} - {"writer"} for verdict in Verdict} <= set(
        BY_MONTH
    )


def test_what_is_stored_is_counted_in_the_month_in_which_it_came(service_on_both: Service):
    service = service_on_both
    ids = submitted(service, 23)
    decided(service, ids[:11])
    month = f"{clock.now():%Y-%m}"
    assert value(service, "received", month=month) == "23"
    assert value(service, "website.remove", month=month) == "11"
    assert value(service, "person.remove", month=month) == TOO_FEW
    program = [value(service, f"program.{verdict}", month=month) for verdict in ("publish", "hold", "remove")]
    assert sum(int(one) for one in program if one != TOO_FEW) in range(14, 24)


def test_nothing_small_is_told_in_any_cell(service: Service):
    submitted(service, 9)
    numbers = [row[name] for row in table(service) for name in ("value", "of") if row[name]]
    assert [number for number in numbers if number.isdecimal() and int(number) < 10] == []
    assert TOO_FEW in numbers


def test_page_and_table_say_the_same(service: Service):
    decided(service, submitted(service, 12))
    page = service.get(address(service))
    assert (page.status_code, "set-cookie" in page.headers) == (200, False)
    cells = _Cells(page.text).rows
    for id_, sentence in BY_MONTH.items():
        in_table = [row["value"] for row in table(service) if row["figure"] == id_]
        assert cells[sentence] == in_table, id_
    for sentence in (*SHARES.values(), *COUNTS.values()):
        assert sentence in page.text


class _Cells(HTMLParser):
    """The rows of the page's table, by what stands at their beginning."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.rows: dict[str, list[str]] = {}
        self._said: list[str] = []
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag == "tr":
            self._said = []
        if tag in {"td", "th"}:
            self._said.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "tr":
            self.rows[self._said[0]] = self._said[1:]

    def handle_data(self, data: str) -> None:
        if self._said:
            self._said[-1] += data.strip()


def test_a_year_does_not_change_when_comments_are_erased(service_on_both: Service):
    service = service_on_both
    decided(service, submitted(service, 12))
    before = look(service)
    token_of = {"who": ErasedBy.SITE}
    _erase_all(service, token_of["who"])
    after = look(service)
    assert after.rows == before.rows
    assert [share for share in after.shares if share.id != "overturned"] == [
        share for share in before.shares if share.id != "overturned"
    ]
    assert (before.counts["erased.site"], after.counts["erased.site"]) == (TOO_FEW, 12)


def _erase_all(service: Service, by: ErasedBy) -> None:
    from moderation.storage import comments, erasing

    with service.runtime.database.transaction() as db:
        rows = comments.page(db, site_id=service.site.id, limit=100)
        seal = service.runtime.settings.seal
        erasing.erase(db, seal=seal, site_id=service.site.id, rows=rows, by=by, now=clock.now())


def test_tallies_of_another_year_and_another_site_are_in_no_figure(service: Service):
    other = service.add_site("https://second.example")
    now = clock.now()
    with service.runtime.database.transaction() as db:
        tallies.add(
            db, site_id=service.site.id, counts={(now.date().replace(year=now.year - 1, day=1), "received"): 99}
        )
        tallies.add(db, site_id=other.site.id, counts={(now.date().replace(day=1), "received"): 77})
    assert {row["value"] for row in table(service) if row["figure"] == "received"} == {TOO_FEW}
    last_year = [row["value"] for row in table(service, year=f"{now.year - 1}") if row["figure"] == "received"]
    assert ("99" in last_year, "77" in last_year) == (True, False)


def test_tests_of_the_protocol_are_in_no_figure(service: Service):
    for number in range(12):
        form = factories.akismet(service.akismet_key, is_test="1", comment_content=f"A test, number {number}, of ours.")
        service.post("/1.1/comment-check", data=dict(form))
    assert value(service, "received") == TOO_FEW


@pytest.mark.parametrize("year", ["1999", "9999", "99999", "-1", "x", "２０２６", "2026 ", "0x7ea"])
def test_a_year_that_there_cannot_be_is_not_found(service: Service, year: str):
    for suffix in ("", ".csv"):
        assert service.get(f"/sites/{service.site.id}/transparency{suffix}", params={"year": year}).status_code == 404


def test_no_site_no_year(service: Service):
    assert service.get("/sites/nobody.example/transparency").status_code == 404
    assert service.get("/sites/blog.example/transparency").status_code == 200


@pytest.mark.parametrize(
    ("given", "written"),
    [("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@a", "'@a"), ("\ta", "'\ta"), ("\ra", "'\ra"), ("a=1", "a=1")],
)
def test_no_cell_is_a_formula(given: str, written: str):
    assert (cell(given), cell(None), cell(7)) == (written, "", "7")


def test_the_months_are_those_that_have_begun(service: Service):
    assert len(look(service, datetime(2026, 1, 1, 0, 0, tzinfo=UTC)).months) == 1
    assert len(look(service, datetime(2026, 12, 31, 23, 59, tzinfo=UTC)).months) == 12


def test_appeals_are_counted_with_how_long_they_took(service_on_both: Service):
    service = service_on_both
    ids = submitted(service, 11)
    decided(service, ids)
    for _ in _appealed(service, ids):
        pass
    told = look(service)
    assert (told.counts["appeal.overturned"], told.counts["appeal.upheld"], told.appeal_half) == (11, TOO_FEW, "PT3H")
    assert next(row.total for row in told.rows if row.id == "appealed") == 11


def _appealed(service: Service, ids: list[str]) -> Iterator[None]:
    from datetime import timedelta

    from moderation.storage.rights_tables import AppealRow

    with service.runtime.database.transaction() as db:
        for id_ in ids:
            comment_id = clock.parse_id(id_)
            row = AppealRow(
                id=clock.new_id(),
                site_id=service.site.id,
                comment_id=comment_id,
                decision_id=clock.new_id(),
                opened_at=clock.now() - timedelta(hours=3),
                text="Please look again.",
                heard_at=clock.now(),
                outcome=Outcome.OVERTURNED,
                reply="We did.",
            )
            db.add(row)
            yield


def test_the_page_speaks_german_where_it_can_and_keeps_the_year(service: Service):
    page = service.get(address(service) + "?lang=de").text
    assert '<html lang="de"' in page
    assert f"?year={clock.now().year}&amp;lang=en" in page


def test_no_personal_data_is_in_any_figure(service: Service):
    body = factories.native("My canary-7391 sentence about the garden, and nothing else.")
    body["author"] = {**body["author"], "name": "canary-7391"}
    service.post("/api/v1/comments", json=body, headers=service.bearer)
    with service.runtime.database.snapshot() as db:
        assert db.connection().execute(text("SELECT count(*) FROM comments")).scalar_one() == 1
    for suffix in ("", ".csv"):
        assert "canary" not in service.get(address(service, suffix=suffix)).text
