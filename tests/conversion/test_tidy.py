"""Alpha, background and clean-ups, in that order, and only those that are named."""

import numpy as np

from unipixel.conversion import Options
from unipixel.conversion.tidy import tidy
from unipixel.grid import Grid, upscale

GRID = Grid.regular(4, (48, 48))


def figure() -> np.ndarray:
    """A red square with a hole on blue, one pixel of it nearly red."""
    native = np.full((12, 12, 4), 255, np.uint8)
    native[..., :3] = (0, 0, 255)
    native[3:9, 3:9, :3] = (200, 40, 40)
    native[6, 6, :3] = (0, 0, 255)
    native[4, 5, :3] = (203, 42, 41)
    return native


def test_nothing_is_done_unless_named():
    native = figure()

    assert np.array_equal(tidy(native[None], [upscale(native, 4)], GRID, Options())[0], native)


def test_a_background_goes_and_its_colour_within_the_figure_stays():
    native = figure()

    cut = tidy(native[None], [upscale(native, 4)], GRID, Options(background="flood"))[0]

    assert not cut[0].any()
    assert cut[6, 6].tolist() == [0, 0, 255, 255]


def test_clean_ups_are_applied_by_name():
    native = figure()

    clean = tidy(native[None], [upscale(native, 4)], GRID, Options(clean=("near-duplicates",)))[0]

    assert clean[4, 5].tolist() == [200, 40, 40, 255]


def test_a_dither_that_the_artist_drew_is_no_dirt():
    native = figure()
    checks = (np.indices((12, 12)).sum(0) % 2).astype(bool)
    native[..., :3] = np.where(checks[..., None], (60, 60, 200), (64, 60, 204)).astype(np.uint8)

    clean = tidy(native[None], [upscale(native, 4)], GRID, Options(clean=("orphans", "near-duplicates")))[0]

    assert np.array_equal(clean, native)


def test_the_majority_of_a_cell_decides_and_the_threshold_the_pixel():
    native = figure()
    native[0, 0, 3] = 100
    picture = upscale(native, 4)
    picture[:4, :3, 3] = 255

    by_cell = tidy(native[None], [picture], GRID, Options(alpha="majority"))[0]
    by_pixel = tidy(native[None], [picture], GRID, Options(alpha="threshold"))[0]
    low = tidy(native[None], [picture], GRID, Options(alpha="threshold", alpha_threshold=90))[0]

    assert by_cell[0, 0, 3] == low[0, 0, 3] == 255
    assert by_pixel[0, 0].tolist() == [0, 0, 0, 0]
