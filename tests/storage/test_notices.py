"""The versions of a notice are appended, each once while it is in force, by whoever comes first."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from moderation import clock
from moderation.duties import hosting
from moderation.duties.reporting import history
from moderation.judging.facts import Fact, Notice, Provenance
from moderation.judging.versions import Change, differences, text_of
from moderation.storage import notices
from moderation.storage.database import Database
from tests.support import factories
from tests.support.asgi import Service
from tests.support.desk import Desk
from tests.support.factories import NOW


def notice(hold_at: float) -> Notice:
    return Notice((Fact("hold_at", hold_at, Provenance.SETTINGS, "the policy"),))


def ensure(desk: Desk, hold_at: float, days: int = 0) -> bool:
    told = notice(hold_at)
    with desk.database.transaction() as db:
        return notices.ensure(
            db,
            site_id=desk.site.site.id,
            version=told.version,
            facts=text_of(told),
            now=NOW + timedelta(days=days),
        )


def told(database: Database, site_id: clock.Id) -> list[tuple[int, float]]:
    with database.snapshot() as db:
        assert notices.first_broken(db, site_id=site_id) is None
        return [(one.number, one.facts["hold_at"]["value"]) for one in history(db, site_id=site_id)]


def test_a_version_is_appended_while_it_is_not_the_newest(desk: Desk):
    assert [ensure(desk, hold_at, day) for day, hold_at in enumerate((0.7, 0.7, 0.6, 0.7))] == [True, False, True, True]
    assert told(desk.database, desk.site.site.id) == [(1, 0.7), (2, 0.6), (3, 0.7)]
    with desk.database.snapshot() as db:
        newest = notices.newest(db, site_id=desk.site.site.id)
        assert newest is not None
        assert (newest.number, newest.in_force_since) == (3, NOW + timedelta(days=3))


def test_one_sites_versions_are_not_anothers(desk: Desk):
    other = desk.add_site("https://other.example")
    ensure(desk, 0.7)
    assert told(desk.database, other.site.id) == []


def test_many_who_come_at_once_append_one(desk: Desk):
    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(lambda _: ensure(desk, 0.7), range(12))) == 1
    assert told(desk.database, desk.site.site.id) == [(1, 0.7)]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE notices SET facts = replace(facts, '0.6', '0.5') WHERE number = 2",
        "UPDATE notices SET facts = 'nonsense' WHERE number = 2",
        "UPDATE notices SET version = 'x' WHERE number = 2",
        "DELETE FROM notices WHERE number = 2",
    ],
)
def test_an_old_version_that_is_changed_is_found(desk: Desk, statement: str):
    for hold_at in (0.7, 0.6, 0.5):
        ensure(desk, hold_at)
    with desk.database.transaction() as db:
        db.connection().execute(text(statement))
    with desk.database.snapshot() as db:
        assert notices.first_broken(db, site_id=desk.site.site.id) == 2


def in_force(service: Service) -> str:
    with service.runtime.database.snapshot() as db:
        site = service.runtime.directory.fresh(db).sites[service.site.id]
    return service.app.state.doors.reporting.version(site)


def stored_under(service: Service) -> list[str]:
    with service.runtime.database.snapshot() as db:
        return list(db.connection().execute(text("SELECT notice_version FROM comments ORDER BY id")).scalars())


def test_the_first_comment_after_a_change_comes_under_the_new_version_which_is_recorded(service_on_both: Service):
    service, under = service_on_both, []
    for changes in ({}, {"hold_at": "0.3"}, {"hold_at": "0.6"}):
        with service.runtime.database.transaction() as db:
            hosting.set_site(db, site_id=service.site.id, changes=changes, now=clock.now())
        sent = service.post("/api/v1/comments", json=factories.native(str(changes)), headers=service.bearer).json()
        under.append(in_force(service))
        assert sent["notice_version"] == under[-1]
        with service.runtime.database.snapshot() as db:
            assert notices.is_known(db, site_id=service.site.id, version=sent["notice_version"])
            assert notices.first_broken(db, site_id=service.site.id) is None
    with service.runtime.database.snapshot() as db:
        versions = history(db, site_id=service.site.id)
    assert stored_under(service) == under
    assert len(versions) == len(set(under)) == 3
    changed = {one.id for one in differences(versions[0], versions[1]) if one.change is Change.CHANGED}
    assert {"automation.thresholds", "automation.steps"} <= changed


@pytest.mark.parametrize("verb", ["comment-check", "submit-spam"])
def test_so_does_what_comes_by_the_other_door(service: Service, verb: str):
    with service.runtime.database.transaction() as db:
        hosting.set_site(db, site_id=service.site.id, changes={"hold_at": "0.4"}, now=clock.now())
    service.post(f"/1.1/{verb}", data=dict(factories.akismet(service.akismet_key)))
    assert stored_under(service) == [in_force(service)]
    with service.runtime.database.snapshot() as db:
        assert notices.is_known(db, site_id=service.site.id, version=in_force(service))


def test_looking_at_a_notice_records_nothing(service: Service):
    for path in ("/comment-data", f"/sites/{service.site.id}/comment-data", "/readyz"):
        assert service.get(path).status_code == 200
    with service.runtime.database.snapshot() as db:
        assert history(db, site_id=service.site.id) == ()


def test_what_is_in_force_when_the_service_starts_is_recorded(make_service: Callable[..., Service]):
    first = make_service()
    second = make_service(database_url=first.runtime.settings.database_url)
    with second.runtime.database.snapshot() as db:
        (version,) = history(db, site_id=first.site.id)
        site = second.runtime.directory.fresh(db).sites[first.site.id]
    assert version.version == second.app.state.doors.reporting.version(site)
    assert replace(version, facts={}).number == 1
