"""Colours that cells share: pixel art has few, so cells that differ by noise alone are one colour.

A cell's own pixels can only average out noise inside of it. All cells of one colour together also average out what a
whole cell has too much or too little, such as a model's uneven fill. The noise is measured on the picture, so that
shades the artist set apart stay apart: mean shift (Comaniciu and Meer, 2002) with a kernel of that width.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Samples = npt.NDArray[np.uint8] | npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

LEAST_NOISE, MOST_NOISE = 0.7, 5.0
"""Levels (0..255): rounding and the codec leave the least behind; what spreads more than the most is drawn."""

ALIKE_SHARE = 0.2
"""At least this share of neighbouring cells is taken to have one colour: their differences are noise."""

ROUGHNESS = 1.02
"""Noise (standard deviation of a channel) times this is the `ALIKE_SHARE` quantile of the neighbours' root mean square
differences, if a little more than half of them are alike."""

SOME_CELLS = 4096
"""About as many cells are looked at for the noise inside of them."""

REACH = 3.5
"""Radius of the kernel in standard deviations of the noise."""

JOIN = 0.8
"""Colours that have come within this many standard deviations of the noise are one."""

ROUNDS = 3
"""Steps of mean shift."""

MOST_BINS = 500
"""Distinct colours looked at: pixel art has fewer, so what has more is noisier than measured, and the bins grow."""

FINEST = 64
"""Colours are rounded to 1 / 64 level after each step: the last bits of a platform's arithmetic decide nothing."""

AT_END = 0.2
"""Noise can't lift a value out of 0..255: if this share of a group's cells lie within half a level of an end, they are
there in truth, and noise lifted the others off it."""

SHIFT = 16
"""Bits for a value of a channel in 1 / `FINEST` levels."""


def share_colors(colors: Floats, noise: float) -> Floats:
    """Give all cells whose colours differ by noise alone one colour: the median of them.

    Parameters
    ----------
    colors : (h, w, 4) float32
        Premultiplied by alpha, 0..255.
    noise : float
        Standard deviation of a channel, in levels; see `measure_noise`.

    Returns
    -------
    (h, w, 4) float32
    """
    flat = colors.reshape(-1, 4)
    bins, weights, bin_of = _bin(flat, noise)
    modes, density = _shift(bins, weights, REACH * noise)
    group_of_bin = _join(modes, density, JOIN * noise)
    return _medians(flat, group_of_bin[bin_of]).reshape(colors.shape)


def measure_noise(samples: Samples, colors: Floats) -> float:
    """Standard deviation of the noise of cells, in levels.

    Neighbouring cells of flat art differ by the noise alone, but those of shaded art differ by what is drawn;
    pixels inside a cell differ by noise alone, but not by the uneven fill of whole cells. The smaller one is taken.

    Parameters
    ----------
    samples : (n, h, w, 4) uint8 or float32
        Pixels of each cell; see `unipixel.grid.cells.take_samples`.
    colors : (h, w, 4) float32
        Their median.
    """
    # some rows (columns) of cells are enough for a median
    every = colors.shape[0] * colors.shape[1] // SOME_CELLS + 1
    between = _between(colors, every)
    if between is None:
        return LEAST_NOISE
    # 1.25: mean absolute deviation to standard deviation of a normal distribution
    some = colors[::every]
    inside = 1.25 / len(samples) * sum(np.abs(sample[::every] - some) for sample in samples)[..., :3].mean(-1)
    return min(MOST_NOISE, max(LEAST_NOISE, min(between, float(np.median(inside)))))


def measure_noise_between(colors: Floats) -> float:
    """`measure_noise` where nothing is known of the inside of cells: by their neighbours alone.

    Parameters
    ----------
    colors : (h, w, 4) float32
        Premultiplied by alpha, 0..255.
    """
    between = _between(colors, 1)
    return LEAST_NOISE if between is None else min(MOST_NOISE, max(LEAST_NOISE, between))


def _between(colors: Floats, every: int) -> float | None:
    """Noise by neighbouring cells of each so many rows and columns; None for a single cell."""
    along, down = colors[::every, :, :3], colors[:, ::every, :3]
    steps = along[:, 1:] - along[:, :-1], down[1:] - down[:-1]
    between = np.concatenate([np.sqrt((step**2).mean(-1)).ravel() for step in steps])
    return float(np.quantile(between, ALIKE_SHARE)) / ROUGHNESS if between.size else None


def _bin(flat: Floats, width: float) -> tuple[Doubles, Doubles, Ints]:
    """Mean colour and count of each occupied bin, sorted by the sum of the channels, and the bin of each cell."""
    while True:
        key = np.zeros(len(flat), np.int64)
        for values in flat.T:
            least, most = values.min(), values.max()
            if most > least:  # alpha mostly is one value
                key = key * 2048 + np.rint((values - least) / width).astype(np.int64)
        occupied, counts = np.unique(key, return_counts=True)
        if len(counts) <= MOST_BINS:
            bin_of = np.searchsorted(occupied, key)
            break
        width *= 1.3
    sums = np.stack([np.bincount(bin_of, flat[:, channel], len(counts)) for channel in range(4)], 1)
    means = _round(sums / counts[:, None])
    order = np.argsort(means.sum(1), kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return means[order], counts[order].astype(np.float64), rank[bin_of]


def _shift(bins: Doubles, weights: Doubles, radius: float) -> tuple[Doubles, Doubles]:
    """Move each bin uphill to where colours are dense; returns its place and the density there."""
    modes, density = bins, weights
    for _ in range(ROUNDS):
        mode, near, squares = _pairs(modes, bins, radius)
        kernel = weights[near] * (1.0 - squares / radius**2) ** 2
        density = np.bincount(mode, kernel, len(modes)).astype(np.float64)
        sums = [np.bincount(mode, kernel * bins[near, channel], len(modes)) for channel in range(4)]
        modes = _round(np.stack(sums, 1) / density[:, None])
    return modes, _round(density)


def _join(modes: Doubles, density: Doubles, reach: float) -> Ints:
    """Group of each mode: the densest mode in reach (the first of several), followed to the end."""
    order = np.argsort(modes.sum(1), kind="stable")
    mode, near, _ = _pairs(modes, modes[order], reach)
    near = order[near]
    last = np.lexsort((-near, density[near], mode))
    group: Ints = near[last[np.cumsum(np.bincount(mode, minlength=len(modes))) - 1]]
    while (group[group] != group).any():
        group = group[group]
    return group


def _pairs(these: Doubles, those: Doubles, radius: float) -> tuple[Ints, Ints, Doubles]:
    """Indices of all colours of the two lists that lie within a radius, by the first one, and their squared distances.

    ``those`` must be sorted by the sum of their channels: colours within a radius differ by at most twice that in it,
    so few have to be looked at.
    """
    sums, sorted_sums = these.sum(1), those.sum(1)
    low = np.searchsorted(sorted_sums, sums - 2 * radius, "left").astype(np.int64)
    counts = np.searchsorted(sorted_sums, sums + 2 * radius, "right") - low
    first = np.repeat(np.arange(len(these)), counts)
    second = np.arange(len(first)) + np.repeat(low - np.cumsum(counts) + counts, counts)
    # most pairs are told apart by red against blue alone
    apart = (these[:, 0] - these[:, 2])[first] - (those[:, 0] - those[:, 2])[second]
    close = np.flatnonzero(np.abs(apart) < 1.4143 * radius)
    first, second = first[close], second[close]
    steps = these[first] - those[second]
    squares: Doubles = (steps * steps) @ np.ones(4)
    near = squares < radius**2
    return first[near], second[near], squares[near]


def _round(values: Doubles) -> Doubles:
    rounded: Doubles = np.rint(values * FINEST) / FINEST
    return rounded


def _medians(flat: Floats, group: Ints) -> Floats:
    """Each group's colour, for each cell: by channel its lower median, a value that occurs, or the end of the range."""
    counts = np.bincount(group)
    start = np.cumsum(counts) - counts
    last = np.maximum(counts - 1, 0)
    low, middle, high = (start + np.floor(share * last).astype(np.int64) for share in (AT_END, 0.5, 1 - AT_END))
    low, middle, high = (np.minimum(place, len(flat) - 1) for place in (low, middle, high))  # groups may be empty
    shared = np.empty((len(counts), flat.shape[1]), np.float32)
    for channel in range(flat.shape[1]):
        # group and value in one number: one sort orders both
        keys = (group << SHIFT) + np.rint(flat[:, channel] * FINEST).astype(np.int64)
        keys.sort()
        least, usual, most = (keys[place] & ((1 << SHIFT) - 1) for place in (low, middle, high))
        shared[:, channel] = usual / FINEST
        shared[least <= FINEST // 2, channel] = 0
        shared[most >= 255 * FINEST - FINEST // 2, channel] = 255
    return shared[group]
