"""The information that a lattice gives is the most at its true pitch."""

from __future__ import annotations

import numpy as np
import pytest

from grid.art import draw_native, encode_jpeg
from unipixel.grid import recover, upscale
from unipixel.grid.edges import BINS, Edges
from unipixel.grid.gain import information


def edges_at(places: np.ndarray, length: int) -> Edges:
    mass = np.bincount(np.rint(places * BINS).astype(int), minlength=length * BINS)[: length * BINS].astype(float)
    return Edges(mass, float(mass.sum()), mass, np.zeros(length), np.zeros(length), 0.0, length)


@pytest.mark.parametrize("pitch", [2.0, 3.4, 8.0, 21.5])
@pytest.mark.parametrize("jitter", [0.0, 0.3])
def test_multiples_and_parts_of_a_pitch_say_less(pitch: float, jitter: float) -> None:
    rng = np.random.default_rng(0)
    places = np.arange(1, int(600 / pitch)) * pitch + rng.normal(0, jitter, int(600 / pitch) - 1)
    edges = edges_at(places.clip(0, 599), 600)
    best = information(edges, pitch)
    for factor in (1 / 3, 1 / 2, 2 / 3, 3 / 2, 2, 3):
        if factor * pitch >= 1.5:
            assert information(edges, factor * pitch) < best


def test_clustered_content_does_not_hide_a_pitch() -> None:
    """All edges but a few lie on every third line: the pitch is that of the few nevertheless."""
    lines = np.concatenate([np.arange(1, 60) * 30.0, np.array([10.0, 20.0, 310.0, 500.0, 710.0, 1010.0, 1120.0] * 3)])
    edges = edges_at(lines, 1800)
    assert information(edges, 10.0) > information(edges, 5.0)
    assert information(edges, 30.0) > information(edges, 15.0)


def test_no_edges_say_nothing() -> None:
    assert information(edges_at(np.array([]), 100), 8.0) == 0.0


@pytest.mark.parametrize("scale", [12, 14, 18, 20, 22, 24, 28])
@pytest.mark.parametrize("quality", [80, 60])
def test_blocks_of_a_jpeg_do_not_cut_cells_in_parts(scale: int, quality: int) -> None:
    native = draw_native(32, 32, seed=scale)
    found = recover(encode_jpeg(upscale(native, scale), quality)).native
    assert found is not None
    assert found.shape == native.shape
