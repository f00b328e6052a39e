"""Pixel-art LoRAs that draw on one grid, and true pixel art from any picture.

>>> import numpy as np, unipixel
>>> art = np.random.default_rng(0).integers(0, 256, (12, 16, 3)).astype(np.uint8)
>>> found = unipixel.recover(art.repeat(8, axis=0).repeat(8, axis=1))
>>> found.native.shape, found.is_sure
((12, 16, 4), True)
>>> unipixel.convert(art.repeat(8, axis=0).repeat(8, axis=1), scale=8, colors=16).palette.colors.shape
(16, 3)
>>> unipixel.measure_discipline(art.repeat(8, axis=0).repeat(8, axis=1), 8).score
1.0

Importing the package loads nothing but this file; each name below is loaded when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from unipixel.version import __version__

if TYPE_CHECKING:
    from unipixel.color import Palette, quantize
    from unipixel.conversion import Conversion, convert
    from unipixel.errors import UniPixelError
    from unipixel.evaluation import Discipline, measure_discipline
    from unipixel.grid import Grid, Recovery, find_parts, recover, recover_frames, recover_sheet, to_native, upscale
    from unipixel.image import load_image, save_png
    from unipixel.recipe import Recipe, load_recipe

_HOMES = {
    "Conversion": "unipixel.conversion",
    "Discipline": "unipixel.evaluation",
    "Grid": "unipixel.grid",
    "Palette": "unipixel.color",
    "Recipe": "unipixel.recipe",
    "Recovery": "unipixel.grid",
    "UniPixelError": "unipixel.errors",
    "convert": "unipixel.conversion",
    "find_parts": "unipixel.grid",
    "load_image": "unipixel.image",
    "load_recipe": "unipixel.recipe",
    "measure_discipline": "unipixel.evaluation",
    "quantize": "unipixel.color",
    "recover": "unipixel.grid",
    "recover_frames": "unipixel.grid",
    "recover_sheet": "unipixel.grid",
    "save_png": "unipixel.image",
    "to_native": "unipixel.grid",
    "upscale": "unipixel.grid",
}

__all__ = [
    "Conversion",
    "Discipline",
    "Grid",
    "Palette",
    "Recipe",
    "Recovery",
    "UniPixelError",
    "__version__",
    "convert",
    "find_parts",
    "load_image",
    "load_recipe",
    "measure_discipline",
    "quantize",
    "recover",
    "recover_frames",
    "recover_sheet",
    "save_png",
    "to_native",
    "upscale",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'unipixel' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
