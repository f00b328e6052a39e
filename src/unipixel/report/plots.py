"""Plots as inline SVG: axes with units, colours from the style sheet, a description for those who can't see them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from unipixel.report.html import Html, join, tag

_MOST_POINTS = 480
_ROW = 17
_LABEL = 12


@dataclass(frozen=True)
class Dot:
    """One mean with its interval."""

    series: str
    """Class of colour and shape: ``with``, ``without``, ``ceiling`` or ``training``."""
    label: str
    """Name for the tooltip."""
    mean: float
    """In the unit of the axis."""
    low: float
    """Lower end of the bar."""
    high: float
    """Upper end of the bar."""


def nice_ticks(low: float, high: float, about: int = 4) -> list[float]:
    """Round values that cover ``low`` to ``high``: steps of 1, 2 or 5 times a power of ten.

    Examples
    --------
    >>> nice_ticks(0, 0.93)
    [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    """
    if not high > low:
        low, high = low - 0.5, high + 0.5
    rough = (high - low) / about
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * (1 - 1e-9))
    # A step below 1e-12 of the values is lost in floating point; the range test above keeps it away from zero.
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [float(f"{index * step:.12g}") for index in range(first, last + 1)]


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
    x = _axis(min(xs[0], steps[0]), max(steps[-1], steps[0] + 1), left, width - right)
    y = _axis(ys[0], ys[-1], height - bottom, top)
    grid = [_line(left, y(tick), width - right, y(tick), "rule") for tick in ys]
    names = [_text(left - 8, y(tick) + 4, _short(tick), "end") for tick in ys]
    names += [_text(x(tick), height - bottom + 18, _short(tick), "middle") for tick in xs if tick <= steps[-1]]
    names += [_text((left + width - right) / 2, height - 6, "optimiser step", "middle")]
    names += [_text(14, (top + height - bottom) / 2, "loss (mean squared error)", "middle", turned=True)]
    faint = tag("polyline", points=_path(steps, losses, x, y), class_="raw", clip_path="url(#loss-area)")
    strong = tag("polyline", points=_path(steps, smooth, x, y), class_="smooth")
    area = tag("rect", x=left, y=top, width=width - left - right, height=height - top - bottom)
    clip = tag("defs", tag("clipPath", area, id="loss-area"))
    told = f"Loss from step {_short(steps[0])} to {_short(steps[-1])}: running mean {smooth[0]:.4f} at the start, "
    return _svg(width, height, told + f"{smooth[-1]:.4f} at the end.", clip, grid, names, faint, strong)


def interval_plot(
    title: str,
    groups: Sequence[tuple[str, Sequence[Dot]]],
    unit: str,
    span: tuple[float, float] | None = None,
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
        Ends of the axis; by default from 0 to the highest bar.

    Returns
    -------
    Html
        An ``svg`` element; empty without dots.
    """
    dots = [dot for _, members in groups for dot in members]
    if not dots:
        return Html("")
    width, left, right, top = 360, 84, 16, 6
    ticks = nice_ticks(*span) if span else nice_ticks(min(0.0, *(dot.low for dot in dots)), max(d.high for d in dots))
    x = _axis(ticks[0], ticks[-1], left, width - right)
    rows, at = [], float(top)
    for number, (name, members) in enumerate(groups):
        if number:
            rows.append(_line(0, at, width - right, at, "rule"))
        rows.append(_text(0, at + _ROW * len(members) / 2 + 10, name, "start", class_="group"))
        for place, dot in enumerate(members):
            rows.append(_mark(dot, x, at + 6 + _ROW * (place + 0.5)))
        at += _ROW * len(members) + 12
    lines = [_line(x(tick), top, x(tick), at, "rule") for tick in ticks]
    names = [_text(x(tick), at + 16, _short(tick), "middle") for tick in ticks]
    names.append(_text((left + width - right) / 2, at + 34, unit, "middle"))
    told = f"{title} ({unit}). " + "; ".join(
        f"{name}, {dot.label}: {dot.mean:.4g}, interval {dot.low:.4g} to {dot.high:.4g}"
        for name, members in groups
        for dot in members
    )
    return _svg(width, at + 42, told, lines, rows, names)


def mark(series: str) -> Html:
    """Draw the sign of a series for a legend: told apart by shape as well as by colour."""
    return tag("svg", _shape(series, 8, 8), viewBox="0 0 16 16", class_="key", aria_hidden="true")


def _mark(dot: Dot, x: _Axis, y: float) -> Html:
    told = tag("title", f"{dot.label}: {dot.mean:.4g} [{dot.low:.4g}, {dot.high:.4g}]")
    return tag("g", told, _line(x(dot.low), y, x(dot.high), y, f"bar {dot.series}"), _shape(dot.series, x(dot.mean), y))


def _shape(series: str, x: float, y: float) -> Html:
    name = f"dot {series}"
    if series == "without":
        return tag("rect", x=_number(x - 4), y=_number(y - 4), width=8, height=8, class_=name)
    if series == "ceiling":
        corners = ((x, y - 5.5), (x + 5.5, y), (x, y + 5.5), (x - 5.5, y))
        return tag("polygon", points=" ".join(f"{_number(a)},{_number(b)}" for a, b in corners), class_=name)
    return tag("circle", cx=_number(x), cy=_number(y), r=4.5, class_=name)


@dataclass(frozen=True)
class _Axis:
    low: float
    high: float
    start: float
    stop: float

    def __call__(self, value: float) -> float:
        return self.start + (value - self.low) / (self.high - self.low) * (self.stop - self.start)


def _axis(low: float, high: float, start: float, stop: float) -> _Axis:
    return _Axis(low, high, start, stop)


def _high(losses: Sequence[float]) -> float:
    """Top of the loss axis: a few wild first steps may leave the plot, so that the rest can be read."""
    ordered = sorted(losses)
    return max(ordered[int(0.99 * (len(ordered) - 1))], 1e-12)


def _path(steps: Sequence[float], values: Sequence[float], x: _Axis, y: _Axis) -> str:
    width = max(1, math.ceil(len(steps) / _MOST_POINTS))
    points = []
    for start in range(0, len(steps), width):
        stop = min(start + width, len(steps))
        count = stop - start
        points.append((sum(steps[start:stop]) / count, sum(values[start:stop]) / count))
    return " ".join(f"{_number(x(step))},{_number(y(value))}" for step, value in points)


def _svg(width: float, height: float, told: str, *children: object) -> Html:
    box = f"0 0 {_number(width)} {_number(height)}"
    return tag("svg", join(*children), viewBox=box, role="img", aria_label=told, class_="plot")


def _line(x1: float, y1: float, x2: float, y2: float, class_: str) -> Html:
    return tag("line", x1=_number(x1), y1=_number(y1), x2=_number(x2), y2=_number(y2), class_=class_)


def _text(x: float, y: float, text: str, anchor: str, *, turned: bool = False, class_: str | None = None) -> Html:
    turn = f"rotate(-90 {_number(x)} {_number(y)})" if turned else None
    return tag(
        "text", text, x=_number(x), y=_number(y), text_anchor=anchor, font_size=_LABEL, transform=turn, class_=class_
    )


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _short(value: float) -> str:
    return f"{value:,.10g}" if abs(value) >= 1 else f"{value:.6g}"
