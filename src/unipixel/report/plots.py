"""Plots as inline SVG: axes with units, a description for those who can't see them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from unipixel.report.axes import Axis, draw, line, nice_ticks, px, short, text
from unipixel.report.html import Html, tag

_MOST_POINTS = 480
_ROW = 17
_LONGEST = 20
_CORNERS = {
    "ceiling": ((0, -5.5), (5.5, 0), (0, 5.5), (-5.5, 0)),
    "plain": ((0, -5), (5.5, 4.5), (-5.5, 4.5)),
    "stacked": ((-5.5, -4.5), (5.5, -4.5), (0, 5)),
}
"""Signs with corners, in px (right, down) from their middle."""


@dataclass(frozen=True)
class Dot:
    """One mean with its interval."""

    series: str
    """Class of colour and shape: with, without, ceiling, training, plain, weight or stacked."""
    label: str
    """Name for the row, the tooltip and the description."""
    mean: float
    """In the unit of the axis."""
    low: float
    """Lower end of the bar."""
    high: float
    """Upper end of the bar."""


def running_mean(values: Sequence[float], width: int) -> list[float]:
    """Mean of the ``width`` values around each one, fewer at the ends."""
    sums = [0.0]
    for value in values:
        sums.append(sums[-1] + value)
    half = width // 2
    edges = [(max(0, at - half), min(len(values), at + half + 1)) for at in range(len(values))]
    return [(sums[stop] - sums[start]) / (stop - start) for start, stop in edges]


def loss_plot(points: Sequence[tuple[float, float]]) -> Html:
    """Loss over steps: every step faint, the running mean strong.

    Parameters
    ----------
    points : sequence of (step, loss)
        Points that are not finite are left out. Many are thinned by taking means of neighbours.

    Returns
    -------
    Html
        An ``svg`` element; empty for fewer than two points.
    """
    finite = [(step, loss) for step, loss in points if math.isfinite(step) and math.isfinite(loss)]
    if len(finite) < 2:
        return Html("")
    width, height, left, right, top, bottom = 640, 260, 58, 12, 12, 44
    steps, losses = [step for step, _ in finite], [loss for _, loss in finite]
    smooth = running_mean(losses, max(3, len(losses) // 20))
    xs, ys = nice_ticks(min(0, steps[0]), steps[-1], 6), nice_ticks(min(0.0, *losses), _high(losses))
    x = Axis(min(xs[0], steps[0]), max(steps[-1], steps[0] + 1), left, width - right)
    y = Axis(ys[0], ys[-1], height - bottom, top)
    grid = [line(left, y(tick), width - right, y(tick), "rule") for tick in ys]
    names = [text(left - 8, y(tick) + 4, short(tick), "end") for tick in ys]
    names += [text(x(tick), height - bottom + 18, short(tick), "middle") for tick in xs if tick <= steps[-1]]
    names += [text((left + width - right) / 2, height - 6, "optimiser step", "middle")]
    names += [text(14, (top + height - bottom) / 2, "loss (mean squared error)", "middle", turned=True)]
    faint = tag("polyline", points=_path(steps, losses, x, y), class_="raw", clip_path="url(#loss-area)")
    strong = tag("polyline", points=_path(steps, smooth, x, y), class_="smooth")
    area = tag("rect", x=left, y=top, width=width - left - right, height=height - top - bottom)
    clip = tag("defs", tag("clipPath", area, id="loss-area"))
    told = f"Loss from step {short(steps[0])} to {short(steps[-1])}: running mean {smooth[0]:.4f} at the start, "
    return draw(width, height, told + f"{smooth[-1]:.4f} at the end.", clip, grid, names, faint, strong)


def interval_plot(
    title: str,
    groups: Sequence[tuple[str, Sequence[Dot]]],
    unit: str,
    span: tuple[float, float] | None = None,
    *,
    named: bool = False,
) -> Html:
    """Dots with bars, one row for each series within each group.

    Parameters
    ----------
    title : str
        What is measured.
    groups : sequence of (name, dots)
        One for each size.
    unit : str
        Below the axis.
    span : (low, high), optional
        Ends of the axis; by default from the lowest bar, or 0, to the highest bar, or 0.
    named : bool
        Write the label of each dot in its row, and the group above: for more series than can be told by a sign.

    Returns
    -------
    Html
        An ``svg`` element; empty without dots.
    """
    dots = [dot for _, members in groups for dot in members]
    if not dots:
        return Html("")
    width, left, right, top = 360, 132 if named else 84, 16, 6
    low, high = span or (min(0.0, *(dot.low for dot in dots)), max(0.0, *(dot.high for dot in dots)))
    ticks = nice_ticks(low, high, 3 if named else 4)
    x = Axis(ticks[0], ticks[-1], left, width - right)
    rows: list[Html] = []
    at = float(top)
    for name, members in groups:
        if rows:
            rows.append(line(0, at, width - right, at, "rule"))
        head = _ROW if named and name else 0
        rows.append(text(0, at + (15 if named else _ROW * len(members) / 2 + 10), name, "start", class_="group"))
        for place, dot in enumerate(members):
            y = at + head + 6 + _ROW * (place + 0.5)
            rows.append(_mark(dot, x, y))
            rows.append(text(0, y + 4, _cut(dot.label), "start") if named else Html(""))
        at += head + _ROW * len(members) + 12
    lines = [line(x(tick), top, x(tick), at, "rule" if tick or not x.low < 0 else "zero") for tick in ticks]
    names = [text(x(tick), at + 16, short(tick), "middle") for tick in ticks]
    names.append(text((left + width - right) / 2, at + 34, unit, "middle"))
    told = f"{title} ({unit}). " + "; ".join(
        f"{name}{', ' if name else ''}{dot.label}: {dot.mean:.4g}, interval {dot.low:.4g} to {dot.high:.4g}"
        for name, members in groups
        for dot in members
    )
    return draw(width, at + 42, told, lines, rows, names)


def mark(series: str) -> Html:
    """Draw the sign of a series for a legend: told apart by shape as well as by colour."""
    return tag("svg", shape(series, 8, 8), viewBox="0 0 16 16", class_="key", aria_hidden="true")


def _mark(dot: Dot, x: Axis, y: float) -> Html:
    told = tag("title", f"{dot.label}: {dot.mean:.4g} [{dot.low:.4g}, {dot.high:.4g}]")
    return tag("g", told, line(x(dot.low), y, x(dot.high), y, f"bar {dot.series}"), shape(dot.series, x(dot.mean), y))


def shape(series: str, x: float, y: float) -> Html:
    """Draw the sign of a series with its middle at a place."""
    name = f"dot {series}"
    if series == "without":
        return tag("rect", x=px(x - 4), y=px(y - 4), width=8, height=8, class_=name)
    if series in _CORNERS:
        corners = " ".join(f"{px(x + right)},{px(y + down)}" for right, down in _CORNERS[series])
        return tag("polygon", points=corners, class_=name)
    return tag("circle", cx=px(x), cy=px(y), r=4.5, class_=name)


def _cut(label: str) -> str:
    return label if len(label) <= _LONGEST else label[: _LONGEST - 1] + "…"


def _high(losses: Sequence[float]) -> float:
    """Top of the loss axis: a few wild first steps may leave the plot, so that the rest can be read."""
    ordered = sorted(losses)
    return max(ordered[int(0.99 * (len(ordered) - 1))], 1e-12)


def _path(steps: Sequence[float], values: Sequence[float], x: Axis, y: Axis) -> str:
    width = max(1, math.ceil(len(steps) / _MOST_POINTS))
    points = []
    for start in range(0, len(steps), width):
        stop = min(start + width, len(steps))
        count = stop - start
        points.append((sum(steps[start:stop]) / count, sum(values[start:stop]) / count))
    return " ".join(f"{px(x(step))},{px(y(value))}" for step, value in points)
