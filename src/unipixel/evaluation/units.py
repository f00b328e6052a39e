"""Figures of pictures that depend on one another: they are gathered by what is independent before they are resampled.

Pictures of one prompt and seed share the noise that they were drawn from and what they show, so ten lights of them are
not ten witnesses. The independent unit of an evaluation is the theme with the seed.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TypeVar

import numpy as np

from unipixel.errors import UniPixelError
from unipixel.evaluation.intervals import Interval, bootstrap
from unipixel.evaluation.ranks import spearman

ENOUGH = 5
"""Independent units below which nothing is claimed. With fewer, all of them may go one way by chance more often than
once in twenty (a sign test: 1 in 16 with four, 1 in 32 with five), and a bootstrap interval is too narrow."""

Unit = TypeVar("Unit", bound=Hashable)


def mean_by_unit(values: Sequence[float], units: Sequence[Unit]) -> dict[Unit, float]:
    """Mean of the values of each unit, in the order of their first values.

    Raises
    ------
    UniPixelError
        The numbers of values and units differ.
    """
    if len(values) != len(units):
        raise UniPixelError(f"{len(values)} values can't be paired with {len(units)} units.")
    gathered: dict[Unit, list[float]] = {}
    for value, unit in zip(values, units, strict=True):
        gathered.setdefault(unit, []).append(value)
    return {unit: float(np.mean(found)) for unit, found in gathered.items()}


def bootstrap_units(values: Sequence[float], units: Sequence[Hashable]) -> Interval:
    """Mean of the units' means with a bootstrap interval over units; see `bootstrap`.

    Parameters
    ----------
    values : (n,) float
        One for each picture, or pair of pictures.
    units : (n,) hashable
        What each is of; ``n`` of the interval counts these.

    Raises
    ------
    UniPixelError
        There is no value.
    """
    return bootstrap(list(mean_by_unit(values, units).values()))


def blocked_correlation(
    order: Sequence[float], values: Sequence[float], blocks: Sequence[Hashable], units: Sequence[Hashable]
) -> Interval | None:
    """Whether values rise with an order within blocks, such as pictures that differ in one word alone.

    Spearman's correlation within each block, averaged by unit, with a bootstrap interval over units. Blocks keep apart
    what differs for other reasons: a dragon is larger than a bottle at every distance. It reaches 1 where every block
    is in order, and is 0 on average where the order means nothing.

    Parameters
    ----------
    order : (n,) float
        Where each picture should stand, such as 0 for the nearest word and 2 for the farthest.
    values : (n,) float
    blocks : (n,) hashable
        Pictures of one block are compared. Those of one picture, or one place in the order, say nothing.
    units : (n,) hashable
        The independent unit of each picture, the same throughout a block.

    Returns
    -------
    Interval or None
        -1 to 1, ``n`` counts units; None where no block says anything.

    References
    ----------
    The mean of rank correlations with a stated order over blocks is what E. B. Page's test counts: Ordered hypotheses
    for multiple treatments: a significance test for linear ranks, 1963.
    """
    gathered: dict[Hashable, tuple[list[float], list[float], Hashable]] = {}
    for place, value, block, unit in zip(order, values, blocks, units, strict=True):
        places, found, _ = gathered.setdefault(block, ([], [], unit))
        places.append(place)
        found.append(value)
    rhos = [(spearman(places, found), unit) for places, found, unit in gathered.values()]
    told = [(rho, unit) for rho, unit in rhos if rho is not None]
    return bootstrap_units([rho for rho, _ in told], [unit for _, unit in told]) if told else None


def is_above(interval: Interval | None, bound: float = 0.0) -> bool:
    """Whether a mean is above a bound beyond chance: its whole interval is, over enough units."""
    return interval is not None and interval.n >= ENOUGH and interval.low > bound


def is_below(interval: Interval | None, bound: float = 0.0) -> bool:
    """The same for below."""
    return interval is not None and interval.n >= ENOUGH and interval.high < bound
