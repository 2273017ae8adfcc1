"""Whatever breaks, a comment that was not judged is never answered `false`: one sentence says so, with status 200."""

import gzip
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import fields, replace
from pathlib import Path

import httpx
import psycopg
import pytest
from sqlalchemy import Engine, event, func, select

from moderation.duties.checking import Checking
from moderation.judging.comment import Comment
from moderation.judging.judge import Scorer
from moderation.judging.signal import Signal
from moderation.storage.tables import CommentRow, LabelRow, UsageRow
from tests.support import dialect
from tests.support.asgi import Service
from tests.support.dialect import FORM, Blog
from tests.support.fakes import FixedScorer

UNAVAILABLE = "Service temporarily unavailable."
TOO_LARGE = "Request too large."
ABOUT_COMMENTS = ("comment-check", "submit-spam", "submit-ham")
ABOUT_KEYS = ("verify-key", "usage-limit", "get-subscription", "get-stats", "key-sites", "token", "deactivate")
MULTIPART = {"Content-Type": "multipart/form-data; boundary=B"}
PATIENCE = "PRAGMA busy_timeout=20"


class Broken:
    """A scorer whose model is damaged."""

    def weigh(self, comment: Comment) -> Signal:
        raise RuntimeError(f"a fault that quotes {comment.content}")


def assert_refused(answer: httpx.Response, help_: str, body: str = UNAVAILABLE) -> None:
    told = (answer.status_code, answer.text, answer.headers["content-type"], answer.headers["x-akismet-debug-help"])
    assert told == (200, body, "text/plain; charset=utf-8", help_)
    assert not {"x-akismet-guid", "x-akismet-error", "retry-after", "x-candor-verdict"} & set(answer.headers)


def engine_of(service: Service) -> Engine:
    return service.runtime.database.engine


def file_of(service: Service) -> Path:
    return Path(engine_of(service).url.database)


def reconnect_with(service: Service, pragma: str) -> None:
    """Every connection from now on begins with a pragma."""
    event.listen(engine_of(service), "connect", lambda connection, _: connection.execute(pragma))
    engine_of(service).dispose()


@contextmanager
def locked(service: Service) -> Iterator[None]:
    """Another program holds the write lock."""
    with closing(sqlite3.connect(file_of(service), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def score_with(service: Service, scorer: Scorer) -> None:
    """Puts a scorer where the service has one, for whatever purpose."""
    doors = service.app.state.doors
    checking = with_scorer(doors.checking, scorer)
    service.app.state.doors = replace(doors, checking=checking, record=checking.record)


def with_scorer(checking: Checking, scorer: Scorer) -> Checking:
    held = [field.name for field in fields(checking) if hasattr(getattr(checking, field.name), "weigh")]
    assert held
    return replace(checking, models=None, **dict.fromkeys(held, scorer))


def stored(service: Service, table: type = CommentRow) -> int:
    with service.runtime.database.snapshot() as db:
        return db.connection().execute(select(func.count()).select_from(table)).scalar_one()


@contextmanager
def statements(service: Service) -> Iterator[list[str]]:
    """Collects what requests ask the database; the thread that looks for newer models asks by the clock."""
    asked: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        if threading.current_thread().name != "candor-models":
            asked.append(statement)

    event.listen(engine_of(service), "before_cursor_execute", note)
    yield asked
    event.remove(engine_of(service), "before_cursor_execute", note)


@pytest.fixture
def known(blog: Blog) -> Blog:
    """A blog whose key the process has in memory, so that a failure meets the verb and not the key."""
    assert blog.check("before").text in {"true", "false"}
    return blog


@pytest.mark.parametrize("verb", ABOUT_COMMENTS)
def test_a_locked_database_stores_nothing_and_works_again_afterwards(known: Blog, verb: str):
    reconnect_with(known.service, PATIENCE)
    with locked(known.service):
        answer = known.ask(verb, **dialect.comment("during"))
        assert stored(known.service) == 1
    told = "The database cannot be used: it is locked by another program. Nothing was stored; try again."
    assert_refused(answer, told)
    assert (stored(known.service), stored(known.service, LabelRow)) == (1, 0)
    assert known.ask(verb, **dialect.comment("after")).text in {
        "true",
        "false",
        "Thanks for making the web a better place.",
    }
    assert stored(known.service) == 2


def test_a_locked_table_of_postgresql_stores_nothing_and_works_again_afterwards(make_service, postgres_url: str):
    service = make_service(database_url=postgres_url)
    blog = Blog(service, service.sites[0])
    for statement in ("SET lock_timeout = 20", "COMMIT"):  # what is set is forgotten with its transaction
        event.listen(engine_of(service), "connect", lambda connection, _, said=statement: connection.execute(said))
    engine_of(service).dispose()
    with psycopg.connect(postgres_url) as other:
        other.execute("LOCK TABLE comments IN ACCESS EXCLUSIVE MODE")
        answer = blog.check("during")
        other.rollback()
    assert_refused(answer, answer.headers["x-akismet-debug-help"])
    assert stored(service) == 0
    assert blog.check("after").text in {"true", "false"}


def test_connections_that_postgresql_closed_are_made_anew(make_service, postgres_url: str):
    service = make_service(database_url=postgres_url)
    blog = Blog(service, service.sites[0])
    assert blog.check("before").text in {"true", "false"}
    with psycopg.connect(postgres_url) as other:
        ours = "datname = current_database() AND pid <> pg_backend_pid()"
        assert other.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {ours}").fetchall()
    assert blog.check("after").text in {"true", "false"}
    assert stored(service) == 2


def test_many_checks_at_a_locked_database_wait_for_it_together_not_one_after_another(known: Blog):
    reconnect_with(known.service, PATIENCE)
    failures: list[object] = []
    event.listen(engine_of(known.service), "handle_error", failures.append)
    requests = [
        {"method": "POST", "url": "/1.1/comment-check", "data": dialect.comment(f"at once {number}") | given}
        for number in range(20)
        for given in [{"api_key": known.site.akismet_key, "blog": known.site.site.home_url}]
    ]
    with locked(known.service):
        answers = known.service.together(requests)
    assert {answer.text for answer in answers} == {UNAVAILABLE}
    assert 0 < len(failures) < len(requests) / 2
    assert stored(known.service) == 1


def test_a_read_only_database_takes_no_comment(known: Blog):
    reconnect_with(known.service, "PRAGMA query_only=ON")
    for verb in (*ABOUT_COMMENTS, "deactivate"):
        answer = known.ask(verb, **dialect.comment("during"))
        assert_refused(answer, "The database cannot be used: it is read-only. Nothing was stored; try again.")
    assert known.ask("verify-key").text == "valid"


def _remove_file(path: Path) -> None:
    for file in path.parent.glob(f"{path.name}*"):
        file.unlink()


def _remove_folder(path: Path) -> None:
    shutil.rmtree(path.parent)


def _damage(path: Path) -> None:
    _remove_file(path)
    path.write_bytes(b"no database " * 1_000)


@pytest.mark.parametrize("verb", [*ABOUT_COMMENTS, *ABOUT_KEYS])
@pytest.mark.parametrize(
    ("break_", "cause"),
    [
        (_remove_file, "its schema is missing (run: candor migrate)"),
        (_remove_folder, "its file cannot be opened"),
        (_damage, "its file is not a database"),
    ],
)
def test_a_database_that_is_gone_is_said_so_by_every_verb(known: Blog, verb: str, break_: Callable, cause: str):
    engine_of(known.service).dispose()
    break_(file_of(known.service))
    answer = known.ask(verb, **dialect.comment("during"))
    assert_refused(answer, answer.headers["x-akismet-debug-help"])
    assert answer.headers["x-akismet-debug-help"].startswith(
        f"The database cannot be used: {cause}. Nothing was stored"
    )
    engine_of(known.service).dispose()


@pytest.mark.parametrize("scorer", [Broken(), FixedScorer(float("nan")), FixedScorer(1.5), FixedScorer(-0.1)])
def test_a_model_that_cannot_score_publishes_nothing_and_is_not_quoted(known: Blog, scorer: Scorer, capfd):
    score_with(known.service, scorer)
    assert_refused(known.check("a fault that quotes me"), "Internal error")
    assert stored(known.service) == 1
    assert "quotes" not in "".join(capfd.readouterr())


def test_a_model_that_fails_while_storing_spoils_only_what_it_should_have_judged(known: Blog):
    score_with(known.service, FixedScorer(0.1))
    dialect.add_rules(known.service)  # the batch judges again, under the new rules
    doors = known.service.app.state.doors
    breaks_later = with_scorer(doors.checking, Broken())
    known.service.app.state.doors = replace(doors, record=breaks_later.record)
    assert_refused(known.check("Hello"), "Internal error")
    assert known.check(dialect.UNWELCOME).text == "true"


def test_a_model_is_not_needed_where_a_rule_or_a_role_decides(known: Blog):
    dialect.add_rules(known.service)
    assert known.ask("verify-key").text == "valid"  # the process has the rules in memory now
    score_with(known.service, Broken())
    assert known.check(dialect.UNWELCOME).text == "true"
    assert known.check("Hello", user_role="administrator").text == "false"


def test_a_full_queue_is_said_at_once(known: Blog, monkeypatch):
    monkeypatch.setattr("moderation.storage.writer.WAITING", 0)
    assert_refused(known.check(), "Too much is waiting to be stored. Nothing was stored; try again.")


def test_the_operator_s_limit_holds_for_one_key_and_for_every_verb_with_it(make_service):
    service = make_service(rate_limit_checks=3)
    blog, other = Blog(service, service.sites[0]), Blog(service, service.add_site("https://other.example"))
    assert [blog.ask("verify-key").text for _ in range(3)] == ["valid"] * 3
    for verb in (*ABOUT_COMMENTS, *ABOUT_KEYS):
        answer = blog.ask(verb, **dialect.comment("too many"))
        told = "This key has used up its requests for this minute; try again in a minute."
        assert_refused(answer, told)
    assert other.check().text in {"true", "false"}
    assert blog.service.get("/1.1/test").text == "connected"


def test_half_a_request_gets_no_answer_and_stores_nothing(known: Blog):
    half = f"api_key={known.site.akismet_key}&blog=https://blog.example&user_ip=192.0.2.7&comment_content=half+of"
    messages = [{"type": "http.request", "body": half.encode(), "more_body": True}, {"type": "http.disconnect"}]
    scope = {"type": "http", "method": "POST", "path": "/1.1/comment-check", "headers": [], "client": ("192.0.2.1", 1)}
    sent: list[object] = []

    async def receive() -> object:
        return messages.pop(0)

    async def send(message: object) -> None:
        sent.append(message)

    known.service.portal.call(known.service.app, scope, receive, send)
    assert (messages, sent) == ([], [])
    assert known.check("whole").text in {"true", "false"}
    assert stored(known.service) == 2  # what the fixture said, and the whole one


def test_a_body_over_the_limit_is_not_read(make_service):
    service = make_service(max_body_bytes=2_048)
    blog = Blog(service, service.sites[0])
    told = "The request is larger than the 2048 bytes that this service reads."
    for verb in (*ABOUT_COMMENTS, *ABOUT_KEYS):
        assert_refused(blog.ask(verb, **dialect.comment("x" * 2_048)), told, TOO_LARGE)
    assert blog.check("x" * 1_000).text in {"true", "false"}
    assert (stored(service), stored(service, UsageRow)) == (1, 1)


def test_a_megabyte_is_too_large_by_default(blog: Blog):
    answer = blog.check("x" * 1_048_576)
    assert_refused(answer, "The request is larger than the 1048576 bytes that this service reads.", TOO_LARGE)


@pytest.mark.parametrize(("count", "fits"), [(500, True), (501, False), (10_000, False)])
def test_five_hundred_fields_are_read(blog: Blog, count: int, fits: bool):
    given = f"api_key={blog.site.akismet_key}&blog=https://blog.example&user_ip=192.0.2.7"
    body = given + "&a=" * (count - 3)
    answer = blog.post("/1.1/comment-check", body.encode(), {"Content-Type": FORM})
    if fits:
        assert answer.text == "false"
    else:
        assert_refused(answer, "The request has more than 500 fields.", TOO_LARGE)


def test_fields_of_the_query_count_too(blog: Blog):
    answer = blog.post("/1.1/comment-check?" + "a=&" * 300, b"b=&" * 300, {"Content-Type": FORM})
    assert_refused(answer, "The request has more than 500 fields.", TOO_LARGE)


@pytest.mark.parametrize("kind", ["", '; filename="f"'], ids=["fields", "files"])
@pytest.mark.parametrize(("count", "fits"), [(497, True), (498, False), (5_000, False)])
def test_as_many_parts_are_read_as_fields(blog: Blog, count: int, fits: bool, kind: str):
    known = f"api_key={blog.site.akismet_key}&blog=https://blog.example&user_ip=192.0.2.7"
    parts = f'--B\r\nContent-Disposition: form-data; name="f"{kind}\r\n\r\nx\r\n' * count
    answer = blog.post(f"/1.1/comment-check?{known}", f"{parts}--B--\r\n".encode(), MULTIPART)
    if fits:
        assert answer.text == "false"
    else:
        assert_refused(answer, "The request has more than 500 fields.", TOO_LARGE)


def parts_of(blog: Blog, kind: str = "") -> bytes:
    """An unwelcome comment as multipart, its content's part last."""
    given = {"api_key": blog.site.akismet_key, "blog": "https://blog.example"} | dialect.comment(dialect.UNWELCOME)
    head = '--B\r\nContent-Disposition: form-data; name="{}"{}\r\n\r\n{}\r\n'
    parts = [head.format(name, kind if name == "comment_content" else "", value) for name, value in given.items()]
    return f"{''.join(parts)}--B--\r\n".encode()


@pytest.mark.parametrize("kind", ["", '; filename="comment.txt"', '; filename=""\r\nContent-Type: text/plain'])
def test_a_comment_in_parts_is_read_also_from_a_file(blog: Blog, kind: str):
    dialect.add_rules(blog.service)
    assert blog.post("/1.1/comment-check", parts_of(blog, kind), MULTIPART).text == "true"


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "no closing boundary": lambda body: body.removesuffix(b"--B--\r\n"),
    "half a closing boundary": lambda body: body.removesuffix(b"-\r\n"),
    "cut within the content": lambda body: body[: body.index(dialect.UNWELCOME.encode()) + 3],
    "cut within a header": lambda body: body[: body.rindex(b"form-data")],
    "cut to nothing": lambda _: b"",
    "a part without a name": lambda body: body.replace(b'form-data; name="comment_content"', b"form-data"),
    "a part without Content-Disposition": lambda body: body.replace(b"Content-Disposition", b"X-Other"),
    "another boundary": lambda body: body.replace(b"--B", b"--C"),
    "content that is no base64": lambda body: body.replace(
        b"\r\n\r\n", b"\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    ),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_form_is_not_judged_as_if_it_were_whole(blog: Blog, damage: Callable[[bytes], bytes]):
    known = f"api_key={blog.site.akismet_key}&blog=https://blog.example&user_ip=192.0.2.7"
    for verb in ABOUT_COMMENTS:
        answer = blog.post(f"/1.1/{verb}?{known}", damage(parts_of(blog)), MULTIPART)
        assert_refused(answer, "The form is damaged or not whole. Nothing was stored; send it again.")
    assert stored(blog.service) == 0


@pytest.mark.parametrize("kind", ["multipart/form-data", "multipart/form-data; boundary="])
def test_a_form_whose_boundary_is_not_named_is_not_judged(blog: Blog, kind: str):
    known = f"api_key={blog.site.akismet_key}&blog=https://blog.example&user_ip=192.0.2.7"
    answer = blog.post(f"/1.1/comment-check?{known}", parts_of(blog), {"Content-Type": kind})
    assert_refused(answer, "The form is damaged or not whole. Nothing was stored; send it again.")


def test_damaged_forms_put_nothing_that_was_sent_into_the_log(blog: Blog, capfd):
    head = '--B\r\nContent-Disposition: form-data; name="f"; filename="f"\r\nContent-Transfer-Encoding: canary\r\n\r\n'
    for body in (f"{head}canary\r\n" * 5_000, "canary", "--Bcanary"):
        blog.post("/1.1/comment-check", body.encode(), MULTIPART)
    said = "".join(capfd.readouterr())
    assert "canary" not in said
    assert len(said.splitlines()) <= 3


def test_wrong_keys_at_a_high_rate_cost_no_query(make_service):
    service = make_service(rate_limit_wrong_keys=5)
    blog = Blog(service, service.sites[0])
    assert blog.ask("verify-key").text == "valid"
    with statements(service) as asked:
        for number in range(5):
            assert blog.check(api_key=f"{number:012x}").text == "invalid"
        assert asked
        asked.clear()
        for number in range(50):
            for verb in ("comment-check", "verify-key", "submit-spam", "get-stats"):
                answer = blog.ask(verb, api_key=f"{number:012x}", user_ip="192.0.2.7")
                assert (answer.status_code, answer.text) == (200, "invalid")
                assert answer.headers["x-akismet-debug-help"] == "Invalid key"
        assert asked == []
    assert blog.check().text in {"true", "false"}


def test_the_keys_of_a_suspended_site_at_a_high_rate_cost_no_query_either(make_service):
    service = make_service(rate_limit_wrong_keys=5)
    blog = Blog(service, service.sites[0])
    dialect.suspend(service)
    for _ in range(5):
        assert blog.check().headers["x-akismet-error"] == "10009"
    with statements(service) as asked:
        assert blog.check().headers["x-akismet-error"] == "10009"
    assert asked == []


@pytest.mark.parametrize("word", ABOUT_COMMENTS)
def test_a_packed_form_is_never_answered_false(service: Service, word: str):
    packed = gzip.compress(b"blog=https%3A%2F%2Fblog.example%2F&user_ip=192.0.2.7")
    answer = service.post(f"/1.1/{word}", content=packed, headers={"Content-Type": FORM, "Content-Encoding": "gzip"})
    assert_refused(answer, "The body is packed (Content-Encoding); send it uncompressed.")
