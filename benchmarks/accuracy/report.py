"""The report: the words of ``report.md`` with the figures of a run in their places, and its pictures."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from benchmarks.accuracy import charts, plan, svg
from benchmarks.accuracy import tables_further as further
from benchmarks.accuracy import tables_streams as streams
from benchmarks.accuracy.found import Found
from benchmarks.accuracy.goals import goals_table

WORDS: Final = Path(__file__).parent / "report.md"
_PLACE: Final = re.compile(r"\{\{(\w+)\}\}")


def _seeds(count: int) -> str:
    return f"seeds 0 to {count - 1}" if count > 1 else "seed 0"


def _scale(found: Found) -> str:
    rows = found.scale.rows
    return "" if rows is None else f"\n**A trial run on the first {rows} rows of each set: its figures mean nothing.**"


BLOCKS: Final[Mapping[str, Callable[[Found], str]]] = MappingProxyType(
    {
        "scale": _scale,
        "sizes": streams.sizes,
        "goals": goals_table,
        "noise_seeds": lambda found: _seeds(found.scale.noise_seeds),
        "streams": streams.streams,
        "further": streams.further,
        "peer_rows": lambda _: f"{plan.PEER_ROWS:,}",
        "peers": streams.peers,
        "absent": streams.absent,
        "copies": streams.copies,
        "attacked": further.spam_attacked,
        "attacks": further.under_attack,
        "site_seeds": lambda found: f"The last model has {_seeds(found.scale.site_seeds)}, the others seed 0",
        "sites": further.forty_sites,
        "splits": lambda found: f"{found.scale.splits:,}",
        "promise": streams.kept_promise,
        "first_labels": further.first_words,
        "hate": further.hate,
        "most_held": further.most_held,
        "pages": further.pages,
        "blog": further.blog,
    }
)
"""Place in the words -> what stands there."""


def text(found: Found, *, date: str, cells: str) -> str:
    """The report as Markdown; raises KeyError for a place that nothing fills."""
    known = {"date": date, "cells": cells} | {name: block(found) for name, block in BLOCKS.items()}
    return _PLACE.sub(lambda place: known[place[1]], WORDS.read_text(encoding="utf-8"))


def write(found: Found, page: Path, *, date: str, cells: str) -> list[Path]:
    """Write the page and, in a folder of its name beside it, its pictures; returns what was written."""
    folder = page.with_suffix("")
    folder.mkdir(parents=True, exist_ok=True)
    page.write_text(text(found, date=date, cells=cells), encoding="utf-8")
    written = [page]
    for name, make in charts.CHARTS.items():
        chart = make(found)
        if chart is not None:
            path = folder / f"{name}.svg"
            path.write_text(svg.draw(chart), encoding="utf-8")
            written.append(path)
    return written
