"""The median of a few arrays, element by element, by a sorting network.

Sorting each element's few values on its own is slow; a network compares whole arrays instead: a fixed list of pairs,
of which the smaller one goes to the first place and the larger one to the second. The list is Batcher's odd-even merge
sort (1968), without the pairs that the middle does not depend on.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

CHUNK = 1 << 16
"""Elements compared at once: they stay in the processor's cache."""

Pairs = tuple[tuple[int, int], ...]


def take_median(samples: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    """Median over the first axis; of an even number of samples, the mean of the two in the middle.

    Parameters
    ----------
    samples : (n, ...) uint8 or float32
        At least one; few, as the work grows with ``n log(n) ** 2``.

    Returns
    -------
    (...) float32
    """
    flat = samples.reshape(len(samples), -1)
    median = np.empty(flat.shape[1], np.float32)
    for start in range(0, flat.shape[1], CHUNK):
        part = np.s_[start : start + CHUNK]
        lines = [line[part] for line in flat]
        for low, high in middle_network(len(lines)):
            lines[low], lines[high] = np.minimum(lines[low], lines[high]), np.maximum(lines[low], lines[high])
        median[part] = lines[(len(lines) - 1) // 2]
        median[part] += lines[len(lines) // 2]
    median *= np.float32(0.5)
    return median.reshape(samples.shape[1:])


@lru_cache
def middle_network(count: int) -> Pairs:
    """Comparisons that bring the median of ``count`` values (both, if even) to the middle."""
    wanted = {(count - 1) // 2, count // 2}
    kept: list[tuple[int, int]] = []
    for pair in reversed(_odd_even_merge_sort(count)):
        if not wanted.isdisjoint(pair):
            kept.append(pair)
            wanted.update(pair)
    return tuple(reversed(kept))


def _odd_even_merge_sort(count: int) -> Pairs:
    """Batcher's network for any number of values (Knuth, The Art of Computer Programming 3, 5.2.2, algorithm M)."""
    pairs: list[tuple[int, int]] = []
    run = 1
    while run < count:
        reach = run
        while reach >= 1:
            for start in range(reach % run, count - reach, 2 * reach):
                for low in range(start, min(start + reach, count - reach)):
                    if low // (2 * run) == (low + reach) // (2 * run):
                        pairs.append((low, low + reach))
            reach //= 2
        run *= 2
    return tuple(pairs)
