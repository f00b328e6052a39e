"""What is measured on a picture with few colours: how far it is from the truth, and whether its accents are left."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from unipixel.color import distance, distinct_colors, to_oklab

Pixels = npt.NDArray[np.uint8]

ACCENT_PIXELS = 8
"""A colour of at most so many pixels is an accent ..."""
OWN = 0.1
"""... if every other colour of the truth is at least so far from it (OKLab)."""
KEPT = 0.05
"""An accent is kept where its pixels are shown, in the median, at most so far from their colour."""


def errors(shown: Pixels, truth: Pixels) -> tuple[float, float]:
    """Mean and 99th percentile of the OKLab distances of all pixels."""
    distances = distance(shown, truth)
    return float(distances.mean()), float(np.quantile(distances, 0.99))


def find_accents(truth: Pixels) -> list[npt.NDArray[np.bool_]]:
    """Masks ``(h, w)`` of the pixels of each accent."""
    distinct = distinct_colors(truth)
    lab = to_oklab(distinct.colors)
    rare = np.flatnonzero(distinct.counts <= ACCENT_PIXELS)
    accents = []
    for row in rare:
        apart = np.sqrt(((lab - lab[row]) ** 2).sum(axis=1))
        apart[row] = np.inf
        if apart.min() >= OWN:
            accents.append(distinct.index == row)
    return accents


def kept(shown: Pixels, truth: Pixels, accents: list[npt.NDArray[np.bool_]]) -> int:
    """How many accents are left."""
    return sum(bool(np.median(distance(shown[mask], truth[mask])) <= KEPT) for mask in accents)
