"""The whole conversion in one node."""

import json

import numpy as np
from PIL import Image

from invokeai.invocation_api import (
    BaseInvocation,
    BaseInvocationOutput,
    ImageCategory,
    ImageField,
    InputField,
    InvocationContext,
    MetadataField,
    OutputField,
    UIComponent,
    WithBoard,
    WithMetadata,
    invocation,
    invocation_output,
)
from unipixel.color import Palette, palette_from_strip
from unipixel.conversion import convert_with, describe, in_form_words, read_form, to_arguments
from unipixel.errors import UniPixelError
from unipixel.grid import upscale
from unipixel.image import load_image

from .fields import FIELDS, NO_PALETTE, fields_model

SIDE = 512
"""Longest side in px up to which a preview is enlarged."""


@invocation_output("unipixel_convert_output")
class UniPixelConvertOutput(BaseInvocationOutput):
    """A native and what is known of it."""

    native: ImageField = OutputField(description="True resolution: one pixel for each art pixel.")
    enlarged: ImageField = OutputField(description="The native, enlarged by zoom; with zoom 1 the native itself.")
    mask: ImageField = OutputField(description="The native's alpha, as Mask from Alpha takes it: white is opaque.")
    palette: str = OutputField(description="The palette that was asked for, or the native's own colours, as #rrggbb.")
    report: str = OutputField(description="Grid, confidence, quality and a verdict as JSON.")
    confidence: float = OutputField(description="0 to 1: how likely it is that the size is right.")
    width: int = OutputField(description="Native px.")
    height: int = OutputField(description="Native px.")


@invocation(
    "unipixel_convert",
    title="UniPixel Convert",
    tags=["image", "pixel art", "unipixel", "palette", "dithering"],
    category="image",
    version="1.0.0",
)
class UniPixelConvertInvocation(BaseInvocation, fields_model(first=3), WithMetadata, WithBoard):
    """Any picture to true pixel art: finds the grid, or takes the known one, and reads one colour for each cell."""

    image: ImageField = InputField(description="The picture.", ui_order=0)
    palette_image: ImageField | None = InputField(
        default=None, description="A picture whose colours are the palette, in their order; up to 256.", ui_order=1
    )
    palette_codes: str = InputField(
        default="",
        description="Colours such as #0f380f,#9bbc0f as the palette; a picture goes before them.",
        ui_component=UIComponent.Textarea,
        ui_order=2,
    )

    def invoke(self, context: InvocationContext) -> UniPixelConvertOutput:
        """Convert the picture; a mistake of the person's is told as a sentence in the words of the fields."""
        try:
            return self._convert(context)
        except UniPixelError as error:
            raise ValueError(in_form_words(str(error))) from error

    def _convert(self, context):
        written = {name: getattr(self, name) for name in FIELDS}
        options = read_form({**written, "palette": self._palette(context)})
        made = convert_with(load_image(context.images.get_pil(self.image.image_name)), options)
        told, native = describe(made), made.native
        height, width = native.shape[:2]
        preview = _picture(upscale(native, max(1, SIDE // max(height, width))))
        context.util.signal_progress(f"{width}x{height} px", image=preview.convert("RGB"))  # it is sent as JPEG
        notes = self._notes(context, told, options)
        saved = larger = context.images.save(_picture(native), metadata=notes)
        if options.zoom > 1:
            larger = context.images.save(_picture(upscale(native, options.zoom)), metadata=notes)
        mask = context.images.save(Image.fromarray(native[..., 3]), image_category=ImageCategory.MASK)
        return UniPixelConvertOutput(
            native=ImageField(image_name=saved.image_name),
            enlarged=ImageField(image_name=larger.image_name),
            mask=ImageField(image_name=mask.image_name),
            palette=",".join(made.colors.to_hex()) if made.colors else "",
            report=json.dumps(told, ensure_ascii=False, indent=1),
            confidence=made.confidence,
            width=width,
            height=height,
        )

    def _palette(self, context):
        """The palette that is asked for: a picture's, that of the codes, or the named one."""
        if self.palette_image is not None:
            return palette_from_strip(load_image(context.images.get_pil(self.palette_image.image_name)), "picture")
        if self.palette_codes.strip():
            return Palette.from_hex(self.palette_codes.replace(",", " ").split(), "colours")
        return "" if self.palette == NO_PALETTE else self.palette

    def _notes(self, context, told, options):
        """Metadata of the results: what comes in or is the source's own, and how it was converted."""
        given = self.metadata or context.images.get_metadata(self.image.image_name)
        own = {"options": to_arguments(options), "native": told["native"], "confidence": told["confidence"]}
        return MetadataField({**(given.root if given else {}), "unipixel": own})


def _picture(pixels):
    """``(H, W, 4)`` uint8 for Pillow. Not indexed: InvokeAI loses the transparency of indexed pictures."""
    is_opaque = bool((pixels[..., 3] == 255).all())
    return Image.fromarray(np.ascontiguousarray(pixels[..., :3]) if is_opaque else pixels)
