"""The figures of a run, asked for by what was measured; it measures nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.accuracy.cells import Cell, Figures, Store
from benchmarks.accuracy.plan import Scale


@dataclass(frozen=True, slots=True)
class Found:
    """What a store holds of a run of some scale."""

    store: Store
    scale: Scale

    def of(self, cell: Cell) -> Figures | None:
        """The figures of a cell, or None where it was not measured."""
        return self.store.find(cell)

    def mean(self, cells: Sequence[Cell], name: str) -> float | None:
        """The mean of one figure over the cells that were measured."""
        values = [found[name] for cell in cells if (found := self.of(cell)) is not None]
        return float(np.mean(values)) if values else None

    def spread(self, cells: Sequence[Cell], name: str) -> tuple[float, float] | None:
        """The smallest and the largest value of one figure."""
        values = [found[name] for cell in cells if (found := self.of(cell)) is not None]
        return (min(values), max(values)) if values else None
