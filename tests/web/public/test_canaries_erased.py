"""After an erasure no marked value is left: not in a table, the index, the file, its log, a copy, or an old copy."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import select

from moderation import clock, egress, telemetry
from moderation.clock import new_id
from moderation.duties import forgetting, keeping
from moderation.duties.forgetting import terms_of
from moderation.duties.mailing import sending
from moderation.storage.database import Database, Db
from moderation.storage.fields import FIELDS
from moderation.storage.ledger import email_code
from moderation.storage.rights_tables import AppealRow
from moderation.storage.search import fold
from moderation.storage.tables import CommentRow
from moderation.vocabulary import ErasedBy, State
from tests.support.asgi import Service
from tests.web.public.test_canaries import EVERY, IPV4, IPV6, NATIVE, _fly, _guises, _stored

APPEAL = "Canaryappeal: I meant it well"
REPLY = "Canaryreply: we looked again"
PARTS = ("203.0.113", "2001:db8:beef")


@pytest.fixture
def flown(service_on_both: Service) -> Service:
    """Every canary has flown in through both doors, and the first comment was appealed and labelled."""
    return _live(service_on_both)


def _live(service: Service) -> Service:
    _fly(service)
    with service.runtime.database.transaction() as db:
        row = db.exec(select(CommentRow).order_by(CommentRow.id).limit(1)).one()
        ids = {"id": new_id(), "site_id": row.site_id, "comment_id": row.id}
        now = clock.now()
        db.add(AppealRow(**ids, decision_id=row.decision_id, opened_at=now, text=APPEAL, heard_at=now, reply=REPLY))
    return service


def _erase_all(service: Service) -> None:
    with service.runtime.database.transaction() as db:
        for row in db.exec(select(CommentRow).where(CommentRow.state != State.ERASED)):
            seal = service.runtime.settings.seal
            forgetting.erase(db, seal=seal, row=row, by=ErasedBy.AUTHOR, now=clock.now())


def _codes(service: Service) -> Iterator[str]:
    """What this service's own keys make of the addresses and the comments, as it is stored before."""
    seal, site_id = service.runtime.settings.seal, service.site.id
    for name in ("author.email", "comment_author_email"):
        yield email_code(seal, site_id, EVERY[name].value) or ""
    with service.runtime.database.snapshot() as db:
        for row in db.exec(select(CommentRow)):
            yield from (row.fingerprint, row.likeness, row.page_digest)


def _left(service: Service, wanted: list[str]) -> set[tuple[str, str]]:
    values = [(column, value.casefold()) for column, value in _stored(service)]
    return {(column, one) for one in wanted for column, value in values if one.casefold() in value}


def _marks() -> list[str]:
    values = [canary.value for canary in EVERY.values()] + [APPEAL, REPLY, *PARTS]
    return [guise for value in values for guise in _guises(value)]


def _words() -> list[str]:
    return [fold(canary.value).split()[0] for name, canary in NATIVE.items() if name in {"content", "author.name"}]


def test_nothing_that_was_stored_before_is_stored_after(flown: Service):
    codes = [code for code in _codes(flown) if code]
    assert _left(flown, [APPEAL, REPLY]) == {("appeals.text", APPEAL), ("appeals.reply", REPLY)}
    assert {column for column, _ in _left(flown, codes)} >= {"comments.author_email_code", "comments.fingerprint"}
    _erase_all(flown)
    assert _left(flown, _marks()) == set()
    assert _left(flown, codes) == set()
    assert _left(flown, _words()) == set()


def test_what_is_left_is_what_the_page_lists_of_a_tombstone(flown: Service):
    _erase_all(flown)
    with flown.runtime.database.snapshot() as db:
        rows = list(db.exec(select(CommentRow)))
    kept = {name for row in rows for name, value in row.model_dump().items() if value not in (None, "", [], 0, False)}
    assert kept == {
        *("id", "site_id", "state", "channel", "erased_by", "decided_by", "received_at", "changed_at", "reduce_after"),
        *("decision_id", "decision_digest", "receipt_locator", "receipt_digest"),
    }
    assert all(f"comments.{name}" in FIELDS for name in kept)


def test_the_file_its_log_and_a_copy_made_after_hold_none_of_it(service: Service, tmp_path: Path):
    _live(service)
    database = service.runtime.database
    old = tmp_path / "old.copy"
    list(keeping.keep(database, old, now=clock.now(), kept=timedelta(days=14)))
    assert APPEAL.casefold().encode() in old.read_bytes().lower()
    _erase_all(service)
    assert sum(forgetting.settle(database)) > 0
    assert _in_bytes(tmp_path.glob("candor.db*")) == []
    list(keeping.keep(database, tmp_path / "new.copy", now=clock.now()))
    assert _in_bytes([tmp_path / "new.copy"]) == []


def test_an_older_copy_brings_nothing_back(service: Service, tmp_path: Path):
    _live(service)
    database, old = service.runtime.database, tmp_path / "old.copy"
    list(keeping.keep(database, old, now=clock.now(), kept=timedelta(days=14)))
    _erase_all(service)
    _restore(service, database, old)
    sum(forgetting.settle(database))
    assert _left(service, _marks()) == set()
    assert _in_bytes(tmp_path.glob("candor.db*")) == []


def test_what_an_old_copy_holds_of_an_address_is_what_the_columns_hold(service: Service, tmp_path: Path):
    _live(service)
    list(keeping.keep(service.runtime.database, tmp_path / "copy", now=clock.now()))
    said = (tmp_path / "copy").read_bytes().lower()
    for name, canary in EVERY.items():
        assert (canary.value.casefold().encode() in said) is bool(canary.columns), name
    assert (IPV4.encode() in said, IPV6.encode() in said) == (False, False)


def test_neither_log_nor_figures_nor_proof_hold_a_canary(service: Service, capfd: pytest.CaptureFixture[str]):
    _live(service)
    with service.runtime.database.transaction() as db:
        proofs = [
            forgetting.erase(db, seal=service.runtime.settings.seal, row=row, by=ErasedBy.SITE, now=clock.now())
            for row in db.exec(select(CommentRow))
        ]
    printed = "".join(capfd.readouterr()) + telemetry.metrics().decode() + str([one.as_json() for one in proofs])
    assert "canary" not in printed.casefold()


def _restore(service: Service, database: Database, old: Path) -> None:
    settings = service.runtime.settings

    def then(db: Db) -> None:
        forgetting.sweep_all(db, seal=lambda: settings.seal, terms=terms_of(settings), now=clock.now())

    list(keeping.put_back(database, old, seal=settings.seal, now=clock.now(), then=then, force=True))


def _in_bytes(paths) -> list[str]:
    said = b"".join(path.read_bytes() for path in paths).lower()
    return [mark for mark in _marks() + _words() if mark.casefold().encode() in said]


def test_a_mailed_address_is_in_the_outbox_and_in_no_row_file_or_copy(
    make_service: Callable[..., Service], tmp_path: Path
):
    outbox = tmp_path / "outbox"
    service = _fly(make_service(mail_outbox=outbox))
    address = EVERY["author.email"].value
    assert service.post("/receipt/lost", data={"email": address}).is_success
    guises = _guises(address)
    assert _count(service, "mails") == 1
    assert _left(service, guises) == set()
    list(keeping.keep(service.runtime.database, tmp_path / "copy", now=clock.now()))
    said = b"".join(path.read_bytes() for path in [*tmp_path.glob("candor.db*"), tmp_path / "copy"]).lower()
    assert [guise for guise in guises if guise.casefold().encode() in said] == []
    use = service.runtime.settings
    while sending.deliver(
        service.runtime.database, seal=use.seal, mailer=egress.mailer(use), base_url=use.base_url, now=clock.now()
    ):
        pass
    (letter,) = [path.read_text().casefold() for path in outbox.iterdir()]
    assert address.casefold() in letter
    others = [canary.value for name, canary in EVERY.items() if name != "author.email"]
    assert [value for value in others if value.casefold() in letter] == []
    assert (_count(service, "mails"), _left(service, guises)) == (0, set())


def _count(service: Service, table: str) -> int:
    with service.runtime.database.snapshot() as db:
        return db.connection().execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
