"""Connected parts of a mask."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from unipixel.cleanup.colors import Mask


def label_regions(mask: Mask) -> npt.NDArray[np.int64]:
    """Number the parts of a mask that hang together by their sides; parts that touch at corners only are two.

    Runs of pixels along rows are joined to the runs they touch in the next row: every run takes the least number next
    to it until all that touch have one number, so that the work grows with runs and not with pixels.

    Parameters
    ----------
    mask : (h, w) bool

    Returns
    -------
    (h, w) int64
        -1 where the mask is not set, otherwise the same number for all pixels of a part; numbers have gaps.
    """
    starts = mask.copy()
    starts[:, 1:] &= ~mask[:, :-1]
    runs = np.cumsum(starts.ravel()).reshape(mask.shape) - 1
    touch = mask[1:] & mask[:-1]
    touch[:, 1:] &= ~(touch[:, :-1] & ~starts[1:, 1:] & ~starts[:-1, 1:])  # one pixel a pair of runs is enough
    above, below = runs[:-1][touch], runs[1:][touch]
    parent = np.arange(int(runs.max(initial=-1)) + 1)
    while True:
        first, second = parent[above], parent[below]
        apart = first != second
        if not apart.any():
            break
        np.minimum.at(parent, np.maximum(first, second)[apart], np.minimum(first, second)[apart])
        parent = _to_roots(parent)
    return np.where(mask, parent[runs] if parent.size else runs, -1)


def _to_roots(parent: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    while True:
        higher = parent[parent]
        if np.array_equal(higher, parent):
            return parent
        parent = higher


def flood(mask: Mask, seeds: Mask) -> Mask:
    """Pixels of a mask that hang together with one of the seeds by their sides.

    Parameters
    ----------
    mask, seeds : (h, w) bool
        Seeds outside the mask are left out.
    """
    labels = label_regions(mask)
    reached = np.zeros(int(labels.max(initial=-1)) + 2, np.bool_)
    reached[labels[seeds & mask]] = True
    filled: Mask = reached[labels] & mask
    return filled
