"""One thin adapter for each tool: ``(H, W, 3) uint8 -> Answer``.

Each calls a tool's public function as its own documentation does first, with its defaults. A tool that says "no grid"
or "scale 1" answers None. Packages are imported when a tool is first used.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata

import numpy as np
from cases import Pixels
from PIL import Image
from scoring import Answer

Tool = Callable[[Pixels], Answer]


@dataclass(frozen=True)
class Peer:
    """A tool and the distribution that brings it."""

    package: str
    tool: Tool

    @property
    def version(self) -> str | None:
        """Installed version, None where it is not installed."""
        try:
            return metadata.version(self.package)
        except metadata.PackageNotFoundError:
            return None


def _unipixel(image: Pixels) -> Answer:
    import unipixel

    found = unipixel.recover(image)
    if found.native is None or found.grid is None:
        return Answer(None, confidence=found.confidence, is_sure=found.is_sure)
    rows, cols = (np.asarray(lines, float) for lines in (found.grid.rows, found.grid.cols))
    return Answer(found.native[..., :3], rows, cols, found.confidence, found.is_sure)


def _perfect_pixel(image: Pixels) -> Answer:
    from perfect_pixel import get_perfect_pixel

    width, _, native = get_perfect_pixel(image)
    return Answer(None if width is None else np.asarray(native))


def _proper_pixel_art(image: Pixels) -> Answer:
    from proper_pixel_art import pixelate

    found = pixelate(Image.fromarray(image))
    cols, rows = (np.asarray(lines, float) / found.upscale_factor for lines in found.mesh)
    return Answer(np.asarray(found.image.convert("RGB")), rows, cols)


def _unfake(image: Pixels) -> Answer:
    from unfake import process_image_sync

    found = process_image_sync(Image.fromarray(image))
    if found["manifest"].processing_steps["scale_detection"]["detected_scale"] == 1:
        return Answer(None)
    return Answer(np.asarray(found["image"].convert("RGB")))


def _pixel_snapper(image: Pixels) -> Answer:
    from pixel_snapper import process_image

    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "PNG", compress_level=1)
    found = Image.open(io.BytesIO(bytes(process_image(buffer.getvalue()))))
    return Answer(np.asarray(found.convert("RGB")))


def _spritegrid(image: Pixels) -> Answer:
    from spritegrid.detection import detect_grid
    from spritegrid.main import create_downsampled_image

    picture = Image.fromarray(image)
    width, height = detect_grid(picture)
    if not width or not height:
        return Answer(None)
    size = max(1, round(picture.width / width)), max(1, round(picture.height / height))
    native = create_downsampled_image(picture, width, height, *size)
    return Answer(np.asarray(native.convert("RGB")))


def _repixelator(image: Pixels) -> Answer:
    from repixelator import rePixelate

    is_found, native = rePixelate(np.ascontiguousarray(image[..., ::-1]))
    return Answer(np.ascontiguousarray(native[..., ::-1]) if is_found else None)


def _ai2pixelart(image: Pixels) -> Answer:
    from ai2pixelart.pipeline import clean

    found = clean(image)
    if found.grid is None:
        return Answer(None)
    return Answer(found.image, np.asarray(found.grid.y.edges, float), np.asarray(found.grid.x.edges, float))


def _pxl_cleanup(image: Pixels) -> Answer:
    from pxl_cleanup.stages import recover_grid

    native = np.asarray(recover_grid(Image.fromarray(image), pixel_size=None).convert("RGB"))
    return Answer(None if native.shape == image.shape else native)


PEERS: dict[str, Peer] = {
    "unipixel": Peer("unipixel-kit", _unipixel),
    "ai2pixelart": Peer("ai2pixelart", _ai2pixelart),
    "perfect-pixel": Peer("perfect-pixel", _perfect_pixel),
    "pixel-snapper": Peer("pixel-snapper", _pixel_snapper),
    "proper-pixel-art": Peer("proper-pixel-art", _proper_pixel_art),
    "pxl-cleanup": Peer("pxl-cleanup", _pxl_cleanup),
    "repixelator": Peer("repixelator", _repixelator),
    "spritegrid": Peer("spritegrid", _spritegrid),
    "unfake": Peer("unfake", _unfake),
}
"""Everything that can be measured, ours first."""
