"""The layer that learns from labels on top of a base that never changes; it knows no files, sites or sources."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from models import experts
from models.features import Features, block_values
from models.hashing import TABLE_BITS, Slots
from models.stacking import Stacker

SITE_BITS: Final = 18
"""Table size of one site's layer: figures differ by less than their noise from 2**20, at a quarter of the memory."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """One labelled comment as the learner needs it: slots, no text.

    ``weight`` is how far the label's source is trusted, above 0 and at most 1; ``offset`` the log-odds that base (and
    shared layer) gave at the time.
    """

    features: Features
    is_unwelcome: bool
    weight: float = 1.0
    offset: float = 0.0

    def __post_init__(self) -> None:
        if not 0.0 < self.weight <= 1.0:
            raise ValueError("a lesson's weight is above 0 and at most 1")
        if not np.isfinite(self.offset):
            raise ValueError("a lesson's offset is a finite number")


def addressed(features: Features, bits: int) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """The rows of a table of 2**bits that a comment touches, and the value of each, in the order of its blocks."""
    blocks = (features.text, features.site, features.evidence)
    slots: Slots = np.concatenate(blocks) & np.uint32(2**bits - 1)
    values = np.repeat(np.array(block_values(features), np.float32), [len(block) for block in blocks])
    return slots.astype(np.intp), values


def fresh_table(bits: int) -> NDArray[np.float32]:
    """A table that has learnt nothing: every variance is 1, all else 0."""
    table = np.zeros((2**bits, experts.COLUMNS), np.float32)
    table[:, experts.VARIANCES] = 1.0
    return table


@dataclass(slots=True)
class Layer:
    """What was learnt from a sequence of lessons: a table with one row for each slot, and a few numbers.

    The state is a pure function of the lessons in their order. ``margin`` is the base's log-odds, as far as the
    labels found them right, plus what the experts say.
    """

    bits: int = SITE_BITS
    lessons: int = 0
    table: NDArray[np.float32] = field(default_factory=lambda: np.empty((0, experts.COLUMNS), np.float32))
    biases: NDArray[np.float64] = field(default_factory=lambda: np.zeros(experts.LINEAR))
    bias_squares: NDArray[np.float64] = field(default_factory=lambda: np.zeros(2))
    totals: NDArray[np.float64] = field(default_factory=lambda: np.zeros(2))
    stacker: Stacker = field(default_factory=Stacker)

    def __post_init__(self) -> None:
        if not 1 <= self.bits <= TABLE_BITS:
            raise ValueError(f"a layer has 2 to 2**{TABLE_BITS} rows")
        if not len(self.table):
            self.table = fresh_table(self.bits)

    @classmethod
    def fresh(cls, bits: int = SITE_BITS) -> Self:
        """A layer of 2**bits rows that has learnt nothing."""
        return cls(bits)

    def copy(self) -> "Layer":
        """The same state, to go on from without changing this one."""
        return replace(
            self,
            table=self.table.copy(),
            biases=self.biases.copy(),
            bias_squares=self.bias_squares.copy(),
            totals=self.totals.copy(),
            stacker=self.stacker.copy(),
        )

    def margin(self, features: Features, offset: float = 0.0) -> float:
        """The log-odds that a comment is unwelcome, given those of the base."""
        slots, values = addressed(features, self.bits)
        said = experts.outputs(_states(self.table, slots), values, self.biases, self.totals)
        return self.stacker.margin(said, offset)

    def learn(self, lesson: Lesson) -> None:
        """Learn one lesson, in place; where two slots of a comment share a row, the later one stands."""
        slots, values = addressed(lesson.features, self.bits)
        states = _states(self.table, slots)
        said = experts.outputs(states, values, self.biases, self.totals)
        label, trust = float(lesson.is_unwelcome), lesson.weight
        self.stacker.learn(said, lesson.offset, label, trust)
        experts.teach_arow(states, values, said, biases=self.biases, sign=2.0 * label - 1.0, trust=trust)
        squares = self.bias_squares
        experts.teach_adagrad(
            states, values, said, biases=self.biases, squares=squares, is_unwelcome=label, trust=trust
        )
        counted = 0 if lesson.is_unwelcome else 1
        states[experts.COUNTS][counted] += np.float32(trust)
        self.table[slots] = states.T
        self.totals[counted] += trust
        self.lessons += 1

    def weigher(self) -> Callable[[Slots], NDArray[np.float32]]:
        """The weight of each of some slots, all experts mixed: ``fused`` for the few slots of one comment."""
        coefficients = self.stacker.coefficients()
        mask = np.uint32(2**self.bits - 1)

        def weigh(slots: Slots) -> NDArray[np.float32]:
            return _mixed(_states(self.table, slots & mask), coefficients, self.totals)

        return weigh

    def bias(self) -> float:
        """The constant part of the margin."""
        return self.stacker.bias + float(self.stacker.coefficients()[: experts.LINEAR] @ self.biases)

    def fused(self) -> tuple[NDArray[np.float32], float]:
        """All experts as one float32 weight for each row, and the constant: every expert is linear, so their mix is."""
        touched = np.flatnonzero(self.table[:, experts.UNWELCOME] + self.table[:, experts.WELCOME])
        weights = np.zeros(len(self.table), np.float32)
        weights[touched] = _mixed(_states(self.table, touched), self.stacker.coefficients(), self.totals)
        return weights, self.bias()


def _states(table: NDArray[np.float32], slots: NDArray[np.integer]) -> experts.States:
    return np.ascontiguousarray(table.take(slots, axis=0).T)


def _mixed(states: experts.States, coefficients: experts.Five, totals: NDArray[np.float64]) -> NDArray[np.float32]:
    """One weight for each slot: every expert is linear, so their mixture is."""
    weights: NDArray[np.float32] = coefficients[: experts.LINEAR].astype(np.float32) @ states[experts.WEIGHTS]
    weights += experts.log_ratios(states, totals) * np.float32(coefficients[experts.LINEAR])
    return weights
