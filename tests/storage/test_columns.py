"""Times, words and ids mean the same on both databases, and what is not one is refused on the way in."""

from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text, update
from sqlalchemy.exc import StatementError

from moderation.clock import new_id
from moderation.storage import comments, sites
from moderation.storage.database import open_database
from moderation.storage.tables import CommentRow, SiteRow
from moderation.vocabulary import Channel, State
from tests.support.desk import Desk
from tests.support.factories import NOW, comment

OSLO = timezone(timedelta(hours=1))


def set_created(database, moment: datetime) -> None:
    with database.transaction() as db:
        db.connection().execute(update(SiteRow).values(created_at=moment))


def created(database) -> datetime:
    with database.snapshot() as db:
        return db.connection().execute(select(SiteRow.created_at)).scalar_one()


@pytest.mark.parametrize("moment", [NOW.replace(year=1, tzinfo=None), NOW.replace(tzinfo=None)], ids=str)
def test_a_time_without_a_zone_is_refused(desk: Desk, moment: datetime):
    with pytest.raises(StatementError, match="must know its zone"):
        set_created(desk.database, moment)
    assert created(desk.database) == NOW


def test_a_time_of_another_zone_comes_back_in_utc(desk: Desk):
    set_created(desk.database, datetime(2026, 1, 1, 0, 30, tzinfo=OSLO))
    assert (created(desk.database), created(desk.database).tzinfo) == (datetime(2025, 12, 31, 23, 30, tzinfo=UTC), UTC)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.datetimes(timezones=st.just(UTC)))
def test_every_moment_of_utc_comes_back_to_the_microsecond(desk: Desk, moment: datetime):
    set_created(desk.database, moment)
    assert created(desk.database) == moment


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/Anchorage"])
def test_the_first_and_last_moment_can_be_read_whatever_the_server_s_zone(postgres_url: str, seal, zone: str):
    database = open_database(postgres_url)
    name = database.engine.url.database
    with database.transaction() as db:
        db.connection().execute(text(f"ALTER DATABASE {name} SET timezone = '{zone}'"))
    database.close()
    Desk(database, seal)
    for moment in (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)):
        set_created(database, moment)
        assert created(database) == moment
    with database.transaction() as db:
        db.connection().execute(text(f"ALTER DATABASE {name} RESET timezone"))
    database.close()


def test_words_are_stored_by_their_values(desk: Desk):
    desk.check("pills")
    with desk.database.snapshot() as db:
        row = db.connection().execute(text("SELECT state, channel, decided_by FROM comments")).one()
        verdict = db.connection().execute(text("SELECT verdict, band FROM decisions")).one()
    assert (*row, *verdict) == ("held", "akismet", "policy", "hold", "unsure")


def test_a_word_that_does_not_exist_is_refused_on_the_way_in(desk: Desk):
    checked = desk.check()
    for bad in ("nonsense", "HELD", ""):
        with pytest.raises(StatementError, match="is not a valid State"), desk.database.transaction() as db:
            db.connection().execute(update(CommentRow).values(state=bad))
    assert desk.row(checked.comment_id).state is State.PUBLISHED


def test_a_word_may_be_given_as_its_value(desk: Desk):
    checked = desk.check()
    with desk.database.transaction() as db:
        db.connection().execute(update(CommentRow).values(state="held"))
    assert desk.row(checked.comment_id).state is State.HELD


def test_the_database_orders_comments_by_the_moment_their_ids_were_made(desk: Desk):
    made = [desk.record(*[desk.submission(comment(f"{batch} {n}")) for n in range(20)]) for batch in range(3)]
    ids = [one.comment_id for batch in made for one in batch]
    with desk.database.snapshot() as db:
        newest_first = [row.id for row in comments.page(db, site_id=desk.site.site.id, limit=100)]
    assert newest_first == ids[::-1] == sorted(ids, reverse=True)
    assert all(before < after for before, after in pairwise(ids))


def test_a_missing_site_and_a_removed_one_are_not_found(desk: Desk):
    with desk.database.transaction() as db:
        sites.remove(db, desk.site.site.id, now=NOW)
        assert sites.list_all(db) == []
        for id_ in (desk.site.site.id, new_id()):
            with pytest.raises(Exception, match="no such site") as refusal:
                sites.get(db, id_)
            assert refusal.value.code == "site.not_found"


def test_finding_by_the_blog_s_id_keeps_to_door_and_site(desk: Desk):
    native = desk.check(comment(external_id="7"), channel=Channel.API, is_edit=True)
    older = desk.check(comment("older", external_id="7"))
    newer = desk.check(comment("newer", external_id="7"))
    other = desk.add_site("https://other.example")

    def found(site_id, channel):
        with desk.database.transaction() as db:
            wanted = {"site_id": site_id, "channel": channel, "external_ids": ["7", "8"]}
            return {mark: (one.id, one.content) for mark, one in comments.find_by_external_id(db, **wanted).items()}

    assert older.comment_id != newer.comment_id
    assert found(desk.site.site.id, Channel.API) == {"7": (native.comment_id, comment().content)}
    assert found(desk.site.site.id, Channel.AKISMET) == {"7": (newer.comment_id, "newer")}
    assert found(other.site.id, Channel.API) == {}
