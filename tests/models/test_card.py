"""The model card."""

import pytest

from models.card import DataSource, ModelCard, Table

CARD = ModelCard(
    name="toy",
    version="1.0",
    purpose="For tests.",
    avoid=("everything else",),
    inputs=("the text",),
    not_inputs=("the e-mail address",),
    method=("by hand",),
    prior=0.3,
    data=(DataSource("set", "rows", "CC0", "Nobody.", "00", 1, 2, share_alike=True, use="train"),),
    tables=(Table("Figures", "A note.", ({"slice": "a", "AUC": 0.98765, "n": 3}, {"slice": "b", "AUC": None})),),
    limits=("small",),
)


def test_a_card_comes_back_from_json_as_it_was():
    assert ModelCard.from_json(CARD.to_json()) == CARD


def test_the_page_for_people_names_licences_figures_and_limits():
    page = CARD.to_markdown()
    for words in ("# toy 1.0", "Uses to avoid", "CC0 (share-alike)", "| a | 0.9877 | 3 |", "| b | – | – |", "- small"):
        assert words in page


@pytest.mark.parametrize("text", ["{}", "[]", "null", '{"name": 1}', "not json"])
def test_what_is_not_a_card_is_refused(text):
    with pytest.raises(ValueError, match=r"card|Expecting"):
        ModelCard.from_json(text)
