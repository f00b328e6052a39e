"""One thin adapter for each way to reduce a picture: ``((h, w, 3) uint8, colours) -> (h, w, 3) uint8``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata

import numpy as np
import numpy.typing as npt
from PIL import Image

import unipixel

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Quantizer:
    """A way to reduce a picture and the distribution that brings it."""

    package: str
    reduce: Callable[[Pixels, int], Pixels]

    @property
    def version(self) -> str | None:
        """Installed version, None where it is not installed; our own is there in any case."""
        if self.package == "unipixel-kit":
            return unipixel.__version__
        try:
            return metadata.version(self.package)
        except metadata.PackageNotFoundError:
            return None


def _unipixel(image: Pixels, colors: int) -> Pixels:
    from unipixel.color import quantize

    indices, palette = quantize(image, colors)
    return palette.colors[indices]


def _pillow(method: Image.Quantize, rounds: int = 0) -> Callable[[Pixels, int], Pixels]:
    def reduce(image: Pixels, colors: int) -> Pixels:
        picture = Image.fromarray(image)
        few = picture.quantize(colors, method=method, kmeans=rounds, dither=Image.Dither.NONE)
        return np.asarray(few.convert("RGB"))

    return reduce


def _imagequant(image: Pixels, colors: int) -> Pixels:
    import imagequant

    height, width = image.shape[:2]
    rgba = np.dstack([image, np.full((height, width), 255, np.uint8)])
    indices, palette = imagequant.quantize_raw_rgba_bytes(
        rgba.tobytes(), width, height, dithering_level=0.0, max_colors=colors
    )
    table = np.array(palette, np.uint8).reshape(-1, 4)[:, :3]
    return table[np.frombuffer(indices, np.uint8).reshape(height, width)]


def _scikit_learn(image: Pixels, colors: int) -> Pixels:
    from sklearn.cluster import KMeans

    from unipixel.color import distinct_colors, to_oklab, to_srgb

    distinct = distinct_colors(image)
    if len(distinct.colors) <= colors:
        return image
    lab = to_oklab(distinct.colors).astype(np.float64)
    found = KMeans(colors, n_init=1, random_state=0).fit(lab, sample_weight=distinct.counts)
    return to_srgb(found.cluster_centers_)[found.labels_][distinct.index]


QUANTIZERS: dict[str, Quantizer] = {
    "unipixel": Quantizer("unipixel-kit", _unipixel),
    "median cut": Quantizer("pillow", _pillow(Image.Quantize.MEDIANCUT)),
    "median cut + k-means": Quantizer("pillow", _pillow(Image.Quantize.MEDIANCUT, 8)),
    "max coverage": Quantizer("pillow", _pillow(Image.Quantize.MAXCOVERAGE)),
    "fast octree": Quantizer("pillow", _pillow(Image.Quantize.FASTOCTREE)),
    "libimagequant": Quantizer("imagequant", _imagequant),
    "k-means in OKLab": Quantizer("scikit-learn", _scikit_learn),
}
"""All ways by name; the first is our own."""
