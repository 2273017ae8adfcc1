"""`candor export` tells what is stored of a person's comments at a site, or of all of them."""

import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from moderation.settings import Settings
from tests.cli.conftest import Command
from tests.conftest import SECRET
from tests.support.asgi import HOME_URL, running
from tests.support.factories import KIND_WORDS, native

ANN, BEN = "ann@example.org", "ben@example.org"


@pytest.fixture
def export(candor: Command, sqlite_url: str) -> Command:
    """A site with two comments of Ann's and one of Ben's."""
    settings = Settings(_env_file=None, database_url=sqlite_url, secret_key=SECRET)
    with running(settings) as service:
        for words, email in ((KIND_WORDS, ANN), ("What a soup.", BEN), ("Thank you again.", ANN)):
            writer = {"name": "A name", "email": email, "url": "", "ip": "192.0.2.7"}
            body = native(words, author=writer)
            assert service.post("/api/v1/comments", json=body, headers=service.bearer).status_code == 201
    return candor.with_(CANDOR_DATABASE_URL=sqlite_url, CANDOR_SECRET_KEY=SECRET)


def words(lines: list[dict]) -> list[str]:
    return [line["stored"]["comments"][0]["content"] for line in lines]


def test_a_whole_site_comes_line_by_line(export: Command):
    done = export("export", "--site", HOME_URL)
    told = [json.loads(line) for line in done.out.splitlines()]
    assert words(told) == [KIND_WORDS, "What a soup.", "Thank you again."]
    assert done.err.splitlines()[-1] == "3 comments"


def test_one_person_is_found_by_the_address_and_only_that_person(export: Command):
    done = export("export", "--site", HOME_URL, "--subject", " ANN@example.org", "--json").json
    assert words(done["comments"]) == [KIND_WORDS, "Thank you again."]
    assert done["count"] == 2
    assert ANN not in json.dumps(done)
    assert export("export", "--site", HOME_URL, "--subject", "nobody@example.org", "--json").json["count"] == 0


def test_each_comment_is_signed_by_the_service(export: Command):
    done = export("export", "--site", HOME_URL, "--subject", BEN)
    told = json.loads(done.out)
    signature = told.pop("signature")
    said = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(signature["public_key"]))
    key.verify(base64.b64decode(signature["value"]), said)


def test_an_unknown_site_is_said_in_one_line(export: Command):
    assert "no site https://nowhere.example" in export("export", "--site", "https://nowhere.example").complaint
