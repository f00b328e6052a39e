"""The two halves of a conversion are the whole; natives that were taken once are finished any number of times."""

from dataclasses import replace

import numpy as np
import pytest

from unipixel.conversion import Options, convert_with, finish, take_natives
from unipixel.grid import upscale

ART = np.full((16, 20, 4), 255, np.uint8)
ART[..., :3] = np.random.default_rng(0).integers(0, 256, (16, 20, 3))
PICTURE = upscale(ART, 6)


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"colors": 4},
        {"palette": "sweetie-16", "dither": "bayer-4"},
        {"background": "corner", "alpha": "majority"},
        {"clean": ("near-duplicates", "orphans")},
    ],
    ids=str,
)
@pytest.mark.parametrize("sheet", [None, (2, 2)])
def test_natives_taken_once_give_what_a_whole_conversion_does(values, sheet):
    grid = Options(sheet=sheet)
    taken = take_natives(PICTURE, grid)
    finish(taken, replace(grid, colors=2))  # leaves no trace

    made, whole = finish(taken, replace(grid, **values)), convert_with(PICTURE, replace(grid, **values))

    assert np.array_equal(made.frames, whole.frames)
    assert made.palette == whole.palette
    assert made.report == whole.report
