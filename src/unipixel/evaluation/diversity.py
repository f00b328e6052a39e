"""How different the pictures of one prompt are: a LoRA that always draws the same has learnt little."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt

from unipixel.evaluation.likeness import pixel_distance


def mean_pairwise_distance(natives: Sequence[npt.NDArray[np.uint8]]) -> float | None:
    """Mean distance of all pairs of pictures.

    Parameters
    ----------
    natives : sequence of (h, w, 4) uint8
        Of one prompt and one size, each of another seed.

    Returns
    -------
    float or None
        Root mean square OKLab distance, pixel by pixel, averaged over pairs: 0 where all are equal. None below two.
    """
    pairs = [pixel_distance(one, other) for one, other in combinations(natives, 2)]
    return float(np.mean(pairs)) if pairs else None
