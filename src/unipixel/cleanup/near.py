"""Near-duplicates: colours that eyes can't tell apart become the more frequent one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from unipixel.cleanup.colors import NOTICEABLE, Mask, appearance, number_colors
from unipixel.image import RGBA


def merge_near_duplicates(native: RGBA, keep: Mask | None = None) -> RGBA:
    """Give colours less than `NOTICEABLE` apart the more frequent one's value.

    The most frequent colour stays; then each colour, in order of frequency, either goes to the nearest of those that
    stay, where that is within reach, or stays itself. So nothing moves farther than `NOTICEABLE`: a smooth ramp is
    thinned, it does not collapse. Colours of unlike alpha are never merged.

    Parameters
    ----------
    native : (h, w, 4) uint8
        Straight alpha, without hidden colour.
    keep : (h, w) bool, optional
        Pixels that are not to change.

    Returns
    -------
    (h, w, 4) uint8
    """
    colors = number_colors(native)
    target = find_targets(colors.table, colors.counts)
    index = target[colors.index]
    if keep is not None:
        index = np.where(keep, colors.index, index)
    return colors.draw(index)


def find_targets(table: npt.NDArray[np.uint8], counts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Which colour each colour becomes.

    Parameters
    ----------
    table : (n, 4) uint8
    counts : (n,) int64
        Pixels of each colour; of equally frequent ones the first in the table ranks higher.

    Returns
    -------
    (n,) int64
        Its own row where a colour stays.
    """
    points = appearance(table)
    # by lightness, each alpha 2 from the next: what lies within reach of a colour is a window of this order
    order = np.lexsort((points[:, 0], table[:, 3]))
    keys = points[order, 0] + 2.0 * table[order, 3]
    lows, highs = np.searchsorted(keys, keys - NOTICEABLE), np.searchsorted(keys, keys + NOTICEABLE, "right")
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    points, target, nearest = points[order], order.copy(), np.full(len(order), NOTICEABLE**2)
    for row in np.argsort(-counts, kind="stable").tolist():
        at = place[row]
        if nearest[at] < NOTICEABLE**2:
            continue
        window = slice(lows[at], highs[at])
        apart = points[window] - points[at]
        square = np.einsum("ij,ij->i", apart, apart)
        closer = square < nearest[window]
        if np.count_nonzero(closer) > 1:  # more than the colour itself
            nearest[window][closer] = square[closer]
            target[window][closer] = row
    targets: npt.NDArray[np.int64] = target[place]
    return targets
