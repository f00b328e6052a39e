"""Edits by hand: moved lines change the cells they cut and nothing else; painted pixels are what was painted."""

import numpy as np
import pytest
from PIL import Image

from unipixel.conversion import Edits, Options, convert, convert_with, take_natives
from unipixel.conversion.edits import paint, settle
from unipixel.errors import GridMismatch, PaletteError
from unipixel.grid import upscale

ART = np.full((12, 10, 4), 255, np.uint8)
ART[..., :3] = np.random.default_rng(0).integers(0, 256, (5, 3))[np.random.default_rng(1).integers(0, 5, (12, 10))]
PICTURE = upscale(ART, 6)
NOISY = np.clip(PICTURE + np.random.default_rng(2).normal(0, 5, PICTURE.shape), 0, 255).astype(np.uint8)
NOISY[..., 3] = 255
ROWS, COLUMNS = tuple(range(0, 73, 6)), tuple(range(0, 61, 6))
KNOWN = Options(native_size=(12, 10))


@pytest.mark.parametrize("picture", [PICTURE, NOISY], ids=["clean", "noisy"])
def test_a_moved_line_changes_the_cells_beside_it_alone(picture):
    before = convert_with(picture, KNOWN)
    lines = (ROWS, (*COLUMNS[:4], 27, *COLUMNS[5:]))

    made = convert_with(picture, KNOWN, Edits(lines=lines))

    assert made.grid.cols[4] == 27
    others = [column for column in range(10) if column not in (3, 4)]
    assert np.array_equal(made.native[:, others], before.native[:, others])
    known = {bytes(color) for color in before.native.reshape(-1, 4)}
    assert {bytes(color) for color in made.native[:, [3, 4]].reshape(-1, 4)} <= known


def test_cells_that_are_cut_as_before_keep_their_colours_on_a_broken_scale():
    rng = np.random.default_rng(3)
    soft = Image.fromarray(rng.integers(0, 256, (12, 10, 3)).astype(np.uint8)).resize(
        (67, 77), Image.Resampling.BICUBIC
    )
    noisy = np.clip(np.array(soft) + rng.normal(0, 8, (77, 67, 1)), 0, 255).astype(np.uint8)
    before = convert_with(noisy, KNOWN)
    rows, columns = before.grid.rows, list(before.grid.cols)
    columns[4] += 3

    made = convert_with(noisy, KNOWN, Edits(lines=(rows, tuple(columns))))

    changed = (made.native != before.native).any(axis=(0, 2))
    assert np.flatnonzero(changed).tolist() == [3, 4]


def test_the_lines_of_the_art_give_the_art_back_from_a_wrong_grid():
    wrong = Options(native_size=(12, 9))

    assert np.array_equal(convert_with(PICTURE, wrong, Edits(lines=(ROWS, COLUMNS))).native, ART)


def test_columns_are_split_and_rows_merged():
    lines = ((0, *ROWS[2:]), (*COLUMNS[:2], 9, *COLUMNS[2:]))

    made = convert_with(PICTURE, KNOWN, Edits(lines=lines))

    assert made.native.shape == (11, 11, 4)
    assert np.array_equal(made.native[1:, 1], ART[2:, 1])
    assert np.array_equal(made.native[1:, 2], ART[2:, 1])
    assert "by hand" in made.reason


def test_frames_of_an_animation_share_moved_lines():
    lines = (ROWS, (*COLUMNS[:4], 27, *COLUMNS[5:]))

    made = convert([PICTURE, PICTURE[::-1].copy()], native_size=(12, 10), edits=Edits(lines=lines))

    assert np.array_equal(made.frames[1], made.frames[0, ::-1])


@pytest.mark.parametrize(
    "lines",
    [(ROWS, COLUMNS[:-1]), (ROWS[1:], COLUMNS), ((0, 6, 6, 72), COLUMNS), (ROWS, ()), ((72,), COLUMNS)],
    ids=["short", "no start", "no cell", "none", "one"],
)
def test_lines_that_do_not_fit_are_refused(lines):
    with pytest.raises(GridMismatch):
        convert_with(PICTURE, KNOWN, Edits(lines=lines))


def test_painted_pixels_are_painted_last_and_join_the_palette():
    made = convert(
        PICTURE, colors=2, edits=Edits(cells=((0, 1, 2, "#123456"), (0, 3, 4, "#000000"), (0, 3, 4, "transparent")))
    )
    plain = convert(PICTURE, colors=2)

    assert made.native[1, 2].tolist() == [0x12, 0x34, 0x56, 255]
    assert made.native[3, 4].tolist() == [0, 0, 0, 0]
    assert (made.native != plain.native).any(axis=2).sum() == 2
    assert made.indexed.table[:2].tolist() == [[*color, 255] for color in plain.palette.colors.tolist()]
    assert [0x12, 0x34, 0x56, 255] in made.indexed.table.tolist()
    assert made.palette == plain.palette


def test_what_was_painted_is_not_in_doubt():
    made = convert_with(NOISY, Options(native_size=(12, 9)))
    cells = tuple((0, row, column, "#102030") for row in range(12) for column in range(9))

    assert made.report.doubtful_share > 0
    assert convert_with(NOISY, Options(native_size=(12, 9)), Edits(cells=cells)).report.doubtful_share == 0
    assert settle(np.ones((2, 3, 3), np.float32), [(1, 0, 2, "#000000")]).sum() == 17


@pytest.mark.parametrize("cell", [(1, 0, 0), (0, 12, 0), (0, 0, 10), (0, -1, 0)])
def test_pixels_that_are_not_there_are_refused(cell):
    with pytest.raises(GridMismatch, match="no native pixel"):
        paint(ART[None], [(*cell, "#000000")])


@pytest.mark.parametrize("color", ["red", "#12345", "", "#1234567"])
def test_colours_that_are_none_are_refused(color):
    with pytest.raises(PaletteError):
        Edits(cells=((0, 0, 0, color),))


def test_each_frame_has_its_own_doubt():
    soiled = PICTURE.copy()
    soiled[6:12, 6:9] = 255 - soiled[6:12, 6:9]
    soiled[..., 3] = 255

    taken = take_natives([PICTURE, soiled, PICTURE], KNOWN)

    assert taken.doubt.shape == (3, 12, 10)
    assert np.argwhere(taken.doubt > 0.3).tolist() == [[1, 1, 1]]
