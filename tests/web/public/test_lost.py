"""Lost receipts by mail: the same answer for everybody, one link, used once, for one's own comments alone."""

import os
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlmodel import select

from moderation import clock, egress, worker
from moderation.duties.mailing import sending
from moderation.storage.database import Database
from moderation.storage.rights_tables import MailedLinkRow
from tests.support import factories, reading
from tests.support.asgi import Service

ANN, BEN = "ann@mail.example", "ben@mail.example"
SECRET = re.compile(r"#([0-9A-Z]{26})\s")


@pytest.fixture
def outbox(tmp_path: Path) -> Path:
    return tmp_path / "outbox"


@pytest.fixture
def posting(make_service: Callable[..., Service], database_url: str, outbox: Path) -> Service:
    """A service on each database in turn that writes its mails into a folder."""
    return make_service(database_url=database_url, mail_outbox=outbox, rate_limit_mails=100, rate_limit_receipts=500)


def send(service: Service, email: str, content: str = factories.KIND_WORDS, token: str = "") -> dict[str, Any]:
    body = factories.native(content)
    body["author"] = {**body.get("author", {}), "email": email}
    headers = {"Authorization": f"Bearer {token}"} if token else service.bearer
    answer = service.post("/api/v1/comments", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    return answer.json()


def ask(service: Service, address: str, **more: Any) -> httpx.Response:
    return service.post("/receipt/lost", data={"email": address}, **more)


def deliver(service: Service, *, at: datetime | None = None, mailer: Any = None) -> int:
    use, count = service.runtime.settings, 0
    mailer = mailer or egress.mailer(use)
    while sending.deliver(
        service.runtime.database, seal=use.seal, mailer=mailer, base_url=use.base_url, now=at or clock.now()
    ):
        count += 1
    return count


def letters(outbox: Path) -> list[Any]:
    found = sorted(outbox.glob("*.eml")) if outbox.exists() else []
    return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in found]


def secret_for(service: Service, outbox: Path, address: str) -> str:
    ask(service, address)
    deliver(service)
    return SECRET.search(letters(outbox)[-1].get_content())[1]


def use(service: Service, secret: str) -> httpx.Response:
    return service.post("/receipt/mailed", data={"token": secret})


def count(database: Database, table: str) -> int:
    with database.snapshot() as db:
        return db.connection().execute(text(f"SELECT count(*) FROM {table}")).scalar_one()


def everything(database: Database) -> dict[str, int]:
    return {
        table: count(database, table)
        for table in ("mails", "mailed_links", "passes", "comments", "events", "subject_requests", "contacts")
    }


def test_a_lost_receipt_comes_by_mail_and_opens(posting: Service, outbox: Path):
    send(posting, ANN, "The soup in the second picture is my grandmother's, I am sure of it.")
    assert ask(posting, f"  {ANN.upper()} ").status_code == 200
    assert deliver(posting) == 1
    (mail,) = letters(outbox)
    assert mail["To"] == ANN.upper()
    listed = use(posting, SECRET.search(mail.get_content())[1])
    assert listed.status_code == 200
    assert "The soup in the second picture" in listed.text
    (token,) = re.findall(r'name="token" value="([^"]+)"', listed.text)
    receipt = posting.post("/receipt", data={"token": token})
    assert "grandmother" in receipt.text
    assert receipt.status_code == 200


def test_the_secret_can_also_be_copied_from_the_mail(posting: Service, outbox: Path):
    send(posting, ANN)
    ask(posting, ANN)
    deliver(posting)
    body = letters(outbox)[0].get_content()
    (alone,) = re.findall(r"^([0-9A-Z]{26})\s*$", body, re.MULTILINE)
    assert use(posting, f" {alone[:5].lower()}-{alone[5:]} ").status_code == 200


def test_the_answer_and_the_work_are_the_same_whether_or_not_anything_is_found(posting: Service):
    send(posting, ANN)
    known, before = ask(posting, ANN), everything(posting.runtime.database)
    unknown, after = ask(posting, BEN), everything(posting.runtime.database)
    assert (known.text, known.status_code, known.headers) == (unknown.text, unknown.status_code, unknown.headers)
    assert (before["mails"], after["mails"]) == (1, 2)
    assert after | {"mails": 0} == before | {"mails": 0}


def test_nothing_is_mailed_where_nothing_is_found(posting: Service, outbox: Path):
    send(posting, ANN)
    ask(posting, BEN)
    assert deliver(posting) == 1
    assert letters(outbox) == []
    assert (count(posting.runtime.database, "mails"), count(posting.runtime.database, "mailed_links")) == (0, 0)


def test_the_pages_and_the_mail_are_easy_to_read(posting: Service, outbox: Path):
    send(posting, ANN)
    ask(posting, ANN)
    deliver(posting)
    (mail,) = letters(outbox)
    body = mail.get_content().replace("\r\n", "\n")
    said = "".join(f"<p>{part}</p>" for part in body.split("\n\n"))
    assert len(reading.sentences(said)) > 3
    assert reading.hard(said) == []
    listed = use(posting, SECRET.search(body + " ")[1]).text
    assert len(reading.sentences(listed)) > 1
    assert reading.hard(listed) == []


def test_a_mail_holds_nobodys_data_but_the_address_it_goes_to(posting: Service, outbox: Path):
    sent = send(posting, ANN, "A canary sentence that must stay here, and nowhere else at all.")
    ask(posting, ANN)
    deliver(posting)
    (mail,) = letters(outbox)
    whole = mail.as_string()
    assert "canary" not in whole
    assert sent["id"] not in whole
    assert factories.native()["author"]["name"] not in whole
    assert posting.site.host not in whole


def test_a_mail_in_the_outbox_is_readable_by_its_owner_alone(posting: Service, outbox: Path):
    send(posting, ANN)
    ask(posting, ANN)
    deliver(posting)
    (path,) = outbox.glob("*.eml")
    assert (path.stat().st_mode & 0o777, outbox.stat().st_mode & 0o777) == (0o600, 0o700)


def test_the_address_is_stored_locked_and_goes_with_the_mail(posting: Service):
    send(posting, ANN)
    ask(posting, ANN)
    with posting.runtime.database.snapshot() as db:
        (kept,) = db.connection().execute(text("SELECT sealed_to FROM mails")).scalars()
    assert b"ann" not in bytes(kept).lower()
    deliver(posting)
    assert count(posting.runtime.database, "mails") == 0


def test_a_link_works_once(posting: Service, outbox: Path):
    send(posting, ANN)
    secret = secret_for(posting, outbox, ANN)
    assert use(posting, secret).status_code == 200
    again = use(posting, secret)
    assert again.status_code == 404
    assert factories.KIND_WORDS not in again.text


def test_the_secret_of_a_link_is_stored_nowhere_and_logged_nowhere(
    posting: Service, outbox: Path, capsys: pytest.CaptureFixture[str]
):
    send(posting, ANN)
    secret = secret_for(posting, outbox, ANN)
    use(posting, secret)
    with posting.runtime.database.snapshot() as db:
        for table in ("mails", "mailed_links", "passes", "events", "answers", "subject_requests"):
            assert secret not in repr(list(db.connection().execute(text(f"SELECT * FROM {table}"))))
    said = capsys.readouterr()
    assert (secret in said.out + said.err, ANN in said.out + said.err) == (False, False)


def test_a_link_is_over_after_a_day(posting: Service, outbox: Path):
    send(posting, ANN)
    secret = secret_for(posting, outbox, ANN)
    _let_end(posting.runtime.database)
    assert use(posting, secret).status_code == 404


def _let_end(database: Database) -> None:
    with database.transaction() as db:
        for row in db.exec(select(MailedLinkRow)):
            assert clock.now() < row.ends_at <= clock.now() + timedelta(hours=24)
            row.ends_at -= timedelta(hours=24)


@pytest.mark.parametrize(
    "guess", ["", "0" * 26, "TZ9HGA1Z60BM.2TT5XS1WD0J0XQHP26AP6E96RH", "%", "' OR 1=1 --", "\u2028" * 30]
)
def test_guesses_open_nothing_and_look_alike(posting: Service, outbox: Path, guess: str):
    send(posting, ANN)
    secret_for(posting, outbox, ANN)
    answer, other = use(posting, guess), use(posting, "1" * 26)
    assert answer.status_code == 404
    assert answer.text == other.text


def test_guessing_is_limited_by_network(make_service: Callable[..., Service], tmp_path: Path):
    service = make_service(mail_outbox=tmp_path, rate_limit_receipts=3)
    assert [use(service, "0" * 26).status_code for _ in range(4)] == [404, 404, 404, 429]


def test_asking_is_limited_by_network(make_service: Callable[..., Service], tmp_path: Path):
    service = make_service(mail_outbox=tmp_path, rate_limit_mails=2)
    assert [ask(service, ANN).status_code for _ in range(3)] == [200, 200, 429]
    assert count(service.runtime.database, "mails") == 2


def test_one_address_gets_three_mails_an_hour_and_nobody_is_told(posting: Service, outbox: Path):
    send(posting, ANN)
    answers = {ask(posting, ANN).text for _ in range(5)}
    deliver(posting)
    assert (len(letters(outbox)), len(answers)) == (3, 1)
    ask(posting, ANN)
    deliver(posting, at=clock.now() + timedelta(minutes=61))
    assert len(letters(outbox)) == 4


def test_a_link_shows_nobody_elses_comments(posting: Service, outbox: Path):
    send(posting, ANN, "What I wrote about the garden is mine, and I stand by it.")
    send(posting, BEN, "What Ben wrote about the garden is his own affair, I should think.")
    listed = use(posting, secret_for(posting, outbox, ANN))
    assert "What I wrote" in listed.text
    assert "Ben wrote" not in listed.text


def test_a_pass_from_the_list_opens_no_other_comment(posting: Service, outbox: Path):
    send(posting, ANN)
    other = send(posting, BEN, "What Ben wrote about the garden is his own affair, I should think.")
    listed = use(posting, secret_for(posting, outbox, ANN))
    (token,) = re.findall(r'name="token" value="([^"]+)"', listed.text)
    locator = other["receipt"]["url"].partition("#")[2].partition(".")[0]
    swapped = f"{locator}.{token.partition('.')[2]}"
    assert posting.post("/receipt", data={"token": swapped}).status_code == 404


def test_one_link_opens_the_comments_of_every_site_here(posting: Service, outbox: Path):
    other = posting.add_site("https://second.example")
    send(posting, ANN, "The first of two about the harvest, written at the first site.")
    send(posting, ANN, "The second of two about the harvest, written at the other site.", token=other.api_token)
    ask(posting, ANN)
    assert deliver(posting) == 1
    listed = use(posting, SECRET.search(letters(outbox)[0].get_content())[1])
    assert ("at the first site" in listed.text, "at the other site" in listed.text) == (True, True)


def test_looking_at_the_link_as_mail_scanners_do_uses_nothing_up(posting: Service, outbox: Path):
    send(posting, ANN)
    secret = secret_for(posting, outbox, ANN)
    before = everything(posting.runtime.database)
    for _ in range(20):
        for address in (f"/receipt/mailed?token={secret}", f"/receipt/mailed#{secret}", "/receipt/lost?email=a@b.c"):
            assert posting.get(address).status_code == 200
            assert posting.request("HEAD", address).status_code == 200
    assert everything(posting.runtime.database) == before
    assert use(posting, secret).status_code == 200


def test_an_erased_comment_is_not_found_any_more(posting: Service, outbox: Path):
    send(posting, ANN)
    with posting.runtime.database.transaction() as db:
        db.connection().execute(text("UPDATE comments SET state = 'erased', author_email_code = NULL"))
    ask(posting, ANN)
    deliver(posting)
    assert letters(outbox) == []


@pytest.mark.parametrize(
    "address",
    [
        *("", "ann", "ann@", "@mail.example", "ann@mail.example, ben@mail.example", "a@b@c", "ann @mail.example"),
        *("ann@mail.example\r\nBcc: ben@mail.example", "<ann@mail.example>", "ann@mail.example>", "a" * 330 + "@b.c"),
        "ann\u202e@mail.example",
    ],
)
def test_what_is_no_address_is_refused_before_anything_is_stored(posting: Service, address: str):
    answer = ask(posting, address)
    assert answer.status_code == 422
    assert "not a whole e-mail address" in answer.text
    assert count(posting.runtime.database, "mails") == 0


def test_where_no_mail_is_sent_the_page_says_so_and_what_to_do(make_service: Callable[..., Service]):
    service = make_service(controller_contact="privacy@operator.example")
    page = service.get("/receipt/lost")
    assert "sends no mail" in page.text
    assert "privacy@operator.example" in page.text
    assert "<form" not in page.text
    assert "sends no mail" in ask(service, ANN).text
    assert count(service.runtime.database, "mails") == 0


def test_the_mail_speaks_the_readers_language_where_there_is_one(posting: Service, outbox: Path):
    send(posting, ANN)
    ask(posting, ANN, headers={"accept-language": "de-DE,de;q=0.9"})
    with posting.runtime.database.snapshot() as db:
        assert db.connection().execute(text("SELECT language FROM mails")).scalar_one() == "de"


def test_too_many_waiting_mails_are_refused_whoever_asks(posting: Service, monkeypatch: pytest.MonkeyPatch):
    send(posting, ANN)
    monkeypatch.setattr("moderation.duties.mailing.asking.MOST_WAITING", 2)
    assert [ask(posting, address).status_code for address in (ANN, BEN, ANN, BEN)] == [200, 200, 503, 503]


def test_no_page_of_it_is_kept_or_found_by_search_engines(posting: Service):
    for answer in (posting.get("/receipt/lost"), posting.get("/receipt/mailed"), ask(posting, ANN), use(posting, "x")):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-robots-tag"] == "noindex"
        assert "set-cookie" not in answer.headers


def test_a_mail_in_the_folder_goes_when_its_link_has_ended_and_nothing_else_does(posting: Service, outbox: Path):
    send(posting, ANN)
    ask(posting, ANN)
    deliver(posting)
    others = [outbox / "notes.txt", outbox / "a-mail-of-mine.eml"]
    for path in others:
        path.write_text("mine")
        os.utime(path, (0, 0))
    now = clock.now()
    assert egress.forget_written(outbox, now=now + timedelta(hours=23, minutes=59)) == 0
    assert egress.forget_written(outbox, now=now + timedelta(hours=24, minutes=1)) == 1
    assert sorted(outbox.iterdir()) == sorted(others)
    assert "forget_written" in {step.name for step in worker.STEPS}


def test_the_notice_says_where_mails_are_and_accuses_itself_of_one_that_stays(posting: Service, outbox: Path):
    send(posting, ANN)
    ask(posting, ANN)
    deliver(posting)
    page = posting.get(f"/sites/{posting.site.id}/comment-data").text
    assert "It is put into a folder for the operator" in page
    assert "mails are written into a folder and not sent" in page
    assert "a new link can be mailed to it" not in page
    for path in outbox.iterdir():
        os.utime(path, (0, 0))
    posting.app.state.doors.reporting._kept.clear()
    told = posting.get(f"/sites/{posting.site.id}/comment-data.json").json()
    assert "mail.outbox" in told["failed"]
