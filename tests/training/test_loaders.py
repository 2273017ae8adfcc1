"""Corpora in their original layouts become rows; the files here are of our own making."""

import gzip
import json
import zipfile

import pytest

from training.datasets import DatasetError
from training.loaders import archives, formats, reading
from training.loaders.formats import read, write_jsonl
from training.loaders.rows import LONGEST_TEXT, LoaderError

FIELDS = {"id", "text", "author", "author_url", "permalink", "created_at", "language", "group", "label", "site"}
JIGSAW = "id,comment_text,toxic,severe_toxic,obscene,threat,insult,identity_hate\n"
YOUTUBE = "COMMENT_ID,AUTHOR,DATE,CONTENT,CLASS\n"


def zipped(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def corpus(tmp_path, name):
    """One small corpus of each layout, with a row of each class."""
    if name == "trec":
        (tmp_path / "full").mkdir()
        (tmp_path / "data").mkdir()
        (tmp_path / "full" / "index").write_text("spam ../data/inmail.1\nham ../data/inmail.2\n")
        for number in (1, 2):
            (tmp_path / "data" / f"inmail.{number}").write_text(f"Subject: number {number}\n\nsome words\n")
        return tmp_path
    if name == "jigsaw":
        (tmp_path / "train.csv").write_text(f"{JIGSAW}a,quiet,0,0,0,0,0,0\nb,loud,1,0,0,0,1,0\n")
        return tmp_path
    if name == "enron":
        for label in ("ham", "spam"):
            (tmp_path / label).mkdir()
            (tmp_path / label / f"0001.{label}.txt").write_text("Subject: one\nbody\n")
        return tmp_path
    if name == "youtube":
        content = f"{YOUTUBE}a,Ann,2014-01-02T03:04:05,nice,0\nb,Bob,,look at me,1\n"
        return zipped(tmp_path / "youtube.zip", {"Youtube01-Psy.csv": content})
    return zipped(tmp_path / "sms.zip", {"SMSSpamCollection": "ham\tsee you\nspam\twin now\n", "readme": "words"})


@pytest.mark.parametrize("name", formats.FORMATS)
def test_every_format_yields_rows_of_one_form(tmp_path, name):
    rows = list(read(name, corpus(tmp_path, name)))
    assert len(rows) == 2
    assert all(row.keys() - {"labels"} == FIELDS for row in rows)
    assert {row["label"] for row in rows} == ({None} if name == "jigsaw" else {"ham", "spam"})


@pytest.mark.parametrize("name", formats.FORMATS)
def test_a_path_that_is_not_there_is_said_in_one_line(tmp_path, name):
    with pytest.raises(DatasetError, match=r"^[^\n]*: no such file or directory$"):
        read(name, tmp_path / "nowhere")


@pytest.mark.parametrize("name", formats.FORMATS)
def test_a_folder_or_file_of_something_else_is_said_in_one_line(tmp_path, name):
    (tmp_path / "other.txt").write_text("words")
    for path in (tmp_path, tmp_path / "other.txt"):
        with pytest.raises(LoaderError, match=r"^[^\n]+$"):
            list(read(name, path))


def test_an_unknown_format_is_told_what_there_is(tmp_path):
    with pytest.raises(LoaderError, match="trec, jigsaw, enron, youtube, sms"):
        read("mbox", tmp_path)


def test_jigsaw_labels_are_abuse_and_never_spam(tmp_path):
    rows = list(read("jigsaw", corpus(tmp_path, "jigsaw")))
    assert [row["labels"] for row in rows] == [[], ["toxic", "insult"]]
    assert [row["label"] for row in rows] == [None, None]


def test_jigsaw_rows_that_its_makers_did_not_score_are_left_out(tmp_path):
    (tmp_path / "test.csv").write_text('id,comment_text\na,"two\nlines"\nb,skipped\n')
    labels = JIGSAW.replace("comment_text,", "")
    (tmp_path / "test_labels.csv").write_text(f"{labels}a,0,0,1,0,0,0\nb,-1,-1,-1,-1,-1,-1\n")
    assert [(row["text"], row["labels"], row["group"]) for row in read("jigsaw", tmp_path)] == [
        ("two\nlines", ["obscene"], "test")
    ]


@pytest.mark.parametrize(("rows", "words"), [("b,0,0,0,0,0,0\n", "another comment"), ("", "not as many rows")])
def test_jigsaw_labels_of_other_comments_are_refused(tmp_path, rows, words):
    (tmp_path / "test.csv").write_text("id,comment_text\na,x\n")
    (tmp_path / "test_labels.csv").write_text(JIGSAW.replace("comment_text,", "") + rows)
    with pytest.raises(LoaderError, match=words):
        list(read("jigsaw", tmp_path))


def test_jigsaw_with_a_label_that_is_no_label_is_refused(tmp_path):
    (tmp_path / "train.csv").write_text(f"{JIGSAW}a,secret words,0,0,0,0,0,maybe\n")
    with pytest.raises(LoaderError, match="neither 0 nor 1") as refused:
        list(read("jigsaw", tmp_path / "train.csv"))
    assert "secret" not in str(refused.value)


def test_a_record_with_a_field_too_few_names_its_line(tmp_path):
    (tmp_path / "train.csv").write_text(f"{JIGSAW}a,x,0,0,0,0,0,0\nb,0\n")
    with pytest.raises(LoaderError, match="line 3: 2 fields instead of 8"):
        list(read("jigsaw", tmp_path))


def test_enron_mails_come_in_the_order_of_their_names_over_both_classes(tmp_path):
    for folder, label, name in (
        ("enron2", "ham", "0001.a"),
        ("enron1", "ham", "0003.c"),
        ("enron1", "spam", "0002.b"),
        ("enron1", "ham", "0001.a"),
    ):
        for each in ("ham", "spam"):
            (tmp_path / folder / each).mkdir(parents=True, exist_ok=True)
        (tmp_path / folder / label / f"{name}.txt").write_bytes(b"Subject: caf\xe9\r\nbody")
    rows = list(read("enron", tmp_path))
    assert [(row["group"], row["label"]) for row in rows] == [
        ("enron1", "ham"),
        ("enron1", "spam"),
        ("enron1", "ham"),
        ("enron2", "ham"),
    ]
    assert rows[0]["id"] == "enron1/ham/0001.a.txt"
    assert {row["text"] for row in rows} == {"café\nbody"}
    assert {row["created_at"] for row in rows} == {None}


def test_youtube_comments_know_their_video_and_lose_entities(tmp_path):
    content = f"\ufeff\n{YOUTUBE}x,Ann &amp; Bob,2014-01-02T03:04:05,you&#39;re \ufeff,0\nx,C,no date,b,1\n"
    path = zipped(
        tmp_path / "y.zip",
        {"Youtube05-Shakira.csv": content, "Youtube01-Psy.csv": YOUTUBE, "__MACOSX/Youtube01-Psy.csv": "shadow"},
    )
    first, second = read("youtube", path)
    assert (first["text"], first["author"], first["created_at"]) == ("you're", "Ann & Bob", "2014-01-02T03:04:05")
    assert first["permalink"] == "https://www.youtube.com/watch?v=pRpeEdMmmQ0"
    assert (first["id"], second["id"], second["created_at"]) == ("x", "x.2", None)


def test_a_message_without_a_label_names_its_line(tmp_path):
    path = zipped(tmp_path / "s.zip", {"SMSSpamCollection": "ham\tsee you\nsecret words\n"})
    with pytest.raises(LoaderError, match="SMSSpamCollection, line 2: expected ham or spam") as refused:
        list(read("sms", path))
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("name", ["../SMSSpamCollection", "/etc/SMSSpamCollection", "a\\..\\b", "C:\\b"])
def test_an_archive_that_leads_outside_is_refused(tmp_path, name):
    path = zipped(tmp_path / "s.zip", {"SMSSpamCollection": "ham\tx\n", name: "ham\tx\n"})
    with pytest.raises(LoaderError, match="member 2 has a path that leads outside"):
        list(read("sms", path))


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path):
    path = zipped(tmp_path / "s.zip", {"SMSSpamCollection": "ham\t" + "a" * 10_000_000})
    assert path.stat().st_size < 20_000
    with pytest.raises(LoaderError, match="zip bomb"):
        list(read("sms", path))


def test_a_member_of_absurd_size_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "LARGEST_MEMBER", 5)
    with pytest.raises(LoaderError, match="would unpack to"):
        list(read("sms", corpus(tmp_path, "sms")))


def test_an_archive_of_absurdly_many_members_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MOST_MEMBERS", 1)
    with pytest.raises(LoaderError, match="2 members"):
        list(read("sms", corpus(tmp_path, "sms")))


def test_an_archive_packed_in_another_way_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "s.zip", "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("SMSSpamCollection", "ham\tx\n")
    with pytest.raises(LoaderError, match="another way"):
        list(read("sms", tmp_path / "s.zip"))


def test_an_archive_with_a_broken_member_is_refused(tmp_path):
    path = corpus(tmp_path, "sms")
    raw = bytearray(path.read_bytes())
    start = raw.index(b"SMSSpamCollection") + len("SMSSpamCollection")
    raw[start : start + 8] = b"\xff" * 8
    path.write_bytes(raw)
    with pytest.raises(LoaderError, match="not a readable zip file"):
        list(read("sms", path))


def test_a_line_without_an_end_is_refused_and_not_read_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "LONGEST_LINE", 100)
    path = zipped(tmp_path / "s.zip", {"SMSSpamCollection": "ham\tx\nham\t" + "ab" * 100})
    with pytest.raises(LoaderError, match="line 2: longer than 100"):
        list(read("sms", path))


def test_rows_are_written_alike_each_time_and_read_back(tmp_path):
    path = corpus(tmp_path, "sms")
    for out in ("a.jsonl.gz", "b.jsonl.gz"):
        assert write_jsonl(read("sms", path), tmp_path / out) == 2
    assert (tmp_path / "a.jsonl.gz").read_bytes() == (tmp_path / "b.jsonl.gz").read_bytes()
    with gzip.open(tmp_path / "a.jsonl.gz", "rt", encoding="utf-8") as lines:
        assert [json.loads(line) for line in lines] == list(read("sms", path))


def test_a_failure_on_the_way_leaves_no_file(tmp_path):
    path = zipped(tmp_path / "s.zip", {"SMSSpamCollection": "ham\tx\nbroken\n"})
    with pytest.raises(LoaderError):
        write_jsonl(read("sms", path), tmp_path / "out.jsonl.gz")
    assert [file.name for file in tmp_path.iterdir()] == ["s.zip"]


def test_rows_that_cannot_be_written_are_said_in_one_line(tmp_path):
    with pytest.raises(LoaderError, match="no such file or directory"):
        write_jsonl([], tmp_path / "nowhere" / "out.jsonl.gz")


def test_a_text_of_a_megabyte_is_cut(tmp_path):
    (tmp_path / "ham").mkdir()
    (tmp_path / "spam").mkdir()
    (tmp_path / "ham" / "1.txt").write_text("Subject: s\n" + "word " * 300_000)
    assert [len(row["text"]) for row in read("enron", tmp_path)] == [LONGEST_TEXT]
