"""`python -m benchmarks`: measures speed once and writes the report; `--json` prints the figures.

`python -m benchmarks accuracy` measures accuracy instead, `python -m benchmarks console` what moderators wait for.
"""

import json
import os
import platform
import sys
from pathlib import Path

from benchmarks import latency, material, scoring
from benchmarks.latency import Doors, middle
from benchmarks.scoring import Scoring
from moderation import clock

RESULTS = Path(__file__).parent / "results"


def main() -> None:
    """Measures, prints and writes `results/<date>_speed/summary.md` with `figures.json`."""
    rows = material.comments()
    say = _say if sys.stderr.isatty() else lambda _line: None
    scored = scoring.measure(rows)
    sqlite = latency.measure(rows, None, say)
    url = os.environ.get("CANDOR_BENCH_POSTGRES_URL")
    postgres = latency.measure(rows, url, say) if url else None
    figures = _figures(scored, {"sqlite": sqlite} | ({"postgresql": postgres} if postgres else {}))
    folder = RESULTS / f"{clock.now():%Y-%m-%d}_speed"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "figures.json").write_text(json.dumps(figures, indent=1) + "\n")
    (folder / "summary.md").write_text(_summary(figures))
    print(json.dumps(figures) if "--json" in sys.argv else _summary(figures))


def _say(line: str) -> None:
    print(line, file=sys.stderr)


def _figures(scored: Scoring, doors: dict[str, Doors]) -> dict[str, dict[str, float]]:
    figures = {
        "scoring": {
            "mean characters": scored.mean_characters,
            "stock pipeline, µs": scored.stock * 1e6,
            "score of the text, µs": scored.score * 1e6,
            "score with author and address, µs": scored.score_with_author * 1e6,
            "explain, µs": scored.explain * 1e6,
            "score of the text / stock": scored.ratio,
            "explain / score": scored.explain / scored.score_with_author,
            "score with what a site taught, µs": scored.score_of_site * 1e6,
            "learn one label, µs": scored.learn * 1e6,
            "learn / score of the text": scored.learn / scored.score,
            "in bulk: stock pipeline, µs": scored.stock_in_bulk * 1e6,
            "in bulk: scores, µs": scored.bulk * 1e6,
            "in bulk: stock / scores": scored.stock_in_bulk / scored.bulk,
            "model load, s": scored.load_seconds,
        }
    }
    return figures | {name: _door_figures(measured) for name, measured in doors.items()}


def _door_figures(doors: Doors) -> dict[str, float]:
    return {
        "bare ASGI, requests/s": middle([load.per_second for load in doors.hello]),
        "comment-check, requests/s": middle([load.per_second for load in doors.check]),
        "comment-check / bare ASGI, median": middle(doors.ratio(doors.check)),
        "comment-check / bare ASGI, least": min(doors.ratio(doors.check)),
        "comment-check p50, ms": middle([load.median for load in doors.check]) * 1e3,
        "comment-check p99, ms": middle([load.p99 for load in doors.check]) * 1e3,
        "POST comments, requests/s": middle([load.per_second for load in doors.submit]),
        "POST comments / bare ASGI, median": middle(doors.ratio(doors.submit)),
        "POST comments / bare ASGI, least": min(doors.ratio(doors.submit)),
        "POST comments p50, ms": middle([load.median for load in doors.submit]) * 1e3,
        "POST comments p99, ms": middle([load.p99 for load in doors.submit]) * 1e3,
        "one connection: comment-check p50, ms": doors.lone_check.median * 1e3,
        "one connection: comment-check p99, ms": doors.lone_check.p99 * 1e3,
        "start to first answered check, s": doors.start_seconds,
        "memory of the worker after the run, MB": doors.resident_megabytes,
    }


def _summary(figures: dict[str, dict[str, float]]) -> str:
    """A table for people. Ratios can be compared between machines; requests per second cannot."""
    setting = (
        f"{os.cpu_count()} processors, Python {platform.python_version()}; server and load generator on one machine, "
        f"{latency.CONNECTIONS} connections, {latency.ROUNDS} rounds in turn of {latency.REQUESTS} varied real "
        "comments for each door, each judged and durably stored before its answer; bare ASGI is the same uvicorn."
    )
    lines = [f"# Speed, {clock.now():%Y-%m-%d}", "", setting]
    for name, values in figures.items():
        lines += ["", f"## {name}", "", "| figure | value |", "|---|---|"]
        lines += [f"| {figure} | {_number(value)} |" for figure, value in values.items()]
    return "\n".join(lines) + "\n"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"  # noqa: PLR2004 - three digits either way


if __name__ == "__main__":  # the processes that measure accuracy import this file again
    if sys.argv[1:2] == ["accuracy"]:
        from benchmarks.accuracy import command

        sys.exit(command.main(sys.argv[2:]))
    if sys.argv[1:2] == ["console"]:
        from benchmarks import console

        console.main()
    else:
        main()
