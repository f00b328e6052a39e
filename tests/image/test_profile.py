"""Colours of another profile become sRGB; a picture that is sRGB keeps its exact colours."""

import io

import numpy as np
import pytest
from PIL import Image, ImageCms

from unipixel.errors import ImageError
from unipixel.image import load_image, profile

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
COLORS = np.random.default_rng(0).integers(0, 256, (6, 6, 3)).astype(np.uint8)


def lab_like_profile() -> bytes:
    """The sRGB profile with red and blue primaries swapped: a picture in it has red and blue exchanged."""
    red, blue = SRGB.index(b"rXYZ"), SRGB.index(b"bXYZ")
    swapped = bytearray(SRGB)
    swapped[red : red + 4], swapped[blue : blue + 4] = b"bXYZ", b"rXYZ"
    return bytes(swapped)


def saved(image: Image.Image, icc: bytes, format="PNG") -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format, icc_profile=icc)
    return buffer.getvalue()


def test_srgb_changes_nothing():
    assert (load_image(saved(Image.fromarray(COLORS), SRGB))[..., :3] == COLORS).all()


@pytest.mark.parametrize("alpha", [False, True])
def test_another_profile_is_converted(alpha):
    image = Image.fromarray(COLORS)
    if alpha:
        image.putalpha(Image.fromarray(np.full((6, 6), 77, np.uint8)))

    read = load_image(saved(image, lab_like_profile()))

    assert abs(read[..., :3].astype(int) - COLORS[..., ::-1]).max() <= 3
    assert (read[..., 3] == (77 if alpha else 255)).all()


def test_a_palette_is_converted_with_its_transparency():
    indexed = Image.fromarray(np.array([[0, 1]], np.uint8))
    indexed.putpalette([200, 100, 0, 1, 2, 3])
    indexed.info["transparency"] = 1

    read = load_image(saved(indexed, lab_like_profile()))

    assert abs(read[0, 0].astype(int) - (0, 100, 200, 255)).max() <= 3
    assert not read[0, 1].any()


def test_a_damaged_profile_is_left_aside():
    assert (load_image(saved(Image.fromarray(COLORS), b"no profile at all" * 20))[..., :3] == COLORS).all()


def test_rotation_and_profile_together():
    image = Image.fromarray(COLORS[:, :4])
    exif = image.getexif()
    exif[0x0112] = 6
    buffer = io.BytesIO()
    image.save(buffer, "PNG", icc_profile=lab_like_profile(), exif=exif)

    read = load_image(buffer.getvalue())

    assert read.shape == (4, 6, 4)
    assert abs(read[..., :3].astype(int) - np.rot90(COLORS[:, :4], -1)[..., ::-1]).max() <= 3


def test_without_colour_management_srgb_is_read_and_others_are_refused(monkeypatch):
    monkeypatch.setattr(profile, "_color_management", lambda: None)
    profile._transform.cache_clear()
    named = SRGB if b"sRGB" in SRGB or "sRGB".encode("utf-16-be") in SRGB else SRGB + b"sRGB"

    assert (load_image(saved(Image.fromarray(COLORS), named))[..., :3] == COLORS).all()
    with pytest.raises(ImageError, match="image: the picture has a colour profile of its own"):
        load_image(saved(Image.fromarray(COLORS), bytes(200)))
    profile._transform.cache_clear()
