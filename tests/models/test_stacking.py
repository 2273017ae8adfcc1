"""The mixture of the experts against its formula, and what it may never do."""

import math
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.stacking import OFFSET_LIMIT, Stacker, limited

START = (0.3, 0.2, 0.3, 0.3, 0.2, 1.0, 0.0)
RATES = (0.3,) * 6 + (0.075,)
OUTPUTS = st.lists(st.floats(-1e3, 1e3), min_size=5, max_size=5)
TRUST = st.floats(0.01, 1.0)


class StackerByTheBook:
    """Online logistic regression with AdaGrad steps, on outputs divided by their root mean square so far."""

    def __init__(self):
        self.weights, self.squares = list(START), [1.0] * 7
        self.powers, self.seen = [5 * usual**2 for usual in (1.0, 0.5, 2.5, 9.0, 25.0)], 5.0

    def inputs(self, said, offset):
        scaled = [value * math.sqrt(self.seen / power) for value, power in zip(said, self.powers, strict=True)]
        return [*scaled, max(-6.0, min(6.0, offset)), 1.0]

    def margin(self, said, offset):
        return sum(weight * value for weight, value in zip(self.weights, self.inputs(said, offset), strict=True))

    def learn(self, said, offset, is_unwelcome, trust):
        surprise = trust * (1 / (1 + math.exp(-self.margin(said, offset))) - is_unwelcome)
        for at, value in enumerate(self.inputs(said, offset)):
            self.squares[at] += (surprise * value) ** 2
            moved = self.weights[at] - RATES[at] * surprise * value / math.sqrt(self.squares[at])
            self.weights[at] = moved if at == 6 else max(0.0, moved)
        self.powers = [power + trust * value**2 for power, value in zip(self.powers, said, strict=True)]
        self.seen += trust


def lessons(number):
    """Outputs, an offset, a label and a trust; the third expert is always wrong."""
    chance = random.Random(11)
    for _ in range(number):
        label = float(chance.random() < 0.5)
        sign = 2 * label - 1
        said = [chance.gauss(sign, 1) * scale for scale in (1, 5, -1, 0.1, 30)]
        yield np.array(said), chance.gauss(sign, 8), label, chance.choice((1.0, 0.3))


def test_the_mixture_learns_as_its_formula_says():
    mixture, book = Stacker(), StackerByTheBook()
    for said, offset, label, trust in lessons(60):
        assert mixture.margin(said, offset) == pytest.approx(book.margin(said, offset))
        mixture.learn(said, offset, label, trust)
        book.learn(said, offset, label, trust)
    assert mixture.weights == pytest.approx(book.weights)
    assert mixture.squares == pytest.approx(book.squares)
    assert mixture.powers == pytest.approx(book.powers)


def test_a_mixture_that_has_learnt_nothing_says_what_the_base_says():
    assert Stacker().margin(np.zeros(5), 1.25) == 1.25


def test_an_expert_that_is_always_wrong_loses_its_voice_but_is_never_turned_round():
    mixture = Stacker()
    for said, offset, label, trust in lessons(400):
        mixture.learn(said, offset, label, trust)
    assert mixture.weights[2] == 0.0
    assert mixture.weights[0] > 0.3


@given(st.lists(st.tuples(OUTPUTS, st.floats(-1e9, 1e9), st.booleans(), TRUST), max_size=30))
def test_no_weight_but_the_bias_is_ever_negative_and_all_stay_finite(taught):
    mixture = Stacker()
    for said, offset, label, trust in taught:
        mixture.learn(np.array(said), offset, float(label), trust)
        assert (mixture.weights[:-1] >= 0).all()
    assert np.isfinite(mixture.weights).all()
    assert np.isfinite(mixture.coefficients()).all()


@pytest.mark.parametrize(("offset", "counts"), [(0.0, 0.0), (5.9, 5.9), (6.1, 6.0), (-700.0, -6.0)])
def test_the_base_counts_up_to_its_limit(offset, counts):
    assert limited(offset) == counts
    assert OFFSET_LIMIT == 6.0


def test_a_first_lesson_with_tiny_outputs_does_not_make_later_ones_enormous():
    mixture = Stacker()
    mixture.learn(np.full(5, 0.01), 0.0, 1.0, 1.0)
    assert abs(mixture.margin(np.array((1.0, 0.5, 2.5, 9.0, 25.0)), 0.0)) < 2


def test_a_copy_goes_its_own_way():
    mixture = Stacker()
    mixture.copy().learn(np.ones(5), 1.0, 0.0, 1.0)
    assert mixture.weights.tolist() == list(START)
    assert mixture.squares.tolist() == [1.0] * 7
    assert (mixture.seen, mixture.powers.tolist()) == (5.0, Stacker().powers.tolist())
