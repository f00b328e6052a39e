"""Where to crop a large native so that what matters stays in view."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from unipixel.color import distinct_colors, to_oklab

_Floats = npt.NDArray[np.float64]

Tiles: TypeAlias = "tuple[tuple[int, int] | None, tuple[int, int] | None]"
"""Period and phase of tiles along rows and columns, in native px; None where there is none."""

_MIN_TILE, _MAX_TILE = 4, 64
"""Tile periods that are looked for, in native px."""

_ALONG, _ACROSS = 256, 96
"""Lines, and places of each line, that are compared when looking for tiles."""

_TABLED = 512
"""Pictures of at most so many colours look the distance of two up in a table."""


@dataclass(frozen=True)
class Window:
    """A part of a native, in native px."""

    row: int
    """First row."""
    col: int
    """First column."""
    height: int
    """Rows."""
    width: int
    """Columns."""
    kept: float | None = None
    """Share of the native's busyness that is inside, 0 to 1, where it was measured; see :func:`busyness`."""


def busyness(native: npt.NDArray[np.uint8]) -> _Floats:
    """How much each pixel tells: change of colour to its neighbours, and rarity of its colour.

    Parameters
    ----------
    native : (h, w, 3|4) uint8

    Returns
    -------
    (h, w) float64
        Sums to 1; even where the native is flat.
    """
    distinct = distinct_colors(native)
    lab = to_oklab(distinct.colors).astype(np.float64)
    change = np.zeros(distinct.index.shape)
    down, right = _steps(lab, distinct.index), _steps(lab, distinct.index.T).T
    change[1:] += down
    change[:-1] += down
    change[:, 1:] += right
    change[:, :-1] += right
    rarity = -np.log(distinct.counts / distinct.counts.sum())[distinct.index]
    worth: _Floats = change * (1.0 + rarity)
    total = worth.sum()
    return worth / total if total > 0 else np.full(worth.shape, 1.0 / worth.size)


def propose_windows(
    native: npt.NDArray[np.uint8],
    size: tuple[int, int],
    *,
    count: int = 1,
    tiles: Tiles | Literal["measure"] = "measure",
    worth: _Floats | None = None,
) -> tuple[Window, ...]:
    """Propose crops, best first: busy ones, and each showing what those before it did not.

    Parameters
    ----------
    native : (h, w, 3|4) uint8
    size : (int, int)
        Height and width of the canvas in native px. A side that the native does not fill is taken whole.
    count : int
        At most so many; fewer where another one would show less than half as much that is new.
    tiles : (rows, columns) or "measure"
        Period and phase of the art's tiles along each axis, or None; by default :func:`tile_period` is asked.
        Cuts are made between tiles where that can be.
    worth : (h, w) float64, optional
        Its :func:`busyness`, where it is known.

    Returns
    -------
    tuple of Window
        At least one.
    """
    height, width = min(size[0], native.shape[0]), min(size[1], native.shape[1])
    if worth is None:
        worth = busyness(native)
    known = (tile_period(native, 0), tile_period(native, 1)) if tiles == "measure" else tiles
    rows = _starts(native.shape[0] - height, known[0])
    cols = _starts(native.shape[1] - width, known[1])
    fresh, first = worth.copy(), 0.0
    chosen: list[Window] = []
    for _ in range(count):
        gain = _window_sums(fresh, height, width)[np.ix_(rows, cols)]
        # Rounded, so that windows which are equal but for summation order tie, and the middle one wins.
        ranked = np.round(gain, 9) - 1e-12 * _off_centre(rows, cols, native.shape[0] - height, native.shape[1] - width)
        at, to = np.unravel_index(int(ranked.argmax()), gain.shape)
        if chosen and gain[at, to] < 0.5 * first:
            break
        first = first or float(gain[at, to])
        row, col = int(rows[at]), int(cols[to])
        inside = np.s_[row : row + height, col : col + width]
        chosen.append(Window(row, col, height, width, min(1.0, float(worth[inside].sum()))))
        fresh[inside] = 0.0
    return tuple(chosen)


def tile_period(native: npt.NDArray[np.uint8], axis: int) -> tuple[int, int] | None:
    """Find the period and phase of the tiles that a native is built of, along one axis.

    A tile map repeats itself: pixels that differ from their neighbour are found again one period on. The phase is the
    one at which the picture is cut into the fewest different pieces.

    Parameters
    ----------
    native : (h, w, 3|4) uint8
    axis : int
        0 for rows, 1 for columns.

    Returns
    -------
    (period, phase) or None
        Native px; None where no period stands out. Tiles begin at ``phase + k * period``.
    """
    codes = distinct_colors(native).index
    lines = _some_of(codes if axis == 0 else codes.T)
    edges = lines[1:] != lines[:-1]
    longest = min(_MAX_TILE, len(lines) // 2)
    if longest <= _MIN_TILE or not edges.any():
        return None
    shifts = np.arange(2, longest + 1)
    again = _found_again(lines, edges, shifts)
    usual = float(np.median(again))
    peaks = [at for at in range(len(shifts)) if shifts[at] >= _MIN_TILE and again[at] > max(0.15, 2.0 * usual)]
    if not peaks:
        return None
    best = max(again[peaks])
    period = int(next(shifts[at] for at in peaks if again[at] >= 0.5 * best))
    return period, _tile_phase(lines, period)


def _steps(lab: _Floats, index: npt.NDArray[np.int32]) -> _Floats:
    """How far the colours of neighbouring lines are apart, ``(h - 1, w)``."""
    if len(lab) <= _TABLED:
        apart = np.sqrt(((lab[:, None] - lab[None]) ** 2).sum(axis=2)).ravel()
        tabled: _Floats = apart[index[1:] * np.int32(len(lab)) + index[:-1]]
        return tabled
    steps = lab[index[1:]] - lab[index[:-1]]
    lengths: _Floats = np.sqrt((steps**2).sum(axis=2))
    return lengths


def _some_of(lines: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """At most `_ACROSS` places of each of at most `_ALONG` lines: enough to see what repeats from line to line."""
    first, count = lines[:_ALONG], lines.shape[1]
    if count > _ACROSS:
        first = first[:, np.arange(_ACROSS) * count // _ACROSS]
    return np.ascontiguousarray(first)


def _found_again(lines: npt.NDArray[np.int32], edges: npt.NDArray[np.bool_], shifts: npt.NDArray[np.int64]) -> _Floats:
    """Share of the edges whose two pixels are both found again, for each number of lines between."""
    pairs = lines[:-1].astype(np.int64) << 32 | lines[1:]
    if int(lines.max()) < 1 << 15:  # half as wide, twice as fast
        pairs = lines[:-1] << 16 | lines[1:]
    here, there = np.where(edges, pairs, -1), np.where(edges, pairs, -2)
    of = np.cumsum(edges.sum(axis=1))
    found = [np.count_nonzero(here[:-shift] == there[shift:]) / max(1, of[len(edges) - shift - 1]) for shift in shifts]
    return np.array(found)


def _tile_phase(lines: npt.NDArray[np.int32], period: int) -> int:
    """Phase at which pieces of ``period`` pixels along the first axis are the fewest different ones."""
    factors = np.random.default_rng(0).integers(1, 1 << 62, period)
    size = len(lines) - period + 1
    # One number for each piece; products wrap around, which a hash may.
    pieces = np.sum([factors[at] * lines[at : at + size].astype(np.int64) for at in range(period)], axis=0)
    phases = [pieces[phase::period] for phase in range(min(period, size))]
    return int(np.argmin([len(np.unique(phase)) / phase.size for phase in phases]))


def _starts(room: int, tile: tuple[int, int] | None) -> npt.NDArray[np.int64]:
    starts = np.arange(room + 1)
    if tile is None:
        return starts
    whole = starts[starts % tile[0] == tile[1] % tile[0]]
    return whole if len(whole) else starts


def _off_centre(rows: npt.NDArray[np.int64], cols: npt.NDArray[np.int64], row_room: int, col_room: int) -> _Floats:
    away: _Floats = np.add.outer(np.abs(rows - row_room / 2), np.abs(cols - col_room / 2))
    return away


def _window_sums(values: _Floats, height: int, width: int) -> _Floats:
    """Sum each ``height`` x ``width`` window, ``(h - height + 1, w - width + 1)``."""
    running = np.zeros((values.shape[0] + 1, values.shape[1] + 1))
    running[1:, 1:] = values.cumsum(axis=0).cumsum(axis=1)
    tall = running[height:] - running[:-height]
    sums: _Floats = tall[:, width:] - tall[:, :-width]
    return sums
