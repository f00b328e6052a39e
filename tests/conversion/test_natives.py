"""One grid for all frames, however many there are; sprites with grids of their own."""

import numpy as np
import pytest

from unipixel.conversion import Options, natives
from unipixel.conversion.natives import read_natives
from unipixel.errors import NoGridFound
from unipixel.grid import upscale


def draw(seed: int, height: int = 20, width: int = 24, colors: int = 6) -> np.ndarray:
    rng = np.random.default_rng(seed)
    art = np.full((height, width, 4), 255, np.uint8)
    art[..., :3] = rng.integers(0, 256, (colors, 3))[rng.integers(0, colors, (height, width))]
    return art


class Decoded:
    """Frames that are decoded anew each time they are asked for."""

    def __init__(self, count: int):
        self.count, self.rounds = count, 0

    def __iter__(self):
        self.rounds += 1
        return (upscale(draw(index), 6) for index in range(self.count))


def test_few_frames_are_looked_at_together():
    found = read_natives([upscale(draw(seed), 6) for seed in range(3)], Options())

    assert np.array_equal(found.frames, [draw(seed) for seed in range(3)])
    assert found.grid.scale == 6


def test_of_many_frames_a_few_give_the_grid_and_all_are_read(monkeypatch):
    frames = Decoded(12)
    monkeypatch.setattr(natives, "AT_ONCE", 4 * 120 * 144)

    found = read_natives(frames, Options())

    assert np.array_equal(found.frames, [draw(index) for index in range(12)])
    assert frames.rounds == 2


def test_a_guess_is_taken_only_by_who_asks_for_any():
    y, x = np.mgrid[0:96, 0:96]
    smooth = np.dstack([128 + 90 * np.sin(x / 23 + y / 57), 128 + 80 * np.cos(y / 19), 100 + 70 * np.sin((x + y) / 41)])
    blurred = np.clip(smooth + np.random.default_rng(0).normal(0, 9, smooth.shape), 0, 255).astype(np.uint8)

    with pytest.raises(NoGridFound) as refused:
        read_natives([np.dstack([blurred, np.full((96, 96), 255, np.uint8)])], Options())
    assert "--native-size" in str(refused.value)
