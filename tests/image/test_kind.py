"""A file is known by how it begins."""

import io

import numpy as np
import pytest
from PIL import Image

from unipixel.image import detect_format, encode_aseprite

BLOCK = np.zeros((3, 3, 3), np.uint8)


@pytest.mark.parametrize(("format", "name"), [("PNG", "png"), ("GIF", "gif"), ("WEBP", "webp"), ("JPEG", "jpeg"),
                                               ("BMP", "bmp"), ("TIFF", "tiff"), ("TGA", "other")])  # fmt: skip
def test_what_pillow_writes_is_known(format, name):
    buffer = io.BytesIO()
    Image.fromarray(BLOCK).save(buffer, format)

    assert detect_format(buffer.getvalue()) == name


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (encode_aseprite([BLOCK]), "aseprite"),
        (b"\0\0\0\x20ftypisom", "video"),
        (b"\0\0\0\x14ftypqt  ", "video"),
        (b"\0\0\0\x20ftypavif", "other"),
        (b"\x1aE\xdf\xa3" + bytes(20), "video"),
        (b"RIFF\0\0\0\0AVI LIST", "video"),
        (b"RIFF\0\0\0\0WAVEfmt ", "other"),
        (b"", "other"),
    ],
)
def test_beginnings(head, name):
    assert detect_format(head) == name
