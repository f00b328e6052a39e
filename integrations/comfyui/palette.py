"""Palettes: take one from the shelf, a file, a list of colours or a picture, and give pictures its colours."""

from .node import ALPHA, IMAGE, MASK, NATIVES, PALETTE, Node
from .palettes import named_palette, palette_names, palette_problem, palette_state
from .pictures import natives_from_comfy, to_comfy
from .preview import show
from .widgets import choice, number, option_widgets, text


class UniPixelPalette(Node):
    """A palette."""

    TITLE = "UniPixel Palette"
    DESCRIPTION = (
        "A palette from the shelf or from a file in user/unipixel/palettes, from a list of colours, or from a picture. "
        "A picture goes before colours, and colours before the name."
    )
    RETURN_TYPES = (PALETTE, "STRING", IMAGE, "INT")
    RETURN_NAMES = ("palette", "codes", "swatches", "count")
    OUTPUT_TOOLTIPS = (
        "For Convert, Snap to Palette and Save.",
        "Its colours as #rrggbb.",
        "A picture of it.",
        "Of colours.",
    )

    @classmethod
    def INPUT_TYPES(cls):
        return {
            "required": {"palette": choice(palette_names(), "On the shelf, or a file.")},
            "optional": {
                "codes": text("Colours such as #0f380f,#9bbc0f, instead of the name."),
                "images": (IMAGE, {"tooltip": "Pictures to take the palette from, instead."}),
                "mask": ALPHA,
                "count": number(32, "Most colours that are taken from pictures.", least=1, most=256),
                **option_widgets("quantizer"),
            },
        }

    @classmethod
    def VALIDATE_INPUTS(cls, palette=None):
        return palette_problem(palette)

    @classmethod
    def IS_CHANGED(cls, palette, **values):
        return palette_state(palette)

    def work(self, palette, codes="", images=None, mask=None, count=32, quantizer="oklab"):
        from unipixel.color import Palette, draw_swatches, extract, pool_pixels

        if images is not None:
            taken = extract(
                pool_pixels(list(natives_from_comfy(images, mask))), count, method=quantizer, name="picture"
            )
        elif codes.strip():
            taken = Palette.from_hex(codes.replace(",", " ").split(), "colours")
        else:
            taken = named_palette(palette)
        swatches, _ = to_comfy(draw_swatches(taken)[None])
        shown = draw_swatches(taken, size=1)[None]
        return show(shown, result=(taken, ",".join(taken.to_hex()), swatches, len(taken)))


class UniPixelSnapToPalette(Node):
    """Colours of a palette for natives."""

    TITLE = "UniPixel Snap to Palette"
    DESCRIPTION = "Gives natives the colours of a palette: the nearest ones, or dithered."
    RETURN_TYPES = (IMAGE, MASK)
    RETURN_NAMES = ("native", "mask")
    OUTPUT_TOOLTIPS = ("With no other colours than the palette's.", "What is transparent in the native.")

    @classmethod
    def INPUT_TYPES(cls):
        return {
            "required": {"images": NATIVES, "palette": (PALETTE, {"tooltip": "From the node Palette."})},
            "optional": {"mask": ALPHA, **option_widgets("dither", "dither_strength", "serpentine")},
        }

    def work(self, images, palette, mask=None, **values):
        from unipixel.conversion import read_form, recolor

        natives, _ = recolor(natives_from_comfy(images, mask), read_form({**values, "palette": palette}))
        return show(natives, result=to_comfy(natives))
