"""A contact sheet: pictures where they belong, native pixels as equal squares."""

import numpy as np

from unipixel.grid import recover
from unipixel.sampling import contact_sheet
from unipixel.sampling.contact_sheet import CELL

INK = 200


def plain(color, height=6, width=8):
    picture = np.full((height, width, 4), 255, np.uint8)
    picture[..., :3] = color
    return picture


def test_pictures_lie_in_rows_and_columns():
    red, green, blue, white = (plain(color) for color in [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)])

    sheet = contact_sheet([[red, green], [blue, white]], rows=["one", "two"], columns=["seed 1", "seed 2"])

    def middle(color):
        rows, cols = np.nonzero((sheet[..., :3] == color).all(axis=2))
        return rows.mean(), cols.mean()

    (red_row, red_col), (green_row, green_col) = middle((255, 0, 0)), middle((0, 255, 0))
    blue_row, blue_col = middle((0, 0, 255))
    assert red_row == green_row < blue_row
    assert red_col == blue_col < green_col
    assert (sheet[..., 3] == 255).all()


def test_native_pixels_are_whole_squares():
    rng = np.random.default_rng(0)
    art = plain(0, 24, 32)
    art[..., :3] = rng.integers(0, 5, (24, 32, 3)) * 60

    sheet = contact_sheet([[art]], rows=[""], columns=[""])
    zoom = CELL // 32
    rows, cols = (slice(-8 - 24 * zoom, -8), slice(8, 8 + 32 * zoom))

    assert np.array_equal(sheet[rows, cols], art.repeat(zoom, 0).repeat(zoom, 1))
    assert np.array_equal(recover(np.ascontiguousarray(sheet[rows, cols])).native, art)


def test_a_canvas_is_made_smaller_by_a_whole_number():
    sheet = contact_sheet([[plain((9, 99, 9), 896, 1152)]], rows=["x"], columns=["y"])

    assert ((sheet[..., :3] == (9, 99, 9)).all(axis=2)).sum() == (1152 // 3) * -(-896 // 3)


def test_long_words_are_cut_where_the_sheet_ends():
    long = contact_sheet([[plain(0)]], rows=["word, " * 100], columns=["seed 1"])
    short = contact_sheet([[plain(0)]], rows=["word"], columns=["seed 1"])

    assert long.shape == short.shape
    assert (long[..., :3] > INK).all(axis=2).sum() > (short[..., :3] > INK).all(axis=2).sum() > 0
    assert not (long[:, -8:, :3] > INK).any()


def test_words_of_any_script_are_no_trouble():
    assert contact_sheet([[plain(0)]], rows=["猫, größe\nday"], columns=["é"]).shape[2] == 4
