"""Colour that JPEG and WebP keep at half the size (4:2:0): small cells get back what spilled into their neighbours.

Such a file holds one chroma value for each 2x2 pixels, and a decoder draws straight lines between them: it weighs the
nearest value 3/4 and the next one 1/4 along each axis ("fancy upsampling" of libjpeg and libwebp). What this does to
the cells of a known grid is known too, so it can be taken back: by Van Cittert's iteration, which adds to an estimate
whatever the observation has and the estimate, sent through the same damage, lacks.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from unipixel.grid.model import Grid, Lines
from unipixel.grid.pixels import take_lines
from unipixel.image import RGBA

Floats = npt.NDArray[np.float32]

MOST_CELL = 7.0
"""Canvas px: nothing spills as far as the inner part of cells this large."""

HALVED = 0.55
"""Chroma that is straight where halved chroma must be, and this much less straight elsewhere, was halved."""

LEAST_BEND = 1.0
"""Levels: chroma that bends no more than this anywhere tells nothing."""

MOST_BEND = 20.0
"""Levels: stronger bends count no more than this, so that a few do not decide."""

ROUNDS = 3
"""Steps of the iteration: more would raise the codec's noise as well."""

TO_YCC = np.array([[0.299, 0.587, 0.114], [-0.168736, -0.331264, 0.5], [0.5, -0.418688, -0.081312]], np.float32)
"""RGB to luma and two chromas, as JPEG and WebP do (ITU-R BT.601, T.871)."""

FROM_YCC = np.linalg.inv(TO_YCC)
"""And back."""


def restore_chroma(colors: Floats, frame: RGBA, grid: Grid, places: tuple[npt.NDArray[np.int64], ...]) -> Floats:
    """Take back what halved chroma did to the colours of small cells.

    Parameters
    ----------
    colors : (h, w, 4) float32
        What was read at the given places, 0..255; opaque.
    frame : (H, W, 4) uint8
        The picture it was read from.
    grid : Grid
        Of that picture.
    places : pair of (cells, n) int
        Rows (columns) of the picture that each row (column) of cells was read at.

    Returns
    -------
    (h, w, 4) float32
        The same colours where the cells are large, or the picture's chroma was not halved.
    """
    if min(grid.cell) >= MOST_CELL or min(grid.canvas_size) < 4:
        return colors
    origin = _find_origin(take_lines(frame[None], 0)), _find_origin(take_lines(frame[None], 1))
    if origin[0] is None or origin[1] is None:
        return colors
    down = _spill(grid.rows, places[0], origin[0])
    across = _spill(grid.cols, places[1], origin[1])
    seen = colors[..., :3] @ TO_YCC[1:].T
    chroma = seen.copy()
    for _ in range(ROUNDS):
        chroma += seen - across(down(chroma).transpose(1, 0, 2)).transpose(1, 0, 2)
    chroma -= seen
    restored: Floats = colors.copy()
    restored[..., :3] += chroma @ FROM_YCC[:, 1:].T
    np.clip(restored, 0, 255, out=restored)
    return restored


def _find_origin(lines: RGBA) -> int | None:
    """0 or 1: the first pixel of lines ``(n, length, 4)`` that starts a pair with one chroma value; None for no pairs.

    Between the middles of two pairs the decoder's chroma is straight: ``x[1] - x[0]`` of a pair is the mean of the
    steps before and after it, up to rounding. Clipped colours break that, so they are left out.
    """
    rgb = lines[..., :3]
    free: npt.NDArray[np.bool_] = (rgb.min(2) > 1) & (rgb.max(2) < 254)
    chroma = rgb.astype(np.float32) @ TO_YCC[1:].T
    bend = 1.5 * (chroma[:, 2:-1] - chroma[:, 1:-2]) - 0.5 * (chroma[:, 3:] - chroma[:, :-3])
    square = np.minimum(np.abs(bend).max(2), MOST_BEND) ** 2
    square *= free[:, 1:-2] & free[:, 2:-1] & free[:, 3:] & free[:, :-3]
    odd, even = (float(square[:, start::2].mean()) ** 0.5 if square.shape[1] > 1 else 0.0 for start in (1, 0))
    if max(odd, even) < LEAST_BEND or min(odd, even) > HALVED * max(odd, even):
        return None
    return 0 if odd < even else 1


def _spill(lines: Lines, places: npt.NDArray[np.int64], origin: int) -> Callable[[Floats], Floats]:
    """What halving and drawing do to cells along the first axis."""
    length = lines[-1]
    cell = np.repeat(np.arange(len(lines) - 1), np.diff(lines))
    first = 2 * np.arange((length - origin + 1) // 2 + origin) - origin
    left, right = cell[first.clip(0)], cell[(first + 1).clip(max=length - 1)]
    pair = (places + origin) // 2
    beside = (pair + np.where((places + origin) % 2, 1, -1)).clip(0, len(first) - 1)

    def spill(cells: Floats) -> Floats:
        pairs = (cells[left] + cells[right]) / 2
        drawn: Floats = np.zeros_like(cells)
        for near, next_to_it in zip(pair.T, beside.T, strict=True):
            drawn += 0.75 * pairs[near] + 0.25 * pairs[next_to_it]
        drawn /= pair.shape[1]
        return drawn

    return spill
