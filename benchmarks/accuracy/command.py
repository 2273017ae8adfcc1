"""`python -m benchmarks accuracy`: measures what is not measured yet and writes the report."""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from benchmarks.accuracy import plan, report, running
from benchmarks.accuracy.cells import PROJECT, Store
from benchmarks.accuracy.found import Found
from benchmarks.accuracy.goals import goals
from benchmarks.peers.peer import PeerFailure
from models.artifact import ArtifactError
from moderation import clock
from training.datasets import DatasetError

RESULTS: Final = PROJECT / "benchmarks" / "results"
PAGE: Final = PROJECT / "docs" / "accuracy.md"


def main(arguments: Sequence[str]) -> int:
    """Run; returns the exit code. Stopped and started again on the same day, it goes on where it was."""
    asked = _asked(arguments)
    date = f"{clock.now():%Y-%m-%d}"
    out = asked.out or (Path(tempfile.gettempdir()) / "candor-accuracy" if asked.quick else None)
    folder, page = (out, out / "accuracy.md") if out else (RESULTS / f"{date}_accuracy", PAGE)
    try:
        found = measured(plan.QUICK if asked.quick else plan.FULL, folder, asked.jobs)
    except (DatasetError, ArtifactError, PeerFailure) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nstopped; the same command goes on", file=sys.stderr)
        return 130
    written = report.write(found, page, date=date, cells=_shown(folder / "cells.jsonl"))
    print(_json(found) if asked.as_json else "\n".join(map(str, written)))
    return 0


def _asked(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m benchmarks accuracy", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few hundred rows of each set, to see that it runs")
    parser.add_argument("--json", action="store_true", dest="as_json", help="print all figures as JSON")
    parser.add_argument("--jobs", type=_count, default=os.cpu_count() or 1, help="cells measured at a time")
    parser.add_argument("--out", type=Path, help="folder for cells and report instead of benchmarks/results and docs")
    return parser.parse_args(arguments)


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


def measured(scale: plan.Scale, folder: Path, jobs: int) -> Found:
    """All cells of a run, those measured before among them."""
    cells, store = plan.cells(scale), Store(folder / "cells.jsonl")
    running.measure(cells, store, jobs, running.progress())
    store.tidy(cells)
    return Found(store, scale)


def _shown(path: Path) -> str:
    return path.relative_to(PROJECT).as_posix() if path.is_relative_to(PROJECT) else path.name


def _json(found: Found) -> str:
    cells = [
        {"section": cell.section, "params": dict(cell.params), "figures": found.of(cell)}
        for cell in plan.cells(found.scale)
    ]
    return json.dumps({"goals": [goal.as_dict() for goal in goals(found)], "cells": cells})
