"""Pictures and options on which library, command and every host must agree."""

from __future__ import annotations

import numpy as np

from unipixel import convert
from unipixel.conversion import encode_conversion

CASES = [
    ({}, []),
    ({"preset": "unipixel", "cells": "nearest"}, ["--preset", "unipixel", "--cells", "nearest"]),
    ({"colors": 4}, ["--colors", "4"]),
    ({"colors": -1}, ["--colors", "auto"]),
    ({"palette": "sweetie-16", "dither": "bayer-4"}, ["--palette", "sweetie-16", "--dither", "bayer-4"]),
    (
        {"scale": 8.0, "offset": "0,0", "alpha": "threshold"},
        ["--scale", "8", "--offset", "0,0", "--alpha", "threshold"],
    ),
    ({"native_size": "24x20", "clean_orphans": True}, ["--native-size", "24x20", "--clean", "orphans"]),
]
"""What a form's fields hold, and the command's words for it."""

IDS = [" ".join(words) or "auto" for _, words in CASES]

_TYPED = {
    "scale": float,
    "offset": lambda _: (0, 0),
    "native_size": lambda _: (20, 24),
    "clean": lambda _: ("orphans",),
    "colors": lambda text: text if text == "auto" else int(text),
}


def draw(seed: int = 0, colors: int = 8, height: int = 20, width: int = 24, *, clear: bool = False) -> np.ndarray:
    """A native ``(h, w, 4)`` uint8 of so many colours; ``clear`` makes a corner transparent."""
    rng = np.random.default_rng(seed)
    art = rng.integers(0, 256, (colors, 3))[rng.integers(0, colors, (height, width))]
    native = np.dstack([art, np.full((height, width), 255)]).astype(np.uint8)
    if clear:
        native[: height // 3, : width // 3] = 0
    return native


def soften(picture: np.ndarray) -> np.ndarray:
    """Noise as an image model leaves it."""
    noisy = picture.astype(np.int16)
    noisy[..., :3] += np.random.default_rng(0).integers(-4, 5, noisy[..., :3].shape, dtype=np.int16)
    return np.where(picture[..., 3:] > 0, noisy.clip(0, 255), picture).astype(np.uint8)


def by_library(source, words: list[str]) -> bytes:
    """What the library writes for a picture, with options as the command's words."""
    named = {name.lstrip("-").replace("-", "_"): value for name, value in zip(words[::2], words[1::2], strict=True)}
    return encode_conversion(convert(source, **{name: _TYPED.get(name, str)(value) for name, value in named.items()}))
