"""Words are found again on both databases alike, by whoever's site they were written at, and operators are words."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import inspect, select, text

from moderation.clock import Id, new_id
from moderation.storage import search
from moderation.storage.database import Database, Db
from moderation.storage.search import Wanted, Words, fold, words_of
from moderation.vocabulary import Channel
from tests.support import factories
from tests.support.databases import is_postgres
from tests.support.desk import Desk
from tests.support.factories import author, comment

SITE = new_id()
TEXTS = {
    "soup": "Thank you for the récipe, my CHILDREN loved the soup!",
    "shop": "Cheap watches at https://watches.example/buy?x=1 and www.bonus-casino.example now",
    "straße": "In der Straße von Zürich; naïve Ærger, ﬁne ﬂour, x² and ½",
    "hindi": "हिन्दी में लिखा हुआ",
    "thai": "ขอบคุณครับ",
    "cheap": "ซื้อนาฬิการาคาถูกที่นี่",
    "weather": "今天天气很好我们去买watch手表吧！Really好",
    "hiragana": "このスープはとても美味しいです。ﾗｰﾒﾝも",
    "khmer": "សូមអរគុណច្រើន",
    "burmese": "ကျေးဇူးတင်ပါတယ်",
    "operators": 'He said "NEAR" and OR and NOT *, &|! :* (nothing) -- 1=1',
    "numbers": "Call 030 1234567, version 2.0, 1e5 times, 3d, a1b2",
    "punycode": "Log in at http://xn--pple-43d.com/ first",
    "look-alike": "Log in at http://b\u0430nk.example/ first",
    "wide": "Log in at http://\uff25\uff36\uff29\uff2c\uff0eexample/ first",
    "hidden": "Log in at http://ha\u200brm\u3002example/ first",
    "blank": " \n\t ",
    "signs": "?!… —",
}


def found(db: Db, wanted: Wanted | str, site_id: Id = SITE) -> set[Id]:
    asked = wanted if isinstance(wanted, Wanted) else Wanted(wanted)
    matching = search.matching(db, site_id=site_id, wanted=asked)
    return set(db.connection().execute(select(matching.comment_id)).scalars())


@pytest.fixture
def ids(database: Database) -> dict[str, Id]:
    """The texts by their names, as comments of one site; by Ann, whose address is ann.example."""
    known = {name: new_id() for name in TEXTS}
    with database.transaction() as db:
        search.put(db, [words(known[name], content) for name, content in TEXTS.items()])
    return known


@pytest.mark.parametrize("said", ["王小明", "王小", "小明", "明", "小", "明 Zoe", "王小明 zo"])
def test_a_name_without_spaces_is_found_by_any_part_of_it(database: Database, said: str):
    ours, other = new_id(), new_id()
    with database.transaction() as db:
        search.put(db, [words(ours, "Soup", "王小明 Zoë"), words(other, "Soup", "王大生 Zoë")])
        assert found(db, Wanted(author=said)) == found(db, said) == {ours}


def words(id_: Id, content: str, name: str = "Ann Müller", url: str = "https://ann.example", site: Id = SITE) -> Words:
    return Words(id_, site, content, name, url)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("soup", {"soup"}),
        ("SOUP", {"soup"}),
        ("soup children", {"soup"}),
        ("children watches", set()),
        ("sou", {"soup"}),
        ("ou", set()),
        ("chil soup", set()),
        ("soup chil", {"soup"}),
        ("recipe", {"soup"}),
        ("récipe", {"soup"}),
        ("strasse", {"straße"}),
        ("STRASSE zurich", {"straße"}),
        ("fine flour", {"straße"}),
        ("x2", {"straße"}),
        ("हिन्दी", {"hindi"}),
        ("लिखा में", {"hindi"}),
        ("द", set()),
        ("ขอบคุณครับ", {"thai"}),
        ("คุณ", {"thai"}),
        ("ราคาถูก", {"cheap"}),
        ("ที่นี่ ราคา", {"cheap"}),
        ("今天", {"weather"}),
        ("天气", {"weather"}),
        ("气很好我们", {"weather"}),
        ("今天气", set()),
        ("天天天", set()),
        ("天", {"weather"}),
        ("吧", {"weather"}),
        ("买watch", {"weather"}),
        ("watch手表 天气", {"weather"}),
        ("手表 天", {"weather"}),
        ("好 really", {"weather"}),
        ("手 天气", {"weather"}),
        ("手表吧r", {"weather"}),
        ("スープ", {"hiragana"}),
        ("美味", {"hiragana"}),
        ("ラーメン", {"hiragana"}),
        ("អរគុណ", {"khmer"}),
        ("တင်ပါ", {"burmese"}),
        ("030", {"numbers"}),
        ("12345", {"numbers"}),
        ("1e5", {"numbers"}),
        ("3d a1", {"numbers"}),
        ("bonus-casino", {"shop"}),
        ("harm", {"hidden"}),
        ("a a", {"numbers", *TEXTS}),
    ],
)
def test_words_are_found_without_case_and_accents_the_last_one_as_a_beginning(
    database: Database, ids: dict[str, Id], said: str, expected: set[str]
):
    with database.snapshot() as db:
        names = {name for name, id_ in ids.items() if id_ in found(db, said)}
    assert names == (set() if said == "a a" else expected)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Wanted(author="ann"), set(TEXTS)),
        (Wanted(author="ann mull"), set(TEXTS)),
        (Wanted(author="muller ann"), set()),
        (Wanted(author="soup"), set()),
        (Wanted(host="ann.example"), set(TEXTS)),
        (Wanted(host="watches.example"), {"shop"}),
        (Wanted(host="www.bonus-casino.exam"), {"shop"}),
        (Wanted(host="example.watches"), set()),
        (Wanted(host="xn--pple-43d.com"), {"punycode"}),
        (Wanted(host="\u0430pple.com"), {"punycode"}),
        (Wanted(host="http://\u0430pple.com/"), {"punycode"}),
        (Wanted(host="xn--bnk-6cd.example"), {"look-alike"}),
        (Wanted(host="b\u0430nk.exam"), {"look-alike"}),
        (Wanted(host="bank.example"), set()),
        (Wanted(host="evil.example"), {"wide"}),
        (Wanted(host="harm.example"), {"hidden"}),
        (Wanted(host="children"), set()),
        (Wanted("soup", author="ann", host="ann.example"), {"soup"}),
        (Wanted("soup", author="ben"), set()),
        (Wanted("watches ann"), {"shop"}),
        (Wanted("soup", author="?!", host="…"), {"soup"}),
    ],
    ids=lambda value: " ".join(sorted(value)) if isinstance(value, set) else str(value),
)
def test_authors_and_hosts_are_found_by_words_in_a_row(
    database: Database, ids: dict[str, Id], wanted: Wanted, expected: set[str]
):
    with database.snapshot() as db:
        assert {name for name, id_ in ids.items() if id_ in found(db, wanted)} == expected


OPERATORS = [
    '" OR 1=1', "NEAR(", "NEAR(soup, 5)", "soup*", "*", ":*", "soup:*", "&|!", "soup & !children", "soup | watches",
    "NOT soup", "soup NOT children", "content:soup", "{content} : soup", "^soup", "(soup", "soup)", "-soup", "+soup",
    '"soup', "'; DROP TABLE search; --", "soup <-> loved", "soup:A", "\\", "%", "_", "soup OR watches", "site_id:",
]  # fmt: skip


@pytest.mark.parametrize("said", OPERATORS)
def test_what_an_index_takes_for_an_operator_is_a_word_or_nothing(database: Database, ids: dict[str, Id], said: str):
    plain = " ".join(words_of(said))
    with database.snapshot() as db:
        for wanted in (Wanted(said), Wanted(author=said), Wanted(host=said)):
            if wanted.is_empty:
                with pytest.raises(ValueError, match="nothing to search for"):
                    found(db, wanted)
            else:
                same = Wanted(*[plain if said_ else "" for said_ in (wanted.anywhere, wanted.author, wanted.host)])
                assert found(db, wanted) == found(db, same)
        assert found(db, 'NEAR "or" not') == {ids["operators"]}


@pytest.mark.parametrize(
    "said", ["x" * 501, "é" * 3_000, "漢" * 70_000, "soup " * 5_000, "😀" * 50, "a" * 40 + " b" * 40]
)
def test_a_query_of_any_length_finds_or_does_not(database: Database, ids: dict[str, Id], said: str):
    with database.snapshot() as db:
        for wanted in (Wanted(said), Wanted(author=said), Wanted("soup", host=said)):
            if not wanted.is_empty:
                found(db, wanted)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=60), st.randoms())
def test_any_text_can_be_stored_and_found_by_its_own_words(database: Database, content: str, chance: Any):
    id_ = new_id()
    with database.transaction() as db:
        search.put(db, [words(id_, content, content, content)])
        for wanted in (Wanted(content), Wanted(author=content), Wanted(host=content)):
            assert wanted.is_empty or found(db, wanted) <= {id_}
        plain = [word for word in words_of(content) if word.isascii()]
        chance.shuffle(plain)
        assert not plain or id_ in found(db, " ".join(plain))
        search.drop(db, site_id=SITE, comment_id=id_)


def test_two_sites_find_their_own_only(database: Database, ids: dict[str, Id]):
    other, theirs = new_id(), new_id()
    with database.transaction() as db:
        search.put(db, [words(theirs, "Our soup", site=other)])
        assert found(db, "soup") == {ids["soup"]}
        assert found(db, "soup", other) == {theirs}
        assert found(db, other.hex) == found(db, f'soup" site_id : "{other.hex}') == set()
        search.drop(db, site_id=other, comment_id=ids["soup"])
        assert found(db, "soup") == {ids["soup"]}


def test_new_words_take_the_old_ones_place(database: Database, ids: dict[str, Id]):
    with database.transaction() as db:
        search.renew(db, [words(ids["soup"], "Stew"), words(ids["soup"], "Bread"), words(ids["shop"], "Bread")])
        assert (found(db, "soup"), found(db, "stew")) == (set(), set())
        assert found(db, "bread") == {ids["soup"], ids["shop"]}


def test_what_is_dropped_is_gone(database: Database, ids: dict[str, Id]):
    with database.transaction() as db:
        for id_ in ids.values():
            search.drop(db, site_id=SITE, comment_id=id_)
        assert found(db, Wanted(author="ann")) == set()
        assert db.connection().execute(text("SELECT count(*) FROM search")).scalar_one() == 0


def test_a_comment_s_words_go_with_it_from_its_first_day_on(desk: Desk):
    site_id = desk.site.site.id
    checked = desk.check(comment("Soup", external_id="1", author=author(name="Zoë")), channel=Channel.API)
    with desk.database.snapshot() as db:
        assert found(db, Wanted("soup", author="zoe"), site_id) == {checked.comment_id}
    desk.edit("1", "Stew")
    with desk.database.snapshot() as db:
        assert found(db, "soup", site_id) == set()
        assert found(db, Wanted("stew", author="ann"), site_id) == {checked.comment_id}


def test_a_comment_that_is_stored_and_edited_in_one_batch_has_its_last_words(desk: Desk):
    native = {"channel": Channel.API, "is_edit": True}
    said = ["Soup", "Stew", "Bread"]
    results = desk.record(*[desk.submission(comment(one, external_id="1"), **native) for one in said])
    (id_,) = {result.comment_id for result in results}
    with desk.database.snapshot() as db:
        assert [found(db, one, desk.site.site.id) for one in said] == [set(), set(), {id_}]


def test_a_text_that_unfolds_to_a_megabyte_is_stored_like_any_other(desk: Desk):
    """PostgreSQL refuses such a vector, and with it would have refused the whole batch that the comment is in."""
    unfolding = factories.unfolding()
    hostile, _ = desk.record(desk.submission(comment(unfolding)), desk.submission(comment("Soup")))
    with desk.database.snapshot() as db:
        assert found(db, unfolding[:100], desk.site.site.id) == {hostile.comment_id}


def test_the_longest_text_without_spaces_is_stored_and_found(desk: Desk):
    """Every pair of it is another word: twice as many letters as the text has, and PostgreSQL's bound is a megabyte."""
    letters = "".join(map(chr, (*range(0x4E00, 0x9FA6), *range(0x20000, 0x2A6D7)))) * 2
    (long,) = desk.record(desk.submission(comment(letters[:65_536])))
    with desk.database.snapshot() as db:
        for said in (letters[100:103], letters[100:500]):
            assert found(db, said, desk.site.site.id) == {long.comment_id}


def test_places_follow_time(database: Database, ids: dict[str, Id]):
    with database.snapshot() as db:
        matching = search.matching(db, site_id=SITE, wanted=Wanted(author="ann"))
        rows = db.connection().execute(select(matching.comment_id, matching.place).order_by(matching.place)).all()
    assert [row[0] for row in rows] == sorted(ids.values())
    assert [row[1] for row in rows] == [matching.place_of(row[0]) for row in rows]


def test_the_index_of_words_is_what_each_database_is_best_at(database: Database):
    with database.snapshot() as db:
        if is_postgres(database):
            indexes = {index["name"] for index in inspect(database.engine).get_indexes(search.TABLE)}
            assert indexes == {"ix_search_words"}
        else:
            made = db.connection().execute(text("SELECT sql FROM sqlite_master WHERE name = 'search'")).scalar_one()
            assert "fts5(comment_id UNINDEXED, site_id, content, author, host)" in made


@given(st.text(max_size=80))
def test_a_folded_text_is_words_with_single_spaces_and_stays_so(said: str):
    folded = fold(said)
    assert folded == folded.strip() == " ".join(folded.split())
    assert set("".join(folded.split())) <= {sign for sign in folded if sign.isalnum()}
