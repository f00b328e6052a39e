"""A mean with its interval over something that is set, such as a LoRA's weight or a word for the distance."""

from __future__ import annotations

from collections.abc import Sequence

from unipixel.report.axes import Axis, draw, line, nice_ticks, px, short, text
from unipixel.report.html import Html, tag
from unipixel.report.plots import Dot, shape

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 360, 220, 52, 18, 12, 44
_WHISKER = 4


def curve_plot(
    title: str,
    points: Sequence[tuple[float, Dot]],
    names: tuple[str, str],
    span: tuple[float, float] | None = None,
) -> Html:
    """Means with upright bars, joined by a line in the order of what is set.

    Parameters
    ----------
    title : str
        What is measured.
    points : sequence of (place, dot)
        Place on the axis along, and the mean there. Each place is named by its dot's label.
    names : (str, str)
        What is set, below; what is measured with its unit, beside.
    span : (low, high), optional
        Ends of the axis up; by default from 0, or the lowest bar, to the highest bar.

    Returns
    -------
    Html
        An ``svg`` element; empty for fewer than two places.
    """
    points = sorted(points, key=lambda point: point[0])
    places = [place for place, _ in points]
    if len(set(places)) < 2:
        return Html("")
    low, high = span or (min(0.0, *(dot.low for _, dot in points)), max(0.0, *(dot.high for _, dot in points)))
    ticks = nice_ticks(low, high)
    inset = 24  # so that neither bars nor words of the first and last place leave the drawing
    x = Axis(places[0], places[-1], _LEFT + inset, _WIDTH - _RIGHT - inset)
    y = Axis(ticks[0], ticks[-1], _HEIGHT - _BOTTOM, _TOP)
    lines = [line(_LEFT, y(tick), _WIDTH - _RIGHT, y(tick), "rule") for tick in ticks]
    words = [text(_LEFT - 8, y(tick) + 4, short(tick), "end") for tick in ticks]
    words += [text(x(place), _HEIGHT - _BOTTOM + 18, dot.label, "middle") for place, dot in points]
    words += [text((_LEFT + _WIDTH - _RIGHT) / 2, _HEIGHT - 6, names[0], "middle")]
    words += [text(12, (_TOP + _HEIGHT - _BOTTOM) / 2, names[1], "middle", turned=True)]
    path = tag("polyline", points=" ".join(f"{px(x(place))},{px(y(dot.mean))}" for place, dot in points), class_="raw")
    told = f"{title}. " + "; ".join(
        f"{names[0]} {dot.label}: {dot.mean:.4g}, interval {dot.low:.4g} to {dot.high:.4g}" for _, dot in points
    )
    return draw(_WIDTH, _HEIGHT, told, lines, words, path, [_upright(dot, x(place), y) for place, dot in points])


def _upright(dot: Dot, x: float, y: Axis) -> Html:
    told = tag("title", f"{dot.label}: {dot.mean:.4g} [{dot.low:.4g}, {dot.high:.4g}]")
    bar = f"bar {dot.series}"
    ends = [line(x - _WHISKER, y(end), x + _WHISKER, y(end), bar) for end in (dot.low, dot.high)]
    return tag("g", told, line(x, y(dot.low), x, y(dot.high), bar), ends, shape(dot.series, x, y(dot.mean)))
