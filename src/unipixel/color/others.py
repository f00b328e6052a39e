"""Other people's ways to choose a few colours of a picture: Pillow's, and libimagequant's."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from PIL import Image

from unipixel.extras import need

Choose = Callable[[npt.NDArray[np.uint8], npt.NDArray[np.bool_], int], npt.NDArray[np.uint8]]
"""From a picture ``(H, W, 3)``, which of its pixels count ``(H, W)``, and the most colours: colours ``(k, 3)``."""


def _pillow(method: Image.Quantize, rounds: int = 0) -> Choose:
    def choose(picture: npt.NDArray[np.uint8], shown: npt.NDArray[np.bool_], wanted: int) -> npt.NDArray[np.uint8]:
        pixels = Image.fromarray(np.ascontiguousarray(picture[shown][None]))
        reduced = pixels.quantize(wanted, method=method, kmeans=rounds, dither=Image.Dither.NONE)
        table: npt.NDArray[np.uint8] = np.array(reduced.getpalette("RGB"), np.uint8).reshape(-1, 3)
        chosen: npt.NDArray[np.uint8] = table[np.unique(np.asarray(reduced))]
        return chosen

    return choose


def _libimagequant(picture: npt.NDArray[np.uint8], shown: npt.NDArray[np.bool_], wanted: int) -> npt.NDArray[np.uint8]:
    imagequant = need("imagequant", extra="imagequant", purpose="the method libimagequant")
    height, width = shown.shape
    data = np.dstack([picture, np.where(shown, 255, 0).astype(np.uint8)]).tobytes()
    # A place for the pixels that don't count, which get a transparent entry.
    room = min(256, wanted + (not shown.all()))
    indices, table = imagequant.quantize_raw_rgba_bytes(data, width, height, dithering_level=0.0, max_colors=room)
    colors = np.array(table, np.uint8).reshape(-1, 4)[:, :3]
    return colors[np.unique(np.frombuffer(indices, np.uint8)[shown.ravel()])][:wanted]


OTHERS: dict[str, Choose] = {
    "median-cut": _pillow(Image.Quantize.MEDIANCUT),
    "max-coverage": _pillow(Image.Quantize.MAXCOVERAGE),
    "fast-octree": _pillow(Image.Quantize.FASTOCTREE),
    "k-means": _pillow(Image.Quantize.MEDIANCUT, rounds=8),
    "libimagequant": _libimagequant,
}
"""Ways by name. ``k-means`` is Pillow's, which starts from its median cut and works in RGB, for at most 8 rounds."""
