"""The grid: find it, take natives off it, and say how far pictures obey it."""

import json

from .node import ALPHA, GRID, IMAGE, MASK, PICTURES, Node
from .pictures import from_comfy, to_comfy
from .preview import show
from .widgets import number, option_widgets


class UniPixelDetectGrid(Node):
    """The grid that the pictures of a batch share."""

    TITLE = "UniPixel Detect Grid"
    DESCRIPTION = "Finds the one grid that the pictures of a batch share, and says how sure that is."
    RETURN_TYPES = (GRID, "FLOAT", "INT", "INT", "FLOAT", "STRING")
    RETURN_NAMES = ("grid", "scale", "width", "height", "confidence", "report")
    OUTPUT_TOOLTIPS = (
        "For To Native.",
        "Canvas px per native px; of a cell that is not square, its width.",
        "Native px.",
        "Native px.",
        "0 to 1: how likely it is that the size is right.",
        "The reason, and the next best sizes, as JSON.",
    )

    @classmethod
    def INPUT_TYPES(cls):
        return {
            "required": {"images": PICTURES},
            "optional": {
                "mask": ALPHA,
                **option_widgets("preset", "scale", "native_size", "offset", "min_confidence"),
            },
        }

    def work(self, images, mask=None, **values):
        from unipixel.conversion import read_form, read_natives

        found = read_natives(from_comfy(images, mask), read_form({"cells": "nearest", **values})).found
        height, width = found.grid.native_size
        others = [
            {"native": list(each.native_size[::-1]), "confidence": each.confidence} for each in found.alternatives
        ]
        report = json.dumps({"reason": found.reason, "alternatives": others}, ensure_ascii=False, indent=1)
        return (found.grid, float(found.grid.cell[1]), width, height, float(found.confidence), report)


class UniPixelToNative(Node):
    """Natives off a grid."""

    TITLE = "UniPixel To Native"
    DESCRIPTION = (
        "Reads one colour for each cell of a grid; cells of a batch that differ by noise alone get one colour."
    )
    RETURN_TYPES = (IMAGE, MASK)
    RETURN_NAMES = ("native", "mask")
    OUTPUT_TOOLTIPS = ("True resolution: one pixel for each art pixel.", "What is transparent in the native.")

    @classmethod
    def INPUT_TYPES(cls):
        return {
            "required": {"images": PICTURES, "grid": (GRID, {"tooltip": "From Detect Grid."})},
            "optional": {"mask": ALPHA, **option_widgets("cells")},
        }

    def work(self, images, grid, mask=None, cells="auto"):
        from unipixel.grid import frames_to_native

        natives = frames_to_native(from_comfy(images, mask), grid, rule=cells)
        return show(natives, result=to_comfy(natives))


class UniPixelGridDiscipline(Node):
    """How far pictures obey a grid."""

    TITLE = "UniPixel Grid Discipline"
    DESCRIPTION = "Says how far pictures obey one grid: keep the best of a batch, or draw again until it passes."
    RETURN_TYPES = (IMAGE, IMAGE, "FLOAT", "BOOLEAN", "STRING")
    RETURN_NAMES = ("images", "best", "score", "passes", "report")
    OUTPUT_TOOLTIPS = (
        "The pictures as they came.",
        "The picture with the highest score.",
        "The lowest score of all, 0 to 1: 1 for perfect art, about 0 by chance.",
        "Whether the lowest score is high enough.",
        "All figures of each picture as JSON.",
    )

    @classmethod
    def INPUT_TYPES(cls):
        return {
            "required": {"images": PICTURES},
            "optional": {
                "scale": number(8, "Canvas px per native px.", least=2, most=256),
                "least": number(0.8, "Score from which pictures pass.", least=0.0, most=1.0, step=0.01),
            },
        }

    def work(self, images, scale=8, least=0.8):
        from unipixel.evaluation import measure_discipline

        measured = [measure_discipline(picture, scale) for picture in from_comfy(images)]
        scores = [each.score for each in measured]
        best = scores.index(max(scores))
        report = json.dumps([each.to_dict() for each in measured], indent=1)
        return (images, images[best : best + 1], min(scores), min(scores) >= least, report)
