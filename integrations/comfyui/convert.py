"""The whole conversion in one node."""

import json
from concurrent.futures import ThreadPoolExecutor

from .node import ALPHA, IMAGE, MASK, PALETTE, PICTURES, Node
from .palettes import NO_PALETTE, palette_folder, palette_state
from .pictures import enlarge, read_ahead, to_comfy
from .preview import write_previews
from .widgets import choice, option_widgets

WIDGETS = (
    "preset", "scale", "native_size", "offset", "cells", "min_confidence", "sheet", "parts",
    "palette", "colors", "quantizer", "dither", "dither_strength", "serpentine",
    "background", "background_tolerance", "alpha", "alpha_threshold",
    "clean_halo", "clean_near_duplicates", "clean_orphans", "clean_outline", "clean_jaggies", "zoom", "keep",
)  # fmt: skip
"""Order of the widgets. Saved workflows hold values by place: what is new goes to the end."""

LEFT_OUT = {"optimize": "it is of files, and Save has it"}

BATCHES = ("animation", "apart")


class UniPixelConvert(Node):
    """Any picture to true pixel art."""

    TITLE = "UniPixel Convert"
    DESCRIPTION = (
        "Any picture to true pixel art: finds the grid, or takes the known one, and reads one colour for each cell."
    )
    RETURN_TYPES = (IMAGE, IMAGE, MASK, PALETTE, "STRING", "INT", "INT")
    RETURN_NAMES = ("native", "enlarged", "mask", "palette", "report", "width", "height")
    OUTPUT_TOOLTIPS = (
        "True resolution: one pixel for each art pixel.",
        "The native, enlarged by zoom.",
        "What is transparent in the native.",
        "The palette that was asked for, or the native's own colours.",
        "Grid, confidence, quality and a verdict as JSON; a list of those where pictures are taken apart.",
        "Native px.",
        "Native px.",
    )

    @classmethod
    def INPUT_TYPES(cls):
        tooltip = (
            "animation: the batch's frames share one grid and one palette, and still parts stand still; "
            "apart: each picture for itself, for batches of different pictures."
        )
        return {
            "required": {"images": PICTURES},
            "optional": {
                "mask": ALPHA,
                "palette_in": (PALETTE, {"tooltip": "A palette from another node, instead of the one named below."}),
                "batch": choice(BATCHES, tooltip),
                **option_widgets(*WIDGETS),
            },
        }

    @classmethod
    def VALIDATE_INPUTS(cls, **values):
        """Refuse what contradicts itself before anything is drawn, which may take minutes."""
        from unipixel.color import Palette
        from unipixel.errors import UniPixelError

        written = {name: value for name, value in values.items() if name in WIDGETS}
        if None in written.values():  # linked: only the run will tell
            return True
        linked = Palette.from_hex(["000000"]) if "palette_in" in values else None  # it comes with the run: any will do
        try:
            _options(written, linked)
            _require_batch(values.get("batch", BATCHES[0]))
        except UniPixelError as error:
            return str(error)
        return True

    @classmethod
    def IS_CHANGED(cls, palette=NO_PALETTE, keep="", **values):
        return f"{palette_state(palette)} {palette_state(keep)}"

    def work(self, images, mask=None, palette_in=None, batch="animation", **values):
        from unipixel.conversion import convert_with, describe

        _require_batch(batch)
        options = _options(values, palette_in)
        pictures = read_ahead(images, mask)
        apart = len(pictures) == 1 or batch == "apart"
        made = [convert_with(_frames(each), options) for each in ([[one] for one in pictures] if apart else [pictures])]
        natives = _joined(made)
        with ThreadPoolExecutor(1) as aside:
            previews = aside.submit(write_previews, natives, _indexed(made))
            native, alpha = to_comfy(natives)
            told = [describe(each) for each in made]
        report = json.dumps(told[0] if len(told) == 1 else told, ensure_ascii=False, indent=1)
        height, width = natives.shape[1:3]
        result = (native, enlarge(native, options.zoom), alpha, made[0].colors, report, width, height)
        return {"ui": {"images": previews.result()}, "result": result}


def _options(values, palette_in):
    from unipixel.conversion import read_form

    name = values.get("palette", NO_PALETTE)
    return read_form({**values, "palette": palette_in or ("" if name == NO_PALETTE else name)}, palette_folder())


def _require_batch(batch):
    from unipixel.errors import OptionError

    if batch not in BATCHES and batch is not None:
        raise OptionError(f"batch {batch} is not known. There are: {', '.join(BATCHES)}.")


def _frames(pictures):
    """Pictures that are still being read, as the core takes frames; one is a still."""
    from unipixel.image import STILL_MS, Frames

    size = pictures[0]().shape[:2]
    return Frames(size, lambda: ((picture(), STILL_MS) for picture in pictures), is_animation=len(pictures) > 1)


def _indexed(made):
    """Indices and table of each native, or None where not all have them, or lie in sheets."""
    if any(each.layout or each.indexed is None for each in made):
        return None
    return [(indices, each.indexed.table) for each in made for indices in each.indexed.indices]


def _joined(made):
    """Natives of all conversions as one batch."""
    import numpy as np

    from unipixel.errors import OptionError

    parts = [each.native[None] if each.layout else each.frames for each in made]
    sizes = {part.shape[1:3] for part in parts}
    if len(sizes) > 1:
        told = ", ".join(f"{width}x{height}" for height, width in sorted(sizes))
        raise OptionError(
            f"the natives have different sizes ({told}), which one batch can't hold: give scale or native_size, "
            "take the batch as an animation, or convert the pictures in a list."
        )
    return np.concatenate(parts)
