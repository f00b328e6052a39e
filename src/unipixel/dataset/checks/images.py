"""One training image: on its grid, and named so that no trainer misreads it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from unipixel.color import count_colors
from unipixel.dataset.canvas import LATENT, Canvas
from unipixel.dataset.checks.finding import PREPARE

IMAGE_ENDINGS = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".avif", ".jxl"})
"""Files that trainers take for images, by ending."""

_STEM_PARTS = 5
"""kohya sd-scripts looks for another file's caption where a name has so many parts between underscores."""


def is_image(path: Path) -> bool:
    """Whether a trainer would take this file for an image."""
    return path.suffix.lower() in IMAGE_ENDINGS and not path.name.startswith(".") and path.is_file()


def check_image(
    image: npt.NDArray[np.uint8], scale: int, canvases: Sequence[Canvas], max_colors: int = 32
) -> list[tuple[str, str]]:
    """Check the pixels of one training image.

    Parameters
    ----------
    image : (H, W, 4) uint8
    scale : int
    canvases : sequence of Canvas
    max_colors : int

    Returns
    -------
    list of (problem, mend)
    """
    height, width = image.shape[:2]
    found = []
    if not any((canvas.height, canvas.width) == (height, width) for canvas in canvases):
        found.append((f"{width}x{height} is none of {', '.join(str(canvas) for canvas in canvases)}", PREPARE))
    found += [
        (f"{width}x{height} is not a multiple of {side}", PREPARE)
        for side in sorted({LATENT, scale})
        if height % side or width % side
    ]
    if height % scale == 0 and width % scale == 0:
        native = image[::scale, ::scale]
        off = int((native.repeat(scale, axis=0).repeat(scale, axis=1) != image).any(axis=2).sum())
        if off:
            found.append((f"{off} pixels are off the x{scale} grid", PREPARE))
    if (image[..., 3] != 255).any():
        found.append(("has transparent pixels, which trainers fill each in their own way", PREPARE))
    colors = count_colors(image)
    if colors > max_colors:
        found.append((f"{colors} colours, more than {max_colors}", PREPARE))
    return found


def check_name(path: Path) -> Iterator[tuple[str, str]]:
    """Check the name of one training image: yields (problem, mend)."""
    if path.suffix != ".png":
        yield f"a {path.suffix} file; PNG alone is exact everywhere", PREPARE
    if len(path.stem.split("_")) >= _STEM_PARTS:
        yield "four underscores or more in its name: kohya may read another file's caption", "rename it with hyphens"
