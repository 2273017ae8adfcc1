"""Statistics are added up from what is stored, by month, by blog, since a day."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.duties import counting
from moderation.duties.counting import Statistics, first_day_of, last_day_of, month_days
from moderation.storage import usage
from moderation.storage.usage import Tally, Used
from tests.support.desk import Desk
from tests.support.factories import NOW


def add(desk: Desk, *counted: tuple[str, str, tuple[str, ...]], at=None) -> None:
    """Counts (day, blog, counters) at a site, the desk's first by default."""
    site_id = (at or desk.site).site.id
    with desk.database.transaction() as db:
        usage.add(db, [Used(site_id, date.fromisoformat(day), blog, names) for day, blog, names in counted])


def tally(**counts: int) -> Statistics:
    named = dict.fromkeys(usage.COUNTS, 0) | counts
    return Statistics((Tally("2026-11", date(2026, 11, 1), 1, **named),))


def test_counters_add_up_by_month_and_by_blog(desk: Desk):
    add(
        desk,
        ("2026-10-31", "a.example", ("calls", "spam")),
        ("2026-11-01", "a.example", ("calls", "ham")),
        ("2026-11-30", "b.example", ("calls", "ham")),
        ("2026-11-30", "b.example", ("missed_spam",)),
    )
    add(desk, ("2026-11-01", "a.example", ("calls", "spam")))
    add(desk, ("2026-11-01", "a.example", ("calls", "spam")), at=desk.add_site("https://other.example"))
    site_id = desk.site.site.id
    with desk.database.snapshot() as db:
        sums = counting.since(db, site_id=site_id, first=date(2026, 1, 1), last=date(2026, 12, 31))
        blogs = counting.blogs_in(db, site_id=site_id, month="2026-11")
        calls = counting.calls_this_month(db, site_id=site_id, now=NOW)
    assert [(month.key, month.calls, month.spam, month.ham, month.blogs) for month in sums.months] == [
        ("2026-10", 1, 1, 0, 1),
        ("2026-11", 3, 1, 2, 2),
    ]
    assert [(blog.key, blog.calls, blog.missed_spam) for blog in blogs] == [("a.example", 2, 0), ("b.example", 1, 1)]
    assert (calls, sums.total("calls"), sums.total("missed_spam")) == (3, 4, 1)


def test_days_at_both_ends_count(desk: Desk):
    add(desk, *[(f"2026-11-0{day}", "a.example", ("calls",)) for day in range(1, 6)])
    with desk.database.snapshot() as db:
        sums = counting.since(db, site_id=desk.site.site.id, first=date(2026, 11, 2), last=date(2026, 11, 4))
    assert (sums.total("calls"), sums.months[0].first_day) == (3, date(2026, 11, 2))


def test_a_site_never_asked_has_no_months(desk: Desk):
    with desk.database.snapshot() as db:
        assert counting.since(db, site_id=desk.site.site.id, first=date.min, last=date.max).months == ()
        assert counting.calls_this_month(db, site_id=desk.site.site.id, now=NOW) == 0


@pytest.mark.parametrize(
    ("counts", "accuracy"),
    [
        ({}, "100.00"),
        ({"spam": 371, "ham": 20, "missed_spam": 15, "false_positives": 5}, "94.88"),
        ({"spam": 1, "missed_spam": 5}, "0.00"),
        ({"ham": 3, "false_positives": 1}, "66.67"),
        ({"missed_spam": 1}, "100.00"),
    ],
)
def test_accuracy_is_the_share_of_answers_that_nobody_corrected(counts, accuracy: str):
    assert tally(**counts).accuracy == accuracy


@pytest.mark.parametrize(
    ("month", "first", "last"),
    [
        ("2026-11", date(2026, 11, 1), date(2026, 11, 30)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31)),
    ],
)
def test_a_month_has_its_days(month: str, first: date, last: date):
    assert month_days(month) == (first, last)


@pytest.mark.parametrize(
    "month", ["", "2026", "2026-13", "2026-00", "11-2026", "2026-11-01", "x", "0000-01", "2026-11\x00"]
)
def test_anything_else_is_no_month(month: str):
    with pytest.raises(ValueError, match=r"\w"):
        month_days(month)


@pytest.mark.parametrize(
    ("period", "now", "first"),
    [
        ("60-days", NOW, date(2026, 9, 23)),
        ("6-months", NOW, date(2026, 5, 1)),
        ("6-months", datetime(2026, 6, 30, tzinfo=UTC), date(2025, 12, 1)),
        ("6-months", datetime(2026, 1, 1, tzinfo=UTC), date(2025, 7, 1)),
        ("2025", NOW, date(2025, 1, 1)),
        ("0000", NOW, date.min),
        ("all", NOW, date.min),
        ("", NOW, date.min),
        ("20255", NOW, date.min),
    ],
)
def test_a_period_begins_on_a_day(period: str, now: datetime, first: date):
    assert first_day_of(period, now) == first


@pytest.mark.parametrize(
    ("period", "last"), [("2025", date(2025, 12, 31)), ("60-days", NOW.date()), ("0000", NOW.date()), ("", NOW.date())]
)
def test_a_period_ends_on_a_day(period: str, last: date):
    assert last_day_of(period, NOW) == last


@given(st.text(max_size=12) | st.text("0123456789-²٣", max_size=6))
def test_no_period_raises(period: str):
    assert first_day_of(period, NOW) <= NOW.date().replace(year=9999)
