"""The experts' arithmetic against the papers' formulas, one number at a time in plain Python."""

import math
import random
from dataclasses import dataclass, field

import numpy as np
import pytest

from models import experts
from models.online import fresh_table

SLOTS = 12
AROW_R = (0.1, 10.0)
ADAGRAD_RATE = (0.1, 1.0)


@dataclass
class ArowByTheBook:
    """Crammer, Kulesza, Dredze 2009, figure 1, with a diagonal matrix, a trust and a bias at a tenth of the rate."""

    r: float
    weight: dict = field(default_factory=dict)
    variance: dict = field(default_factory=dict)
    bias: float = 0.0

    def margin(self, values):
        return self.bias + sum(self.weight.get(slot, 0.0) * value for slot, value in values.items())

    def learn(self, values, sign, trust):
        loss = max(0.0, 1.0 - sign * self.margin(values))
        spread = sum(self.variance.get(slot, 1.0) * value**2 for slot, value in values.items())
        beta = trust / (spread + self.r)
        if not loss:
            return
        for slot, value in values.items():
            before = self.variance.get(slot, 1.0)
            self.weight[slot] = self.weight.get(slot, 0.0) + loss * beta * sign * before * value
            self.variance[slot] = before - beta * (before * value) ** 2
        self.bias += 0.1 * loss * beta * sign


@dataclass
class AdaGradByTheBook:
    """Logistic loss, steps divided by the root of the sum of squared gradients so far (Duchi, Hazan, Singer 2011)."""

    rate: float
    weight: dict = field(default_factory=dict)
    squares: dict = field(default_factory=dict)
    bias: float = 0.0
    bias_square: float = 0.0

    def margin(self, values):
        return self.bias + sum(self.weight.get(slot, 0.0) * value for slot, value in values.items())

    def learn(self, values, is_unwelcome, trust):
        gradient = trust * (1 / (1 + math.exp(-self.margin(values))) - is_unwelcome)
        for slot, value in values.items():
            self.squares[slot] = self.squares.get(slot, 0.0) + (gradient * value) ** 2
            step = self.rate * gradient * value / math.sqrt(self.squares[slot] + 1e-8)
            self.weight[slot] = self.weight.get(slot, 0.0) - step
        self.bias_square += gradient**2
        self.bias -= 0.1 * self.rate * gradient / math.sqrt(self.bias_square + 1e-8)


def lessons(number, seed=5):
    """Slots with their values, a label and a trust, from a fixed seed."""
    chance = random.Random(seed)
    for _ in range(number):
        slots = sorted(chance.sample(range(SLOTS), chance.randint(1, 6)))
        values = {slot: len(slots) ** -0.5 for slot in slots}
        yield values, chance.random() < 0.4, chance.choice((1.0, 1.0, 0.5, 0.1))


class Taught:
    """A small table taught by the product's code, row by row as a layer does it."""

    def __init__(self):
        self.table = fresh_table(4)
        self.biases, self.squares, self.totals = np.zeros(4), np.zeros(2), np.zeros(2)

    def said(self, values):
        rows, numbers = self.table[list(values)].T.copy(), np.array(list(values.values()), np.float32)
        return experts.outputs(rows, numbers, self.biases, self.totals)

    def learn(self, values, is_unwelcome, trust):
        rows, numbers = self.table[list(values)].T.copy(), np.array(list(values.values()), np.float32)
        said = experts.outputs(rows, numbers, self.biases, self.totals)
        sign = 1.0 if is_unwelcome else -1.0
        experts.teach_arow(rows, numbers, said, biases=self.biases, sign=sign, trust=trust)
        experts.teach_adagrad(
            rows,
            numbers,
            said,
            biases=self.biases,
            squares=self.squares,
            is_unwelcome=float(is_unwelcome),
            trust=trust,
        )
        self.table[list(values)] = rows.T


def close(expected):
    return pytest.approx(expected, rel=1e-4, abs=1e-5)  # tables are float32, the book is float64


@pytest.mark.parametrize("number", [0, 1])
def test_arow_learns_as_its_paper_says(number):
    taught, book = Taught(), ArowByTheBook(AROW_R[number])
    for values, is_unwelcome, trust in lessons(40):
        assert taught.said(values)[number] == close(book.margin(values))
        taught.learn(values, is_unwelcome, trust)
        book.learn(values, 1 if is_unwelcome else -1, trust)
    for slot in book.weight:
        assert taught.table[slot, experts.WEIGHTS][number] == close(book.weight[slot])
        assert taught.table[slot, experts.VARIANCES][number] == close(book.variance[slot])
    assert taught.biases[number] == close(book.bias)


@pytest.mark.parametrize("number", [0, 1])
def test_adagrad_learns_as_its_paper_says(number):
    taught, book = Taught(), AdaGradByTheBook(ADAGRAD_RATE[number])
    for values, is_unwelcome, trust in lessons(40):
        assert taught.said(values)[2 + number] == close(book.margin(values))
        taught.learn(values, is_unwelcome, trust)
        book.learn(values, is_unwelcome, trust)
    for slot in book.weight:
        assert taught.table[slot, experts.WEIGHTS][2 + number] == close(book.weight[slot])
        assert taught.table[slot, experts.SQUARES][number] == close(book.squares[slot])
    assert taught.biases[2 + number] == close(book.bias)


def log_ratio_by_the_book(unwelcome, welcome, spam_learnt, ham_learnt):
    """Robinson 2003: p = spam share / (spam share + ham share), f = (s * 0.5 + n * p) / (s + n), s = 0.45."""
    spam_share, ham_share = unwelcome / max(1, spam_learnt), welcome / max(1, ham_learnt)
    p = spam_share / (spam_share + ham_share) if spam_share + ham_share else 0.0
    n = unwelcome + welcome
    f = (0.45 * 0.5 + n * p) / (0.45 + n)
    return math.log(f / (1 - f)) if abs(f - 0.5) >= 0.1 else 0.0


def rows_with(counts):
    rows = fresh_table(4)[: len(counts)]
    rows[:, experts.COUNTS] = counts
    return rows.T.copy()


@pytest.mark.parametrize("totals", [(10, 30), (500, 500), (1, 0), (0, 0)])
def test_log_ratios_are_those_of_robinsons_probability(totals):
    counts = [(0, 0), (1, 0), (0, 1), (3, 3), (1, 3), (9, 1), (0.5, 0.25), (400, 0), (0, 400), (7, 21)]
    found = experts.log_ratios(rows_with(counts), np.array(totals, float)).tolist()
    assert found == close([log_ratio_by_the_book(*pair, *totals) for pair in counts])


def test_a_slot_that_nobody_has_seen_or_that_stands_everywhere_says_nothing():
    assert experts.log_ratios(rows_with([(0, 0), (50, 50), (28, 25)]), np.array((100.0, 100.0))).tolist() == [0, 0, 0]


def test_log_ratios_stay_finite_after_a_million_lessons():
    found = experts.log_ratios(rows_with([(1e6, 0), (0, 1e6)]), np.array((1e6, 1e6)))
    assert np.isfinite(found).all()
    assert found[0] > 10
    assert found[1] < -10


def test_the_counting_expert_sums_log_ratios_times_values():
    rows, values = rows_with([(9, 1), (0, 4)]), np.array((0.6, 0.8), np.float32)
    totals = np.array((10.0, 10.0))
    expected = 0.6 * log_ratio_by_the_book(9, 1, 10, 10) + 0.8 * log_ratio_by_the_book(0, 4, 10, 10)
    assert experts.outputs(rows, values, np.zeros(4), totals)[4] == close(expected)


def test_arow_rests_where_a_comment_is_already_on_the_right_side():
    rows, values = fresh_table(4)[:1].T.copy(), np.ones(1, np.float32)
    before = rows.copy()
    experts.teach_arow(rows, values, np.full(5, 1.5), biases=np.zeros(4), sign=1.0, trust=1.0)
    assert (rows == before).all()


def test_variances_only_shrink_and_stay_positive():
    taught = Taught()
    for values, is_unwelcome, trust in lessons(300):
        before = taught.table[:, experts.VARIANCES].copy()
        taught.learn(values, is_unwelcome, trust)
        assert (taught.table[:, experts.VARIANCES] <= before).all()
    assert (taught.table[:, experts.VARIANCES] > 0).all()


@pytest.mark.parametrize("margin", [-1e6, -60.0, 60.0, 1e6])
def test_absurd_margins_overflow_nothing(margin):
    rows, values = fresh_table(4)[:1].T.copy(), np.ones(1, np.float32)
    biases, squares, said = np.zeros(4), np.zeros(2), np.full(5, margin)
    experts.teach_adagrad(rows, values, said, biases=biases, squares=squares, is_unwelcome=1.0, trust=1.0)
    assert np.isfinite(rows).all()
    assert np.isfinite(biases).all()
