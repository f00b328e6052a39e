"""Decompositions: the best of a rank, and what is said of it is true."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unipixel.lora.svd import product_energy, reduce_product, truncate


def factors(seed: int, out: int, rank: int, inputs: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.standard_normal((out, rank)).astype(np.float32), rng.standard_normal((rank, inputs)).astype(np.float32)


@given(st.integers(0, 99), st.integers(1, 20), st.integers(1, 8), st.integers(1, 20), st.integers(1, 8))
def test_a_reduced_product_is_the_best_of_its_rank(seed: int, out: int, rank: int, inputs: int, wanted: int) -> None:
    up, down = factors(seed, out, rank, inputs)
    whole = up.astype(float) @ down
    values = np.linalg.svd(whole, compute_uv=False)

    made = reduce_product(up, down, rank=wanted)

    assert made.up.shape[1] == made.down.shape[0] <= wanted
    error = np.sum((made.up.astype(float) @ made.down - whole) ** 2)
    assert error == pytest.approx(np.sum(values[wanted:] ** 2), abs=1e-4 * np.sum(values**2))
    assert made.kept == pytest.approx(np.sum(values[:wanted] ** 2), rel=1e-4)
    assert made.energy == pytest.approx(product_energy(up, down), rel=1e-4)


@given(st.integers(0, 99), st.floats(0.05, 0.999))
def test_energy_gives_the_smallest_rank_that_keeps_it(seed: int, energy: float) -> None:
    up, down = factors(seed, 12, 6, 9)
    values = np.linalg.svd(up.astype(float) @ down, compute_uv=False)[:6] ** 2

    rank = reduce_product(up, down, energy=energy).down.shape[0]

    assert values[:rank].sum() >= energy * values.sum() * (1 - 1e-6)
    assert values[: rank - 1].sum() < energy * values.sum() * (1 + 1e-6)


def test_nothing_stays_nothing() -> None:
    made = reduce_product(np.zeros((4, 3), np.float32), np.zeros((3, 5), np.float32), energy=0.9)

    assert made.up.shape == (4, 1)
    assert not (made.up @ made.down).any()


@pytest.mark.parametrize("shape", [(300, 500), (500, 300), (40, 30)])
def test_a_large_matrix_is_cut_as_well_as_the_exact_way(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(1)
    left, _ = np.linalg.qr(rng.standard_normal((shape[0], 30)))
    right, _ = np.linalg.qr(rng.standard_normal((shape[1], 30)))
    values = 0.8 ** np.arange(30)
    noise = 1e-3 * rng.standard_normal(shape)
    matrix = ((left * values) @ right.T + noise).astype(np.float32)
    best = np.sum(np.linalg.svd(matrix.astype(float), compute_uv=False)[:8] ** 2)

    made = truncate(matrix, 8)

    assert made.up.shape == (shape[0], 8)
    kept = made.energy - np.sum((matrix - made.up.astype(float) @ made.down) ** 2)
    assert kept == pytest.approx(best, rel=1e-3)
    assert made.kept == pytest.approx(best, rel=1e-3)
    assert made.energy == pytest.approx(np.sum(matrix.astype(float) ** 2), rel=1e-6)
    assert np.array_equal(truncate(matrix, 8).up, made.up)


def test_a_matrix_of_lower_rank_comes_back_whole() -> None:
    up, down = factors(3, 400, 5, 350)

    made = truncate(up @ down, 8)

    assert np.allclose(made.up @ made.down, up @ down, atol=1e-4)
