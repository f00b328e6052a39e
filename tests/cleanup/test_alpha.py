import numpy as np
import pytest
from hypothesis import given

from cleanup.pictures import flat
from strategies import natives
from unipixel.cleanup import binarize_alpha, majority_alpha, with_alpha
from unipixel.errors import GridMismatch, ImageError
from unipixel.grid import Grid, upscale


@given(natives(alpha=True))
def test_alpha_becomes_one_bit_and_colours_stay(native):
    cut = binarize_alpha(native)
    there = native[..., 3] >= 128

    assert np.array_equal(cut[..., 3], np.where(there, 255, 0))
    assert np.array_equal(cut[there][:, :3], native[there][:, :3])
    assert (cut[~there] == 0).all()


def test_the_threshold_is_the_least_alpha_that_stays():
    native = flat("a", 1, 3)
    native[0, :, 3] = (9, 10, 11)

    assert binarize_alpha(native, 10)[0, :, 3].tolist() == [0, 255, 255]


@pytest.mark.parametrize("threshold", [0, 256, -1])
def test_thresholds_that_leave_no_choice_are_refused(threshold):
    with pytest.raises(ImageError, match="1 to 255"):
        binarize_alpha(flat("a"), threshold)


@given(natives(alpha=True))
def test_the_majority_of_whole_cells_is_their_own_alpha(native):
    canvas = upscale(native, 3)

    assert np.array_equal(majority_alpha(canvas, Grid.regular(3, canvas.shape[:2])), native[..., 3] >= 128)


def test_half_of_a_cell_is_enough_and_less_is_not():
    frame = np.zeros((4, 8, 4), np.uint8)
    frame[:2, :4] = 255
    frame[:1, 4:] = 255
    frame[1, 4:7] = 255

    assert majority_alpha(frame, Grid.regular(4, (4, 8))).tolist() == [[True, False]]


def test_cells_that_the_border_cuts_are_counted_by_their_own_size():
    frame = np.zeros((4, 5, 4), np.uint8)
    frame[:2, 4:] = 255

    assert majority_alpha(frame, Grid.regular(4, (4, 5))).tolist() == [[False, True]]


def test_grids_of_other_pictures_are_refused():
    with pytest.raises(GridMismatch, match="find its own grid"):
        majority_alpha(np.zeros((4, 4, 4), np.uint8), Grid.regular(4, (8, 8)))


def test_a_mask_cuts_out():
    native = flat("a", 2, 2)
    native[0, 0, 3] = 40
    cut = with_alpha(native, np.array([[True, False], [True, True]]))

    assert cut[..., 3].tolist() == [[255, 0], [255, 255]]
    assert cut[0, 1].tolist() == [0, 0, 0, 0]
