"""Raw mail, however broken, becomes words; the TREC index leads only to its own corpus."""

import json
from base64 import b64encode

import pytest

from training.loaders.formats import read
from training.loaders.mail import parsed
from training.loaders.markup import words
from training.loaders.rows import LoaderError, row

TWO_PARTS = b"""\
From: =?utf-8?B?%s?= <shop@mail.example>
Subject: =?iso-8859-1?Q?caf=E9?=
 today
Date: Mon, 4 Apr 2005 10:00:00 +0200
Content-Type: multipart/alternative; boundary="b"

--b
Content-Type: text/plain; charset=windows-1251
Content-Transfer-Encoding: quoted-printable

=EF=F0=E8=E2=E5=F2
--b
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: base64

%s
--b
Content-Type: application/octet-stream

never read
--b--
""" % (b64encode("Änna".encode()), b64encode(b'<p>hi <a href="https://x.example/">there</a></p>'))


def test_subject_and_text_parts_are_decoded():
    mail = parsed(TWO_PARTS)
    assert mail.subject == "café today"
    assert mail.text == "привет\nhi https://x.example/ there"
    assert mail.sender == "Änna"
    assert mail.sent_at == "2005-04-04T08:00:00+00:00"


def test_a_sender_is_never_an_address():
    for sender in (b"a@b.example", b'"a@b.example" <a@b.example>', b""):
        assert parsed(b"From: " + sender + b"\n\nx").sender is None


@pytest.mark.parametrize(
    "charset",
    [b"no-such", b"idna", b"punycode", b"unicode_escape", b"undefined", b"base64", b"rot13", b"a\0b", b'"', b"utf-8"],
)
def test_a_charset_that_lies_costs_no_words(charset):
    mail = parsed(b"Content-Type: text/plain; charset=" + charset + "\n\ncafé \\q".encode())
    assert mail.text.startswith("café")


def test_bytes_in_no_stated_charset_are_guessed():
    assert parsed(b"Subject: caf\xc3\xa9\n\ncaf\xe9 \x93quoted\x94").text == "café “quoted”"
    assert parsed(b"Subject: caf\xc3\xa9\n\nx").subject == "café"
    assert parsed("Subject: привет =?utf-8?Q?a?= \\u0041\\u\n\nx".encode()).subject.startswith("привет a ")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\0\0\0",
        b"Subject",
        b"Subject: =?utf-8?B?!?=\nDate: 99 Foo 99999 99:99\nFrom: " + b"(" * 100_000 + b"\n\nwords",
        b"Content-Type: multipart/mixed; boundary=b\n\nwords",
        b"Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n=?!words",
        b"Content-Type: text/plain\nContent-Transfer-Encoding: x-uuencode\n\nbegin\nwords",
        b"Content-Type: message/rfc822\n\n" * 3_000 + b"words",
        b"Subject: " + b"=?utf-8?Q?a?= " * 50_000 + b"\n\nwords",
        b"Content-Type: text/plain; " + b"a=b;" * 200_000 + b"\n\nwords",
    ],
)
def test_broken_mail_is_read_as_far_as_it_goes(raw):
    mail = parsed(raw)
    assert ("words" in mail.text) is raw.endswith(b"words")
    json.dumps(row("1", mail.text, "spam")).encode()


def test_lone_surrogates_do_not_reach_a_row():
    mail = parsed(b"Content-Type: text/plain; charset=utf-7\n\n+2AA- x")
    assert row("1", mail.text, "ham")["text"].encode("utf-8").endswith(b" x")


def test_markup_becomes_what_a_reader_sees_with_its_links():
    page = (
        "<html><head><title>T</title><style>p{}</style></head><body><!-- unseen --><![if x]><p>one &amp;\ntwo<br>three"
        "<script>alert('<p>')</script><img src=cid:1><img src='https://pic.example/1'></body></html>"
    )
    assert words(page) == "T\none & two\nthree https://pic.example/1"


@pytest.mark.parametrize(
    ("markup", "seen"),
    [
        ("<![x", "<![x"),
        ("<!-- never closed <b>x</b>", "never closed x"),
        ("2 < 3", "2 < 3"),
        ("</p></div>x</b>", "x"),
        ("<a b='x'>y", "y"),
    ],
)
def test_broken_markup_keeps_its_words(markup, seen):
    assert words(markup) == seen


@pytest.mark.parametrize("unit", ["<", "<a ", "<a b='", "<!--", "<![", "<!<!---->--", "</a<", "<script>", "&#"])
def test_hostile_markup_takes_no_longer_than_it_is_long(unit):
    # the standard parser alone needs two minutes for the second of these
    assert len(words(unit * (100_000 // len(unit)))) <= 100_000


def trec(folder, index, mails=("1",)):
    (folder / "full").mkdir()
    (folder / "data").mkdir()
    (folder / "full" / "index").write_text(index)
    for name in mails:
        (folder / "data" / name).write_bytes(TWO_PARTS)
    return folder


def test_a_trec_corpus_comes_in_the_order_of_its_index(tmp_path):
    rows = list(read("trec", trec(tmp_path, "spam ../data/2\n\nHAM ../data/1\n", ("1", "2"))))
    assert [(row["id"], row["label"]) for row in rows] == [("data/2", "spam"), ("data/1", "ham")]
    assert rows[0]["text"] == "café today\nпривет\nhi https://x.example/ there"
    assert (rows[0]["author"], rows[0]["created_at"]) == ("Änna", "2005-04-04T08:00:00+00:00")


def test_an_index_can_be_named_itself(tmp_path):
    index = trec(tmp_path, "spam ../data/1\n") / "full" / "index"
    assert [row["id"] for row in read("trec", index)] == ["data/1"]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("maybe ../data/1", "expected ham or spam"),
        ("spam", "expected ham or spam"),
        ("spam ../data/\0", "expected ham or spam"),
        ("spam ../../outside", "outside of the corpus"),
        ("spam /etc/hostname", "outside of the corpus"),
        ("spam ../data/link", "outside of the corpus"),
        ("spam ../data/none", "no such file"),
        ("spam ../data", "is a directory"),
    ],
)
def test_a_trec_index_that_is_wrong_is_said_in_one_line(tmp_path, line, fault):
    (tmp_path / "outside").write_text("not the corpus's")
    folder = tmp_path / "corpus"
    folder.mkdir()
    trec(folder, f"spam ../data/1\n{line}\n")
    (folder / "data" / "link").symlink_to(tmp_path / "outside")
    with pytest.raises(LoaderError, match=f"^[^\n]*{fault}[^\n]*$"):
        list(read("trec", folder))
