"""Options with which library, command and every host must write the same file."""

from __future__ import annotations

from unipixel import convert
from unipixel.conversion import encode_conversion

CASES = [
    ({}, []),
    ({"preset": "unipixel", "cells": "nearest"}, ["--preset", "unipixel", "--cells", "nearest"]),
    ({"colors": 4}, ["--colors", "4"]),
    ({"colors": 4, "keep": "#010203"}, ["--colors", "4", "--keep", "#010203"]),
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


def by_library(source, words: list[str]) -> bytes:
    """What the library writes for a picture, with options as the command's words."""
    named = {name.lstrip("-").replace("-", "_"): value for name, value in zip(words[::2], words[1::2], strict=True)}
    return encode_conversion(convert(source, **{name: _TYPED.get(name, str)(value) for name, value in named.items()}))
