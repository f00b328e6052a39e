"""How a native is shown to a tagger of 448x448 px.

The WD taggers learnt from pictures that were brought to 448 px by smooth resizing. Pixel art can be shown in several
ways, and which one they read best was not measured here; so each has a name, and they can be compared on one's own
pictures.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
from PIL import Image

from unipixel.caption.wd.models import SIDE
from unipixel.errors import ModelError

_RGB = npt.NDArray[np.uint8]
_WHITE = 255


def show(native: npt.NDArray[np.uint8], look: str = "nearest", *, side: int = SIDE) -> npt.NDArray[np.float32]:
    """Show a native to a tagger.

    Parameters
    ----------
    native : (h, w, 4) uint8, RGBA, straight alpha
        Alpha is laid over white.
    look : str
        One of :data:`LOOKS`. A native larger than ``side`` can't be shown by whole pixels: every look shrinks it with
        area averaging.
    side : int

    Returns
    -------
    (side, side, 3) float32
        BGR, 0 to 255, as the WD taggers want it.

    Raises
    ------
    ModelError
        There is no such look.
    """
    if look not in LOOKS:
        raise ModelError(f"there is no way {look!r} to show a picture to a tagger. Choose: {', '.join(LOOKS)}.")
    rgb = _over_white(native)
    shown = _shrink(rgb, side) if max(rgb.shape[:2]) > side else LOOKS[look](rgb, side)
    return np.ascontiguousarray(_centred(shown, side)[..., ::-1]).astype(np.float32)


def _over_white(native: npt.NDArray[np.uint8]) -> _RGB:
    alpha = native[..., 3:].astype(np.uint32)
    mixed = (native[..., :3] * alpha + _WHITE * (255 - alpha) + 127) // 255
    return mixed.astype(np.uint8)


def _centred(rgb: _RGB, side: int) -> _RGB:
    board = np.full((side, side, 3), _WHITE, np.uint8)
    top, left = (side - rgb.shape[0]) // 2, (side - rgb.shape[1]) // 2
    board[top : top + rgb.shape[0], left : left + rgb.shape[1]] = rgb
    return board


def _resize(rgb: _RGB, height: int, width: int, how: Image.Resampling) -> _RGB:
    return np.asarray(Image.fromarray(rgb).resize((max(1, width), max(1, height)), how))


def _to_fit(rgb: _RGB, side: int, how: Image.Resampling) -> _RGB:
    height, width = rgb.shape[:2]
    longest = max(height, width)
    return _resize(rgb, round(height * side / longest), round(width * side / longest), how)


def _shrink(rgb: _RGB, side: int) -> _RGB:
    return _to_fit(rgb, side, Image.Resampling.BOX)


def _nearest(rgb: _RGB, side: int) -> _RGB:
    """Whole pixels of the largest size that fits: 64x64 natives by 7, 72x56 by 6, 128x128 and 144x112 by 3."""
    zoom = side // max(rgb.shape[:2])
    return rgb.repeat(zoom, axis=0).repeat(zoom, axis=1)


def _lanczos(rgb: _RGB, side: int) -> _RGB:
    """Smoothly up to the whole side."""
    return _to_fit(rgb, side, Image.Resampling.LANCZOS)


def _loader(rgb: _RGB, side: int) -> _RGB:
    """What the training's own loader did: padded to a square, LANCZOS to 512 px, then area averaging to the side."""
    square = _centred(rgb, max(rgb.shape[:2]))
    large = _resize(square, 512 * side // SIDE, 512 * side // SIDE, Image.Resampling.LANCZOS)
    return _resize(large, side, side, Image.Resampling.BOX)


def _epx(rgb: _RGB, side: int) -> _RGB:
    """Rounded corners: doubled by EPX (Scale2x) while it is smaller than the side, then area averaging."""
    while max(rgb.shape[:2]) < side:
        rgb = scale2x(rgb)
    return _to_fit(rgb, side, Image.Resampling.BOX)


def scale2x(rgb: _RGB) -> _RGB:
    """Double a picture by EPX, also called Scale2x: corners that continue a line are filled.

    Parameters
    ----------
    rgb : (h, w, c) uint8

    Returns
    -------
    (2h, 2w, c) uint8
        Only colours of the picture.
    """
    padded = np.pad(rgb, ((1, 1), (1, 1), (0, 0)), mode="edge")
    up, down, left, right = padded[:-2, 1:-1], padded[2:, 1:-1], padded[1:-1, :-2], padded[1:-1, 2:]
    made = rgb.repeat(2, axis=0).repeat(2, axis=1)
    for (row, col), (a, b, c, d) in {
        (0, 0): (left, up, down, right),
        (0, 1): (up, right, left, down),
        (1, 0): (down, left, right, up),
        (1, 1): (right, down, up, left),
    }.items():
        joins = _same(a, b) & ~_same(a, c) & ~_same(b, d)
        made[row::2, col::2][joins] = b[joins]
    return made


def _same(first: _RGB, second: _RGB) -> npt.NDArray[np.bool_]:
    equal: npt.NDArray[np.bool_] = (first == second).all(axis=-1)
    return equal


LOOKS: Mapping[str, Callable[[_RGB, int], _RGB]] = MappingProxyType(
    {"nearest": _nearest, "lanczos": _lanczos, "epx": _epx, "loader": _loader}
)
"""Ways to show a native, by name; ``nearest`` keeps whole pixels and is the default."""
