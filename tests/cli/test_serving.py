"""`candor serve`, `work` and `score` as processes: started, asked, told to stop, and refused a start."""

import gzip
import json
import os
import pty
import re
import shlex
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.conftest import PROJECT, SECRET
from tests.support.factories import KIND_WORDS, akismet, native

pytestmark = pytest.mark.loopback
QUICK = 30  # seconds; a graceful stop may take 10

BROKEN = """
from contextlib import asynccontextmanager
from fastapi import FastAPI
from moderation import telemetry

def create_app():
    @asynccontextmanager
    async def lifespan(app):
        telemetry.configure("info", "console")
        raise RuntimeError("canary-words")
        yield
    return FastAPI(lifespan=lifespan)
"""


@contextmanager
def served(candor, *words: str):
    """A service on a free port: its address, and its process."""
    with candor.with_(CANDOR_LOG_FORMAT="json").running("serve", "--port", "0", *words) as process:
        for line in process.stderr:
            facts = json.loads(line)
            if facts["event"] == "serving":
                break
        else:
            pytest.fail("the service ended before it served")
        yield facts["address"], process


def stopped(process) -> tuple[int, str]:
    """Tells a process to stop and returns its exit code and what it still said."""
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=QUICK)
    return process.returncode, said.decode()


def ask(words: list[str]) -> dict:
    """Runs the printed curl, or, where there is no curl, sends the same."""
    if shutil.which("curl"):
        done = subprocess.run(words, capture_output=True, timeout=QUICK, check=True)
        return json.loads(done.stdout)
    headers = dict(words[at + 1].split(": ", 1) for at, word in enumerate(words) if word == "-H")
    address = next(word for word in words if word.startswith("http"))
    return httpx.post(address, headers=headers, content=words[words.index("-d") + 1], timeout=QUICK).json()


def signed_in(link: str) -> list[str]:
    """Where a one-time link leads that is used twice."""
    address, _, secret = link.partition("#")
    answers = [httpx.post(address, data={"link": secret}, follow_redirects=False) for _ in range(2)]
    return [answer.headers.get("location", answer.request.url.path) for answer in answers]


def test_the_first_run_shows_keys_and_a_curl_that_works_as_printed(candor):
    with served(candor, "--first-run") as (address, process):
        shown, curl = [], ""
        while not curl:
            line = process.stdout.readline().decode()
            shown.append(line)
            curl = line if line.startswith("curl ") else ""
        judged = ask(shlex.split(curl))
        assert (judged["state"], judged["verdict"]) == ("held", "hold")
        assert judged["score"] > 0.9
        assert judged["reasons"]
        facts = dict(line.rstrip("\n").split("  ", 1) for line in shown if "  " in line)
        assert facts["Service"].strip() == address
        link, _, said = facts["Console"].strip().partition(" ")
        assert said == "(works once, within 15 minutes, for operator@candor.localhost)"
        assert signed_in(link) == ["/console/", "/console/sign-in"]
        assert httpx.get(facts["Notice"].strip()).status_code == 200
        told = httpx.post(f"{address}/1.1/comment-check", data=akismet(facts["Akismet key"].strip()))
        assert told.text == "false"
        code, said = stopped(process)
        assert code == 0
    again, secrets = "", (facts["Akismet key"].strip(), facts["API token"].strip())
    with served(candor, "--first-run") as (_, process):
        process.send_signal(signal.SIGTERM)
        again = process.communicate(timeout=QUICK)[0].decode()
    assert link not in again
    assert re.search(r"^Console +http://[^ ]+/console/sign-in#[\w-]{43} \(works once", again, re.MULTILINE)
    people = candor.ok("moderator", "list", "--site", "localhost")["items"]
    assert [(each["email"], each["roles"]) for each in people] == [("operator@candor.localhost", ["lead", "operator"])]
    assert facts["Notice"].strip().rpartition("/sites/")[2] in again
    assert "candor key rotate" in again
    assert not any(secret in text for secret in secrets for text in (again, said))


def test_a_second_server_on_the_port_is_one_line_and_touches_nothing(candor, tmp_path):
    (tmp_path / "other").mkdir()
    with served(candor) as (address, _):
        other = type(candor)(tmp_path / "other")
        done = other.process("serve", "--port", address.rpartition(":")[2], "--first-run")
        assert "another program already listens there" in done.complaint
        assert list(other.folder.iterdir()) == []
        assert httpx.get(f"{address}/healthz").status_code == 200


def test_doctor_knows_its_own_service_from_another(candor):
    with served(candor) as (address, _):
        port = address.rpartition(":")[2]
        checks = candor.with_(CANDOR_PORT=port)("doctor", "--json").json["checks"]
        assert checks[0]["message"] == f"Candor answers at 127.0.0.1:{port} and is ready"
    stranger = [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1"]
    with subprocess.Popen(stranger, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=candor.folder) as process:
        port = process.stdout.readline().decode().split("port ")[1].split()[0]
        checks = candor.with_(CANDOR_PORT=port)("doctor", "--json").json["checks"]
        process.kill()
    assert (checks[0]["level"], "cannot be used" in checks[0]["message"]) == ("fail", True)


def test_a_rotated_key_is_refused_by_the_running_service_at_once(candor, add_site):
    old = add_site()
    with served(candor) as (address, _):

        def post(token: str, number: int) -> int:
            headers = {"Authorization": f"Bearer {token}"}
            return httpx.post(f"{address}/api/v1/comments", json=native(f"Soup {number}"), headers=headers).status_code

        assert post(old["api_token"], 1) == 201
        new = candor.ok("key", "rotate", "blog.example", "--api", "--overlap", "0")
        assert post(new["api_token"], 2) == 201
        assert post(old["api_token"], 3) == 401


def test_two_processes_serve_one_port_and_stop_together(candor, add_site):
    added = add_site()
    with served(candor, "--workers", "2") as (address, process):
        with httpx.Client(headers={"Authorization": f"Bearer {added['api_token']}"}, timeout=QUICK) as client:
            for number in range(20):
                answer = client.post(f"{address}/api/v1/comments", json=native(f"Soup {number}"))
                assert answer.status_code == 201
        code, said = stopped(process)
        assert (code, said) == (0, "")
    assert candor("verify").code == 0


def test_what_was_acknowledged_is_there_after_a_kill(candor, add_site):
    added = add_site()
    ids = []
    with served(candor) as (address, process):
        with httpx.Client(headers={"Authorization": f"Bearer {added['api_token']}"}) as client:
            ids += [client.post(f"{address}/api/v1/comments", json=native(f"{n} soups")).json()["id"] for n in range(5)]
        process.kill()
    with served(candor) as (address, _):
        listed = httpx.get(f"{address}/api/v1/comments", headers={"Authorization": f"Bearer {added['api_token']}"})
    assert {item["id"] for item in listed.json()["items"]} == set(ids)


def test_a_failing_request_leaves_no_words_of_it_in_the_log(candor, add_site):
    added = add_site()
    with served(candor) as (address, process):
        with sqlite3.connect(candor.folder / "data/candor.db") as connection:
            connection.execute("DROP TABLE usage")
        connection.close()
        form, headers = akismet(added["akismet_key"], "canary-words"), {"Authorization": f"Bearer {added['api_token']}"}
        httpx.post(f"{address}/1.1/comment-check", data=form, timeout=QUICK)
        httpx.post(f"{address}/api/v1/comments", json=native("canary-words"), headers=headers, timeout=QUICK)
        code, said = stopped(process)
    assert code == 0
    assert not any(word in said for word in ("canary-words", "ann@example.org", "Traceback", added["api_token"]))


def test_the_background_loop_runs_beside_the_service_and_alone(candor, add_site):
    add_site()
    file = candor.folder / "data/candor.db"

    def keep_an_old_answer() -> None:
        with sqlite3.connect(file) as connection:
            connection.execute(
                "INSERT INTO answers (site_id, key_code, request_digest, status, sealed_body, answered_at) "
                "SELECT id, 'k', 'd', 201, x'00', '2020-01-01 00:00:00.000000' FROM sites"
            )
        connection.close()

    def kept() -> int:
        connection = sqlite3.connect(file)
        (count,) = connection.execute("SELECT count(*) FROM answers").fetchone()
        connection.close()
        return count

    keep_an_old_answer()
    with served(candor, "--no-worker") as (address, process):
        found = httpx.get(f"{address}/readyz", timeout=30).json()["checks"]["facts"]
        assert found == "not true right now: retention"  # what nobody deletes makes the page accuse itself
        assert stopped(process)[0] == 0
    assert kept() == 1
    with served(candor) as (address, process):
        for line in process.stderr:
            if json.loads(line)["event"] == "worker.step":
                break
        assert stopped(process)[0] == 0
    assert kept() == 0
    keep_an_old_answer()
    assert candor.process("work", "--once").code == 0
    assert kept() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_work_stops_when_told(candor, add_site, number):
    add_site()
    with sqlite3.connect(candor.folder / "data/candor.db") as connection:
        connection.execute(
            "INSERT INTO answers (site_id, key_code, request_digest, status, sealed_body, answered_at) "
            "SELECT id, 'k', 'd', 201, x'00', '2020-01-01 00:00:00.000000' FROM sites"
        )
    connection.close()
    with candor.with_(CANDOR_LOG_FORMAT="json").running("work") as process:
        assert json.loads(process.stderr.readline())["step"] == "forget_answers"
        process.send_signal(number)
        process.communicate(timeout=QUICK)
        assert process.returncode == 0


def test_a_data_folder_that_cannot_be_written_is_one_line(candor):
    here = candor.with_(CANDOR_DATABASE_URL="sqlite:////proc/candor.db", CANDOR_SECRET_KEY=SECRET)  # not even by root
    assert here.process("serve", "--port", "0", "--first-run").complaint == (
        "candor: CANDOR_DATABASE_URL: the database cannot be used: its file cannot be opened; "
        "for example CANDOR_DATABASE_URL=postgresql://candor@localhost/candor"
    )


@pytest.mark.parametrize("workers", ["1", "2"])
def test_an_application_that_cannot_start_is_said_without_a_trace(candor, workers):
    (candor.folder / "service.py").write_text(BROKEN)  # found before the installed one, because of `python -m`
    done = candor.process("serve", "--port", "0", "--workers", workers)
    assert (done.code, done.out) == (1, "")
    assert done.err.splitlines()[-1] == "candor: the service could not start; `candor doctor` looks for the cause"
    assert "Traceback (most" not in done.err
    assert "canary-words" not in done.err


def test_the_installed_command_and_the_module_are_the_same(candor):
    script = Path(sys.executable).parent / "candor"
    if not script.exists():
        pytest.skip("the project is not installed as a command here")
    by_name = subprocess.run([script, "--version"], capture_output=True, text=True, check=True)
    assert by_name.stdout == candor.process("--version").out
    assert by_name.stdout.startswith("candor 0.")


def test_help_is_quick_because_it_loads_nothing_heavy():
    heavy = ["fastapi", "sqlalchemy", "numpy", "pydantic", "uvicorn", "rich", "moderation.runtime"]
    code = f"import sys, moderation.cli; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PROJECT)
    assert done.stdout.strip() == "[]"


def test_a_reader_that_leaves_early_is_no_fault(candor):
    rows = "".join(json.dumps({"id": number, "text": KIND_WORDS}) + "\n" for number in range(3_000))
    (candor.folder / "rows.gz").write_bytes(gzip.compress(rows.encode()))
    with candor.running("score", "rows.gz") as process:
        assert json.loads(process.stdout.readline())["id"] == 0
        process.stdout.close()
        process.wait(timeout=QUICK)
        assert process.stderr.read() == b""


def test_an_interrupted_run_leaves_without_a_trace(candor):
    with candor.running("score", stdin=subprocess.PIPE) as process:
        line = json.dumps({"text": KIND_WORDS}).encode() + b"\n"
        process.stdin.write(line * 600)  # one chunk and a bit, less than a pipe holds
        process.stdin.flush()
        assert process.stdout.readline()
        process.send_signal(signal.SIGINT)
        process.stdout.read()
        assert process.wait(timeout=QUICK) == 130
        assert process.stderr.read() == b""


def test_a_terminal_sees_how_far_a_file_is(candor):
    rows = (json.dumps({"id": number, "text": KIND_WORDS}) + "\n" for number in range(1_500))
    (candor.folder / "rows.jsonl").write_text("".join(rows))
    try:
        ours, theirs = pty.openpty()
    except OSError:
        pytest.skip("this machine has no pseudo-terminals (/dev/pts)")
    with candor.running("score", "rows.jsonl", stdout=subprocess.DEVNULL, stderr=theirs) as process:
        os.close(theirs)
        assert process.wait(timeout=QUICK) == 0
    shown = os.read(ours, 65_536).decode()
    os.close(ours)
    assert "scoring" in shown
    assert "100%" in shown
