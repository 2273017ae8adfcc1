"""Mails that are due: tried again with growing pauses, given up in the end, sent once, and never logged by address."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlmodel import select

from moderation.duties.mailing import asking, opening, sending
from moderation.duties.mailing.asking import LINK, SECRET, Draft
from moderation.egress import Contacted, Letter, MailFailure, Purpose
from moderation.errors import NotFound
from moderation.seal import Seal
from moderation.storage import contacts, figures
from moderation.storage.rights_tables import MailedLinkRow, MailRow
from moderation.vocabulary import RequestKind
from tests.support import factories
from tests.support.desk import Desk
from tests.support.factories import NOW

BASE = "https://comments.example"
ANN = factories.comment().author.email
MINUTE = timedelta(minutes=1)


@dataclass
class Post:
    """Takes mails, or refuses them with the failures that the test hands over."""

    failures: list[MailFailure] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)

    def send(self, letter: Letter, *, now: datetime, contacted: Contacted) -> None:
        assert now.tzinfo is not None
        contacted(Purpose.MAIL)
        if self.failures:
            raise self.failures.pop(0)
        self.letters.append(letter)


def ask(desk: Desk, address: str = ANN, at: datetime = NOW) -> None:
    with desk.database.transaction() as db:
        draft = Draft(address, "Your lost receipt", f"Here:\n\n{LINK}\n\nor {SECRET}\n", "en")
        asking.ask(db, seal=desk.seal, draft=draft, now=at)


def deliver(desk: Desk, post: Post | None, at: datetime = NOW, seal: Seal | None = None) -> int:
    return sending.deliver(desk.database, seal=seal or desk.seal, mailer=post, base_url=BASE, now=at)


def rows(desk: Desk, table: type = MailRow) -> list:
    with desk.database.snapshot() as db:
        return list(db.exec(select(table)))


@pytest.fixture
def asked(desk: Desk) -> Desk:
    """A site with a comment by Ann, who has lost its receipt."""
    assert ANN
    desk.check()
    ask(desk)
    return desk


def test_what_is_due_is_sent_once_and_gone(asked: Desk):
    post = Post()
    assert [deliver(asked, post) for _ in range(3)] == [1, 0, 0]
    (letter,) = post.letters
    secret = letter.text.split()[-1]
    assert letter.text == f"Here:\n\n{BASE}/receipt/mailed#{secret}\n\nor {secret}\n"
    assert rows(asked) == []
    with asked.database.snapshot() as db:
        assert figures.contacts(db, since=NOW.date()) == {"mail": 1}
        told = figures.requests(db, site_id=asked.site.site.id)
    assert told == [(RequestKind.LOST_RECEIPT, 0.0)]


def test_a_mail_that_is_not_taken_is_tried_again_with_growing_pauses_then_given_up(asked: Desk):
    post, at, pauses = Post([MailFailure("answer_421") for _ in range(9)]), NOW, []
    while waiting := rows(asked):
        assert deliver(asked, post, waiting[0].due_at - timedelta(seconds=1)) == 0
        at = waiting[0].due_at
        assert deliver(asked, post, at) == 1
        pauses += [row.due_at - at for row in rows(asked)]
    assert pauses == [MINUTE, 5 * MINUTE, 30 * MINUTE, 120 * MINUTE]
    assert len(post.failures) == 4
    assert at - NOW < timedelta(hours=24)
    assert rows(asked, MailedLinkRow) == []
    with asked.database.snapshot() as db:
        assert figures.contacts(db, since=NOW.date()) == {"mail": 5}


def test_a_mail_that_was_refused_first_arrives_with_a_link_that_works(asked: Desk):
    post = Post([MailFailure("TimeoutError")])
    deliver(asked, post)
    deliver(asked, post, NOW + MINUTE)
    (letter,) = post.letters
    with asked.database.transaction() as db:
        found = opening.open_link(db, pasted=letter.text.split()[-1], sites={}, now=NOW + MINUTE)
    assert [one.content for one in found] == [factories.KIND_WORDS]


def test_tries_that_fail_do_not_count_as_mails_to_the_address(asked: Desk):
    post = Post([MailFailure("answer_421") for _ in range(4)])
    for minutes in (0, 1, 6, 36, 156):
        deliver(asked, post, NOW + minutes * MINUTE)
    assert len(post.letters) == 1


def test_an_address_that_the_server_refuses_for_good_is_not_tried_again(asked: Desk):
    deliver(asked, Post([MailFailure("recipient_550", is_final=True)]))
    assert rows(asked) == []


def test_whoever_stops_between_taking_and_sending_leaves_the_mail_for_the_next(asked: Desk):
    class Gone(BaseException):
        pass

    class Crashing(Post):
        def send(self, letter: Letter, *, now: datetime, contacted: Contacted) -> None:
            raise Gone

    with pytest.raises(Gone):
        deliver(asked, Crashing())
    post = Post()
    assert deliver(asked, post) == 0
    assert deliver(asked, post, NOW + MINUTE) == 1
    assert len(post.letters) == 1


def test_a_mail_is_sent_while_nobody_waits_for_a_lock(asked: Desk):
    class Writing(Post):
        def send(self, letter: Letter, *, now: datetime, contacted: Contacted) -> None:
            asked.check("Somebody else comments meanwhile, at length, and is not kept waiting.")
            super().send(letter, now=now, contacted=contacted)

    assert deliver(asked, Writing()) == 1


@pytest.mark.parametrize("hours", [24, 25])
def test_a_mail_that_is_a_day_old_is_not_sent_any_more(asked: Desk, hours: int):
    post = Post()
    assert deliver(asked, post, NOW + timedelta(hours=hours)) == 1
    assert (post.letters, rows(asked)) == ([], [])


def test_a_mail_that_is_locked_with_another_secret_goes_unread(asked: Desk):
    post = Post()
    assert deliver(asked, post, seal=Seal(bytes(32))) == 1
    assert (post.letters, rows(asked)) == ([], [])


def test_where_mail_was_switched_off_meanwhile_the_row_goes(asked: Desk):
    assert deliver(asked, None) == 1
    assert rows(asked) == []


def test_no_log_line_names_an_address(asked: Desk, capsys: pytest.CaptureFixture[str]):
    deliver(asked, Post([MailFailure("answer_421")]))
    deliver(asked, Post(), NOW + MINUTE)
    ask(asked, "canary@mail.example")
    deliver(asked, None, NOW + MINUTE)
    said = capsys.readouterr()
    assert "mail.failed" in said.err + said.out
    assert "@" not in said.err + said.out


def test_what_is_over_is_forgotten_and_nothing_else(asked: Desk):
    deliver(asked, Post())
    ask(asked, at=NOW + timedelta(hours=1))
    with asked.database.transaction() as db:
        for days in (0, 31, 32):
            contacts.note(db, purpose="mail", day=(NOW - timedelta(days=days)).date())
        assert sending.forget(db, now=NOW + timedelta(hours=24, seconds=-1)) == 2
    assert (len(rows(asked)), len(rows(asked, MailedLinkRow))) == (1, 1)
    with asked.database.transaction() as db:
        assert sending.forget(db, now=NOW + timedelta(hours=24)) == 1
        assert sending.forget(db, now=NOW + timedelta(hours=25)) == 1
    assert (rows(asked), rows(asked, MailedLinkRow)) == ([], [])


def test_two_who_use_a_link_at_once_share_one_use(asked: Desk):
    post = Post()
    deliver(asked, post)
    secret = post.letters[0].text.split()[-1]
    with asked.database.transaction() as db:
        opening.open_link(db, pasted=secret, sites={}, now=NOW)
    with asked.database.transaction() as db, pytest.raises(NotFound):
        opening.open_link(db, pasted=secret, sites={}, now=NOW)


def test_the_address_stands_in_no_row(asked: Desk):
    deliver(asked, Post([MailFailure("answer_421")]))
    with asked.database.snapshot() as db:
        for table in ("mails", "mailed_links", "contacts", "subject_requests"):
            stored = [tuple(row) for row in db.connection().execute(text(f"SELECT * FROM {table}"))]
            assert ANN not in repr(stored)
            assert ANN.encode().hex() not in repr(stored)
