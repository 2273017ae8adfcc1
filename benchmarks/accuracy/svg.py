"""A line chart as SVG: readable in light and dark, without colour, and by a screen reader; it knows no figures."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

WIDTH, HEIGHT = 720, 400
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 540, 46, 346
_LINE_GAP: Final = 17
_DASHES: Final = ("", "8 4", "2 4", "12 4 2 4", "5 2", "1 3 8 3", "16 4")
_LIGHT: Final = ("#0067a3", "#b04600", "#00734f", "#97367a", "#555555", "#7a5c00", "#4b3fb5")
_DARK: Final = ("#5cb8f0", "#f5a15c", "#43d1a8", "#eb9fd0", "#c0c0c0", "#e0c04a", "#aaa2ff")
_STEPS: Final = (1.0, 2.0, 5.0)


@dataclass(frozen=True, slots=True)
class Line:
    """A named series of (x, y), in the order of x."""

    name: str
    points: tuple[tuple[float, float], ...]

    def __post_init__(self) -> None:
        if not self.points:
            raise ValueError(f"the line {self.name} has no points")
        if not all(math.isfinite(value) for point in self.points for value in point):
            raise ValueError(f"the line {self.name} has a point that is no number")


@dataclass(frozen=True, slots=True)
class Chart:
    """Lines with the names of both axes; ``about`` says in a sentence what there is to see, for who cannot see it.

    A logarithmic axis takes values above 0 only; ``ticks`` replaces the marks below, where round numbers are not it.
    """

    title: str
    about: str
    across: str
    up: str
    lines: tuple[Line, ...]
    is_log_across: bool = False
    is_log_up: bool = False
    ticks: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if not 1 <= len(self.lines) <= len(_DASHES):
            raise ValueError(f"a chart has 1 to {len(_DASHES)} lines")


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where a value lies between two places on paper."""

    low: float
    high: float
    start: float
    end: float
    is_log: bool

    def place(self, value: float) -> float:
        low, high, here = (math.log(x) for x in (self.low, self.high, value)) if self.is_log else self._plain(value)
        return self.start + (self.end - self.start) * (here - low) / (high - low)

    def _plain(self, value: float) -> tuple[float, float, float]:
        return self.low, self.high, value


def draw(chart: Chart) -> str:
    """The chart as an SVG document."""
    across = _scale([x for line in chart.lines for x, _ in line.points], (_LEFT, _RIGHT), is_log=chart.is_log_across)
    up = _scale([y for line in chart.lines for _, y in line.points], (_BOTTOM, _TOP), is_log=chart.is_log_up)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'aria-labelledby="title about" font-family="system-ui, sans-serif" font-size="13">'
    )
    parts = [
        head,
        f'<title id="title">{escape(chart.title)}</title>',
        f'<desc id="about">{escape(chart.about)}</desc>',
        _style(len(chart.lines)),
        f'<rect class="paper" width="{WIDTH}" height="{HEIGHT}"/>',
        f'<text class="ink" x="{_LEFT}" y="24" font-size="15" font-weight="600">{escape(chart.title)}</text>',
        *_axes(chart, across, up),
        *_lines(chart, across, up),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _style(count: int) -> str:
    light = " ".join(f".l{i}{{stroke:{_LIGHT[i]};fill:{_LIGHT[i]}}}" for i in range(count))
    dark = " ".join(f".l{i}{{stroke:{_DARK[i]};fill:{_DARK[i]}}}" for i in range(count))
    fixed = ".line{fill:none;stroke-width:2.2} .name{stroke:none}"
    return (
        f"<style>.paper{{fill:#fff}} .ink{{fill:#222}} .grid{{stroke:#ddd}} {light} {fixed}"
        f"@media (prefers-color-scheme:dark){{.paper{{fill:#0d1117}} .ink{{fill:#ddd}} .grid{{stroke:#333}} {dark}"
        f" {fixed}}}</style>"
    )


def _scale(values: Sequence[float], ends: tuple[float, float], *, is_log: bool) -> _Scale:
    low, high = min(values), max(values)
    if is_log:
        if low <= 0:
            raise ValueError("a logarithmic axis takes values above 0")
        high = high if high > low else low * 2
        return _Scale(low / 1.05, high * 1.05, *ends, is_log=True)
    low = min(0.0, low)
    return _Scale(low, high * 1.02 if high > low else low + 1.0, *ends, is_log=False)


def marks(low: float, high: float, *, is_log: bool) -> list[float]:
    """Round numbers between two values: 1, 2 and 5 times powers of ten, or even steps of such."""
    tens = [10.0**power for power in range(-6, 7)]
    if is_log:
        return [step * ten for ten in tens for step in _STEPS if low <= step * ten <= high]
    step = next(step * ten for ten in tens for step in _STEPS if (high - low) / (step * ten) <= 6)  # noqa: PLR2004 - seven marks are enough
    return [number * step for number in range(math.ceil(low / step), int(high / step) + 1)]


def _axes(chart: Chart, across: _Scale, up: _Scale) -> list[str]:
    below = chart.ticks or marks(across.low, across.high, is_log=across.is_log)
    found = []
    for value in below:
        x = across.place(value)
        found.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP}" y2="{_BOTTOM}"/>')
        found.append(f'<text class="ink" x="{x:.1f}" y="{_BOTTOM + 18}" text-anchor="middle">{value:,g}</text>')
    for value in marks(up.low, up.high, is_log=up.is_log):
        y = up.place(value)
        found.append(f'<line class="grid" x1="{_LEFT}" x2="{_RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        found.append(f'<text class="ink" x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{value:g}</text>')
    return [*found, *_names(chart)]


def _names(chart: Chart) -> list[str]:
    """What the axes are."""
    centre, middle = (_LEFT + _RIGHT) / 2, (_TOP + _BOTTOM) / 2
    turned = f'x="18" y="{middle}" transform="rotate(-90 18 {middle})"'
    below = f'x="{centre}" y="{HEIGHT - 14}"'
    both = ((below, chart.across), (turned, chart.up))
    return [f'<text class="ink" text-anchor="middle" {place}>{escape(name)}</text>' for place, name in both]


def _lines(chart: Chart, across: _Scale, up: _Scale) -> list[str]:
    places = [[(across.place(x), up.place(y)) for x, y in line.points] for line in chart.lines]
    heights = _apart([line[-1][1] for line in places])
    found = []
    for number, (line, points, height) in enumerate(zip(chart.lines, places, heights, strict=True)):
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        dash = f' stroke-dasharray="{_DASHES[number]}"' if _DASHES[number] else ""
        x, y = points[-1]
        found.append(f'<polyline class="l{number} line" points="{path}"{dash}/>')
        found.append(f'<circle class="l{number}" cx="{x:.1f}" cy="{y:.1f}" r="3"/>')
        found.append(f'<line class="l{number}" x1="{x + 5:.1f}" y1="{y:.1f}" x2="{_RIGHT + 14}" y2="{height:.1f}"/>')
        found.append(f'<text class="l{number} name" x="{_RIGHT + 18}" y="{height + 4:.1f}">{escape(line.name)}</text>')
    return found


def _apart(heights: Sequence[float]) -> list[float]:
    """The heights of the lines' names, moved until none covers another."""
    found = list(heights)
    last = -math.inf
    for number in sorted(range(len(found)), key=found.__getitem__):
        last = found[number] = max(found[number], last + _LINE_GAP)
    excess = max(0.0, last - _BOTTOM)
    return [height - excess for height in found]
