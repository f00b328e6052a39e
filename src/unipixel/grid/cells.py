"""One colour for each cell of a grid."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from unipixel.errors import GridMismatch
from unipixel.grid.chroma import restore_chroma
from unipixel.grid.consensus import measure_noise, share_colors
from unipixel.grid.median import take_median
from unipixel.grid.model import Grid, Lines
from unipixel.grid.pixels import as_rgba, pack
from unipixel.image import RGBA

Floats = npt.NDArray[np.float32]
Samples = RGBA | Floats
Ints = npt.NDArray[np.int64]

CellRule = Literal["auto", "nearest", "median", "mode", "mean", "consensus"]
"""How a cell becomes one colour."""

SAMPLES = 4
"""Points taken on each side of a cell. In cells of 3 px the middle one is taken twice, and counts so."""

CLEAN_ROWS = 12
"""Rows of cells that are looked at to see whether a picture is clean."""

UNLIKE = 8
"""Levels by which colours on either side of an edge differ at least."""

EDGE = 0.3
"""Share of a cell on each side that soft edges and ringing may have touched."""


def to_native(image: npt.NDArray[np.uint8], grid: Grid, *, rule: CellRule = "auto") -> RGBA:
    """Reduce a picture on a pixel grid to one array element for each native pixel.

    Parameters
    ----------
    image : (H, W, 3|4) uint8
        Straight alpha; colour below fully transparent pixels is ignored.
    grid : Grid
        Its lines must span exactly this canvas.
    rule : {"auto", "nearest", "median", "mode", "mean", "consensus"}
        "nearest" takes the canvas pixel ``(a + b) // 2`` of the cell ``a:b``: for a whole scale s that is index
        ``s // 2``, the pixel that Pillow's NEAREST resize by 1/s takes. "median" (by channel) and "mean" look at
        the inner part of the cell; "mode" takes the most frequent colour of the whole cell. "consensus" takes the
        medians, takes back what halved chroma did to small cells (see `unipixel.grid.chroma`), and then one colour for
        all cells that differ by noise alone (see `unipixel.grid.consensus`).
        "auto" is "nearest" where that gives the whole picture back, "median" where most cells are flat all the same (a
        clean picture with something smooth on top), and otherwise "consensus".

    Returns
    -------
    (h, w, 4) uint8

    Raises
    ------
    GridMismatch
        The grid belongs to a canvas of another size, or the rule is unknown.
    """
    native: RGBA = frames_to_native([image], grid, rule=rule)[0]
    return native


def frames_to_native(images: Sequence[npt.NDArray[np.uint8]], grid: Grid, *, rule: CellRule = "auto") -> RGBA:
    """`to_native` of frames that share a grid; cells that differ by noise alone get one colour over all of them.

    Parameters
    ----------
    images : sequence of (H, W, 3|4) uint8
        At least one.
    grid : Grid
    rule : CellRule

    Returns
    -------
    (n, h, w, 4) uint8

    Raises
    ------
    GridMismatch
        See `to_native`; or there are no frames.
    """
    frames = [as_rgba(image) for image in images]
    if not frames:
        raise GridMismatch("there are no frames to read: give at least one.")
    for have in {frame.shape[1::-1] for frame in frames}:
        if have != grid.canvas_size[::-1]:
            need = grid.canvas_size[::-1]
            raise GridMismatch(
                f"the picture has {have[0]}x{have[1]} px, the grid {need[0]}x{need[1]}: find its own grid."
            )
    return np.stack(read_cells(frames, grid, rule))


def read_cells(frames: Sequence[RGBA], grid: Grid, rule: CellRule) -> list[RGBA]:
    """`to_native` of frames ``(H, W, 4)`` without hidden colour that fit the grid; the consensus is that of all."""
    if rule not in get_args(CellRule):
        raise GridMismatch(f"there is no cell rule {rule!r}; choose one of {', '.join(get_args(CellRule))}.")
    near = [take_nearest(frame, grid) for frame in frames]
    if rule == "nearest" or (
        rule == "auto" and all(reproduces(native, frame, grid) for native, frame in zip(near, frames, strict=True))
    ):
        return near
    if rule == "mode":
        return [_take_mode(frame, grid) for frame in frames]
    samples = np.concatenate([take_samples(frame, grid) for frame in frames], 1)
    colors = samples.mean(0, dtype=np.float32) if rule == "mean" else take_median(samples)
    if rule == "consensus" or (rule == "auto" and not _is_clean(frames, near, grid)):
        noise, is_opaque = measure_noise(samples, colors), samples.dtype == np.uint8
        del samples
        colors = share_colors(_restore(colors, frames, grid) if is_opaque else colors, noise)
    return list(from_premultiplied(colors).reshape(len(frames), *grid.native_size, 4))


def take_nearest(rgba: RGBA, grid: Grid) -> RGBA:
    """Take the centre pixel of each cell."""
    rows, cols = np.array(grid.rows), np.array(grid.cols)
    native: RGBA = pack(rgba)[(rows[:-1] + rows[1:]) // 2].take((cols[:-1] + cols[1:]) // 2, axis=1).view(np.uint8)
    return native.reshape(len(rows) - 1, len(cols) - 1, 4)


def reproduces(native: RGBA, rgba: RGBA, grid: Grid) -> bool:
    """Whether the native image, drawn on the grid, is the picture, pixel for pixel."""
    row_of, widths = np.repeat(np.arange(len(native)), np.diff(grid.rows)), np.diff(grid.cols)
    seen, drawn = pack(rgba), pack(native).repeat(widths, 1)
    # a few rows give nearly every other picture away
    return all(bool((drawn[row_of[part]] == seen[part]).all()) for part in (np.s_[:: len(seen) // 16 + 1], np.s_[:]))


def take_samples(rgba: RGBA, grid: Grid) -> Samples:
    """Colours at points spread over the inner part of each cell.

    Returns
    -------
    (n, h, w, 4) uint8 or float32
        Premultiplied by alpha, 0..255; float32 where the picture is not opaque.
    """
    rows, cols = find_places(grid)
    points = pack(rgba)[rows.T.ravel()].take(cols.T.ravel(), axis=1)
    points = points.reshape(rows.shape[1], len(rows), cols.shape[1], len(cols)).transpose(0, 2, 1, 3)
    packed = np.ascontiguousarray(points).reshape(-1, len(rows), len(cols))
    samples: RGBA = packed.view(np.uint8).reshape(*packed.shape, 4)
    if (samples[..., 3] == 255).all():
        return samples
    faded = samples.astype(np.float32)
    faded[..., :3] *= faded[..., 3:] / np.float32(255.0)
    return faded


def _restore(colors: Floats, frames: Sequence[RGBA], grid: Grid) -> Floats:
    """`restore_chroma` of the colours of all frames, one below the other."""
    parts = colors.reshape(len(frames), *grid.native_size, 4)
    places = find_places(grid)
    return np.concatenate(
        [restore_chroma(part, frame, grid, places) for part, frame in zip(parts, frames, strict=True)]
    )


def find_places(grid: Grid) -> tuple[Ints, Ints]:
    """Rows ``(h, n)`` and columns ``(w, n)`` of the picture at which the colours of cells are read."""
    return _places(grid.rows, grid.cell[0], grid.offset[0]), _places(grid.cols, grid.cell[1], grid.offset[1])


def _is_clean(frames: Sequence[RGBA], near: Sequence[RGBA], grid: Grid) -> bool:
    """Whether most cells next to another colour are flat: their colours are exact, with no noise to take out."""
    every = max(1, len(frames) * len(near[0]) // CLEAN_ROWS)
    flat = border = 0
    for frame, native in zip(frames, near, strict=True):
        colors = native.astype(np.int16)
        at_border = np.zeros(native.shape[:2], np.bool_)
        down, right = (np.abs(np.diff(colors, axis=axis)).max(-1) > UNLIKE for axis in (0, 1))
        for part, step in ((np.s_[1:], down), (np.s_[:-1], down), (np.s_[:, 1:], right), (np.s_[:, :-1], right)):
            at_border[part] |= step
        for row in range(every // 2, len(native), every):
            flat += np.count_nonzero(_flat_cells(frame, native, grid, row) & at_border[row])
            border += np.count_nonzero(at_border[row])
    return flat > 0.5 * border if border else True


def _flat_cells(rgba: RGBA, native: RGBA, grid: Grid, row: int) -> npt.NDArray[np.bool_]:
    """Cells ``(w,)`` of a row whose every pixel has the native's colour."""
    drawn = pack(native[row]).repeat(np.diff(grid.cols))
    off = (pack(rgba[grid.rows[row] : grid.rows[row + 1]]) != drawn).any(0)
    flat: npt.NDArray[np.bool_] = ~np.logical_or.reduceat(off, np.array(grid.cols[:-1]))
    return flat


def _places(lines: Lines, pitch: float, offset: float) -> Ints:
    """``(cells, n)`` pixels of one axis in the inner part of each cell."""
    cuts = np.array(lines)
    # cut lines are rounded: a regular grid's real ones are known better
    real = offset + pitch * np.rint((cuts - offset) / pitch)
    if np.abs(real - cuts)[1:-1].max(initial=0) > 1:
        real = cuts.astype(np.float64)
    real[[0, -1]] = cuts[[0, -1]]
    count = SAMPLES if pitch > 2 else 2  # in cells of 2 px each pixel would be taken twice
    inner: Ints = (real[:-1, None] + np.diff(real)[:, None] * np.linspace(EDGE, 1 - EDGE, count)).astype(np.int64)
    return inner.clip(cuts[:-1, None], cuts[1:, None] - 1)


def from_premultiplied(colors: Floats) -> RGBA:
    """``(..., 4)`` premultiplied 0..255 to straight uint8; fully transparent becomes 0."""
    alpha = colors[..., 3:]
    if (alpha == 255).all():
        opaque: RGBA = np.rint(colors).astype(np.uint8)
        return opaque
    straight = np.where(alpha > 0, colors[..., :3] * 255.0 / np.maximum(alpha, 1e-3), 0.0)
    whole: RGBA = np.rint(np.concatenate([straight, alpha], -1)).clip(0, 255).astype(np.uint8)
    whole[whole[..., 3] == 0] = 0
    return whole


def _take_mode(rgba: RGBA, grid: Grid) -> RGBA:
    """Most frequent colour of each cell; of several, the one whose first pixel comes first in packed order."""
    packed = pack(rgba).astype(np.uint64)
    rows = np.repeat(np.arange(len(grid.rows) - 1), np.diff(grid.rows))
    cols = np.repeat(np.arange(len(grid.cols) - 1), np.diff(grid.cols))
    cell = (rows[:, None] * (len(grid.cols) - 1) + cols[None, :]).astype(np.uint64)
    keys, counts = np.unique((cell << np.uint64(32)) | packed, return_counts=True)
    owner = (keys >> np.uint64(32)).astype(np.int64)
    order = np.lexsort((keys, -counts, owner))
    first = order[np.unique(owner[order], return_index=True)[1]]
    colors = (keys[first] & np.uint64(0xFFFFFFFF)).astype(np.uint32)
    native: RGBA = colors.view(np.uint8).reshape(len(grid.rows) - 1, len(grid.cols) - 1, 4).copy()
    return native
