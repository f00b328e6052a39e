"""Rank correlation: whether one thing rises with another, whatever the units."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from unipixel.errors import UniPixelError

_Values = Sequence[float] | npt.NDArray[np.floating]


def average_ranks(values: _Values) -> npt.NDArray[np.float64]:
    """Rank values from 1, the smallest; equal ones share the mean of their ranks.

    Examples
    --------
    >>> average_ranks([5.0, 1.0, 5.0]).tolist()
    [2.5, 1.0, 2.5]
    """
    _, place, counts = np.unique(np.asarray(values, np.float64), return_inverse=True, return_counts=True)
    last = counts.cumsum()
    ranks: npt.NDArray[np.float64] = (last - (counts - 1) / 2)[place.ravel()]
    return ranks


def spearman(first: _Values, second: _Values) -> float | None:
    """Spearman's rank correlation, ties by average ranks.

    Parameters
    ----------
    first, second : (n,) float
        Values at the same place belong together.

    Returns
    -------
    float or None
        -1 (one falls as the other rises) to 1 (both rise together). 0 where ``second`` does not differ at all, so that
        what does not move counts as not moving; None where ``first`` does not differ, or there is no pair.

    Raises
    ------
    UniPixelError
        The numbers of values differ.

    References
    ----------
    C. Spearman: The proof and measurement of association between two things, 1904; with average ranks for ties it is
    Pearson's correlation of the ranks.

    Examples
    --------
    >>> round(spearman([0, 1, 2], [10.0, 30.0, 90.0]), 12)
    1.0
    """
    if len(first) != len(second):
        raise UniPixelError(f"{len(first)} values can't be paired with {len(second)}.")
    if len(first) < 2:
        return None
    one, other = (ranks - ranks.mean() for ranks in (average_ranks(first), average_ranks(second)))
    if not one.any():
        return None
    length = float(np.sqrt((one * one).sum() * (other * other).sum()))
    return float((one * other).sum()) / length if length else 0.0
