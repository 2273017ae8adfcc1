"""The table of look-alikes: what is in it, what must not be, and letters that it lacks."""

import unicodedata

import pytest

from models.lookalikes import CYRILLIC_TWIN, IMITATIONS, LATIN_TWIN, STYLED_LATIN, latin_twin, named_letter, read_table
from models.text import fold


def script_of(character):
    return unicodedata.name(character).split()[0]


def test_a_table_row_gives_each_of_its_code_points_the_letter():
    table = read_table("# a comment\n\ntwin a 0430 03b1\nstyled b 1f171\n")
    assert table == {"twin": {"а": "a", "α": "a"}, "styled": {"\U0001f171": "b"}, "imitation": {}}


@pytest.mark.parametrize("table", [STYLED_LATIN, IMITATIONS, LATIN_TWIN])
def test_every_row_is_one_case_folded_character_and_one_latin_letter(table):
    assert table
    for character, letter in table.items():
        assert len(character) == 1
        assert character == character.casefold()
        assert letter.isascii()
        assert letter.islower()
        assert len(letter) == 1


@pytest.mark.parametrize("family", ["CJK", "HIRAGANA", "KATAKANA", "HANGUL", "THAI", "DEVANAGARI", "BENGALI"])
def test_scripts_that_stand_beside_latin_words_without_a_space_have_no_twins(family):
    assert [c for c in (*LATIN_TWIN, *STYLED_LATIN) if script_of(c) == family] == []


def test_digits_marks_and_operators_of_mathematics_are_nobodys_twin():
    kinds = {unicodedata.category(c) for c in (*LATIN_TWIN, *STYLED_LATIN)}
    assert kinds <= {"Ll", "Lu", "Lo", "Lm", "So"}


def test_the_letters_of_both_tables_are_kept_apart():
    assert STYLED_LATIN.keys() & LATIN_TWIN.keys() == set()


def test_a_cyrillic_twin_leads_back_to_its_latin_letter():
    assert {latin: latin_twin(cyrillic) for latin, cyrillic in CYRILLIC_TWIN.items()} == {c: c for c in CYRILLIC_TWIN}


@pytest.mark.parametrize(
    ("character", "letter"),
    [
        ("\u1d00", "a"),
        ("\U0001f170", "a"),
        ("\U0001f1fa", "u"),
        ("\u0250", "a"),
        ("\ua799", "f"),
        ("a", "a"),
        ("æ", ""),
        ("😀", ""),
    ],
)
def test_a_name_says_of_which_letter_a_character_is_a_form(character, letter):
    assert named_letter(character) == letter


def additions(family):
    """Letters WITH something that no table knows, and the Latin letter of their base."""
    for character in map(chr, range(0x80, 0x20000)):
        name = unicodedata.name(character, "")
        base, _, addition = name.partition(" WITH ")
        if name.startswith(family) and addition and unicodedata.category(character) in {"Ll", "Lu"}:
            letter = base_letter(base)
            if letter and character.casefold() not in LATIN_TWIN and character.casefold() not in STYLED_LATIN:
                yield character, letter


def base_letter(name):
    try:
        letter = unicodedata.lookup(name).casefold()
    except KeyError:
        return ""
    return letter if letter.isascii() else LATIN_TWIN.get(letter, "")


@pytest.mark.parametrize(("family", "fewest", "recall"), [("LATIN", 400, 0.98), ("CYRILLIC", 40, 1), ("GREEK", 150, 1)])
def test_letters_outside_the_table_are_read_by_their_base(family, fewest, recall):
    cases = list(additions(family))
    right = [fold(f"bon{character}us").text == f"bon{letter}us" for character, letter in cases]
    assert len(cases) >= fewest
    assert sum(right) >= recall * len(cases)


@pytest.mark.parametrize("character", ["\ua7da", "\U0001ccd6", "\u1e9c", "\ufdd0", "\ud800", "\U0010ffff"])
def test_a_character_that_nobody_knows_stands_for_itself(character):
    assert len(fold(f"bon{character}us").text) == len("bonus") + 1
