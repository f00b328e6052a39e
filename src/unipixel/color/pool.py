"""The pixels of many pictures as one, in bounded memory: what a palette that they share is taken from."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from unipixel.color.distinct import distinct_colors, pack, unpack

MAX_POOLED = 1 << 22
"""Pixels that the pool has at most, but for one of each colour; above it every colour has its share of them."""


def pool_pixels(images: Iterable[npt.NDArray[np.uint8]]) -> npt.NDArray[np.uint8]:
    """Pool the pixels of pictures; those with alpha 0 are left out.

    Parameters
    ----------
    images : iterable of (H, W, 3|4) uint8
        Taken one at a time.

    Returns
    -------
    (1, n, 3) uint8
        Sorted by colour; how often each occurs, or in proportion to it. n is 0 where no picture shows a pixel.
    """
    counts = np.zeros(1 << 24, np.int64)
    for image in images:
        shown = image.reshape(-1, 1, image.shape[2])
        if image.shape[2] == 4:
            shown = shown[shown[..., 3] > 0][:, None]
        if shown.size:
            distinct = distinct_colors(shown)
            counts[pack(distinct.colors)] += distinct.counts
    codes = np.flatnonzero(counts).astype(np.int32)
    many = counts[codes]
    if many.sum() > MAX_POOLED:
        many = np.maximum(1, np.rint(many * (MAX_POOLED / many.sum()))).astype(np.int64)
    return unpack(np.repeat(codes, many))[None]
