"""Learning by several at once: nothing is lost, nothing is counted twice, and every process follows within seconds."""

import subprocess
import sys
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from models.delta import FORMAT
from moderation import clock, worker
from moderation.duties import learning
from moderation.errors import SettingFault
from moderation.runtime import Runtime
from moderation.settings import Settings
from moderation.storage import labels
from moderation.storage.database import Database
from moderation.storage.labels import Said
from moderation.storage.site_layers import EVERY
from moderation.vocabulary import Actor, Label
from moderation.web.teaching import Teacher
from tests.conftest import SECRET
from tests.support import factories
from tests.support.asgi import Service
from tests.support.source import PROJECT

TEXTS = [
    f"Comment number {n * 7919} about {word}, {word} and {n * 104729}"
    for n in range(9)
    for word in ("tea", "rye", "oak")
]
SWEEP = "from moderation import worker; from moderation.storage.database import open_database; import sys; \
db = open_database(sys.argv[1]); print(worker.run_once(db)['learn']); db.close()"


def judged(service: Service, content: str) -> dict[str, object]:
    answer = service.post("/api/v1/checks", json=factories.native(content), headers=service.bearer)
    return {"score": answer.json()["score"], "revision": answer.json()["model"]["site_revision"]}


def send(service: Service, content: str) -> uuid.UUID:
    sent = service.post("/api/v1/comments", json=factories.native(content), headers=service.bearer)
    return uuid.UUID(sent.json()["id"])


def say(
    service: Service, comment_id: uuid.UUID, label: Label, actor: Actor = Actor.MODERATOR, reporter: str = ""
) -> None:
    """A label that nobody has learnt yet, as if the process had stopped right after storing it."""
    with service.runtime.database.transaction() as db:
        said = Said(comment_id, label, actor, reporter)
        labels.record(db, site_id=service.site.id, said=said, now=clock.now())


def say_of_all(service: Service, texts: list[str]) -> None:
    for number, content in enumerate(texts):
        say(service, send(service, content), (Label.SPAM, Label.HAM)[number % 2])


def look(service: Service) -> learning.Progress:
    with service.runtime.database.snapshot() as db:
        return learning.look(db, site_id=service.site.id)


def count(database: Database, query: str) -> int:
    with database.snapshot() as db:
        return int(db.connection().execute(text(query)).scalar_one())


def test_another_process_judges_by_what_one_has_learnt(
    service_on_both: Service, make_settings: Callable[..., Settings], database_url: str
):
    service = service_on_both
    other = Runtime.open(make_settings(database_url=database_url))
    try:
        say_of_all(service, TEXTS[:6])
        service.app.state.doors.teacher.teach(service.site.id)
        comment = factories.comment(TEXTS[0])
        mine = service.runtime.models.scorer_of(service.site.id).weigh(comment)
        assert other.models.scorer_of(service.site.id).weigh(comment) != mine
        with other.database.snapshot() as db:
            other.models.refresh(db)
        assert other.models.scorer_of(service.site.id).weigh(comment) == mine
    finally:
        other.close()


@pytest.mark.parametrize("rounds", [1])
def test_the_running_service_follows_by_itself(service_on_both: Service, rounds: int):
    service = service_on_both
    before = judged(service, TEXTS[0])
    say_of_all(service, TEXTS[:4])
    assert worker.run_once(service.runtime.database)["learn"] == rounds
    deadline = clock.stopwatch() + 10
    while judged(service, TEXTS[0]) == before and clock.stopwatch() < deadline:
        pass
    assert judged(service, TEXTS[0])["revision"] == 4


def test_a_label_that_was_stored_and_not_learnt_is_found_by_the_background_loop(service_on_both: Service):
    service = service_on_both
    say(service, send(service, TEXTS[0]), Label.SPAM)
    assert (look(service).lessons, look(service).waiting) == (0, 1)
    assert worker.run_once(service.runtime.database)["learn"] == 1
    assert (look(service).lessons, look(service).waiting) == (1, 0)
    assert worker.run_once(service.runtime.database)["learn"] == 0


def test_threads_that_teach_one_site_at_once_lose_nothing_and_count_nothing_twice(service_on_both: Service):
    service = service_on_both
    ids = [send(service, content) for content in TEXTS]
    teachers = [Teacher(service.runtime) for _ in range(3)]

    def say_and_teach(number: int) -> None:
        say(service, ids[number], (Label.SPAM, Label.HAM)[number % 2])
        teachers[number % 3].teach(service.site.id)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(say_and_teach, range(len(ids))))
    teachers[0].teach(service.site.id)
    assert (look(service).waiting, look(service).lessons) == (0, count(service.runtime.database, LEARNT))
    assert count(service.runtime.database, TAUGHT) == len(TEXTS)
    with service.runtime.database.snapshot() as db:
        alone = learning.export(db, site_id=service.site.id)
    with service.runtime.database.transaction() as db:
        db.connection().execute(text("DELETE FROM snapshots"))
    with service.runtime.database.snapshot() as db:
        assert learning.export(db, site_id=service.site.id) == alone


def test_processes_that_sweep_at_once_lose_nothing_and_count_nothing_twice(service_on_both: Service, database_url: str):
    service = service_on_both
    say_of_all(service, TEXTS)
    environment = {"CANDOR_SECRET_KEY": SECRET, "PATH": "/usr/bin:/bin", "CANDOR_DATABASE_URL": database_url}
    command = [sys.executable, "-c", SWEEP, database_url]
    running = [
        subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]
    swept = [process.communicate(timeout=120)[0].splitlines()[-1] for process in running]
    assert sorted(swept) == ["0", "0", "1"]
    assert (look(service).waiting, count(service.runtime.database, TAUGHT)) == (0, len(TEXTS))


def test_a_model_is_the_same_whether_it_was_kept_or_replayed(service_on_both: Service):
    service, many = service_on_both, [f"{number * 7919} words on {number * 104729}" for number in range(2 * EVERY + 9)]
    say_of_all(service, many)
    service.app.state.doors.teacher.teach(service.site.id)
    assert look(service).lessons > EVERY
    with service.runtime.database.snapshot() as db:
        kept = learning.export(db, site_id=service.site.id)
    assert count(service.runtime.database, "SELECT count(*) FROM snapshots") == 2
    with service.runtime.database.transaction() as db:
        db.connection().execute(text("DELETE FROM snapshots"))
    with service.runtime.database.snapshot() as db:
        assert learning.export(db, site_id=service.site.id) == kept
    assert len(kept) < 2**20


def test_what_a_newer_version_wrote_is_refused_in_one_line_and_the_base_judges(
    service_on_both: Service, capfd: pytest.CaptureFixture[str]
):
    service = service_on_both
    before = judged(service, TEXTS[0])
    say_of_all(service, TEXTS[:3])
    service.app.state.doors.teacher.teach(service.site.id)
    newer = b"candor-delta-%d\n" % (FORMAT + 1)
    with service.runtime.database.transaction() as db:
        add = "INSERT INTO snapshots (site_id, revision, taken_at, layer) "
        add += "SELECT site_id, revision, :now, :layer FROM site_models"
        db.connection().execute(text(add), {"now": "2026-11-22 12:00:00+00:00", "layer": newer})
        db.connection().execute(text("UPDATE site_models SET revision = revision + 1, rebuilt_in = revision + 1"))
    with service.runtime.database.snapshot() as db:
        service.runtime.models.refresh(db)
        with pytest.raises(SettingFault, match="written by a newer version of this program"):
            learning.export(db, site_id=service.site.id)
    assert judged(service, TEXTS[0]) == before
    assert "written by a newer version of this program" in capfd.readouterr().err
    say(service, send(service, TEXTS[5]), Label.SPAM)
    service.app.state.doors.teacher.teach(service.site.id)
    other = service.add_site("https://other.example")
    service.sites.reverse()
    say(service, send(service, TEXTS[6]), Label.SPAM)
    assert worker.run_once(service.runtime.database)["learn"] == 1
    assert look(service).lessons == 1
    with service.runtime.database.snapshot() as db:
        waiting = {site.site.home_url: learning.look(db, site_id=site.site.id).waiting for site in service.sites}
    assert waiting == {other.site.home_url: 0, "https://blog.example": 1}


LEARNT = "SELECT count(*) FROM lessons WHERE kind = 'learnt'"
TAUGHT = "SELECT count(DISTINCT label_id) FROM lessons WHERE kind IN ('learnt', 'counted_with')"
