"""The synthetic comments."""

import pytest

from training import synthetic, templates
from training.grammar import expand
from training.spinning import spin


@pytest.fixture(scope="module")
def made(data_folder):
    return synthetic.corpus(data_folder, per_family=6, seed=3)


def test_the_same_seed_gives_the_same_comments(data_folder, made):
    assert synthetic.corpus(data_folder, per_family=6, seed=3) == made
    assert synthetic.corpus(data_folder, per_family=6, seed=4) != made


def test_nothing_is_left_unfilled(data_folder, made):
    slots = synthetic.slots_of(data_folder)
    for example in made:
        for field in (example.sample.text, example.sample.author, example.sample.author_url, *example.sample.page):
            assert not any(f"<{name}>" in field for name in slots), field
            assert "{" not in field or "`" in field, field


def test_every_family_has_both_texts_and_where_it_needs_them_authors():
    for family in synthetic.spam_families().values():
        assert family.text
        assert family.author
        assert family.url
    assert all(family.text for family in synthetic.honest_families().values())


def test_spam_and_honest_comments_both_come_with_and_without_names_sites_and_pages(made):
    for is_spam in (True, False):
        for field in ("author", "author_url", "page"):
            filled = [bool(getattr(example.sample, field)) for example in made if example.is_spam is is_spam]
            assert 0.1 < sum(filled) / len(filled) < 0.95, (is_spam, field)


def test_terms_found_in_honest_comments_are_left_out(data_folder):
    slots = synthetic.slots_of(data_folder)
    assert slots["list_word"] == ["replicashop"]
    assert slots["list_phrase"] == ["casino bonus here"]
    assert slots["list_name"] == ["cheap handbags"]


def test_dressing_keeps_the_text_and_fields_that_are_there(data_folder, made):
    dressed = synthetic.dress_all(made, data_folder, seed=1)
    for before, after in zip(made, dressed, strict=True):
        assert after.sample.text == before.sample.text
        if not before.is_spam and before.sample.author:
            assert after.sample.author == before.sample.author


def test_slot_lines_of_both_kinds_are_read(tmp_path):
    path = tmp_path / "slots.txt"
    path.write_text("# words\na = x|y\na: {p|q}=r\nb:\n", encoding="utf-8")
    assert templates.read_slots(path) == {"a": ["x", "y", "{p|q}=r"], "b": [""]}


@pytest.mark.parametrize("name", ["own_name", "own_site", "spam_url", "handle", "phone", "mail", "any_page", "url"])
def test_every_slot_can_be_written_out(data_folder, name):
    slots = synthetic.slots_of(data_folder)
    chance = synthetic._chance(1)
    assert all("<" not in expand(filling, slots, chance) for filling in slots[name])


def test_no_two_comments_have_the_same_id(made):
    assert len({example.id for example in made}) == len(made)


def test_each_language_has_spam_and_honest_comments():
    languages = {"german", "french", "spanish", "italian", "portuguese", "dutch", "russian", "polish", "turkish"}
    languages |= {"chinese", "japanese", "indonesian", "korean", "arabic_hindi"}
    assert languages <= synthetic.spam_families().keys()
    assert languages <= synthetic.honest_families().keys()


def test_spam_comes_with_and_without_links(data_folder):
    family = synthetic.spam_families()["dump"]
    slots, chance = synthetic.slots_of(data_folder), synthetic._chance(2)
    texts = [synthetic._spam_text(family, 0, slots, chance) for _ in range(60)]
    linked = [text for text in texts if "http" in text or "." in text]
    assert 30 < len(linked) < 60
    assert all(texts)


def test_spam_of_a_trade_also_stands_under_pages_about_it(data_folder):
    made = synthetic.corpus(data_folder, per_family=60, seed=5)
    pages = {" ".join(e.sample.page) for e in made if e.id.startswith("synthetic-spam-gambling-")}
    assert any("casino" in page for page in pages)
    assert any("casino" not in page for page in pages if page)


def test_families_that_haunt_pages_and_the_pages_they_haunt_exist():
    honest = synthetic.honest_families()
    assert synthetic._HAUNTS.keys() <= synthetic.spam_families().keys()
    assert all(honest[name].page for names in synthetic._HAUNTS.values() for name in names)
    assert synthetic._MORE_HONEST.keys() <= honest.keys()
    assert synthetic._MORE_OF.keys() <= synthetic.spam_families().keys()


def test_spinning_replaces_known_words_only():
    chance = synthetic._chance(1)
    assert spin("a great cat", {"great": ["grand"]}, chance, share=1.0) == "a grand cat"
    assert spin("a great cat", {"great": ["grand"]}, chance, share=0.0) == "a great cat"
