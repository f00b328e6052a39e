"""Sprites with grids of their own are read on them, and lie where they were."""

import numpy as np
import pytest

from unipixel.conversion import Options
from unipixel.conversion.natives import read_natives
from unipixel.errors import OptionError
from unipixel.grid import upscale


def draw(seed: int, height: int = 20, width: int = 24, colors: int = 6) -> np.ndarray:
    rng = np.random.default_rng(seed)
    art = np.full((height, width, 4), 255, np.uint8)
    art[..., :3] = rng.integers(0, 256, (colors, 3))[rng.integers(0, colors, (height, width))]
    return art


def test_sprites_with_grids_of_their_own_are_read_on_them():
    sheet = np.full((480, 960, 4), 255, np.uint8)
    sheet[..., :3] = 20
    sprites = [draw(seed, 40, 40, 12) for seed in range(2)]
    sheet[40:360, 40:360] = upscale(sprites[0], 8)
    sheet[45:365, 525:845] = upscale(sprites[1], 8)
    noisy = sheet.astype(np.int16)
    noisy[..., :3] += np.random.default_rng(1).integers(-2, 3, (480, 960, 3))
    picture = np.clip(noisy, 0, 255).astype(np.uint8)

    whole = read_natives([picture], Options()).frames[0]
    parts = read_natives([picture], Options(parts=True)).frames[0]

    def wrong(native: np.ndarray) -> int:
        """Pixels of the second sprite that are off, at the best place for it."""
        places = [(row, col) for row in range(3, 9) for col in range(62, 69)]
        return min(
            int((np.abs(native[r : r + 40, c : c + 40].astype(int) - sprites[1]).max(-1) > 12).sum()) for r, c in places
        )

    assert wrong(parts) <= 8
    assert wrong(whole) > 100


def test_a_picture_of_one_thing_stays_as_it_is():
    art = draw(3, 40, 48)

    found = read_natives([upscale(art, 8)], Options(parts=True))

    assert np.array_equal(found.frames[0], art)


def test_frames_share_one_grid():
    with pytest.raises(OptionError, match="--parts is for one picture"):
        read_natives([upscale(draw(0), 8), upscale(draw(1), 8)], Options(parts=True))
