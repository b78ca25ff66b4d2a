"""Geometry of small plots, as plain numbers; templates/components/chart.html draws them as SVG. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 600.0
HEIGHT = 120.0
LARGEST_SLOT = 48.0  # width of one bar with its gap, where there are few


@dataclass(frozen=True, slots=True)
class Point:
    """One number to draw; None leaves a gap. `text` is the number as people read it."""

    label: str
    value: float | None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar in the plot's own units, y from the top."""

    x: float
    y: float
    width: float
    height: float
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Plot:
    """A bar plot. `lines` are heights of the grid; `zero` is the height of nothing, from which bars rise or hang."""

    width: float
    height: float
    bars: tuple[Bar, ...]
    lines: tuple[float, ...]
    zero: float
    top: float
    bottom: float
    first: str
    last: str


def bar_plot(
    points: Sequence[Point], *, width: float = WIDTH, height: float = HEIGHT, at_least: float = 0
) -> Plot:
    """Return the bars of some points, left to right, on a scale that begins at zero and ends at a round number.

    The scale reaches `at_least` that far: 100 for shares, so that a half looks like a half.
    """
    numbers = [p.value for p in points if p.value is not None and math.isfinite(p.value)]
    top, bottom = round_up(max([at_least, *numbers])), -round_up(-min([0.0, *numbers]))
    if top == bottom:
        top = 1.0
    slot = min(width / max(len(points), 1), LARGEST_SLOT)
    scale = height / (top - bottom)
    zero = round(top * scale, 2)
    bars = tuple(
        Bar(
            x=round(place * slot + slot * 0.12, 2),
            y=round(zero - max(p.value, 0) * scale, 2),
            width=round(slot * 0.76, 2),
            height=round(abs(p.value) * scale, 2),
            label=p.label,
            text=p.text or f"{p.value:g}",
        )
        for place, p in enumerate(points)
        if p.value is not None and math.isfinite(p.value)
    )
    lines = tuple(round(height * part, 2) for part in (0.0, 0.5, 1.0))
    ends = (points[0].label, points[-1].label) if points else ("", "")
    return Plot(
        round(max(slot * len(points), slot), 2), height, bars, lines, zero, top, bottom, ends[0], ends[1]
    )


def round_up(number: float) -> float:
    """Return the next of 1, 2, 2.5, 5 or 10 times a power of ten; 0 for nothing."""
    if number <= 0:
        return 0.0
    power = 10.0 ** math.floor(math.log10(number))
    return next(step * power for step in (1, 2, 2.5, 5, 10) if number <= step * power * (1 + 1e-9))
