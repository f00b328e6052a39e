"""Which multiple of a pitch? The information that a lattice gives about where the edges lie.

A lattice twice as fine holds as many edges with twice as many lines; one twice as coarse holds half of them with half
the lines. Neither says as much: if a share q of the edges lies within the share c of the picture that the lines cover,
then knowing the lattice is worth ``q log(q / c) + (1 - q) log((1 - q) / (1 - c))`` nats for each edge (the divergence
of Kullback and Leibler, 1951). The true pitch has the most, whatever its edges happen to have in common besides.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from unipixel.grid.edges import BINS, Edges

Floats = npt.NDArray[np.float64]

WINDOWS = (3, 5, 7, 9, 13)
"""Widths of a line in histogram bins (quarters of a canvas px): blurred and jittered lines are wide."""

MOST_COVER = 0.5
"""Lines never cover more of the picture than this: they would hold edges by being everywhere."""


TURNS = 64
"""More cells than lines ever drift."""


def information(edges: Edges, pitch: float, drift: Floats | None = None) -> float:
    """Nats for each edge that the best offset and line width give, of the levelled and of the plain edges together.

    Parameters
    ----------
    edges : Edges
        Of one axis.
    pitch : float
        In canvas px, at least 1.5.
    drift : (length,) float or None
        Canvas px by which the lines are off; see `unipixel.grid.drift.find_drift`.
    """
    return float(_gains(edges, _places(edges, drift), pitch).mean())


def gain_share(edges: Edges, pitch: float, drift: Floats | None) -> float:
    """0..1: `information` of the edges that say more, of the most that narrow lines could give.

    Parameters
    ----------
    edges, pitch, drift
        As for `information`.
    """
    most = np.log(max(2.0, BINS * pitch / WINDOWS[0]))
    return float(min(1.0, _gains(edges, _places(edges, drift), pitch).max() / most))


def information_of(edges: Edges, lines: Floats) -> float:
    """Nats for each plain edge that given lines, in canvas px, are worth: `information` without a choice of offset."""
    place = np.arange(len(edges.raw)) / BINS
    away = np.abs(place[:, None] - lines[None, :]).min(1)
    best = 0.0
    for width in WINDOWS:
        held = away <= width / BINS / 2
        cover, share = float(held.mean()), edges.raw[held].sum() / max(edges.raw.sum(), 1e-9)
        if 0 < cover <= MOST_COVER:
            best = max(best, float(_divergence(np.array(share), cover)))
    return best


def _divergence(share: Floats, cover: float) -> Floats:
    """Nats of knowing a set of lines that cover a share of the picture and hold a share of the edges."""
    share = share.clip(cover, 1 - 1e-9)
    nats: Floats = share * np.log(share / cover) + (1 - share) * np.log((1 - share) / (1 - cover))
    return nats


def _places(edges: Edges, drift: Floats | None) -> Floats:
    """Canvas px of each bin of the histograms, straightened where the lines drift."""
    place = np.arange(len(edges.mass)) / BINS
    return place if drift is None else place - np.interp(place, np.arange(edges.length) + 0.5, drift)


def _gains(edges: Edges, place: Floats, pitch: float) -> Floats:
    """Nats for each edge, for the levelled edges and for the plain ones, whose bins lie at these places."""
    bins = max(2 * WINDOWS[0], round(BINS * pitch))
    # some turns more, so that no phase is negative and truncation rounds down
    phase = (place * (bins / pitch) + (bins * TURNS + 0.5)).astype(np.int64) % bins
    return _gain(np.stack([np.bincount(phase, mass, bins) for mass in (edges.mass, edges.raw)]).astype(np.float64))


def _gain(folds: Floats) -> Floats:
    """Most nats of any window on histograms of phases ``(n, bins)``."""
    bins = folds.shape[1]
    around = np.concatenate([np.zeros((len(folds), 1)), folds, folds[:, : WINDOWS[-1]]], 1)
    sums = np.cumsum(around, 1)
    sums /= np.maximum(sums[:, bins : bins + 1], 1e-9)
    best = np.zeros(len(folds))
    for width in WINDOWS:
        cover = width / bins
        if cover > MOST_COVER:
            break
        best = np.maximum(best, _divergence((sums[:, width : width + bins] - sums[:, :bins]).max(1), cover))
    return best
