"""Pictures: files, bytes and Pillow images to ``(H, W, 4)`` uint8 arrays, and back."""

from unipixel.image.read import RGBA, ImageSource, load_image
from unipixel.image.write import encode_png, read_text, save_png

__all__ = ["RGBA", "ImageSource", "encode_png", "load_image", "read_text", "save_png"]
