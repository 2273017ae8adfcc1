"""No near-duplicate stands on both sides of a split."""

from models.features import Sample
from training.datasets import Example
from training.splits import blocks, held_out


def example(number, text, group, source="a"):
    return Example(f"{source}-{number}", Sample(text), False, source, "en", f"{source}/{group}")


def test_examples_of_one_group_are_one_block():
    found = blocks([example(1, "one", "g"), example(2, "two", "g"), example(3, "three", "h")])
    assert found[0] == found[1] != found[2]


def test_equal_folded_texts_of_two_sets_are_one_block():
    found = blocks([example(1, "Buy NOW, cásino!", "g"), example(1, "buy now: CASINO", "h", source="b")])
    assert found[0] == found[1]


def test_blocks_are_joined_through_a_chain():
    chain = [example(1, "first", "g"), example(2, "second", "g"), example(3, "second", "h"), example(4, "third", "h")]
    assert len(set(blocks(chain))) == 1


def test_texts_without_letters_do_not_all_become_one_block():
    assert len(set(blocks([example(1, "!!!", "g"), example(2, "???", "h")]))) == 2


def test_a_split_keeps_every_block_whole_and_holds_out_about_its_share():
    examples = [example(i, f"text number {i % 400}", f"g{i % 500}") for i in range(2000)]
    apart = held_out(examples, 0.2, salt=1)
    sides = {}
    for block, is_apart in zip(blocks(examples), apart, strict=True):
        sides.setdefault(block, set()).add(is_apart)
    assert all(len(side) == 1 for side in sides.values())


def test_a_split_is_a_fifth_and_moves_nobody_when_data_is_added():
    examples = [example(i, f"text number {i}", f"g{i}") for i in range(2000)]
    before, after = held_out(examples[:1000], 0.2, salt=1), held_out(examples, 0.2, salt=1)
    assert after[:1000] == before
    assert 0.15 < sum(after) / len(after) < 0.25
    assert held_out(examples, 0.2, salt=2) != after
