"""The maker of the table of look-alikes, on a small confusables file of our own."""

import pytest

from models.lookalikes import read_table
from training import unicode_tables
from training.unicode_tables import TableError

HEAD = "\ufeff# confusables.txt\n# Version: 99.1.0\n\n"
ROWS = {
    "a small letter": "0441 ;\t0063 ;\tMA\t# ( \u0441 → c )",
    "a capital, by its small letter": "13D9 ;\t006C ;\tMA",
    "a capital I, which the file writes as l": "A4F2 ;\t006C ;\tMA",
    "a letter with marks": "0142 ;\t006C 0338 ;\tMA",
    "m, which the file writes as rn": "2C99 ;\t0072 006E ;\tMA",
    "a symbol that encloses a letter": "212E ;\t0065 ;\tMA",
    "a sequence": "0063 0327 ;\t0063 ;\tMA",
    "an operator": "2228 ;\t0076 ;\tMA",
    "a digit": "0966 ;\t006F ;\tMA",
    "kana": "30CE ;\t006F ;\tMA",
    "the Arabic article": "0627 ;\t006C ;\tMA",
    "two letters": "00E6 ;\t0061 0065 ;\tMA",
    "a mark": "0301 ;\t006F ;\tMA",
    "what NFKC knows": "FF41 ;\t0061 ;\tMA",
}
KEPT = {
    "\u0441": ("twin", "c"),
    "\ua4f2": ("imitation", "i"),
    "\u0142": ("styled", "l"),
    "\u2c99": ("twin", "m"),
    "\u212e": ("styled", "e"),
}
LEFT_OUT = "\u2228\u0966\u30ce\u0627\u00e6\u0301\uff41"


@pytest.fixture
def source():
    return HEAD + "\n".join(ROWS.values()) + "\n"


def test_only_letters_and_enclosed_letters_become_rows(source):
    made = unicode_tables.lookalikes(source)
    assert {c: made.get(c) for c in KEPT} == KEPT
    assert [ascii(c) for c in LEFT_OUT if c in made] == []


def test_forms_of_latin_letters_are_found_by_their_names(source):
    made = unicode_tables.lookalikes(source)
    assert made["\u1d00"] == ("styled", "a")
    assert made["\U0001f171"] == ("styled", "b")


def test_a_table_is_read_back_as_it_was_made(source):
    made = unicode_tables.lookalikes(source)
    read = read_table(unicode_tables.table(source))
    assert {c: (kind, letter) for kind, row in read.items() for c, letter in row.items()} == made


def test_a_table_names_its_unicode_version_and_licence(source):
    head = unicode_tables.table(source).split("# kind")[0]
    assert "99.1.0" in head
    assert "Unicode License" in head


def test_a_table_is_written_and_counted(source, tmp_path):
    (tmp_path / "confusables.txt").write_text(source, encoding="utf-8")
    count = unicode_tables.write(tmp_path / "confusables.txt", tmp_path / "table.txt")
    assert count == len(unicode_tables.lookalikes(source))
    assert (tmp_path / "table.txt").read_text(encoding="ascii") == unicode_tables.table(source)


def test_a_file_without_a_version_is_refused():
    with pytest.raises(TableError, match="confusables"):
        unicode_tables.table("nothing of the kind\n")


def test_the_table_that_ships_has_its_licence_beside_it():
    shipped = unicode_tables.TABLE
    assert "unicode_license.txt" in shipped.read_text(encoding="ascii")
    assert "UNICODE LICENSE" in (shipped.parent / "unicode_license.txt").read_text(encoding="utf-8")
