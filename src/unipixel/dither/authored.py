"""Dithers that an artist drew: where they are, and how their two colours stay two on another palette."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from unipixel.color import Palette, snap, to_oklab
from unipixel.color.distinct import pack
from unipixel.color.oklab import linear_to_oklab, to_linear
from unipixel.dither.neighbours import natural_neighbours

_Mask = npt.NDArray[np.bool_]
_Numbers = npt.NDArray[np.int64]

SEEDS = (
    "#.#./.#.#/#.#.",  # a checkerboard of 12 pixels; 9 are found in rings, flowers and crosses too
    "#.#.#./.#.#.#",  # two rows of one
    "#.#.#/...../#.#.#",  # a quarter: six dots, more than the eyes and rivets that come in twos and fours
    "#...#../......./..#...#/......./#...#..",  # an eighth, six dots
)
"""What is surely a dither, as rows of dots and ground; mirrored and upright too, in any two colours."""

NEAR = 2
"""A lone pixel this near to a dither of the same two colours belongs to it: the thin ends of a ramp."""


def find_dither(native: npt.NDArray[np.uint8]) -> _Mask:
    """Find the dithers in pixel art: regular patterns of single pixels in two colours.

    Checkerboards and patterns of a quarter or an eighth (and their negatives), from about 4x3 pixels on, and the lone
    pixels around them in the same two colours, such as the thin end of a ramp. Colours are compared exactly: in art
    with noise there are no dithers.

    Parameters
    ----------
    native : (h, w, 3|4) uint8
        Pixels with alpha 0 are all of one colour, so that a dithered shadow is found too.

    Returns
    -------
    (h, w) bool
    """
    return _find(native).mask


def keep_authored(image: npt.NDArray[np.uint8], palette: Palette) -> tuple[npt.NDArray[np.uint8], _Mask]:
    """Map a picture to nearest colours, and the two colours of an artist's dither to two where that serves.

    Where both would become one colour, one of them becomes a natural neighbour of it instead, if the mix is then nearer
    to what the dither stood for.

    Parameters
    ----------
    image : (H, W, 3|4) uint8
    palette : Palette

    Returns
    -------
    indices : (H, W) uint8
    mask : (H, W) bool
        The artist's dithers.
    """
    indices, found = snap(image, palette), _find(image)
    for pair in np.unique(found.pair[found.mask]):
        area = found.mask & (found.pair == pair)
        first, second = (area & (found.number == number) for number in divmod(int(pair), found.count))
        if first.any() and second.any() and _is_shown(image, area):
            _part(indices, image, palette, first, second)
    return indices, found.mask


@dataclass(frozen=True, eq=False)
class _Found:
    mask: _Mask
    number: _Numbers
    """``(h, w)``: one number for each colour, below ``count``."""
    pair: _Numbers
    """``(h, w)``: the two colours of the dither that a pixel is in, lower number times ``count`` plus higher."""
    count: int


def _find(image: npt.NDArray[np.uint8]) -> _Found:
    codes = pack(image).astype(np.int64)
    if image.shape[2] == 4:
        codes = np.where(image[..., 3] == 0, -1, codes << 8 | image[..., 3])
    values, inverse = np.unique(codes, return_inverse=True)
    number = inverse.reshape(codes.shape).astype(np.int64)
    found = _Found(np.zeros(codes.shape, bool), number, np.zeros(codes.shape, np.int64), len(values))
    for seed in SEEDS:
        shape = np.array([list(row) for row in seed.split("/")]) == "#"
        for turned in (shape, shape[:, ::-1], shape.T, shape.T[::-1]):
            _sow(found, turned)
    _grow(found)
    return found


def _sow(found: _Found, seed: _Mask) -> None:
    """Mark every place where the picture shows a seed."""
    rows, columns = (side - of_seed + 1 for side, of_seed in zip(found.mask.shape, seed.shape, strict=True))
    if rows < 1 or columns < 1:
        return
    dots, ground = np.argwhere(seed), np.argwhere(~seed)
    at_dot, at_ground = (found.number[y : y + rows, x : x + columns] for y, x in (dots[0], ground[0]))
    fits = at_dot != at_ground
    for places, wanted in ((dots[1:], at_dot), (ground[1:], at_ground)):
        for y, x in places:
            fits &= found.number[y : y + rows, x : x + columns] == wanted
    pair = _pair(at_dot, at_ground, found.count)[fits]
    top, left = np.nonzero(fits)
    for y, x in np.ndindex(seed.shape):
        found.mask[top + y, left + x] = True
        found.pair[top + y, left + x] = pair


def _grow(found: _Found) -> None:
    """Add lone pixels, and their four neighbours, near dithers of the same two colours, until there are no more."""
    if not found.mask.any():
        return
    rows, columns, pairs = _lone_pixels(found)
    away = [(y, x) for y in range(-NEAR, NEAR + 1) for x in range(-NEAR, NEAR + 1)]
    frame = ((NEAR, NEAR), (NEAR, NEAR))
    mask, pair = np.pad(found.mask, frame), np.pad(found.pair, frame)
    waiting = ~found.mask[rows, columns]
    while waiting.any():
        y, x, own = rows[waiting] + NEAR, columns[waiting] + NEAR, pairs[waiting]
        joins = np.any([mask[y + dy, x + dx] & (pair[y + dy, x + dx] == own) for dy, dx in away], axis=0)
        if not joins.any():
            break
        for dy, dx in ((0, 0), (0, 1), (1, 0), (0, -1), (-1, 0)):
            at = y[joins] + dy, x[joins] + dx
            pair[at] = np.where(mask[at], pair[at], own[joins])
            mask[at] = True
        waiting[np.flatnonzero(waiting)[joins]] = False
    inside = (slice(NEAR, -NEAR), slice(NEAR, -NEAR))
    found.mask[:], found.pair[:] = mask[inside], pair[inside]


def _lone_pixels(found: _Found) -> tuple[_Numbers, _Numbers, _Numbers]:
    """Rows, columns and pairs of pixels all of whose neighbours (up, down, left, right) have one other colour."""
    padded = np.pad(found.number, 1, constant_values=-1)
    around = np.stack([padded[:-2, 1:-1], padded[2:, 1:-1], padded[1:-1, :-2], padded[1:-1, 2:]])
    highest = around.max(axis=0)
    is_lone = ((around == highest) | (around < 0)).all(axis=0) & (highest != found.number) & (highest >= 0)
    rows, columns = np.nonzero(is_lone)
    return rows, columns, _pair(found.number, highest, found.count)[is_lone]


def _pair(one: _Numbers, other: _Numbers, count: int) -> _Numbers:
    pair: _Numbers = np.minimum(one, other) * count + np.maximum(one, other)
    return pair


def _is_shown(image: npt.NDArray[np.uint8], area: _Mask) -> bool:
    return image.shape[2] < 4 or bool((image[area][:, 3] > 0).all())


def _part(
    indices: npt.NDArray[np.uint8], image: npt.NDArray[np.uint8], palette: Palette, first: _Mask, second: _Mask
) -> None:
    """Give the two colours of a dither two indices, where they have one and two are nearer to their mix."""
    row = int(indices[first][0])
    partners = np.flatnonzero(natural_neighbours(palette)[row])
    if row != int(indices[second][0]) or not len(partners):
        return
    colors = np.stack([image[first][0, :3], image[second][0, :3]])
    dark, light = (first, second) if np.diff(to_oklab(colors)[:, 0])[0] >= 0 else (second, first)
    share = np.array([light.sum(), dark.sum()]) / (light.sum() + dark.sum())
    wanted = linear_to_oklab(share[::-1] @ to_linear(np.stack([image[dark][0, :3], image[light][0, :3]])))
    lightness, lights = to_oklab(palette.colors)[:, 0], to_linear(palette.colors)
    is_lighter = lightness[partners] > lightness[row]
    weight = np.where(is_lighter, share[0], share[1])[:, None]
    errors = ((linear_to_oklab(lights[row] + weight * (lights[partners] - lights[row])) - wanted) ** 2).sum(axis=1)
    best = int(errors.argmin())
    if errors[best] < ((linear_to_oklab(lights[row]) - wanted) ** 2).sum():
        indices[light if is_lighter[best] else dark] = partners[best]
