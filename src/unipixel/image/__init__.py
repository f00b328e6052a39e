"""Pictures: files, bytes and Pillow images to ``(H, W, 4)`` uint8 arrays, and back."""

from unipixel.image.aseprite import decode_aseprite, decode_aseprite_palette, is_aseprite
from unipixel.image.aseprite_write import encode_aseprite
from unipixel.image.pixels import RGBA
from unipixel.image.read import ImageSource, load_image
from unipixel.image.write import encode_png, read_text, save_png

__all__ = [
    "RGBA",
    "ImageSource",
    "decode_aseprite",
    "decode_aseprite_palette",
    "encode_aseprite",
    "encode_png",
    "is_aseprite",
    "load_image",
    "read_text",
    "save_png",
]
