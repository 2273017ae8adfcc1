"""Spelled-out words and digits for letters: what is undone, and the many honest things that look like it."""

import gzip
import json
import os
from pathlib import Path

import pytest

from models.spelling import spelled_out, unleet, unspace

LEET = {
    "ch3ap v1agra": "cheap viagra",
    "v14gr4": "viagra",
    "c4s1n0": "casino",
    "vi@gr@": "viagra",
    "0nl1ne": "online",
    "b0nus2024": "bonus2024",
    "fr33": "free",
    "casin0, now": "casino, now",
    "$ex": "sex",
    "s3x": "sex",
    "l0v3": "love",
    "pu$$y": "pussy",
    "sh!t": "shit",
    "h4x0r": "haxor",
    "(b0nus)": "(bonus)",
    "b00k": "book",
    "l34ve": "leave",
    "7h15 c4s1n0 g1v35 fr33 b0nu5": "this casino gives free bonus",
    "@nyw@y th1$ $1t3 r3@lly p@y$ you": "@nyw@y this site really pays you",
}

DIGITS_AND_SIGNS = (
    "mp3 mp3s iphone4s covid19 h1n1 i18n k8s b2b 4x4 c3po y2k ps4 ps4pro win10 3d 4d visi4d 2nd 1st 5th 1080p",
    "ipv4 sha1 utf8 n10 b4 rtx3070ti max10mins area51 web3 python3 4chan 7zip v1.0.3 1.2.3.4 10:30 3-4",
    "$5 $100k us$ $usd $user $this->x a$ 50% r&b at@ @j0hn5 me@b0x.org",
    "#ff0000 #a0b1c3 0xdeadb33f deadb0ef1 &#39;",
    "https://b0nus.example/fr33 www.c4s1no.example b0nus.com/v1agra watch?v=a1b0c1d /kld3y",
    "hello!how now!still wow!! great!and yes!!no",
    "an mp3 player, a ps5, area51, gta5 and win7 in 10mins",
    "1 2 3 4 a1 x_1^2 + 3·4 e^x 2·3 = 6",
)

SPACED = {
    "c a s i n o now": "casino now",
    "c.a.s.i.n.o": "casino",
    "f-r-e-e": "free",
    "b_o_n_u_s": "bonus",
    "v 1 @ g r a": "v1@gra",
    "к а з и н о": "казино",
    "f r e e  b o n u s": "free  bonus",
    "u.s.s.r.": "ussr.",
}

SINGLES = (
    "a b c d",
    "i.j.k.l",
    "a.b.c.d = w x y z",
    "1 2 3 4 5",
    "1.2.3.4",
    "1 a 2 b 3 c",
    "u. s. a. today",
    "i. j. k. smith",
    "x y z w",
    "x.y.z.w",
    "a*b*c*d",
    "x * y * z * w",
    "x x x x",
    "for (i = 0; i < n; i++)",
    "а я и в школе",
    "я и с ней",
    "나 는 너 를 좋 아",
    "一 二 三 四 五",
    "o u o o",
)


@pytest.mark.parametrize(("disguised", "plain"), LEET.items())
def test_digits_and_signs_inside_a_word_are_read_as_letters(disguised, plain):
    assert unleet(disguised) == plain


@pytest.mark.parametrize("honest", DIGITS_AND_SIGNS)
def test_names_numbers_addresses_and_code_keep_their_digits(honest):
    assert unleet(honest) == honest


@pytest.mark.parametrize(("disguised", "plain"), SPACED.items())
def test_a_word_spelled_out_is_joined(disguised, plain):
    assert unspace(disguised) == plain


@pytest.mark.parametrize("honest", SINGLES)
def test_lists_formulas_abbreviations_and_short_words_stay_apart(honest):
    assert unspace(honest) == honest
    assert list(spelled_out(honest)) == []


def test_a_run_tells_where_it_starts_and_what_it_becomes():
    assert list(spelled_out("buy c a s i n o and x y z w")) == [(4, "c a s i n o", "casino")]


@pytest.mark.parametrize(
    "text", ["b!ch3aps", "$!ch3aps", "a1" * 12, "a1" * 4000, "a." * 4000, "v1 " * 2000, "$a" * 4000]
)
def test_reading_twice_changes_nothing_more(text):
    assert unleet(unleet(text)) == unleet(text)
    assert unspace(unspace(text)) == unspace(text)


def honest_texts(name):
    folder = os.environ.get("CANDOR_DATA")
    if not folder:
        pytest.skip("CANDOR_DATA names no folder of shared sets")
    with gzip.open(Path(folder) / name / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [row["text"].lower() for row in rows if row["label"] != "spam"]


@pytest.mark.parametrize("name", ["youtube_spam_uci", "beer_se_comments", "sms_spam_uci", "fox_news_comments"])
def test_hardly_a_token_of_honest_comments_changes(name):
    texts = honest_texts(name)
    tokens = [token for text in texts for token in text.split()]
    changed = sum(unleet(token) != token for token in tokens)
    assert changed <= len(tokens) / 5000
    assert sum(unspace(text) != text for text in texts) <= len(texts) / 300


def test_two_disguised_words_in_a_long_text_do_not_change_its_numbers():
    text = (
        "they said sh!t and cr@p on tv, so i listened to an mp3 about area51 and played gta5 on my ps5 all night long"
    )
    assert unleet(text) == text.replace("sh!t", "shit").replace("cr@p", "crap")
