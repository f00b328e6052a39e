"""Drawn natives to measure."""

import numpy as np


def art(seed, height=20, width=26, colors=9):
    rng = np.random.default_rng(seed)
    palette = rng.integers(0, 256, (colors, 3))
    coarse = palette[rng.integers(0, colors, (-(-height // 3), -(-width // 3)))]
    native = coarse.repeat(3, 0).repeat(3, 1)[:height, :width]
    return np.dstack([native, np.full((height, width), 255)]).astype(np.uint8)
