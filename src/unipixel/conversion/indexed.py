"""Frames as palette indices: what indexed files hold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from unipixel.color import Palette, to_oklab
from unipixel.color.palette import MAX_COLORS
from unipixel.image import RGBA


@dataclass(frozen=True, eq=False)
class Indexed:
    """Frames that share one table of colours."""

    indices: npt.NDArray[np.uint8]
    """``(n, h, w)`` uint8."""
    table: npt.NDArray[np.uint8]
    """``(m, 4)`` uint8, sRGB and alpha, 1 to 256 rows: the palette in its order, then what is transparent."""

    @property
    def transparent(self) -> int | None:
        """The entry that is fully transparent, or None."""
        hidden = np.flatnonzero(self.table[:, 3] == 0)
        return int(hidden[0]) if len(hidden) else None


def index_frames(frames: RGBA, palette: Palette | None = None) -> Indexed | None:
    """Write frames as indices of one table.

    Parameters
    ----------
    frames : (n, h, w, 4) uint8
        Without hidden colour.
    palette : Palette, optional
        Its colours come first in the table, in their order, used or not. Without one, the opaque colours of the
        frames come first, dark to light.

    Returns
    -------
    Indexed or None
        None where more than 256 entries would be needed. ``table[indices]`` is the frames.
    """
    packed = np.ascontiguousarray(frames).view(np.uint32)[..., 0]
    values, inverse = np.unique(packed, return_inverse=True)
    if len(values) > MAX_COLORS:
        return None
    found = values.view(np.uint8).reshape(-1, 4)
    table = _sorted(found) if palette is None else _behind(palette, found)
    if len(table) > MAX_COLORS:
        return None
    place = {entry: index for index, entry in reversed(list(enumerate(map(bytes, table))))}
    lookup = np.array([place[bytes(entry)] for entry in found], np.uint8)
    return Indexed(lookup[inverse.reshape(packed.shape)], table)


def _sorted(found: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Opaque entries from dark to light, then translucent ones, the fully transparent one last."""
    lightness = np.round(to_oklab(found[:, :3])[:, 0], 4)
    red, green, blue, alpha = found.T
    return found[np.lexsort((blue, green, red, lightness, 255 - alpha.astype(np.int16)))]


def _behind(palette: Palette, found: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """The palette, and behind it what the frames have besides."""
    opaque = np.column_stack([palette.colors, np.full(len(palette), 255, np.uint8)])
    known = set(map(bytes, opaque))
    others = found[[bytes(entry) not in known for entry in found]]
    return np.concatenate([opaque, _sorted(others)]) if len(others) else opaque
