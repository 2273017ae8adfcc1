"""Measures what has not been measured yet, several cells at a time; stopping it loses only the cells at work."""

import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it ships no types

from benchmarks.accuracy.cells import Cell, Figures, Store

Say = Callable[[str], None]


def progress() -> Say:
    """One changing line on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        return lambda _line: None
    return lambda line: print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)


def measure(cells: Sequence[Cell], store: Store, jobs: int, say: Say) -> None:
    """Measure the cells that the store does not have, in ``jobs`` processes (1: in this one), and keep each at once."""
    missing = [cell for cell in cells if store.find(cell) is None]
    done = len(cells) - len(missing)
    say(f"{done} of {len(cells)} cells are there")
    for cell, figures in _alone(missing) if jobs == 1 else _together(missing, jobs):
        store.keep(cell, figures)
        done += 1
        say(f"{done} of {len(cells)}, last {cell.title}")
    say("")


def _alone(cells: Sequence[Cell]) -> Iterator[tuple[Cell, Figures]]:
    for cell in cells:
        yield cell, _measured(cell)


def _together(cells: Sequence[Cell], jobs: int) -> Iterator[tuple[Cell, Figures]]:
    pool = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"))
    try:
        waiting = {pool.submit(_measured, cell): cell for cell in cells}
        for ended in as_completed(waiting):
            yield waiting[ended], ended.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _measured(cell: Cell) -> Figures:
    with threadpool_limits(1):
        return cell.measure(**cell.params)
