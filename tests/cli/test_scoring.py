"""`candor score` and `candor check` on what files of history hold, whole and broken."""

import gzip
import json
import random

import pytest

from tests.conftest import SECRET
from tests.support.factories import KIND_WORDS, SPAM_WORDS, native

MANY = 1_500  # more than two chunks


def lines(*rows: object) -> bytes:
    return b"".join((row if isinstance(row, bytes) else json.dumps(row).encode()) + b"\n" for row in rows)


def answers(done) -> list[dict]:
    return [json.loads(line) for line in done.out.splitlines()]


@pytest.fixture
def many() -> bytes:
    dice = random.Random(7)
    words = (KIND_WORDS + " " + SPAM_WORDS).split()
    rows = (
        {"id": f"c{number}", "text": " ".join(dice.choices(words, k=30)), "author": "Ann"} for number in range(MANY)
    )
    return lines(*rows)


def test_each_comment_gets_its_score_in_the_same_order(candor, many):
    done = candor.process("score", stdin=many)
    found = answers(done)
    assert (done.code, done.err) == (0, "")
    assert [answer["id"] for answer in found] == [f"c{number}" for number in range(MANY)]
    assert all(answer.keys() == {"id", "score", "verdict"} for answer in found)
    assert all((answer["score"] >= 0.7) == (answer["verdict"] == "hold") for answer in found)
    assert not list(candor.folder.iterdir())  # neither a database nor a secret is needed


def test_a_file_a_packed_file_and_standard_input_score_alike(candor, many):
    (candor.folder / "plain.jsonl").write_bytes(many)
    (candor.folder / "packed.jsonl.gz").write_bytes(gzip.compress(many))
    outs = {candor("score", "plain.jsonl").out, candor("score", "packed.jsonl.gz").out}
    assert outs == {candor("score", stdin=gzip.compress(many)).out}


def test_spam_scores_above_a_kind_comment_and_says_why(candor):
    kind, spam = answers(candor("score", "--explain", stdin=lines({"text": KIND_WORDS}, {"text": SPAM_WORDS})))
    assert kind["score"] < 0.5
    assert spam["score"] > 0.7
    assert (kind["verdict"], spam["verdict"]) == ("publish", "hold")
    assert spam["reasons"][0].keys() == {"code", "text", "weight", "spans"}
    assert all(reason["weight"] > 0 for reason in spam["reasons"])


BROKEN = [
    (b"not json", {}, "not JSON"),
    (b"[1]", {}, "not a JSON object"),
    (b'"text"', {}, "not a JSON object"),
    (b'{"id": 7}', {"id": 7}, "no text"),
    (b'{"id": "a", "text": null}', {"id": "a"}, "no text"),
    (b'{"id": "a", "text": 5}', {"id": "a"}, "text must be a string"),
    (b'{"id": "a", "text": "x", "author": 5}', {"id": "a"}, "author must be a string"),
    (b'{"id": "a", "text": "x", "context": 5}', {"id": "a"}, "context must be an object"),
    (b'{"text": "\xff"}', {}, "not UTF-8"),
    (b'{"text": "x", "id": NaN}', {}, "not JSON"),
    (b'{"text": "x", "id": 1e999}', {}, "not JSON"),
    (b'{"text": "x", "text": "y"}', {}, "same name twice"),
    (b"[" * 100_000, {}, "not JSON"),
    (b'{"text": "' + b"x" * 3_000_000 + b'"}', {}, "longer than"),
]


def test_a_broken_line_is_answered_in_its_place_and_the_others_are_scored(candor):
    good = {"id": "good", "text": KIND_WORDS}
    rows = [row for line, _, _ in BROKEN for row in (good, line)]
    done = candor("score", stdin=lines(*rows))
    found = answers(done)
    assert done.code == 1
    assert done.err.splitlines() == [
        f"candor: {len(BROKEN)} of the lines could not be read; they stand in the output with their number and error"
    ]
    assert [answer["id"] for answer in found[::2]] == ["good"] * len(BROKEN)
    for number, (answer, (_, known, said)) in enumerate(zip(found[1::2], BROKEN, strict=True), 1):
        assert said in answer.pop("error")
        assert answer == known | {"line": 2 * number}


@pytest.mark.parametrize(
    "row",
    [
        {"text": ""},
        {"text": "\x00"},
        {"text": "x" * 70_000},
        {"text": "half a pair \ud83d", "author": "\udc00"},
        {"text": "x", "author": None, "author_url": None, "context": None},
        {"text": "x", "author": "n" * 5_000, "author_url": "http://" + "u" * 5_000},
        {"text": "x", "context": "a page about soup"},
        {"text": "x", "context": ["soup", "autumn"]},
        {"text": "x", "context": {"title": "Soup", "tags": ["soup"], "excerpt": "…"}},
        {"content": "as the native API takes it", "author": {"name": "Ann", "url": "https://ann.example"}},
        {"text": "x", "user_ip": 5, "created_at": [], "label": "perhaps", "unknown": {"deep": []}},
    ],
    ids=lambda row: json.dumps(row)[:40],
)
def test_whatever_a_row_holds_beside_its_text_it_is_scored(candor, row):
    done = candor("score", stdin=b"\xef\xbb\xbf" + lines(row) + b"\n  \n")
    (answer,) = answers(done)
    assert done.code == 0
    assert 0 <= answer["score"] <= 1


def test_a_damaged_file_answers_what_was_readable_and_says_where_it_broke(candor, many):
    (candor.folder / "cut.gz").write_bytes(gzip.compress(many)[:-2_000])
    done = candor("score", "cut.gz")
    assert done.code == 1
    assert done.err.startswith("candor: cut.gz: it is damaged (after line ")
    assert len(answers(done)) == int(done.err.split("line ")[1].split(")")[0]) > 0


def test_a_missing_file_and_a_model_that_is_none_are_one_line(candor):
    assert "missing.jsonl: No such file" in candor("score", "missing.jsonl").complaint
    assert "refused" in candor("score", "--model", ".", stdin=lines({"text": "x"})).complaint


def test_nothing_in_gives_nothing_out(candor):
    done = candor("score")
    assert (done.code, done.out, done.err) == (0, "", "")


def test_check_says_what_the_native_door_says(candor, service):
    here = candor.with_(CANDOR_DATABASE_URL=service.runtime.settings.database_url, CANDOR_SECRET_KEY=SECRET)
    for words in (KIND_WORDS, SPAM_WORDS, "  "):
        body = native(words, context={"title": "Soup", "tags": ["soup"]}, form={"honeypot": ""})
        told = service.post("/api/v1/checks", json=body, headers=service.bearer).json()
        assert here("check", "--site", str(service.site.id), stdin=json.dumps(body)).json == told
        assert here.ok("check", "--site", str(service.site.id), stdin=json.dumps(body)) == told
    assert service.get("/api/v1/comments", headers=service.bearer).json()["items"] == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("", "not JSON"),
        ("[]", "not a JSON object"),
        ('{"author": "Ann"}', "no text"),
        (json.dumps({"text": "x" * 65_537}), "content is longer than 65536"),
        (json.dumps({"text": "a\x00b"}), "content holds a NUL"),
        (json.dumps({"text": "x", "author": {"name": "n" * 251}}), "author.name is longer than 250"),
        (json.dumps({"text": "x", "form": "filled"}), "form must be an object"),
    ],
)
def test_check_refuses_what_the_service_would_refuse(candor, add_site, given, said):
    add_site()
    assert said in candor("check", "--site", "blog.example", stdin=given).complaint
