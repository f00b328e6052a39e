"""Make src/unipixel/dither/blue_noise.npy: python scripts/blue_noise.py

Void and cluster (R. Ulichney, "The void-and-cluster method for dither array generation", 1993): the ranks of a 64x64
tile such that at every share the pixels that are on lie as evenly as can be, without a visible order. A few seconds.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

SIDE = 64
SIGMA = 1.5
"""Ulichney's width of the Gaussian that tells clusters from voids."""
SEED = 0
TARGET = Path(__file__).parents[1] / "src" / "unipixel" / "dither" / "blue_noise.npy"


def void_and_cluster(side: int, seed: int) -> np.ndarray:
    """Ranks ``(side, side)`` uint16."""
    start = spread_out(np.random.default_rng(seed).permutation(side * side)[: side * side // 10], side)
    ranks = np.zeros(side * side, np.uint16)
    ones, crowd = start.copy(), crowding(start, side)
    for rank in reversed(range(int(start.sum()))):
        place = tightest(ones, crowd)
        switch(ones, crowd, place, side)
        ranks[place] = rank
    ones, crowd = start.copy(), crowding(start, side)
    for rank in range(int(start.sum()), side * side):
        place = emptiest(ones, crowd)
        switch(ones, crowd, place, side)
        ranks[place] = rank
    return ranks.reshape(side, side)


def spread_out(places: np.ndarray, side: int) -> np.ndarray:
    """Move the tightest pixel into the largest void until it would come back."""
    ones = np.zeros(side * side, bool)
    ones[places] = True
    crowd = crowding(ones, side)
    while True:
        taken = tightest(ones, crowd)
        switch(ones, crowd, taken, side)
        given = emptiest(ones, crowd)
        switch(ones, crowd, given, side)
        if given == taken:
            return ones


def bell(side: int) -> np.ndarray:
    away = np.minimum(np.arange(side), side - np.arange(side))
    return np.exp(-(away[:, None] ** 2 + away**2) / (2 * SIGMA**2))


def crowding(ones: np.ndarray, side: int) -> np.ndarray:
    crowd = np.zeros(side * side)
    for place in np.flatnonzero(ones):
        crowd += around(place, side)
    return crowd


def around(place: int, side: int) -> np.ndarray:
    return np.roll(bell(side), divmod(place, side), axis=(0, 1)).ravel()


def switch(ones: np.ndarray, crowd: np.ndarray, place: int, side: int) -> None:
    crowd += around(place, side) * (-1 if ones[place] else 1)
    ones[place] = not ones[place]


def tightest(ones: np.ndarray, crowd: np.ndarray) -> int:
    return int(np.where(ones, crowd, -np.inf).argmax())


def emptiest(ones: np.ndarray, crowd: np.ndarray) -> int:
    return int(np.where(ones, np.inf, crowd).argmin())


if __name__ == "__main__":
    np.save(TARGET, void_and_cluster(SIDE, SEED))
