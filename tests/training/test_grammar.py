"""Templates are written out."""

import random

import pytest

from training.grammar import expand

SLOTS = {"who": ["Ann"], "greeting": ["{hi|hello} <who>"]}


def test_choices_and_slots_are_filled_also_inside_each_other():
    found = {expand("<greeting>{!|.}", SLOTS, random.Random(seed)) for seed in range(40)}
    assert found == {"hi Ann!", "hi Ann.", "hello Ann!", "hello Ann."}


def test_what_is_no_slot_stays():
    assert expand("<strong>{a}</strong>", SLOTS, random.Random(1)) == "<strong>a</strong>"


def test_a_template_without_end_is_an_error():
    with pytest.raises(ValueError, match="come to an end"):
        expand("<loop>", {"loop": ["x<loop>"]}, random.Random(1))
