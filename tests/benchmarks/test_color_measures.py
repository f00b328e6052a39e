import numpy as np
import pytest
from figures import Record, group_table
from measures import errors, find_accents, kept
from motifs import add_cell_noise, draw_shaded
from quantizers import QUANTIZERS

from unipixel.color import count_colors

SPRITE = draw_shaded(0)


def test_a_picture_is_no_distance_from_itself_and_keeps_its_accents():
    accents = find_accents(SPRITE)

    assert errors(SPRITE, SPRITE) == (0.0, 0.0)
    assert kept(SPRITE, SPRITE, accents) == len(accents) > 0


def test_the_error_of_one_pixel_in_fifty():
    truth = np.zeros((10, 10, 3), np.uint8)
    shown = truth.copy()
    shown[0, :2] = 255

    assert errors(shown, truth) == (pytest.approx(0.02, abs=1e-4), pytest.approx(1.0, abs=1e-3))


def test_planted_specks_are_accents_and_shades_are_not():
    truth = np.repeat(np.arange(100, 132, dtype=np.uint8).reshape(1, 32, 1), 3, axis=2).repeat(8, 0)
    truth[3, 3:5] = (230, 20, 40)
    accents = find_accents(truth)

    assert [mask.sum() for mask in accents] == [2]
    lost = truth.copy()
    lost[accents[0]] = 110
    assert kept(lost, truth, accents) == 0


def test_noise_is_the_same_each_time_and_keeps_the_drawing():
    noisy = add_cell_noise(SPRITE, "a")

    assert np.array_equal(noisy, add_cell_noise(SPRITE, "a"))
    assert not np.array_equal(noisy, add_cell_noise(SPRITE, "b"))
    assert 0 < errors(noisy, SPRITE)[0] < 0.03


@pytest.mark.parametrize("name", [name for name, tool in QUANTIZERS.items() if tool.version is not None])
def test_every_installed_way_reduces(name):
    assert count_colors(QUANTIZERS[name].reduce(SPRITE, 8)) <= 8


def test_the_table_says_how_many_accents_are_left():
    rows = [Record("g", colors, "t", 0.01, 0.1, left, 4, 2.0, True) for colors in (8, 16, 32) for left in (4, 1)]

    assert "10.0 / 100 / 62%" in group_table(rows, ["t"])
