"""Fit a native onto a canvas: crop or fill, never resample."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from unipixel.color.distinct import pack, unpack
from unipixel.dataset.pattern import continue_outward, outward_period
from unipixel.dataset.windows import Window, busyness, propose_windows
from unipixel.errors import DatasetError, ImageError

OPAQUE_FROM = 128
"""Alpha from which a pixel is kept, as opaque; below, it shows the background. No blending: it would add colours."""

WHITE = (255, 255, 255)


@dataclass(frozen=True, eq=False)
class Fit:
    """A native on its canvas, and how it came there."""

    native: npt.NDArray[np.uint8]
    """``(h, w, 4)`` uint8, opaque, of the canvas' native size."""
    window: Window
    """The part of the source that is in view, in native px."""
    pad: tuple[int, int, int, int]
    """Rows or columns of fill: top, right, bottom, left, in native px."""
    fill: tuple[str, str, str, str]
    """Colours of the fill as ``#rrggbb``, in the same order."""
    background: str
    """Colour that shows where the source was transparent, as ``#rrggbb``."""
    canvas: tuple[int, int]
    """Native size ``(h, w)`` of the canvas."""
    pattern: tuple[int, int]
    """Period in native px with which the background goes on upwards and downwards, and to the sides; 0: one colour."""
    loss: float
    """Share of the source's busyness that was cropped away, 0 to 1; see :func:`unipixel.dataset.busyness`."""
    padding: float
    """Share of the canvas that is fill, 0 to 1."""

    def to_dict(self) -> dict[str, Any]:
        """State the transform as JSON types: :func:`replay` makes the same native of the same source."""
        return {
            "op": "fit",
            "window": [self.window.row, self.window.col, self.window.height, self.window.width],
            "pad": list(self.pad),
            "fill": list(self.fill),
            "pattern": list(self.pattern),
            "background": self.background,
            "canvas": list(self.canvas),
            "loss": round(self.loss, 6),
        }


def fit(
    native: npt.NDArray[np.uint8],
    canvas: tuple[int, int],
    *,
    window: Window | None = None,
    anchor: tuple[float, float] = (0.5, 0.5),
    background: tuple[int, int, int] | None = None,
) -> Fit:
    """Crop or fill a native to a canvas; no pixel is resampled and no colour added but the background's.

    Where the native is larger it is cropped to the window. Where it is smaller, a background that repeats itself at
    both ends (dither, stripes, tiles, bands of sky) goes on in its phase; else each side is filled with the most
    frequent colour of that side. Transparent pixels show the background.

    Parameters
    ----------
    native : (h, w, 4) uint8, RGBA, straight alpha
    canvas : (int, int)
        Native size (h, w) of the canvas.
    window : Window, optional
        Part to show; without one the best of :func:`unipixel.dataset.propose_windows`.
    anchor : (float, float)
        Where a smaller native stands: (0, 0) top left, (1, 0.5) at the bottom in the middle.
    background : (r, g, b), optional
        Shows where the native is transparent; by default its :func:`background_color`.

    Returns
    -------
    Fit

    Raises
    ------
    ImageError
        The native is not (h, w, 4) uint8, or the window does not lie in it or on the canvas.
    """
    if native.dtype != np.uint8 or native.ndim != 3 or native.shape[2] != 4 or 0 in native.shape:
        raise ImageError(f"a native must be an (h, w, 4) uint8 array, not {native.shape} {native.dtype}.")
    shown = background or background_color(native)
    opaque = resolve_alpha(native, shown)
    part = window or propose_windows(opaque, canvas)[0]
    _require_inside(part, native.shape[:2], canvas)
    cropped = opaque[part.row : part.row + part.height, part.col : part.col + part.width]
    top, left = (round((canvas[axis] - cropped.shape[axis]) * anchor[axis]) for axis in range(2))
    pad = (top, canvas[1] - part.width - left, canvas[0] - part.height - top, left)
    fill = _side_colors(cropped)
    pattern = outward_period(cropped, 0) if pad[0] + pad[2] else 0, outward_period(cropped, 1) if pad[1] + pad[3] else 0
    return Fit(
        native=_filled(cropped, pad, fill, pattern),
        window=part,
        pad=pad,
        fill=(_hex(fill[0]), _hex(fill[1]), _hex(fill[2]), _hex(fill[3])),
        background="#" + bytes(shown).hex(),
        canvas=canvas,
        pattern=pattern,
        loss=0.0 if cropped.shape == opaque.shape else min(1.0, max(0.0, 1.0 - _kept(opaque, part))),
        padding=1.0 - part.height * part.width / (canvas[0] * canvas[1]),
    )


def fit_frames(frames: npt.NDArray[np.uint8], canvas: tuple[int, int]) -> npt.NDArray[np.uint8]:
    """:func:`fit` of the frames of an animation: all show the part, before the background, that suits the first.

    Parameters
    ----------
    frames : (n, h, w, 4) uint8
        At least one.
    canvas : (int, int)
        Native size (h, w) of the canvas.

    Returns
    -------
    (n, canvas h, canvas w, 4) uint8, opaque
    """
    first = fit(frames[0], canvas)
    background = bytes.fromhex(first.background.removeprefix("#"))
    shown = (background[0], background[1], background[2])
    rest = [fit(frame, canvas, window=first.window, background=shown).native for frame in frames[1:]]
    return np.stack([first.native, *rest])


def _kept(opaque: npt.NDArray[np.uint8], part: Window) -> float:
    if part.kept is not None:
        return part.kept
    return float(busyness(opaque)[part.row : part.row + part.height, part.col : part.col + part.width].sum())


def replay(native: npt.NDArray[np.uint8], transform: Mapping[str, Any]) -> npt.NDArray[np.uint8]:
    """Do a fit again from :meth:`Fit.to_dict`: the same pixels from the same source.

    Raises
    ------
    DatasetError
        The transform is not a fit, or does not fit this native.
    """
    try:
        if transform["op"] != "fit":
            raise ValueError(transform["op"])
        row, col, height, width = transform["window"]
        pad, fill = transform["pad"], [_rgb(code) for code in transform["fill"]]
        opaque = resolve_alpha(native, tuple(_rgb(transform["background"]).tolist()))
        _require_inside(Window(row, col, height, width), native.shape[:2], tuple(transform["canvas"]))
        part, periods = opaque[row : row + height, col : col + width], transform.get("pattern", (0, 0))
        done = _filled(part, (pad[0], pad[1], pad[2], pad[3]), fill, (periods[0], periods[1]))
    except (KeyError, ValueError, TypeError, IndexError, ImageError) as error:
        raise DatasetError("a transform can't be done again; prepare this image anew", [repr(error)]) from error
    return done


def background_color(native: npt.NDArray[np.uint8], otherwise: tuple[int, int, int] = WHITE) -> tuple[int, int, int]:
    """Most frequent opaque colour of the border; ``otherwise`` where less than half of the border is opaque.

    Parameters
    ----------
    native : (h, w, 4) uint8
    otherwise : (r, g, b)
    """
    border = np.concatenate([native[0], native[-1], native[1:-1, 0], native[1:-1, -1]])
    opaque = border[border[:, 3] >= OPAQUE_FROM]
    if 2 * len(opaque) < len(border):
        return otherwise
    red, green, blue = _most_frequent(opaque).tolist()
    return red, green, blue


def resolve_alpha(native: npt.NDArray[np.uint8], background: tuple[int, ...]) -> npt.NDArray[np.uint8]:
    """Make every pixel opaque: its own colour from alpha 128 on, the background's below.

    Parameters
    ----------
    native : (h, w, 4) uint8
    background : (r, g, b)

    Returns
    -------
    (h, w, 4) uint8
    """
    opaque: npt.NDArray[np.uint8] = native.copy()
    opaque[native[..., 3] < OPAQUE_FROM, :3] = background
    opaque[..., 3] = 255
    return opaque


def _require_inside(window: Window, size: tuple[int, ...], canvas: tuple[int, ...]) -> None:
    bottom, right = window.row + window.height, window.col + window.width
    inside = min(window.row, window.col) >= 0 and bottom <= size[0] and right <= size[1]
    if not inside or not (0 < window.height <= canvas[0] and 0 < window.width <= canvas[1]):
        raise ImageError(
            f"a window of {window.width}x{window.height} at row {window.row}, column {window.col} does not lie in a "
            f"{size[1]}x{size[0]} native and on a {canvas[1]}x{canvas[0]} canvas."
        )


def _side_colors(opaque: npt.NDArray[np.uint8]) -> list[npt.NDArray[np.uint8]]:
    """Most frequent colour of the top, right, bottom and left line, each ``(3,)``."""
    return [_most_frequent(line) for line in (opaque[0], opaque[:, -1], opaque[-1], opaque[:, 0])]


def _most_frequent(colors: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    codes, counts = np.unique(pack(colors), return_counts=True)
    color: npt.NDArray[np.uint8] = unpack(codes[counts.argmax()])
    return color


def _filled(
    cropped: npt.NDArray[np.uint8],
    pad: tuple[int, int, int, int],
    fill: list[npt.NDArray[np.uint8]],
    pattern: tuple[int, int],
) -> npt.NDArray[np.uint8]:
    top, right, bottom, left = pad
    # Left and right first: what is above and below spans the whole width, as sky and ground do.
    wide = _grown(cropped, 1, (left, right), (fill[3], fill[1]), pattern[1])
    return _grown(wide, 0, (top, bottom), (fill[0], fill[2]), pattern[0])


def _grown(
    opaque: npt.NDArray[np.uint8],
    axis: int,
    lines: tuple[int, int],
    fill: tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]],
    period: int,
) -> npt.NDArray[np.uint8]:
    """Add lines before and after, along an axis: the pattern of a period, or colours."""
    if period:
        return continue_outward(opaque, axis, *lines, period)
    sides = [np.full((*_shape(opaque, axis, count), 4), 255, np.uint8) for count in lines]
    for side, color in zip(sides, fill, strict=True):
        side[..., :3] = color
    return np.concatenate([sides[0], opaque, sides[1]], axis=axis)


def _shape(opaque: npt.NDArray[np.uint8], axis: int, count: int) -> tuple[int, int]:
    return (count, opaque.shape[1]) if axis == 0 else (opaque.shape[0], count)


def _hex(color: npt.NDArray[np.uint8]) -> str:
    return "#" + bytes(color).hex()


def _rgb(code: str) -> npt.NDArray[np.uint8]:
    return np.frombuffer(bytes.fromhex(code.removeprefix("#")), np.uint8)
