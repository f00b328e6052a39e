"""Weight differences of low rank: the best of a smaller rank, by singular value decomposition.

The energy of a difference is the sum of its squared singular values, that is its squared Frobenius norm; the best
approximation of a rank keeps the largest of them (Eckart and Young 1936).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from unipixel.lora.dtypes import Floats

_OVERSAMPLING = 16
_POWER_ITERATIONS = 2


class Factors(NamedTuple):
    """A matrix as a product of two narrow ones."""

    up: Floats
    """(out, rank) float32; both factors share the singular values, as their roots."""
    down: Floats
    """(rank, in) float32."""
    kept: float
    """Energy that the product has."""
    energy: float
    """Energy of the matrix that it stands for."""


def reduce_product(up: Floats, down: Floats, *, rank: int | None = None, energy: float = 1.0) -> Factors:
    """Find the best product of a smaller rank for ``up @ down``, without ever building that.

    Both factors are made orthogonal (QR), and the small square matrix between them is decomposed: exact, and its cost
    grows with the rank and not with the matrix.

    Parameters
    ----------
    up : (out, r) float32
    down : (r, in) float32
    rank : int, optional
        Highest rank of the result; not given, there is no bound.
    energy : float
        Share of the energy, 0 to 1, that is kept with as small a rank as can; the bound goes before it.

    Returns
    -------
    Factors
        Of rank 1 at least.
    """
    left, upper = np.linalg.qr(up.astype(np.float64))
    right, lower = np.linalg.qr(down.astype(np.float64).T)
    inner_left, values, inner_right = np.linalg.svd(upper @ lower.T)
    return _cut(left @ inner_left, values, inner_right @ right.T, rank=rank, energy=energy)


def truncate(matrix: Floats, rank: int) -> Factors:
    """Find a product of low rank for a whole matrix.

    Exact where the matrix is small; else by subspace iteration from random directions (Halko, Martinsson and Tropp
    2011, arXiv 0909.4061, algorithm 4.4: 16 directions more than the rank, two iterations), which for the differences
    of trained weights comes close to the best. The directions have a fixed seed, so the result is always the same.

    Parameters
    ----------
    matrix : (out, in) float32
    rank : int

    Returns
    -------
    Factors
        Of this rank, or that of the matrix where it is smaller.
    """
    columns = min(rank + _OVERSAMPLING, *matrix.shape)
    if min(matrix.shape) <= 4 * columns:
        left, values, right = np.linalg.svd(matrix.astype(np.float64), full_matrices=False)
        return _cut(left, values, right, rank=rank)
    random = np.random.default_rng(0).standard_normal((matrix.shape[1], columns), np.float32)
    basis, _ = np.linalg.qr(matrix @ random)
    for _ in range(_POWER_ITERATIONS):
        other, _ = np.linalg.qr(matrix.T @ basis)
        basis, _ = np.linalg.qr(matrix @ other)
    inner, values, right = np.linalg.svd((basis.T @ matrix).astype(np.float64), full_matrices=False)
    factors = _cut(basis @ inner, values, right, rank=rank)
    return factors._replace(energy=float(np.einsum("ij,ij->", matrix, matrix, dtype=np.float64)))


def product_energy(up: Floats, down: Floats) -> float:
    """Energy of ``up @ down``, from the two small Gram matrices of its factors."""
    wide_up, wide_down = up.astype(np.float64), down.astype(np.float64)
    return max(0.0, float(np.sum((wide_up.T @ wide_up) * (wide_down @ wide_down.T))))


def _cut(
    left: NDArray[np.float64],
    values: NDArray[np.float64],
    right: NDArray[np.float64],
    *,
    rank: int | None,
    energy: float = 1.0,
) -> Factors:
    squares = np.cumsum(values**2)
    total = float(squares[-1])
    # at full energy the tail of the sum is nothing but rounding
    enough = int(np.searchsorted(squares, energy * total, side="left")) + 1 if energy < 1 else values.size
    count = max(1, min(enough, values.size, rank or values.size))
    roots = np.sqrt(values[:count])
    up, down = left[:, :count] * roots, roots[:, None] * right[:count]
    return Factors(up.astype(np.float32), down.astype(np.float32), float(squares[count - 1]), total)
