"""The shelf of site models is bounded, never goes back, and falls back on the base; other sites notice nothing."""

from collections.abc import Iterator

import pytest

from models.delta import pack_features
from models.features import Sample, extract
from moderation.clock import Id
from moderation.seal import Seal
from moderation.storage import lessons, site_layers, site_shelf
from moderation.storage.database import Database
from moderation.storage.model_shelf import ModelShelf
from moderation.storage.site_shelf import SiteShelf, Taught
from moderation.vocabulary import LessonKind
from tests.support.factories import NOW, add_site, comment

TEXT = "Our evening course in bookbinding starts in May"
BASE = ModelShelf()


@pytest.fixture
def shelf(database: Database) -> Iterator[SiteShelf]:
    opened = SiteShelf(BASE, database)
    yield opened
    opened.close()


@pytest.fixture
def sites(database: Database, seal: Seal) -> list[Id]:
    """Three sites."""
    return [add_site(database, seal, f"https://blog{number}.example").site.id for number in range(3)]


def teach(database: Database, site_id: Id, *, is_unwelcome: bool = True) -> Taught:
    """Writes one lesson into a site's journal and returns the model that it makes."""
    with database.transaction() as db:
        head = lessons.lock(db, site_id=site_id)
        head.revision += 1
        facts = {"is_unwelcome": is_unwelcome, "weight": 1.0, "base_log_odds": 0.0, "site_log_odds": 0.0}
        features = pack_features(extract(Sample(TEXT)))
        row = lessons.line(site_id, head.revision, LessonKind.LEARNT, NOW, is_active=True, features=features, **facts)
        lessons.append(db, [row])
        db.add(head)
        db.flush()
        return Taught(site_id, site_layers.load(db, site_id=site_id, head=head), is_paused=False)


def refresh(shelf: SiteShelf, database: Database) -> None:
    with database.snapshot() as db:
        shelf.refresh(db)


def score(shelf: SiteShelf, site_id: Id) -> float:
    return shelf.scorer_of(site_id).weigh(comment(TEXT)).score


def test_a_site_that_was_never_taught_gets_the_very_scorer_of_the_base(
    shelf: SiteShelf, database: Database, sites: list[Id]
):
    teach(database, sites[0])
    refresh(shelf, database)
    assert shelf.scorer_of(sites[1]) is BASE.scorer
    assert shelf.outliner_of(sites[1]) is BASE.outliner
    assert shelf.scorer_of(sites[0]) is not BASE.scorer


def test_with_and_without_places_the_score_is_the_same(shelf: SiteShelf, database: Database, sites: list[Id]):
    shelf.take(teach(database, sites[0]))
    assert score(shelf, sites[0]) == shelf.outliner_of(sites[0]).weigh(comment(TEXT)).score
    assert shelf.scorer_of(sites[0]).weigh(comment(TEXT)).model.site_revision == 1


def test_what_is_known_at_the_start_is_loaded_when_it_is_asked_for(
    shelf: SiteShelf, database: Database, sites: list[Id]
):
    taught = teach(database, sites[0])
    with database.snapshot() as db:
        shelf.look(db)
    loaded = score(shelf, sites[0])
    shelf.take(taught)
    assert score(shelf, sites[0]) == loaded > score(shelf, sites[1])


def test_more_sites_than_there_is_room_for_are_judged_by_their_own_models(
    shelf: SiteShelf, database: Database, sites: list[Id], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(site_shelf, "SITES", 1)
    monkeypatch.setattr(site_shelf, "LAYERS", 1)
    for number, site_id in enumerate(sites):
        teach(database, site_id, is_unwelcome=number != 1)
    refresh(shelf, database)
    for _ in range(2):
        first, second, third = (score(shelf, site_id) for site_id in sites)
        assert first == third > second


def test_an_older_model_does_not_take_a_newer_ones_place(shelf: SiteShelf, database: Database, sites: list[Id]):
    older, newer = teach(database, sites[0]), teach(database, sites[0])
    shelf.take(newer)
    shelf.take(older)
    assert shelf.scorer_of(sites[0]).weigh(comment(TEXT)).model.site_revision == 2


def test_a_paused_model_is_not_asked(shelf: SiteShelf, database: Database, sites: list[Id]):
    teach(database, sites[0])
    refresh(shelf, database)
    with database.transaction() as db:
        head = lessons.lock(db, site_id=sites[0])
        head.paused_at = NOW
        db.add(head)
    refresh(shelf, database)
    assert shelf.scorer_of(sites[0]) is BASE.scorer


def test_a_lesson_of_another_process_is_replayed_on_what_is_known(
    shelf: SiteShelf, database: Database, sites: list[Id]
):
    teach(database, sites[0])
    refresh(shelf, database)
    newest = teach(database, sites[0], is_unwelcome=False)
    refresh(shelf, database)
    followed = score(shelf, sites[0])
    anew = SiteShelf(BASE, database)
    anew.take(newest)
    assert followed == score(anew, sites[0])
