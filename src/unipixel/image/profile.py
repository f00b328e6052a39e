"""Colour profiles: bring a picture's colours into sRGB."""

from __future__ import annotations

import io
from functools import lru_cache
from types import ModuleType
from typing import Any

import numpy as np
from PIL import Image

from unipixel.errors import ImageError

_PROBE_STEPS = np.linspace(0, 255, 9).round().astype(np.uint8)
"""Levels of each channel at which a profile is compared with sRGB."""
_SAME = 2
"""Levels by which a profile may differ from sRGB and still be it: its variants round differently."""


def to_srgb(image: Image.Image) -> Image.Image:
    """Convert a picture's colours to sRGB where its ICC profile says that they are others.

    A profile that is sRGB in all but its name changes nothing, so that exact colours stay exact; a damaged one is left
    aside, as browsers do.

    Parameters
    ----------
    image : PIL image

    Returns
    -------
    PIL image
        The same object where there is nothing to do.

    Raises
    ------
    ImageError
        This Pillow has no colour management and the profile is not sRGB.
    """
    profile = image.info.get("icc_profile")
    if not profile or not isinstance(profile, bytes):
        return image
    if image.mode in ("P", "PA"):
        image = image.convert("RGBA")
    if image.mode in ("LA", "RGBA"):
        transform = _transform(profile, "L" if image.mode == "LA" else "RGB")
        if transform is None:
            return image
        alpha = image.getchannel("A")
        colors = transform.apply(image.convert("L" if image.mode == "LA" else "RGB"))
        colors.putalpha(alpha)
        return _named(colors, image)
    transform = _transform(profile, image.mode) if image.mode in ("L", "RGB", "CMYK") else None
    return image if transform is None else _named(transform.apply(image), image)


def _named(converted: Image.Image, image: Image.Image) -> Image.Image:
    converted.info = {key: value for key, value in image.info.items() if key not in ("icc_profile", "transparency")}
    return converted


@lru_cache(maxsize=32)
def _transform(profile: bytes, mode: str) -> Any | None:
    """Transform from a profile to sRGB, or None where there is none to make or it changes nothing."""
    cms = _color_management()
    if cms is None:
        if b"sRGB" in profile or "sRGB".encode("utf-16-be") in profile:
            return None
        raise ImageError(
            "the picture has a colour profile of its own, and this Pillow can't convert it. "
            "Install Pillow with LittleCMS, as on PyPI, or save the picture as sRGB."
        )
    try:
        source = cms.ImageCmsProfile(io.BytesIO(profile))
        transform = cms.buildTransform(source, cms.createProfile("sRGB"), mode, "RGB", renderingIntent=1)
    except (cms.PyCMSError, OSError, TypeError, ValueError):
        return None
    return None if mode == "RGB" and _changes_nothing(transform) else transform


def _color_management() -> ModuleType | None:
    try:
        from PIL import ImageCms, _imagingcms  # noqa: F401  # the module is there without the library behind it
    except ImportError:
        return None
    return ImageCms


def _changes_nothing(transform: Any) -> bool:
    colors = np.stack(np.meshgrid(_PROBE_STEPS, _PROBE_STEPS, _PROBE_STEPS), axis=-1).reshape(1, -1, 3)
    changed = np.asarray(transform.apply(Image.fromarray(colors)), np.int16)
    return bool(abs(changed - colors).max() <= _SAME)
