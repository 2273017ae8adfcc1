"""The report's tables about streams: regimes of feedback, peers, copies and the promise."""

from typing import Final

from benchmarks.accuracy import beside, plan, promise, sets
from benchmarks.accuracy.cells import Cell, Figures
from benchmarks.accuracy.found import Found
from benchmarks.accuracy.markdown import NONE, number, pair, percent, table
from benchmarks.peers import registry

OURS: Final = "**Candor**"
_REGIME_NAMES: Final = {
    "immediate": "immediate",
    "delayed:50": "delayed by 50 rows",
    "delayed:200": "delayed by 200 rows",
    "delayed:500": "delayed by 500 rows",
    "partial:0.5": "a label for 50 % of rows",
    "partial:0.1": "a label for 10 % of rows",
    "noisy:0.2": "20 % wrong",
}


def sizes(found: Found) -> str:
    """How many rows each stream has."""
    lines = []
    for name in sets.STREAMS:
        figures = found.of(plan.of_stream(found.scale, name))
        if figures:
            spam, rows = figures["spam"], figures["rows"]
            lines.append(f"`{name}` has {rows:,} rows ({spam:,} spam, {rows - spam:,} ham)")
    return "; ".join(lines)


def streams(found: Found) -> str:
    """All regimes of feedback."""
    noises = [_noise(found, share) for share in plan.NOISE]
    rows = [_regime(found, "immediate"), *noises, *(_regime(found, feedback) for feedback in plan.REGIMES)]
    return table(["feedback", *sets.TITLES.values()], rows)


def further(found: Found) -> str:
    """Figures of calibration with immediate feedback."""
    rows = [[sets.TITLES[name], *_further(found.of(plan.of_stream(found.scale, name)))] for name in sets.STREAMS]
    return table(["stream", "lam, %", "ECE", "Brier"], rows)


def _regime(found: Found, feedback: str) -> list[str]:
    cells = [plan.of_stream(found.scale, name, feedback) for name in sets.STREAMS]
    return [_REGIME_NAMES[feedback], *(pair(found.of(cell)) for cell in cells)]


def noisy(found: Found, name: str, share: float) -> list[Cell]:
    """The cells of a share of wrong feedback, one a seed."""
    return [plan.of_stream(found.scale, name, f"noisy:{share}", seed) for seed in plan.noise_seeds(found.scale, share)]


def _noise(found: Found, share: float) -> list[str]:
    return [f"{100 * share:.0f} % wrong", *(_noise_cell(found, name, share) for name in sets.STREAMS)]


def _noise_cell(found: Found, name: str, share: float) -> str:
    cells = noisy(found, name, share)
    roca, missed, ends = found.mean(cells, "roca"), found.mean(cells, "missed"), found.spread(cells, "roca")
    if roca is None or missed is None or ends is None:
        return NONE
    around = f" ({number(ends[0])} to {number(ends[1])})" if len(cells) > 1 else ""
    return f"{number(roca)}{around} / {missed:.1f}"


def _further(figures: Figures | None) -> list[str]:
    if figures is None:
        return [NONE] * 3
    return [number(figures["lam"]), f"{figures['ece']:.4f}", f"{figures['brier']:.4f}"]


def peers(found: Found) -> str:
    """A table for each feedback: the same rows and labels for other people's filters."""
    tables = [f"Feedback: {_REGIME_NAMES[feedback]}\n\n{_peer_table(found, feedback)}" for feedback in beside.REGIMES]
    return "\n\n".join(tables)


def absent(_found: Found) -> str:
    """Which peers could not be measured."""
    missing = [f"{peer.name}, {peer.reason}" for peer in registry.here()[1]]
    return f"Not measured: {'; '.join(missing)}." if missing else "All filters that the run knows were measured."


def _peer_table(found: Found, feedback: str) -> str:
    kinds, _ = registry.here()
    rows = [_filter(found, OURS, [plan.of_ours(found.scale, name, feedback) for name in sets.STREAMS])]
    for kind in kinds:
        cells = [plan.of_peer(found.scale, name, kind.name, feedback) for name in sets.STREAMS]
        versions = {figures["version"] for cell in cells if (figures := found.of(cell))}
        rows.append(_filter(found, " ".join([kind.name, *(f"({version})" for version in sorted(versions))]), cells))
    head = [column for name in sets.STREAMS for column in (sets.TITLES[name], "×")]
    return table(["filter", *head], rows)


def _filter(found: Found, name: str, cells: list[Cell]) -> list[str]:
    line = [name]
    for cell in cells:
        times = ratio(found, cell)
        line += [pair(found.of(cell)), NONE if times is None else f"{times:.2f}"]
    return line


def ratio(found: Found, cell: Cell) -> float | None:
    """(1-ROCA)% over that of bogofilter on the same rows."""
    other = plan.of_peer(found.scale, cell.params["name"], "bogofilter", cell.params["feedback"])
    figures, reference = found.of(cell), found.of(other)
    return figures["roca"] / reference["roca"] if figures and reference and reference["roca"] else None


def copies(found: Found) -> str:
    """Raw and de-duplicated streams beside each other."""
    rows = []
    for name in sets.STREAMS:
        both = [found.of(plan.of_stream(found.scale, name, is_deduplicated=single)) for single in (False, True)]
        line = [text for figures in both for text in (f"{figures['rows']:,}" if figures else NONE, pair(figures))]
        rows.append([sets.TITLES[name], *line])
    return table(["stream", "rows", "all rows", "rows left", "without near copies"], rows)


def kept_promise(found: Found) -> str:
    """The guarantee on the scores of the streams."""
    rows = []
    for name in sets.STREAMS:
        figures = found.of(plan.of_stream(found.scale, name))
        rows += [[sets.TITLES[name], percent(alpha), *_promise(figures, alpha)] for alpha in promise.ALPHAS]
    return table(["stream", "alpha", "broken in", "allowed", "good comments removed", "spam removed"], rows)


def _promise(figures: Figures | None, alpha: float) -> list[str]:
    kept = figures["promise"].get(f"{alpha:g}") if figures else None
    if kept is None:
        return ["too few good comments", NONE, NONE, NONE]
    allowed = f"5 % ± {100 * kept['error']:.1f}"
    return [percent(kept["violations"]), allowed, percent(kept["false removals"], 2), percent(kept["recall"])]
