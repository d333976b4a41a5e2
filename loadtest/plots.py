"""Plots as inline SVG: values in, text out. Colours are the page's (report.css), so both its modes fit."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Final

WIDTH: Final = 480
HEIGHT: Final = 260
COLOURS: Final = 4
"""How many colours the page's palette has."""
NEAR: Final = 50
"""How many times the least value the most may be for the finer ticks."""
LEFT, RIGHT, TOP, BOTTOM = 64, 28, 16, 40
Point = tuple[float, float | None]


@dataclass(frozen=True)
class Line:
    """A named line; a point without a value breaks it. `colour` is a number of the page's palette."""

    name: str
    points: Sequence[Point]
    colour: int
    dashed: bool = False


@dataclass(frozen=True)
class Axis:
    """Where values lie between two pixels, and which are written beside it."""

    low: float
    high: float
    first: float
    last: float
    ticks: Sequence[float]
    worded: Callable[[float], str]
    bend: Callable[[float], float] = field(default=lambda value: value)

    def place(self, value: float) -> float:
        """The pixel of a value; what lies outside is put on the edge."""
        low, high = self.bend(self.low), self.bend(self.high)
        share = (self.bend(min(max(value, self.low), self.high)) - low) / ((high - low) or 1)
        return round(self.first + share * (self.last - self.first), 1)


def steps(high: float, about: int = 5) -> list[float]:
    """Round numbers from 0 to at least `high`: 1, 2, 2.5 or 5 times a power of ten apart."""
    if high <= 0:
        return [0.0, 1.0]
    raw = high / about
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= raw * 0.999)
    return [round(step * number, 10) for number in range(math.ceil(high / step - 1e-9) + 1)]


def decades(low: float, high: float) -> list[float]:
    """Powers of ten around two values from 1 on; where these are near each other, also 2 and 5 times them."""
    low, high = max(low, 1), max(high, 1)
    factors = (1, 2, 5) if high / low < NEAR else (1,)
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 2)
    ticks = [factor * 10.0**power for power in powers for factor in factors]
    first = max(i for i, tick in enumerate(ticks) if tick <= low)
    last = next(i for i, tick in enumerate(ticks) if tick >= high and i > first)
    return ticks[first : last + 1]


def over_time(
    lines: Sequence[Line],
    worded: Callable[[float], str],
    *,
    log: bool = False,
    marks: Sequence[tuple[float, str]] = (),
) -> str:
    """Lines over seconds; `marks` are moments with a name, drawn as dashes."""
    values = [y for line in lines for _, y in line.points if y is not None] or [0.0]
    seconds = steps(max([x for line in lines for x, _ in line.points] or [1.0]), 6)
    end = max([x for line in lines for x, _ in line.points] or [1.0])
    across = Axis(
        0, max(end, 1e-9), LEFT, WIDTH - RIGHT, [s for s in seconds if s <= end], lambda s: f"{s:g} s"
    )
    drawn = [_frame(across, _upright(values, worded, log)), *_marks(across, marks)]
    return _svg(drawn, lines, across, _upright(values, worded, log))


def distribution(lines: Sequence[Line], worded: Callable[[float], str]) -> str:
    """Latency by percentile, the way to 100 stretched: each nine is as wide as the one before."""
    values = [y for line in lines for _, y in line.points if y] or [1.0]
    end = max([x for line in lines for x, _ in line.points] or [90.0])
    ticks = [tick for tick in (50, 90, 99, 99.9, 99.99, 99.999) if tick <= end]
    across = Axis(
        0, end, LEFT, WIDTH - RIGHT, ticks, lambda p: f"{p:g}%", lambda p: -math.log10(max(1 - p / 100, 1e-9))
    )
    upright = _upright(values, worded, log=True)
    return _svg([_frame(across, upright)], lines, across, upright)


def _upright(values: Sequence[float], worded: Callable[[float], str], log: bool) -> Axis:
    low, high = min(values), max(values)
    ticks = decades(low, high) if log else steps(high)
    bend = (lambda value: math.log10(max(value, 1e-9))) if log else (lambda value: value)
    return Axis(ticks[0], ticks[-1], HEIGHT - BOTTOM, TOP, ticks, worded, bend)


def _svg(drawn: list[str], lines: Sequence[Line], across: Axis, upright: Axis) -> str:
    names = ", ".join(line.name for line in lines)
    body = "".join(drawn + [_line(line, across, upright) for line in lines])
    legend = "".join(f'<span><i class="c{line.colour}"></i>{escape(line.name)}</span>' for line in lines)
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(names)}">{body}</svg>'
        f'<p class="legend">{legend}</p>'
    )


def _frame(across: Axis, upright: Axis) -> str:
    rows = "".join(
        f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}"/>'
        f'<text x="{LEFT - 8}" y="{y + 4}" text-anchor="end">{escape(upright.worded(tick))}</text>'
        for tick in upright.ticks
        for y in (upright.place(tick),)
    )
    columns = "".join(
        f'<text x="{across.place(tick)}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">'
        f"{escape(across.worded(tick))}</text>"
        for tick in across.ticks
    )
    return rows + columns


def _marks(across: Axis, marks: Sequence[tuple[float, str]]) -> list[str]:
    return [
        f'<line class="mark" x1="{across.place(x)}" x2="{across.place(x)}" y1="{TOP}" y2="{HEIGHT - BOTTOM}">'
        f"<title>{escape(name)}</title></line>"
        for x, name in marks
    ]


def _line(line: Line, across: Axis, upright: Axis) -> str:
    path, dots, pen = [], [], "M"
    for x, y in line.points:
        if y is None:
            pen = "M"
            continue
        place = across.place(x), upright.place(y)
        # A way of no length: with its round ends a lonely point is a dot.
        path.append(f"{pen}{place[0]} {place[1]}{'h0' if pen == 'M' else ''}")
        title = escape(f"{line.name}: {upright.worded(y)} at {across.worded(x)}")
        dots.append(f'<circle cx="{place[0]}" cy="{place[1]}" r="5"><title>{title}</title></circle>')
        pen = "L"
    kind = f"c{line.colour} dashed" if line.dashed else f"c{line.colour}"
    return f'<g class="{kind}"><path d="{" ".join(path)}"/>{"".join(dots)}</g>'


@dataclass(frozen=True)
class Bar:
    """A named value with its least and most, and as a person reads it. `colour` is of the page's palette."""

    name: str
    value: float
    spread: tuple[float, float]
    worded: str
    colour: int


BAR: Final = 34
"""Height of a bar with its name above it."""


def bars(found: Sequence[Bar]) -> str:
    """Bars below each other from 0 on, the value at the end of each."""
    longest = max([max(bar.value, bar.spread[1]) for bar in found] or [1.0]) or 1.0
    # Room for a value beside the longest bar.
    across = Axis(0, longest, 0, WIDTH - 140, [], str)
    rows = "".join(_bar(bar, number * BAR, across) for number, bar in enumerate(found))
    names = ", ".join(f"{bar.name} {bar.worded}" for bar in found)
    return (
        f'<svg viewBox="0 0 {WIDTH} {BAR * max(len(found), 1)}" role="img" '
        f'aria-label="{escape(names)}">{rows}</svg>'
    )


def _bar(bar: Bar, top: int, across: Axis) -> str:
    least, most = (across.place(value) for value in bar.spread)
    end, middle = across.place(bar.value), top + 23
    return (
        f'<g class="c{bar.colour}"><text x="0" y="{top + 12}">{escape(bar.name)}</text>'
        f'<rect x="0" y="{top + 17}" width="{max(end, 1)}" height="12" rx="3"/>'
        f'<line class="spread" x1="{least}" x2="{most}" y1="{middle}" y2="{middle}"/>'
        f'<text class="value" x="{max(end, most) + 6}" y="{top + 27}">{escape(bar.worded)}</text></g>'
    )
