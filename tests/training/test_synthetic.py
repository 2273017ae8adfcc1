"""The synthetic comments."""

import pytest

from training import synthetic, templates
from training.grammar import expand


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
