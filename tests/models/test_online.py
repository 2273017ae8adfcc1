"""A layer learns lessons in their order, one row for each slot, in time that is bounded whatever the text."""

import numpy as np
import pytest

from models import experts
from models.features import MOST_SLOTS, Features, Sample, extract, read, text_slots
from models.online import Layer, Lesson, addressed, fresh_table
from models.text import LIMIT

TAUGHT = [
    ("cheap pills now", True),
    ("thank you for the recipe", False),
    ("win a casino bonus", True),
    ("I disagree with the second paragraph", False),
    ("cheap casino pills", True),
]


def lesson(text, is_unwelcome=True, **facts):
    return Lesson(extract(Sample(text)), is_unwelcome, **facts)


def taught(lessons=TAUGHT, bits=12):
    layer = Layer.fresh(bits)
    for text, is_unwelcome in lessons:
        layer.learn(lesson(text, is_unwelcome))
    return layer


def margin(layer, text, offset=0.0):
    return layer.margin(extract(Sample(text)), offset)


def test_a_layer_that_has_learnt_nothing_says_what_the_base_says():
    assert margin(Layer.fresh(), "anything", 1.5) == 1.5
    assert Layer.fresh().lessons == 0


def test_labels_move_the_same_comment_at_once_and_leave_a_strange_one():
    layer = taught(TAUGHT[:1])
    assert margin(layer, "cheap pills now") > 0.5 > 4 * abs(margin(layer, "Übung 7,3"))
    for _ in range(6):
        layer.learn(lesson("cheap pills now", is_unwelcome=False))
    assert margin(layer, "cheap pills now") < 0


def test_both_sides_are_learnt():
    layer = taught(TAUGHT * 3)
    assert margin(layer, "cheap pills") > 0.5
    assert margin(layer, "thank you for the paragraph") < -0.5


def test_equal_lessons_give_equal_states_bit_for_bit():
    assert taught().table.tobytes() == taught().table.tobytes()
    assert taught().stacker.weights.tobytes() == taught().stacker.weights.tobytes()


def test_the_order_of_lessons_matters():
    assert taught().table.tobytes() != taught(TAUGHT[::-1]).table.tobytes()


def test_lessons_and_the_trust_in_them_are_counted():
    layer = taught()
    layer.learn(lesson("so so", is_unwelcome=False, weight=0.25))
    assert layer.lessons == 6
    assert layer.totals.tolist() == [3.0, 2.25]


def test_a_lesson_of_less_trust_moves_less():
    whole, half = Layer.fresh(12), Layer.fresh(12)
    for weight, layer in ((1.0, whole), (0.2, half)):
        for text, is_unwelcome in TAUGHT:
            layer.learn(lesson(text, is_unwelcome, weight=weight))
    assert 0 < margin(half, "cheap pills now") < margin(whole, "cheap pills now")


def test_the_base_counts_less_once_labels_have_contradicted_it():
    layer = Layer.fresh(12)
    for _ in range(5):
        layer.learn(lesson("cheap pills now", is_unwelcome=False, offset=5.0))
    assert layer.stacker.offset_weight < 0.5
    assert margin(layer, "quite another text", 5.0) < 2.5


def test_a_copy_learns_alone():
    layer = taught()
    before = layer.table.tobytes(), layer.biases.tolist(), layer.totals.tolist(), layer.stacker.weights.tolist()
    layer.copy().learn(lesson("cheap pills now", is_unwelcome=False))
    after = layer.table.tobytes(), layer.biases.tolist(), layer.totals.tolist(), layer.stacker.weights.tolist()
    assert before == after
    assert layer.lessons == 5


def test_slots_are_addressed_in_blocks_each_with_its_value():
    features = Features(*(np.array(block, np.uint32) for block in ([5, 2**19 + 1], [7], [9, 8])))
    slots, values = addressed(features, 10)
    assert slots.tolist() == [5, 1, 7, 9, 8]
    assert values == pytest.approx([2**-0.5, 2**-0.5, 0.5, 0.15, 0.15])


def test_where_two_slots_share_a_row_the_later_one_stands():
    layer = Layer.fresh(3)
    block = np.array([1, 9], np.uint32)
    layer.learn(Lesson(Features(block, block[:0], block[:0]), is_unwelcome=True))
    assert layer.table[1, experts.UNWELCOME] == 1.0


def test_a_small_layer_full_of_collisions_still_learns():
    layer = taught(TAUGHT * 20, bits=6)
    assert margin(layer, "cheap pills now") > margin(layer, "thank you for the recipe")


def test_fused_weights_are_all_experts_at_once():
    layer = taught(TAUGHT * 4)
    weights, bias = layer.fused()
    slots, values = addressed(extract(Sample("cheap recipe pills")), layer.bits)
    assert bias + float(weights[slots] @ values) == pytest.approx(margin(layer, "cheap recipe pills"), abs=1e-4)
    assert weights.shape == (2**12,)
    assert layer.weigher()(np.array([3, 2**12 + 3], np.uint32)).tolist() == weights[[3, 3]].tolist()


def test_rows_that_nobody_touched_weigh_nothing():
    weights, _ = taught().fused()
    untouched = ~taught().table[:, experts.COUNTS].any(axis=1)
    assert untouched.any()
    assert not weights[untouched].any()
    assert (fresh_table(12)[untouched] == taught().table[untouched]).all()


@pytest.mark.parametrize("weight", [0.0, -1.0, 1.01, float("nan")])
def test_a_lesson_without_a_sensible_weight_is_refused(weight):
    with pytest.raises(ValueError, match="weight is above 0"):
        lesson("text", weight=weight)


@pytest.mark.parametrize("offset", [float("inf"), float("nan")])
def test_a_lesson_with_an_offset_that_is_no_number_is_refused(offset):
    with pytest.raises(ValueError, match="finite"):
        lesson("text", offset=offset)


@pytest.mark.parametrize("bits", [0, 21, -1])
def test_a_layer_of_an_impossible_size_is_refused(bits):
    with pytest.raises(ValueError, match="rows"):
        Layer.fresh(bits)


HOSTILE = {
    "words": "cheap pills and honest words ",
    "one letter": "a",
    "Chinese": "写得很好谢谢分享",
    "one that unfolds to eighteen": "\ufdfa",
    "emoji": "\U0001f469\u200d\U0001f469\u200d\U0001f467",
    "nothing": "\x00",
    "surrogates": "\ud800",
    "digits": "0123456789",
    "right to left": "שלום עולם ",
}


@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE)
def test_a_megabyte_is_as_much_work_as_the_longest_text_that_is_read(unit):
    longest = (unit * LIMIT)[:LIMIT]
    megabyte = unit * (2**20 // len(unit.encode("utf-8", "surrogatepass")))
    found, expected = text_slots(read(Sample(megabyte))), text_slots(read(Sample(longest)))
    assert len(found) == len(expected) <= MOST_SLOTS
    assert found.tolist() == expected.tolist()


@pytest.mark.parametrize("text", ["", "a", "\x00" * 50, "\ud800", "7" * 200, "\U0001f600" * 40, "שלום", "a" * 2**20])
def test_odd_texts_are_learnt_and_scored_like_any_other(text):
    layer = taught()
    for _ in range(5):
        layer.learn(lesson(text))
    assert np.isfinite(layer.table).all()
    assert np.isfinite(margin(layer, text))
