"""Natives for the clean-up tests, written as text: one character a pixel."""

from __future__ import annotations

import numpy as np

from unipixel.image import RGBA

INKS = {
    ".": (0, 0, 0, 0),
    "#": (24, 20, 32, 255),
    "o": (210, 120, 60, 255),
    "a": (90, 160, 90, 255),
    "b": (102, 174, 102, 255),  # near a, but to be told from it
    "W": (255, 255, 255, 255),
    "*": (250, 240, 90, 255),
}


def draw(text: str) -> RGBA:
    """Draw a native from lines of characters, white space at both ends left out."""
    lines = text.strip().split("\n")
    return np.array([[INKS[ink] for ink in line] for line in lines], np.uint8)


def flat(ink: str, height: int = 12, width: int = 14) -> RGBA:
    """A native of one colour."""
    return np.full((height, width, 4), INKS[ink], np.uint8)


def disc(side: int = 24, radius: float = 8.0) -> np.ndarray:
    """How much of each pixel ``(side, side)`` a disc covers, 0 to 1."""
    places = (np.arange(side * 8) + 0.5) / 8 - side / 2
    inside = places[:, None] ** 2 + places[None, :] ** 2 < radius**2
    return inside.reshape(side, 8, side, 8).mean(axis=(1, 3))
