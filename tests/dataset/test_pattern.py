"""Backgrounds that repeat go on in phase; what does not is left to a colour."""

import numpy as np
import pytest

from unipixel.dataset import fit, replay
from unipixel.dataset.pattern import continue_outward, outward_period


def opaque(codes: np.ndarray) -> np.ndarray:
    """Numbers to colours."""
    art = np.full((*codes.shape, 4), 255, np.uint8)
    art[..., 0], art[..., 1] = codes % 256, (codes * 37) % 256
    return art


ROWS, COLS = np.mgrid[0:48, 0:64]
PATTERNS = {
    "dither": ((ROWS + COLS) % 2, 2),
    "stripes": (COLS // 2 % 3, 6),
    "tiles": ((ROWS % 8) * 8 + COLS % 8, 8),
    "bands": (ROWS // 5, 1),
}


@pytest.mark.parametrize("name", PATTERNS)
def test_a_pattern_goes_on_as_it_would_have(name):
    codes, period = PATTERNS[name]
    inner = opaque(codes)[:, 12:52].copy()
    inner[20:30, 15:25] = (200, 10, 10, 255)  # a subject

    assert outward_period(inner, 1) == period
    grown = continue_outward(inner, 1, 12, 12, period)

    assert (grown[:, :12] == opaque(codes)[:, :12]).all()
    assert (grown[:, 52:] == opaque(codes)[:, 52:]).all()
    assert (grown[:, 12:52] == inner).all()


def test_a_body_that_the_border_cuts_is_no_pattern():
    art = np.full((40, 40, 4), 255, np.uint8)
    art[10:, 15:25] = (10, 80, 10, 255)

    assert outward_period(art, 0) == 0
    filled = fit(art, (60, 40), anchor=(0.0, 0.5))
    assert (filled.native[40:, 15:25] == 255).all()


def test_noise_is_no_pattern():
    art = opaque(np.random.default_rng(0).integers(0, 250, (40, 40)))

    assert outward_period(art, 0) == outward_period(art, 1) == 0


@pytest.mark.parametrize("name", PATTERNS)
def test_a_fit_with_a_pattern_is_done_again_from_its_transform(name):
    art = opaque(PATTERNS[name][0])[3:40, 5:45]

    done = fit(art, (56, 72))

    assert done.native.shape == (56, 72, 4)
    assert (replay(art, done.to_dict()) == done.native).all()


def test_a_tiled_floor_fills_a_canvas_in_both_directions():
    rows, cols = np.mgrid[0:56, 0:72]
    whole = opaque((rows % 8) * 8 + cols % 8)

    done = fit(whole[4:52, 4:68], (56, 72))

    assert (done.native == whole).all()
    assert done.pattern == (8, 8)
