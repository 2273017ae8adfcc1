"""The report's pictures, from its figures; drawing is ``svg``'s."""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Final

from benchmarks.accuracy import plan, sets, sites
from benchmarks.accuracy.cells import Cell
from benchmarks.accuracy.found import Found
from benchmarks.accuracy.svg import Chart, Line
from benchmarks.accuracy.tables_streams import noisy
from benchmarks.peers import registry

PEERS_ON: Final = "sms_spam_uci"
_LEAST: Final = 0.01
_UP: Final = "(1-ROCA)%, logarithmic"
_SHORT: Final = MappingProxyType(
    {
        "sklearn SGD, characters": "SGD, characters",
        "sklearn multinomial NB, words": "multinomial NB",
        "sklearn Bernoulli NB, words": "Bernoulli NB",
        "river AdaGrad, characters": "river AdaGrad",
        "Vowpal Wabbit, characters": "Vowpal Wabbit",
    }
)


def _line(name: str, points: Iterable[tuple[float, float | None]]) -> list[Line]:
    """A line, or none without points; what is below 0.01 is drawn there, since a logarithm has no 0."""
    known = tuple((x, max(_LEAST, y)) for x, y in points if y is not None)
    return [Line(name, known)] if known else []


def _told(lines: Iterable[Line]) -> str:
    """The ends of all lines in words."""
    return "; ".join(f"{line.name} from {line.points[0][1]:.3g} to {line.points[-1][1]:.3g}" for line in lines) + "."


def learning(found: Found) -> Chart | None:
    """(1-ROCA)% of all rows so far, for each stream."""
    lines = []
    for name in sets.STREAMS:
        figures = found.of(plan.of_stream(found.scale, name))
        lines += _line(sets.TITLES[name], figures["curve"] if figures else ())
    title, across = "From nothing: error over all rows so far", "rows scored and then learnt, logarithmic"
    about = f"(1-ROCA)% as rows come in. {_told(lines)}"
    return Chart(title, about, across, _UP, tuple(lines), is_log_across=True, is_log_up=True) if lines else None


def noise(found: Found) -> Chart | None:
    """(1-ROCA)% under more and more wrong feedback, for each stream."""
    shares = (0.0, *plan.NOISE)
    lines = []
    for name in sets.STREAMS:
        cells = [[plan.of_stream(found.scale, name)], *(noisy(found, name, share) for share in plan.NOISE)]
        lines += _line(sets.TITLES[name], _over(found, shares, cells))
    return _shares("Wrong feedback", "% of labels that are wrong", lines, shares)


def peers(found: Found) -> Chart | None:
    """(1-ROCA)% of every filter on one stream, with right and with 20 % wrong feedback."""
    shares = (0.0, plan.MAIN_NOISE)
    kinds, _ = registry.here()
    both = ("immediate", f"noisy:{plan.MAIN_NOISE}")
    lines = _line("Candor", _over(found, shares, [[plan.of_ours(found.scale, PEERS_ON, told)] for told in both]))
    for kind in kinds:
        cells = [[plan.of_peer(found.scale, PEERS_ON, kind.name, told)] for told in both]
        lines += _line(_SHORT.get(kind.name, kind.name), _over(found, shares, cells))
    return _shares(f"{sets.TITLES[PEERS_ON]} beside other filters", "% of labels that are wrong", lines, shares)


def liars(found: Found) -> Chart | None:
    """(1-ROCA)% of honest sites as more of all feedback lies."""
    lines = []
    for model, name in (("global", "one for all"), ("both", "for all and each")):
        seeds = plan.site_seeds(found.scale, model)
        cells = [[plan.of_sites(found.scale, model, share, seed) for seed in seeds] for share in sites.POISONED]
        lines += _line(name, _over(found, sites.POISONED, cells))
    return _shares("Forty sites: error of the honest ones", "% of all feedback that lies", lines, sites.POISONED)


def _over(found: Found, shares: Iterable[float], cells: Iterable[list[Cell]]) -> list[tuple[float, float | None]]:
    """The mean (1-ROCA)% of the cells at each share, in %."""
    return [(100 * share, found.mean(some, "roca")) for share, some in zip(shares, cells, strict=True)]


def _shares(title: str, across: str, lines: list[Line], shares: Iterable[float]) -> Chart | None:
    about = f"(1-ROCA)% against {across}. {_told(lines)}"
    ticks = tuple(100 * share for share in shares)
    return Chart(title, about, across, _UP, tuple(lines), is_log_up=True, ticks=ticks) if lines else None


CHARTS: Final[Mapping[str, Callable[[Found], Chart | None]]] = MappingProxyType(
    {"learning": learning, "noise": noise, "peers": peers, "liars": liars}
)
"""File name without ending -> how it is made."""
