"""How sure a mean is: percentile bootstrap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from unipixel.errors import UniPixelError

_CHUNK = 1 << 22
"""Resampled values that are held in memory at once."""


@dataclass(frozen=True)
class Interval:
    """A mean with its confidence interval, in the unit of the values."""

    mean: float
    """Mean of the values."""
    low: float
    """Lower bound; the mean itself where there is one value only, which tells nothing about spread: look at ``n``."""
    high: float
    """Upper bound; see ``low``."""
    n: int
    """Number of values, at least 1."""

    def __str__(self) -> str:
        return f"{self.mean:.4g} [{self.low:.4g}, {self.high:.4g}]"


def bootstrap(
    values: Sequence[float] | npt.NDArray[np.floating], *, confidence: float = 0.95, samples: int = 2000, seed: int = 0
) -> Interval:
    """Mean of independent values with a percentile bootstrap interval.

    Parameters
    ----------
    values : (n,) float
        One per independent unit: a picture, or a training run; not a mix.
    confidence : float
        Share of such intervals that hold the true mean, above 0 and below 1.
    samples : int
        Resamplings with replacement.
    seed : int

    Returns
    -------
    Interval

    Raises
    ------
    UniPixelError
        No value, a value that is not finite, or a confidence outside 0 to 1.

    References
    ----------
    B. Efron, R. Tibshirani: An Introduction to the Bootstrap, 1993, chapter 13.
    """
    data = np.asarray(values, dtype=np.float64).ravel()
    if not data.size or not np.isfinite(data).all():
        raise UniPixelError("an interval needs at least one value, and finite ones only.")
    if not 0 < confidence < 1 or samples < 1:
        raise UniPixelError(f"no interval for confidence {confidence} and {samples} samples. Use 0.95 and 2000.")
    mean = float(data.mean())
    if data.size == 1:
        return Interval(mean, mean, mean, 1)
    tail = (1 - confidence) / 2
    low, high = np.quantile(_resampled_means(data, samples, np.random.default_rng(seed)), [tail, 1 - tail])
    return Interval(mean, float(low), float(high), int(data.size))


def paired_difference(
    first: Sequence[float] | npt.NDArray[np.floating],
    second: Sequence[float] | npt.NDArray[np.floating],
    *,
    confidence: float = 0.95,
    samples: int = 2000,
    seed: int = 0,
) -> Interval:
    """Mean of ``first - second``, pair by pair, with its interval; see :func:`bootstrap`.

    Parameters
    ----------
    first, second : (n,) float
        Values at the same place belong together, such as the same prompt and seed with and without a LoRA.

    Raises
    ------
    UniPixelError
        The numbers of values differ.
    """
    if len(first) != len(second):
        raise UniPixelError(f"{len(first)} values can't be paired with {len(second)}.")
    difference = np.asarray(first, dtype=np.float64) - np.asarray(second, dtype=np.float64)
    return bootstrap(difference, confidence=confidence, samples=samples, seed=seed)


def _resampled_means(data: npt.NDArray[np.float64], samples: int, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    step = max(1, _CHUNK // data.size)
    parts = [
        data[rng.integers(0, data.size, (min(step, samples - done), data.size))].mean(axis=1)
        for done in range(0, samples, step)
    ]
    return np.concatenate(parts)
