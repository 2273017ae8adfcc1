"""The fold: the same words look the same, and no script is destroyed."""

import random

import pytest

from models.text import LIMIT, UNTOUCHED, Counts, fold

SURVIVES = {
    "Russian": ("Привет, как дела? Съешь булок", "привет, как дела? съешь булок"),
    "Ukrainian": ("Дякую, це їжа", "дякую, це іжа"),
    "Greek": ("Καλημέρα σας", "καλημερα σασ"),
    "Chinese": ("谢谢分享，写得很好", "谢谢分享,写得很好"),
    "Japanese": ("ありがとうございます ガーデン", "ありがとうございます ガーデン"),
    "half-width kana": ("ｶﾞｰﾃﾞﾝ", "ガーデン"),
    "Korean": ("좋은 글 감사합니다", "좋은 글 감사합니다"),
    "spaced Korean": ("나 는 너 를 좋 아", "나 는 너 를 좋 아"),
    "Thai": ("ขอบคุณครับ ดีมาก", "ขอบคุณครับ ดีมาก"),
    "Arabic": ("شُكْرًا جزيلا", "شُكْرًا جزيلا"),
    "Hebrew": ("תודה רבה", "תודה רבה"),
    "Hindi": ("बहुत अच्छा लेख", "बहुत अच्छा लेख"),
    "Turkish": ("Teşekkürler, çok güzel ışık", "tesekkurler, cok guzel isik"),
    "German": ("Schöne Grüße", "schone gruße"),
    "mathematics": ("x² + y² = z², 2·3 = 6, n! ≥ 2ⁿ", "x2 + y2 = z2, 2·3 = 6, n! ≥ 2n"),
    "code": ("for (i = 0; i < n10; i++) { a[i] = b4; }", "for (i = 0; i < n10; i++) { a[i] = b4; }"),
    "a list": ("1 2 3 4 5", "1 2 3 4 5"),
    "an abbreviation": ("the U.S.A. today", "the u.s.a. today"),
    "a product": ("my mp3 and covid19 notes, 5th", "my mp3 and covid19 notes, 5th"),
    "an address": ("http://a1b0c.com/x1y and a@b0c.org", "http://a1b0c.com/x1y and a@b0c.org"),
}

UNDONE = {
    "case": ("Free OFFER", "free offer", Counts()),
    "full width": ("ｂｕｙ now", "buy now", Counts(styled=3)),
    "mathematical letters": ("𝐂𝐚𝐬𝐢𝐧𝐨", "casino", Counts(styled=6)),
    "squared letters": ("🅱🅾🅽🆄🆂", "bonus", Counts(styled=5)),
    "zero width": ("ca\u200bsi\u2060no", "casino", Counts(ignorable=2)),
    "soft hyphen": ("ca\u00adsino", "casino", Counts(ignorable=1)),
    "accents": ("cäsïnó", "casino", Counts()),
    "piled accents": ("c\u0336a\u0337s\u0338ino", "casino", Counts()),
    "Cyrillic in a Latin word": ("саsіnо", "casino", Counts(lookalike=4)),
    "Latin in a Russian word": ("кaзинo", "казино", Counts(lookalike=2)),
    "Greek in a Latin word": ("cαsινο", "casivo", Counts(lookalike=4)),
    "spaces": ("c a s i n o now", "casino now", Counts(spaced=5)),
    "dots": ("c.a.s.i.n.o", "casino", Counts(spaced=5)),
    "spaced Russian": ("к а з и н о", "казино", Counts(spaced=5)),
    "digits": ("ch3ap v1agra", "cheap viagra", Counts(leet=2)),
    "several at once": ("𝐕 1 𝐀 𝐆 𝐑 𝐀", "viagra", Counts(styled=5, spaced=5, leet=1)),
}


@pytest.mark.parametrize(("text", "folded"), SURVIVES.values(), ids=SURVIVES)
def test_honest_text_of_every_script_survives(text, folded):
    assert fold(text).text == folded


@pytest.mark.parametrize(("text", "folded", "counts"), UNDONE.values(), ids=UNDONE)
def test_a_disguise_is_undone_and_counted(text, folded, counts):
    assert fold(text).text == folded
    assert fold(text).counts == counts


def test_plain_text_counts_nothing():
    assert fold("A plain sentence.").counts is UNTOUCHED


@pytest.mark.parametrize("text", [case[0] for case in (*SURVIVES.values(), *UNDONE.values())])
def test_folding_twice_changes_nothing_more(text):
    once = fold(text).text
    assert fold(once).text == once


def random_texts(number):
    chance = random.Random(20261122)
    ranges = ((0x20, 0x7F), (0xA0, 0x250), (0x300, 0x370), (0x370, 0x530), (0x590, 0x700), (0x900, 0xE00))
    ranges += ((0xE00, 0xF00), (0x1100, 0x1200), (0x1E00, 0x2100), (0x3040, 0x3100), (0xAC00, 0xAC80))
    ranges += ((0xD800, 0xE000), (0xF900, 0x10000), (0x1D400, 0x1D800), (0x1F100, 0x1F700), (0xE0000, 0xE0080))
    for _ in range(number):
        yield "".join(chr(chance.randrange(*chance.choice(ranges))) for _ in range(chance.randrange(1, 14)))


def test_random_code_points_fold_to_a_fixed_form_with_a_source_for_each():
    for text in random_texts(3000):
        folded = fold(text)
        places = folded.sources()
        assert fold(folded.text).text == folded.text, ascii(text)
        assert len(places) == len(folded.text), ascii(text)
        assert all(0 <= start < end <= len(text) for start, end in places), ascii(text)
        assert places == sorted(places), ascii(text)


def test_every_folded_character_points_at_what_it_came_from():
    folded = fold("Ｂuy c a s i n o ﬁx Ⅷ")
    origin = [folded.source[start:end] for start, end in folded.sources()]
    assert folded.text == "buy casino fix viii"
    assert "".join(origin) == "Ｂuy casino ﬁﬁx ⅧⅧⅧⅧ"


@pytest.mark.parametrize("text", ["", "x", "\x00" * 5, "\ud800", "😀", "a" * 1_000_000, "ﷺ" * 9_000])
def test_any_text_folds_and_no_more_than_the_limit_is_read(text):
    folded = fold(text)
    assert len(folded.text) <= LIMIT
    assert len(folded.source) <= LIMIT
    assert len(folded.sources()) == len(folded.text)
