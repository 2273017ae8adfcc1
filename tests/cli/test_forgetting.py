"""`candor erase` and `candor retention run`, as somebody types them."""

import base64
import json
import sqlite3
from pathlib import Path

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from moderation.clock import now
from moderation.duties.checking import Checking
from moderation.duties.forgetting import terms_of
from moderation.runtime import open_database
from moderation.settings import Settings
from moderation.storage.directory import DirectoryCache
from tests.cli.conftest import Command
from tests.support.desk import Desk
from tests.support.factories import author, comment
from tests.support.fakes import FixedScorer


@pytest.fixture
def filled(candor: Command) -> Command:
    """A site with three comments of Ann's and one of Bea's."""
    assert candor("migrate").code == 0
    folder = candor.folder
    settings = Settings(
        _env_file=None,
        database_url=f"sqlite:///{folder}/data/candor.db",
        secret_key_file=folder / "data" / "secret.key",
    )
    database = open_database(settings.database_url)
    desk = Desk(database, settings.seal)
    desk.checking = Checking(settings.seal, FixedScorer(0.1), DirectoryCache(), terms=terms_of(settings))
    for number in range(3):
        desk.check(comment(f"Zanzibar tulips {number}"), now=now())
    desk.check(comment("Zebra bread", author=author(name="Bea", email="bea@example.org")), now=now())
    database.close()
    return candor


def kept(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in (folder / "data").glob("candor.db*")).lower()


def test_a_persons_comments_are_erased_and_each_proof_can_be_checked(filled: Command):
    counted = filled("erase", "--site", "blog.example", "--subject", "ann@example.org", "--dry-run", "--json").json
    assert (counted["found"], counted["erased"], counted["dry_run"], counted["proofs"]) == (3, 0, True, [])
    told = filled("erase", "--site", "blog.example", "--subject", "Ann@Example.org", "--json").json
    assert (told["found"], told["erased"], len(told["proofs"])) == (3, 3, 3)
    for proof in told["proofs"]:
        signature = proof.pop("signature")
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(signature["public_key"]))
        key.verify(base64.b64decode(signature["value"]), orjson.dumps(proof, option=orjson.OPT_SORT_KEYS))
    assert "ann@" not in json.dumps(told).casefold()
    assert (b"zanzibar" in kept(filled.folder), b"zebra" in kept(filled.folder)) == (False, True)
    checks = {check["name"]: check["level"] for check in filled("verify", "--json").json["checks"]}
    assert checks["history of blog.example"] == "ok"


@pytest.mark.parametrize("subject", ["", " ", "ann", "@example.org", "ann@"])
@pytest.mark.parametrize("verb", ["erase", "export"])
def test_what_is_no_address_is_refused_in_a_line(filled: Command, verb: str, subject: str):
    done = filled(verb, "--site", "blog.example", "--subject", subject)
    assert "named by an e-mail address" in done.complaint


def test_an_address_that_nobody_gave_erases_nothing_and_is_no_failure(filled: Command):
    done = filled("erase", "--site", "blog.example", "--subject", "nobody@example.org", "--json")
    assert (done.code, done.json["found"], done.json["erased"]) == (0, 0, 0)
    assert "nobody@" not in done.out + done.err


def test_in_words_the_proof_says_what_went_and_what_stays(filled: Command):
    said = filled("erase", "--site", "blog.example", "--subject", "bea@example.org").out
    assert "erased" in said
    assert "The receipt opens" in said
    assert "bea@" not in said


def test_a_run_deletes_what_shorter_settings_make_due_and_a_dry_run_only_counts(filled: Command):
    assert filled("retention", "run", "--json").json == {"deleted": 0, "reduced": 0}
    with sqlite3.connect(filled.folder / "data" / "candor.db") as connection:
        connection.execute("UPDATE comments SET received_at = '2026-01-01 00:00:00.000000'")
        connection.execute("UPDATE comments SET delete_published_after = '2099-01-01 00:00:00.000000'")
    connection.close()
    shorter = filled.with_(CANDOR_KEEP_CHECKED_DAYS="2")
    assert shorter("retention", "run", "--dry-run", "--json").json == {"deleted": 4, "reduced": 0, "dry_run": True}
    assert b"zanzibar" in kept(filled.folder)
    assert shorter("retention", "run", "--json").json == {"deleted": 4, "reduced": 0}
    assert b"zanzibar" not in kept(filled.folder)
    longer = filled.with_(CANDOR_KEEP_CHECKED_DAYS="900")
    assert longer("retention", "run", "--json").json == {"deleted": 0, "reduced": 0}
