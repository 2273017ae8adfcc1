"""`candor verify` and `candor doctor` on services that are well, and on ones with something done to them."""

import shutil
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from models import artifact
from moderation.duties import verifying
from moderation.duties.verifying import Level
from moderation.storage import answers
from moderation.storage import database as database_room
from moderation.storage.answers import Ask, Given
from moderation.storage.database import Database, open_database
from tests.conftest import SECRET
from tests.support import databases, factories
from tests.support.factories import native
from tests.support.smtp import mail_server

OF_SITE = {"history of blog.example", "notice of blog.example"}
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def levels(done) -> dict[str, str]:
    return {check["name"]: check["level"] for check in done.json["checks"]}


def said(done, name: str) -> str:
    return next(check["message"] for check in done.json["checks"] if check["name"] == name)


@pytest.fixture
def used(candor, service):
    """The command beside a service that has stored two comments."""
    for words in ("A lovely soup.", "Another lovely soup."):
        assert service.post("/api/v1/comments", json=native(words), headers=service.bearer).status_code == 201
    return candor.with_(CANDOR_DATABASE_URL=service.runtime.settings.database_url, CANDOR_SECRET_KEY=SECRET)


def change(command, statement: str) -> None:
    """Does something to the database behind the program's back."""
    file = command.variables["CANDOR_DATABASE_URL"].removeprefix("sqlite:///")
    connection = sqlite3.connect(file)
    with connection:
        connection.execute(statement)
    connection.close()


def test_what_is_as_it_was_is_verified_line_by_line(used):
    done = used("verify")
    assert (done.code, done.err) == (0, "")
    assert [line.split()[0] for line in done.out.splitlines()] == ["ok"] * 6
    assert levels(used("verify", "--json")).keys() == {"model", "secret", "schema", "notice", *OF_SITE}


def test_a_statement_that_does_not_hold_has_a_line_of_its_own(used):
    whole = said(used("verify", "--json"), "notice of blog.example").split()
    assert whole[0] == whole[2]
    change(used, "ALTER TABLE comments ADD COLUMN user_agent VARCHAR")
    change(used, "UPDATE comments SET delete_held_after = NULL, delete_published_after = '2099-01-01 00:00:00'")
    done = used("verify", "--json")
    assert done.code == 1
    wrong = {name for name, level in levels(done).items() if level == "fail"}
    assert {f"notice of blog.example: {id_}" for id_ in ("fields", "not_kept", "retention.rules")} <= wrong
    counted = said(done, "notice of blog.example").split()
    assert int(counted[0]) == int(counted[2]) - (len(wrong) - 2)  # the notice's own line, and the columns' line
    assert counted[3:] == ["statements", "hold"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE decisions SET score = score + 0.000001 WHERE id = (SELECT min(id) FROM decisions)",
        "UPDATE decisions SET verdict = 'remove' WHERE id = (SELECT min(id) FROM decisions)",
        "UPDATE decisions SET reasons = replace(reasons, 'a', 'b') WHERE id = (SELECT min(id) FROM decisions)",
        "UPDATE decisions SET decided_at = '2026-01-01 00:00:00' WHERE id = (SELECT min(id) FROM decisions)",
        "UPDATE comments SET decision_digest = '' WHERE id = (SELECT min(id) FROM comments)",
        "DELETE FROM decisions WHERE id = (SELECT min(id) FROM decisions)",
    ],
)
def test_a_changed_history_is_found(used, statement):
    change(used, statement)
    done = used("verify", "--json")
    assert (done.code, done.json["ok"]) == (1, False)
    wrong = {name.partition(":")[0] for name, level in levels(done).items() if level != "ok"}
    assert {"history of blog.example"} <= wrong <= OF_SITE
    assert "decisions on 1 comments" in said(done, "history of blog.example")


def test_a_backup_is_a_copy_that_verifies(used):
    copied = used.folder / "copy.db"
    assert used("backup", str(copied)).code == 0
    copy = used.with_(CANDOR_DATABASE_URL=f"sqlite:///{copied}")
    assert copy("verify").code == 0
    assert copy.ok("site", "list") == used.ok("site", "list")


def test_another_secret_is_found(used):
    done = used.with_(CANDOR_SECRET_KEY="77" * 32)("verify", "--json")
    assert "on 2 comments are not as recorded, or under another secret" in said(done, "history of blog.example")


@pytest.mark.loopback
def test_a_lost_secret_is_found_and_not_replaced(candor, used):
    without = candor.with_(CANDOR_DATABASE_URL=used.variables["CANDOR_DATABASE_URL"])
    for _ in range(2):
        done = without("verify", "--json")
        assert "restore it from where it is kept" in said(done, "secret")
        assert "history of blog.example" not in levels(done)
    for words in (("site", "add", "https://other.example"), ("serve", "--port", "0")):
        assert "restore it from where it is kept" in without(*words).complaint
    assert list(candor.folder.iterdir()) == []


def test_a_column_that_no_notice_tells_of_is_found(used):
    change(used, "ALTER TABLE comments ADD COLUMN shoe_size INTEGER")
    assert "comments.shoe_size" in said(used("verify", "--json"), "notice")


@pytest.mark.parametrize("harm", ["truncate", "flip", "unsign", "remove"])
def test_a_model_that_is_not_the_signed_one_is_found_and_does_not_serve(used, tmp_path, harm):
    folder = tmp_path / "model"
    shutil.copytree(artifact.shipped_folder(), folder)
    weights = bytearray((folder / "weights.npz").read_bytes())
    if harm == "truncate":
        (folder / "weights.npz").write_bytes(weights[:-1])
    elif harm == "flip":
        weights[len(weights) // 2] ^= 1
        (folder / "weights.npz").write_bytes(weights)
    else:
        (folder / "SIGNATURE" if harm == "unsign" else folder / "weights.npz").unlink()
    harmed = used.with_(CANDOR_MODEL=str(folder))
    assert levels(harmed("verify", "--json"))["model"] == "fail"
    assert "refused" in harmed("check", "--site", "blog.example", stdin='{"text": "x"}').complaint


@pytest.mark.loopback
def test_nothing_is_made_by_looking(candor):
    for command in ("verify", "doctor"):
        done = candor(command, "--json")
        assert done.code == 1
        assert levels(done)["secret"] == levels(done)["database"] == "fail"
    assert list(candor.folder.iterdir()) == []


@pytest.mark.loopback
def test_a_newer_schema_is_found_and_refused(used):
    change(used, "UPDATE alembic_version SET version_num = '29991231_2359'")
    assert "newer than this program" in said(used("verify", "--json"), "schema")
    assert levels(used("doctor", "--json"))["schema"] == "fail"
    for words in (("serve", "--port", "0"), ("migrate",), ("site", "list")):
        assert "newer than this program" in used(*words).complaint


@pytest.mark.loopback
def test_a_file_that_is_no_database_is_one_line(candor):
    (candor.folder / "candor.db").write_bytes(b"not a database at all, but long enough to look at" * 100)
    here = candor.with_(CANDOR_DATABASE_URL="sqlite:///candor.db", CANDOR_SECRET_KEY=SECRET)
    assert "its file is not a database" in here("site", "list").complaint
    for command in ("verify", "doctor"):
        assert "its file is not a database" in said(here(command, "--json"), "database")


@pytest.mark.loopback
def test_doctor_finds_a_healthy_service_healthy(candor, add_site):
    add_site()
    here = candor.with_(
        CANDOR_PORT="0", CANDOR_CONTROLLER_NAME="Ann", CANDOR_CONTROLLER_CONTACT="a@b.example", CANDOR_DPO="none"
    )
    done = here("doctor", "--json")
    names = "port settings secret model database schema sites clock worker disk controller appeals mail"
    assert done.code == 0
    assert levels(done) == dict.fromkeys(names.split(), "ok")


@pytest.mark.loopback
def test_doctor_speaks_to_the_mail_server_only_when_told_to(candor, add_site):
    add_site()
    with mail_server() as server:
        here = candor.with_(
            CANDOR_PORT="0",
            CANDOR_SMTP_HOST="127.0.0.1",
            CANDOR_SMTP_PORT=f"{server.port}",
            CANDOR_SMTP_SECURITY="none",
            CANDOR_MAIL_FROM="us@operator.example",
        )
        assert "`candor doctor --mail` tries it" in said(here("doctor", "--json"), "mail")
        assert server.heard == []
        assert "would take mails" in said(here("doctor", "--mail", "--json"), "mail")
        assert ("MAIL" in server.heard, server.mails) == (True, [])
        server.answers["MAIL"] = "550 not from you"
        done = here("doctor", "--mail", "--json")
    assert (done.code, levels(done)["mail"]) == (1, "fail")


@pytest.mark.loopback
def test_doctor_warns_of_mails_that_stay_in_a_folder_of_a_public_service(candor, add_site):
    add_site()
    here = candor.with_(CANDOR_PORT="0", CANDOR_MAIL_OUTBOX="outbox")
    assert levels(here("doctor", "--json"))["mail"] == "ok"
    stated = {"CANDOR_CONTROLLER_NAME": "Ann", "CANDOR_CONTROLLER_CONTACT": "a@b.example", "CANDOR_DPO": "none"}
    public = here.with_(CANDOR_PUBLIC_URL="https://comments.example", **stated)
    assert levels(public("doctor", "--json"))["mail"] == "warning"


@pytest.mark.loopback
def test_doctor_warns_of_what_will_matter_later(candor, add_site):
    add_site()
    (candor.folder / "data/secret.key").chmod(0o644)
    done = candor.with_(CANDOR_PORT="0", CANDOR_PROT="8000")("doctor", "--json")
    assert done.code == 0
    warned = [name for name, level in levels(done).items() if level == "warning"]
    assert warned == ["settings", "secret", "controller"]
    assert "CANDOR_PROT" in said(done, "settings")
    assert "chmod 600" in said(done, "secret")


@pytest.mark.loopback
@pytest.mark.parametrize(
    ("days", "level"),
    [({"HELD": "5"}, "warning"), ({"REMOVED": "183"}, "warning"), ({"HELD": "0", "REMOVED": "184"}, "ok")],
)
def test_doctor_warns_where_comments_go_before_another_look_can_be_asked_for_no_more(candor, add_site, days, level):
    add_site()
    done = candor.with_(CANDOR_PORT="0", **{f"CANDOR_KEEP_{name}_DAYS": count for name, count in days.items()})(
        "doctor", "--json"
    )
    assert levels(done)["appeals"] == level
    assert all((f"CANDOR_KEEP_{name}_DAYS" in said(done, "appeals")) is (level == "warning") for name in days)


@pytest.mark.loopback
def test_doctor_says_when_the_database_takes_no_writes(used, monkeypatch):
    prepare = database_room._prepare_sqlite

    def prepare_for_reading(connection, record):
        prepare(connection, record)
        connection.execute("PRAGMA query_only=ON")

    monkeypatch.setattr(database_room, "_prepare_sqlite", prepare_for_reading)
    done = used("doctor", "--json")
    assert done.code == 1
    assert said(done, "database").startswith("The database cannot be used: it is read-only")


@pytest.mark.parametrize(
    ("newest", "now", "level"),
    [
        (None, NOW, Level.OK),
        (NOW - timedelta(days=1), NOW, Level.OK),
        (NOW + timedelta(minutes=4), NOW, Level.OK),
        (NOW + timedelta(minutes=6), NOW, Level.FAIL),
        (None, datetime(2020, 1, 1, tzinfo=UTC), Level.FAIL),
    ],
)
def test_a_clock_behind_what_has_happened_is_wrong(newest, now, level):
    assert verifying.check_clock(newest, now).level is level


def test_kept_answers_that_are_overdue_show_that_no_worker_runs(database: Database, seal):
    site = factories.add_site(database, seal).site
    with database.transaction() as db:
        answers.keep(db, seal=seal, ask=Ask(site.id, "k", "d"), given=Given(201, b"{}"), now=NOW)
    with database.snapshot() as db:
        oldest = answers.oldest_time(db, site_id=site.id)
    assert verifying.check_worker(oldest, NOW + timedelta(hours=25)).level is Level.OK
    assert verifying.check_worker(oldest, NOW + timedelta(hours=26)).level is Level.WARNING
    assert verifying.check_worker(None, NOW).level is Level.OK


@pytest.mark.parametrize(("free", "level"), [(50, Level.FAIL), (500, Level.WARNING), (5_000, Level.OK)])
def test_little_room_is_said_before_there_is_none(monkeypatch, tmp_path, free, level):
    usage = shutil._ntuple_diskusage(10**12, 0, free * 1_048_576)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    assert verifying.check_space(tmp_path / "not" / "yet").level is level


def test_the_columns_of_both_databases_are_told(database: Database):
    assert verifying.check_notice(database.columns()).level is Level.OK


@pytest.mark.loopback
def test_postgresql_waits_for_candor_migrate(candor, postgres_url):
    with databases.own_postgres() as empty:
        here = candor.with_(CANDOR_DATABASE_URL=empty, CANDOR_SECRET_KEY=SECRET)
        for words in (("site", "list"), ("serve", "--port", "0")):
            assert "older than this program: run `candor migrate`" in here(*words).complaint
        assert "run `candor migrate`" in said(here("doctor", "--json"), "schema")
        assert here.ok("migrate")["before"] is None
        assert here.ok("migrate")["before"] == here.ok("migrate")["after"]
        here.ok("site", "add", "https://blog.example")
        assert here("verify").code == 0


def test_migrate_makes_a_sqlite_database_once(candor):
    first, second = candor.ok("migrate"), candor.ok("migrate")
    assert first["before"] is None
    assert second == {"before": first["after"], "after": first["after"]}
    database = open_database(f"sqlite:///{candor.folder}/data/candor.db")
    assert database.is_current()
    database.close()
