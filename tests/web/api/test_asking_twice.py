"""Idempotency-Key: one effect and one answer for a day, however often, wherever and however fast it is asked."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlmodel import col, select, update

from moderation.storage.tables import AnswerRow, CommentRow, DecisionRow
from tests.support.asgi import Service, bearer
from tests.support.factories import native

COMMENTS = "/api/v1/comments"


def send(service: Service, body: Any, key: str = "k-1", token: str | None = None) -> httpx.Response:
    headers = bearer(token or service.api_token) | {"Idempotency-Key": key}
    return service.post(COMMENTS, json=body, headers=headers)


def rows(service: Service, table: type[Any]) -> list[Any]:
    with service.runtime.database.snapshot() as db:
        return list(db.exec(select(table)))


def test_the_same_key_and_body_give_the_same_answer_with_the_same_receipt(service_on_both: Service):
    first, second = send(service_on_both, native()), send(service_on_both, native())
    assert first.status_code == second.status_code == 201
    assert first.content == second.content
    assert first.json()["receipt"]["url"]
    for name in ("location", "etag", "link"):
        assert first.headers[name] == second.headers[name]
    assert len(rows(service_on_both, CommentRow)) == 1


def test_the_same_key_with_another_body_is_a_conflict(service: Service):
    send(service, native())
    answer = send(service, native("Other words"))
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency.reused")
    assert len(rows(service, CommentRow)) == 1


def test_another_key_is_another_comment(service: Service):
    assert send(service, native(), "a").json()["id"] != send(service, native(), "b").json()["id"]


def test_two_sites_may_use_the_same_key(service: Service):
    other = service.add_site("https://other.example")
    assert send(service, native()).json()["id"] != send(service, native(), token=other.api_token).json()["id"]


def test_a_refusal_is_not_kept(service: Service):
    assert send(service, {"content": "no address"}).status_code == 422
    assert send(service, native(parent_id="nobody")).status_code == 422
    assert send(service, native(parent_id="0193fd5e-0000-7000-8000-000000000000")).status_code == 422
    assert send(service, native()).status_code == 201


def test_after_a_day_a_key_is_free_again(service: Service):
    first = send(service, native()).json()["id"]
    with service.runtime.database.transaction() as db:
        yesterday = rows(service, AnswerRow)[0].answered_at - timedelta(hours=24, seconds=1)
        db.execute(update(AnswerRow).where(col(AnswerRow.status) == 201).values(answered_at=yesterday))
    assert send(service, native("Other words")).json()["id"] != first


def test_many_at_once_are_one_comment(service_on_both: Service):
    one = {
        "method": "POST",
        "url": COMMENTS,
        "json": native(),
        "headers": service_on_both.bearer | {"Idempotency-Key": "k-1"},
    }
    answers = service_on_both.together([one] * 20)
    assert {(answer.status_code, answer.content) for answer in answers} == {(201, answers[0].content)}
    assert len(rows(service_on_both, CommentRow)) == 1


def test_the_kept_answer_opens_only_with_the_key(service: Service):
    told = send(service, native(), "secret-key-of-the-client").json()
    kept = rows(service, AnswerRow)[0]
    for secret in (told["id"], told["receipt"]["url"].rpartition(".")[2], "secret-key-of-the-client"):
        assert secret.encode() not in kept.sealed_body
        assert secret not in f"{kept.key_code} {kept.request_digest}"


@pytest.mark.parametrize("key", ["", "x" * 256, "tab\there", "\x7f", "naïve"])
def test_a_key_that_cannot_be_kept_is_named(service: Service, key: str):
    headers = {**service.bearer, "Idempotency-Key": key.encode("latin-1")}
    answer = service.post(COMMENTS, json=native(), headers=headers)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "Idempotency-Key")
    assert rows(service, CommentRow) == []


def test_the_longest_key_is_taken(service: Service):
    assert send(service, native(), "~" * 255).status_code == 201


def test_a_decision_is_made_once(service_on_both: Service):
    comment = send(service_on_both, native(), "a").json()["id"]
    headers = service_on_both.bearer | {"Idempotency-Key": "b", "If-Match": '"1"'}
    url = f"{COMMENTS}/{comment}/decisions"
    first = service_on_both.post(url, json={"verdict": "remove"}, headers=headers)
    second = service_on_both.post(url, json={"verdict": "remove"}, headers=headers)
    assert (first.status_code, first.content) == (second.status_code, second.content) == (200, second.content)
    assert first.headers["etag"] == second.headers["etag"] == '"2"'
    assert len(rows(service_on_both, DecisionRow)) == 2
    other = service_on_both.post(url, json={"verdict": "publish"}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency.reused")


def test_a_key_used_for_a_comment_is_not_one_for_a_decision(service: Service):
    comment = send(service, native(), "a").json()["id"]
    headers = service.bearer | {"Idempotency-Key": "a"}
    answer = service.post(f"{COMMENTS}/{comment}/decisions", json={"verdict": "remove"}, headers=headers)
    assert answer.json()["code"] == "idempotency.reused"


class TestTwoWorkers:
    """Two processes with one PostgreSQL database meet only there."""

    @pytest.fixture
    def workers(self, make_service: Callable[..., Service], postgres_url: str) -> tuple[Service, Service]:
        made = make_service(database_url=postgres_url), make_service(database_url=postgres_url)
        for one in made:  # an address's first request builds its schema, under warnings that all threads share
            for address in (COMMENTS, f"{COMMENTS}/x/decisions"):
                assert one.post(address, json={}).status_code == 401
        return made

    def both(self, workers: tuple[Service, Service], **request: Any) -> list[httpx.Response]:
        """Asks both at once, as often as it takes for them to meet."""
        import threading

        answers: list[httpx.Response] = []

        def ask(worker: Service) -> None:
            answers.extend(worker.together([{"method": "POST", **request}] * 8))

        threads = [threading.Thread(target=ask, args=(worker,)) for worker in workers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return answers

    def test_one_key_is_one_comment(self, workers: tuple[Service, Service]):
        for number in range(10):
            headers = workers[0].bearer | {"Idempotency-Key": f"k-{number}"}
            answers = self.both(workers, url=COMMENTS, json=native(f"Hello {number}"), headers=headers)
            assert {(answer.status_code, answer.content) for answer in answers} == {(201, answers[0].content)}
        assert len(rows(workers[0], CommentRow)) == 10

    def test_one_id_of_the_blog_is_one_comment(self, workers: tuple[Service, Service]):
        for number in range(10):
            body = native(external_id=f"blog-{number}")
            answers = self.both(workers, url=COMMENTS, json=body, headers=workers[0].bearer)
            assert {answer.status_code for answer in answers} == {201}
            assert len({answer.json()["id"] for answer in answers}) == 1
        assert len(rows(workers[0], CommentRow)) == 10

    def test_one_version_is_decided_upon_once(self, workers: tuple[Service, Service]):
        for number in range(10):
            comment = send(workers[0], native(), f"c-{number}").json()["id"]
            headers = workers[0].bearer | {"If-Match": "1"}
            answers = self.both(
                workers, url=f"{COMMENTS}/{comment}/decisions", json={"verdict": "hold"}, headers=headers
            )
            assert sorted(answer.status_code for answer in answers) == [200, *[412] * 15]
