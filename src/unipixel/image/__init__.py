"""Pictures: files, bytes and Pillow images to ``(H, W, 4)`` uint8 arrays, and back."""

from unipixel.image.animation import AnimationFormat, encode_animation
from unipixel.image.aseprite import decode_aseprite, decode_aseprite_palette, is_aseprite
from unipixel.image.aseprite_write import encode_aseprite
from unipixel.image.frames import STILL_MS, Frames, open_frames
from unipixel.image.kind import detect_format
from unipixel.image.metadata import read_metadata
from unipixel.image.pixels import RGBA
from unipixel.image.read import ImageSource, load_image, require_picture
from unipixel.image.write import encode_png, save_png

__all__ = [
    "RGBA",
    "STILL_MS",
    "AnimationFormat",
    "Frames",
    "ImageSource",
    "decode_aseprite",
    "decode_aseprite_palette",
    "detect_format",
    "encode_animation",
    "encode_aseprite",
    "encode_png",
    "is_aseprite",
    "load_image",
    "open_frames",
    "read_metadata",
    "require_picture",
    "save_png",
]
