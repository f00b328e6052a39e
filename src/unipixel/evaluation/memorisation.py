"""Whether a LoRA draws its training images instead of what they have in common."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

NEAR = 0.5
"""Distance of a copy to its training image, in shares of the usual distance between training images; ours."""

MANY_COPIES = 0.1
"""Share of copies from which a LoRA memorises; ours. Prompts of an evaluation are no captions, so none should be one;
a tenth lets a few common scenes pass."""


def copy_bound(training: Sequence[float]) -> float:
    """Distance below which a picture is a copy.

    Parameters
    ----------
    training : sequence of float
        Distance of each training image to its nearest other one.

    Returns
    -------
    float
        :data:`NEAR` times their median; 0 without any: then nothing is known to be near.
    """
    return NEAR * float(np.median(training)) if len(training) else 0.0


def memorises(copies: int, pictures: int) -> bool:
    """Whether so many pictures are copies that the LoRA has learnt its training images by heart."""
    return pictures > 0 and copies >= MANY_COPIES * pictures and copies > 0
