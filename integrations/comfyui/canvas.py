"""The recipes' canvases: fit natives onto them, and draw at their sizes."""

import torch

from .node import ALPHA, IMAGE, NATIVES, Node
from .pictures import enlarge, natives_from_comfy, to_comfy
from .preview import show
from .widgets import choice, number

CHANNELS = 4
"""Of SDXL's latents."""


def recipe_names():
    """Recipes for SDXL: those that a conversion knows by name."""
    from unipixel.conversion import PRESET_SCALES

    return [name for name, scale in PRESET_SCALES.items() if scale]


def canvas_names():
    """Canvases of the recipes: those that are trained on, then those that are tried besides."""
    from unipixel.recipe import load_recipe

    recipes = [load_recipe(name) for name in recipe_names()]
    sizes = [size for each in recipes for size in each.dataset.canvases]
    sizes += [size for each in recipes for size in each.sample.unseen]
    return [str(size) for size in dict.fromkeys(sizes)]


def canvas_widgets():
    """Which recipe, and which of its canvases."""
    return {
        "preset": choice(recipe_names(), "The recipe: cells of 8 canvas px, or of 16."),
        "canvas": choice(canvas_names(), "Size in canvas px. The first three are those that the LoRAs are trained on."),
    }


def sizes_of(preset, canvas):
    """Canvas, scale and native size ``(h, w)`` of a choice."""
    from unipixel.conversion import PRESET_SCALES
    from unipixel.dataset import Canvas
    from unipixel.errors import OptionError

    scale = PRESET_SCALES.get(preset)
    if not scale:
        raise OptionError(f"preset {preset} is not known. There are: {', '.join(recipe_names())}.")
    size = Canvas.parse(canvas)
    return size, scale, size.native_size(scale)


class UniPixelLatentSize(Node):
    """An empty latent of a recipe's canvas."""

    TITLE = "UniPixel Latent Size"
    DESCRIPTION = "An empty latent of one of the recipes' canvases, which divide into whole native pixels."
    RETURN_TYPES = ("LATENT", "INT", "INT", "INT", "INT", "INT")
    RETURN_NAMES = ("latent", "width", "height", "scale", "native_width", "native_height")
    OUTPUT_TOOLTIPS = (
        "For the sampler.",
        "Canvas px.",
        "Canvas px.",
        "Canvas px per native px.",
        "Native px.",
        "Native px.",
    )

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {**canvas_widgets(), "batch_size": number(1, "Pictures at once.", least=1, most=4096)}}

    def work(self, preset, canvas, batch_size=1):
        from unipixel.dataset import LATENT

        size, scale, (height, width) = sizes_of(preset, canvas)
        latent = torch.zeros([batch_size, CHANNELS, size.height // LATENT, size.width // LATENT])
        return ({"samples": latent}, size.width, size.height, scale, width, height)


class UniPixelFitToCanvas(Node):
    """Natives on a recipe's canvas."""

    TITLE = "UniPixel Fit to Canvas"
    DESCRIPTION = (
        "Crops or fills natives to a canvas of a recipe, without resampling; the pictures of a batch alike. "
        "What is transparent shows the background."
    )
    RETURN_TYPES = (IMAGE, IMAGE)
    RETURN_NAMES = ("native", "canvas")
    OUTPUT_TOOLTIPS = ("Of the canvas' native size.", "The native, enlarged by the recipe's scale.")

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"images": NATIVES, **canvas_widgets()}, "optional": {"mask": ALPHA}}

    def work(self, images, preset, canvas, mask=None):
        from unipixel.dataset import fit_frames

        _, scale, native_size = sizes_of(preset, canvas)
        natives = fit_frames(natives_from_comfy(images, mask), native_size)
        native, _ = to_comfy(natives)
        return show(natives, result=(native, enlarge(native, scale)))
