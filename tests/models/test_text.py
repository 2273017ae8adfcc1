"""The fold: the same words look the same, and no script is destroyed."""

import random
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models import text as text_module
from models.text import LIMIT, UNTOUCHED, Counts, fold

SURVIVES = {
    "Russian": (
        "Вчера прочитал эту статью, и она мне понравилась.",
        "вчера прочитал эту статью, и она мне понравилась.",
    ),
    "short Russian words": ("А я и в школе так думал", "а я и в школе так думал"),
    "Ukrainian": ("Дякую, це їжа; ґанок у снігу", "дякую, це іжа; ґанок у снігу"),
    "Kazakh": ("Өте жақсы мақала", "өте жақсы мақала"),
    "Greek": ("Καλημέρα σας, ο ή η;", "καλημερα σασ, ο η η;"),
    "Armenian": ("Երեկ կարդացի այս հոդվածը", "երեկ կարդացի այս հոդվածը"),
    "Georgian": ("გუშინ წავიკითხე ეს სტატია", "გუშინ წავიკითხე ეს სტატია"),
    "Chinese": ("谢谢分享，用 Python3试过了", "谢谢分享,用 python3试过了"),
    "Japanese": ("ありがとうございます ガーデン、Ｗｅｂ版は○です", "ありがとうございます ガーデン、web版は○です"),
    "half-width kana": ("ｶﾞｰﾃﾞﾝ", "ガーデン"),
    "Korean": ("좋은 글 감사합니다. LG전자", "좋은 글 감사합니다. lg전자"),
    "Korean in letters": ("\u1112\u1161\u11ab\u1100\u1173\u11af", "한글"),
    "spaced Korean": ("나 는 너 를 좋 아", "나 는 너 를 좋 아"),
    "Thai": ("ขอบคุณครับ ใช้app ได้", "ขอบคุณครับ ใช้app ได้"),
    "Arabic": ("شُكْرًا جزيلا والiPhone", "شُكْرًا جزيلا والiphone"),
    "Persian, its joiners gone": ("می\u200cخواهم", "میخواهم"),
    "Hebrew": ("תודה רבה, הapp וGoogle", "תודה רבה, הapp וgoogle"),
    "Hindi": ("बहुत अच्छा लेख, ५० रुपये", "बहुत अच्छा लेख, ५० रुपये"),
    "Hindi, its joiners gone": ("क्\u200dया", "क्या"),
    "Bengali": ("খুব ভালো লেখা, ৫০kg", "খুব ভালো লেখা, ৫০kg"),
    "Tamil": ("நேற்று படித்தேன்", "நேற்று படித்தேன்"),
    "Turkish": ("Teşekkürler, çok güzel ışık, İYİ", "tesekkurler, cok guzel isik, iyi"),
    "Vietnamese": ("Cảm ơn bạn, đọc rất hay", "cam on ban, doc rat hay"),
    "Polish": ("Dziękuję, żółć i źdźbło", "dziekuje, zolc i zdzblo"),
    "German": ("Schöne Grüße, Straße", "schone gruße, straße"),
    "Icelandic": ("Þetta var gæði", "þetta var gædi"),
    "mathematics": (
        "x² + y² = z², 2·3 = 6, n! ≥ 2ⁿ, x_1^2 + 3·4, e^x",
        "x2 + y2 = z2, 2·3 = 6, n! ≥ 2n, x_1^2 + 3·4, e^x",
    ),
    "Greek of formulas": ("αx + βy = 0, 5 μm, ∑ a ≠ b", "αx + βy = 0, 5 μm, ∑ a ≠ b"),
    "code": ("for (i = 0; i < n10; i++) { a[i] = b4; } a.b.c.d", "for (i = 0; i < n10; i++) { a[i] = b4; } a.b.c.d"),
    "a list": ("1 2 3 4 5, a b c d", "1 2 3 4 5, a b c d"),
    "an abbreviation": ("the U.S.A. today, U. S. A., I. J. K. Smith", "the u.s.a. today, u. s. a., i. j. k. smith"),
    "a product": ("my mp3 and covid19 notes, 5th C3PO", "my mp3 and covid19 notes, 5th c3po"),
    "an address": ("http://a1b0c.com/x1y and a@b0c.org", "http://a1b0c.com/x1y and a@b0c.org"),
    "emoji": ("❤\ufe0f 👨\u200d👩\u200d👧 🇫🇷 1\ufe0f\u20e3", "❤ 👨👩👧 fr 1"),
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
    "Greek and Armenian in Latin words": ("bοnսs", "bonus", Counts(lookalike=2)),
    "Cherokee in a Latin word": ("Ꮯasino", "casino", Counts(lookalike=1)),
    "Lisu beside Latin": ("ꓖꓡꓳꓐꓐ now", "globb now", Counts(lookalike=5)),
    "small capitals": ("ʙᴏɴᴜꜱ", "bonus", Counts(styled=5)),
    "circled letters": ("ⓕⓡⓔⓔ", "free", Counts(styled=4)),
    "regional indicators": ("🇫 🇷 🇪 🇪", "free", Counts(styled=4, spaced=3)),
    "Kazakh letters in a Latin word": ("қөbus", "kobus", Counts(lookalike=2)),
    "tags": ("bonus\U000e0062\U000e0079", "bonus", Counts(ignorable=2)),
    "directions": ("ca\u202esi\u202cno", "casino", Counts(ignorable=2)),
    "NUL": ("ca\x00si\x00no", "casino", Counts(ignorable=2)),
    "digits at the edges": ("v14gr4", "viagra", Counts(leet=3)),
    "spaced and mixed": ("с a s i n о", "casino", Counts(lookalike=2, spaced=5)),
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


@pytest.mark.parametrize(
    "script", ["Persian, its joiners gone", "Hindi, its joiners gone", "emoji", "Japanese", "Korean"]
)
def test_what_honest_writing_needs_is_no_disguise(script):
    assert fold(SURVIVES[script][0]).counts is UNTOUCHED


def test_marks_of_direction_in_right_to_left_text_are_no_disguise():
    assert fold("תודה \u200fGoogle\u200e רבה").counts is UNTOUCHED


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


PIECES = (
    *("casino", "f r e e", "c.a.s.i.n.o", "ch3ap", "v14gr4", "$ex", "x y z w", "казино", "кaзинo", "сasinо", "я и в с"),
    *("ꓖꓡꓳ", "Ꮯasino", "σαs", "a b c d", "@me", "a@b.co", "#ff0000", "🇫🇷", "🅰", "𝐕", "ᴀ", "Ⅷ", "ﬃ", "ﷺ", "ŉ", "İ", "ß"),
    *(
        "क्\u200dष",
        "می\u200cخ",
        "\u1100\u1161\u11a8",
        "か\u3099",
        "e\u0301",
        "ᾳ",
        "\u0338",
        "\u0616",
        "\u200b",
        "\u202e",
    ),
    *("\U000e0041", "\ufe0f", "\ud800", "\x00", "\n", "  ", " ", ".", "-", "!", "0", "3", "$", "@", "a", "s", "и", "I"),
)
TEXTS = st.lists(st.sampled_from(PIECES) | st.characters(), max_size=12).map("".join)


@settings(max_examples=600, deadline=None, derandomize=True)
@given(TEXTS)
def test_a_fold_is_a_fixed_point_never_longer_than_nfkc_and_traced_in_order(text):
    folded = fold(text)
    places = folded.sources()
    assert fold(folded.text).text == folded.text
    assert len(folded.text) <= len(unicodedata.normalize("NFKC", text))
    assert len(places) == len(folded.text)
    assert places == sorted(places)
    assert all(0 <= start < end <= len(text) for start, end in places)


def test_hardly_a_text_is_traced_more_coarsely_than_by_its_clusters():
    coarse = 0
    for text in random_texts(3000):
        pieces = [text_module._clean(text[start:end]) for start, end in text_module._clusters(text)]
        coarse += "".join(pieces) != text_module._clean(text)
    assert coarse <= 6


def test_a_word_that_clusters_cannot_explain_leaves_the_others_exact():
    text = "one :\u0617\u1939 two"  # two marks that change places
    folded = fold(text)
    origin = [folded.source[start:end] for start, end in folded.sources()]
    assert origin == [*"one ", ":\u0617\u1939", ":\u0617\u1939", ":\u0617\u1939", *" two"]


def test_accents_and_disguises_point_at_their_exact_places():
    folded = fold("é c\u200bа\u0301sіno b 0 n u s")
    assert folded.text == "e casino b 0 n u s".replace("b 0 n u s", "bonus")
    assert folded.sources()[:8] == [(0, 1), (1, 2), (2, 4), (4, 6), (6, 7), (7, 8), (8, 9), (9, 10)]
    assert folded.sources()[8:] == [(10, 11), (11, 12), (13, 14), (15, 16), (17, 18), (19, 20)]


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


def test_a_caller_may_have_more_or_less_read():
    assert fold("a" * 20_000, limit=20_000).text == "a" * 20_000
    short = fold("ﷺ b u y  n o w", limit=5)
    assert (len(short.text), len(short.source), len(short.sources())) == (5, 5, 5)


HOSTILE = {
    "one Latin letter and many twins": "x " + "а" * LIMIT,
    "a long mixed word": "aш" * LIMIT,
    "a Latin word with one stranger": "a" * (LIMIT - 1) + "ш",
    "piled marks": "a" + "\u0335\u0301" * LIMIT,
    "piled Arabic marks": "ب" + "\u064b\u0651" * LIMIT,
    "jamo": "\u1100\u1161" * LIMIT,
    "singles": " a" * LIMIT,
    "dotted singles": "a ." * LIMIT,
    "leet": "a1" * LIMIT,
    "signs": "a@" * LIMIT,
    "invisible": "a\u200b" * LIMIT,
    "tags": "\U000e0041" * LIMIT,
    "invisible alone": " " + "\u200b" * LIMIT,
    "digits before a letter": "a" + "1" * (LIMIT - 5) + "a1a",
    "dots": "." * LIMIT,
    "flags": "🇦" * LIMIT,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_texts_fold_in_linear_time(text):
    """Nothing is timed here: where the fold was quadratic or cubic, these ran for minutes."""
    folded = fold(text)
    assert len(folded.sources()) == len(folded.text)
    assert fold(folded.text).text == folded.text
